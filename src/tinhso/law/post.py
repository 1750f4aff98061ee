"""A dossier that is handed in at the post office: when its clock starts."""

from __future__ import annotations

from datetime import datetime

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, short_date, wall_clock

SOURCE = "QĐ 45/2016/QĐ-TTg; NĐ 61/2018/NĐ-CP Đ.17, Đ.19"


def clock_start_by_post(taken_by_agent: datetime, received_at_desk: datetime | None) -> Answer[datetime | None]:
    """
    Return when the time limit begins: when the desk receives the dossier, not when the post took it.

    None while it is on its way. Which article says so has not been read by a lawyer: the domain sheet has it as our reading.
    """
    if received_at_desk is None:
        step = Step(_("On its way by post: the time limit has not begun."), SOURCE, None, {}, "post.on_its_way")
        return Answer(None, (step,))
    start = max(received_at_desk, taken_by_agent)
    wall = wall_clock(start)
    facts = {"time": clock_time(start), "day": short_date(wall.date())}
    text = _("The desk received it at {time} on {day}: the time limit begins then.")
    return Answer(start, (Step(text, SOURCE, wall.date(), facts, "post.received"),))
