"""Where a case stands: its tokens. And what must be done about a move: its effects. Plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Wait(StrEnum):
    """What a token waits for."""

    TASK = "task"
    SERVICE = "service"
    MESSAGE = "message"
    TIMER = "timer"
    JOIN = "join"
    SCOPE = "scope"
    MULTI = "multi"
    MOVING = "moving"
    """Only inside the engine: on its way, never at rest."""


@dataclass(frozen=True, slots=True)
class Token:
    """One thread of a case at one node. `scope` is the number of the token whose subprocess or repetition it is in."""

    number: int
    node: str
    wait: Wait
    scope: int = 0
    arrived: str = ""
    """The arrow by which it came: what a join counts."""
    item: Any = None
    """The item that this instance of a repeated activity is about."""
    left: tuple[Any, ...] = ()
    """Items still to come, on the token that holds a sequential repetition."""


@dataclass(frozen=True, slots=True)
class Marking:
    """All tokens of a case by number, and the highest number ever given."""

    tokens: Mapping[int, Token] = field(default_factory=dict)
    last: int = 0


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Somebody has something to do."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Nobody needs to do it any more."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start the clock of an event: one that is waited at, or one on the border of where the token is."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Stop the clock of an event."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class CallService:
    """Call the service of a node and come back with its answer."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class DropService:
    """The answer of a service is not waited for any more."""

    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Send:
    """A message leaves the case."""

    node: str
    message: str
    item: Any = None


@dataclass(frozen=True, slots=True)
class Ended:
    """No token is left: the case is over, at this end event (empty when it was cancelled from outside)."""

    node: str


Effect = OpenTask | CancelTask | StartTimer | StopTimer | CallService | DropService | Send | Ended


@dataclass(frozen=True, slots=True)
class Step:
    """A move: where the case stands now, what must be done about it, and which nodes were passed, in order."""

    marking: Marking
    effects: tuple[Effect, ...]
    trace: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Tell whether the case is over."""
        return not self.marking.tokens
