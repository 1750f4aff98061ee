"""
What was done, written down as it was done, and counted from that alone.

No line here asks the program anything: rules of law are written out once more, in the plainest way, so that a mistake in
the program and one here would have to be the same to go unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from .calendar import YEAR, due_after_days, due_after_working_days

DENOMINATIONS = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)


@dataclass(frozen=True, slots=True)
class Office:
    """An agency with its desk, and who sits where."""

    agency: str
    desk: str
    reception: str
    cashier: str
    leader: str
    people: tuple[str, ...]
    """Everybody who has a worklist."""
    accountant: str = ""


MINH_AN = Office("H47.32.20", "H47.32.20.01", "lan", "hoa", "minh", ("lan", "ha", "minh", "ngoc"), "tho")
"""The ward."""
HOI_AN = Office("H47.32", "H47.32.15", "mai", "cuc", "khanh", ("mai", "thanh", "bao", "son", "khanh", "yen"))
"""The town above it: a division works, another is asked."""
OFFICES = (MINH_AN, HOI_AN)


@dataclass(frozen=True, slots=True)
class Kind:
    """A procedure as the ledger knows it: its limit and fee, copied from the texts and not from the program."""

    code: str
    days: int
    in_working_days: bool
    copy_fee: int = 0
    fixed_fee: int = 0
    linked: bool = False
    office: Office = MINH_AN

    def due(self, received: datetime) -> datetime:
        """Return the last moment at which the result is on time."""
        count = due_after_working_days if self.in_working_days else due_after_days
        return count(received, self.days)


COPY = Kind("2.000635", 1, in_working_days=True, copy_fee=8_000)
"""Copies of a civil-status record: Luật Hộ tịch Đ.64; TT 281/2016/TT-BTC Đ.4."""
BIRTH = Kind("1.001193", 1, in_working_days=True)
"""Registration of a birth: Luật Hộ tịch Đ.16, free by Đ.11."""
LINKED = Kind("2.000986", 20, in_working_days=False, linked=True)
"""Birth, residence and health insurance in one: 20 days."""
PERMIT = Kind("1.013225", 15, in_working_days=False, fixed_fee=75_000, office=HOI_AN)
"""A permit to build a house, at the counter: 15 days by the decision of the province; its charge is the pack's."""


@dataclass(slots=True)
class Opinion:
    """A question to another division."""

    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None = None

    @property
    def is_silent(self) -> bool:
        """Tell whether its time passed without a word."""
        return self.answered_at is None or self.answered_at > self.due_at


@dataclass(slots=True)
class NewDate:
    """A new appointment, with an apology."""

    number: int
    at: datetime
    until: datetime


@dataclass(slots=True)
class Parcel:
    """A list that went between the desk and the post: numbered by who gave it."""

    way: str
    """`in` from the post to the desk, `out` to the post."""
    number: int
    sent_at: datetime
    stories: list[Story]
    lost: list[Story] = field(default_factory=list)
    """What was on the list and not in the bag; it goes on the next one."""


