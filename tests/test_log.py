"""The log: what cannot be written to it is dropped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FULL_DISK = """
import logging, resource, sys
from pathlib import Path
from numdeck.log import write_log
write_log(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
logging.warning("lost")
"""


def test_a_full_disk_writes_nothing_across_the_screen(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (tmp_path / "numdeck.log").read_text() == ""
