"""The journal proved from its rows alone: content, leaves, nodes, roots (RFC 6962), their chain and what was published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables, data, key, raw, spelled, sure
from tinhso.site.proof.years import HERE, Away

PUBLISHED = "published-roots.jsonl"
PATIENCE = timedelta(minutes=10)
"""A root is published right after it is made; this long, a process that was killed between the two may stay away."""
_ENTRY = (
    "e.id, e.content_hash, e.agency, e.at, e.event, e.subject_key, e.subject_type, e.act, e.actor_key, e.actor_kind,"
    " e.actor_name, e.assurance, e.facts, e.salt"
)


def sha(*parts: bytes) -> bytes:
    """Return the SHA-256 of the parts, one after another."""
    return sha256(b"".join(parts)).digest()


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and nothing between: what was hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_of(entry: tuple[Any, ...]) -> bytes:
    """Return the hash over a row of `_ENTRY`: the open part with the hash of the closed part in it."""
    (id_, _hash, agency, at, event, subject_key, subject_type, act, actor_key, kind, name, assurance, facts, salt) = (
        entry
    )
    closed = {
        "act": act,
        "actor_key": actor_key,
        "actor_kind": kind,
        "actor_name": name,
        "assurance": assurance,
        "facts": data(facts),
        "salt": raw(salt).hex(),
    }
    whole = {
        "agency": agency,
        "at": spelled(at),
        "closed": sha(canonical(closed)).hex(),
        "event": event,
        "id": key(id_),
        "subject_key": subject_key,
        "subject_type": subject_type,
    }
    return sha(canonical(whole))


def check_chain(tables: Tables, data_folder: Path, away: Away = HERE, *, at: datetime | None = None) -> Findings:
    """
    Walk the whole log once, in order, computing every hash anew.

    The published file is read as far as the tables went when they were opened: what was sealed meanwhile is not compared.
    `at`: the present moment; what was sealed some time before it must be published.
    """
    roots = _roots(tables)
    kept: dict[int, dict[str, Any]] = {}
    walk = _Walk(tables, away)
    chain = bytes(32)
    for size, root, made, previous, linked in roots:
        yield from walk.grow_to(size)
        if walk.size != size or walk.root() != root:
            yield Finding("root_changed", f"journal_root {size}", "does not follow from the leaves below it")
        if previous != chain or linked != sha(chain, size.to_bytes(8), root, made.encode()):
            yield Finding("chain_broken", f"journal_root {size}", "does not continue the chain of the root before it")
        chain = linked
        kept[size] = {
            "size": size,
            "hash": root.hex(),
            "at": made,
            "previous": previous.hex(),
            "chain": linked.hex(),
        }
    yield from walk.rest()
    yield from walk.elsewhere()
    yield from _unsealed(tables)
    yield from _published(data_folder, kept, at)


def _roots(tables: Tables) -> Iterator[tuple[int, bytes, str, bytes, bytes]]:
    for size, root, at, previous, linked in tables.rows(
        "SELECT size, hash, at, previous, chain FROM journal_root ORDER BY size"
    ):
        yield size, raw(root), spelled(at), raw(previous), raw(linked)


class _Walk:
    """The leaves with their entries and the nodes above them, in the order in which the log made them."""

    def __init__(self, tables: Tables, away: Away) -> None:
        self.size = 0
        self.away = away
        self.out = dict.fromkeys(away.gaps, 0)
        self.peaks: list[bytes] = []
        self.leaves = tables.rows(
            f"SELECT l.number, l.hash, l.entry_id, {_ENTRY} FROM journal_leaf l"
            " LEFT JOIN journal_entry e ON e.id = l.entry_id ORDER BY l.number"
        )
        self.nodes = tables.rows("SELECT number, hash FROM journal_node ORDER BY number")
        self.node = 0
        self.next_leaf = next(self.leaves, None)
        self.next_node = next(self.nodes, None)

    def grow_to(self, size: int) -> Findings:
        """Take in the leaves below a root."""
        while self.size < size:
            if self.next_leaf is None or self.next_leaf[0] > self.size:
                yield Finding("leaf_missing", f"journal_leaf {self.size}", f"is missing below the root of size {size}")
                yield from self._add(bytes(32))
                continue
            number, leaf, entry_id, *entry = self.next_leaf
            self.next_leaf = next(self.leaves, None)
            name = f"journal_entry {key(entry_id)}"
            if entry[0] is None and (gap := self.away.of_line(UUID(key(entry_id)))):
                self.out[gap] += 1
            elif entry[0] is None:
                yield Finding("entry_missing", name, f"leaf {number} is its, and it is gone")
            elif (content := content_of(tuple(entry))) != raw(entry[1]):
                yield Finding("entry_changed", name, f"({entry[4]}) does not say what was hashed")
            elif sha(b"\0", content) != raw(leaf):
                yield Finding("leaf_changed", f"journal_leaf {number}", f"is not the hash of {name}")
            yield from self._add(raw(leaf))

    def _add(self, leaf: bytes) -> Findings:
        self.peaks.append(leaf)
        self.size += 1
        for _level in range((self.size & -self.size).bit_length() - 1):
            right, left = self.peaks.pop(), self.peaks.pop()
            self.peaks.append(sha(b"\1", left, right))
            yield from self._check_node(self.peaks[-1])

    def _check_node(self, computed: bytes) -> Findings:
        name = f"journal_node {self.node}"
        if self.next_node is None or self.next_node[0] > self.node:
            yield Finding("node_missing", name, "is missing")
        else:
            if raw(self.next_node[1]) != computed:
                yield Finding("node_changed", name, "does not follow from the leaves below it")
            self.next_node = next(self.nodes, None)
        self.node += 1

    def root(self) -> bytes:
        """Return the root of the log as far as it was walked."""
        if not self.peaks:
            return sha()
        found = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            found = sha(b"\1", left, found)
        return found

    def elsewhere(self) -> Findings:
        """Tell how many lines lie in years that were taken out; their leaves are here and were walked."""
        for gap, count in self.out.items():
            text = (
                f"{count} lines are not here: taken out by `journal detach`, their leaves prove them when they return"
            )
            yield Finding("year_detached", f"journal_entry {gap.years}", text)

    def rest(self) -> Findings:
        """Name what lies beyond the newest root: nothing may."""
        if self.next_leaf is not None:
            yield Finding("root_missing", f"journal_leaf {self.next_leaf[0]}", "is under no root")
        if self.next_node is not None:
            yield Finding("node_unlisted", f"journal_node {self.next_node[0]}", "belongs to no leaf under a root")


def _unsealed(tables: Tables) -> Findings:
    """See that every entry is in the log or waits to be, and that what waits was not changed."""
    for waiting, *entry in tables.rows(
        f"SELECT q.id, {_ENTRY} FROM journal_entry e LEFT JOIN journal_leaf l ON l.entry_id = e.id"
        " LEFT JOIN journal_queued q ON q.entry_id = e.id AND q.purpose = 1 WHERE l.number IS NULL ORDER BY e.id"
    ):
        name = f"journal_entry {key(entry[0])}"
        if waiting is None:
            yield Finding("entry_unlisted", name, f"({entry[4]}) is neither sealed nor waiting: put in from outside")
        elif content_of(tuple(entry)) != raw(entry[1]):
            yield Finding("entry_changed", name, f"({entry[4]}), not sealed yet, does not say what was hashed")


def _published(data_folder: Path, kept: dict[int, dict[str, Any]], at: datetime | None) -> Findings:
    path = data_folder / PUBLISHED
    if not path.exists():
        if kept:
            yield Finding("published_missing", PUBLISHED, f"is not in {data_folder}: nothing to compare the roots with")
        return
    newest = max(kept, default=0)
    published: set[int] = set()
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                continue  # cut short by a power cut, written again by the next seal
            try:
                facts = json.loads(line)
                size = int(facts["size"])
            except (ValueError, KeyError, TypeError):
                yield Finding("published_damaged", f"{PUBLISHED} line {number}", "cannot be read")
                continue
            published.add(size)
            if size in kept and kept[size] != facts:
                yield Finding("published_differs", f"journal_root {size}", "was published with other hashes")
            elif size not in kept:
                newer = "the database is older than what was published" if size > newest else "and is gone"
                yield Finding("root_missing", f"journal_root {size}", f"was published: {newer}")
    yield from _unpublished(kept, published, at)


def _unpublished(kept: dict[int, dict[str, Any]], published: set[int], at: datetime | None) -> Findings:
    """Name the roots that lack in the file: in its middle, or at its end longer than a publication takes."""
    reached = max(published, default=0)
    for size, facts in kept.items():
        if size in published:
            continue
        if size < reached:
            yield Finding("published_gap", f"journal_root {size}", f"is missing in {PUBLISHED} between others")
        elif at is None or at - sure(facts["at"]) > PATIENCE:
            yield Finding("published_gap", f"journal_root {size}", f"is missing at the end of {PUBLISHED}")
