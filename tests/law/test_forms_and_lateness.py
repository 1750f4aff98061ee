"""Forms by rule and number on each day; the apology for lateness as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tinhso.law.forms import FORMS, form_for, form_numbered
from tinhso.law.holidays import national_calendar
from tinhso.law.lateness import Apology, Cause, apology, cause_by
from tinhso.law.post import clock_start_by_post

LAST_OLD, FIRST_NEW = date(2025, 9, 14), date(2025, 9, 15)
DUE = datetime(2022, 11, 30, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "day", "number"),
    [
        ("taken", LAST_OLD, "01"), ("taken", FIRST_NEW, "01"),
        ("supplement", LAST_OLD, "02"), ("supplement", FIRST_NEW, "02"),
        ("refused", LAST_OLD, "03"), ("refused", FIRST_NEW, "03"),
        ("apology", LAST_OLD, "04"), ("apology", FIRST_NEW, "04"),
        ("stop", LAST_OLD, None), ("stop", FIRST_NEW, "05"),
        ("control", LAST_OLD, "05"), ("control", FIRST_NEW, "06"),
        ("book", LAST_OLD, "06"), ("book", FIRST_NEW, "07"), ("book", date(2019, 1, 6), "06"),
    ],
)  # fmt: skip
def test_the_form_of_a_kind_on_a_day(kind, day, number):
    answer = form_for(kind, day)
    assert (answer.value.number if answer.value else None) == number
    assert answer.steps[0].source


def test_numbers_are_never_chosen_alone():
    assert (form_numbered("05", LAST_OLD).kind, form_numbered("05", FIRST_NEW).kind) == ("control", "stop")
    assert (form_numbered("06", LAST_OLD).kind, form_numbered("06", FIRST_NEW).kind) == ("book", "control")
    assert (form_numbered("07", LAST_OLD), form_numbered("99", FIRST_NEW)) == (None, None)
    assert [len(forms) for forms in FORMS.values()] == [6, 7]
    assert form_for("apology", LAST_OLD).value.title != form_for("apology", FIRST_NEW).value.title


@pytest.mark.parametrize(
    ("after", "given", "verdict"),
    [
        (timedelta(0), {}, Apology.NOT_LATE),
        (timedelta(microseconds=1), {}, Apology.OWED),
        (timedelta(days=400), {}, Apology.OWED),
        (timedelta(days=1), {"new_dates": 1}, Apology.OWED),
        (timedelta(days=1), {"standing": True}, Apology.STANDING),
        (timedelta(days=1), {"sent": True}, Apology.SENT),
        (timedelta(days=-1), {"sent": True}, Apology.SENT),
    ],
)
def test_whether_an_apology_is_owed(after, given, verdict):
    facts = {"new_dates": 0, "standing": False, "sent": False, **given}
    answer = apology(DUE, DUE + after, received_at=DUE - timedelta(days=3), **facts)
    assert answer.value is verdict
    assert answer.steps[0].source == "NĐ 61/2018/NĐ-CP Đ.19 k.9"


def test_no_due_date_is_no_lateness():
    answer = apology(None, DUE, received_at=DUE, new_dates=0, standing=False, sent=False)
    assert answer.value is Apology.STANDING


def test_the_cause_is_wanted_in_working_hours():
    friday = datetime(2022, 11, 25, 9, 0, tzinfo=UTC)  # 16:00 in Việt Nam
    calendar = national_calendar()
    assert cause_by(friday, calendar).value > friday + timedelta(days=2)
    assert cause_by(friday, calendar, hours=1).value < cause_by(friday, calendar).value
    assert "workload" in set(Cause)


def test_by_post_the_desk_starts_the_clock():
    assert clock_start_by_post(DUE, None).value is None
    assert clock_start_by_post(DUE, DUE + timedelta(days=2)).value == DUE + timedelta(days=2)
    assert clock_start_by_post(DUE, DUE - timedelta(days=2)).value == DUE  # clocks differ: never before it was taken
