"""
The Merkle tree of RFC 6962 §2.1, as pure functions over hashes: no database, no clock.

A tree over n leaves splits at the greatest power of two below n. Subtrees that are complete never change again, so a log
keeps their hashes and answers every proof with O(log n) of them. `Place` names such a subtree: its level (0 is a leaf)
and its number from the left on that level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from typing import NamedTuple

EMPTY = sha256(b"").digest()
"""Root of a log without entries."""


class Place(NamedTuple):
    """A complete subtree: the leaves from `number * 2**level` up to, not including, `(number + 1) * 2**level`."""

    level: int
    number: int


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf, `SHA-256(0x00 || content)`: the prefix keeps a leaf from passing for a node."""
    return sha256(b"\0" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node, `SHA-256(0x01 || left || right)`."""
    return sha256(b"\1" + left + right).digest()


def chain_hash(previous: bytes, size: int, root: bytes, at: str) -> bytes:
    """Return what links a published root to the one before: SHA-256 over its chain hash, size (8 bytes), root, moment."""
    return sha256(previous + size.to_bytes(8) + root + at.encode()).digest()


def nodes_before(leaves: int) -> int:
    """Return how many nodes above the leaves a log of this size has completed; the next one gets this number."""
    return leaves - leaves.bit_count()


def node_number(place: Place) -> int:
    """Return the number of a complete subtree of level 1 or more, counted in the order of completion from 0."""
    last = (place.number + 1 << place.level) - 1
    return nodes_before(last) + place.level - 1


def peaks(start: int, end: int) -> list[Place]:
    """Return the complete subtrees that make up the leaves `start..end-1`, left to right; `start` begins a subtree."""
    found: list[Place] = []
    while start < end:
        widest = (start & -start).bit_length() - 1 if start else 63
        level = min(widest, (end - start).bit_length() - 1)
        found.append(Place(level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash over neighbouring subtrees, left to right, each greater than the next; EMPTY for none."""
    if not hashes:
        return EMPTY
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


@dataclass(slots=True)
class Growth:
    """A log that takes leaves one after another; `grown` are the nodes completed since the start, in order."""

    size: int
    stack: list[bytes]
    """Hashes of `peaks(0, size)`."""
    grown: list[bytes]

    @classmethod
    def of(cls, size: int = 0, stack: Iterable[bytes] = ()) -> Growth:
        """Return a log of this size with these peaks."""
        return cls(size, list(stack), [])

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        self.stack.append(leaf)
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            right, left = self.stack.pop(), self.stack.pop()
            self.stack.append(node_hash(left, right))
            self.grown.append(self.stack[-1])

    @property
    def root(self) -> bytes:
        """Return the root hash of the log as it is."""
        return fold(self.stack)


type Span = tuple[int, int]
"""Leaves from the first, included, to the second, not included."""


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the siblings from leaf to root whose hashes prove the leaf (RFC 6962 §2.1.1). Raises ValueError outside."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a log of {size}")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Return the subtrees that prove the old log to be the beginning of the new one (RFC 6962 §2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"a log of {old} is not the beginning of a log of {new}")
    spans: list[Span] = []
    start, end, whole = 0, new, True
    while end - start != old - start:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return spans[::-1]


def resolve(spans: Sequence[Span], fetch: Callable[[list[Place]], dict[Place, bytes]]) -> list[bytes]:
    """Return the hash of each span. `fetch` is asked once, for all complete subtrees that are needed."""
    places = [peaks(*span) for span in spans]
    known = fetch([place for group in places for place in group])
    return [fold([known[place] for place in group]) for group in places]


def _split(width: int) -> int:
    """Return the greatest power of two below the width (`k` in RFC 6962)."""
    return 1 << (width - 1).bit_length() - 1


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that leaf and path lead to (RFC 9162 §2.1.3.2), or None if the path has the wrong length."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the old log is the beginning of the new one (RFC 9162 §2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if not 0 < old < new:
        return False
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_found, new_found = node_hash(sibling, old_found), node_hash(sibling, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = node_hash(new_found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root
