"""What can go wrong with the memory on disk, each with one sentence that names the file and the remedy."""

from __future__ import annotations

from pathlib import Path


class JournalError(Exception):
    """The journal cannot be used. `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class JournalUnwritable(JournalError):  # noqa: N818 - it names what the journal is
    """The journal cannot be written: a full disk, a folder that is read-only, an I/O error."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"The journal {path} cannot be written ({reason}): make room or set another state_dir.")


class JournalTooNew(JournalError):  # noqa: N818
    """The journal was written by a later numdeck, whose file this one must not touch."""

    def __init__(self, path: Path | str, version: int, known: int) -> None:
        super().__init__(
            f"The journal {path} is of a newer numdeck (schema {version}, this one knows {known}): "
            "update numdeck, or set another state_dir."
        )
