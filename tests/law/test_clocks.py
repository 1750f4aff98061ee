"""The legal clock, the clock of a step, postponing. NĐ 61 = Nghị định 61/2018/NĐ-CP."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.law.worlds import BARE, NATION, at, moments

from tinhso.law.clocks import (
    Pause,
    Postponing,
    Supplement,
    legal_due,
    postponing,
    restart_source,
    step_due,
    supplement_notice_by,
    unfounded,
)
from tinhso.law.days import DayMark, course, day_by_day
from tinhso.law.working_time import Limit, LimitUnspecified, Unit, due

TAX = "Luật Quản lý thuế 38/2019/QH14"
few = settings(max_examples=50, deadline=None)


@pytest.mark.parametrize(
    ("supplements", "due_at"),
    [
        pytest.param([], "2026-03-09 17:00", id="none asked"),
        pytest.param([("2026-03-04 10:00", "2026-03-10 09:00")], "2026-03-17 17:00", id="from zero, NĐ 61 Đ.19 k.4"),
        pytest.param(
            [("2026-03-04 10:00", "2026-03-10 09:00"), ("2026-03-11 10:00", "2026-03-12 09:00")],
            "2026-03-19 17:00",
            id="asked twice: from zero again",
        ),
        pytest.param([("2026-03-04 10:00", None)], None, id="not come yet: the clock stands"),
    ],
)
def test_a_supplement_restarts_the_legal_clock(supplements, due_at):
    asked = [Supplement(at(start), end and at(end)) for start, end in supplements]
    answer = legal_due(at("2026-03-02 09:00"), Limit(5), BARE, supplements=asked)
    assert answer.value == (due_at and at(due_at))


@pytest.mark.parametrize(
    ("pause", "limit", "due_at"),
    [
        pytest.param(("2026-03-03 10:00", "2026-03-05 09:00"), Limit(5), "2026-03-11 17:00", id="two days stood"),
        pytest.param(("2026-03-03 10:00", "2026-03-03 16:00"), Limit(5), "2026-03-09 17:00", id="within one day: none"),
        pytest.param(("2026-03-06 10:00", "2026-03-08 16:00"), Limit(5), "2026-03-09 17:00", id="over a weekend: none"),
        pytest.param(
            ("2026-03-09 10:00", "2026-03-11 16:00"), Limit(5), "2026-03-12 17:00", id="stopped on the last day"
        ),
        pytest.param(("2026-03-10 10:00", "2026-03-12 16:00"), Limit(5), "2026-03-09 17:00", id="already over"),
        pytest.param(("2026-03-03 10:00", "2026-03-05 09:00"), Limit(5, Unit.DAY), "2026-03-09 17:00", id="5 + 2 days"),
        pytest.param(
            ("2026-03-03 10:00", "2026-03-03 14:30"), Limit(16, Unit.WORKING_HOUR), "2026-03-04 11:30", id="hours"
        ),
    ],
)
def test_a_founded_pause_pushes_the_due_date(pause, limit, due_at):
    stood = [Pause(at(pause[0]), at(pause[1]), "payment", TAX)]
    answer = legal_due(at("2026-03-02 09:00"), limit, BARE, pauses=stood)
    assert answer.value == at(due_at)


def test_a_pause_without_a_base_pushes_nothing_and_is_a_finding():
    stood = Pause(at("2026-03-03 10:00"), at("2026-03-05 09:00"), "payment")
    answer = legal_due(at("2026-03-02 09:00"), Limit(5), BARE, pauses=[stood])
    assert answer.value == at("2026-03-09 17:00")
    assert answer.steps[0].code == "due.pause_without_base"
    assert unfounded([stood]) == [stood]


def test_an_open_pause_leaves_no_due_date():
    answer = legal_due(
        at("2026-03-02 09:00"), Limit(5), BARE, pauses=[Pause(at("2026-03-03 10:00"), None, "payment", TAX)]
    )
    assert answer.value is None
    assert answer.steps[-1].code == "due.standing"
    assert answer.steps[-1].source == TAX


def test_a_pause_before_the_restart_is_forgotten():
    answer = legal_due(
        at("2026-03-02 09:00"),
        Limit(5),
        BARE,
        supplements=[Supplement(at("2026-03-04 10:00"), at("2026-03-10 09:00"))],
        pauses=[Pause(at("2026-03-03 10:00"), at("2026-03-04 09:00"), "payment", TAX)],
    )
    assert answer.value == at("2026-03-17 17:00")


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="before it"):
        Supplement(at("2026-03-04 10:00"), at("2026-03-03 10:00"))
    with pytest.raises(ValueError, match="before it"):
        Pause(at("2026-03-04 10:00"), at("2026-03-03 10:00"), "payment")
    with pytest.raises(LimitUnspecified):
        legal_due(at("2026-03-02 09:00"), Limit(1, Unit.UNSPECIFIED), BARE)


@pytest.mark.parametrize(
    ("started", "limit", "due_at"),
    [
        pytest.param("2026-03-02 09:00", Limit(4, Unit.WORKING_HOUR), "2026-03-02 15:00", id="4h"),
        pytest.param("2026-03-02 10:00", Limit(2), "2026-03-04 10:00", id="2d: two full days of working time"),
        pytest.param("2026-03-02 07:00", Limit(Decimal("0.5")), "2026-03-02 11:00", id="0.5d"),
        pytest.param("2026-03-06 15:00", Limit(Decimal("1.5")), "2026-03-10 09:00", id="1.5d over a weekend"),
        pytest.param("2026-03-02 09:00", Limit(3, Unit.DAY), "2026-03-05 17:00", id="3 calendar days"),
    ],
)
def test_a_step_runs_in_working_time(started, limit, due_at):
    assert step_due(at(started), limit, BARE).value == at(due_at)


def test_a_supplement_is_asked_within_three_working_days():
    answer = supplement_notice_by(at("2025-04-28 09:00"), NATION)
    assert answer.value == date(2025, 5, 6)
    assert answer.steps[-1].source == "NĐ 61/2018/NĐ-CP Đ.19 k.4"


def test_what_is_cited_is_what_was_in_force():
    days = "2025-06-30 09:00", "2025-07-01 09:00"
    assert [restart_source(at(day))[:9] for day in days] == ["NĐ 61/201", "NĐ 118/20"]
    assert [supplement_notice_by(at(day), NATION).steps[-1].source[:9] for day in days] == ["NĐ 61/201", "NĐ 118/20"]
    told = [
        postponing(date.fromisoformat(day[:10]), date(2026, 3, 9), date(2026, 3, 2), times_before=0) for day in days
    ]
    assert [answer.steps[-1].source[:9] for answer in told] == ["NĐ 61/201", "NĐ 118/20"]


@pytest.mark.parametrize(
    ("asked_on", "before", "verdict"),
    [
        pytest.param(date(2026, 3, 8), 0, Postponing.ALLOWED, id="one day before, NĐ 61 Đ.19 k.9"),
        pytest.param(date(2026, 3, 9), 0, Postponing.TOO_LATE, id="on the day"),
        pytest.param(date(2026, 3, 10), 0, Postponing.TOO_LATE, id="after the day"),
        pytest.param(date(2026, 3, 2), 1, Postponing.USED_UP, id="once already"),
    ],
)
def test_postponing(asked_on, before, verdict):
    assert postponing(date(2026, 3, 2), date(2026, 3, 9), asked_on, times_before=before).value is verdict


lengths = st.integers(0, 20 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
units = st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.WORKING_HOUR])
amounts = st.builds(Limit, st.integers(1, 30), units)


@st.composite
def pauses(draw, since):
    found, moment = [], since
    for _ in range(draw(st.integers(0, 4))):
        start = moment + draw(lengths)
        moment = start + draw(lengths)
        found.append(Pause(start, moment, "payment", TAX))
    return found


@few
@given(st.data(), moments, amounts)
def test_a_pause_never_shortens_the_time(data, received, limit):
    stood = data.draw(pauses(received))
    plain = due(received, limit, NATION).value
    ends = [legal_due(received, limit, NATION, pauses=stood[:count]).value for count in range(len(stood) + 1)]
    assert ends[0] == plain
    assert ends == sorted(ends)


@few
@given(moments, amounts, lengths, lengths)
def test_a_supplement_never_shortens_the_time(received, limit, asked_after, took):
    asked = Supplement(received + asked_after, received + asked_after + took)
    assert legal_due(received, limit, NATION, supplements=[asked]).value >= due(received, limit, NATION).value


@few
@given(moments, st.lists(st.integers(1, 16), min_size=1, max_size=6))
def test_steps_that_fill_the_limit_end_within_it(received, halves):
    limit = Limit(-(-sum(halves) // 2))
    moment = received
    for half in halves:
        moment = step_due(moment, Limit(Decimal(half) / 2), BARE).value
    assert moment <= due(received, limit, BARE).value


@few
@given(st.data(), moments, st.integers(1, 30), st.sampled_from([Unit.WORKING_DAY, Unit.DAY]))
def test_day_by_day_counts_the_limit(data, received, days, unit):
    """What the page shows adds up to the limit, pauses and all, and its last line is the due day."""
    stood = data.draw(pauses(received))
    end = legal_due(received, Limit(days, unit), NATION, pauses=stood).value
    lines = day_by_day(received, end, NATION, stood, limit=Limit(days, unit))
    assert lines[0].kind is DayMark.RECEIVED
    assert lines[-1].date == end.date()
    assert [line.is_due for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1].total == days


def test_the_course_of_a_dossier_tells_what_came_before_the_supplement():
    received, asked, back = at("2026-03-09 09:00"), at("2026-03-11 10:00"), at("2026-03-16 14:00")
    pause = Pause(asked, back, "supplement", restart_source(asked))
    end = legal_due(received, Limit(3), NATION, supplements=[Supplement(asked, back)]).value
    lines = course(received, [back], end, NATION, [pause], limit=Limit(3))
    assert [(line.date.day, line.kind, line.total) for line in lines] == [
        (9, DayMark.RECEIVED, 0), (10, DayMark.WORKING, 1), (11, DayMark.WORKING, 2), (12, DayMark.PAUSED, 2), (13, DayMark.PAUSED, 2),
        (14, DayMark.WEEKEND, 2), (15, DayMark.WEEKEND, 2),
        (16, DayMark.RESTARTED, 0), (17, DayMark.WORKING, 1), (18, DayMark.WORKING, 2), (19, DayMark.WORKING, 3),
    ]  # fmt: skip
    assert lines[7].source == restart_source(back)
    assert [line.date.day for line in lines if line.is_due] == [19]


@pytest.mark.parametrize(
    ("received", "first_counted"),
    [("2026-03-09 10:59", "2026-03-10"), ("2026-03-09 11:01", "2026-03-11"), ("2026-03-07 09:00", "2026-03-10")],
)
def test_what_comes_late_is_told_as_received_on_the_next_working_day(received, first_counted):
    late, moment = time(11), at(received)
    end = due(moment, Limit(3), NATION, late_reception_shifts=True, cutoff=late).value
    lines = course(moment, [], end, NATION, limit=Limit(3), late_after=late)
    assert [line.date for line in lines] == [lines[0].date + timedelta(days=n) for n in range(len(lines))]
    assert lines[0].date == moment.date()
    assert next(line.date for line in lines if line.counted).isoformat() == first_counted
    assert (lines[-1].total, lines[-1].is_due, lines[-1].date) == (3, True, end.date())


@few
@given(st.data(), moments, st.integers(1, 15), st.sampled_from([Unit.WORKING_DAY, Unit.DAY]))
def test_a_course_has_every_day_once_and_adds_up_to_the_limit(data, received, days, unit):
    moment, pauses = received, []
    for _ in range(data.draw(st.integers(0, 3))):
        asked = moment + data.draw(lengths)
        moment = asked + data.draw(lengths)
        pauses.append(Pause(asked, moment, "supplement", "NĐ 61"))
    supplements = [Supplement(pause.start, pause.end) for pause in pauses]
    end = legal_due(received, Limit(days, unit), NATION, supplements=supplements).value
    lines = course(received, [pause.end for pause in pauses], end, NATION, pauses, limit=Limit(days, unit))
    told = [line.date for line in lines]
    assert told == [received.date() + timedelta(days=n) for n in range((end.date() - received.date()).days + 1)]
    assert [line.is_due for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1].total == days


@pytest.mark.parametrize(
    ("stood", "ran", "due_on"),
    [
        pytest.param("2018-07-06 10:00", "2018-07-09 09:00", "2018-07-10", id="before the last day"),
        pytest.param("2018-07-07 10:00", "2018-07-09 09:00", "2018-07-10", id="on the last day, a Saturday"),
        pytest.param("2018-07-08 10:00", "2018-07-08 16:00", "2018-07-09", id="within the Sunday it was moved over"),
        pytest.param("2018-07-08 10:00", "2018-07-11 09:00", "2018-07-12", id="from that Sunday beyond the Monday"),
        pytest.param("2018-07-09 10:00", "2018-07-11 09:00", "2018-07-12", id="on the Monday it was moved to"),
    ],
)
def test_three_days_to_a_saturday_that_stand(stood, ran, due_on):
    """Received on Wednesday 4/7/2018, three days: Saturday 7/7, moved to Monday 9/7 (BLDS Đ.148 k.5)."""
    pause = Pause(at(stood), at(ran), "payment", TAX)
    assert legal_due(at("2018-07-04 09:00"), Limit(3, Unit.DAY), NATION, pauses=[pause]).value == at(due_on + " 17:00")


some_limits = st.one_of(
    amounts,
    st.builds(Limit, st.just(0), st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.WORKING_HOUR])),
    st.builds(Limit, st.integers(1, 3), st.just(Unit.MONTH)),
    st.builds(Limit, st.integers(1, 9).map(lambda halves: Decimal(halves) / 2), st.just(Unit.WORKING_DAY)),
)


@pytest.mark.parametrize("unit", [Unit.WORKING_DAY, Unit.DAY])
@pytest.mark.parametrize(
    ("ran", "due_on"),
    [
        pytest.param("2026-03-05 16:40", "2026-03-05", id="before closing: something is left of the day"),
        pytest.param("2026-03-05 17:30", "2026-03-06", id="after closing: the last day is had again"),
        pytest.param("2026-03-06 09:00", "2026-03-09", id="the day it runs again is not counted"),
    ],
)
def test_the_clock_stops_on_the_last_day(ran, due_on, unit):
    """Three days from Monday 2/3/2026: Thursday 5/3. The clock stops on it at 16:00 (BLDS Đ.147 k.3)."""
    pause = Pause(at("2026-03-05 16:00"), at(ran), "payment", TAX)
    limit = Limit(3, unit)
    assert legal_due(at("2026-03-02 09:00"), limit, NATION, pauses=[pause]).value == at(due_on + " 17:00")


def test_a_limit_of_no_days_that_begins_after_closing_stands_too():
    """Received on Monday evening, due on Tuesday; the clock stands from that Tuesday to Wednesday."""
    pause = Pause(at("2026-03-03 10:00"), at("2026-03-04 10:00"), "payment", TAX)
    assert legal_due(at("2026-03-02 18:00"), Limit(0), NATION, pauses=[pause]).value == at("2026-03-05 17:00")


@settings(max_examples=500, deadline=None)
@given(st.data(), moments, some_limits)
def test_nothing_is_due_before_the_clock_runs_again(data, received, limit):
    stood = data.draw(pauses(received))
    end = legal_due(received, limit, NATION, pauses=stood).value
    assert not [pause for pause in stood if pause.start < end < pause.end]
