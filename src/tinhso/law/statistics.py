"""
What the national statistics count: whether and how long, by the formulas of index 2.1 (QĐ 766/QĐ-TTg).

They subtract the time of a supplement where the law starts again from zero (`clocks.legal_due`): never mix the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tinhso.law.answer import Answer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import clock_time, short_date, wall_clock
from tinhso.law.states import NationalState
from tinhso.law.working_time import LimitUnspecified
from tinhso.law.working_time.pauses import Pause, merged

INDEX_2_1 = "QĐ 766/QĐ-TTg, chỉ số 2.1"
_ENDS = (
    (NationalState.FINISHED,),
    (NationalState.RETURNED,),
    (NationalState.STOPPED, NationalState.NOT_ACCEPTED, NationalState.WITHDRAWN),
)


@dataclass(frozen=True, slots=True)
class Supplement:
    """One request for more papers: when it was asked, when everything had come (None: not yet)."""

    asked_at: datetime
    completed_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.completed_at is not None and self.completed_at < self.asked_at:
            raise ValueError("a supplement is not complete before it is asked")


def end_of_processing(reached: Mapping[NationalState, datetime]) -> Answer[datetime | None]:
    """
    Return when processing ended for the statistics; None while it has not (QĐ 766/QĐ-TTg, index 2.1).

    `reached`: when each state was last reached. Result ready counts before result handed over, that before stopped,
    refused or withdrawn; a withdrawal counts only when the dossier had been received.
    """
    for states in _ENDS:
        for state in states:
            at = reached.get(state)
            if at is None or (state is NationalState.WITHDRAWN and NationalState.ACCEPTED not in reached):
                continue
            facts = {"state": Step(state.title), **_when(at)}
            text = _("“{state}” at {time} on {day} is the end of processing.")
            return Answer(at, (Step(text, INDEX_2_1, wall_clock(at).date(), facts, "statistics.end"),))
    return Answer(None)


def on_time(ended: datetime, due_at: datetime) -> Answer[bool]:
    """Tell whether processing ended by the due moment: NgayKetThucXuLy ≤ NgayHenTra (QĐ 766/QĐ-TTg, index 2.1)."""
    fits = ended <= due_at
    text = _("Ended at {time} on {day}, due at {due_time} on {due_day}.")
    facts = _when(ended) | {"due_time": clock_time(due_at), "due_day": short_date(wall_clock(due_at).date())}
    return Answer(fits, (Step(text, INDEX_2_1, wall_clock(ended).date(), facts, "on_time.compared"),))


class Punctuality(StrEnum):
    """The three marks of index (1) and (2) of TT 01/2018/TT-VPCP Đ.13: 2, 1 and 0 points."""

    EARLY = "early"
    ON_THE_DAY = "on_the_day"
    LATE = "late"

    @property
    def points(self) -> int:
        """Return the points of the rating."""
        return {"early": 2, "on_the_day": 1, "late": 0}[self.value]


def punctuality(ended: datetime, due_at: datetime) -> Punctuality:
    """Return whether the result came before the due day, on it, or late (TT 01/2018/TT-VPCP Đ.13)."""
    if ended > due_at:
        return Punctuality.LATE
    return Punctuality.ON_THE_DAY if wall_clock(ended).date() == wall_clock(due_at).date() else Punctuality.EARLY


def statistical_elapsed(
    received: datetime, ended: datetime, supplements: Iterable[Supplement] = ()
) -> Answer[timedelta]:
    """
    Return the time that the national statistics hold against the agency (index 2.1): supplements are subtracted.

    end − start − (completed − asked); when the citizen never came back, the moment of asking is the end. Raises
    ValueError when `ended` lies before `received`.
    """
    if ended < received:
        raise ValueError("processing does not end before it starts")
    steps: list[Step] = []
    waited: list[Pause] = []
    end = ended
    for supplement in sorted(supplements, key=lambda one: one.asked_at):
        if supplement.completed_at is None:
            end = min(end, max(supplement.asked_at, received))
            text = _("The supplement asked on {day} never came: the moment of asking is the end.")
            code = "statistics.never_came"
        else:
            waited.append(Pause(supplement.asked_at, supplement.completed_at, "supplement", INDEX_2_1))
            text, code = _("The time of the supplement asked on {day} is subtracted."), "statistics.subtracted"
        asked = supplement.asked_at
        steps.append(Step(text, INDEX_2_1, wall_clock(asked).date(), _when(asked), code))
    elapsed = end - received
    for begun, over, _pause in merged(waited, received):
        if over is not None and begun < end:
            elapsed -= min(over, end) - begun
    return Answer(elapsed, tuple(steps))


def statistical_on_time(
    received: datetime,
    ended: datetime,
    due_at: datetime | None,
    supplements: Sequence[Supplement] = (),
    *,
    longest: timedelta | None = None,
    most_requests: int = 1,
) -> Answer[bool]:
    """
    Tell whether the national statistics count the dossier as on time (QĐ 766/QĐ-TTg, index 2.1).

    Asked for a supplement more often than `most_requests` (figure `statistics.supplement_times`) means late. With a due
    moment, end ≤ due, the moment of asking standing for the end when the citizen never came back. Without one, the
    statistical time must not exceed `longest`, the longest legal limit; raises LimitUnspecified when that is missing too.
    """
    if len(supplements) > most_requests:
        text = _("A supplement was asked {count} times: counted as late.")
        return Answer(False, (Step(text, INDEX_2_1, None, {"count": len(supplements)}, "statistics.asked_again"),))
    elapsed = statistical_elapsed(received, ended, supplements)
    if due_at is not None:
        waiting = [one.asked_at for one in supplements if one.completed_at is None]
        answer = on_time(min([ended, *waiting]), due_at)
        return Answer(answer.value, (*elapsed.steps, *answer.steps))
    if longest is None:
        raise LimitUnspecified
    return Answer(elapsed.value <= longest, elapsed.steps)


def _when(moment: datetime) -> dict[str, str]:
    return {"time": clock_time(moment), "day": short_date(wall_clock(moment).date())}
