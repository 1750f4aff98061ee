"""Releasing dossiers for statistics: who, which months, how much; never whose."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.journal.public import new_id, record
from tinhso.law.disclosure import SMALLEST_CELL, large_cells, left_out
from tinhso.modules.onestop import access
from tinhso.modules.onestop.queries.released import COLUMNS, Cell, count_cells, records

MOST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its months, and which cells are in it. Its key is random and kept nowhere: no two releases can be joined."""

    first: date
    after: date
    kept: frozenset[Cell]
    rows: int
    left_out: int

    def lines(self) -> Iterator[str]:
        """Return the CSV (RFC 4180, UTF-8), line by line; asked twice, it has other keys."""
        writer = csv.writer(_Line())
        yield writer.writerow([column.name for column in COLUMNS])
        for row in records(self.first, self.after, self.kept, key=secrets.token_bytes(32)):
            yield writer.writerow(row)


class _Line:
    """What `csv` writes to: it gives each line back."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def release_dossiers(first: str, last: str, *, actor: Actor, at: datetime) -> Release:
    """
    Release the dossiers filed in whole months (`2026-01`), both included, that are over; that it was done is journalled.

    Whole months: releases of other days could be compared until one dossier is left. Raises BadInput, Forbidden.
    """
    require(access.can_release_statistics, actor)
    begin, after = _months(first, last, civil_date(at))
    cells = count_cells(begin, after)
    kept = large_cells(cells)
    made = Release(begin, after, kept, sum(cells[cell] for cell in kept), left_out(cells))
    _note_release(made, actor=actor, at=at)
    return made


@act
def _note_release(made: Release, *, actor: Actor, at: datetime) -> None:
    require(access.can_release_statistics, actor)
    record(
        "onestop.dossiers_released",
        ("release", new_id()),
        actor=actor,
        at=at,
        first=made.first,
        after=made.after,
        rows=made.rows,
        left_out=made.left_out,
        smallest_cell=SMALLEST_CELL,
    )


def _months(first: str, last: str, today: date) -> tuple[date, date]:
    """Return the first day and the day after the last. Raises BadInput."""
    begin, end = _month(first, "/first"), _month(last, "/last")
    after = date(end.year + end.month // 12, end.month % 12 + 1, 1)
    if after > today:
        raise BadInput(faults=[Fault("/last", _("This month is not over yet."))])
    count = (after.year - begin.year) * 12 + after.month - begin.month
    if not 1 <= count <= MOST_MONTHS:
        text = _("Ask for 1 to 36 months, the first one first.")
        raise BadInput(faults=[Fault("/first", text)])
    return begin, after


def _month(text: str, pointer: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise BadInput(faults=[Fault(pointer, _("Write the month as year-month, e.g. 2026-03."))]) from None
