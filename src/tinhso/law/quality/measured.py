"""What is measured of one dossier, and what it adds to the counts from which every indicator is reckoned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from tinhso.law.statistics import (
    Punctuality,
    Supplement,
    punctuality,
    statistical_elapsed,
    statistical_on_time,
)

DISLIKED = 2
"""Votes up to this one, of 1 to 5, say that the applicant was not satisfied (index 5.4; the sheet names no scale)."""


class Channel(StrEnum):
    """How a dossier came in (KenhThucHien 1 or empty, 2, 3)."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Worker:
    """An official who did a step of a dossier."""

    key: str
    name: str
    agency: str


@dataclass(frozen=True, slots=True)
class Measured:
    """
    One dossier as the statistics see it: no name, no answer, no paper. None: nobody knows, which is not "no".

    `longest` is the longest legal limit, for a dossier without a due moment. `may_mend` says that its papers can still be
    added to: what was erased in its time cannot.
    """

    code: str
    agency: str
    service: str
    received_at: datetime
    field: str = ""
    channel: Channel = Channel.DIRECT
    due_at: datetime | None = None
    ended_at: datetime | None = None
    supplements: tuple[Supplement, ...] = ()
    longest: timedelta | None = None
    gives_paper: bool | None = None
    result_file: bool | None = None
    component_file: bool | None = None
    reused: bool | None = None
    linked: bool | None = None
    synced: bool | None = None
    by_vneid: bool | None = None
    owes: bool | None = None
    """Whether a fee is due for it; None: the procedure has none, or it is not known yet."""
    paid_online: bool | None = None
    score: int | None = None
    workers: tuple[Worker, ...] = ()
    is_over: bool = False
    """The result is there (state 9 or 10): what is missing of the result is missing, not yet to come."""
    is_erased: bool = False


class Standing(StrEnum):
    """Where a dossier stands towards its time."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN = "open"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Verdict:
    """In time or late for good; or open, and late once `turns_late_at` has passed; or nothing to compare with."""

    standing: Standing
    turns_late_at: datetime | None = None

    def at(self, moment: datetime) -> Standing:
        """Return how it is counted at a moment: the last day of the period stands for an end that has not come."""
        if self.standing is Standing.OPEN and self.turns_late_at is not None:
            return Standing.LATE if self.turns_late_at < moment else Standing.OPEN
        return self.standing


def verdict(one: Measured, *, most_requests: int = 1) -> Verdict:
    """
    Return whether a dossier is in time (QĐ 766/QĐ-TTg, index 2.1).

    Asked for papers more than once: late. Waiting for the applicant: the moment of asking is the end. No due moment: the
    time without supplements is held against the longest legal limit; without that too, nobody can tell.
    """
    if len(one.supplements) > most_requests:
        return Verdict(Standing.LATE)
    if one.due_at is None and one.longest is None:
        return Verdict(Standing.UNJUDGED)
    waits = [each.asked_at for each in one.supplements if each.completed_at is None]
    ended = one.ended_at or (max(min(waits), one.received_at) if waits else None)
    if ended is not None:
        # a clock that was set back between two acts must not stop the count
        ended = max(ended, one.received_at)
        fits = statistical_on_time(
            one.received_at, ended, one.due_at, one.supplements, longest=one.longest, most_requests=most_requests
        )
        return Verdict(Standing.IN_TIME if fits.value else Standing.LATE)
    if one.due_at is not None:
        return Verdict(Standing.OPEN, one.due_at)
    assert one.longest is not None
    waited = sum(
        ((each.completed_at - each.asked_at) for each in one.supplements if each.completed_at), start=timedelta()
    )
    return Verdict(Standing.OPEN, one.received_at + one.longest + waited)


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over dossiers. They add up: those of a province are the sum of those of its agencies."""

    received: int = 0
    in_time: int = 0
    late: int = 0
    open: int = 0
    open_late: int = 0
    """Of the open ones: late at the moment of counting. The only count that changes without anybody's act."""
    unjudged: int = 0
    asked_once: int = 0
    asked_again: int = 0
    direct: int = 0
    online: int = 0
    post: int = 0
    online_given: int = 0
    paper: int = 0
    paper_filed: int = 0
    scan_known: int = 0
    scanned: int = 0
    reuse_known: int = 0
    reused: int = 0
    link_known: int = 0
    linked: int = 0
    sync_known: int = 0
    synced: int = 0
    vneid_known: int = 0
    vneid: int = 0
    fee_due: int = 0
    fee_online: int = 0
    rated: int = 0
    disliked: int = 0
    ended: int = 0
    elapsed_seconds: int = 0
    early: int = 0
    same_day: int = 0
    overdue: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    def __sub__(self, other: Counts) -> Counts:
        """Return what is left without the other."""
        return Counts(*(getattr(self, name) - getattr(other, name) for name in COUNTED))

    @property
    def judged(self) -> int:
        """Return how many have a verdict."""
        return self.in_time + self.late + self.open

    @property
    def all_late(self) -> int:
        """Return how many are late, those that are open included."""
        return self.late + self.open_late


