"""What others lend to casework: the services that flows call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
class CounterIntake:
    """Where a dossier is taken in at a counter: a URL name that takes the code of the procedure."""

    key: str
