"""Two at once: a period is closed once, a dossier is added once."""

from __future__ import annotations

import pytest
from tests.quality.inventing import END, WORKER, YEAR, counted, invented
from tests.world import racing  # noqa: F401

from tinhso.kernel.journal.public import seal
from tinhso.law.quality.measured import total
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later
from tinhso.modules.quality import tasks
from tinhso.modules.quality.actions import keeping
from tinhso.modules.quality.actions.closing import PeriodClosed, close_period
from tinhso.modules.quality.models import Closing
from tinhso.modules.quality.queries.periods import read_period

pytestmark = [pytest.mark.usefixtures("province", "own_folders"), pytest.mark.xdist_group("province")]
DECEMBER = later(days=5)
NOVEMBER = read_period("2022-11", DECEMBER)


def test_a_period_closed_twice_at_once_is_closed_once(racing):  # noqa: F811
    while seal(DECEMBER):
        pass
    tasks.keep_measures(at=DECEMBER)
    minh = playing.official("minh")

    def close(_which):
        try:
            close_period(MINH_AN, NOVEMBER, actor=minh, at=DECEMBER)
        except PeriodClosed:
            return "no"
        return "yes"

    assert sorted(racing(2, close)) == ["no", "yes"]
    assert Closing.objects.count() == 1


def test_two_workers_who_measure_the_same_add_it_once(racing):  # noqa: F811
    rows = list(invented(40))
    racing(2, lambda _which: keeping.keep_measures(rows, actor=WORKER, at=END))
    assert counted(YEAR, END) == total(rows, END)
