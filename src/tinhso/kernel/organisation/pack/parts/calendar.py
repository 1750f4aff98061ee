"""`calendar.yaml`: working hours, days closed or opened by a decision of the province, agencies with hours of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.kernel.organisation.models import CalendarVersion
from tinhso.kernel.organisation.pack.checking import DATES_CROSSED, as_date, check_schema
from tinhso.kernel.organisation.pack.dated import Sync, Wanted
from tinhso.kernel.organisation.pack.parts.province import OVERLAP
from tinhso.kernel.organisation.pack.parts.schemas import CALENDAR
from tinhso.kernel.organisation.pack.plan import Change, Pack
from tinhso.kernel.organisation.pack.reading import Document, Fault, pointer

FILE = "calendar.yaml"
SPAN_CROSSED = _("“{span}” ends before it begins, or begins before the one before it has ended.")
TWICE_DAY = _("{day} is named twice. Keep one.")
_SYNC = Sync(CalendarVersion, "calendar", ("code",), ends=False)


class CalendarPart:
    """Checks and loads `calendar.yaml`."""

    files = (FILE,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong with hours and days; agencies are checked with the organisation."""
        document = pack.yaml(FILE)
        faults = check_schema(document, CALENDAR)
        if faults:
            return faults
        pack.shared["calendar_agencies"] = [
            (entry["agency"], document.line_of(f"/agencies/{i}/agency"))
            for i, entry in enumerate(document.data.get("agencies", []))
        ]
        return [*_check_hours(document), *_check_days(document)]

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return whether the calendar would change."""
        return _SYNC.changes("calendar", _SYNC.steps([_wanted(pack)], pack.today))

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:  # noqa: ARG002 - the load journals it
        """Write the calendar as a new version."""
        steps = _SYNC.steps([_wanted(pack)], pack.today)
        _SYNC.apply(steps, at, pack.today, lambda item: {"code": item.key[0], "data": item.fields})


def _wanted(pack: Pack) -> Wanted:
    data: dict[str, Any] = pack.yaml(FILE).data
    start = as_date(data["valid_from"])
    assert start is not None, "checked before"
    return Wanted((pack.yaml("province.yaml").data["code"],), start, None, data)


def _check_hours(document: Document) -> Iterable[Fault]:
    lists = [("/hours", document.data["hours"])]
    lists += [(f"/agencies/{i}/hours", entry["hours"]) for i, entry in enumerate(document.data.get("agencies", []))]
    for at, entries in lists:
        for i, entry in enumerate(entries):
            ended = as_date(entries[i - 1].get("to", "")) if i else None
            if i and (ended is None or entry["from"] <= ended.isoformat()):
                yield document.fault(f"{at}/{i}/from", OVERLAP, start=entry["from"])
            for block in ("week", "duty"):
                for day, spans in entry.get(block, {}).items():
                    yield from _check_spans(document, f"{at}/{i}/{block}/{day}", spans)


def _check_spans(document: Document, at: str, spans: list[list[str]]) -> Iterable[Fault]:
    reached = ""
    for i, (start, end) in enumerate(spans):
        if end <= start or start < reached:
            yield document.fault(f"{at}{pointer(i)}", SPAN_CROSSED, span=f"{start}–{end}")
        reached = end


def _check_days(document: Document) -> Iterable[Fault]:
    seen = set()
    for block in ("closed", "opened"):
        for i, entry in enumerate(document.data.get(block, [])):
            if entry["date"] in seen:
                yield document.fault(f"/{block}/{i}/date", TWICE_DAY, day=entry["date"])
            seen.add(entry["date"])
            if entry.get("to", entry["date"]) < entry["date"]:
                yield document.fault(f"/{block}/{i}/to", DATES_CROSSED, start=entry["date"], end=entry["to"])
            yield from _check_spans(document, f"/{block}/{i}/hours", entry.get("hours", []))
