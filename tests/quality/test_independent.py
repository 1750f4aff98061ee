"""Figures against a count of another hand: plain loops over made-up dossiers, by the words of the sheet, with no code of ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from tests.quality.inventing import WORKER, YEAR
from tests.snapshot import with_province

from tinhso.base.clock import CIVIL_ZONE
from tinhso.law.quality.measured import Channel, Measured
from tinhso.law.statistics import Supplement
from tinhso.modules.quality.actions import keeping
from tinhso.modules.quality.queries.cases import NO, YES, behind
from tinhso.modules.quality.queries.figures import fields_for, index_for, scope_of, table_for
from tinhso.modules.quality.queries.kept import wrong_sums
from tinhso.modules.quality.queries.periods import Period, read_period

pytestmark = with_province
AGENCIES = ("H47.32.20", "H47.32.21", "H47.16", "H47.38.25")
DAY = timedelta(days=1)
EDGES = (
    datetime(2023, 12, 31, 23, 59, 59, 999999, CIVIL_ZONE), datetime(2024, 1, 1, tzinfo=CIVIL_ZONE),
    datetime(2024, 3, 31, 23, 59, 59, tzinfo=CIVIL_ZONE), datetime(2024, 4, 1, 0, 0, 1, tzinfo=CIVIL_ZONE),
    datetime(2024, 12, 31, 23, 59, 59, tzinfo=CIVIL_ZONE), datetime(2025, 1, 1, tzinfo=CIVIL_ZONE),
    datetime(2024, 2, 29, 23, 30, tzinfo=CIVIL_ZONE),
)  # fmt: skip
"""Where a day, a quarter and a year turn: in UTC it is still, or already, another day."""


def dossier(chance: Random, place: int) -> Measured:
    """Return a dossier of any fate: settled, late, waiting, withdrawn, stopped, without a limit, at the edge of a year."""
    start = chance.choice([*EDGES, *(EDGES[1] + DAY * chance.randrange(366) for _n in range(14))])
    start += timedelta(microseconds=0 if chance.random() < 0.5 else 1) if start.hour != 23 else timedelta()
    fate = chance.choice(["settled", "settled", "settled", "open", "withdrawn", "stopped", "waiting"])
    ended = (
        start + timedelta(hours=chance.randrange(1, 24 * 12)) if fate in ("settled", "withdrawn", "stopped") else None
    )
    supplements = [
        Supplement(start + DAY * (1 + n), start + DAY * (2 + n)) for n in range(chance.choice([0, 0, 0, 1, 1, 2]))
    ]
    if fate == "waiting":
        supplements.append(Supplement(start + timedelta(hours=chance.randrange(24 * 8)), None))
    due = chance.choice([start + DAY * 5, start + DAY * 5, start + DAY * 40, None])
    return Measured(
        code=f"Q{place:05}", agency=chance.choice(AGENCIES), service=f"1.0{chance.randrange(4)}",
        field=chance.choice(["Đất đai", "Hộ tịch"]), received_at=start, channel=chance.choice(list(Channel)),
        due_at=due, longest=DAY * 6 if due is None and chance.random() < 0.5 else None, ended_at=ended,
        supplements=tuple(supplements), gives_paper=chance.choice([True, True, False, None]),
        result_file=chance.choice([True, False]), component_file=chance.choice([True, False, None]),
        reused=chance.choice([True, False, None]), linked=chance.choice([True, False, None]),
        synced=chance.choice([True, False, None]), by_vneid=chance.choice([True, False, None]),
        owes=chance.choice([True, False, None]), paid_online=chance.choice([True, False]),
        score=chance.choice([None, None, 1, 2, 3, 5]), is_over=fate == "settled",
    )  # fmt: skip


def by_hand(rows, first, last, at):
    """Return numerator and denominator of each indicator, as the sheet words it."""
    closing = min(at, datetime(last.year, last.month, last.day, tzinfo=CIVIL_ZONE) + DAY)
    inside = [one for one in rows if first <= one.received_at.astimezone(CIVIL_ZONE).date() <= last]
    good, late, judged = 0, 0, 0
    for one in inside:
        told = fate_of(one, closing)
        judged += told is not None
        good += told is True
        late += told is False

    def share(counted, known):
        return sum(map(bool, map(counted, inside))), sum(map(bool, map(known, inside)))

    synced, sync_known = share(lambda one: one.synced, lambda one: one.synced is not None)
    factor = Fraction(synced, sync_known) if sync_known else Fraction(1)
    given = sum(one.channel is Channel.ONLINE and (one.result_file or one.gives_paper is False) for one in inside)
    papers = [one for one in inside if one.gives_paper]
    scans = [one for one in inside if one.component_file is not None and one.gives_paper is not None]
    scanned = [one for one in scans if one.component_file and (one.result_file or not one.gives_paper)]
    disliked = sum(one.score in (1, 2) for one in inside)
    content = None
    if inside and judged:
        content = max(1 - Fraction(late, judged) - Fraction(disliked, len(inside)), Fraction(0))
    return {
        "1.4": ratio(synced, sync_known),
        "2.1": ratio(good, judged),
        "3.3": Fraction(given, len(inside)) * factor if inside else None,
        "3.6": ratio(*share(lambda one: one.owes and one.paid_online, lambda one: one.owes)),
        "4.1": ratio(sum(bool(one.result_file) for one in papers), len(papers)),
        "4.2": ratio(len(scanned), len(scans)),
        "4.3": ratio(*share(lambda one: one.reused, lambda one: one.reused is not None)),
        "4.4": ratio(*share(lambda one: one.linked, lambda one: one.linked is not None)),
        "4.5b": ratio(*share(lambda one: one.by_vneid, lambda one: one.by_vneid is not None)),
        "5.4": content,
    }


def ratio(counted, known):
    return Fraction(counted, known) if known else None


def fate_of(one, closing):
    """Return whether it is on time: None where nobody can tell."""
    if len(one.supplements) > 1:
        return False
    if one.due_at is None and one.longest is None:
        return None
    end = one.ended_at
    asked = one.supplements[0] if one.supplements else None
    if asked and asked.completed_at is None:
        end = min(end, asked.asked_at) if end else asked.asked_at
    if end is None:
        end = closing
    waited = timedelta()
    if asked and asked.completed_at and asked.asked_at < end:
        waited = min(asked.completed_at, end) - asked.asked_at
    if one.due_at is not None:
        return end <= one.due_at
    return end - one.received_at - waited <= one.longest


PERIODS = (
    YEAR, read_period("2024-Q1", EDGES[0]), read_period("2024-02", EDGES[0]), read_period("2023-12", EDGES[0]),
    Period(date(2024, 3, 31), date(2024, 4, 1)), Period(date(2023, 12, 31), date(2025, 1, 1)),
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_agree_with_a_count_by_hand(province, db, seed):
    chance = Random(seed)
    rows = [dossier(chance, place) for place in range(240)]
    half = datetime(2024, 7, 1, 9, tzinfo=CIVIL_ZONE)
    keeping.keep_measures(rows, actor=WORKER, at=half)
    # some move to another agency, some are voted on, some are erased afterwards: those stay as they were
    moved = [replace(one, agency=chance.choice(AGENCIES), score=chance.choice([1, 5])) for one in rows[:40]]
    gone = [replace(one, component_file=None, is_erased=True) for one in rows[40:60]]
    keeping.keep_measures([*moved, *gone], actor=WORKER, at=half)
    rows[:40] = moved
    assert wrong_sums() == []
    for period in PERIODS:
        for at in (half, datetime(2025, 3, 1, tzinfo=CIVIL_ZONE)):
            for code in ("H47", *AGENCIES):
                own = [one for one in rows if code in ("H47", one.agency)]
                check(index_for(code, period, at=at), by_hand(own, period.first, period.last, at), (code, period.key))


def check(found, wanted, said):
    for key, rate in wanted.items():
        one = found.index.of(key)
        assert (one.ratio.rate if one.ratio else None) == (None if rate is None else 100 * rate), (key, *said)
        # points: nothing where nothing is known, never more than all
        assert (one.exact is None) == (rate is None), (key, *said)
        assert one.exact is None or 0 <= one.exact <= one.maximum


@pytest.mark.parametrize("key", ["1.4", "2.1", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b", "5.4"])
def test_the_list_behind_a_figure_is_the_figure(province, db, key):
    chance = Random(7)
    keeping.keep_measures([dossier(chance, place) for place in range(200)], actor=WORKER, at=EDGES[5])
    at = datetime(2024, 7, 1, 9, tzinfo=CIVIL_ZONE)
    for period in PERIODS:
        for code in ("H47", "H47.16"):
            one = index_for(code, period, at=at).index.of(key)
            _agency, codes = scope_of(code, period, at)
            sizes = [len(behind(key, codes, period, which=which, at=at, limit=999).rows) for which in ("", YES, NO)]
            assert sizes[0] == sizes[1] + sizes[2]
            if key != "5.4":
                shown = (one.ratio.denominator, one.ratio.numerator) if one.ratio else (0, 0)
                assert tuple(sizes[:2]) == shown, (key, period.key, code)


def test_fields_add_up_and_none_has_more_late_than_open(province, db):
    """A procedure whose field was renamed is told under one name, in sums and in lists of what is open alike."""
    chance = Random(5)
    rows = [dossier(chance, place) for place in range(200)]
    keeping.keep_measures(rows, actor=WORKER, at=EDGES[5])
    at = datetime(2024, 12, 20, tzinfo=CIVIL_ZONE)
    whole = index_for("H47", YEAR, at=at).facts.counts
    fields = fields_for("H47", YEAR, at=at)
    assert sum((counts for _name, counts, _index in fields), start=type(whole)()) == whole
    for name, counts, _index in fields:
        assert counts.open_late <= counts.open, name
        assert index_for("H47", YEAR, at=at, of=name).facts.counts == counts
        assert table_for("H47", YEAR, at=at, of=name)[0].facts.counts == counts
