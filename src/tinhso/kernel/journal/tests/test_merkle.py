from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.journal import merkle


def naive_root(leaves):
    """RFC 6962 §2.1, written as it stands there."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < n:
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves):
    """RFC 6962 §2.1.1."""
    n = len(leaves)
    if n == 1:
        return []
    k = 1
    while k * 2 < n:
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_consistency(m, leaves, whole=True):
    """RFC 6962 §2.1.2."""
    n = len(leaves)
    if m == n:
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*naive_consistency(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_consistency(m - k, leaves[k:], False), naive_root(leaves[:k])]


class Log:
    """A log in memory that keeps what the tables keep."""

    def __init__(self, contents):
        self.leaves = [merkle.leaf_hash(c) for c in contents]
        self.growth = merkle.Growth.of()
        for leaf in self.leaves:
            self.growth.add(leaf)

    def fetch(self, places):
        return {p: self.leaves[p.number] if p.level == 0 else self.growth.grown[merkle.node_number(p)] for p in places}


CONTENTS = [bytes([i]) * 32 for i in range(200)]
sizes = st.integers(1, 200)


@settings(max_examples=50, deadline=None)
@given(sizes, st.data())
def test_inclusion_agrees_with_the_rfc(size, data):
    index = data.draw(st.integers(0, size - 1))
    log = Log(CONTENTS[:size])
    path = merkle.resolve(merkle.inclusion_spans(index, size), log.fetch)
    assert log.growth.root == naive_root(CONTENTS[:size])
    assert path == naive_path(index, CONTENTS[:size])
    leaf = log.leaves[index]
    assert merkle.root_from_inclusion(leaf, index, size, path) == log.growth.root
    other = (index + 1) % size
    if other != index:
        assert merkle.root_from_inclusion(leaf, other, size, path) != log.growth.root
    for wrong in (path[:-1] if path else [leaf], [*path, leaf]):
        assert merkle.root_from_inclusion(leaf, index, size, wrong) != log.growth.root


@settings(max_examples=50, deadline=None)
@given(sizes, st.data())
def test_consistency_agrees_with_the_rfc(size, data):
    old = data.draw(st.integers(1, size))
    log = Log(CONTENTS[:size])
    proof = merkle.resolve(merkle.consistency_spans(old, size), log.fetch)
    old_root, root = naive_root(CONTENTS[:old]), naive_root(CONTENTS[:size])
    assert proof == naive_consistency(old, CONTENTS[:size])
    assert merkle.is_consistent(old, old_root, size, root, proof)
    assert not merkle.is_consistent(old, old_root[::-1], size, root, proof)
    assert not merkle.is_consistent(old, old_root, size, root[::-1], proof)
    assert not merkle.is_consistent(old, old_root, size, root, [*proof, root])


@settings(max_examples=50, deadline=None)
@given(sizes, st.data())
def test_growth_from_kept_peaks_is_the_same_log(size, data):
    cut = data.draw(st.integers(0, size))
    log = Log(CONTENTS[:size])
    grown = merkle.Growth.of(cut, [log.fetch([p])[p] for p in merkle.peaks(0, cut)])
    for leaf in log.leaves[cut:]:
        grown.add(leaf)
    assert grown.root == log.growth.root
    assert grown.grown == log.growth.grown[merkle.nodes_before(cut) :]
    assert len(log.growth.grown) == merkle.nodes_before(size)


def test_outside_of_the_log_there_is_no_proof():
    with pytest.raises(ValueError):
        merkle.inclusion_spans(3, 3)
    with pytest.raises(ValueError):
        merkle.consistency_spans(4, 3)
    assert merkle.root_from_inclusion(merkle.EMPTY, 3, 3, []) is None
    assert not merkle.is_consistent(0, merkle.EMPTY, 3, merkle.EMPTY, [])
