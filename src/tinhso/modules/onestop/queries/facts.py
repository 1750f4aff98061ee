"""What inspection is told of a dossier, as it stood when an act was done: rows that came later are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import MOST_ROWS, CaseAct, Told
from tinhso.kernel.journal.public import Entry, entries
from tinhso.kernel.organisation.public import calendar_for, steady
from tinhso.law.working_time import Calendar, working_days_between, working_minutes_between
from tinhso.modules.onestop.models import (
    Dossier,
    DueChange,
    DueChangeKind,
    MoneyState,
    Pause,
    SupplementRequest,
    Way,
)
from tinhso.modules.onestop.queries.deadlines import hand_over_of
from tinhso.modules.onestop.queries.services import service_filed

MOVES = frozenset(
    f"onestop.{verb}"
    for verb in (
        "dossier_assigned",
        "task_taken",
        "step_finished",
        "answers_entered",
        "result_proposed",
        "opinion_asked",
        "supplement_asked",
        "dossier_stopped",
    )
)
"""Acts by which the administration goes on with a dossier it has received."""
_STATES = {
    "dossier_filed": 1,
    "dossier_accepted": 2,
    "dossier_refused": 3,
    "task_taken": 4,
    "result_proposed": 4,
    "supplement_asked": 5,
    "work_held": 6,
    "work_resumed": 4,
    "dossier_withdrawn": 7,
    "dossier_stopped": 8,
    "result_issued": 9,
    "result_returned": 10,
}
_WHO = {
    "filed_by": "dossier_filed",
    "accepted_by": "dossier_accepted",
    "asked_by": "supplement_asked",
    "proposed_by": "result_proposed",
    "signed_by": "result_signed",
    "issued_by": "result_issued",
    "returned_by": "result_returned",
}
_UNREAD = ("answers", "components", "fee_steps")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A dossier, what was done to it up to the act, and the calendar by which its time is counted."""

    dossier: Dossier
    act: CaseAct
    lines: Sequence[Entry]
    calendar: Calendar

    def last(self, verb: str) -> Entry | None:
        """Return the last act of this name."""
        return next((line for line in reversed(self.lines) if line.event == f"onestop.{verb}"), None)

    def count(self, verb: str, **facts: Any) -> int:
        """Return how often it was done."""
        return sum(
            line.event == f"onestop.{verb}" and all(line.facts.get(key) == value for key, value in facts.items())
            for line in self.lines
        )

    def minutes(self, since: datetime | None) -> int:
        """Return the working minutes from a moment to the act; 0 for none."""
        return working_minutes_between(since, self.act.at, self.calendar) if since else 0

    def is_past(self, moment: datetime | None) -> bool:
        """Tell whether it had come by then."""
        return moment is not None and moment <= self.act.at


def read_facts(code: str, act: CaseAct, groups: frozenset[str]) -> Told | None:
    """
    Return the facts of a dossier in these groups, as they stood at the act; None for one that is gone.

    Two statements for the dossier and its journal, one for the stamp of the organisation, one for each of the groups
    `supplement`, `pause` and `due_change`.
    """
    dossier = Dossier.objects.defer(*_UNREAD).filter(code=code).first()
    if dossier is None:
        return None
    with steady():
        lines = [line for line in entries(dossier) if line.at <= act.at and line.event.startswith("onestop.")]
        seen = _Seen(dossier, act, lines, calendar_for(dossier.agency_code, act.at))
        changes = _changes(seen) if groups & {"dossier", "due_change"} else []
        found = {name: make(seen, changes) for name, make in _GROUPS.items() if name in groups}
    return Told(found, dossier.agency_code, dossier.service_name, _holder(seen))


def _changes(seen: _Seen) -> list[DueChange]:
    """Return every change of the due date, later ones as well: they say what it was before. None where it never moved."""
    dossier = seen.dossier
    if dossier.postponed_at is None and dossier.clock_from == dossier.received_at:
        return []
    return list(DueChange.objects.filter(dossier=dossier).order_by("at", "pk"))


def _due_at(seen: _Seen, changes: Sequence[DueChange]) -> datetime | None:
    if not seen.is_past(seen.dossier.received_at):
        return None
    return next((change.was for change in changes if change.at > seen.act.at), seen.dossier.due_at)


def _holder(seen: _Seen) -> str:
    """Return who last went on with it: whom a finding concerns when only time went by."""
    mine = (line for line in reversed(seen.lines) if line.actor_kind == "official")
    return next((line.actor_key for line in mine if line.event in MOVES | {"onestop.dossier_accepted"}), "")