def times(counts: Counts, number: int) -> Counts:
    """Return so many of the same together."""
    return Counts(*(getattr(counts, name) * number for name in COUNTED))


COUNTED = tuple(field.name for field in fields(Counts))
KEPT = tuple(name for name in COUNTED if name != "open_late")
"""What can be kept as a sum: everything but what the passing of time changes."""


def counts_of(one: Measured, moment: datetime | None = None) -> Counts:
    """Return what one dossier adds; without a moment, what is open is not looked at for lateness."""
    told = verdict(one)
    standing = told.standing
    is_open = standing is Standing.OPEN
    asked = len(one.supplements)
    given = one.result_file is True or one.gives_paper is False
    scan = _digitised(one)
    marks = _punctuality(one)
    over = one.ended_at is not None and one.is_over
    return Counts(
        received=1,
        in_time=int(standing is Standing.IN_TIME),
        late=int(standing is Standing.LATE),
        open=int(is_open),
        open_late=int(is_open and moment is not None and told.at(moment) is Standing.LATE),
        unjudged=int(standing is Standing.UNJUDGED),
        asked_once=int(asked == 1),
        asked_again=int(asked > 1),
        direct=int(one.channel is Channel.DIRECT),
        online=int(one.channel is Channel.ONLINE),
        post=int(one.channel is Channel.POST),
        online_given=int(one.channel is Channel.ONLINE and given),
        paper=int(one.gives_paper is True and one.result_file is not None),
        paper_filed=int(one.gives_paper is True and one.result_file is True),
        scan_known=int(scan is not None),
        scanned=int(scan is True),
        reuse_known=int(one.reused is not None),
        reused=int(one.reused is True),
        link_known=int(one.linked is not None),
        linked=int(one.linked is True),
        sync_known=int(one.synced is not None),
        synced=int(one.synced is True),
        vneid_known=int(one.by_vneid is not None),
        vneid=int(one.by_vneid is True),
        fee_due=int(one.owes is True and one.paid_online is not None),
        fee_online=int(one.owes is True and one.paid_online is True),
        rated=int(one.score is not None),
        disliked=int(one.score is not None and one.score <= DISLIKED),
        ended=int(over),
        elapsed_seconds=_elapsed(one) if over else 0,
        early=int(marks is Punctuality.EARLY),
        same_day=int(marks is Punctuality.ON_THE_DAY),
        overdue=int(marks is Punctuality.LATE),
    )


def total(rows: Iterable[Measured], moment: datetime) -> Counts:
    """Return the counts over dossiers, counted one by one: what every kept sum must agree with."""
    found = Counts()
    for one in rows:
        found += counts_of(one, moment)
    return found


def _digitised(one: Measured) -> bool | None:
    """Tell whether components and, where there is one, the result are on file (index 4.2); None: not known."""
    if one.component_file is None or one.gives_paper is None:
        return None
    if one.gives_paper and one.result_file is None:
        return None
    return one.component_file and (one.result_file is True or not one.gives_paper)


def _elapsed(one: Measured) -> int:
    assert one.ended_at is not None
    ended = max(one.ended_at, one.received_at)
    return int(statistical_elapsed(one.received_at, ended, one.supplements).value.total_seconds())


def _punctuality(one: Measured) -> Punctuality | None:
    """Return the mark of TT 01/2018/TT-VPCP for a dossier that has its result and had a due moment."""
    if not one.is_over or one.ended_at is None or one.due_at is None:
        return None
    return punctuality(one.ended_at, one.due_at)
