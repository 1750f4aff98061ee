"""Sums that are kept agree with a full count, whatever happens to a dossier and to its agency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.quality.inventing import END, WORKER, YEAR, counted, invented, kept
from tests.snapshot import with_province
from tests.world import at_now  # noqa: F401

from tinhso.base import clock
from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.casework.public import case_measures
from tinhso.law.quality.lift import PAPERS, Mend, Sort, change_of, pick_best, useful
from tinhso.law.quality.measured import KEPT, Counts, total
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import HOI_AN, MINH_AN, later
from tinhso.modules.quality import tasks
from tinhso.modules.quality.actions import keeping
from tinhso.modules.quality.models import Case, Share, Tally
from tinhso.modules.quality.queries.cases import NO, YES, behind
from tinhso.modules.quality.queries.figures import index_for, scope_of, table_for
from tinhso.modules.quality.queries.kept import wrong_sums
from tinhso.modules.quality.queries.lifting import lift_for
from tinhso.modules.quality.queries.measuring import news
from tinhso.modules.quality.queries.periods import Period, read_period
from tinhso.modules.quality.queries.sums import by_field, gather

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
    assert count(later(21)) == 1
    counts = counted(period, later(21))
    assert (counts.received, counts.open, counts.in_time, counts.rated, counts.paper_filed) == (2, 1, 1, 1, 1)
    lent = case_measures()
    assert counts == total(lent.read(lent.walk("", 100)), later(21))
    assert counts.vneid == 2
    assert Share.objects.filter(received=1).count() >= 2
    # nothing new: nothing is written
    assert count(later(22)) == 0


def test_what_was_there_before_is_counted_once(who, count):
    codes = [playing.accepted(who), playing.stopped(who), playing.withdrawn(who)]
    assert count(later(days=41)) == 2  # the withdrawn one was never received
    assert set(Case.objects.values_list("code", flat=True)) == set(codes[:2])
    assert tasks.keep_measures(at=later(days=42)) == 0
    assert wrong_sums() == []


def test_a_dossier_that_changes_agency_is_counted_there_and_no_longer_here(who, count):
    count(later(0))
    code = playing.accepted(who)
    count(later(6))
    Dossier.objects.filter(code=code).update(agency_code=HOI_AN)
    playing.ACTS["take"](who, code, later(7))
    count(later(8))
    parts = gather(read_period("2022-11", later(8)), at=later(8))
    assert parts[HOI_AN].counts.received == 1
    assert MINH_AN not in parts or parts[MINH_AN].counts == Counts()
    assert wrong_sums() == []


def test_erasing_changes_no_figure(who, count):
    count(later(0))
    code = playing.returned(who)
    count(later(20))
    before = Case.objects.filter(code=code).values().get()
    Dossier.objects.filter(code=code).update(erased_at=later(30), components=[])
    Dossier.objects.get(code=code).files.all().delete()
    lent = case_measures()
    assert news(lent.read([code]), later(40)) == []
    keeping.keep_measures(lent.read([code]), actor=WORKER, at=later(40))
    assert Case.objects.filter(code=code).values().get() == before
    assert lent.contacts([code]) == {}


def test_sums_agree_with_a_full_count_over_any_range(province, db):
    rows = kept(invented(300))
    for period in (
        YEAR,
        read_period("2024-Q2", END),
        Period(date(2024, 2, 10), date(2024, 5, 3)),
        Period(date(2024, 3, 5), date(2024, 3, 9)),
    ):
        inside = [row for row in rows if period.first <= row.received_at.astimezone(CIVIL_ZONE).date() <= period.last]
        assert counted(period, END) == total(inside, period.moment(END)), period
        fields = by_field(period, at=END, codes=sorted({row.agency for row in rows}))
        assert sum(fields.values(), start=Counts()) == total(inside, period.moment(END))
    changed = [replace(row, agency="H47.16", score=1) for row in rows[:50]]
    keeping.keep_measures(changed, actor=WORKER, at=END)
    assert wrong_sums() == []
    assert counted(YEAR, END) == total([*changed, *rows[50:]], END)
    kept_before = sorted(
        Tally.objects.exclude(received=0).values_list("span", "first", "agency_code", "service_code", *KEPT)
    )
    keeping.rebuild_sums(actor=WORKER, at=END)
    assert sorted(Tally.objects.values_list("span", "first", "agency_code", "service_code", *KEPT)) == kept_before
    assert wrong_sums() == []


def test_a_province_counts_all_below_and_a_successor_what_it_took_over(province, db):
    rows = kept(invented(120))
    whole = total(rows, END)
    assert index_for("H47", YEAR, at=END).facts.counts == whole
    # H47.48 was merged into H47.38 on 01/01/2025, its commune went to H47.38.25
    old = index_for("H47.38", YEAR, at=END)
    assert old.facts.counts == total([row for row in rows if row.agency == "H47.38.25"], END)
    spanning = Period(date(2024, 1, 1), date(2025, 3, 31))
    new = index_for("H47.38", spanning, at=END)
    taken = [row for row in rows if row.agency in ("H47.38.25", "H47.48", "H47.48.20")]
    assert new.facts.counts == total(taken, spanning.moment(END))
    assert set(new.taken_over) == {"H47.48", "H47.48.20"}
    table = {one.agency.code: one for one in table_for("H47", spanning, at=END)}
    assert table["H47"].facts.counts == total(rows, spanning.moment(END))
    assert table["H47.38"].index.points == new.index.points
    assert sum(table[code].facts.counts.received for code in ("H47.16", "H47.32", "H47.38")) == 120


def test_the_dossiers_behind_a_figure_are_as_many_as_it_says(province, db):
    kept(invented(200))
    index = index_for("H47", YEAR, at=END).index
    _agency, codes = scope_of("H47", YEAR, END)
    for key in ("2.1", "3.3", "3.6", "4.1", "4.2", "4.5b"):
        ratio = index.of(key).ratio
        found = [listed(key, codes, which) for which in ("", YES, NO)]
        assert [len(rows) for rows in found] == [
            ratio.denominator,
            ratio.numerator,
            ratio.denominator - ratio.numerator,
        ], key
        assert len({row.code for row in found[0]}) == len(found[0])


def listed(key, codes, which):
    rows, after = [], ""
    while True:
        page = behind(key, codes, YEAR, which=which, at=END, after=after, limit=37)
        rows += page.rows
        after = page.after
        if not after:
            return rows


def test_the_best_twenty_are_those_of_a_full_search(province, db, monkeypatch):
    rows = kept(invented(70, agency="H47.16"))
    known = {row.code: row for row in rows}
    lent = replace(case_measures(), read=lambda codes: [known[code] for code in codes])
    monkeypatch.setattr("tinhso.modules.quality.queries.lifting.case_measures", lambda: lent)
    at = datetime(2024, 12, 20, tzinfo=CIVIL_ZONE)
    found = index_for("H47.16", YEAR, at=at)
    best = lift_for(found, ["H47.16"], at=at)
    assert len({each.measured.code for each in best.rows}) == 20
    soon = at + timedelta(days=7)
    # the same over every dossier, none left out, each a sort of its own
    every = []
    for row in rows:
        mends = useful(row, at=at)
        every.append(Sort(change_of(row, mends & set(PAPERS)), Mend.HOLD in mends and row.due_at < soon, 1))
    picks = pick_best(found.facts, every, 20, on=YEAR.last)
    assert best.together == sum(pick.points for pick in picks)
    assert [each.points for each in best.rows] == [pick.points for pick in picks]
    assert best.lost == found.facts.counts.late


def test_the_command_finds_what_is_wrong(who, count, at_now, capsys):  # noqa: F811
    count(later(0))
    playing.accepted(who)
    count(later(6))
    call_command("quality", "check")
    Tally.objects.filter(span="d").update(received=7)
    with pytest.raises(CommandError, match="1 sums"):
        call_command("quality", "check")
    call_command("quality", "rebuild")
    call_command("quality", "again")
    assert "agree" in capsys.readouterr().out
    assert clock.now()


def test_a_page_sends_the_same_few_statements_however_many_dossiers(province, db):
    def statements():
        for read in (index_for, table_for):
            with CaptureQueriesContext(connection) as seen:
                read("H47", YEAR, at=END)
            yield len(seen.captured_queries)

    kept(invented(10, agency="H47.16"))
    list(statements())  # what is remembered of the organisation is read once
    few = list(statements())
    kept(invented(300))
    list(statements())
    # two more for agencies that were closed, however many
    assert all(now <= before + 2 for now, before in zip(statements(), few, strict=True))
    assert max(few) <= 10
