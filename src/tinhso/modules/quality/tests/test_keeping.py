"""Sums that are kept agree with a full count, whatever happens to a dossier."""

from __future__ import annotations

import pytest
from tests.snapshot import with_province

from tinhso.kernel.casework.public import case_measures
from tinhso.law.quality.measured import Counts, total
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later
from tinhso.modules.quality.models import Case, Tally
from tinhso.modules.quality.queries.periods import read_period
from tinhso.modules.quality.queries.sums import gather, together

pytestmark = with_province


def test_what_happens_is_measured_within_one_run(who, count):
    count(later(0))
    code = playing.accepted(who)
    count(later(6))
    assert Case.objects.get(code=code).standing == "open"
    period = read_period("2022-11", later(6))
    assert gather(period, at=later(6))[MINH_AN].counts.open == 1
    whole = playing.returned(who)
    playing.ACTS["rate"](who, whole, later(20))
    count(later(21))
    counts = together(gather(period, at=later(21)).values()).counts
    assert (counts.received, counts.open, counts.in_time, counts.rated, counts.paper_filed) == (2, 1, 1, 1, 1)
    lent = case_measures()
    assert counts == total(lent.read(lent.walk("", 100)), later(21))
