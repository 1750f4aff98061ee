"""What others lend to casework: the services that flows call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.refusals import Text
from tinhso.kernel.casework.services import Service


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """What a service is told: which case, about what, the variables as its node sees them."""

    case_id: UUID
    subject: tuple[str, str]
    node: str
    variables: Mapping[str, Any]
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ServiceTask:
    """
    A service that flows may call by its key (`tinhso:service`). It answers with variables for the case.

    `is_pure` says it only reckons (no network, no writing): it is called inside the act that reaches it. Any other is
    called by the worker after commit, outside of a transaction, at least once; it must bear being called again, and it
    raises when it could not do its work: it is called again later, then given up and shown to administrators.
    """

    key: str
    title: Text
    call: Callable[[ServiceCall], Mapping[str, Any]]
    is_pure: bool = False


@dataclass(frozen=True, slots=True)
class FlowPlaces:
    """
    Who knows which agency stands at each place of a flow when one agency settles a procedure: whoever opens its cases.

    `call` is told the procedure, the code of the agency and the day; it raises NotFound where no agency is named.
    """

    key: str
    call: Callable[[Service, str, date], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PastClock:
    """The legal clock of a case of the past: when it began, until when that was, until when in the end, when it was settled."""

    began_at: datetime
    first_due_at: datetime | None
    """As the limit of the day of receipt says: before papers were asked for and before a new date was given."""
    due_at: datetime | None
    settled_at: datetime | None
    """When the result was ready; fetching it is the applicant's time."""


@dataclass(frozen=True, slots=True)
class PastClocks:
    """
    Who keeps the legal clocks of cases about one kind of subject: what a case itself knows is over once it is settled.

    `read` answers at most MOST_CLOCKS ids of cases in one or two statements, leaving out whose clock never began.
    """

    key: str
    """The kind of subject, as the journal names it: `dossier`."""
    read: Callable[[Sequence[UUID]], Mapping[UUID, PastClock]]


MOST_CLOCKS = 500


@dataclass(frozen=True, slots=True)
class CounterIntake:
    """Where a dossier is taken in at a counter: a URL name that takes the code of the procedure."""

    key: str
