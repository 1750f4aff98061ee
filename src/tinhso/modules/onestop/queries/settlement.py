"""
What a desk took for the agencies whose dossiers it takes in, by quarter.

The agencies settle fees with the desk every quarter (NĐ 61/2018/NĐ-CP Đ.12 k.9). Counted is what passed over the counter:
what was paid at the gateway goes to the agency's account at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import BookState, CashBook, CashLine, LineKind, PaymentMethod
from tinhso.modules.onestop.queries.cash import seen_books
from tinhso.modules.onestop.queries.paging import Page, moment, page_of

QUARTERS = 4
FIRST_YEAR, YEAR_DIGITS = 2000, 4


@dataclass(frozen=True, slots=True)
class AgencyShare:
    """What was taken for one agency, in đồng: less what was voided and given back."""

    agency_code: str
    cash: int
    transfers: int
    receipts: int
    """Those that hold: a voided one keeps its number, and its money is not there."""

    @property
    def total(self) -> int:
        """Return cash and transfers."""
        return self.cash + self.transfers


@dataclass(frozen=True, slots=True)
class Settlement:
    """A quarter of a desk: shares of agencies, and the receipts of one of them when it was asked for."""

    desk: str
    desks: list[str]
    year: int
    quarter: int
    shares: list[AgencyShare]
    open_books: int
    agency: str = ""
    lines: Page[CashLine] | None = None

    @property
    def total(self) -> int:
        """Return the sum of all shares."""
        return sum(share.total for share in self.shares)


def asked(actor: Actor, given: Mapping[str, str], today: date) -> Settlement:
    """Return the settlement that a page asks for; without a question, the quarter that is running at the first desk."""
    require(access.can_list_books, actor)
    desks = sorted(seen_books(actor).order_by().values_list("desk_code", flat=True).distinct()[:500])
    desk = given.get("quay", "")
    desk = desk if desk in desks else (desks[0] if desks else "")
    year, quarter = _period(given.get("quy", ""), today)
    first, last = quarter_days(year, quarter)
    books = CashBook.objects.filter(desk_code=desk, day__range=(first, last))
    agency = given.get("co-quan", "")[:40]
    return Settlement(
        desk=desk,
        desks=desks,
        year=year,
        quarter=quarter,
        shares=shares_of(desk, first, last),
        open_books=books.filter(state=BookState.OPEN).count(),
        agency=agency,
        lines=_lines(desk, first, last, agency, given.get("sau", "")[:200]) if agency else None,
    )


def shares_of(desk: str, first: date, last: date) -> list[AgencyShare]:
    """Return what a desk took for each agency in these days. One statement."""
    cash, taken = Q(method=PaymentMethod.CASH), Q(kind=LineKind.TAKEN)
    rows: Any = CashLine.objects.filter(book__desk_code=desk, book__day__range=(first, last))
    found = rows.values("agency_code").annotate(
        cash_in=Sum("amount_vnd", filter=cash & taken, default=0),
        cash_out=Sum("amount_vnd", filter=cash & ~taken, default=0),
        transfers_in=Sum("amount_vnd", filter=~cash & taken, default=0),
        transfers_out=Sum("amount_vnd", filter=~cash & ~taken, default=0),
        receipts=Count("id", filter=taken),
        voided=Count("id", filter=Q(kind=LineKind.VOIDED)),
    )
    return [
        AgencyShare(
            row["agency_code"],
            int(row["cash_in"]) - int(row["cash_out"]),
            int(row["transfers_in"]) - int(row["transfers_out"]),
            row["receipts"] - row["voided"],
        )
        for row in found.order_by("agency_code")
    ]


def quarter_days(year: int, quarter: int) -> tuple[date, date]:
    """Return the first and the last day of a quarter of the civil year."""
    first = date(year, 3 * quarter - 2, 1)
    after = date(year + 1, 1, 1) if quarter == QUARTERS else date(year, 3 * quarter + 1, 1)
    return first, after - timedelta(days=1)


def _period(text: str, today: date) -> tuple[int, int]:
    year, _dash, quarter = text.partition("-")
    if (
        year.isascii()
        and year.isdigit()
        and len(year) == YEAR_DIGITS
        and quarter in ("1", "2", "3", "4")
        and FIRST_YEAR <= int(year) <= today.year
    ):
        return int(year), int(quarter)
    return today.year, (today.month + 2) // 3


def _lines(desk: str, first: date, last: date, agency: str, after: str) -> Page[CashLine]:
    rows = CashLine.objects.filter(book__desk_code=desk, book__day__range=(first, last), agency_code=agency)
    return page_of(rows.select_related("book"), {"at": moment, "id": UUID}, after=after)
