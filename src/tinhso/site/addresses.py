"""URLs in settings: the site's own, a database's as PostgreSQL's programs and drivers understand it, and as they may be shown."""

from __future__ import annotations

from urllib.parse import urlsplit

OURS = frozenset({"transaction_pooling"})
"""Options of TINHSO_DATABASE that no driver knows."""


def public_address(url: str) -> str:
    """Return the address under which people reach the site, as it was given. Raises ValueError, in two languages, when it is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(
            f"TINHSO_PUBLIC_URL={url}: viết cả https:// và tên miền, ví dụ https://dichvucong.tinh.example.\n"
            f"TINHSO_PUBLIC_URL={url}: write https:// and the host name, for example https://dichvucong.tinh.example."
        )
    return url


def plain(url: str) -> str:
    """Return a URL without our own options; the others stay as they were written."""
    place, _mark, options = url.partition("?")
    kept = "&".join(option for option in options.split("&") if option.partition("=")[0] not in OURS)
    return f"{place}?{kept}" if kept else place


def without_secrets(url: str) -> str:
    """Return a URL as it may be shown: no user, no password, no options."""
    scheme, mark, rest = url.partition("?")[0].partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
