"""Time limits as procedures state them: an amount and a unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from tinhso.law.answer import NoAnswer, Step
from tinhso.law.answer import msgid as _


class Unit(StrEnum):
    """Units of a time limit. The national portal says WORKING_DAY, DAY, HOUR, MONTH, YEAR, OTHER (see `from_portal`)."""

    WORKING_DAY = "working_day"
    DAY = "day"
    WORKING_HOUR = "working_hour"
    MONTH = "month"
    YEAR = "year"
    UNSPECIFIED = "unspecified"

    @classmethod
    def from_portal(cls, word: str | None) -> Unit:
        """Return the unit for a word of the national portal or of our data; what is not known is unspecified."""
        plain = (word or "").strip().lower()
        if plain in ("hour", "working_hour"):
            return cls.WORKING_HOUR
        return cls(plain) if plain in cls else cls.UNSPECIFIED


class LimitUnspecified(NoAnswer):
    """The procedure states no limit that can be reckoned: some 12 % of the national data lost its unit."""

    code = "law.limit_unspecified"
    text = _("This procedure states no time limit that can be reckoned. Enter the limit and its unit first.")


class LimitNotWhole(NoAnswer):
    """Calendar days, months and years are counted whole (BLDS 91/2015/QH13 Đ.147, Đ.148)."""

    code = "law.limit_not_whole"
    text = _("{amount} is not a whole number. Days, months and years are counted whole.")
    law = "Bộ luật Dân sự 91/2015/QH13, Đ.148"


_WORDS: dict[Unit, tuple[str, str]] = {
    Unit.WORKING_DAY: (_("{amount} working day"), _("{amount} working days")),
    Unit.DAY: (_("{amount} day"), _("{amount} days")),
    Unit.WORKING_HOUR: (_("{amount} working hour"), _("{amount} working hours")),
    Unit.MONTH: (_("{amount} month"), _("{amount} months")),
    Unit.YEAR: (_("{amount} year"), _("{amount} years")),
    Unit.UNSPECIFIED: (_("no stated limit"), _("no stated limit")),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit. Working days may be half or quarter days (steps of a flow); the amount is never negative."""

    amount: Decimal | int
    unit: Unit = Unit.WORKING_DAY

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a time limit is never negative")

    @classmethod
    def from_portal(cls, amount: str | None, word: str | None) -> Limit:
        """
        Return the limit that a line of the national data states: `15`, `1.5` or `120,00` and a word for the unit.

        No amount, or one that is no number, makes a limit that is unspecified: it is never guessed.
        """
        try:
            number = Decimal((amount or "").strip().replace(",", "."))
        except InvalidOperation:
            return cls(0, Unit.UNSPECIFIED)
        if not number.is_finite() or number < 0:
            return cls(0, Unit.UNSPECIFIED)
        return cls(int(number) if number == int(number) else number, Unit.from_portal(word))

    @property
    def is_whole(self) -> bool:
        """Tell whether the amount has no fraction."""
        return self.amount == int(self.amount)

    def check(self) -> None:
        """Raise what keeps it from being reckoned, whatever the day it begins: LimitUnspecified, LimitNotWhole."""
        if self.unit is Unit.UNSPECIFIED:
            raise LimitUnspecified
        if self.unit in (Unit.DAY, Unit.MONTH, Unit.YEAR) and not self.is_whole:
            raise LimitNotWhole(amount=self.amount)

    def words(self) -> Step:
        """Return the limit in words, as a step whose text is a msgid: `15 working days`."""
        one, many = _WORDS[self.unit]
        return Step(one if self.amount == 1 else many, facts={"amount": self.amount}, code=f"limit.{self.unit}")
