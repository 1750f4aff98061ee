"""The year, acted out: people file when they do, officials work their hours, and each act goes into the ledger as well."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from tinhso.base.actors import ANONYMOUS, Actor
from tinhso.base.registry import Periodic, registry
from tinhso.kernel.casework.public import open_tasks
from tinhso.kernel.journal.public import dispatch, seal
from tinhso.modules.onestop.actions import (
    applications,
    filing,
    lateness,
    processing,
    rating,
    reception,
    results,
    reusing,
    supplement,
)
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import linked, playing
from tinhso.modules.onestop.tests.test_actions_money import MORE_COPIES
from tinhso.modules.queueing.actions import tickets, windows

from .calendar import OPENS, YEAR, after_a_working_day, into_hours, is_open, moment, next_open
from .ledger import BIRTH, COPY, LINKED, MINH_AN, OFFICES, PERMIT, Ledger, Story, Ticket
from .permits import Permits
from .post import Post
from .store import Store
from .till import TILL_CLOSES, Till

DESK, AGENCY = MINH_AN.desk, MINH_AN.agency
LINE = f"{DESK}:ho-tich"
WORKER_AT, CLOSE_AT = time(17, 5), time(16, 50)
OUTSIDE = (
    "onestop.payments", "onestop.refunds", "identity.mail", "identity.sms", "documents.readings", "nationalportal.tell",
    "nationalportal.compare",
)  # fmt: skip
"""What the worker asks of others: the year plays the gateway itself, to double its notices; nobody reads the messages, or blank scans."""
POST_COMES = 3
"""Thursday."""
CERTIFICATE = "KH"
"""The paper of a birth for which a marriage certificate from the archives can stand."""
SELDOM = 3600
"""What the worker does every hour or day is done once a week here, and at the end."""
AGAIN = ("quality.measures", "inspection.sweep")
"""What follows from what was just handed over."""
BY_POST = {"result_way": "post", "address": "12 Trần Phú, phường Minh An, Hội An"}
MIX = ((COPY, 55), (BIRTH, 26), (LINKED, 9), (PERMIT, 10))
BY_MONTH = (8, 6, 10, 8, 8, 9, 8, 9, 9, 8, 8, 9)
"""How many in a hundred come in each month; less around Tết. An assumption: no monthly figures of a commune were found."""
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dung",
    "Giang",
    "Hạnh",
    "Khoa",
    "Lan",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quyên",
    "Sơn",
    "Thảo",
)


class Year:
    """The player: a queue of what happens when, and who does it."""

    def __init__(self, dossiers: int, *, seed: int = 1, months: int = 12) -> None:
        self.random = random.Random(seed)
        self.ledger = Ledger()
        self.last_day = (date(YEAR, months + 1, 1) if months < 12 else date(YEAR + 1, 1, 1)) - timedelta(days=1)
        self.queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self.serial = itertools.count()
        self.acts = 0
        self.who: dict[str, Actor] = {}
        self.citizens: dict[int, Actor] = {}
        self.pages = 0
        self.parts: dict[str, set[str]] = {}
        """Of each linked dossier, the parts that are settled."""
        self.permits, self.post, self.till, self.store = Permits(self), Post(self), Till(self), Store(self)
        for office in OFFICES:
            playing.give_key(self.official(office.leader))
        self._plan(dossiers)

    # people -----------------------------------------------------------------------------------------------------------

    def official(self, name: str) -> Actor:
        """Return an official of the commune, or of another participant."""
        if name not in self.who:
            self.who[name] = playing.official(name, at=moment(date(YEAR, 1, 3), OPENS))
        return self.who[name]

    def citizen(self, number: int) -> Actor:
        """Return the applicant of a dossier."""
        return self.citizen_of(self.key_of(number))

    @staticmethod
    def key_of(number: int) -> int:
        """Return who files a dossier: every third person comes again."""
        return number // 3 * 2 + number % 3 % 2

    def citizen_of(self, key: int) -> Actor:
        """Return a person."""
        if key not in self.citizens:
            name = f"{FAMILY[key % 10]} Thị {GIVEN[key // 10 % 15]}"
            self.citizens[key] = playing.citizen(name, f"049185{key:06d}", f"0905{key:06d}")
        return self.citizens[key]

    # time -------------------------------------------------------------------------------------------------------------

    def then(self, at: datetime, what: Callable[[datetime], None], *, any_hour: bool = False) -> None:
        """Have something happen at a moment, or when the desk is next open; what lies beyond the end never does."""
        at = at if any_hour else into_hours(at)
        if at.date() <= self.last_day:
            heapq.heappush(self.queue, (at, next(self.serial), what))

    def soon(self, at: datetime, least: float, most: float) -> datetime:
        """Return a moment so many hours later, somewhere between two numbers of them."""
        return at + timedelta(hours=self.random.uniform(least, most), seconds=self.random.randrange(60))

    def chance(self, percent: float) -> bool:
        """Return true in so many of a hundred cases."""
        return self.random.random() * 100 < percent

    def play(self) -> Ledger:
        """Play it to the end of its last day; return what was done."""
        while self.queue:
            at, _number, what = heapq.heappop(self.queue)
            what(at)
            self.acts += 1
        return self.ledger

    def _plan(self, dossiers: int) -> None:
        self.store.plan(dossiers)
        days = [date(YEAR, 1, 1) + timedelta(days=n) for n in range((self.last_day - date(YEAR, 1, 1)).days + 1)]
        weights = [BY_MONTH[day.month - 1] * (1.0 if is_open(day) else 0.15) for day in days]
        for number, day in enumerate(sorted(self.random.choices(days, weights, k=dossiers))):
            kind = self.random.choices([kind for kind, _share in MIX], [share for _kind, share in MIX])[0]
            online = kind is LINKED or (kind is not PERMIT and self.chance(55))
            story = Story(kind, number, online, copies=self.random.randint(1, 3) if kind is COPY else 0)
            self.ledger.stories.append(story)
            hour = self.random.uniform(6, 22) if online else self.random.uniform(7, 16.5)
            came = moment(day, time(int(hour), int(hour % 1 * 60), self.random.randrange(60)))
            begin = self.permits.file if kind is PERMIT else self._file
            self.then(came, lambda at, story=story, begin=begin: begin(story, at), any_hour=online)
        for day in filter(is_open, days):
            self.then(moment(day, CLOSE_AT), self.till.close, any_hour=True)
            self.then(moment(day, time(16, 10)), self.post.give_to_the_desk, any_hour=True)
            self.then(moment(day, WORKER_AT), self._work, any_hour=True)
            if day.weekday() == 0:
                self._plan_queue(day)
            if day.weekday() == POST_COMES:
                self.then(moment(day, time(16, 20)), self.post.give_to_the_post, any_hour=True)
            if next_open(day).month != day.month:
                self.then(moment(day, time(15, 30)), self.till.import_statement, any_hour=True)

    # a dossier --------------------------------------------------------------------------------------------------------

    def _file(self, story: Story, at: datetime) -> None:
        citizen = self.citizen(story.number)
        if story.online:
            story.code = self._file_online(story, citizen, at)
            story.filed_at = at
            if story.fee and self.chance(50):
                self.till.pay_at_gateway(story, citizen, at + timedelta(minutes=2))
            if self.chance(3):
                self.then(at + timedelta(minutes=20), lambda at: self._withdraw(story, at), any_hour=True)
            else:
                self.then(self.soon(into_hours(at), 0.2, 3), lambda at: self.receive(story, at))
            return
        if story.kind is COPY and self.chance(25):
            self.post.take_in(story, citizen, at)
            return
        answers = playing.answers_of(citizen, copies=story.copies) if story.kind is COPY else _birth(citizen)
        scans = [("GCS", self.paper(self.official("lan"), at))] if story.kind is BIRTH else []
        story.scanned = bool(scans)
        ticked = [{"code": "GCS", "name": "Giấy chứng sinh", "originals": 1, "copies": 0}] if scans else []
        held = [(CERTIFICATE, one) for one in self.store.certificate(story, at)] if story.kind is BIRTH else []
        taken = reception.take_at_counter(
            story.kind.code, AGENCY, filing.Applicant.of(people.applicant(citizen)),
            components=ticked, scans=scans, held=held, answers=answers, actor=self.official("lan"), at=at,
        )  # fmt: skip
        story.code, story.filed_at = taken.code, at
        self.was_received(story, at)
        if story.fee and self.chance(50) and at.timetz().replace(tzinfo=None) < TILL_CLOSES:
            self.till.pay_cash(story, at + timedelta(minutes=1), before=True)

    def _file_online(self, story: Story, citizen: Actor, at: datetime) -> str:
        if story.kind is COPY:
            story.by_post = self.chance(25)
            draft = playing.start(citizen, copies=story.copies, at=at, delivery=BY_POST if story.by_post else None)
            applicant = filing.Applicant.of(people.applicant(citizen))
            return filing.file_application(draft.id, applicant, actor=citizen, at=at).code
        story.scanned = True
        if story.kind is LINKED:
            return linked.file(citizen, at=at).code
        return _file_birth(citizen, self.paper(citizen, at), self.store.certificate(story, at), at)

    def paper(self, owner: Actor, at: datetime) -> Any:
        """Return another scanned page."""
        self.pages += 1
        return playing.document(owner, width=200 + self.pages % 3000, name="giấy chứng sinh.pdf", at=at)

    def receive(self, story: Story, at: datetime) -> None:
        """Accept what came online or by the post, or refuse it."""
        if story.closed:
            return
        lan = self.official("lan")
        if self.chance(4):
            reception.refuse_dossier(story.code, reason="Không thuộc thẩm quyền của phường", actor=lan, at=at)
            self._close(story, "refused", at)
            self.till.refund(story, at)
            return
        reception.accept_dossier(story.code, actor=lan, at=at)
        self.was_received(story, at)

    def was_received(self, story: Story, at: datetime) -> None:
        """Write down that a desk received it, its due moment and its line in the book; a dossier of the ward goes on."""
        story.received_at, story.due_at = at, story.kind.due(at)
        story.book_line = 1 + max((one.book_line for one in self.ledger.at(story.kind.office)), default=0)
        if story.kind is PERMIT:
            return
        if story.kind is not LINKED and self.chance(2):
            self.then(self.soon(at, 0.3, 1), lambda at: self._withdraw(story, at), any_hour=True)
        self.then(self.soon(at, 0.3, 2), lambda at: self._take(story, at))

    def _task(self, story: Story, node: str = "") -> Any:
        tasks = open_tasks(Dossier.objects.get(code=story.code).case_id)
        return next(task for task in tasks if task.node_id == node) if node else tasks[0]

    def _take(self, story: Story, at: datetime) -> None:
        if story.closed:
            return
        story.is_taken = True
        if story.kind is not LINKED:
            processing.take_dossier(story.code, self._task(story).id, actor=self.official("ha"), at=at)
        if story.kind is COPY and story.online and self.chance(20):
            self.then(self.soon(at, 0.2, 3), lambda at: self._ask(story, at))
        else:
            self._go_on(story, at)

    def _go_on(self, story: Story, at: datetime) -> None:
        slow = self.chance(9)
        least, most = (30, 150) if slow else (0.3, 2.5)
        self.then(self.soon(at, least, most), lambda at: self._propose(story, at))

    def _ask(self, story: Story, at: datetime) -> None:
        if story.closed:
            return
        more = self.chance(50) and not story.goes_back
        wanted = MORE_COPIES if more else playing.UNREADABLE
        supplement.ask_for_supplement(story.code, wanted, phone="0235123456", actor=self.official("ha"), at=at)
        story.asked.append([at, None])
        story.paused = True
        if self.chance(70):
            self.then(self.soon(at, 5, 200), lambda at: self._answer(story, at, more=more), any_hour=True)
        else:
            self.then(at + timedelta(days=40), lambda at: self._stop(story, at))

    def _answer(self, story: Story, at: datetime, *, more: bool) -> None:
        """Send what was asked for: a paper that can be read, or how many copies are meant, by which the fee rises or falls."""
        citizen = self.citizen(story.number)
        if more:
            fewer = story.copies > 1 and self.chance(45)
            story.copies = (
                self.random.randint(1, story.copies - 1) if fewer else story.copies + self.random.randint(1, 4)
            )
            answers = {"copies": {"count": story.copies}}
            supplement.answer_supplement(story.code, answers=answers, actor=citizen, at=at)
            self.till.fee_fell(story, at)
        else:
            supplement.answer_supplement(story.code, files=[("UQ", self.paper(citizen, at))], actor=citizen, at=at)
            story.scanned = True
        story.asked[-1][1] = at
        story.paused, story.due_at = False, story.kind.due(at)
        if self.chance(10):
            self.then(self.soon(at, 0.5, 5), lambda at: self._ask(story, at))
        else:
            self._go_on(story, at)

    def _stop(self, story: Story, at: datetime) -> None:
        processing.stop_dossier(story.code, reason="Quá hạn bổ sung", actor=self.official("minh"), at=at)
        self._close(story, "stopped", at)

    def _withdraw(self, story: Story, at: datetime) -> None:
        if story.closed or story.is_taken:
            return
        supplement.withdraw_dossier(story.code, reason="Đổi ý", actor=self.citizen(story.number), at=at)
        self._close(story, "withdrawn", at)
        if story.received_at is None:
            self.till.refund(story, at)

    def _close(self, story: Story, how: str, at: datetime) -> None:
        story.closed, story.closed_at, story.paused = how, at, False

    def _propose(self, story: Story, at: datetime) -> None:
        processing.propose_result(story.code, actor=self.official("ha"), at=at)
        story.proposed = True
        if self.chance(5):
            evening = moment(at.date(), time(20, self.random.randrange(60)))
            self.then(evening, lambda at: self._sign(story, at), any_hour=True)
        else:
            self.then(self.soon(at, 0.1, 1.5), lambda at: self._sign(story, at))

    def _sign(self, story: Story, at: datetime) -> None:
        playing.sign_plainly(story.code, actor=self.official("minh"), at=at)
        story.signed_at = at
        self.then(self.soon(at, 0.05, 0.5), lambda at: self._issue(story, at))

    def _issue(self, story: Story, at: datetime) -> None:
        results.issue_result(story.code, actor=self.official("ngoc"), at=at)
        story.is_let_out = True
        if story.kind is LINKED:
            for key, officer, leader in (("residence", "nam", "cuong"), ("insurance", "quan", "tham")):
                self.then(self.soon(at, 5, 60), lambda at, of=(key, officer, leader): self._settle_part(story, of, at))
            return
        story.issued_at = at
        self.then(self.soon(at, 0.2, 20), lambda at: self._hand_over(story, at))

    def _settle_part(self, story: Story, of: tuple[str, str, str], at: datetime) -> None:
        key, officer, leader = of
        linked.settle(story.code, key, self.official(officer), self.official(leader), at=at)
        parts = self.parts.setdefault(story.code, set())
        parts.add(key)
        if len(parts) == 2:
            story.issued_at = at
            self.then(self.soon(at, 0.2, 20), lambda at: self._hand_over(story, at))

    def _hand_over(self, story: Story, at: datetime) -> None:
        if story.owed:
            if at.timetz().replace(tzinfo=None) >= TILL_CLOSES:
                self.then(moment(next_open(at.date()), time(7, 20)), lambda at: self._hand_over(story, at))
                return
            if story.online and self.chance(30) and at.date() < self.last_day - timedelta(days=3):
                self.till.begin_transfer(story, at)
                return
            self.till.pay_cash(story, at)
        if not story.by_post:
            self.give_back(story, at + timedelta(minutes=1))

    def give_back(self, story: Story, at: datetime) -> None:
        """Hand the result over."""
        reception.return_result(story.code, actor=self.official(story.kind.office.reception), at=at)
        story.returned_at, story.lies_with = at, ""
        if self.chance(30):
            self.then(self.soon(at, 1, 40), lambda at: self._rate(story, at), any_hour=True)

    def _rate(self, story: Story, at: datetime) -> None:
        if not story.online:
            return
        story.score = self.random.choices((1, 2, 3, 4, 5), (3, 4, 8, 30, 55))[0]
        rating.rate_dossier(story.code, score=story.score, actor=self.citizen(story.number), at=at)

    # the hall ---------------------------------------------------------------------------------------------------------

    def _plan_queue(self, day: date) -> None:
        self.then(moment(day, time(7, 30)), self._monday_in_the_hall, any_hour=True)

    def _monday_in_the_hall(self, at: datetime) -> None:
        lan = self.official("lan")
        windows.open_window(DESK, "1", actor=lan, at=at)
        now = at
        for _each in range(4):
            waited = Ticket("", now)
            taken = tickets.take_ticket(LINE, actor=ANONYMOUS, at=now)
            waited.label = taken.label
            self.ledger.tickets.append(waited)
            if self.chance(10):
                tickets.leave_line(taken.token, actor=ANONYMOUS, at=now + timedelta(minutes=1))
                now += timedelta(minutes=4)
                continue
            now += timedelta(minutes=self.random.randint(2, 25))
            called = windows.call_next(actor=lan, at=now)
            assert called.token == taken.token
            waited.called_at = now
            windows.note_came(called.pk, actor=lan, at=now + timedelta(seconds=30))
            now += timedelta(minutes=6)
            windows.finish_ticket(called.pk, actor=lan, at=now)
            waited.outcome = "served"
        windows.close_window(actor=lan, at=now)

    # the worker -------------------------------------------------------------------------------------------------------

    def _work(self, at: datetime) -> None:
        """Let the worker do all that it does; write down which letters have to go out, and whose cause nobody stated."""
        for story in self.ledger.stories:
            if story.cause_by and story.cause_by <= at and not story.cause_stated and not story.unexplained:
                story.unexplained, story.cause_by = story.is_open, None
        for story in sorted(self.ledger.late_at(at), key=lambda one: (one.due_at, one.code)):
            if story.apologised_at is None:
                number = self.ledger.next_letter(story.kind.office)
                story.apologised_at, story.cause_by = at, after_a_working_day(at)
                self.ledger.letters.append((number, "lateness", story, at))
                if self.chance(50):
                    self.then(self.soon(at, 15, 20), lambda at, story=story: self._state_cause(story, at))
        run_worker(at, seldom=at.weekday() == 0)

    def _state_cause(self, story: Story, at: datetime) -> None:
        if not story.is_open or story.paused or story.signed_at:
            return
        lateness.state_lateness(
            story.code, cause="workload", words="Nhiều hồ sơ cùng lúc", expected_on=next_open(at.date()),
            actor=self.official(story.kind.office.leader), at=at,
        )  # fmt: skip
        story.cause_stated = True


def run_worker(at: datetime, *, seldom: bool = True) -> None:
    """Seal, hand over, and do everything periodic, as the worker does; then what the handing over brought."""
    for keys in (None, AGAIN):
        while seal(at):
            pass
        while dispatch(at=at):
            pass
        for task in registry.of(Periodic):
            if task.key in OUTSIDE or (task.seconds >= SELDOM and not seldom):
                continue
            if keys is None or task.key in keys:
                task.call(at=at)


def _birth(citizen: Actor) -> dict[str, Any]:
    """Return right answers to the form of a birth, the mother applying."""
    asked = linked.answers(citizen)
    return {
        **{key: asked[key] for key in ("applicant", "child", "mother", "father", "papers")},
        "wishes": {"wants_copies": False},
    }


def _file_birth(citizen: Actor, paper: Any, held: list[Any], at: datetime) -> str:
    draft = applications.start_application(BIRTH.code, actor=citizen, at=at)
    for step, given in _birth(citizen).items():
        applications.save_step(draft.id, step, given, complete=True, actor=citizen, at=at)
    applications.choose_agency(draft.id, AGENCY, actor=citizen, at=at)
    applications.attach_file(draft.id, "GCS", paper, actor=citizen, at=at)
    for one in held:
        reusing.use_held(draft.id, CERTIFICATE, one, actor=citizen, at=at)
    applications.choose_delivery(draft.id, {"result_way": "online", "phone": "0905123456"}, actor=citizen, at=at)
    return filing.file_application(draft.id, filing.Applicant.of(people.applicant(citizen)), actor=citizen, at=at).code
