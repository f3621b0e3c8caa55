"""Where requests go and with which key: what is refused before anything could leave."""

from __future__ import annotations

import re
from typing import Final

import httpx

from numdeck.model.address import is_loopback

_LAST_PORT: Final = 65535
_KEY = re.compile(r"[!-~]+")


def check_base_url(text: str) -> httpx.URL:
    """Read the root of the service; ValueError with a sentence unless it is https, or http to this machine itself."""
    try:
        url = httpx.URL(text.rstrip("/"))
        host = url.host
    except (httpx.InvalidURL, UnicodeError):  # the latter from names that are in no alphabet
        raise ValueError("The base URL is no web address such as https://app.cyberyozh.com.") from None
    if url.scheme not in {"http", "https"} or not host or (url.port or 0) > _LAST_PORT:
        raise ValueError("The base URL is no web address such as https://app.cyberyozh.com.")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("The base URL must be an address alone, without user, query or fragment.")
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError("The base URL must begin with https://, or the key would travel in the clear.")
    return url


def check_api_key(api_key: str) -> None:
    """Refuse a key that no HTTP header can carry: ValueError with a sentence that does not show it."""
    if not _KEY.fullmatch(api_key):
        raise ValueError("The API key is empty, or holds spaces or characters that no API key has: copy it again.")
