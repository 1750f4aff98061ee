"""Permits to build, at the town: two divisions, a question with a deadline, a new date, a review, a charge at the counter."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tinhso.kernel.organisation.public import find_official
from tinhso.modules.onestop.actions import filing, opinions, processing, reception, results
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.test_actions_desk import PAPERS
from tinhso.modules.onestop.tests.test_papers import PERMIT as DECLARED

from .calendar import CLOSES, due_after_working_days, is_open, moment, next_open
from .ledger import HOI_AN, NewDate, Opinion, Story

if TYPE_CHECKING:
    from .play import Year

OFFICER = "QN-014"
DAYS_FOR_AN_OPINION = 3
"""Working days that the pack gives who is asked."""


class Permits:
    """What becomes of a permit, from the counter to the counter."""

    def __init__(self, year: Year) -> None:
        self.year = year

    def file(self, story: Story, at: datetime) -> None:
        """Take it in at the town's counter: received as it is filed."""
        year = self.year
        citizen = year.citizen(story.number)
        mai = year.official("mai")
        story.scanned = year.chance(60)
        scans = [(code, year.paper(mai, at)) for code in ("QSDD", "BVTK")] if story.scanned else []
        held = [("QSDD", one) for one in year.store.land_right(story, at)]
        story.scanned = story.scanned or bool(held)
        ticked = [paper for paper in PAPERS if not held or paper["code"] != "QSDD"]
        taken = reception.take_at_counter(
            story.kind.code, HOI_AN.agency, filing.Applicant.of(people.applicant(citizen)),
            components=ticked, scans=scans, held=held, answers=DECLARED, actor=mai, at=at,
        )  # fmt: skip
        story.code, story.filed_at = taken.code, at
        year.was_received(story, at)
        story.lies_with = "thanh"
        year.then(year.soon(at, 0.5, 5), lambda at: self._assign(story, at))

    def _assign(self, story: Story, at: datetime) -> None:
        processing.assign_dossier(story.code, find_official(OFFICER), actor=self.year.official("thanh"), at=at)
        story.lies_with = "bao"
        if self.year.chance(30):
            self.year.then(self.year.soon(at, 1, 30), lambda at: self._ask(story, at))
        else:
            self._appraise(story, at)
        if self.year.chance(20):
            self.year.then(self.year.soon(at, 24, 250), lambda at: self._postpone(story, at))

    def _appraise(self, story: Story, at: datetime) -> None:
        least, most = (400, 700) if self.year.chance(20) else (20, 250)
        self.year.then(self.year.soon(at, least, most), lambda at: self._propose(story, at))

    def _ask(self, story: Story, at: datetime) -> None:
        opinions.ask_opinion(story.code, question="Đất có quy hoạch?", actor=self.year.official("bao"), at=at)
        asked = Opinion(at, due_after_working_days(at, DAYS_FOR_AN_OPINION))
        story.opinions.append(asked)
        story.lies_with = "son"
        if self.year.chance(60):
            self.year.then(self.year.soon(at, 3, 60), lambda at: self._answer(story, asked, at))
        # the worker of that evening sees the silence, and the officer has it back; goes on the next morning
        back = asked.due_at + timedelta(minutes=6)
        self.year.then(back, lambda _at: self._is_back(story, asked), any_hour=True)
        self.year.then(moment(next_open(asked.due_at.date()), time(8)), lambda at: self._go_on(story, asked, at))

    def _answer(self, story: Story, asked: Opinion, at: datetime) -> None:
        if at > asked.due_at:
            return
        opinions.give_opinion(story.code, opinion="Phù hợp quy hoạch", actor=self.year.official("son"), at=at)
        asked.answered_at, story.lies_with = at, "bao"
        self._appraise(story, at)

    def _is_back(self, story: Story, asked: Opinion) -> None:
        if asked.answered_at is None:
            story.lies_with = "bao"

    def _go_on(self, story: Story, asked: Opinion, at: datetime) -> None:
        if asked.answered_at is None:
            self._appraise(story, at)

    def _postpone(self, story: Story, at: datetime) -> None:
        """Give a new date, at least a day before the old one (NĐ 61/2018/NĐ-CP Đ.19 k.9): once."""
        if (
            story.signed_at
            or not story.is_open
            or story.due_at is None
            or story.due_at.date() - at.date() < timedelta(days=2)
        ):
            return
        until = moment(_open_on_or_after(story.due_at.date() + timedelta(days=5)), CLOSES)
        processing.postpone_result(
            story.code,
            to=until.date(),
            reason="Chờ đo đạc lại",
            cause="workload",
            actor=self.year.official("khanh"),
            at=at,
        )
        number = self.year.ledger.next_letter(HOI_AN)
        self.year.ledger.letters.append((number, "new date", story, at))
        story.new_dates.append(NewDate(number, at, until))
        story.due_at = until

    def _propose(self, story: Story, at: datetime) -> None:
        processing.propose_result(story.code, actor=self.year.official("bao"), at=at)
        story.proposed, story.lies_with = True, "thanh"
        self.year.then(self.year.soon(at, 0.3, 8), lambda at: self._review(story, at))

    def _review(self, story: Story, at: datetime) -> None:
        processing.pass_on(story.code, note="Đủ", actor=self.year.official("thanh"), at=at)
        story.lies_with = "khanh"
        self.year.then(self.year.soon(at, 0.2, 8), lambda at: self._sign(story, at))

    def _sign(self, story: Story, at: datetime) -> None:
        playing.sign_plainly(story.code, actor=self.year.official("khanh"), at=at)
        story.signed_at, story.lies_with = at, "yen"
        self.year.then(self.year.soon(at, 0.1, 3), lambda at: self._issue(story, at))

    def _issue(self, story: Story, at: datetime) -> None:
        results.issue_result(story.code, actor=self.year.official("yen"), at=at)
        story.issued_at, story.is_let_out, story.lies_with = at, True, "mai"
        self.year.then(self.year.soon(at, 1, 40), lambda at: self._hand_over(story, at))

    def _hand_over(self, story: Story, at: datetime) -> None:
        if at.timetz().replace(tzinfo=None) >= time(16, 30):
            self.year.then(moment(next_open(at.date()), time(7, 40)), lambda at: self._hand_over(story, at))
            return
        self.year.till.pay_cash(story, at)
        self.year.give_back(story, at + timedelta(minutes=1))


def _open_on_or_after(day: date) -> date:
    return day if is_open(day) else next_open(day)