def _act(seen: _Seen, _changes: Sequence[DueChange]) -> dict[str, Any]:
    act, calendar = seen.act, seen.calendar
    moved = _moved(seen)
    return {
        "event": act.event,
        "actor": act.actor_key,
        "kind": act.actor_kind,
        "agency": act.agency,
        "official": act.actor_kind == "official",
        "in_hours": bool(calendar.is_open_at(act.at)),
        "first_move": bool(moved and act.event and moved.event == act.event and moved.at == act.at),
        "at_part": act.agency in _parts(seen.dossier),
        "reason_letters": len(str(_own(seen).get("reason", "")).strip()),
        "given_back": bool(_own(seen).get("given_back")),
    }


def _own(seen: _Seen) -> Mapping[str, Any]:
    line = seen.last(seen.act.event.removeprefix("onestop.")) if seen.act.event else None
    return line.facts if line else {}


def _parts(dossier: Dossier) -> set[str]:
    return {dossier.agency_code, dossier.desk_code, dossier.office_code, *dossier.shared_with.split()} - {""}


def _moved(seen: _Seen) -> Entry | None:
    """Return the first act after reception by which somebody went on with it."""
    received = seen.dossier.received_at
    if received is None:
        return None
    return next(
        (
            line
            for line in seen.lines
            if line.event in MOVES and line.at >= received and not line.facts.get("given_back")
        ),
        None,
    )


def _dossier(seen: _Seen, changes: Sequence[DueChange]) -> dict[str, Any]:
    dossier, act = seen.dossier, seen.act
    due_at = _due_at(seen, changes)
    received = dossier.received_at if seen.is_past(dossier.received_at) else None
    left = working_minutes_between(act.at, due_at, seen.calendar) if due_at else 0
    by = hand_over_of(dossier) if received else None
    paused_at = _paused_at(seen)
    return {
        "service": dossier.service_code,
        "agency": dossier.agency_code,
        "desk": dossier.desk_code,
        "way": dossier.way,
        "online": dossier.way == Way.ONLINE,
        "state": _state(seen),
        "filed_minutes": seen.minutes(dossier.submitted_at),
        "received": received is not None,
        "received_minutes": seen.minutes(received),
        "moved": _moved(seen) is not None,
        "hand_over_late_minutes": max(0, seen.minutes(by)) if by else 0,
        "has_due": due_at is not None,
        "minutes_left": left,
        "overdue": due_at is not None and act.at > due_at and not paused_at,
        "days_late": max(0, working_days_between(civil_date(due_at), civil_date(act.at), seen.calendar))
        if due_at
        else 0,
        "postponed": seen.is_past(dossier.postponed_at),
        "apologised": seen.last("lateness_apologised") is not None,
        "paused": paused_at is not None,
        "paused_days": working_days_between(civil_date(paused_at), civil_date(act.at), seen.calendar)
        if paused_at
        else 0,
        "owes": dossier.money == MoneyState.DUE,
        "limit_days": int(dossier.limit_amount or 0) if "day" in dossier.limit_unit else 0,
    }


def _paused_at(seen: _Seen) -> datetime | None:
    """Return since when the clock stands at the act: from a request for papers, or for a payment, until what ends it."""
    held = seen.last("work_held")
    if held is not None and held.facts.get("stands"):
        gone_on = [seen.last(verb) for verb in ("work_resumed", "dossier_withdrawn", "dossier_stopped")]
        if not any(line is not None and line.id > held.id for line in gone_on):
            return held.at
    asked = seen.last("supplement_asked")
    if asked is None or not seen.is_past(seen.dossier.received_at) or asked.at < (seen.dossier.received_at or asked.at):
        return None
    over = ("supplement_answered", "dossier_withdrawn", "dossier_stopped")
    ended = [line for verb in over if (line := seen.last(verb)) and line.id > asked.id]
    return None if ended else asked.at


def _state(seen: _Seen) -> int:
    state = 0
    for line in seen.lines:
        verb = line.event.removeprefix("onestop.")
        if verb == "supplement_answered":
            state = (
                4 if seen.is_past(seen.dossier.received_at) and line.at >= (seen.dossier.received_at or line.at) else 1
            )
        elif not line.facts.get("given_back"):
            state = _STATES.get(verb, state)
    return state


def _people(seen: _Seen, _changes: Sequence[DueChange]) -> dict[str, str]:
    return {name: line.actor_key if (line := seen.last(verb)) else "" for name, verb in _WHO.items()}


