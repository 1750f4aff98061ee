"""What inspection is told of one subject: plain values under described names, as they stood at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tinhso.base.refusals import Text

type FactKind = Literal["text", "number", "flag", "texts", "rows"]
"""`texts` is a list of texts; `rows` a list of maps whose names are facts as well (`acts[].event`)."""
MOST_ROWS = 50
"""Longest list that a loan gives: a condition may walk through it."""


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One value that conditions may speak of. It is always there: what is unknown is empty, zero or false."""

    name: str
    """`dossier.overdue`; of a row in a list `acts[].event`. What stands before the point is its group."""
    kind: FactKind
    title: Text


@dataclass(frozen=True, slots=True)
class CaseAct:
    """What was done, as the journal has it; without an event when nothing was done and time alone went by."""

    event: str
    at: datetime
    actor_key: str = ""
    actor_kind: str = ""
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A subject that has waited since a moment. `mark` names this wait: the same wait has the same mark."""

    subject_key: str
    since: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class WaitingQuery:
    """
    Finds subjects that wait for something, oldest first, by an index and never more than asked.

    `find(after, until, limit)` gives those that have waited since `until` or longer, beyond `after` (the last one before).
    """

    key: str
    title: Text
    find: Callable[[Waiting | None, datetime, int], Sequence[Waiting]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a subject is at a moment: its facts by group, and to whom findings about it belong."""

    facts: Mapping[str, Any]
    agency: str
    title: str
    concerned: str = ""
    """Key of the official who has it in hand when nobody acted."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """
    Facts of one kind of subject (`dossier`), lent by the module that keeps it.

    `read(subject_key, act, groups)` gives the facts of these groups as they stood when the act was done, whenever it is
    asked: the past can be checked again. None for a subject that is gone. A few statements, none for groups not asked for.
    """

    kind: str
    title: Text
    facts: tuple[CaseFact, ...]
    read: Callable[[str, CaseAct, frozenset[str]], Told | None]
    waiting: tuple[WaitingQuery, ...] = ()
    link: str = ""
    """URL name of the subject's page; its key is the only argument."""

    @property
    def key(self) -> str:
        """Return the kind."""
        return self.kind
