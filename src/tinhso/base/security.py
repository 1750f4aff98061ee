"""
What a security centre must hear of at once: failed sign-ins, lock-outs, refused permissions and tokens, changed factors.

Events of the journal that are lent with `security=True` are told when their act is done; what the journal does not
keep, because nothing happened, is told by `tell`. The journal stays the proof; this is the bell.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from tinhso.base.actors import ANONYMOUS, Actor
from tinhso.base.acts import Running
from tinhso.base.registry import Event, registry
from tinhso.base.watching import watched


@dataclass(frozen=True, slots=True)
class Alarm:
    """One security event: keys only, never a name or a number of a person."""

    id: str
    """Id of the journal's entry, or one of its own where the journal keeps none."""
    event: str
    at: datetime
    actor_kind: str
    actor_key: str
    subject: str = ""
    """`type:key` of what the entry is about, or the predicate that refused."""
    is_entry: bool = False
    request: str = ""
    address: str = ""
    """Network address of whoever asked: without it a security centre can do nothing."""


listeners: list[Callable[[Alarm], None]] = []
"""Told of each alarm, in the process where it happened. A function here must not raise and must not wait."""


def tell(event: str, *, at: datetime, actor: Actor = ANONYMOUS, subject: str = "") -> None:
    """Tell of something that leaves no entry in the journal."""
    _tell(Alarm(uuid.uuid4().hex, event, at, actor.kind.value, actor.key, subject))


def tell_act(act: Running) -> None:
    """Tell of the security events that a finished act journalled; of none when it was undone."""
    if act.failure is not None:
        return
    for entry in act.entries:
        if entry.event in _watched_events():
            subject = f"{entry.subject_type}:{entry.subject_key}"
            alarm = Alarm(
                str(entry.id), entry.event, entry.at, entry.actor_kind, entry.actor_key, subject, is_entry=True
            )
            _tell(alarm)


@cache
def _watched_events() -> frozenset[str]:
    return frozenset(event.key for event in registry.of(Event) if event.security)


def _tell(alarm: Alarm) -> None:
    seen = watched()
    if seen is not None:
        alarm = replace(alarm, request=seen.id, address=seen.address())
    for hear in listeners:
        hear(alarm)
