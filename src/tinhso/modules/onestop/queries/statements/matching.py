"""What a line of the bank is, held against the books: pure, so that it can be tried on many lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from tinhso.modules.onestop.models import Found, PaymentState
from tinhso.modules.onestop.queries.statements.lines import BankLine
from tinhso.modules.onestop.queries.statements.references import references_in

NEAR = timedelta(days=2)
"""A transfer that a cashier saw and the bank's booking of it are at most so far apart."""


@dataclass(frozen=True, slots=True)
class Known:
    """A payment of the books that a line may be."""

    id: UUID
    order_code: str
    amount_vnd: int
    state: str
    is_due: bool
    """A transfer that was prepared, for a fee that is still due as it was then."""
    day: date | None = None
    """When the counter noted it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line is; `pays` when it brings the money of a prepared transfer."""

    found: Found
    payment: Known | None = None
    pays: bool = False

    @property
    def is_settled(self) -> bool:
        """Tell whether nobody has to look at it."""
        return self.found is Found.MATCHED


@dataclass(slots=True)
class Matcher:
    """Holds lines against the books, one after the other: a second line for one payment is not the first."""

    by_reference: Mapping[str, Known]
    seen_in: set[UUID] = field(default_factory=set)
    """Payments whose money an earlier line brought."""
    seen_out: set[UUID] = field(default_factory=set)
    at_counter: list[Known] = field(default_factory=list)
    """Transfers that the counter took without a reference, to be found by amount and day."""

    def decide(self, line: BankLine) -> Decision:
        """Return what a line is."""
        references = references_in(f"{line.text} {line.reference}")
        known = next((self.by_reference[one] for one in references if one in self.by_reference), None)
        if line.amount_vnd < 0:
            return self._went_out(line, known)
        if known is None:
            return self._without_payment(line, references)
        if known.id in self.seen_in:
            return Decision(Found.DOUBLED, known)
        self.seen_in.add(known.id)
        return self._came_in(line, known)

    @staticmethod
    def _came_in(line: BankLine, known: Known) -> Decision:
        if line.amount_vnd != known.amount_vnd:
            return Decision(Found.AMOUNT, known)
        if known.state == PaymentState.PAID:
            return Decision(Found.MATCHED, known)
        if known.is_due:
            return Decision(Found.MATCHED, known, pays=True)
        return Decision(Found.NOT_DUE, known)

    def _went_out(self, line: BankLine, known: Known | None) -> Decision:
        if known is None:
            return Decision(Found.OUT)
        if known.id in self.seen_out:
            return Decision(Found.REFUNDED_TWICE, known)
        self.seen_out.add(known.id)
        if known.state not in (PaymentState.EXCESS, PaymentState.REFUNDED):
            return Decision(Found.OUT, known)
        return Decision(Found.MATCHED if -line.amount_vnd == known.amount_vnd else Found.AMOUNT, known)

    def _without_payment(self, line: BankLine, references: Iterable[str]) -> Decision:
        if references:
            return Decision(Found.UNKNOWN)
        near = [
            one
            for one in self.at_counter
            if one.id not in self.seen_in
            and one.amount_vnd == line.amount_vnd
            and one.day
            and abs(one.day - line.day) <= NEAR
        ]
        if len(near) != 1:
            return Decision(Found.UNNAMED)
        self.seen_in.add(near[0].id)
        return Decision(Found.MATCHED, near[0])
