"""One movement on an account as a file tells it, and what may be wrong with a line of a file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import BadInput, Text

MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 20_000
LARGEST = 10**13
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""No bank books a movement before or after: a day outside was typed wrong, and cannot be reckoned with."""


class BadStatement(BadInput):
    """The file cannot be read as a statement at all."""

    code = "onestop.bad_statement"
    text = _("This file cannot be read as a statement of account {account}: {why}")


WHY: Mapping[str, Text] = {
    "day": _("the date cannot be read"),
    "amount": _("the amount is not a whole sum in đồng"),
    "negative": _("a negative amount in a column of credits or debits"),
    "both": _("credit and debit in one line"),
    "none": _("no amount"),
    "currency": _("another currency than đồng"),
}
"""What may be wrong with a line, by the word that is kept of it."""


class BadLine(ValueError):  # noqa: N818 - an answer about a line, not an error of ours
    """A line that cannot be read; its word is a key of WHY."""


@dataclass(frozen=True, slots=True)
class BankLine:
    """Money that came in (positive) or went out (negative)."""

    number: int
    """Line of the file, as a spreadsheet counts."""
    day: date
    amount_vnd: int
    text: str
    reference: str = ""
    """The bank's own number of the movement."""


@dataclass(slots=True)
class Reading:
    """What a file holds: lines that can be read, and the others with their numbers."""

    lines: list[BankLine] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, read: Iterable[BankLine] | BadLine) -> None:
        """Add what became of a line."""
        if isinstance(read, BadLine):
            self.faults.append((number, str(read)))
        else:
            for line in read:
                if FIRST_DAY <= line.day <= LAST_DAY:
                    self.lines.append(line)
                else:
                    self.faults.append((number, "day"))


def with_identities(account: str, lines: Iterable[BankLine]) -> list[tuple[str, BankLine]]:
    """
    Return each line with what makes it the same movement in another file of the same account.

    That is the bank's number where it gives one, else the text; movements that are alike in all are told apart by how many
    went before.
    """
    before: Counter[str] = Counter()
    found = []
    for line in lines:
        said = line.reference or " ".join(line.text.split()).upper()
        same = f"{account}\n{line.day.isoformat()}\n{line.amount_vnd}\n{said}"
        before[same] += 1
        found.append((hashlib.sha256(f"{same}\n{before[same]}".encode()).hexdigest(), line))
    return found
