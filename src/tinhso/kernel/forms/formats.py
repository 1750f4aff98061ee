"""The formats that answers may have, each a question to which the law or a standard gives the answer."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from tinhso.law import identity_numbers

_BOUND = re.compile(r"today(?:([+-])([0-9]{1,5})([dmy]))?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_EMAIL = EmailValidator()
OLDEST_YEAR: Final = 1850


def is_bound(text: str) -> bool:
    """Tell whether the text is an ISO date or `today` with a span: `today-60d`, `today+6m`, `today-18y`."""
    return bool(_BOUND.fullmatch(text)) or is_date(text)


def bound_on(text: str, on: date) -> date:
    """Return the date that a bound means on a given day. Raises ValueError for what is not a bound."""
    match = _BOUND.fullmatch(text)
    if not match:
        return date.fromisoformat(text)
    if not match[1]:
        return on
    count = int(match[2]) * (1 if match[1] == "+" else -1)
    if match[3] == "d":
        return on + timedelta(days=count)
    return add_months(on, count * (12 if match[3] == "y" else 1))


def add_months(day: date, months: int) -> date:
    """Return the day so many months later; the last day of the month where there is no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_date(text: str) -> bool:
    """Tell whether the text is a whole ISO 8601 date of a year in which somebody living can have been."""
    if not _ISO.fullmatch(text):
        return False
    try:
        return date.fromisoformat(text).year >= OLDEST_YEAR
    except ValueError:
        return False


def is_partial_date(text: str) -> bool:
    """Tell whether the text is a year, a month (`1960-05`) or a date, for people who know no more."""
    match = _PARTIAL.fullmatch(text)
    if not match:
        return False
    return is_date(f"{match[1]}-{match[2] or '01'}-{match[3] or '01'}")


def is_email(text: str) -> bool:
    """Tell whether the text can be an e-mail address."""
    try:
        _EMAIL(text)
    except ValidationError:
        return False
    return True


def phone_e164(text: str) -> str | None:
    """Return a telephone number of Việt Nam as `+84…`, or None."""
    # 60 modules of numbering plans: only where a number is checked
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 84 or not phonenumbers.is_valid_number(number):  # noqa: PLR2004 - Việt Nam
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_uuid(text: str) -> bool:
    """Tell whether the text is a UUID, which names a stored document."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def plain_number(kind: str, text: str) -> str:
    """Return a personal number or a tax code as it is kept, without spaces and dots; the text when it is none."""
    if kind == "citizen-number":
        return identity_numbers.citizen_number(text).digits if identity_numbers.is_citizen_number(text) else text
    return str(identity_numbers.tax_code(text)) if identity_numbers.is_tax_code(text) else text


def is_citizen_number(text: str) -> bool:
    """Tell whether the text is a personal number as it is kept: 12 digits and nothing else."""
    return identity_numbers.is_citizen_number(text) and plain_number("citizen-number", text) == text


def is_tax_code(text: str) -> bool:
    """Tell whether the text is a tax code as it is kept: 10 digits, 13 (`0100109106-001`), or a personal number."""
    return identity_numbers.is_tax_code(text) and plain_number("tax-code", text) == text
