"""
Followers of the log: others outside who are told every entry in the order in which it was sealed, at least once.

The place in the log is kept, not a mark for each entry: a follower costs an act nothing, and one who was away goes on where
it stopped, years later if need be. The order of the log is that in which entries became visible to all: a late commit
is never skipped. Bookkeeping of the worker, not an act.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Q

from tinhso.kernel.journal.dispatching import EntryView, view
from tinhso.kernel.journal.models import Follower, Leaf, Purpose, Queued

LEASE = timedelta(seconds=60)
"""How long one worker may take over a batch before another one tells it again."""
FURTHEST = 2 * LEASE
BATCH = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An entry and its place in the log, counted from 0 without a gap."""

    number: int
    entry: EntryView


def follow(name: str, tell: Callable[[Sequence[Line]], None], *, at: datetime, batch: int = BATCH) -> int:
    """
    Tell a follower what comes next, and keep how far it was told; return how many entries it was told.

    `tell` runs outside of any transaction, and only when it returns was the follower told: what it raises is noted and
    raised, and the same entries come again. A follower that is new begins with what is sealed from now on. Two workers
    take turns; one that dies loses its turn after LEASE.
    """
    follower, is_new = Follower.objects.get_or_create(name=name, defaults={"position": log_size(), "moved_at": at})
    if is_new or not _next(follower.position, 1):
        return 0
    token = uuid4()
    # ended, or made under a clock that has been set back since
    over = Q(claimed_until__lt=at) | Q(claimed_until__gt=at + FURTHEST)
    free = Follower.objects.filter(Q(token=None) | over, name=name)
    if not free.update(token=token, claimed_until=at + LEASE):
        return 0
    mine = Follower.objects.filter(name=name, token=token)
    lines = _next(mine.values_list("position", flat=True).get(), batch)
    try:
        if lines:
            tell([Line(leaf.number, view(leaf.entry, at)) for leaf in lines])
    except BaseException as error:
        mine.update(token=None, claimed_until=None, problem=f"{type(error).__name__}: {error}"[:300])
        raise
    if lines:
        mine.update(token=None, claimed_until=None, position=lines[-1].number + 1, moved_at=at, problem="")
    else:  # another worker was there meanwhile
        mine.update(token=None, claimed_until=None)
    return len(lines)


def log_size() -> int:
    """Return how many leaves the log has. One look at the end of an index."""
    last = Leaf.objects.order_by("-number").values_list("number", flat=True).first()
    return 0 if last is None else last + 1


def behind(name: str) -> int:
    """Return how many entries a follower was not told yet; -1 for one that is not known."""
    position = Follower.objects.filter(name=name).values_list("position", flat=True).first()
    return -1 if position is None else max(0, log_size() - position)


def waits_from_before(name: str, moment: datetime, *, about: str) -> bool:
    """
    Tell whether a follower was not told yet of something that happened before a moment, sealed or not.

    Looked at are the entries about one kind of subject. Three statements over what waits, which is little but after an outage.
    """
    position = Follower.objects.filter(name=name).values_list("position", flat=True).first()
    if position is None:
        return True
    early = {"entry__subject_type": about, "entry__at__lt": moment}
    unsealed = Queued.objects.filter(purpose=Purpose.SEAL, **early)
    return unsealed.exists() or Leaf.objects.filter(number__gte=position, **early).exists()


def rewind(name: str, position: int, *, at: datetime) -> None:
    """Have a follower told again from a place in the log on; one that is not known begins there."""
    Follower.objects.update_or_create(name=name, defaults={"position": max(0, position), "moved_at": at})


def _next(position: int, limit: int) -> list[Leaf]:
    return list(Leaf.objects.filter(number__gte=position).order_by("number").select_related("entry")[:limit])
