"""Which cells may be shown: none that is small, and every record is either shown or counted as left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.law.disclosure import SMALLEST_CELL, large_cells, left_out

cells = st.dictionaries(st.text(max_size=3), st.integers(1, 20))


@given(cells, st.integers(2, 12))
def test_no_small_cell_is_shown_and_nothing_is_lost(counts, least):
    kept = large_cells(counts, least=least)
    assert all(counts[cell] >= least for cell in kept)
    assert sum(counts[cell] for cell in kept) + left_out(counts, least=least) == sum(counts.values())


def test_five_are_enough_and_four_are_not():
    assert SMALLEST_CELL == 5
    assert large_cells({"a": 5, "b": 4}) == {"a"}


def test_a_cell_of_one_hides_nobody():
    with pytest.raises(ValueError, match="one"):
        large_cells({"a": 1}, least=1)
