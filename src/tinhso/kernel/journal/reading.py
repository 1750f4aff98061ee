"""Reads that sealing, proofs and receipts share."""

from __future__ import annotations

from tinhso.kernel.journal.merkle import Place, node_number
from tinhso.kernel.journal.models import Leaf, Node


def fetch_hashes(places: list[Place]) -> dict[Place, bytes]:
    """Return the kept hash of each complete subtree, with two statements. Raises KeyError if one is missing."""
    low = [place.number for place in places if place.level == 0]
    high = [node_number(place) for place in places if place.level > 0]
    leaves = dict(Leaf.objects.filter(number__in=low).values_list("number", "hash")) if low else {}
    nodes = dict(Node.objects.filter(number__in=high).values_list("number", "hash")) if high else {}
    return {place: bytes(leaves[place.number] if place.level == 0 else nodes[node_number(place)]) for place in places}
