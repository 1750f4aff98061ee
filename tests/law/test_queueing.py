"""Who is next: order, priority that passes a few and nobody for ever, appointments; slots and estimates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.law.queueing import PRIORITY_CLASSES, Ahead, Estimate, Waiting, estimate, in_order, next_ticket
from tinhso.law.slots import days_with_slots, slots_on
from tinhso.law.working_time import Calendar

AT = datetime(2022, 11, 28, 2, 0, tzinfo=UTC)
AHEAD = Ahead(priority=30, appointment=60)


def came(minutes, key="", **more):
    return Waiting(key or str(minutes), AT + timedelta(minutes=minutes), minutes, **more)


LINES = st.lists(
    st.builds(
        lambda minutes, priority, slot: (minutes, priority, slot),
        st.integers(0, 300),
        st.sampled_from(["", "", "", "elderly", "merit"]),
        st.none() | st.integers(0, 300),
    ),
    max_size=25,
).map(
    lambda rows: [
        came(minutes, str(place), priority=priority, slot_at=None if slot is None else AT + timedelta(minutes=slot))
        for place, (minutes, priority, slot) in enumerate(rows)
    ]
)


@given(LINES, st.randoms())
@settings(max_examples=60)
def test_the_order_does_not_depend_on_how_it_is_told(waiting, chance):
    mixed = list(waiting)
    chance.shuffle(mixed)
    assert in_order(mixed, AT, AHEAD) == in_order(waiting, AT, AHEAD)
    assert next_ticket(mixed, AT, AHEAD) == next(iter(in_order(waiting, AT, AHEAD)), None)


@given(LINES)
@settings(max_examples=60)
def test_within_a_class_who_came_first_is_called_first(waiting):
    order = in_order(waiting, AT, AHEAD)
    for kind in {(bool(each.priority), each.slot_at is not None and each.slot_at <= AT) for each in waiting}:
        same = [e.since for e in order if (bool(e.priority), e.slot_at is not None and e.slot_at <= AT) == kind]
        assert same == sorted(same)


@given(st.integers(2, 9), st.sampled_from(["elderly", "merit"]))
@settings(max_examples=20)
def test_nobody_waits_for_ever_however_many_go_first(served_every, priority):
    """A new person of priority comes each minute, for ever; an ordinary one is passed by those of one hour at most."""
    line, called, minute = [came(0, "one")], 0, 0
    while any(each.key == "one" for each in line):
        minute += 1
        now = AT + timedelta(minutes=minute)
        line.append(came(minute, priority=priority, slot_at=now))
        if minute % served_every == 0:
            chosen = next_ticket(line, now, AHEAD)
            line.remove(chosen)
            called += 1
        assert called <= AHEAD.appointment + 1
    assert called <= AHEAD.appointment + 1


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ([came(0), came(5)], "0"),
        ([came(0), came(20, priority="elderly")], "20"),
        ([came(0), came(31, priority="elderly")], "0"),
        ([came(0), came(20, priority="loud")], "0"),
        ([came(0), came(50, slot_at=AT)], "50"),
        ([came(0), came(50, slot_at=AT + timedelta(hours=3))], "0"),
    ],
)
def test_who_is_next(line, first):
    assert next_ticket(line, AT + timedelta(minutes=60), AHEAD).key == first


def test_nobody_has_checked_what_laws_say_of_priority():
    assert not any(each.verified for each in PRIORITY_CLASSES)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((4, 0, 10, 9, 5400), None),
        ((4, 2, 10, 4, 9999), Estimate(20, 10, 2, measured=False)),
        ((5, 2, 10, 5, 3000), Estimate(25, 10, 2, measured=True)),
        ((0, 1, 10, 0, 0), Estimate(0, 10, 1, measured=False)),
    ],
)
def test_an_estimate_says_what_it_rests_on(asked, told):
    before, windows, expected, served, seconds = asked
    assert estimate(before, windows, expected=expected, served=served, serving_seconds=seconds) == told


def test_slots_are_whole_and_lie_in_hours_that_are_worked():
    hours = dict.fromkeys(range(5), ((time(7), time(8, 15)), (time(13, 30), time(14, 30))))
    monday, tuesday = date(2022, 11, 28), date(2022, 11, 29)
    calendar = Calendar(hours=hours, closed={tuesday: "Nghỉ"})
    assert [f"{start:%H:%M}" for start, _end in slots_on(monday, calendar, 30)] == ["07:00", "07:30", "13:30", "14:00"]
    assert slots_on(tuesday, calendar, 30) == []
    assert days_with_slots(monday, calendar, 7) == [date(2022, 11, d) for d in (28, 30)] + [
        date(2022, 12, d) for d in (1, 2, 5)
    ]
