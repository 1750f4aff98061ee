"""Figures that no dossier tells: entered with evidence, approved by another, summed over a year, kept when a period is closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now  # noqa: F401

from tinhso.base.refusals import BadInput, Forbidden
from tinhso.kernel.organisation.public import find_official
from tinhso.law.quality.indicators import REPORTED
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later
from tinhso.modules.quality import tasks
from tinhso.modules.quality.actions.closing import close_period
from tinhso.modules.quality.actions.reporting import FigureDecided, decide_figure, report_figure
from tinhso.modules.quality.models import Progress, Reported
from tinhso.modules.quality.queries.figures import index_for, table_for
from tinhso.modules.quality.queries.periods import read_period

pytestmark = with_province
DECEMBER = later(days=5)
NOVEMBER = read_period("2022-11", DECEMBER)


@pytest.fixture
def auditor(who):
    return playing.official(find_official("QN-052").account.username, at=DECEMBER)


def say(actor, *, key="5.2", part="1.234", whole="2 000", period=NOVEMBER, evidence="Biên bản 12"):
    return report_figure(MINH_AN, period, key, part, whole, evidence=evidence, actor=actor, at=DECEMBER)


def test_it_counts_when_another_approves_it(who, count, auditor):
    count(later(0))
    playing.accepted(who)
    count(DECEMBER)
    assert index_for(MINH_AN, NOVEMBER, at=DECEMBER).index.of("5.2").exact is None
    row = say(who.minh)
    assert (row.numerator, row.denominator) == (1234, 2000)
    assert index_for(MINH_AN, NOVEMBER, at=DECEMBER).index.of("5.2").exact is None
    with pytest.raises(Forbidden):
        decide_figure(row.pk, is_approved=True, actor=who.minh, at=DECEMBER)
    with pytest.raises(Forbidden):
        decide_figure(row.pk, is_approved=True, actor=who.lan, at=DECEMBER)
    with pytest.raises(BadInput):
        decide_figure(row.pk, is_approved=False, reason=" ", actor=auditor, at=DECEMBER)
    decide_figure(row.pk, is_approved=True, actor=auditor, at=DECEMBER)
    one = index_for(MINH_AN, NOVEMBER, at=DECEMBER).index.of("5.2")
    assert (str(one.rate), one.ratio.denominator) == ("61.70", 2000)
    assert table_for(MINH_AN, NOVEMBER, at=DECEMBER)[0].index.of("5.2") == one
    with pytest.raises(FigureDecided):
        decide_figure(row.pk, is_approved=False, reason="sai", actor=auditor, at=DECEMBER)
    # it stands until another is approved, and a closed period keeps it
    again = say(who.minh, part="2000")
    assert index_for(MINH_AN, NOVEMBER, at=DECEMBER).index.of("5.2") == one
    closing = close_period(MINH_AN, NOVEMBER, actor=who.minh, at=DECEMBER)
    decide_figure(again.pk, is_approved=True, actor=auditor, at=DECEMBER)
    assert closing.facts["reported"] == {"5.2": [1234, 2000]}
    assert str(index_for(MINH_AN, NOVEMBER, at=DECEMBER).index.of("5.2").rate) == "100.00"
    assert sorted(Reported.objects.values_list("state", flat=True)) == ["approved", "replaced"]


def test_what_is_no_figure_is_refused(who):
    for wrong in (
        {"key": "2.1"}, {"part": "3000"}, {"part": "x"}, {"whole": "0", "part": "0"}, {"whole": "-5"}, {"part": "1,5"},
        {"evidence": " "}, {"period": read_period("2023-01", DECEMBER)}, {"whole": "9" * 12},
    ):  # fmt: skip
        with pytest.raises(BadInput):
            say(who.minh, **wrong)
    with pytest.raises(Forbidden):
        say(who.lan)
    assert not Reported.objects.exists()


def test_a_year_is_the_ratio_of_sums_and_missing_where_a_month_is(who, auditor):
    quarter = read_period("2022-Q3", DECEMBER)
    for month, part in (("07", "1"), ("08", "10"), ("09", "9")):
        row = say(
            who.minh, part=part, whole="10" if month != "08" else "100", period=read_period(f"2022-{month}", DECEMBER)
        )
        if month == "09":
            assert index_for(MINH_AN, quarter, at=DECEMBER).index.of("5.2").exact is None
        decide_figure(row.pk, is_approved=True, actor=auditor, at=DECEMBER)
    ratio = index_for(MINH_AN, quarter, at=DECEMBER).index.of("5.2").ratio
    assert (ratio.numerator, ratio.denominator) == (20, 120)
    # as it was entered for the quarter itself goes before the sum of its months
    row = say(who.minh, part="30", whole="120", period=quarter)
    decide_figure(row.pk, is_approved=True, actor=auditor, at=DECEMBER)
    assert index_for(MINH_AN, quarter, at=DECEMBER).index.of("5.2").ratio.numerator == 30
    assert index_for("H47", quarter, at=DECEMBER).index.of("5.2").exact is None


def test_the_rate_of_synchronised_dossiers_is_a_factor_of_filing_online(who, count, auditor):
    count(later(0))
    playing.returned(who)
    count(DECEMBER)
    row = say(who.minh, key="1.4", part="1", whole="2")
    decide_figure(row.pk, is_approved=True, actor=auditor, at=DECEMBER)
    index = index_for(MINH_AN, NOVEMBER, at=DECEMBER).index
    assert [str(index.of(key).rate) for key in ("1.4", "3.3")] == ["50.00", "50.00"]


def test_on_the_page_it_is_entered_and_approved(who, count, auditor, at_now):  # noqa: F811
    count(later(0))
    at_now(DECEMBER)
    path = f"/chat-luong/co-quan/{MINH_AN}/chi-so/5.3/"
    minh, inspector = (
        come_in(Client(headers={"accept-language": "vi"}), account_of(name), at=DECEMBER, level=2)
        for name in ("minh", find_official("QN-052").account.username)
    )
    for given in ({}, {"numerator": "9", "denominator": "12", "evidence": "Sổ theo dõi"}):
        assert minh.post(f"{path}nhap/?ky=2022-11", given).status_code == 302
    row = Reported.objects.get()
    page = minh.get(f"{path}?ky=2022-11").content.decode()
    assert "Sổ theo dõi" in page
    assert f"/so-lieu/{row.pk}/" not in page
    assert f"/so-lieu/{row.pk}/" in inspector.get(f"{path}?ky=2022-11").content.decode()
    for given in ({"verb": "refuse"}, {"verb": "approve"}):
        assert inspector.post(f"/chat-luong/so-lieu/{row.pk}/", given).status_code == 302
    assert str(index_for(MINH_AN, NOVEMBER, at=DECEMBER).index.of("5.3").rate) == "75.00"
    for key in REPORTED:
        assert minh.get(f"/chat-luong/co-quan/{MINH_AN}/chi-so/{key}/?ky=2022-11").status_code == 200


def test_measures_of_an_earlier_version_are_measured_anew(who, count):
    count(later(0))
    playing.accepted(who)
    count(later(6))
    Progress.objects.update(version=0)
    assert tasks.keep_measures(at=later(7)) == 0  # nothing had changed but the version
    progress = Progress.objects.get()
    assert (progress.version > 0, progress.built_at) == (True, later(7))
    assert progress.built_at > later(6) - timedelta(days=1)
