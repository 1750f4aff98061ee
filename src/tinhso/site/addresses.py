"""A database's URL as PostgreSQL's own programs and drivers understand it: without the options that are ours alone."""

from __future__ import annotations

OURS = frozenset({"transaction_pooling"})
"""Options of TINHSO_DATABASE that no driver knows."""


def plain(url: str) -> str:
    """Return a URL without our own options; the others stay as they were written."""
    place, _mark, options = url.partition("?")
    kept = "&".join(option for option in options.split("&") if option.partition("=")[0] not in OURS)
    return f"{place}?{kept}" if kept else place


def without_secrets(url: str) -> str:
    """Return a URL as it may be shown: no user, no password, no options."""
    scheme, mark, rest = url.partition("?")[0].partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
