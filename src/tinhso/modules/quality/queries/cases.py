"""The dossiers behind a figure: a list by key, of those that count and those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from tinhso.base.refusals import NotFound
from tinhso.law.quality.measured import Standing
from tinhso.modules.quality.models import MARKS, Case
from tinhso.modules.quality.queries.periods import Period

PAGE = 50
YES, NO = "dat", "khong-dat"
_BEHIND: dict[str, tuple[str, str]] = {
    "1.4": ("synced", "sync_known"),
    "3.2": ("online", "received"),
    "3.3": ("online_given", "received"),
    "3.5": ("fee_due", "received"),
    "3.6": ("fee_online", "fee_due"),
    "4.1": ("paper_filed", "paper"),
    "4.2": ("scanned", "scan_known"),
    "4.3": ("reused", "reuse_known"),
    "4.4": ("linked", "link_known"),
    "4.5a": ("vneid", "vneid_known"),
    "4.5b": ("vneid", "vneid_known"),
}
"""Which mark puts a dossier into the numerator of an indicator, and which into its denominator."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of dossiers behind a figure, and the key of the next one."""

    rows: list[Case]
    after: str = ""


def has_dossiers(key: str) -> bool:
    """Tell whether there are dossiers behind an indicator: some are of procedures or of reports."""
    return key in _BEHIND or key in ("2.1", "5.4")


def behind(
    key: str,
    codes: Sequence[str] | None,
    period: Period,
    *,
    which: str = "",
    at: datetime,
    after: str = "",
    limit: int = PAGE,
) -> Behind:
    """
    Return the dossiers behind an indicator, in the order of their reception: all, those that count (`which`), those that do not.

    Raises NotFound for an indicator that no dossiers stand behind, and for a false key.
    """
    if not has_dossiers(key):
        raise NotFound
    rows = Case.objects.filter(day__gte=period.first, day__lte=period.last).order_by("day", "code")
    if codes is not None:
        rows = rows.filter(agency_code__in=codes)
    rows = _chosen(rows, key, which, period.moment(at))
    if after:
        rows = rows.filter(_beyond(after))
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Behind(found[:limit], f"{last.day.isoformat()}~{last.code}" if last else "")


def counts_for(row: Case, key: str, moment: datetime) -> bool:
    """Tell whether a dossier counts for an indicator."""
    if key == "2.1":
        return not is_late(row, moment)
    if key == "5.4":
        return not is_late(row, moment) and not row.marks & MARKS["disliked"]
    return bool(row.marks & MARKS[_BEHIND[key][0]])


def is_late(row: Case, moment: datetime) -> bool:
    """Tell whether a dossier is late at a moment."""
    if row.standing == Standing.OPEN:
        return row.turns_late_at is not None and row.turns_late_at < moment
    return row.standing == Standing.LATE


def _chosen(rows: QuerySet[Case], key: str, which: str, moment: datetime) -> QuerySet[Case]:
    if key in ("2.1", "5.4"):
        late = Q(standing=Standing.LATE) | Q(standing=Standing.OPEN, turns_late_at__lt=moment)
        if key == "2.1":
            rows, bad = rows.exclude(standing=Standing.UNJUDGED), late
        else:
            rows = _marked(rows, "received")
            bad = late | Q(disliked__gt=0)
            rows = rows.annotate(disliked=F("marks").bitand(MARKS["disliked"]))
        return rows.filter(bad) if which == NO else rows.exclude(bad) if which == YES else rows
    counted, known = _BEHIND[key]
    rows = _marked(rows, known)
    if which == YES:
        return _marked(rows, counted)
    return _marked(rows, counted, is_set=False) if which == NO else rows


def _marked(rows: QuerySet[Case], name: str, *, is_set: bool = True) -> QuerySet[Case]:
    rows = rows.annotate(**{f"bit_{name}": F("marks").bitand(MARKS[name])})
    return rows.filter(**{f"bit_{name}__gt": 0}) if is_set else rows.filter(**{f"bit_{name}": 0})


def _beyond(cursor: str) -> Q:
    day, _mark, code = cursor.partition("~")
    try:
        first = date.fromisoformat(day)
    except ValueError as error:
        raise NotFound from error
    return Q(day__gt=first) | Q(day=first, code__gt=code)


def told(row: Case, key: str, moment: datetime) -> dict[str, Any]:
    """Return a dossier as a list shows it: no name, only what it was measured by."""
    return {"row": row, "counts": counts_for(row, key, moment), "late": is_late(row, moment)}
