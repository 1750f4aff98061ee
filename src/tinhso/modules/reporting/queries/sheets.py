"""Forms as spreadsheets: one to fill in offline and hand in again, and what all agencies reported together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext

from tinhso.base.refusals import Fault
from tinhso.base.sheets import BadSheetError, read_rows
from tinhso.kernel.organisation.public import Agency
from tinhso.law.periods import Period
from tinhso.modules.reporting.models import Regime, Return
from tinhso.modules.reporting.queries import grids
from tinhso.modules.reporting.queries.consolidated import Consolidated
from tinhso.modules.reporting.queries.shown import Known, typed
from tinhso.web.words import own, period_words

MARK = "tinhso-bao-cao"
"""Stands in the first cell of a form: what bears it not is another sheet."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an agency for a period."""

    regime: Regime
    grid: grids.Grid
    agency: Agency
    period: Period


def blank(form: Form, report: Return | None, known: Mapping[tuple[str, str], Known]) -> Iterator[list[str]]:
    """Yield the rows of a form for an agency: what it is, the codes, then a line for each row with what is kept or known."""
    yield [MARK, form.regime.code, form.period.key, form.agency.code]
    yield [own(form.regime, "name"), period_words(form.period), own(form.agency, "name")]
    columns = form.grid.typed
    yield [gettext("Code"), gettext("Line"), gettext("Unit"), *(own(each, "name") for each in columns)]
    yield ["", "", "", *(each.code for each in columns)]
    for row in form.grid.rows:
        kept = report.cells.get(row.code, {}) if report else {}
        values = [
            kept.get(each.code, "") if report else known.get((row.code, each.code), Known()).value for each in columns
        ]
        yield [row.code, own(row, "name"), own(row, "unit"), *(typed(each) for each in values)]


def read_form(file: IO[bytes], name: str, form: Form) -> tuple[dict[str, str], list[Fault]]:
    """
    Return what a filled form says, by `row/column` as it was typed, and what is wrong with the sheet as a whole, with its cells.

    Numbers are read later, as those of the page are. Rows and columns may stand in another order; a row that is not of the form is told.
    """
    try:
        rows = [row for _place, row in zip(range(MOST_ROWS), read_rows(file, name=name), strict=False)]
    except BadSheetError:
        return {}, [Fault("/file", gettext("This is no spreadsheet that can be read. Give the form as XLSX or CSV."))]
    if len(rows) < 4 or (rows[0] + [""] * 4)[0] != MARK:  # noqa: PLR2004 - the four lines of a head
        return {}, [
            Fault(
                "/file",
                gettext("This is not the form of this report. Download the form, fill it in, and give that file."),
            )
        ]
    if (rows[0] + [""] * 4)[1:4] != [form.regime.code, form.period.key, form.agency.code]:
        said = " · ".join(each for each in rows[0][1:4])
        return {}, [
            Fault(
                "/file",
                gettext("This form is of another report, period or agency: {said}. Download the right one.").format(
                    said=said
                ),
            )
        ]
    known = {row.code for row in form.grid.rows}
    places = {code: place for place, code in enumerate(rows[3]) if code in {each.code for each in form.grid.typed}}
    given, faults = {}, []
    for line, row in enumerate(rows[4:], start=5):
        if not any(row):
            continue
        if row[0] not in known:
            text = gettext("Line {line}: there is no row “{code}” in this form. Leave the first column as it was.")
            faults.append(Fault("/file", text.format(line=line, code=row[0][:40])))
            continue
        for code, place in places.items():
            given[f"{row[0]}/{code}"] = row[place] if place < len(row) else ""
    return given, faults


def cell_of(grid: grids.Grid, pointer: str) -> str:
    """Return where a cell stands in the sheet of a form, such as D7; empty for one that stands nowhere."""
    row, _slash, column = pointer.strip("/").partition("/")
    rows, columns = [each.code for each in grid.rows], [each.code for each in grid.typed]
    if row not in rows or column not in columns:
        return ""
    place = columns.index(column) + 3
    letters = _LETTERS[place] if place < len(_LETTERS) else f"{_LETTERS[place // 26 - 1]}{_LETTERS[place % 26]}"
    return f"{letters}{rows.index(row) + 5}"


def together_rows(regime: Regime, period: Period, found: Consolidated) -> Iterator[list[str]]:
    """Yield what agencies reported together as rows: the sums, then each agency's own figures, then who is missing."""
    grid: Any = found.grid
    head = [gettext("Line"), gettext("Unit"), *(own(each, "name") for each in grid.columns)]
    yield [own(regime, "name"), period_words(period)]
    yield [gettext("{count} of {all} agencies").format(count=len(found.counted), all=len(found.reporters))]
    yield head
    for row in grid.rows:
        cells = found.cells.get(row.code, {})
        yield [own(row, "name"), own(row, "unit"), *(typed(cells.get(each.code, "")) for each in grid.columns)]
    for each in found.counted:
        yield []
        yield [own(each.agency, "name"), each.agency.code]
        cells_of = grids.reckoned(grid, each.report.cells if each.report else {})
        for row in grid.rows:
            yield [own(row, "name"), own(row, "unit"), *(typed(cells_of[row.code][one.code]) for one in grid.columns)]
    if found.missing:
        yield []
        yield [gettext("Nothing approved yet from")]
        for each in found.missing:
            yield [own(each.agency, "name"), each.agency.code]
