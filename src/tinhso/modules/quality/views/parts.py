"""What the pages of quality share: the period of the address, spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.quality.queries.periods import Period, read_period
from tinhso.modules.quality.queries.shown import period_links, period_words
from tinhso.web.spreadsheet import csv_lines

LONGEST_FIELD = 200
"""A cell that begins so is a formula to a spreadsheet."""


def period_of(request: ActorRequest) -> Period:
    """Return the period that is asked for. Raises NotFound for what is none."""
    return read_period(request.GET.get("ky", "").strip()[:40], request.at)


def around(request: ActorRequest, period: Period, **extra: str) -> dict[str, Any]:
    """Return what every page with a period shows of it."""
    more = "".join(f"&{name}={value}" for name, value in extra.items() if value)
    return {
        "period": period,
        "period_words": period_words(period),
        "sheet": f"?ky={period.key}{more}&dang=csv",
        "period_links": period_links(period, request.path, more),
        "counting_words": gettext("Dossiers are still being counted. Figures are too low until that is done."),
    }


def spreadsheet(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return rows as CSV that spreadsheets open as Vietnamese (UTF-8 with a mark); no cell is taken for a formula."""
    cells = (["" if cell is None else str(cell) for cell in row] for row in (header, *rows))
    response = HttpResponse("".join(csv_lines(cells)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
