"""Successions as a pure function: who goes on, what is wrong with a set of links, figures that stay the same in sum."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.succession import (
    Flaw,
    Link,
    NoHeir,
    Undecided,
    flaws,
    regroup,
    regroup_back,
    shares_of,
    successor,
)

BEFORE, DAY = date(2025, 6, 30), date(2025, 7, 1)
HALF = Decimal("0.5")


def link(before, after, share="1", since=DAY):
    return Link(before, after, since, Decimal(share), "NQ 1659/NQ-UBTVQH15")


LINKS = [
    link("A", "X"),
    link("B", "X"),
    link("C", "X", "0.4"),
    link("C", "Y", "0.6"),
    link("0", "A", since=date(2025, 1, 1)),
]


@pytest.mark.parametrize(
    ("code", "on", "place", "decided", "heir", "why"),
    [
        ("A", BEFORE, "", "", "A", "same"),
        ("A", DAY, "", "", "X", "whole"),
        ("0", DAY, "", "", "X", "whole"),
        ("C", DAY, "Y", "X", "Y", "place"),
        ("C", DAY, "Z", "X", "X", "decided"),
        ("Y", DAY, "", "", "Y", "same"),
    ],
)
def test_one_goes_on_and_it_is_said_why(code, on, place, decided, heir, why):  # noqa: PLR0917 - a table
    found = successor(code, LINKS, on, place=place, decided=decided)
    assert (found.value, found.steps[0].code) == (heir, f"succession.{why}")


def test_what_nothing_tells_apart_is_nobodys_until_a_person_says():
    with pytest.raises(Undecided, match="divided among 2"):
        successor("C", LINKS, DAY, decided="Z")
    with pytest.raises(NoHeir):
        successor("P", [link("P", "Q"), link("Q", "P")], DAY)


@pytest.mark.parametrize(
    ("links", "ended", "living", "found"),
    [
        (LINKS, "ABC0", "XY", []),
        ([link("A", "X")], "A", "Y", [Flaw("X", "unknown")]),
        ([link("A", "X"), link("A", "Y")], "A", "XY", [Flaw("A", "shares", "2")]),
        ([link("A", "X", "0.3"), link("A", "Y", "0.3")], "A", "XY", [Flaw("A", "shares", "0.6")]),
        (
            [link("A", "B"), link("B", "A")],
            "AB",
            "",
            [Flaw("A", "cycle", "A → B → A"), Flaw("B", "cycle", "B → A → B")],
        ),
        ([link("A", "X")], "AB", "X", [Flaw("B", "heirless")]),
        ([link("A", "X")], "A", "AX", [Flaw("A", "reused")]),
    ],
)
def test_what_is_wrong_is_named(links, ended, living, found):
    assert flaws(links, ended=list(ended), living=list(living)) == found


def test_figures_of_before_by_units_of_now_and_back():
    old = {"A": 10, "B": 5, "C": 10}
    now = regroup(old, LINKS, DAY)
    assert {code: (one.counted, one.estimated) for code, one in now.items()} == {"X": (15, 4), "Y": (0, 6)}
    back = regroup_back({"X": 19, "Y": 6}, [one for one in LINKS if one.before != "0"], old, DAY)
    assert {code: one.value for code, one in back.items()} == old


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 1000), min_size=1),
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("VWXYZ"), min_size=1, max_size=4, unique=True))
    ),
)
def test_nothing_is_lost_or_made_whatever_was_divided(figures, split):
    taken = dict(split)
    links = []
    for before, heirs in taken.items():
        parts = [Decimal(1) / len(heirs)] * len(heirs)
        links += [Link(before, heir, DAY, part) for heir, part in zip(heirs, parts, strict=True)]
    for code in taken:
        assert abs(sum(shares_of(code, links, DAY).values()) - 1) < Decimal("0.001")
    now = regroup(figures, links, DAY)
    assert abs(sum(one.value for one in now.values()) - sum(figures.values())) < Decimal("0.01")
    back = regroup_back({code: one.value for code, one in now.items()}, links, figures, DAY)
    assert abs(sum(one.value for one in back.values()) - sum(figures.values())) < Decimal("0.01")
