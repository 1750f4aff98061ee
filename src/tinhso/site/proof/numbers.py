"""Numbers without gaps: every book runs from 1, each number once, and its counter stands at the last one given."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.reckoning import CIVIL
from tinhso.site.proof.tables import Tables, data, sure
from tinhso.site.proof.years import HERE, Away

BOOKS = {
    "form01": "SELECT id, coalesce(nullif(book_desk, ''), desk_code), received_at, form_number FROM onestop_dossier WHERE received_at IS NOT NULL",
    "form03": "SELECT id, desk_code, finished_at, form_number FROM onestop_dossier WHERE state = 3",
    "form02": "SELECT d.id, d.desk_code, s.asked_at, s.number FROM onestop_supplementrequest s"
    " JOIN onestop_dossier d ON d.id = s.dossier_id",
    "form04": "SELECT d.id, d.agency_code, c.at, c.number FROM onestop_duechange c"
    " JOIN onestop_dossier d ON d.id = c.dossier_id WHERE c.kind = 'postponed'"
    # an apology for lateness is a form 04 as well; the one before a supplement keeps its number
    " UNION ALL SELECT d.id, d.agency_code, l.at, l.number FROM onestop_lateness l"
    " JOIN onestop_dossier d ON d.id = l.dossier_id"
    " UNION ALL SELECT d.id, d.agency_code, b.at, b.number FROM onestop_latenessbefore b"
    " JOIN onestop_dossier d ON d.id = b.dossier_id",
    "formstop": "SELECT id, agency_code, finished_at, stop_number FROM onestop_dossier WHERE stop_number > 0",
}
"""By the name of the series: in which dossier, whose book as it is now, when, which number."""
OF_DESKS = frozenset({"form02", "form03"})
"""Books of desks; form01 names its desk itself, the others are of agencies."""
_LAST_NUMBER = re.compile(r"([0-9]+)[^0-9]*$")


def check_numbers(tables: Tables, away: Away = HERE) -> Findings:
    """Compare every number that was given out with the counters."""
    given: dict[str, list[int]] = defaultdict(list)
    before = Before(tables)
    for form, query in BOOKS.items():
        for dossier, now, at, number in tables.rows(query):
            whose = now if form == "form01" else before.at(dossier, sure(at), now, desk=form in OF_DESKS)
            given[f"{form}:{whose}:{sure(at).astimezone(CIVIL).year}"].append(number)
    for series, number in _receipts(tables):
        given[series].append(number)
    counters = dict(tables.rows("SELECT series, value FROM onestop_counter"))
    yield from _codes(tables, counters, before)
    yield from _results(tables, counters, before, away)
    books = {series for series in counters if series.partition(":")[0] in {*BOOKS, "receipt"}}
    for series in sorted(books | set(given)):
        yield from _book(series, given.get(series, []), counters.get(series, 0))


class Before:
    """Where dossiers were before a reform handed them on: a number stays in the series of who gave it."""

    def __init__(self, tables: Tables) -> None:
        """Read what was handed on."""
        self._moves: dict[Any, list[tuple[datetime, str, str]]] = defaultdict(list)
        rows = tables.rows("SELECT dossier_id, at, agency_was, desk_was FROM onestop_agencychange ORDER BY at, id")
        for dossier, at, agency, desk in rows:
            self._moves[dossier].append((sure(at), agency, desk))

    def at(self, dossier: Any, at: datetime, now: str, *, desk: bool = False) -> str:
        """Return the agency, or the desk, that a dossier had at a moment; `now` is the one it has."""
        left = next((move for move in self._moves.get(dossier, ()) if move[0] > at), None)
        return now if left is None else left[2] if desk else left[1]


def _book(series: str, numbers: list[int], value: int) -> Findings:
    """See that the numbers of a book are 1…value, each once."""
    there = Counter(numbers)
    for number in sorted(number for number, times in there.items() if times > 1):
        yield Finding("number_twice", f"{series} no. {number}", "was given out more than once")
    gaps = sorted(set(range(1, max(there, default=0) + 1)) - set(there))
    if gaps:
        yield Finding("number_gap", f"{series} no. {gaps[0]}", f"is missing, and so are {len(gaps) - 1} more")
    if value != max(there, default=0):
        text = f"the counter stands at {value}, the last number given is {max(there, default=0)}"
        yield Finding("counter_wrong", f"onestop_counter {series}", text)


def _receipts(tables: Tables) -> Iterator[tuple[str, int]]:
    """Yield the numbers of receipts, `BL26-H47.32.20-000012`, with their books."""
    for (receipt,) in tables.rows("SELECT receipt_number FROM onestop_payment WHERE receipt_number <> ''"):
        head, _dash, number = receipt.rpartition("-")
        year, _dash, agency = head.partition("-")
        yield f"receipt:{agency}:20{year[2:]}", int(number)


def _codes(tables: Tables, counters: dict[str, int], before: Before) -> Findings:
    """
    See that codes of dossiers run from 1 in each of their series, whatever their pattern.

    A province counts by day, by year or for ever; where it changed from one to another the sum is compared.
    """
    scopes: dict[str, set[str]] = defaultdict(set)
    for series in counters:
        head, _colon, rest = series.partition(":")
        agency, _colon, period = rest.partition(":")
        if head == "dossier":
            scopes[agency].add(_scope(period))
    given: dict[str, list[int]] = defaultdict(list)
    for dossier, code, now, at in tables.rows("SELECT id, code, agency_code, submitted_at FROM onestop_dossier"):
        agency = before.at(dossier, sure(at), now)
        day = sure(at).astimezone(CIVIL).date()
        found = _LAST_NUMBER.search(code)
        for scope in scopes.get(agency) or {"day"}:
            given[f"dossier:{agency}{_period(scope, day)}"].append(int(found[1]) if found else 0)
    mixed = {agency for agency, kinds in scopes.items() if len(kinds) > 1}
    for series in sorted({*given, *(name for name in counters if name.startswith("dossier:"))}):
        agency = series.split(":")[1]
        if agency not in mixed:
            yield from _book(series, given.get(series, []), counters.get(series, 0))


def _scope(period: str) -> str:
    return "agency" if not period else "year" if period.isdigit() else "day"


def _period(scope: str, day: date) -> str:
    return {"agency": "", "year": f":{day.year}", "day": f":{day.isoformat()}"}[scope]


def _results(tables: Tables, counters: dict[str, int], before: Before, away: Away) -> Findings:
    """
    See that each agency gave out as many numbers of results as its books of all years say, and none twice in a year.

    The year of a number is that in which the result says it got it; where it does not, that of the line in which a number
    was first journalled. A number that was voided stays in its book. Books of years that were taken out are not read.
    """
    given: dict[str, list[int]] = defaultdict(list)
    for dossier, now, facts in tables.rows(
        "SELECT d.id, d.agency_code, e.facts FROM journal_entry e JOIN onestop_dossier d ON d.code = e.subject_key"
        " WHERE e.event = 'onestop.result_number_voided' AND e.subject_type = 'dossier'"
    ):
        told = data(facts)
        digits, _slash, mark = str(told["number"]).partition("/")
        numbered = datetime.fromisoformat(str(told["numbered_at"])).astimezone(CIVIL)
        agency, year = before.at(dossier, numbered, now), numbered.year
        given[f"result:{agency}:{mark}:{year}"].append(int(digits))
    for dossier, now, number, submitted, at, told_at in tables.rows(
        "SELECT d.id, d.agency_code, r.number, d.submitted_at, coalesce(r.numbered_at, min(e.at)), min(e.at)"
        " FROM onestop_result r JOIN onestop_dossier d ON d.id = r.dossier_id"
        " LEFT JOIN journal_entry e ON e.subject_type = 'dossier' AND e.subject_key = d.code"
        " AND e.event = 'onestop.result_numbered'"
        " WHERE r.number <> '' GROUP BY d.agency_code, r.number, r.numbered_at, d.id, d.submitted_at"
    ):
        digits, _slash, mark = number.partition("/")
        if told_at is None and away.touches(sure(submitted), None):
            continue
        if told_at is None:
            yield Finding("number_untold", f"onestop_result {number} of {now}", "has no line in the journal")
        elif digits.isdigit():
            agency = before.at(dossier, sure(at), now)
            given[f"result:{agency}:{mark}:{sure(at).astimezone(CIVIL).year}"].append(int(digits))
    # a participant's result names its agency itself
    for agency, number, at in tables.rows(
        "SELECT agency_code, number, coalesce(numbered_at, signed_at, proposed_at) FROM onestop_partresult WHERE number <> ''"
    ):
        digits, _slash, mark = number.partition("/")
        if digits.isdigit():
            given[f"result:{agency}:{mark}:{sure(at).astimezone(CIVIL).year}"].append(int(digits))
    for series in sorted({*given, *(name for name in counters if name.startswith("result:"))}):
        year = int(series.rpartition(":")[2])
        # well inside the year: its neighbours are read
        if away.touches(datetime(year, 1, 9, tzinfo=CIVIL), datetime(year, 12, 20, tzinfo=CIVIL)):
            continue
        yield from _book(series, given.get(series, []), counters.get(series, 0))
