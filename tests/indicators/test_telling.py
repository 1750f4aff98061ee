"""A figure from the one who tells it to the one who approves it; what is wrong with it, said; every version kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.indicators.conftest import AT
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.identity.public import Account, actor_for
from tinhso.kernel.indicators.actions.deciding import NotYet
from tinhso.kernel.indicators.actions.telling import (
    AlreadyDecided,
    ChangedMeanwhile,
    NotMeasured,
    NotThisPeriod,
    UnitEnded,
    number_of,
)
from tinhso.kernel.indicators.models import Observation, ObservationVersion, Source, State, Target
from tinhso.kernel.indicators.public import (
    approve,
    figure_of,
    get_indicator,
    history_of,
    publish,
    reckon_for,
    return_told,
    set_target,
    submit,
    tell,
    withdraw,
)
from tinhso.kernel.indicators.queries import target_of
from tinhso.kernel.journal.public import dispatch, entries
from tinhso.kernel.organisation.models import Agency
from tinhso.kernel.organisation.public import touch
from tinhso.law.indicators import Direction, Standing, standing
from tinhso.law.periods import read_period

pytestmark = with_province
RECEIVED, ONLINE, SHARE, IN_TIME = "dvc.tiep_nhan", "dvc.truc_tuyen", "dvc.ty_le_truc_tuyen", "dvc.dung_han"
MINH_AN, HOI_AN, PROVINCE = "H47.32.20", "H47.32", "H47"
YEAR = read_period("2022")
WORKER = system("worker")


def told(actor, code=RECEIVED, value="1.000", unit=MINH_AN, seen=0, **more):
    return tell(code, unit, "2022", {"value": value, **more}, seen=seen, actor=actor, at=AT)


def counted(who, boss, code=RECEIVED, value="1.000", **more):
    row = told(who, code, value, **more)
    submit(row.pk, seen=1, actor=who, at=AT)
    return approve(row.pk, seen=2, actor=boss, at=AT)


def test_a_figure_is_told_handed_in_approved_and_published(ha, boss):
    row = told(ha, value="1.234,5")
    assert (row.value, row.state, row.version) == (Decimal("1234.5"), State.DRAFT, 1)
    submit(row.pk, seen=1, actor=ha, at=AT)
    approve(row.pk, seen=2, actor=boss, at=AT)
    row = publish(row.pk, seen=3, actor=boss, at=AT)
    assert (row.state, row.version) == (State.PUBLISHED, 4)
    kept = ObservationVersion.objects.filter(observation=row).order_by("version")
    assert [(one.version, one.state, one.by_name) for one in kept] == [
        (1, "draft", ha.name), (2, "submitted", ha.name), (3, "approved", boss.name), (4, "published", boss.name),
    ]  # fmt: skip
    assert [each.event for each in entries(row.journal_subject)][:2] == ["indicators.told", "indicators.submitted"]
    assert figure_of(get_indicator(RECEIVED), MINH_AN, YEAR).value == Decimal("1234.5")


def test_a_draft_is_no_figure_and_what_is_withdrawn_is_none_any_more(ha, boss):
    indicator = get_indicator(RECEIVED)
    row = told(ha)
    assert figure_of(indicator, MINH_AN, YEAR).value is None
    submit(row.pk, seen=1, actor=ha, at=AT)
    approve(row.pk, seen=2, actor=boss, at=AT)
    assert history_of(indicator, MINH_AN, until=AT.date()) == [row]
    with pytest.raises(BadInput):
        withdraw(row.pk, " ", seen=3, actor=boss, at=AT)
    withdraw(row.pk, "Đếm hai lần", seen=3, actor=boss, at=AT)
    assert figure_of(indicator, MINH_AN, YEAR).value is None
    assert history_of(indicator, MINH_AN, until=AT.date()) == []
    again = told(ha, value="990", seen=4)
    assert (again.pk, again.state, again.version) == (row.pk, State.DRAFT, 5)


def test_it_is_given_back_with_a_reason_and_mended(ha, boss):
    row = told(ha)
    with pytest.raises(NotYet):
        approve(row.pk, seen=1, actor=boss, at=AT)
    submit(row.pk, seen=1, actor=ha, at=AT)
    return_told(row.pk, "Thiếu tháng 12", seen=2, actor=boss, at=AT)
    assert ObservationVersion.objects.get(observation=row, version=3).note == "Thiếu tháng 12"
    assert told(ha, value="1.100", seen=3).value == 1100


def test_nobody_decides_on_what_they_told_nor_tells_for_others(ha, minh, boss):
    row = told(minh)
    submit(row.pk, seen=1, actor=minh, at=AT)
    with pytest.raises(Forbidden):
        approve(row.pk, seen=2, actor=minh, at=AT)
    with pytest.raises(Forbidden):
        approve(row.pk, seen=2, actor=ha, at=AT)
    with pytest.raises(Forbidden):
        told(ha, unit=HOI_AN)
    with pytest.raises(Forbidden):
        told(replace(ha, scopes=frozenset({"dossier:read"})), code=ONLINE)
    with pytest.raises(Forbidden):
        approve(row.pk, seen=2, actor=replace(boss, scopes=frozenset({"indicators:write"})), at=AT)


def test_two_who_change_it_at_once_the_second_is_told(ha, boss):
    row = told(ha)
    with pytest.raises(ChangedMeanwhile):
        told(ha, value="2")
    submit(row.pk, seen=1, actor=ha, at=AT)
    approve(row.pk, seen=2, actor=boss, at=AT)
    with pytest.raises(ChangedMeanwhile):
        approve(row.pk, seen=2, actor=boss, at=AT)
    with pytest.raises(AlreadyDecided):
        told(ha, value="2", seen=3)


@pytest.mark.parametrize(
    ("period", "unit", "error"),
    [
        ("2022-Q1", MINH_AN, NotThisPeriod), ("2030", MINH_AN, NotThisPeriod), ("năm", MINH_AN, NotThisPeriod),
        ("2022", "H47.99.99", NotFound), ("2022", "H47.32.20.01", NotMeasured),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_with_a_sentence(ha, period, unit, error):
    if unit == "H47.32.20.01":
        indicator = get_indicator(RECEIVED)
        indicator.levels = ["district"]
        indicator.save()
        unit = MINH_AN
    with pytest.raises(error) as no:
        tell(RECEIVED, unit, period, {"value": "1"}, actor=ha, at=AT)
    assert str(no.value)


def test_text_in_a_number_is_said_at_its_field(ha):
    with pytest.raises(BadInput) as no:
        told(ha, value="khoảng 1000")
    (fault,) = no.value.faults
    assert (fault.pointer, fault.code) == ("/value", "number")
    assert "khoảng 1000" in str(fault.text)
    assert not Observation.objects.filter(indicator__code=RECEIVED).exists()


def test_a_ratio_has_two_numbers_or_none(ha):
    row = told(ha, IN_TIME, "", above="241", below="235")
    assert (row.above, row.below, row.value) == (241, 235, Decimal("1.025531915"))
    for above, below in (("1", ""), ("", "1"), ("1", "0"), ("-1", "2")):
        with pytest.raises(BadInput):
            told(ha, IN_TIME, "", above=above, below=below, seen=1)
    assert told(ha, IN_TIME, "", above="", below="", seen=1).value is None


def test_figures_of_units_make_one_and_those_who_told_nothing_are_named(ha, boss):
    indicator = get_indicator(RECEIVED)
    counted(ha, boss, value="1.000")
    found = figure_of(indicator, HOI_AN, YEAR)
    assert found.value == 1000
    assert not found.is_whole
    assert MINH_AN not in found.missing
    assert len(found.missing) >= 1
    whole = figure_of(indicator, PROVINCE, YEAR)
    assert whole.value == 1000
    assert len(whole.missing) > 200
    down = next(each for each in whole.below if each.unit == HOI_AN)
    assert next(each for each in down.below if each.unit == MINH_AN).told.value == 1000


def test_what_a_unit_told_itself_stands_before_what_is_made_of_others(ha, boss):
    counted(ha, boss, value="1.000")
    # as the platform writes it
    row = Observation.objects.create(
        indicator=get_indicator(RECEIVED), unit=HOI_AN, period="2022", first=YEAR.first, value=5000, state=State.APPROVED,
        source=Source.LENT, at=AT,
    )  # fmt: skip
    found = figure_of(get_indicator(RECEIVED), HOI_AN, YEAR)
    assert (found.value, found.told) == (5000, row)
    assert figure_of(get_indicator(RECEIVED), PROVINCE, YEAR).value == 5000


def test_a_figure_costs_the_same_however_many_units_there_are(ha, boss, django_assert_max_num_queries):
    indicator = get_indicator(RECEIVED)
    counted(ha, boss)
    # what the organisation remembers between two acts is looked up before: only the figure itself is counted
    figure_of(indicator, PROVINCE, YEAR)
    with django_assert_max_num_queries(4):
        figure_of(indicator, PROVINCE, YEAR)


def test_what_depends_on_a_figure_is_reckoned_and_withdrawn_with_it(ha, boss):
    counted(ha, boss, RECEIVED, "400")
    assert reckon_for([RECEIVED], MINH_AN, YEAR, actor=WORKER, at=AT)[SHARE].missing
    assert not Observation.objects.filter(indicator__code=SHARE).exists()
    online = counted(ha, boss, ONLINE, "300")
    reckon_for([ONLINE], MINH_AN, YEAR, actor=WORKER, at=AT)
    share = Observation.objects.get(indicator__code=SHARE)
    assert (share.value, share.state, share.source, share.version) == (75, State.APPROVED, Source.FORMULA, 1)
    reckon_for([ONLINE], MINH_AN, YEAR, actor=WORKER, at=AT)
    share.refresh_from_db()
    assert share.version == 1, "as it was: nothing is written"
    withdraw(online.pk, "Sai", seen=3, actor=boss, at=AT)
    reckon_for([ONLINE], MINH_AN, YEAR, actor=WORKER, at=AT)
    share.refresh_from_db()
    assert (share.value, share.state) == (None, State.WITHDRAWN)
    assert ONLINE in ObservationVersion.objects.get(observation=share, version=2).note


def test_a_share_of_a_city_is_the_share_of_its_sums(ha, boss):
    other = next(row.code for row in Agency.objects.filter(parent_code=HOI_AN, level="commune") if row.code != MINH_AN)
    for code, here, there in ((RECEIVED, 100, 300), (ONLINE, 90, 30)):
        for unit, value in ((MINH_AN, here), (other, there)):
            Observation.objects.create(
                indicator=get_indicator(code), unit=unit, period="2022", first=YEAR.first, value=value, state=State.APPROVED,
                at=AT,
            )  # fmt: skip
    found = figure_of(get_indicator(SHARE), HOI_AN, YEAR)
    # 120 of 400, not the mean of 90 % and 10 %
    assert found.value == 30
    assert [(str(each), figure.value) for each, figure in found.inputs] == [(ONLINE, 120), (RECEIVED, 400)]
    assert found.missing, "the other wards told nothing"
    assert figure_of(get_indicator(SHARE), PROVINCE, YEAR).value == 30


def test_the_journal_has_it_reckoned(ha, boss):
    counted(ha, boss, RECEIVED, "400")
    online = counted(ha, boss, ONLINE, "300")
    for _round in range(3):
        while dispatch(at=AT):
            pass
    assert Observation.objects.get(indicator__code=SHARE).value == 75
    withdraw(online.pk, "Sai", seen=3, actor=boss, at=AT)
    while dispatch(at=AT):
        pass
    assert Observation.objects.get(indicator__code=SHARE).state == State.WITHDRAWN


def test_a_division_by_nought_gives_no_figure_and_says_why(ha, boss):
    counted(ha, boss, RECEIVED, "0")
    counted(ha, boss, ONLINE, "0")
    made = reckon_for([RECEIVED, ONLINE], MINH_AN, YEAR, actor=WORKER, at=AT)
    assert (made[SHARE].value, made[SHARE].problem) == (None, "zero")
    assert not Observation.objects.filter(indicator__code=SHARE).exists()


def test_what_was_promised_is_kept_with_its_text_and_may_be_of_years_ahead(boss):
    leader = playing_leader()
    with pytest.raises(BadInput):
        set_target(SHARE, PROVINCE, "2025", "80", source="", actor=leader, at=AT)
    with pytest.raises(Forbidden):
        set_target(SHARE, PROVINCE, "2025", "80", source="NQ 33/2020/NQ-HĐND", actor=boss, at=AT)
    set_target(SHARE, PROVINCE, "2025", "80", source="NQ 33/2020/NQ-HĐND", actor=leader, at=AT)
    set_target(SHARE, PROVINCE, "2025", "85,5", source="KH 8793/KH-UBND", actor=leader, at=AT)
    found = target_of(get_indicator(SHARE), PROVINCE, read_period("2025"))
    assert (found.value, found.source) == (Decimal("85.5"), "KH 8793/KH-UBND")
    assert Target.objects.filter(indicator__code=SHARE).count() == 2
    assert standing(Decimal(80), found.value, Direction.UP) is Standing.MISSED


def playing_leader():
    for account in Account.objects.exclude(official_id=None):
        actor = actor_for(account, assurance="password+totp", level=2, at=AT)
        if actor.has_role_for_province("leader"):
            return actor
    raise AssertionError("nobody leads the province")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("", None), ("  ", None), ("1.462.488", "1462488"), ("55,73", "55.73"), ("1.234,5", "1234.5"), ("1234.5", "1234.5"),
        ("1.234", "1234"), ("0.5", "0.5"), ("12.34", "12.34"), ("-3,5", "-3.5"), ("1 234 567", "1234567"), ("1234567", "1234567"),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(typed, number):
    assert number_of(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "typed",
    ["abc", "1,2,3", "1.23.456", "1.234.56", "12%", "1e9", "--1", "1.2345,6", "٣", "9" * 19, ",", ".", "1..2", "NaN"],
)
def test_what_is_no_number_is_said(typed):
    with pytest.raises(ValueError, match=r".*"):
        number_of(typed)


@given(st.integers(-(10**15), 10**15))
def test_a_number_with_its_thousands_parted_is_the_same(number):
    assert number_of(f"{number:,}".replace(",", ".")) == number
    assert (
        number_of(f"{number:,}".replace(",", ".") + ",25") == (number + Decimal("0.25") * (-1 if number < 0 else 1))
        or number == 0
    )


def test_a_unit_that_ended_is_named_with_who_took_over(ha):
    Agency.objects.filter(code=MINH_AN).update(valid_to=datetime(2022, 6, 30, tzinfo=CIVIL_ZONE).date())
    touch()
    with pytest.raises(UnitEnded, match="30/06/2022"):
        told(ha)
