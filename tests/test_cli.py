"""The command line: a bad argument or setting gets exit status 2 and one line; the key does not leak."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import numdeck
from numdeck.sandbox.server import SandboxServer
from tests.terminal.terminal import ROOT, Terminal, is_restored

KEY = "k3y-that-nobody-may-see"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of an operator who has nothing yet but a terminal."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }


def refusal(arguments: list[str], environment: dict[str, str]) -> str:
    """Start numdeck in a terminal that it has to refuse to use; the result is its one line."""
    with Terminal(arguments, environment=environment, columns=400) as terminal:
        assert terminal.wait_for_exit() == 2
        return one_line(bytes(terminal.raw).decode().replace("\r\n", "\n"))


def one_line(written: str) -> str:
    assert "Traceback" not in written
    assert re.fullmatch(r"numdeck: [^\n\x1b]+[.?]\n", written), written
    return written


@pytest.mark.parametrize(
    ("arguments", "variables", "says"),
    [
        ([], {}, ["No API key", "NUMDECK_API_KEY", "--sandbox"]),
        (["--base-url", "http://example.com"], {"NUMDECK_API_KEY": KEY}, ["base_url", "--base-url", "https://"]),
        ([], {"NUMDECK_API_KEY": KEY, "NUMDECK_BASE_URL": "ftp://x"}, ["base_url", "NUMDECK_BASE_URL"]),
        (["--poll", "1"], {"NUMDECK_API_KEY": KEY}, ["poll", "--poll", "2"]),
        (["--poll", "often"], {}, ["poll", "--poll", "is not a duration"]),
        (["--config", "/nowhere/config.toml"], {}, ["/nowhere/config.toml", "does not exist", "--config"]),
        (["--speed", "60"], {"NUMDECK_API_KEY": KEY}, ["--speed", "--sandbox"]),
        (["--sandbox", "--speed", "5000"], {}, ["--speed", "5000", "between 0.1 and 1000"]),
        (["--sandbox", "--speed", "nan"], {}, ["--speed", "nan"]),
        (["--sandbox", "--speed", "fast"], {}, ["--speed", "fast"]),
        (["sandbox", "--port", "http"], {}, ["--port", "http"]),
        (["sandbox", "--port", "70000"], {}, ["70000"]),
        (["--sandbx"], {}, ["--sandbx"]),
        (["--sandbx=" + KEY], {}, ["--sandbx"]),
        (["--api-key", KEY], {}, ["--api-key", "others can read the command line", "NUMDECK_API_KEY"]),
        ([KEY], {}, ["no such command"]),
        (["--\x1b]0;x\x07"], {}, ["--^[]0;x^G"]),
        ([], {"NUMDECK_API_KEY": KEY, "NUMDECK_BASE_URL": "https://host:99999"}, ["base URL"]),
        ([], {"NUMDECK_API_KEY": KEY, "NUMDECK_BASE_URL": "https://xn--a"}, ["base URL"]),
        (["--sandbox"], {"TERM": "dumb"}, ["TERM"]),
        (["--sandbox"], {"TERM": ""}, ["TERM"]),
    ],
)  # fmt: skip
def test_bad_arguments_and_variables(
    environment: dict[str, str], arguments: list[str], variables: dict[str, str], says: list[str]
) -> None:
    line = refusal(arguments, environment | variables)
    assert all(word in line for word in says), line
    assert KEY not in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pol = 5", ["pol ", "did you mean poll?"]),
        ("poll = []", ["poll", "number"]),
        ("poll = ", ["not valid TOML", "Invalid value"]),
        ('[keymap]\n"order.cancl" = "f8"', ["keymap", "order.cancl"]),
        ('[keymap]\n"order.cancel" = "f88"', ["keymap.order.cancel", "f88"]),
        ('[keymap]\n"order.cancel" = "n"', ["keymap", "'n'", "order.new", "order.cancel"]),
        ('[screen]\ntheme = "nope"', ["screen.theme", "'nope'", "numdeck-light", "ansi-dark"]),
        ('[keymap]\n"order.cancel" = "j"', ["keymap", "'j'", "table.down", "order.cancel"]),
        ('[keymap]\n"table.up" = "x"', ["keymap", "'x'", "table.up", "order.cancel"]),
        ('[keymap]\n"desk.sort" = "?"', ["keymap", "'?'", "help.open", "desk.sort"]),
        ('[keymap]\n"desk.sort" = "escape"', ["keymap", "'escape'", "the way back"]),
        ('[keymap]\n"desk.sort" = "tab"', ["keymap", "'tab'", "the next pane"]),
    ],
)
def test_mistakes_in_the_settings_file(environment: dict[str, str], tmp_path: Path, text: str, says: list[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    line = refusal(["--config", str(path)], environment | {"NUMDECK_API_KEY": KEY})
    assert all(word in line for word in says), line


def test_no_terminal(environment: dict[str, str]) -> None:
    result = run(["--sandbox"], environment)
    assert result.returncode == 2
    assert "needs a terminal" in one_line(result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-", "<&- >&-"])
def test_closed_streams(environment: dict[str, str], closed: str) -> None:
    with Terminal(["--sandbox"], environment=environment, columns=400, shell=f'exec "$@" {closed}') as terminal:
        assert terminal.wait_for_exit() == 2
        assert "needs a terminal" in one_line(bytes(terminal.raw).decode().replace("\r\n", "\n"))


def test_closed_standard_output(environment: dict[str, str]) -> None:
    with Terminal(["--sandbox"], environment=environment, shell='exec "$@" >&-') as terminal:
        terminal.wait_for("● live")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        assert is_restored(terminal.raw)


def test_no_home_no_locale_no_current_folder(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    bare = {"PATH": environment["PATH"], "TERM": "no-such-terminal", "LC_ALL": "C"}
    shell = f'cd {folder} && rmdir {folder} && exec "$@"'
    with Terminal(["--sandbox"], environment=bare, shell=shell) as terminal:
        terminal.wait_for("● live")
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_all_streams_closed(environment: dict[str, str]) -> None:
    with Terminal(["--sandbox"], environment=environment, shell='exec "$@" <&- >&- 2>&-') as terminal:
        assert terminal.wait_for_exit() == 2
        assert terminal.raw == b""


def test_port_in_use(environment: dict[str, str]) -> None:
    with SandboxServer() as server:
        port = server.base_url.rpartition(":")[2]
        result = run(["sandbox", "--port", port], environment)
    assert result.returncode == 2
    assert port in one_line(result.stderr)


@pytest.mark.parametrize("arguments", [["--speed", "60", "sandbox"], ["sandbox", "--speed", "60"]])
def test_speed_before_and_after_the_command(environment: dict[str, str], arguments: list[str]) -> None:
    command = [sys.executable, "-m", "numdeck", *arguments, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "speed 60×" in process.stdout.readline()
        process.terminate()


def test_version(environment: dict[str, str]) -> None:
    result = run(["--version"], environment)
    assert result.returncode == 0
    assert result.stdout == f"numdeck {numdeck.__version__}\n"


def test_the_key_does_not_leak(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"NUMDECK_API_KEY": KEY}
    with SandboxServer() as server, Terminal(["--base-url", server.base_url], environment=environment) as terminal:
        terminal.wait_for("key refused")
        arguments = subprocess.run(
            ["ps", "-o", "args=", "-p", str(terminal.process.pid)], capture_output=True, text=True, check=True
        ).stdout
        assert "--base-url" in arguments
        assert KEY not in arguments
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    assert KEY.encode() not in terminal.raw
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".sqlite3", ".log"}
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert not [path for path in files if path.stat().st_mode & 0o077]


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run numdeck with its streams redirected."""
    return subprocess.run(
        [sys.executable, "-m", "numdeck", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