@dataclass(slots=True)
class Story:
    """One dossier, as the ledger remembers it."""

    kind: Kind
    number: int
    online: bool
    copies: int = 0
    code: str = ""
    filed_at: datetime | None = None
    received_at: datetime | None = None
    book_line: int = 0
    due_at: datetime | None = None
    asked: list[list[datetime | None]] = field(default_factory=list)
    """Requests for papers after reception: when asked, when answered."""
    paused: bool = False
    apologised_at: datetime | None = None
    signed_at: datetime | None = None
    issued_at: datetime | None = None
    """When the result was ready: the end of processing."""
    returned_at: datetime | None = None
    closed: str = ""
    """`refused`, `withdrawn` or `stopped`, and when."""
    closed_at: datetime | None = None
    paid: str = ""
    """`gateway`, `transfer`, `cash`; empty while nothing was paid."""
    paid_at: datetime | None = None
    refunded: bool = False
    receipt: str = ""
    score: int = 0
    proposed: bool = False
    is_taken: bool = False
    is_let_out: bool = False
    """The clerk has issued what the commune itself gives; of a linked one the others may still be at work."""
    lies_with: str = ""
    """At the town: who has it on the worklist now."""
    opinions: list[Opinion] = field(default_factory=list)
    new_dates: list[NewDate] = field(default_factory=list)
    cause_by: datetime | None = None
    """Until when the cause of the lateness is stated: 8 working hours after the apology."""
    cause_stated: bool = False
    unexplained: bool = False
    """The head was told that nobody stated it."""
    by_post: bool = False
    scanned: bool = False
    """Papers came with it as files, or were scanned at the desk."""
    reused: int = 0
    """Papers that were not handed in, as the data store has them."""
    goes_back: int = 0
    """What the fee fell by after it was paid and was not given back yet, in đồng."""
    settled_vnd: int = 0
    """What was paid of the fee and does not go back, by whatever way."""

    @property
    def fee(self) -> int:
        """Return what is owed, in đồng."""
        return self.kind.copy_fee * self.copies + self.kind.fixed_fee

    @property
    def owed(self) -> int:
        """Return what is still to be paid, in đồng."""
        return self.fee - self.settled_vnd

    @property
    def is_open(self) -> bool:
        """Tell whether it was received and has not ended."""
        return self.received_at is not None and self.issued_at is None and not self.closed

    @property
    def ended_at(self) -> datetime | None:
        """Return the end of processing as the statistics take it (QĐ 766 2.1)."""
        return self.issued_at or self.closed_at

    def was_on_time(self) -> bool | None:
        """
        Tell whether the statistics count it as on time; None where there is nothing to judge yet.

        Asked more than once counts as late; who never came back is measured at the moment of asking.
        """
        if self.received_at is None or self.ended_at is None:
            return None
        if len(self.asked) > 1:
            return False
        end = min([self.ended_at, *(asked for asked, answered in self.asked if answered is None and asked)])
        assert self.due_at is not None
        return end <= self.due_at


@dataclass(slots=True)
class CashDay:
    """The cash book of a desk on one working day."""

    office: Office
    number: str
    day: date
    float_vnd: int
    taken: list[int] = field(default_factory=list)
    given_back: list[int] = field(default_factory=list)
    closed: bool = False
    signed: bool = False

    @property
    def brought(self) -> int:
        """Return what the day left in the drawer beyond the float, in đồng."""
        return sum(self.taken) - sum(self.given_back)


@dataclass(slots=True)
class Ticket:
    """One person who waited at the desk."""

    label: str
    taken_at: datetime
    called_at: datetime | None = None
    outcome: str = "left"


class Ledger:
    """Everything that was done in the year."""

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.cash: list[CashDay] = []
        self.letters: list[tuple[int, str, Story, datetime]] = []
        """Form 04, new dates and apologies alike, in the order of their numbers in each agency: number, kind, of what, when."""
        self.parcels: list[Parcel] = []
        self.tickets: list[Ticket] = []
        self.voided: list[str] = []
        self.transferred: list[date] = []
        """Days on which money of a transfer was recognised."""

    # books ------------------------------------------------------------------------------------------------------------

    def at(self, office: Office) -> list[Story]:
        """Return the dossiers of an agency."""
        return [one for one in self.stories if one.kind.office is office]

    def book(self, office: Office) -> list[Story]:
        """Return what a desk received in the year, in the order of its book."""
        found = [one for one in self.at(office) if one.received_at and one.received_at.year == YEAR]
        return sorted(found, key=lambda one: one.book_line)

    def open_at_end(self) -> list[Story]:
        """Return what goes over into the next year."""
        return [one for one in self.stories if one.is_open]

    def late_at(self, at: datetime) -> list[Story]:
        """Return what is open and past its due moment, its clock running."""
        return [one for one in self.stories if one.is_open and not one.paused and one.due_at and one.due_at < at]

    def next_letter(self, office: Office) -> int:
        """Return the number of the next form 04 of an agency in the year."""
        return 1 + sum(story.kind.office is office for _number, _kind, story, _at in self.letters)

    def before(self, who: str) -> list[Story]:
        """Return what waits at the end for somebody of the ward or the town."""
        alive = [one for one in self.stories if one.code and not one.closed and not one.paused]
        if who in HOI_AN.people:
            return [one for one in alive if one.lies_with == who]
        alive = [one for one in alive if one.kind.office is MINH_AN]
        return {
            "lan": [one for one in alive if not one.received_at or (one.issued_at and not one.returned_at)],
            "ha": [one for one in alive if one.received_at and not one.proposed],
            "minh": [one for one in alive if one.proposed and not one.signed_at],
            "ngoc": [one for one in alive if one.signed_at and not one.is_let_out],
        }[who]

    # quality ----------------------------------------------------------------------------------------------------------

    def received(self, first: date, last: date, office: Office | None = None) -> list[Story]:
        """Return what was received on these days, both of them included: at an agency and those under it, or at all."""
        under = office.agency if office else ""
        stories = [one for one in self.stories if one.kind.office.agency.startswith(under)]
        return [one for one in stories if one.received_at and first <= one.received_at.date() <= last]

    @staticmethod
    def judged(stories: Iterable[Story]) -> tuple[int, int]:
        """Return how many were on time, and of how many that can be told."""
        told = [found for one in stories if (found := one.was_on_time()) is not None]
        return sum(told), len(told)


