"""What others lend to a reform: how many of their rows name an agency that ends, and handing them on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tinhso.base.actors import Actor
from tinhso.base.refusals import Text
from tinhso.kernel.organisation.reform.heirs import Heirs


@dataclass(frozen=True, slots=True)
class Count:
    """So many rows of one agency in one state, and who goes on with them."""

    agency: str
    state: str
    count: int
    heir: str = ""
    """Empty: each row says itself whose it is, or the row ends with its agency."""
    is_held: bool = True
    """Whether somebody can go on there: the successor has a post for it."""


class Hand(Protocol):
    """Hands on a batch. Runs inside the act of the batch: what it changes and that it did so are kept together."""

    def __call__(self, heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
        """Hand on at most `limit` rows that still name an agency which ended; return how many, 0 when none is left."""
        ...


@dataclass(frozen=True, slots=True)
class Carrier:
    """One kind of row that outlives its agency: a dossier in flight, a draft."""

    key: str
    title: Text
    census: Callable[[Heirs], list[Count]]
    hand_on: Hand | None = None
    """None: it is only counted; another carrier hands it on, or it ends with its agency."""
    order: int = 50
    batch: int = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """A figure by agency, as it was counted on the day: what statistics of before and after compare."""

    key: str
    title: Text
    count: Callable[[date, date], dict[str, int]]
    """Given the first day and the last, both included; by the agency that was competent then."""
    order: int = 50
