"""
Dates, numbers, money and sizes as people read them here, in the language of the page.

Vietnamese: 28/11/2022 · 09:14 · 1.463 · 97,1% · 75.000 đ · 8,4 MB. English: 28/11/2022 · 1,463 · 97.1% · VND 75,000.
Moments are shown on the wall clock of Việt Nam. A no-break space stands before đ, so that a sum never breaks.
Source of the forms: docs of the design system, "Words".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.base.clock import civil
from tinhso.law.later_fees import LARGEST, LaterFee
from tinhso.law.periods import Kind, Period

NBSP = "\u00a0"
Day = date | datetime | str | None


def vietnamese() -> bool:
    """Tell whether the page is in Vietnamese (the default) rather than English."""
    return not (get_language() or "vi").startswith("en")


def own(record: Any, field: str) -> str:
    """Return the text of a record in the language of the page: `field`, or its English twin `field_en` where it is written."""
    said: str = getattr(record, field)
    return said if vietnamese() else getattr(record, f"{field}_en", "") or said


def _local(value: Day) -> date | datetime | None:
    if isinstance(value, str):
        if not value:
            return None
        value = datetime.fromisoformat(value) if len(value) > len("2022-11-28") else date.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return civil(value)
    return value


def day(value: Day) -> str:
    """Return dd/MM/yyyy; empty for nothing. Strings are ISO 8601. Raises ValueError for other strings."""
    local = _local(value)
    return f"{local:%d/%m/%Y}" if local else ""


def hour(value: Day) -> str:
    """Return HH:MM on the wall clock; empty for nothing or for a day without a time."""
    local = _local(value)
    return f"{local:%H:%M}" if isinstance(local, datetime) else ""


def moment(value: Day) -> str:
    """Return "09:14 28/11/2022"; a day without a time is just the day."""
    local = _local(value)
    if not isinstance(local, datetime):
        return day(local)
    return f"{local:%H:%M} {local:%d/%m/%Y}"


def weekday(value: Day) -> str:
    """Return "thứ Hai 28/11/2022" or "Monday 28/11/2022"."""
    local = _local(value)
    if local is None:
        return ""
    names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    return f"{names[local.weekday()]} {local:%d/%m/%Y}"


def iso(value: Day) -> str:
    """Return the value for a `datetime` attribute, with the offset of Việt Nam when it has a time."""
    local = _local(value)
    return local.isoformat(timespec="minutes") if isinstance(local, datetime) else (local.isoformat() if local else "")


def number(value: Any, places: int = 0) -> str:
    """Return 1.463 or 1,463; with `places` decimals, halves rounded up. Empty for nothing."""
    if value is None or value == "":
        return ""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{exact:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if vietnamese() else text


def percent(value: Any, places: int = 1) -> str:
    """Return "97,1%" for 97.1 (the value is already in percent)."""
    text = number(value, places)
    return f"{text}%" if text else ""


def money(value: Any) -> str:
    """Return "75.000 đ" or "VND 75,000" for a whole number of đồng."""
    text = number(value)
    if not text:
        return ""
    return f"{text}{NBSP}đ" if vietnamese() else f"VND{NBSP}{text}"


def fee(value: Any) -> str:
    """Return the sum, or "Miễn phí" for nothing to pay."""
    return _("Free") if value is not None and value != "" and Decimal(str(value)) == 0 else money(value)


def later_sum(rule: LaterFee) -> str:
    """Return how the sum of a fee that becomes due later is found: fixed, a part of a value, or reckoned in each case."""
    if rule.amount is not None:
        return money(rule.amount)
    if rule.percent is not None:
        exponent = rule.percent.normalize().as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
        return _("{percent} % of {of}").format(percent=number(rule.percent, places), of=own(rule, "of"))
    if rule.most < LARGEST:
        return _("reckoned in each case, at most {most}").format(most=money(rule.most))
    return _("reckoned in each case")


def period_words(period: Period) -> str:
    """Return a period as people say it."""
    first = period.first
    words = {
        Kind.DAY: f"{first:%d/%m/%Y}",
        Kind.WEEK: _("Week {number}, {year}").format(number=first.isocalendar()[1], year=first.isocalendar()[0]),
        Kind.MONTH: _("Month {month}").format(month=f"{first:%m/%Y}"),
        Kind.QUARTER: _("Quarter {number}, {year}").format(number=first.month // 3 + 1, year=first.year),
        Kind.HALF: (_("First half of {year}") if first.month == 1 else _("Second half of {year}")).format(
            year=first.year
        ),
        Kind.NINE_MONTHS: _("Nine months of {year}").format(year=first.year),
        Kind.YEAR: _("Year {year}").format(year=first.year),
    }
    return words[period.kind]


def file_size(value: Any) -> str:
    """Return "212 KB" or "8,4 MB" for a number of bytes (1 KB = 1,000 bytes, SI)."""
    if value is None or value == "":
        return ""
    size = int(value)
    for unit, factor in (("GB", 10**9), ("MB", 10**6)):
        if size >= factor:
            return f"{number(Decimal(size) / factor, 1)}{NBSP}{unit}"
    return f"{number(max(1, round(size / 1000)) if size else 0)}{NBSP}KB"


def phone(value: str) -> str:
    """Return "0905 123 456" or "0235 3812 345", also for a number kept as +84…; anything else as it is."""
    digits = value.replace(" ", "")
    if digits.startswith("+84"):
        digits = f"0{digits[3:]}"
    if not digits.isdigit() or len(digits) not in (10, 11):
        return value
    return f"{digits[:4]} {digits[4:-3]} {digits[-3:]}"


def masked(value: str) -> str:
    """Return "049******218" or "0905 *** 218": enough to recognise, not enough to use."""
    bare = value.replace(" ", "")
    if len(bare) == 10 and bare.startswith("0") and bare.isdigit():  # noqa: PLR2004 - a telephone number
        return f"{bare[:4]} *** {bare[-3:]}"
    return f"{bare[:3]}{'*' * (len(bare) - 6)}{bare[-3:]}" if len(bare) > 6 else "*" * len(bare)  # noqa: PLR2004


def given_name(name: str) -> str:
    """Return the last word of a name, by which people are called."""
    return name.rpartition(" ")[2]


def family_name(name: str) -> str:
    """Return what stands before the given name."""
    return name.rpartition(" ")[0]


def initials(name: str) -> str:
    """Return at most two letters for an avatar: "Nguyễn Văn Tín" is VT, as people are called by the last word."""
    words = [word for word in name.split() if word]
    return "".join(word[0] for word in words[-2:]).upper()
