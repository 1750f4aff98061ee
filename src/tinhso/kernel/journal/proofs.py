"""Proofs to hand out: that an entry is in the log, and that an older log is the beginning of a newer one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tinhso.kernel.journal import merkle
from tinhso.kernel.journal.models import Leaf, Root
from tinhso.kernel.journal.reading import fetch_hashes


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That the leaf is in the log of this root (RFC 6962 §2.1.1); `path` runs from the leaf up."""

    entry_id: UUID
    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: Root

    def holds(self) -> bool:
        """Tell whether the path leads from leaf to root."""
        found = merkle.root_from_inclusion(self.leaf, self.index, self.root.size, self.path)
        return found == bytes(self.root.hash)


def proof(entry_id: UUID, *, size: int | None = None) -> InclusionProof | None:
    """
    Return the proof against the newest root, or against the root of the given size; None if it is not sealed in there.

    At most four statements, whatever the size of the log.
    """
    leaf = Leaf.objects.filter(entry_id=entry_id).first()
    roots = Root.objects.order_by("-size")
    root = (roots if size is None else roots.filter(size=size)).first()
    if leaf is None or root is None or leaf.number >= root.size:
        return None
    path = merkle.resolve(merkle.inclusion_spans(leaf.number, root.size), fetch_hashes)
    return InclusionProof(entry_id, leaf.number, bytes(leaf.hash), tuple(path), root)


def consistency(old: int, new: int) -> list[bytes]:
    """
    Return the proof that the log of size `old` is the beginning of the log of size `new` (RFC 6962 §2.1.2).

    Raises ValueError unless `0 < old <= new <=` the size of the log.
    """
    last = Root.objects.order_by("-size").first()
    if last is None or new > last.size:
        raise ValueError(f"the log has not grown to {new} yet")
    return merkle.resolve(merkle.consistency_spans(old, new), fetch_hashes)
