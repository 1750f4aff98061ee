"""Service results of the month: every figure from real dossiers, none without them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import translation
from tests.snapshot import with_province

from tinhso.base.actors import ANONYMOUS
from tinhso.modules.onestop.actions import rating
from tinhso.modules.onestop.models import Dossier, SupplementRequest
from tinhso.modules.onestop.queries import results
from tinhso.modules.onestop.tests import playing

pytestmark = with_province
NOVEMBER = date(2022, 11, 1)


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()
    yield
    cache.clear()


def asked(at):
    request = RequestFactory().get("/")
    request.at, request.actor = at, ANONYMOUS
    return request


def count(at=None):
    return results.count_results(NOVEMBER, at=at or playing.later(days=1))


def test_no_dossiers_no_figures(who):
    assert results.panel(asked(playing.later())) == {}


def test_figures_of_the_month(who, django_assert_num_queries):
    playing.give_key(who.minh)
    code = playing.returned(who)
    playing.accepted(who)
    playing.refused(who)
    rating.rate_dossier(code, score=4, aspects={}, comment="", actor=who.tu, at=playing.later(30))
    with django_assert_num_queries(4):
        found = count()
    assert (found.received, found.online, found.judged, found.on_time) == (2, 2, 1, 1)
    assert (found.ratings, found.score) == (1, Decimal(4))


def test_a_result_after_its_due_moment_is_late(who):
    playing.give_key(who.minh)
    late = Dossier.objects.get(code=playing.returned(who))
    Dossier.objects.filter(pk=late.pk).update(due_at=late.finished_at - timedelta(minutes=1))
    assert (count().judged, count().on_time) == (1, 0)


def test_asked_for_papers_twice_counts_as_late(who):
    """QĐ 766/QĐ-TTg, index 2.1: but a question asked before reception does not count."""
    playing.give_key(who.minh)
    dossier = Dossier.objects.get(code=playing.returned(who))
    for number in (1, 2):
        SupplementRequest.objects.create(
            dossier=dossier, number=number, items=[], asked_by="x", asked_at=playing.later(5),
            answered_at=playing.later(6), at_reception=number == 2,
        )  # fmt: skip
    assert count().on_time == 1
    SupplementRequest.objects.update(at_reception=False)
    assert count().on_time == 0


def test_another_month_counts_for_itself(who):
    playing.accepted(who)
    december = results.count_results(date(2022, 12, 1), at=playing.later(days=10))
    assert (december.received, december.judged) == (0, 0)


def test_the_panel_is_in_words_and_kept_for_ten_minutes(who, django_assert_num_queries):
    playing.accepted(who)
    with translation.override("vi"):
        panel = results.panel(asked(playing.later(60)))
        assert [stat["value"] for stat in panel["stats"]] == ["1", "100,0%"]
        assert panel["month"] == "11/2022"
        with django_assert_num_queries(0):
            assert results.panel(asked(playing.later(65))) == panel
