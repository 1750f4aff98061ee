"""
The stamp that changes whenever the organisation does: what others remember of it is valid while the stamp stands.

It is read once for each request and once for each act outside of one: whoever changes the organisation puts a fresh
stamp, and from then on it is read anew until that request or act ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID, uuid4

from tinhso.base.acts import BrokenAct, running
from tinhso.base.rows import fetch_one
from tinhso.kernel.organisation.models import Stamp

_NOTE = "organisation.stamp"
_request: ContextVar[dict[str, UUID | None] | None] = ContextVar("tinhso_organisation_request", default=None)


def stamp() -> UUID | None:
    """Return the present stamp; None before anything was loaded."""
    known = _known()
    if known is None:
        return _read()
    if _NOTE not in known:
        known[_NOTE] = _read()
    value: UUID | None = known[_NOTE]
    return value


def note_stamp(value: UUID | None) -> None:
    """Take over a stamp that another statement has read along, so that the running act need not read it."""
    known = _known()
    if known is not None and value is not None:
        known.setdefault(_NOTE, value)


def touch() -> None:
    """Put a fresh stamp, so that everyone forgets what they remember. Called by every act that changes anything."""
    Stamp.objects.update_or_create(pk=1, defaults={"value": uuid4()})
    known = _known()
    if known is not None:
        known.pop(_NOTE, None)
    # the act may yet be undone: this request trusts nothing that it noted before
    _request.set(None)


@contextmanager
def steady() -> Iterator[None]:
    """Read the stamp once for all that is read inside: for long lists that are read outside of a request, too."""
    if _request.get() is not None:
        yield
        return
    token = _request.set({})
    try:
        yield
    finally:
        _request.reset(token)


def begin_request(**_kwargs: Any) -> None:
    """Remember the stamp from now on, until the request is answered. Called by Django's signal."""
    _request.set({})


def end_request(**_kwargs: Any) -> None:
    """Remember it no longer."""
    _request.set(None)


def _known() -> dict[str, Any] | None:
    noted = _request.get()
    if noted is not None:
        return noted
    try:
        return running().notes
    except BrokenAct:
        return None


def _read() -> UUID | None:
    stamp = fetch_one(Stamp, 1)
    return stamp.value if stamp else None
