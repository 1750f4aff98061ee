"""Codes and numbers that an act gives out."""

from __future__ import annotations

from datetime import date, datetime

from tinhso.base.clock import civil, civil_date
from tinhso.modules.onestop.models import next_number, next_open_number
from tinhso.modules.onestop.queries.services import dossier_pattern


def give_dossier_code(agency_code: str, at: datetime) -> str:
    """
    Return the next dossier code of an agency, without gaps (TT 01/2018/TT-VPCP Đ.19; the pattern is the province's).

    The counter row is locked until the act commits.
    """
    on = civil_date(at)
    pattern = dossier_pattern(at)
    series = f"dossier:{pattern.counter_key(agency=agency_code, on=on)}"
    return pattern.render(agency=agency_code, on=on, number=next_number(series))


def give_form_number(form: str, agency_code: str, at: datetime) -> int:
    """Return the next number of a printed form (01, 02, …) at a desk or agency in the civil year: books have no gaps (Đ.10 k.2)."""
    return next_number(f"form{form}:{agency_code}:{civil(at).year}")


def give_receipt_number(agency_code: str, at: datetime) -> str:
    """Return the next receipt number of an agency in the civil year."""
    year = civil(at).year
    return f"BL{year % 100:02d}-{agency_code}-{next_number(f'receipt:{agency_code}:{year}'):06d}"


def give_closing_number(desk_code: str, day: date) -> str:
    """Return the next number of a desk's closings in the civil year of the day that is closed."""
    return f"CQ{day.year % 100:02d}-{desk_code}-{next_number(f'closing:{desk_code}:{day.year}'):04d}"


def give_result_number(agency_code: str, mark: str, at: datetime) -> str:
    """Return the next number of an outgoing result in the agency's book of the year, e.g. `12/GP-UBND`."""
    year = civil(at).year
    return f"{next_number(f'result:{agency_code}:{mark}:{year}')}/{mark}"


def book_series(desk_code: str, year: int) -> str:
    """Return the series of the lines of a desk's book: those of form 01, for each reception is a line and gets a receipt."""
    return f"form01:{desk_code}:{year}"


def give_book_line(desk_code: str, at: datetime) -> tuple[int, int]:
    """
    Return year and number of the next line of a desk's follow-up book (TT 01/2018/TT-VPCP Đ.10 k.2).

    What comes after this year's book was closed goes to next year's. One statement, two after closing.
    """
    year = civil(at).year
    number = next_open_number(book_series(desk_code, year))
    while number is None:
        year += 1
        number = next_open_number(book_series(desk_code, year))
    return year, number
