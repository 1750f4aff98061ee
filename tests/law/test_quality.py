"""The index of QĐ 766/QĐ-TTg, the nine indices and surveys, as pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.law.figures import FigureNotInForce
from tinhso.law.quality import nine
from tinhso.law.quality.indicators import KINDS, Facts, Offered, Procedures, band, index_of, points
from tinhso.law.quality.lift import PAPERS, Mend, Sort, change_of, mended, mends_of, pick_best, useful, with_counts
from tinhso.law.quality.measured import COUNTED, Channel, Counts, Measured, Standing, counts_of, total, verdict
from tinhso.law.quality.survey import Stratum, draw, quotas, shown_units, weighted, wilson
from tinhso.law.statistics import Supplement

DAY = date(2026, 1, 31)
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
START = datetime(2026, 1, 5, 2, tzinfo=UTC)
DUE = START + timedelta(days=10)


def one(**given):
    return Measured(**{"code": "x", "agency": "A", "service": "1", "received_at": START, "due_at": DUE} | given)


def days(number):
    return START + timedelta(days=number)


def finished(number, **given):
    return one(ended_at=days(number), is_over=True, **given)


def test_the_worked_example_of_the_sheet():
    """A commune, a month: 200 received, 60 % online, 90 % on time, 65 % digitised, 2 disliked."""
    counts = Counts(
        received=200, in_time=150, open=30, late=20, online=130, online_given=120, sync_known=200, synced=200,
        scan_known=200, scanned=130, disliked=2,
    )  # fmt: skip
    found = index_of(Facts(counts), on=DAY)
    assert (found.of("2.1").rate, found.of("2.1").points) == (Decimal("90.00"), Decimal("18.00"))
    assert found.of("3.3").rate == 60
    assert found.of("3.3").exact == found.of("3.3").maximum
    assert found.of("4.2").exact == Fraction(65, 80) * found.of("4.2").maximum
    assert (found.of("5.4").rate, found.of("5.4").points) == (Decimal("89.00"), Decimal("5.93"))
    slower = index_of(Facts(replace(counts, synced=190)), on=DAY)
    assert slower.of("3.3").rate == 57


SUPPLEMENTS = [
    ("settled before it is due", finished(9), Standing.IN_TIME, None),
    ("settled at the due moment", finished(10), Standing.IN_TIME, None),
    ("settled after it", finished(11), Standing.LATE, None),
    ("still open", one(), Standing.OPEN, DUE),
    ("asked, and never came: the moment of asking is the end", one(supplements=(Supplement(days(3)),)), Standing.IN_TIME, None),
    ("asked when it was late already", one(supplements=(Supplement(days(12)),)), Standing.LATE, None),
    ("asked twice", finished(9, supplements=(Supplement(days(1), days(2)), Supplement(days(3), days(4)))), Standing.LATE, None),
    ("asked twice and open", one(supplements=(Supplement(days(1), days(2)), Supplement(days(3)))), Standing.LATE, None),
    ("no due date, no limit", one(due_at=None), Standing.UNJUDGED, None),
    ("no due date, within the longest limit without the supplement",
     finished(13, due_at=None, longest=timedelta(days=10), supplements=(Supplement(days(2), days(6)),)), Standing.IN_TIME, None),
    ("no due date, beyond it", finished(15, due_at=None, longest=timedelta(days=10), supplements=(Supplement(days(2), days(6)),)),
     Standing.LATE, None),
    ("no due date, open", one(due_at=None, longest=timedelta(days=10), supplements=(Supplement(days(2), days(6)),)),
     Standing.OPEN, days(14)),
    ("ended before it was received: a clock that was set back", finished(-1), Standing.IN_TIME, None),
]  # fmt: skip


@pytest.mark.parametrize(("said", "measured", "standing", "turns"), SUPPLEMENTS, ids=[row[0] for row in SUPPLEMENTS])
def test_when_a_dossier_is_late(said, measured, standing, turns):
    told = verdict(measured)
    assert (told.standing, told.turns_late_at) == (standing, turns)


def test_the_end_of_the_period_stands_for_an_end_that_has_not_come():
    told = verdict(one())
    assert told.at(DUE) is Standing.OPEN
    assert told.at(DUE + timedelta(seconds=1)) is Standing.LATE


def test_nothing_counted_has_no_rate_and_no_points():
    found = index_of(Facts(), on=DAY)
    assert [each.exact for each in found.indicators] == [None] * len(KINDS)
    assert (found.share, found.measured, found.points) == (None, 0, 0)
    assert band(found.share, on=DAY) == ""
    assert all(each.steps for each in found.indicators)


def test_what_is_not_known_is_missing_and_not_nothing():
    unknown = total([finished(5) for _each in range(4)], AT)
    found = index_of(Facts(unknown), on=DAY)
    assert {each.kind.key for each in found.missing} >= {"1.1", "1.4", "4.2", "4.3", "4.4", "5.2"}
    known = total([finished(5, reused=False) for _each in range(4)], AT)
    assert index_of(Facts(known), on=DAY).of("4.3").points == 0


def test_there_was_no_index_before_its_day():
    with pytest.raises(FigureNotInForce):
        index_of(Facts(), on=date(2022, 6, 22))


def test_procedures_are_never_more_than_are_offered():
    facts = Facts(Counts(received=1), Procedures(used=9, used_online=9, with_fee=9), Offered(10, 4, 2, 10))
    assert index_of(facts, on=DAY).of("3.2").rate == 100


few = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
maybe = st.sampled_from([None, True, False])
moments = st.integers(-2, 40).map(days)
measured = st.builds(
    Measured,
    code=st.text("abc", min_size=1, max_size=3),
    agency=st.sampled_from(["A", "B", "C"]),
    service=st.sampled_from(["1", "2"]),
    received_at=st.integers(0, 5).map(days),
    channel=st.sampled_from(Channel),
    due_at=st.none() | moments,
    ended_at=st.none() | moments,
    supplements=st.lists(moments.map(lambda at: Supplement(at, at + timedelta(days=2))), max_size=3).map(tuple),
    gives_paper=maybe, result_file=maybe, component_file=maybe, reused=maybe, linked=maybe, synced=maybe, by_vneid=maybe,
    owes=maybe, paid_online=maybe, score=st.none() | st.integers(1, 5), is_over=st.booleans(),
)  # fmt: skip


@few
@given(st.lists(measured, max_size=12), moments)
def test_agencies_add_up_to_the_whole_and_figures_stay_in_bounds(rows, moment):
    parts = [total([row for row in rows if row.agency == agency], moment) for agency in "ABC"]
    whole = total(rows, moment)
    assert sum(parts, start=Counts()) == whole
    assert whole - whole == Counts()
    found = index_of(Facts(whole), on=DAY)
    for each in found.indicators:
        assert each.exact is None or 0 <= each.exact <= each.maximum
        assert each.ratio is None or each.ratio.numerator <= each.ratio.denominator
    assert 0 <= found.points <= found.measured <= 100


@few
@given(measured)
def test_each_count_of_a_dossier_is_one_or_none(row):
    counts = counts_of(row, AT)
    assert all(getattr(counts, name) in (0, 1) for name in COUNTED if name != "elapsed_seconds")
    assert counts.judged + counts.unjudged == 1
    assert counts.open_late <= counts.open


@few
@given(st.fractions(0, 100), st.integers(1, 20), st.none() | st.integers(1, 100))
def test_points_rise_with_the_rate_and_stop_at_the_maximum(rate, maximum, threshold):
    limit = Fraction(threshold) if threshold else None
    got = points(rate, Fraction(maximum), limit)
    assert 0 <= got <= maximum
    assert points(min(rate + 1, Fraction(100)), Fraction(maximum), limit) >= got
    assert points(limit or Fraction(100), Fraction(maximum), limit) == maximum


def sorts_of(rows, at):
    """Return the rows as sorts of one each."""
    return [Sort(change_of(row, (mends := useful(row, at=at)) & set(PAPERS)), Mend.HOLD in mends, 1) for row in rows]


def worth(rows, chosen, at):
    """Return what mending some rows and holding their dates brings: by hand, over the rows themselves."""
    better = [mended(row, useful(row, at=at)) if place in chosen else row for place, row in enumerate(rows)]
    held = sum(place in chosen and Mend.HOLD in useful(row, at=at) for place, row in enumerate(rows))
    let_go = with_counts(Facts(total(rows, at)), Counts(open_late=held))
    return index_of(Facts(total(better, at)), on=DAY).exact - index_of(let_go, on=DAY).exact


@few
@given(st.lists(measured, min_size=1, max_size=7), st.integers(1, 3))
def test_the_best_are_the_best_of_all_choices(rows, most):
    picks = pick_best(Facts(total(rows, AT)), sorts_of(rows, AT), most, on=DAY)
    chosen = {pick.sort for pick in picks}
    assert len(chosen) == len(picks) <= most
    brought = worth(rows, chosen, AT)
    assert sum((pick.points for pick in picks), start=Fraction()) == brought
    best = max(worth(rows, set(some), AT) for size in range(most + 1) for some in combinations(range(len(rows)), size))
    assert brought == best
    assert all(pick.points > 0 for pick in picks)


def test_past_a_threshold_another_lack_is_mended_first():
    """Alone a scan brings most; the second brings nothing more, as 80 % are reached with the first."""
    whole = [finished(5, component_file=True, gives_paper=True, result_file=True) for _n in range(15)]
    unscanned = [finished(5, component_file=False, gives_paper=True, result_file=True) for _n in range(4)]
    unpaid = [one(owes=True, paid_online=False, gives_paper=True, component_file=True, result_file=True)]
    rows = [*whole, *unscanned, *unpaid]
    picks = pick_best(Facts(total(rows, AT)), sorts_of(rows, AT), 3, on=DAY)
    assert 19 in {pick.sort for pick in picks}


def test_what_is_late_for_good_cannot_be_mended():
    assert mends_of(finished(20, gives_paper=True, result_file=True, component_file=True)) == frozenset()
    twice = one(supplements=(Supplement(days(1), days(2)), Supplement(days(3), days(4))))
    assert Mend.HOLD not in mends_of(twice)
    assert mends_of(finished(5, component_file=False, is_erased=True)) == frozenset()
    assert mends_of(finished(5, component_file=False)) == {Mend.COMPONENT}
    assert useful(one(), at=DUE) == {Mend.HOLD}
    assert useful(one(), at=DUE + timedelta(days=1)) == frozenset()


def test_holding_a_date_keeps_what_lateness_would_take():
    rows = [finished(5), finished(6), one(), finished(7)]
    facts = Facts(total(rows, days(8)))
    (pick,) = pick_best(facts, sorts_of(rows, days(8)), 20, on=DAY)
    late = with_counts(facts, Counts(open_late=1))
    assert pick.sort == 2
    assert pick.points == index_of(facts, on=DAY).exact - index_of(late, on=DAY).exact > 0


def test_mending_adds_what_the_dossier_would_add():
    lacking = finished(5, channel=Channel.ONLINE, gives_paper=True, result_file=False, component_file=True)
    assert change_of(lacking, [Mend.RESULT]) == Counts(paper_filed=1, scanned=1, online_given=1)


def test_the_nine_indices():
    counts = Counts(received=10, early=6, same_day=2, overdue=2, asked_once=2, asked_again=1, online=4)
    assert nine.total_time(counts) == Decimal("1.4")
    assert nine.contacts(counts) == Decimal("1.6")
    assert nine.online(Decimal(25), counts, on=DAY) == 2
    assert nine.online(Decimal(10), counts, on=DAY) == 0
    assert nine.online(None, counts, on=DAY) is None
    assert nine.total_time(Counts()) is None
    assert [nine.feedback(Decimal(share), on=DAY) for share in (100, 95, 90, 89)] == [2, 1, 1, 0]
    assert [nine.at_desk(Decimal(60), level, on=DAY) for level in ("province", "district", "commune")] == [2, 2, 0]
    with pytest.raises(ValueError, match="3"):
        nine.points_of(4, Decimal(3), "commune", on=DAY)


def test_no_rating_while_an_index_is_missing():
    values = {number: Decimal(2) for number in nine.TITLES}
    assert nine.rate_agency(nine.Nine(values), on=DAY) == "excellent"
    assert nine.rate_agency(nine.Nine(values | {6: None}), on=DAY) == ""
    assert nine.Nine(values | {6: None}).missing == (6,)
    own = {number: Decimal("0.9") for number in nine.OF_OFFICIALS}
    assert nine.rate_official(nine.Nine(own), on=DAY) == "mostly"


@few
@given(st.dictionaries(st.text(max_size=3), st.integers(0, 500), max_size=8), st.integers(0, 300))
def test_quotas_share_the_sample_and_nobody_is_asked_who_is_not_there(population, sample):
    found = quotas(population, sample)
    assert all(0 <= found[key] <= size for key, size in population.items())
    whole = sum(population.values())
    if sample:
        assert all(found[key] for key, size in population.items() if size)
    assert min(sample, whole) <= sum(found.values()) <= max(min(sample, whole), sample + len(population))


@few
@given(st.sets(st.text(max_size=6), max_size=30), st.integers(0, 40))
def test_a_draw_is_the_same_whoever_draws(keys, number):
    drawn = draw("seed", "s", keys, number)
    assert drawn == draw("seed", "s", sorted(keys, reverse=True), number)
    assert len(drawn) == min(number, len(keys)) == len(set(drawn))
    assert draw("seed", "s", keys, number + 1)[:number] == drawn


@few
@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share(answers, data):
    yes = data.draw(st.integers(0, answers))
    low, high = wilson(yes, answers)
    assert 0 <= low <= yes / answers <= high <= 1
    assert low < high


def test_strata_weigh_as_in_the_population():
    found = weighted([Stratum(900, 10, 9), Stratum(100, 10, 0), Stratum(50, 0, 0)])
    assert found.value == pytest.approx(0.81)
    assert found.answers == 20
    assert weighted([Stratum(10, 0, 0)]) is None


def test_units_with_few_answers_are_hidden_and_not_told_by_subtraction():
    assert shown_units({"a": 50, "b": 12, "c": 3}, least=10) == {"a"}
    assert shown_units({"a": 50, "b": 12, "c": 3, "d": 2}, least=10) == {"a", "b"}
    assert shown_units({"a": 50, "b": 12}, least=10) == {"a", "b"}
