"""Which text forbids asking for a paper again, on which day, and for which reason it may be asked all the same."""

from __future__ import annotations

from datetime import date

import pytest

from tinhso.law.figures import FigureNotInForce
from tinhso.law.reuse import last_day, may_ask_again


@pytest.mark.parametrize(
    ("on", "source"),
    [
        (date(2019, 1, 1), "NĐ 61/2018/NĐ-CP Đ.5"),
        (date(2022, 11, 28), "NĐ 45/2020/NĐ-CP"),
        (date(2026, 7, 1), "NĐ 224/2026/NĐ-CP Đ.18 k.4"),
    ],
)
def test_the_text_of_the_day_forbids_it(on, source):
    answer = may_ask_again("missing", on=on)
    assert (answer.value, answer.steps[0].source, answer.steps[-1].source) == (False, source, source)


@pytest.mark.parametrize(
    ("reason", "may"),
    [("expired", True), ("unreadable", True), ("wrong", True), ("missing", False), ("unsigned", False), ("", False)],
)
def test_the_reasons_for_which_it_may_be_asked(reason, may):
    assert may_ask_again(reason, on=date(2026, 11, 23)).value is may


def test_before_the_mechanism_there_is_no_answer():
    with pytest.raises(FigureNotInForce):
        may_ask_again("missing", on=date(2010, 1, 1))


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2022, 1, 15), 12, date(2023, 1, 15)),
        (date(2022, 1, 15), 0, None),
    ],
)
def test_a_result_for_some_months_ends_on_the_day_of_the_same_number(issued, months, last):
    assert last_day(issued, months) == last