def notes_of(amount: int) -> dict[int, int]:
    """Return the notes that make up an amount, the largest first. Raises ValueError where none do."""
    found, left = {}, amount
    for note in DENOMINATIONS:
        count, left = divmod(left, note)
        if count:
            found[note] = count
    if left:
        raise ValueError(f"{amount} đ cannot be counted in notes")
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        """Return it as the page of an indicator writes it."""
        return f"{self.part} of {self.whole}"


def shares(stories: Sequence[Story], moment: datetime) -> dict[str, Share]:
    """
    Return the indicators of QĐ 766/QĐ-TTg that dossiers of a commune tell, counted one by one.

    What has not ended is late once its due moment lies before `moment`. Each kind here gives a paper as its result.
    """
    received = len(stories)
    late = [one for one in stories if _is_late(one, moment)]
    signed = [one for one in stories if one.signed_at]
    owing = [one for one in stories if one.fee]
    disliked = [one for one in stories if one.score in (1, 2)]
    return {
        "2.1": Share(received - len(late), received),
        "3.3": Share(sum(one.online for one in signed), received),
        "3.6": Share(sum(one.paid == "gateway" for one in owing), len(owing)),
        "4.1": Share(len(signed), received),
        "4.2": Share(sum(one.scanned for one in signed), received),
        "4.3": Share(sum(one.reused > 0 for one in stories), received),
        "5.4": Share(max(received - len(late) - len(disliked), 0), received),
    }


def _is_late(one: Story, moment: datetime) -> bool:
    judged = one.was_on_time()
    if judged is not None:
        return not judged
    if len(one.asked) > 1:
        return True
    assert one.due_at is not None
    # whoever waits for the applicant is measured at the moment of asking
    waits = [asked for asked, answered in one.asked if answered is None and asked]
    return waits[0] > one.due_at if waits else one.due_at < moment


def first_of_nine(stories: Sequence[Story]) -> Decimal:
    """Return index (1) of TT 01/2018: 2 for a result before its day, 1 on the day, 0 after it; the mean, one decimal."""
    points = []
    for one in stories:
        if one.issued_at and one.due_at:
            early = 2 if one.issued_at.date() < one.due_at.date() else 1
            points.append(early if one.issued_at <= one.due_at else 0)
    return _mean(points)


def third_of_nine(stories: Sequence[Story]) -> Decimal:
    """Return index (3): 2 for who was never asked for more, 1 for who was asked once, 0 for the others."""
    return _mean([max(2 - len(one.asked), 0) for one in stories])


def _mean(points: Sequence[int]) -> Decimal:
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.1"), ROUND_HALF_UP)
