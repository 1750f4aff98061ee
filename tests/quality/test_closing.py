"""Closing a period: once, by who leads it; what happens later stands beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden
from tinhso.kernel.journal.public import entries, seal
from tinhso.kernel.organisation.public import find_official
from tinhso.law.quality.indicators import RULES
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later
from tinhso.modules.quality import tasks
from tinhso.modules.quality.actions.closing import (
    NothingToClose,
    PeriodClosed,
    PeriodNotOver,
    PeriodOpen,
    StillMeasuring,
    close_period,
    reopen_period,
)
from tinhso.modules.quality.actions.points import enter_points
from tinhso.modules.quality.queries.figures import index_for, since
from tinhso.modules.quality.queries.periods import read_period
from tinhso.modules.quality.queries.rating import agency_nine, officials_nine

pytestmark = with_province
DECEMBER = later(days=5)
NOVEMBER = read_period("2022-11", DECEMBER)


@pytest.fixture
def auditor(own_folders, db):
    return playing.official(find_official("QN-052").account.username, at=DECEMBER)


def test_a_closed_period_stands_whatever_happens_later(who, count, auditor):
    count(later(0))
    code = playing.paid(who)
    count(DECEMBER)
    closing = close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    assert (closing.rules, closing.closed_by) == (RULES, who.minh.name)
    before = closing.figures
    playing.ACTS["return"](who, code, DECEMBER + timedelta(hours=1))
    playing.ACTS["rate"](who, playing.returned(who), DECEMBER + timedelta(hours=1))
    count(DECEMBER + timedelta(hours=2))
    found = index_for(MINH_AN, NOVEMBER, at=DECEMBER + timedelta(hours=2))
    assert found.closing.figures == before
    rows = {row["key"]: row for row in since(found.closing, found.index)}
    assert rows["2.1"]["numerator"] == 1
    assert found.facts.counts.received == 2
    assert not rows["2.1"]["changed"]  # 100 % still
    with pytest.raises(PeriodClosed):
        close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    with pytest.raises(Forbidden):
        reopen_period(MINH_AN, NOVEMBER, reason="x", actor=who.minh, at=DECEMBER)
    with pytest.raises(BadInput):
        reopen_period(MINH_AN, NOVEMBER, reason=" ", actor=auditor, at=DECEMBER)
    reopen_period(MINH_AN, NOVEMBER, reason="Hồ sơ đếm thiếu", actor=auditor, at=DECEMBER)
    with pytest.raises(PeriodOpen):
        reopen_period(MINH_AN, NOVEMBER, reason="again", actor=auditor, at=DECEMBER)
    again = close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    assert again.facts["counts"]["received"] == 2
    assert [line.event for line in entries(again.journal_subject)] == [
        "quality.period_closed", "quality.period_reopened", "quality.period_closed",
    ]  # fmt: skip


def test_what_was_done_in_the_period_is_measured_before_it_is_closed(who, count):
    count(later(0))
    playing.accepted(who)
    # the worker was away: first not sealed, then sealed and not measured
    with pytest.raises(StillMeasuring):
        close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    while seal(DECEMBER):
        pass
    with pytest.raises(StillMeasuring):
        close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    tasks.keep_measures(at=DECEMBER)
    # what happens after the period does not hold it up
    playing.ACTS["take"](who, Dossier.objects.get().code, DECEMBER)
    closing = close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    assert closing.facts["counts"]["received"] == 1


def test_who_may_close_and_when(who, count, auditor):
    with pytest.raises(NothingToClose):
        close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    count(DECEMBER)
    for stranger in (who.lan, who.hung, who.tu, auditor):
        with pytest.raises(Forbidden):
            close_period(MINH_AN, NOVEMBER, actor=stranger, at=DECEMBER)
    with pytest.raises(PeriodNotOver):
        close_period(MINH_AN, NOVEMBER, actor=who.minh, at=later(days=1))
    with pytest.raises(NothingToClose):
        close_period(MINH_AN, read_period("2022-05", DECEMBER), actor=who.minh, at=DECEMBER)


def test_the_nine_indices_are_counted_or_entered_with_evidence(who, count):
    count(later(0))
    playing.returned(who)
    count(later(30))
    found, rated = agency_nine(MINH_AN, NOVEMBER, at=DECEMBER)
    assert rated.nine.values[1] == 2
    assert rated.nine.missing == (2, 4, 5, 6, 7, 8, 9)
    assert rated.result == ""
    officials = {one.name: one for one in officials_nine(MINH_AN, NOVEMBER, at=DECEMBER)}
    assert who.ha.name in officials
    for number, value in ((2, "1,5"), (4, "2"), (5, "100"), (6, "2"), (7, "1"), (8, "95")):
        enter_points(MINH_AN, NOVEMBER, number, value, evidence="Biên bản 12", actor=who.minh, at=DECEMBER)
    tasks.count_offer(at=DECEMBER)
    found, rated = agency_nine(MINH_AN, NOVEMBER, at=DECEMBER)
    assert found.facts.offered is not None
    assert rated.nine.missing == ()
    assert (rated.nine.values[5], rated.nine.values[8], rated.nine.values[2]) == (2, 1, rated.entered[2].value)
    assert rated.result
    for number, value, evidence in ((1, "2", "x"), (4, "3", "x"), (4, "", "x"), (4, "NaN", "x"), (4, "1", " ")):
        with pytest.raises(BadInput):
            enter_points(MINH_AN, NOVEMBER, number, value, evidence=evidence, actor=who.minh, at=DECEMBER)
    with pytest.raises(Forbidden):
        enter_points(MINH_AN, NOVEMBER, 4, "2", evidence="x", actor=who.lan, at=DECEMBER)
