"""
After the year, its people are asked: consents, a sample drawn by quota, links answered at once, when reminded, or never.

It is asked in March 2026: consent to surveys is asked for since Luật 91/2025/QH15 is in force, so nobody gave it before.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from tinhso.base.actors import ANONYMOUS
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.privacy.consents import purposes
from tinhso.kernel.privacy.public import give_consent
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.quality.actions import answering, surveys
from tinhso.modules.quality.queries.periods import Period

from .ask import Screens, standing_at
from .calendar import YEAR, moment
from .compare import Comparison
from .ledger import OFFICES
from .play import Year
from .poll import QUESTIONS, Habit, Poll

ASKED_ON = date(2026, 3, 2)
DAYS = 120
AUDITOR = "kiemtra"
HABITS: tuple[tuple[Habit, int], ...] = (("quick", 50), ("slow", 20), ("silent", 12), ("no consent", 18))


def ask_people(year: Year) -> tuple[UUID, Poll]:
    """Have the province ask who was served in the year; return the survey, and what a ledger knows of it."""
    poll = _poll(year)
    at = _on(0)
    (words,) = [one for one in purposes(ASKED_ON) if one.key == surveys.PURPOSE]
    for number, habit in {poll.person_of[one.number]: poll.habits[one.number] for one in poll.stories}.items():
        if habit != "no consent":
            give_consent(surveys.PURPOSE, words.version, actor=year.citizens[number], at=at)
    auditor = year.official(AUDITOR)
    period = Period(date(YEAR, 1, 1), year.last_day)
    made = surveys.make_survey(
        f"Hài lòng {YEAR}", "survey", period, agency_code="H47", size=poll.size, reserve=poll.reserve,
        ends_at=_on(DAYS), actor=auditor, at=at,
    )  # fmt: skip
    poll.seed = made.seed
    surveys.draw_sample(made.id, actor=auditor, at=at)
    seen: set[Any] = set()
    for day in range(DAYS):
        while surveys.ask_some(made.id, actor=auditor, at=_on(day)):
            pass
        _read_messages(poll, year, seen, _on(day) + timedelta(hours=2))
    return made.id, poll


def compare_survey(found: Comparison, survey_id: UUID, poll: Poll) -> None:
    """Hold the page of the survey against the ledger: strata, turns, and each row of results with its intervals."""
    with standing_at(_on(DAYS + 1)):
        page = Screens(_on(DAYS + 1)).page(AUDITOR, f"/chat-luong/khao-sat/{survey_id}/")
    rows = {row[0]: row[1:] for row in page.rows()}
    for office in OFFICES:
        stories = poll.strata().get(office, [])
        if not stories:
            continue
        shown = next((row for name, row in rows.items() if name == _stratum(office.agency)), [])
        meant = [len(stories), poll.quotas()[office], len(poll.answered(office))]
        found.same("survey", f"stratum of {office.agency}", shown, [str(each) for each in meant])
        unit = next((row for name, row in rows.items() if name.endswith(office.agency)), None)
        found.same("survey", f"results of {office.agency}", unit, poll.row(office))
    found.same("survey", "results of all", rows.get("All"), poll.row(None))
    found.same("survey", "who had not consented", f"{poll.barred()} " in page.text, True)


def _stratum(agency: str) -> str:
    return "commune · Hộ tịch" if agency.count(".") == 2 else "district · Hoạt động xây dựng"


def _on(day: int) -> datetime:
    return moment(ASKED_ON + timedelta(days=day), time(9))


def _poll(year: Year) -> Poll:
    # who withdrew, or never came back, got no result that they could judge
    settled = [one for one in year.ledger.stories if one.issued_at and one.issued_at.date() <= year.last_day]
    person_of = {one.number: one.number // 3 * 2 + one.number % 3 % 2 for one in settled}
    choose = year.random.choices
    habit_of = {
        number: choose([name for name, _share in HABITS], [share for _name, share in HABITS])[0]
        for number in sorted(set(person_of.values()))
    }
    said = {
        (number, kind): {
            question: choose("12345", (4, 6, 15, 35, 40))[0]
            for question in QUESTIONS
            if question == "overall" or year.chance(85)
        }
        for number, kind in sorted({(person_of[one.number], one.kind.code) for one in settled})
    }
    return Poll(
        size=max(len(settled) // 2, 14) if len(settled) < 200 else 100, reserve=100, stories=settled,
        habits={one.number: habit_of[person_of[one.number]] for one in settled}, said=said, person_of=person_of,
    )  # fmt: skip


def _read_messages(poll: Poll, year: Year, seen: set[Any], at: datetime) -> None:
    """Let everybody who got a link do with it what they do: each link works once, a reminder's ends the first."""
    people = {actor.key: number for number, actor in year.citizens.items()}
    habits = {poll.person_of[number]: habit for number, habit in poll.habits.items()}
    services = dict(Dossier.objects.order_by().values_list("service_name", "service_code").distinct())
    for notice in Notice.objects.filter(link__contains="/phieu/").exclude(pk__in=seen):
        seen.add(notice.pk)
        number = people[notice.recipient]
        if habits[number] == ("slow" if notice.text == surveys.REMIND else "quick"):
            token = notice.link.rstrip("/").rpartition("/")[2]
            answers = {"service": poll.said[number, services[notice.facts["service"]]]}
            answering.answer_by_link(token, answers, actor=ANONYMOUS, at=at)
