"""After the load: figures of before compare with those of after, and citizens find their dossiers where they are now."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from tests.reform.test_da_nang import AFTER, HOI_AN_NEW, played  # noqa: F401 - lent to the tests here
from tests.snapshot import with_province

from tinhso.kernel.organisation.models import Agency, Succession
from tinhso.kernel.organisation.reform.queries import compared
from tinhso.kernel.organisation.reform_models import Reform
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing

pytestmark = with_province


def test_figures_of_before_by_the_units_of_after_are_the_sums_of_what_became_them(played):  # noqa: F811
    figures = Counter(str(row["agency_code"]) for row in played.rows.values())
    assert len(figures) > 1
    reform = Reform.objects.get()
    found = compared(reform, figures)
    # once more, by the rows of the succession alone: whole predecessors of the day of the reform
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for code, number in figures.items():
        heirs = Succession.objects.filter(predecessor=code, valid_from=reform.effective, withdrawn_at=None)
        shares = {row.successor: row.share if row.share is not None else Decimal(1) for row in heirs} or {
            code: Decimal(1)
        }
        for heir, share in shares.items():
            wanted[heir] += number * share
    assert {code: each.value for code, each in found.items() if each.value} == {
        code: number for code, number in wanted.items() if number
    }
    assert sum(each.value for each in found.values()) == sum(figures.values())
    # of the divided city a share is estimated, and said to be: what was counted whole stands apart
    assert found[HOI_AN_NEW].counted == sum(n for code, n in figures.items() if code.startswith("H47.32."))
    assert found[HOI_AN_NEW].estimated > 0
    # by the units of before nothing has changed: what was counted there stands
    back = compared(reform, figures, by_old=True)
    assert {code: each.value for code, each in back.items() if each.value} == dict(figures)


def test_a_figure_of_after_is_divided_among_the_units_of_before_and_loses_nothing(played):  # noqa: F811
    reform = Reform.objects.get()
    figures = {"H47.32.20": 30, HOI_AN_NEW: 90}
    back = compared(reform, figures, by_old=True)
    assert sum(each.value for each in back.values()) == 120
    assert back["H47.32.20"].counted >= 30


def test_who_has_a_dossier_in_flight_finds_it_where_it_is_now(played, monkeypatch):  # noqa: F811
    monkeypatch.setattr("tinhso.base.clock.now", lambda: AFTER)
    living = {row.code: row.name for row in Agency.objects.on(AFTER.date())}
    for name in ("filed", "taken", "waiting", "proposed"):
        code = played.codes[name]
        page = Client().get(reverse("onestop:track", args=[code]))
        assert page.status_code == 200, name
        now = Dossier.objects.get(code=code).agency_code
        assert now in living
        assert living[now] in page.content.decode(), name


def test_programs_and_people_are_offered_living_agencies_only(played, monkeypatch):  # noqa: F811
    monkeypatch.setattr("tinhso.base.clock.now", lambda: AFTER)
    living = set(Agency.objects.on(AFTER.date()).values_list("code", flat=True))
    answer = Client().get("/api/agencies", {"service": playing.COPY})
    codes = {row["code"] for row in answer.json()["items"]}
    assert HOI_AN_NEW in codes
    assert sorted(codes - living) == []
