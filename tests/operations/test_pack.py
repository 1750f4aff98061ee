"""Boards, targets and reported figures of a pack: what is wrong is named with file and line, what is arranged stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.kernel.indicators.models import Observation, ObservationVersion, Target
from tinhso.kernel.indicators.pack import IndicatorsPart
from tinhso.kernel.organisation.pack import Pack
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.operations.actions.arranging import arrange
from tinhso.modules.operations.actions.pack import BoardsPart
from tinhso.modules.operations.models import Board

pytestmark = with_province
PROVINCES = Path(__file__).resolve().parents[2] / "provinces"
BOARD, FIGURES = "boards/tinh.yaml", "indicators/dieu-hanh.yaml"
LOADER = system("loader")


@pytest.fixture
def pack(tmp_path):
    """Return a function that gives the pack with some words of a file put in place of others."""

    def make(name="", old="", new=""):
        folder = tmp_path / "quang-nam"
        for each in ("boards", "indicators"):
            shutil.copytree(PROVINCES / "quang-nam" / each, folder / each, dirs_exist_ok=True)
        if name:
            text = (folder / name).read_text()
            assert old in text
            (folder / name).write_text(text.replace(old, new, 1))
        return Pack(folder, later(0))

    return make


@pytest.mark.parametrize(
    ("part", "change", "says"),
    [
        (BoardsPart, (BOARD, "rank: mc.qua_han", "rank: mc.qua_hạn"), "mc.qua_hạn"),
        (BoardsPart, (BOARD, "mc.giai_quyet", "mc.khong_co"), "mc.khong_co"),
        (BoardsPart, (BOARD, "code: kinh-te", "code: dich-vu-cong"), "dich-vu-cong"),
        (BoardsPart, (BOARD, "icon: file-stack", "icons: file-stack"), "icon"),
        (IndicatorsPart, (FIGURES, "query: quality.overdue", "query: quality.late"), "quality.overdue"),
        (IndicatorsPart, (FIGURES, "indicator: mc.hai_long", "indicator: mc.khong_co"), "mc.khong_co"),
        (IndicatorsPart, (FIGURES, "unit: H47, period: 2025, value: 50", 'unit: H47, period: "2025-13", value: 50'), "2025-13"),
        (IndicatorsPart, (FIGURES, "unit: H47, period: 2022, value: 55.48", 'unit: H47, period: "2022-03", value: 55.48'), "2022-03"),
        (IndicatorsPart, (FIGURES, "value: 55.48", "value: nhiều"), "nhiều"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_file(pack, part, change, says):
    assert list(part().check(pack())) == []
    faults = list(part().check(pack(*change)))
    assert faults
    assert any(says in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert all(change[0] in str(fault) for fault in faults)


def test_what_was_arranged_stays_until_the_pack_says_another_board(db, pack):
    at = later(5)
    boss = playing.official("kiemtra", at=at)
    board = Board.objects.get(pk="tinh")
    arrange("tinh", "remove", board.blocks[0]["code"], "mc.so_hoa", seen=board.version, actor=boss, at=at)
    assert list(BoardsPart().plan(pack())) == []
    BoardsPart().apply(pack(), actor=LOADER, at=at)
    assert "mc.so_hoa" not in Board.objects.get(pk="tinh").blocks[0]["tiles"]
    changed = pack(BOARD, "order: 10", "order: 11")
    assert [each.key for each in BoardsPart().plan(changed)] == ["tinh"]
    BoardsPart().apply(changed, actor=LOADER, at=at)
    row = Board.objects.get(pk="tinh")
    assert "mc.so_hoa" in row.blocks[0]["tiles"]
    assert (row.order, row.changed_by) == (11, "")


def test_a_second_load_writes_nothing_and_what_somebody_set_is_theirs(db, pack):
    at = later(5)
    assert list(IndicatorsPart().plan(pack())) == []
    versions = ObservationVersion.objects.count()
    row = Target.objects.get(indicator__code="mc.hai_long", is_current=True)
    Target.objects.filter(pk=row.pk).update(source="QĐ của Chủ tịch", value=95)
    new = pack(FIGURES, "value: 90", "value: 91")
    IndicatorsPart().apply(new, actor=LOADER, at=at)
    assert Target.objects.get(indicator__code="mc.hai_long", is_current=True).value == 95
    assert ObservationVersion.objects.count() == versions
    assert Observation.objects.get(indicator__code="kh.wifi_thon", unit="H47").period == "2022"
    newer = pack(FIGURES, "value: 50, tolerance", "value: 55, tolerance")
    IndicatorsPart().apply(newer, actor=LOADER, at=at)
    found = Target.objects.filter(indicator__code="mc.truc_tuyen")
    assert [(each.value, each.is_current) for each in found.order_by("at")] == [(50, False), (55, True)]
