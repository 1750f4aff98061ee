"""What is owed when the day of a result has passed: an apology at once, its cause soon after, never a second new date."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import short_date, wall_clock
from tinhso.law.figures import figure
from tinhso.law.working_time import Calendar
from tinhso.law.working_time.due import run_working_seconds

_HOUR = 3600


class Cause(StrEnum):
    """Classes of cause of a delay, the same for an extension and for lateness: what is told to everybody."""

    WORKLOAD = "workload"
    OPINION = "opinion"
    SURVEY = "survey"
    APPLICANT = "applicant"
    LAW = "law"
    SYSTEM = "system"
    DISASTER = "disaster"
    OTHER = "other"


class Apology(StrEnum):
    """Whether an apology for lateness goes out."""

    NOT_LATE = "not_late"
    STANDING = "standing"
    SENT = "sent"
    OWED = "owed"


def apology(
    due_at: datetime | None, at: datetime, *, received_at: datetime, new_dates: int, standing: bool, sent: bool
) -> Answer[Apology]:
    """
    Tell whether an apology for lateness is owed now (NĐ 61/2018/NĐ-CP Đ.19 k.9).

    A result is late from the moment after its due moment. The apology is no new appointment: that had to be given at
    least a day before, and at most once; the due date stays, and so does the lateness in every figure. While the clock
    stands nothing is late. Once is enough: a clock that was put back brings no second one.
    """
    on = wall_clock(at).date()
    before, times = (
        figure(f"onestop.postpone_{key}", on=wall_clock(received_at).date()) for key in ("before", "times")
    )
    facts = {
        "day": short_date(wall_clock(due_at).date()) if due_at else "",
        "most": int(times.value),
        "days": int(before.value),
    }
    used = new_dates >= int(times.value)
    if sent:
        verdict, text = Apology.SENT, _("The apology has gone out, once.")
    elif standing or due_at is None:
        verdict, text = Apology.STANDING, _("The clock stands: nothing is late.")
    elif at <= due_at:
        verdict, text = Apology.NOT_LATE, _("Due on {day}: not late.")
    elif used:
        verdict = Apology.OWED
        text = _(
            "Due on {day} and not ready: an apology goes out. A new date was given {most} time(s), and no other is."
        )
    else:
        verdict = Apology.OWED
        text = _(
            "Due on {day} and not ready: an apology goes out. It gives no new date: {days} day(s) before was the last day."
        )
    source = (times if used else before).sources[0]
    return Answer(verdict, (Step(text, source, on, facts, f"lateness.{verdict}"),))


def cause_by(told_at: datetime, calendar: Calendar, *, hours: int | None = None) -> Answer[datetime]:
    """
    Return by when the head of the agency says why it is late and when it is expected.

    `hours` are the province's; without, the figure `onestop.lateness_cause_within`. Raises NoWorkingTime.
    """
    known = figure("onestop.lateness_cause_within", on=wall_clock(told_at).date())
    within = hours if hours is not None else int(known.value)
    end = run_working_seconds(told_at, within * _HOUR, calendar)
    text = _("The cause is stated within {hours} working hours of the apology.")
    step = Step(text, known.sources[0], wall_clock(end).date(), {"hours": within}, "lateness.cause_by")
    return Answer(end, (step,))
