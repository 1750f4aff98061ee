"""Erasure by rule: a batch is an act, journalled with its count; what would go can be read before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil_date
from tinhso.base.personal import Before
from tinhso.kernel.journal.public import record
from tinhso.kernel.privacy.rules import Ruling, rulings

SECONDS: Final = 20.0
"""How long one run of the worker erases, before other tasks have their turn."""
EXAMPLES: Final = 5


class _Nothing(Exception):  # noqa: N818 - rolls back an act that found no work
    pass


@dataclass(frozen=True, slots=True)
class Standing:
    """What would go of one kind today, and what would go if its rule were checked."""

    ruling: Ruling
    due: int
    would_be_due: int
    examples: tuple[str, ...]
    """Keys of the oldest that are due."""


def standings(*, at: datetime) -> Iterator[Standing]:
    """Return what would go of each kind, without touching it."""
    today = civil_date(at)
    for ruling in rulings(today):
        rows = _rows(ruling, ruling.before(today, by=ruling.acts))
        unchecked = _rows(ruling, ruling.before(today, by=ruling.rule)) if ruling.rule is not ruling.acts else None
        yield Standing(
            ruling,
            rows.count() if rows is not None else 0,
            unchecked.count() if unchecked is not None else 0,
            tuple(str(key) for key in rows.values_list("pk", flat=True)[:EXAMPLES]) if rows is not None else (),
        )


def erase_due(*, actor: Actor, at: datetime, seconds: float = SECONDS) -> dict[str, int]:
    """Erase what is due, kind by kind, for some seconds at most; return how many of each kind went."""
    gone: dict[str, int] = {}
    until, today = time.monotonic() + seconds, civil_date(at)
    for ruling in rulings(today):
        before = ruling.before(today, by=ruling.acts)
        while time.monotonic() < until:
            try:
                count = _erase_some(ruling, before, actor=actor, at=at)
            except _Nothing:
                break
            gone[ruling.erasure.key] = gone.get(ruling.erasure.key, 0) + count
    return gone


@act
def _erase_some(ruling: Ruling, before: Before, *, actor: Actor, at: datetime) -> int:
    require(by_system, actor)
    rows = _rows(ruling, before)
    keys = list(rows.values_list("pk", flat=True)[: ruling.erasure.batch]) if rows is not None else []
    count = ruling.erasure.erase(keys, actor, at) if keys else 0
    if not count:
        raise _Nothing
    record(
        "privacy.erased",
        ("retention", ruling.erasure.key),
        actor=actor,
        at=at,
        count=count,
        before=before.moment,
        law=ruling.acts.law if ruling.acts else "",
    )
    return count


def _rows(ruling: Ruling, before: Before) -> Any:
    """Return the rows that may go; None where nothing may."""
    return ruling.erasure.due(before) if before.moment is not None else None
