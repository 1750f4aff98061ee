from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tinhso.kernel.organisation import public
from tinhso.kernel.organisation.tests.packs import AT, NGHICH, QUANG_NAM, copy, edit, load, load_settings
from tinhso.law.working_time import OFFICE_HOURS
from tinhso.web.look import NEUTRAL, theme_faults

pytestmark = pytest.mark.django_db


def test_before_any_pack_there_is_a_neutral_province_and_office_hours() -> None:
    assert public.province().name == "Tỉnh Số"
    assert public.province().settings == {}
    assert public.look("vi") == NEUTRAL
    calendar = public.calendar_for(None, date(2024, 6, 3))
    assert calendar.hours_on(date(2024, 6, 3)) == OFFICE_HOURS[0]
    assert calendar.hours_on(date(2024, 4, 30)) == ()


def test_what_the_pages_print_comes_in_both_languages() -> None:
    load_settings(QUANG_NAM)
    vi, en = public.look("vi"), public.look("en-gb")
    assert (vi.portal, vi.hotline, vi.tokens) == ("Cổng Dịch vụ công tỉnh Quảng Nam", "1022", {})
    assert (en.portal, en.authority) == (
        "Quang Nam Public Service Portal", "People's Committee of Quang Nam Province",
    )  # fmt: skip


def test_the_colours_of_nghich_are_its_own_and_can_be_read() -> None:
    load(NGHICH)
    tokens = public.look("en").tokens
    assert tokens["son-700"] == "#0b4c70"
    assert theme_faults(tokens) == []


def test_settings_are_those_in_force_that_day() -> None:
    load_settings(QUANG_NAM)
    assert public.province(date(2023, 5, 1)).settings["statutes"]["base"][1] == "NĐ 107/2021/NĐ-CP"
    assert public.province(date(2021, 5, 1)).settings["statutes"]["base"][1] == "TT 01/2018/TT-VPCP"
    assert public.province(date(2018, 1, 1)).settings["deadline"] == {}
    now = public.province(date(2023, 5, 1))
    assert (now.code, now.short, now.tiers) == ("H47", "Quảng Nam", ("province", "district", "commune"))
    assert now.settings["dossier_code"]["pattern"] == "{agency}-{yymmdd}-{n:4}"
    assert now.role_title("processor", "vi") == "Chuyên viên thụ lý"


def test_a_new_version_of_the_settings_holds_from_its_day(tmp_path: Path) -> None:
    pack = copy(tmp_path)
    load(pack)
    edit(pack, "province.yaml", "valid_from: 2022-01-01", "valid_from: 2025-01-01")
    edit(pack, "province.yaml", 'number: "19009000"', 'number: "19009111"')
    (change,) = load(pack, at=AT + timedelta(days=100)).changes
    assert str(change) == "+ province Y90"
    numbers = [public.province(day).settings["hotline"]["number"] for day in (date(2024, 12, 31), date(2025, 1, 1))]
    assert numbers == ["19009000", "19009111"]
    assert public.province().settings["hotline"]["number"] == "19009111"


def test_hours_holidays_and_the_days_a_province_decides() -> None:
    load(NGHICH)
    calendar = public.calendar_for(None, datetime(2026, 3, 2, 2, tzinfo=UTC))
    saturday, monday = date(2026, 3, 7), date(2026, 3, 9)
    assert calendar.hours_on(saturday) == ((time(8), time(12)),)
    assert calendar.hours_on(monday) == ((time(9, 30), time(17)),)
    assert calendar.hours_on(date(2026, 4, 30)) == ()  # a national holiday, whatever the province does
    for day in (date(2026, 3, 16), date(2026, 3, 17)):
        assert calendar.hours_on(day) == ()
        assert calendar.special_day(day).source == "Nghich 4/2022"
    assert calendar.hours_on(date(2026, 3, 22)) == ((time(9, 30), time(12, 30)),)  # a Sunday worked in lieu


def test_an_agency_with_its_own_hours_and_those_below_it() -> None:
    load(NGHICH)
    on = date(2026, 3, 10)
    own = public.calendar_for("Y90.3", on)
    assert own.hours_on(on) == ((time(12), time(20)),)
    assert own.hours_on(date(2026, 3, 9)) == ()
    assert own.hours_on(date(2026, 3, 16)) == ()
    assert public.calendar_for("Y90.7.1", on).hours_on(on) == ((time(9, 30), time(17)),)
    assert public.calendar_for("no such code", on).hours_on(on) == ((time(9, 30), time(17)),)


def test_a_calendar_is_made_once_for_all_days_and_agencies_that_share_it(django_assert_num_queries) -> None:
    load(NGHICH)
    on = date(2026, 3, 10)
    first = public.calendar_for("Y90.7", on)
    public.province(on)
    with django_assert_num_queries(1):
        assert public.calendar_for("Y90.7", on) is first
    with django_assert_num_queries(1):
        public.province(on)
    assert public.calendar_for("Y90.8.1", date(2025, 1, 7)) is first
    assert public.calendar_for("Y90.3", on) is not first


def test_what_is_remembered_is_forgotten_when_anything_changes(tmp_path: Path) -> None:
    pack = copy(tmp_path)
    load(pack)
    on = date(2026, 3, 10)
    before = public.calendar_for(None, on), public.province(on).settings["deadline"]["cutoff"]
    edit(pack, "calendar.yaml", 'tue: [["09:30", "17:00"]]', 'tue: [["10:30", "17:00"]]')
    edit(pack, "province.yaml", 'cutoff: "11:00"', 'cutoff: "12:00"')
    load(pack)
    assert (before[0].hours_on(on)[0][0], before[1]) == (time(9, 30), "11:00")
    assert public.calendar_for(None, on).hours_on(on)[0][0] == time(10, 30)
    assert public.province(on).settings["deadline"]["cutoff"] == "12:00"
