"""Which file is whose journal."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

_UNSAFE: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST_NAME: Final = 40
_TELLING_BYTES: Final = 8


def account_file(state_dir: Path, base_url: str, api_key: str, account: str = "") -> Path:
    """Name the journal of an account: by its name in the settings, else by a fingerprint of its key.

    The fingerprint is made to be slow to guess from, and half of it is thrown away: the key does not follow from it.
    """
    host = _slug(urlsplit(base_url).netloc)
    return (
        state_dir / f"journal-{host}-{_account_slug(account) if account else _fingerprint(base_url, api_key)}.sqlite3"
    )


def names_file(state_dir: Path, base_url: str) -> Path:
    """Name the file that keeps a service's names of services and countries; they are the same for all accounts."""
    return state_dir / f"names-{_slug(urlsplit(base_url).netloc)}.json"


def _slug(text: str) -> str:
    return _UNSAFE.sub("-", text.lower()).strip("-.")[:_LONGEST_NAME]


def _account_slug(account: str) -> str:
    """A name that is safe in a file name, told apart from another that only looks the same in there."""
    slug = _slug(account)
    if slug == account:
        return slug
    return f"{slug}-{hashlib.sha256(account.encode()).hexdigest()[:_TELLING_BYTES]}".lstrip("-")


def _fingerprint(base_url: str, api_key: str) -> str:
    salt = base_url.rstrip("/").lower().encode()
    digest = hashlib.scrypt(api_key.encode(), salt=salt, n=2**12, r=8, p=1, dklen=2 * _TELLING_BYTES)
    return digest[:_TELLING_BYTES].hex()
