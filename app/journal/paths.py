"""Which file is whose journal."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9.-]+")


def account_file(state_dir: Path, base_url: str, api_key: str, account: str = "") -> Path:
    """Name the journal of an account: by its name in the settings, else by a fingerprint of its key.

    The fingerprint is made to be slow to guess from, and half of it is thrown away: the key does not follow from it.
    """
    parts = urlsplit(base_url)
    host = _UNSAFE.sub("-", parts.netloc or base_url)
    name = _UNSAFE.sub("-", account).strip("-.") or _fingerprint(base_url, api_key)
    return state_dir / f"journal-{host}-{name}.sqlite3"


def _fingerprint(base_url: str, api_key: str) -> str:
    digest = hashlib.scrypt(api_key.encode(), salt=base_url.encode(), n=2**12, r=8, p=1, dklen=16)
    return digest[:8].hex()
