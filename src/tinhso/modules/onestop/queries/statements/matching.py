"""What a line of the bank is, held against the books: pure, so that it can be tried on many lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from tinhso.base.text import fold
from tinhso.modules.onestop.models import Found, PaymentState
from tinhso.modules.onestop.queries.statements.lines import BankLine
from tinhso.modules.onestop.queries.statements.references import references_in

NEAR = timedelta(days=2)
"""A transfer that a cashier saw and the bank's booking of it are at most so far apart."""


SHORTEST_NAME = 6
"""Letters of a name: a shorter one may stand in any text."""


def bare(text: str) -> str:
    """Return a text without marks, spaces, signs and case, as banks write names."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _nobody(_text: str) -> Sequence[Named]:
    return ()


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
    dossier: str = ""
    """Code of its dossier, where it is looked for by it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A dossier whose code stands in the text of a line."""

    code: str
    owed_vnd: int
    """What it owes into this account; 0: nothing."""
    payer: str
    """Name of the applicant without marks, spaces and case."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line is; `pays` when it brings the money of a prepared transfer."""

    found: Found
    payment: Known | None = None
    pays: bool = False
    dossier: str = ""
    """The dossier that it pays without a prepared transfer, found by its code and its applicant's name."""
    proposed: tuple[str, ...] = ()
    """Dossiers that its text names, for a person to choose from."""

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
    named_in: Callable[[str], Sequence[Named]] = _nobody
    """Dossiers whose codes a text bears, that there are and whose fees go to this account."""

    told_before: Collection[tuple[str, date]] = ()
    """Numbers of the bank with their days that an earlier file told, of another movement: one of the two was changed."""

    def decide(self, line: BankLine) -> Decision:
        """Return what a line is."""
        if line.reference and (line.reference, line.day) in self.told_before:
            return Decision(Found.CHANGED)
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
        named = self.named_in(line.text)
        if named:
            return self._by_code(line, named)
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

    def _by_code(self, line: BankLine, named: Sequence[Named]) -> Decision:
        """
        Return what a line is that names dossiers by their codes.

        Typed by hand a code may be that of somebody else: it is booked only where it is the only one, the sum is what is owed,
        and the text bears the applicant's name as well. Anything else is put before a person, with what was read.
        """
        codes = tuple(one.code for one in named)
        noted = [
            one
            for one in self.at_counter
            if one.dossier in codes and one.id not in self.seen_in and one.amount_vnd == line.amount_vnd
        ]
        if len(noted) == 1 and len(codes) == 1:
            self.seen_in.add(noted[0].id)
            return Decision(Found.MATCHED, noted[0])
        one = named[0]
        said = bare(line.text)
        is_sure = (
            len(named) == 1
            and one.owed_vnd == line.amount_vnd
            and len(one.payer) >= SHORTEST_NAME
            and one.payer in said
        )
        if is_sure:
            return Decision(Found.MATCHED, pays=True, dossier=one.code, proposed=codes)
        return Decision(Found.NAMED, proposed=codes)
