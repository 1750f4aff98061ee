"""The clocks of dossiers against their history: when they began, stood still, began anew, and when they end."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tinhso.site.proof import reckoning
from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables, data, moment, sure

SUPPLEMENT_ASKED, PAYMENT_ASKED = 5, 6
OVER = (3, 7, 8, 9, 10)
"""States in which a dossier is settled: not accepted, withdrawn, stopped, finished, returned."""
RECEIVED_BY_DESK = "onestop.dossier_accepted"


def check_clocks(tables: Tables) -> Findings:
    """Reckon the clock of every received dossier again from its rows and from what was journalled."""
    history = _History(tables)
    calendars = _Calendars(tables)
    for row in tables.rows(
        "SELECT d.id, d.code, d.state, d.agency_code, d.received_at, d.clock_from, d.due_at, d.paused_at, d.limit_amount,"
        " d.limit_unit, e.facts FROM onestop_dossier d LEFT JOIN journal_entry e ON e.subject_type = 'dossier'"
        f" AND e.subject_key = d.code AND e.event = '{RECEIVED_BY_DESK}' ORDER BY d.id"
    ):
        yield from _Clock(row, history).check(calendars)
    yield from _steps(tables)


class _History:
    """What moved clocks, by dossier: only dossiers whose clock ever moved are here."""

    def __init__(self, tables: Tables) -> None:
        self.pauses: dict[Any, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        self.paying: dict[Any, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        self.asked: dict[Any, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        self.changes: dict[Any, list[tuple[str, datetime | None, datetime | None, datetime]]] = defaultdict(list)
        for dossier, reason, start, end in tables.rows(
            "SELECT dossier_id, reason, started_at, ended_at FROM onestop_pause ORDER BY id"
        ):
            self.pauses[dossier].append((sure(start), moment(end)))
            if reason == "payment":
                self.paying[dossier].append((sure(start), moment(end)))
        for dossier, asked, answered, at_reception in tables.rows(
            # what a participant of a linked dossier asks for stops its own clock, not that of the whole
            "SELECT dossier_id, asked_at, answered_at, at_reception FROM onestop_supplementrequest WHERE part = '' ORDER BY id"
        ):
            if not at_reception:
                self.asked[dossier].append((sure(asked), moment(answered)))
        for dossier, kind, was, became, at in tables.rows(
            "SELECT dossier_id, kind, was, became, at FROM onestop_duechange ORDER BY id"
        ):
            self.changes[dossier].append((kind, moment(was), moment(became), sure(at)))


class _Clock:
    """One dossier's clock with its history."""

    def __init__(self, row: tuple[Any, ...], history: _History) -> None:
        id_, self.code, self.state, self.agency, received, clock_from, due_at, paused, amount, self.unit, facts = row
        self.received, self.clock_from = moment(received), moment(clock_from)
        self.due_at, self.paused_at = moment(due_at), moment(paused)
        self.amount = None if amount is None else Decimal(str(amount))
        told = data(facts)["due_at"] if facts is not None else None
        self.told = moment(told)
        self.pauses = history.pauses.get(id_, [])
        self.paying = history.paying.get(id_, [])
        self.asked = history.asked.get(id_, [])
        self.changes = history.changes.get(id_, [])

    def check(self, calendars: _Calendars) -> Findings:
        """Compare what is kept with what its history says."""
        yield from self._standing()
        if self.received is None:
            if self.clock_from or self.due_at:
                yield self._wrong("clock_start", f"runs since {self.clock_from} although it was never received")
            return
        starts = [answered for _asked, answered in self.asked if answered is not None]
        start = max([self.received, *starts])
        if self.clock_from != start:
            yield self._wrong("clock_start", f"runs from {self.clock_from}, by its history from {start}")
        yield from self._told()
        moved = [became for kind, _was, became, at in self.changes if kind == "postponed" and at >= start]
        if any(kind == "payment" and at >= start for kind, _was, _became, at in self.changes):
            yield from self._pushed(start, calendars)
        elif moved:
            if self.due_at != moved[-1]:
                yield self._wrong("clock_due", f"is due at {self.due_at}, was postponed to {moved[-1]}")
        elif self.amount is not None and self.due_at is not None:
            ends = calendars.ends(start, self.amount, self.unit)
            if ends and self.due_at not in ends:
                text = f"is due at {self.due_at}; {self.amount} {self.unit} from {start} end at {ends[0]}"
                yield self._wrong("clock_due", text)

    def _pushed(self, start: datetime, calendars: _Calendars) -> Findings:
        """
        See that the date moved by as many working days as the clock stood for a payment, one more at most.

        The one more is that of a clock that stopped on its last day. Limits in hours move by hours and are left to the chain of
        dates (`_told`); those in calendar days may end on the day after days off.
        """
        if self.unit not in ("working_day", "day"):
            return
        for kind, was, became, at in self.changes:
            if kind != "payment" or at < start or was is None or became is None:
                continue
            stood = next((begun for begun, over in self.paying if over == at), None)
            if stood is None:
                yield self._wrong("clock_paused", f"was moved at {at} for a payment that no pause tells of")
            elif not calendars.moved_fitly(stood, at, was, became):
                yield self._wrong("clock_due", f"stood from {stood} to {at}, and moved from {was} to {became}")

    def _standing(self) -> Findings:
        """See that the clock stands exactly while a pause is open, and never once all is over."""
        opened = [start for start, end in self.pauses if end is None]
        if opened != ([self.paused_at] if self.paused_at else []):
            yield self._wrong("clock_paused", f"stands since {self.paused_at}, its open pauses began at {opened}")
        if any(end is not None and end < start for start, end in self.pauses):
            yield self._wrong("clock_paused", "has a pause that ends before it begins")
        waits = any(answered is None for _asked, answered in self.asked)
        pays = self.state == PAYMENT_ASKED and any(end is None for _start, end in self.paying)
        if self.paused_at and not pays and (self.state != SUPPLEMENT_ASKED or not waits):
            yield self._wrong("clock_paused", f"stands since {self.paused_at} and waits for nothing")
        if waits and self.state == SUPPLEMENT_ASKED and not self.paused_at:
            yield self._wrong("clock_paused", "runs while more papers are asked for")

    def _told(self) -> Findings:
        """See that each change began from the date before it and that the last one is the date that is kept."""
        due = self.told
        if due is None:
            return
        for kind, was, became, at in self.changes:
            if was != due:
                yield self._wrong("clock_history", f"{kind} at {at} moved it from {was}; it was due at {due}")
            due = became
        if due != self.due_at:
            yield self._wrong("clock_history", f"is due at {self.due_at}; what was told and moved leads to {due}")

    def _wrong(self, kind: str, text: str) -> Finding:
        return Finding(kind, f"dossier {self.code}", text)


