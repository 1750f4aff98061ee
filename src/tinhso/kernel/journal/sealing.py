"""
The sealer: takes committed entries that are in no tree yet, in whatever order they committed, and appends them to the log.

Acts do not wait for it. It reads and hashes first and holds the write lock only for the INSERTs. If two run at once, one
of them finds that the log has grown meanwhile, leaves everything as it is, and comes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from tinhso.kernel.journal import merkle
from tinhso.kernel.journal.content import moment
from tinhso.kernel.journal.models import Entry, Purpose, Queued, Root
from tinhso.kernel.journal.publishing import publish
from tinhso.kernel.journal.reading import fetch_hashes
from tinhso.kernel.journal.sql import insert, is_postgresql, moment_value, uuid_value

BATCH = 1000
"""Entries sealed in one transaction: on SQLite acts wait some 10 ms behind it."""
_LOCK = 0x7469_6E68_736F
"""Advisory lock of the sealer on PostgreSQL."""
_NO_CHAIN = bytes(32)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one transaction will append."""

    size: int
    queued: list[int]
    entries: list[UUID]
    leaves: list[bytes]
    nodes: list[bytes]
    root: bytes
    previous: bytes


def seal(at: datetime) -> Root | None:
    """
    Append up to BATCH waiting entries to the log and return the new root, published; None when there was nothing to do.

    Safe to run twice and on two machines at once: the second one returns None.
    """
    plan = _plan()
    root = _append(plan, at) if plan else None
    publish()
    return root


def seal_all(at: datetime, *, rounds: int = 50) -> int:
    """Seal batch after batch until nothing waits, at most `rounds` of them; return the number of roots made."""
    made = 0
    while made < rounds and seal(at):
        made += 1
    return made


def _plan() -> _Plan | None:
    # the root is read before the queue: who seals in between changes the size, and `_alone` sees it
    last = latest_root()
    rows = list(Queued.objects.filter(purpose=Purpose.SEAL).order_by("id").values_list("id", "entry_id")[:BATCH])
    if not rows:
        return None
    contents = dict(Entry.objects.filter(id__in=[entry for _, entry in rows]).values_list("id", "content_hash"))
    # a line whose entry is gone stays in the queue: verify_all() names it, and the others go on
    rows = [row for row in rows if row[1] in contents]
    size = last.size if last else 0
    places = merkle.peaks(0, size)
    known = fetch_hashes(places)
    growth = merkle.Growth.of(size, [known[place] for place in places])
    leaves = [merkle.leaf_hash(bytes(contents[entry])) for _, entry in rows]
    for leaf in leaves:
        growth.add(leaf)
    previous = bytes(last.chain) if last else _NO_CHAIN
    queued, entries = [row[0] for row in rows], [row[1] for row in rows]
    return _Plan(size, queued, entries, leaves, growth.grown, growth.root, previous) if rows else None


def latest_root() -> Root | None:
    """Return the newest root, or None before the first sealing."""
    return Root.objects.order_by("-size").first()


def _append(plan: _Plan, at: datetime) -> Root | None:
    root = Root(size=plan.size + len(plan.leaves), hash=plan.root, at=at, previous=plan.previous)
    root.chain = merkle.chain_hash(plan.previous, root.size, plan.root, moment(at))
    try:
        with transaction.atomic():  # noqa: TID251 - the journal's own upkeep: an act would have to journal itself
            if not _alone(plan.size):
                return None
            _write(plan, root)
    except IntegrityError:
        last = latest_root()
        if (last.size if last else 0) == plan.size:
            raise  # nobody was faster: the tables contradict each other, and verify_all() says where
        return None
    return root


def _alone(size: int) -> bool:
    """Tell whether nobody else is sealing and the log is still as planned."""
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return False
    last = latest_root()
    return (last.size if last else 0) == size


def _write(plan: _Plan, root: Root) -> None:
    leaves = zip(plan.entries, plan.leaves, strict=True)
    rows = [(plan.size + number, uuid_value(entry), leaf) for number, (entry, leaf) in enumerate(leaves)]
    insert("journal_leaf", ("number", "entry_id", "hash"), rows)
    first = merkle.nodes_before(plan.size)
    insert("journal_node", ("number", "hash"), list(enumerate(plan.nodes, first)))
    values = (root.size, root.hash, moment_value(root.at), root.previous, root.chain)
    insert("journal_root", ("size", "hash", "at", "previous", "chain"), [values])
    root._state.adding = False  # noqa: SLF001 - what save() would have done
    Queued.objects.filter(id__in=plan.queued).delete()
