"""Calendars and moments that the tests of the law share."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from tinhso.law.civil_time import VIETNAM
from tinhso.law.holidays import national_calendar
from tinhso.law.working_time import OFFICE_HOURS, Calendar, SpecialDay

BLLD = "Bộ luật Lao động 45/2019/QH14, Đ.112 k.1"
BARE = Calendar()
"""Five days a week, 07:00–11:30 and 13:30–17:00, no holidays."""
NATION = national_calendar()
MORNING = (time(7), time(11, 30))
SATURDAYS = Calendar(hours={**OFFICE_HOURS, 5: (MORNING,)})
"""Saturday mornings are worked and count as half a day."""


def at(text: str) -> datetime:
    """Return a moment in Việt Nam from `2026-04-29 09:12`."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


FIRST, LAST = date(2016, 1, 1), date(2027, 12, 31)
dates = st.dates(FIRST, LAST)
moments = st.datetimes(datetime(2018, 7, 1), datetime(2027, 12, 31), timezones=st.just(VIETNAM)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
spans = st.integers(0, 90)
holidays = st.lists(st.dates(date(2025, 12, 1), date(2026, 12, 31)), max_size=40, unique=True)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw a calendar of whole days: which weekdays, which holidays, which swapped days."""
    week = draw(st.sets(st.integers(0, 6), min_size=1))
    closed = draw(holidays)
    opened = [
        day for day in draw(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5)) if day not in closed
    ]
    return Calendar(
        hours=dict.fromkeys(week, OFFICE_HOURS[0]),
        closed={day: SpecialDay("nghỉ", "off", BLLD) for day in closed},
        opened=dict.fromkeys(opened, "làm bù"),
    )


year_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def without(calendar: Calendar, day: date) -> Calendar:
    """Return the calendar with one more holiday."""
    opened = {one: why for one, why in calendar.opened.items() if one != day}
    return Calendar(calendar.hours, {**calendar.closed, day: "thêm"}, opened, calendar.duty, calendar.decided)


def walk(received: date, days: int, calendar: Calendar) -> date:
    """Return the due date the slow way, a day at a time: what the fast way is held against."""
    day = received
    while days:
        day += timedelta(days=1)
        days -= bool(calendar.hours_on(day))
    while not calendar.hours_on(day):
        day += timedelta(days=1)
    return day


texts = st.text("0123456789.-HKQG hđSở٠²\n\x00/:", max_size=40)
"""What people and files put where a code should be."""