class _Calendars:
    """Every calendar that the province ever had: a date that any of them gives for its day was right when it was given."""

    def __init__(self, tables: Tables) -> None:
        self.versions = [
            (_day(first), _day(last) if last else date.max, data(version))
            for first, last, version in tables.rows(
                "SELECT valid_from, valid_to, data FROM organisation_calendarversion ORDER BY withdrawn_at IS NOT NULL, id"
            )
        ]
        self.rules = [
            rule
            for (settings,) in tables.rows("SELECT data FROM organisation_provincesettings")
            for rule in data(settings).get("deadline", ())
        ]
        self.on = lru_cache(maxsize=4096)(self._on)
        self.reckoned = lru_cache(maxsize=65536)(self._reckoned)

    def ends(self, start: datetime, amount: Decimal, unit: str) -> tuple[datetime, ...]:
        """Return when a limit may end; nothing when it is not reckoned here (no unit; a year not announced)."""
        clock = start.astimezone(reckoning.CIVIL)
        # the second of the day matters to hours, and to a day whose closing is over
        return self.reckoned(clock.replace(microsecond=0), amount, unit)

    def moved_fitly(self, begun: datetime, over: datetime, was: datetime, became: datetime) -> bool:
        """Tell whether by any calendar a date moved by the working days between two moments, or one more."""
        stop, run, first, last = (each.astimezone(reckoning.CIVIL).date() for each in (begun, over, was, became))
        if last < first:
            return False
        fits = (
            _worked(days, stop, run) - 2 <= _worked(days, first, last) <= _worked(days, stop, run) + 2
            for days in self.on(stop)
        )
        return any(fits)

    def _reckoned(self, clock: datetime, amount: Decimal, unit: str) -> tuple[datetime, ...]:
        found = []
        for days in self.on(clock.date()):
            for begin in {clock, *self._shifted(clock, days)}:
                try:
                    end = reckoning.due(begin, amount, unit, days)
                except reckoning.NoEnd:
                    return ()
                if end.year in days.undecided:
                    return ()
                found.append(end)
        return tuple(found)

    def _on(self, day: date) -> list[reckoning.Days]:
        found = [
            days
            for first, last, version in self.versions
            if first <= day <= last
            for days in reckoning.of_province(version, day)
        ]
        return found or [reckoning.national()]

    def _shifted(self, clock: datetime, days: reckoning.Days) -> list[datetime]:
        """Return when a late reception counts as received, where a rule of the province says so."""
        for rule in self.rules:
            if rule.get("late_reception_shifts") and rule["from"] <= clock.date().isoformat():
                cutoff = rule.get("cutoff") or "15:00"
                if not days.spans(clock.date()) or f"{clock:%H:%M:%S.%f}" > cutoff:
                    day = days.next_worked(clock.date())
                    opens = days.spans(day)[0][0]
                    return [datetime.combine(day, datetime.min.time(), reckoning.CIVIL).replace(
                        hour=opens // 3600, minute=opens // 60 % 60
                    )]  # fmt: skip
        return []


def _worked(days: reckoning.Days, after: date, until: date) -> int:
    """Return the half days worked after a day until another, included."""
    number = max(0, (until - after).days)
    return sum(days.halves(after + timedelta(days=place)) for place in range(1, number + 1))


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _steps(tables: Tables) -> Findings:
    """See that no step is due later than its dossier."""
    for task, code, due, until in tables.rows(
        "SELECT t.id, d.code, t.due_at, d.due_at FROM casework_task t JOIN onestop_dossier d ON d.case_id = t.case_id"
        " WHERE t.state IN ('open', 'taken') AND t.due_at > d.due_at AND d.state IN (2, 4) ORDER BY t.id"
    ):
        yield Finding("step_due_late", f"dossier {code}", f"task {task} is due at {due}, the dossier at {until}")
