"""Marks for the time of a dossier (TT 01/2018/TT-VPCP Đ.13): the one index that the law computes from its own clocks."""

from __future__ import annotations

from datetime import datetime

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import short_date, wall_clock
from tinhso.law.clocks import Punctuality, punctuality

SOURCE = "TT 01/2018/TT-VPCP Đ.13"
_TEXTS = {
    Punctuality.EARLY: _("Ended on {day}, before the due day {due}: 2 points."),
    Punctuality.ON_THE_DAY: _("Ended on the due day {due}: 1 point."),
    Punctuality.LATE: _("Ended on {day}, after the due time on {due}: 0 points."),
}


def rate_time(ended: datetime, due_at: datetime) -> Answer[int]:
    """Return the points for the time of a dossier, or of one agency's part: earlier 2, on the day 1, later 0."""
    mark = punctuality(ended, due_at)
    facts = {"day": short_date(wall_clock(ended).date()), "due": short_date(wall_clock(due_at).date())}
    return Answer(mark.points, (Step(_TEXTS[mark], SOURCE, wall_clock(ended).date(), facts, f"rating.{mark}"),))
