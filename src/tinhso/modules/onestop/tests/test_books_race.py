"""The follow-up book closed by two while lines are entered: each line is in one book, and the closed one has no gap."""

from __future__ import annotations

import pytest
from tests.world import racing  # noqa: F401 - lent to the test here

from tinhso.base.refusals import Refusal
from tinhso.modules.onestop.actions import books, reception
from tinhso.modules.onestop.models import Dossier, YearBook
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.test_books import DESK, END

pytestmark = [pytest.mark.usefixtures("province"), pytest.mark.xdist_group("province")]


def told(act):
    """Do an act; return "done", or the code of its refusal."""
    try:
        act()
    except Refusal as no:
        return no.code
    return "done"


def test_two_close_the_book_while_two_lines_are_entered(racing):  # noqa: F811
    who = playing.cast()
    playing.accepted(who)
    codes = [playing.file(who.tu, at=END).code for _two in range(2)]
    acts = [
        lambda: books.close_book(DESK, 2022, actor=who.minh, at=END),
        lambda: books.close_book(DESK, 2022, actor=who.minh, at=END),
        *(lambda code=code: reception.accept_dossier(code, actor=who.lan, at=END) for code in codes),
    ]
    made = racing(len(acts), lambda which: told(acts[which]))
    assert sorted(made[:2]) == ["done", "onestop.book_closed"]
    assert made[2:] == ["done", "done"]
    closed = YearBook.objects.get(year=2022)
    lines = {
        year: sorted(Dossier.objects.filter(book_year=year).values_list("form_number", flat=True))
        for year in (2022, 2023)
    }
    assert lines[2022] == list(range(1, closed.lines + 1))
    assert lines[2023] == list(range(1, 4 - closed.lines))