def _supplement(seen: _Seen, _changes: Sequence[DueChange]) -> dict[str, Any]:
    rows = list(
        SupplementRequest.objects.filter(dossier=seen.dossier, asked_at__lte=seen.act.at)
        .defer("changed", "reply")
        .order_by("asked_at")
    )
    last = rows[-1] if rows else None
    items = last.items if last else []
    listed = _listed(seen.dossier) if last else set()
    received = seen.dossier.received_at
    return {
        "asked": len(rows),
        "at_reception": sum(row.at_reception for row in rows),
        "in_processing": sum(not row.at_reception for row in rows),
        "items": len(items),
        "unlisted": [item["component"] for item in items if item.get("component") and item["component"] not in listed][
            :MOST_ROWS
        ],
        "nowhere": sum(not item.get("component") and not item.get("pointer") for item in items),
        "shortest_letters": min((len(str(item.get("text", "")).strip()) for item in items), default=0),
        "days_after_reception": working_days_between(civil_date(received), civil_date(last.asked_at), seen.calendar)
        if last and received and not last.at_reception
        else 0,
        "with_phone": bool(last and last.asked_phone),
    }


def _listed(dossier: Dossier) -> set[str]:
    try:
        return {part.code for part in service_filed(dossier).components}
    except NotFound:
        return set()


def _pause(seen: _Seen, _changes: Sequence[DueChange]) -> dict[str, Any]:
    rows = list(Pause.objects.filter(dossier=seen.dossier, started_at__lte=seen.act.at).order_by("started_at"))
    last = rows[-1] if rows else None
    return {
        "count": len(rows),
        "open": bool(last and not seen.is_past(last.ended_at)),
        "base": last.base.strip() if last else "",
        "reason": last.reason if last else "",
    }


def _due_change(seen: _Seen, changes: Sequence[DueChange]) -> dict[str, Any]:
    past = [each for each in changes if each.kind == DueChangeKind.POSTPONED and each.at <= seen.act.at]
    last = past[-1] if past else None
    known = last is not None and last.was is not None and last.became is not None
    return {
        "postponements": len(past),
        "days": working_days_between(civil_date(last.was), civil_date(last.became), seen.calendar)  # type: ignore[union-attr,arg-type]
        if known
        else 0,
        "days_before": working_days_between(civil_date(last.at), civil_date(last.was), seen.calendar)  # type: ignore[union-attr,arg-type]
        if known
        else 0,
        "reason_letters": len(last.reason) if last else 0,
        "base": last.law if last else "",
    }


def _work(seen: _Seen, _changes: Sequence[DueChange]) -> dict[str, Any]:
    asked, given = seen.last("opinion_asked"), seen.last("opinion_given")
    days = 0
    if asked:
        until = given.at if given and given.id > asked.id else seen.act.at
        days = working_days_between(civil_date(asked.at), civil_date(until), seen.calendar)
    return {
        "corrections": seen.count("returned_for_correction"),
        "given_back": seen.count("task_taken", given_back=True),
        "officials": len({line.actor_key for line in seen.lines if line.actor_kind == "official"}),
        "opinions_asked": seen.count("opinion_asked"),
        "opinion_days": days,
    }


def _result(seen: _Seen, _changes: Sequence[DueChange]) -> dict[str, Any]:
    proposed, signed, issued = seen.last("result_proposed"), seen.last("result_signed"), seen.last("result_issued")
    return {
        "proposed": proposed is not None,
        "refusal": bool(proposed and proposed.facts.get("kind") == "refusal"),
        "signed": signed is not None,
        "issued": issued is not None,
        "seconds_to_sign": int((signed.at - proposed.at).total_seconds()) if signed and proposed else 0,
        "held_minutes": seen.minutes(signed.at) if signed and not issued else 0,
        "numbers_voided": seen.count("result_number_voided"),
    }


def _acts(seen: _Seen, _changes: Sequence[DueChange]) -> list[dict[str, Any]]:
    return [
        {
            "event": line.event,
            "actor": line.actor_key,
            "kind": line.actor_kind,
            "agency": line.agency,
            "minutes": seen.minutes(line.at),
        }
        for line in seen.lines[-MOST_ROWS:]
    ]


_GROUPS = {
    "act": _act,
    "dossier": _dossier,
    "people": _people,
    "supplement": _supplement,
    "pause": _pause,
    "due_change": _due_change,
    "work": _work,
    "result": _result,
    "acts": _acts,
}
