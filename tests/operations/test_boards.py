"""Boards: figures against plain SQL, ranks, targets, the past, what a day changed, and who arranges them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils.translation import override
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.indicators.actions import keeping
from tinhso.kernel.indicators.models import Observation, ObservationVersion, Source, Target
from tinhso.kernel.indicators.public import get_indicator, readings
from tinhso.kernel.journal.public import entries
from tinhso.law.indicators import Standing
from tinhso.law.periods import read_period
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import HOI_AN, MINH_AN, later
from tinhso.modules.operations.actions.arranging import ArrangedMeanwhile, arrange
from tinhso.modules.operations.models import Board
from tinhso.modules.operations.queries import boards, figures, promised, shown, yesterday

pytestmark = with_province
PROVINCE, WORKER = "H47", system("worker")
NOVEMBER = read_period("2022-11")
RECEIVED, OVERDUE, IN_TIME, ONLINE = "mc.tiep_nhan", "mc.qua_han", "mc.dung_han", "mc.truc_tuyen"


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchone()[0]


@pytest.fixture
def played(who, count):
    count(later(0))
    playing.returned(who)
    playing.accepted(who)
    count(later(30))
    return who


def board_of(unit, at, **more):
    return boards.shown_for(boards.get_board(""), boards.unit_for(unit, at), NOVEMBER, at=at, **more)


def tiles_of(found):
    return {tile.indicator.code: tile for block in found.blocks for tile in block.tiles}


def test_figures_agree_with_a_plain_count_of_the_dossiers(played):
    for unit in (PROVINCE, HOI_AN, MINH_AN):
        tiles = tiles_of(board_of(unit, later(31)))
        received = sql(
            "SELECT COUNT(*) FROM onestop_dossier WHERE received_at IS NOT NULL AND agency_code LIKE %s", f"{unit}%"
        )
        assert tiles[RECEIVED].value == received == 2
        assert tiles[OVERDUE].value == 0
        # settled in time and open ones that are not late, of all that were received
        assert (tiles[IN_TIME].figure.above, tiles[IN_TIME].figure.beneath) == (2, 2)


def test_what_is_late_is_seen_with_why_and_the_worst_unit_first(played, count):
    at = later(days=60)
    count(at)
    found = boards.shown_for(boards.get_board(""), boards.unit_for(PROVINCE, at), NOVEMBER, at=at)
    block = found.blocks[0]
    late = sql(
        "SELECT COUNT(*) FROM onestop_dossier WHERE received_at IS NOT NULL AND finished_at IS NULL AND due_at < %s", at
    )
    assert tiles_of(found)[OVERDUE].value == late == 1
    assert [(each.unit.code, each.value) for each in block.places] == [(HOI_AN, 1)]
    opened = figures.opened(get_indicator(OVERDUE), boards.unit_for(HOI_AN, at), NOVEMBER, at=at)
    assert [number for _field, number in opened.reasons] == [1]
    assert [each["name"] for each in opened.places], "opens down to the ward"


def test_satisfaction_is_of_those_who_rated_and_without_them_there_is_none(played, count, who):
    assert tiles_of(board_of(PROVINCE, later(31)))["mc.hai_long"].value is None
    code = playing.returned(who)
    playing.ACTS["rate"](who, code, later(40))
    count(later(41))
    tile = tiles_of(board_of(PROVINCE, later(42)))["mc.hai_long"]
    assert (tile.value, tile.figure.beneath) == (100, 1)


def test_a_month_without_dossiers_has_no_share_and_that_is_not_nought(played):
    at = later(31)
    found = boards.shown_for(boards.get_board(""), boards.unit_for(PROVINCE, at), read_period("2022-03"), at=at)
    tile = tiles_of(found)[IN_TIME]
    assert tile.value is None
    with override("vi"):
        assert shown.amount(tile.indicator, tile.value) == "Chưa có số liệu"
    with override("en"):
        assert shown.amount(tile.indicator, tile.value) == "No figure"


def test_a_block_without_a_system_shows_what_a_document_said_with_its_year(played):
    at = datetime(2024, 5, 2, 9, tzinfo=CIVIL_ZONE)
    found = boards.shown_for(boards.get_board(""), boards.unit_for(PROVINCE, at), read_period("2024-05"), at=at)
    tile = tiles_of(found)["kh.wifi_thon"]
    assert (tile.value, tile.period.key) == (Decimal("55.48"), "2022")
    assert "KH 8793" in shown.source_words(tile)
    assert "kh.wifi_thon" in tiles_of(board_of(PROVINCE, later(31)))


def promise(code, value, period, **more):
    Target.objects.filter(indicator__code=code).delete()
    return Target.objects.create(
        indicator=get_indicator(code), unit=PROVINCE, period=period, value=value, source="NQ 33", by_name="-", at=later(0), **more
    )  # fmt: skip


def test_a_share_promised_for_a_year_holds_for_its_months_and_after_it(played):
    at = later(31)
    promise(IN_TIME, 95, "2022")
    assert tiles_of(board_of(PROVINCE, at))[IN_TIME].standing is Standing.MET
    promise(IN_TIME, 101, "2021", tolerance=Decimal("0.1"))
    tile = tiles_of(board_of(PROVINCE, at))[IN_TIME]
    assert (tile.standing, tile.target.period) == (Standing.NEAR, "2021")
    assert "2021" in shown.standing_words(tile)
    promise(IN_TIME, 95, "2023")
    assert tiles_of(board_of(PROVINCE, at))[IN_TIME].target is None, "a promise of years ahead is none yet"
    assert board_of(HOI_AN, at).blocks[0].tiles[0].target is None


def test_a_number_promised_for_a_year_says_nothing_of_a_month(played):
    at = later(31)
    promise(RECEIVED, 900, "2022")
    year = boards.shown_for(boards.get_board(""), boards.unit_for(PROVINCE, at), read_period("2022"), at=at)
    assert tiles_of(year)[RECEIVED].target.value == 900
    assert tiles_of(board_of(PROVINCE, at))[RECEIVED].target is None
    opened = figures.opened(get_indicator(RECEIVED), boards.unit_for(PROVINCE, at), NOVEMBER, at=at)
    assert (opened.forecast, opened.by) == (None, "")
    (row,) = [
        row
        for group in promised.by_text(boards.unit_for(PROVINCE, at), at=at)
        for row in group["rows"]
        if "900" in row["target"]
    ]
    assert row["value"].startswith("2 ")


def test_a_share_of_the_whole_is_asked_of_each_part_and_a_number_is_not(played, count):
    at = later(days=60)
    count(at)
    promise(OVERDUE, 0, "2022-11")
    found = boards.shown_for(boards.get_board(""), boards.unit_for(PROVINCE, at), NOVEMBER, at=at)
    assert [each.target for each in found.blocks[0].places] == [None]
    promise(IN_TIME, 95, "2022")
    opened = figures.opened(get_indicator(IN_TIME), boards.unit_for(PROVINCE, at), NOVEMBER, at=at)
    assert [each["chip"] for each in opened.places] == ["late"]


def test_a_month_that_is_over_is_kept_on_while_its_dossiers_are_settled(played, count):
    first, then = later(31), later(days=20)
    count(then)
    assert tiles_of(board_of(PROVINCE, then, as_of=first))[OVERDUE].value == 0
    assert tiles_of(board_of(PROVINCE, later(days=21), as_of=then))[OVERDUE].value == 1
    assert Observation.objects.filter(indicator__code=OVERDUE, unit=PROVINCE, source=Source.LENT).count() >= 3


def test_how_it_stood_on_a_past_day_is_what_was_kept_then(played, count):
    before = later(31)
    code = playing.returned(played)
    assert code
    at = later(days=2)
    assert count(at) > 0
    assert tiles_of(board_of(PROVINCE, at))[RECEIVED].value == 3
    assert tiles_of(board_of(PROVINCE, at, as_of=before))[RECEIVED].value == 2
    assert tiles_of(board_of(PROVINCE, at, as_of=later(-100)))[RECEIVED].value is None
    changed = {each.indicator.code: (each.before, each.after) for each in yesterday.figures_of(
        (at - timedelta(0)).astimezone(CIVIL_ZONE).date(), boards.unit_for(PROVINCE, at), boards.get_board(""), at=at)}  # fmt: skip
    assert changed[RECEIVED] == (2, 3)


def test_what_is_as_it_was_is_not_kept_twice(played, count):
    versions = ObservationVersion.objects.count()
    assert count(later(31)) == 0
    assert ObservationVersion.objects.count() == versions
    row = Observation.objects.get(indicator__code=RECEIVED, unit=PROVINCE, period="2022-11")
    assert (row.value, row.source, row.version) == (2, Source.LENT, 1)


def test_only_the_platform_keeps_what_is_counted(played):
    with pytest.raises(Forbidden):
        keeping.keep_lent(PROVINCE, actor=playing.official("lan", at=later(31)), at=later(31))


def test_acts_of_a_day_are_those_of_people(played):
    on = later(0).astimezone(CIVIL_ZONE).date()
    rows = yesterday.acts_of(on, boards.unit_for(PROVINCE, later(31)))
    told = {each.event: each.number for each in rows}
    first = datetime(on.year, on.month, on.day, tzinfo=CIVIL_ZONE)
    for event, number in told.items():
        counted = sql(
            "SELECT COUNT(*) FROM journal_entry WHERE event = %s AND at >= %s AND at < %s AND actor_kind <> 'system'",
            event, first, first + timedelta(days=1),
        )  # fmt: skip
        assert counted == number
    assert sum(number for event, number in told.items() if event.startswith("onestop.")) >= 4
    assert not [event for event in told if event.startswith("quality.measures")]


def test_a_board_costs_the_same_however_many_units_there_are(played, django_assert_max_num_queries):
    at = later(31)
    unit, board = boards.unit_for(PROVINCE, at), boards.get_board("")
    boards.shown_for(board, unit, NOVEMBER, at=at)
    with django_assert_max_num_queries(62):
        boards.shown_for(board, unit, NOVEMBER, at=at)


def test_promises_are_listed_by_text_with_what_is_to_be_expected(played):
    groups = promised.by_text(boards.unit_for(PROVINCE, later(31)), at=later(31))
    rows = {row["name"]: row for group in groups for row in group["rows"]}
    assert groups[0]["source"].startswith("NQ 33")
    assert len(rows) == 2
    assert all(row["said"] and row["sentence"] for row in rows.values())


def test_a_board_is_arranged_by_who_may_and_one_after_the_other(played):
    at = later(31)
    boss, clerk = playing.official("kiemtra", at=at), playing.official("lan", at=at)
    board = boards.get_board("")
    block = board.blocks[0]["code"]
    with pytest.raises(Forbidden):
        arrange(board.code, "remove", block, RECEIVED, seen=1, actor=clerk, at=at)
    row = arrange(board.code, "remove", block, RECEIVED, seen=board.version, actor=boss, at=at)
    assert RECEIVED not in row.blocks[0]["tiles"]
    with pytest.raises(ArrangedMeanwhile):
        arrange(board.code, "add", block, RECEIVED, seen=board.version, actor=boss, at=at)
    row = arrange(board.code, "add", block, RECEIVED, seen=row.version, actor=boss, at=at)
    assert row.blocks[0]["tiles"][-1] == RECEIVED
    row = arrange(board.code, "earlier", block, RECEIVED, seen=row.version, actor=boss, at=at)
    assert row.blocks[0]["tiles"][-2] == RECEIVED
    row = arrange(board.code, "later", block, RECEIVED, seen=row.version, actor=boss, at=at)
    assert row.blocks[0]["tiles"][-1] == RECEIVED
    row = arrange(board.code, "rank", block, RECEIVED, seen=row.version, actor=boss, at=at)
    assert row.blocks[0]["rank"] == RECEIVED
    for verb, indicator, fault in (("add", RECEIVED, BadInput), ("add", "khong.co", BadInput), ("remove", "khong.co", NotFound),
                                   ("burn", RECEIVED, NotFound)):  # fmt: skip
        with pytest.raises(fault):
            arrange(board.code, verb, block, indicator, seen=row.version, actor=boss, at=at)
    said = [each.facts["verb"] for each in entries(row.journal_subject) if each.event == "operations.board_arranged"]
    assert said == ["remove", "add", "earlier", "later", "rank"]
    assert Board.objects.get(pk=board.code).changed_by == boss.name


def test_a_figure_of_another_unit_or_time_is_not_found(played):
    with pytest.raises(NotFound):
        boards.unit_for("H99", later(31))
    with pytest.raises(NotFound):
        readings([get_indicator(RECEIVED)], "H99", NOVEMBER, at=later(31))
    assert date(2022, 11, 1) == NOVEMBER.first
