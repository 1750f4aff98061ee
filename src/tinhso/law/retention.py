"""
How long something personal is kept, and from which day it may be erased.

Who keeps personal data erases it when its purpose is met, unless another law has it kept (Luật 91/2025/QH15; which
article, and each period, is for a lawyer: `verified: false` in the packs until then). An archive's rule always wins: of
several rules the last day counts, and what an archive keeps for ever is never erased.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import short_date

COUNTING = "Bộ luật Dân sự 91/2015/QH13, Đ.147 k.2, Đ.148"


@dataclass(frozen=True, slots=True)
class Keep:
    """For how long: years, months and days after each other, or for ever."""

    years: int = 0
    months: int = 0
    days: int = 0
    permanent: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for less than nothing, and for a period that is for ever too."""
        if min(self.years, self.months, self.days) < 0 or (self.permanent and self.years + self.months + self.days):
            raise ValueError("a period is so many years, months and days, or permanent")


@dataclass(frozen=True, slots=True)
class Rule:
    """A period and the text it rests on. `verified` tells whether somebody read that text."""

    keep: Keep
    law: str
    verified: bool = False


def kept_until(ended: date, keep: Keep) -> date | None:
    """
    Return the last day on which something that ended on a day is kept; None: for ever.

    The day it ended is not counted (Đ.147 k.2); a period in months or years ends on the day of the same number, or on the
    last of a month that has none (Đ.148 k.3, k.4).
    """
    if keep.permanent:
        return None
    months = ended.year * 12 + ended.month - 1 + keep.years * 12 + keep.months
    year, month = divmod(months, 12)
    month += 1
    if year > date.max.year - 1:
        return None
    day = min(ended.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) + timedelta(days=keep.days)


def ended_by(today: date, keep: Keep) -> date | None:
    """Return the latest day of ending whose data may be erased today: the other side of `kept_until`. None: no day."""
    if keep.permanent:
        return None
    months = today.year * 12 + today.month - 1 - keep.years * 12 - keep.months
    if months < 12 * (date.min.year + 1):
        return None
    year, month = divmod(months, 12)
    found = date(year, month + 1, 1) + timedelta(days=today.day - keep.days + 2)
    while (until := kept_until(found, keep)) is None or until >= today:
        found -= timedelta(days=1)
    return found


def erasable_on(ended: date, rules: Iterable[Rule]) -> Answer[date | None]:
    """
    Return the first day on which what ended on `ended` may be erased, by all the rules that speak of it; None: never.

    Raises ValueError without a rule: what no rule speaks of is not erased by one.
    """
    steps, until, is_for_ever = [], date.min, False
    for rule in rules:
        last = kept_until(ended, rule.keep)
        text = _("Kept until {last}.") if last else _("Kept for ever.")
        if not rule.verified:
            text = (
                _("Kept until {last}; source not yet checked.") if last else _("Kept for ever; source not yet checked.")
            )
        steps.append(Step(text, rule.law, last, {"last": short_date(last) if last else ""}, "retention.kept"))
        is_for_ever = is_for_ever or last is None
        until = max(until, last or date.min)
    if not steps:
        raise ValueError("no rule speaks of it")
    if is_for_ever:
        return Answer(None, tuple(steps))
    first = until + timedelta(days=1)
    told = Step(
        _("It may be erased from {first}."), COUNTING, first, {"first": short_date(first)}, "retention.erasable"
    )
    return Answer(first, (*steps, told))


def is_due(ended: date, rules: Iterable[Rule], *, on: date) -> bool:
    """Tell whether what ended on `ended` is due for erasure on a day. Raises ValueError without a rule."""
    first = erasable_on(ended, rules).value
    return first is not None and first <= on
