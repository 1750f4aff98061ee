"""Service results of the month: every figure from real dossiers, none without them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.snapshot import with_province

from tinhso.base.actors import ANONYMOUS
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import Forbidden
from tinhso.kernel.journal.public import entries
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import figures, rating
from tinhso.modules.onestop.models import Dossier, SupplementRequest
from tinhso.modules.onestop.queries import results
from tinhso.modules.onestop.tests import playing

pytestmark = with_province
NOVEMBER = date(2022, 11, 1)


def asked(at):
    request = RequestFactory().get("/")
    request.at, request.actor = at, ANONYMOUS
    return request


def count(at=None):
    """Have the worker count, and return what the page then reads."""
    tasks.count_results(at=at or playing.later(days=1))
    return results.results_of(NOVEMBER)


def test_no_dossiers_no_figures(who):
    assert results.panel(asked(playing.later())) == {}


def test_figures_of_the_month(who, django_assert_num_queries):
    playing.give_key(who.minh)
    code = playing.returned(who)
    playing.accepted(who)
    playing.refused(who)
    rating.rate_dossier(code, score=4, aspects={}, comment="", actor=who.tu, at=playing.later(30))
    with django_assert_num_queries(4):
        results.count_day(playing.AT.date(), at=playing.later(60))
    found = count()
    assert (found.received, found.online, found.judged, found.on_time) == (2, 2, 1, 1)
    assert (found.ratings, found.score) == (1, Decimal(4))


def test_a_result_after_its_due_moment_is_late(who):
    playing.give_key(who.minh)
    late = Dossier.objects.get(code=playing.returned(who))
    Dossier.objects.filter(pk=late.pk).update(due_at=late.finished_at - timedelta(minutes=1))
    found = count()
    assert (found.judged, found.on_time) == (1, 0)


def test_asked_for_papers_twice_counts_as_late(who):
    """QĐ 766/QĐ-TTg, index 2.1: but a question asked before reception does not count."""
    playing.give_key(who.minh)
    dossier = Dossier.objects.get(code=playing.returned(who))
    for number in (1, 2):
        SupplementRequest.objects.create(
            dossier=dossier, number=number, items=[], asked_by="x", asked_at=playing.later(5),
            answered_at=playing.later(6), at_reception=number == 2,
        )  # fmt: skip
    assert count(playing.later(100)).on_time == 1
    SupplementRequest.objects.update(at_reception=False)
    assert count(playing.later(110)).on_time == 0


def test_days_that_a_resting_worker_left_are_counted_when_it_is_back(who):
    """Off over the turn of a month: the days before yesterday are finished too."""
    playing.accepted(who)
    count(playing.later(10))  # the day itself, before it was over
    back = playing.later(days=9)  # 7 December
    days = [day for day, _kept in results.days_to_count(back)]
    assert (days[0], days[-1]) == (playing.AT.date(), back.date())
    tasks.count_results(at=back)
    assert [day for day, _kept in results.days_to_count(back)] == [back.date()]


def test_another_month_counts_for_itself(who):
    playing.accepted(who)
    count(playing.later(60))
    count(playing.later(days=10))
    assert results.results_of(NOVEMBER).received == 1
    december = results.results_of(date(2022, 12, 1))
    assert (december.received, december.judged) == (0, 0)


def test_the_panel_is_in_words_and_reads_no_dossiers(who, django_assert_num_queries):
    playing.accepted(who)
    assert results.panel(asked(playing.later(60))) == {}  # nothing was counted yet
    count(playing.later(60))
    Dossier.objects.update(received_at=None)
    with translation.override("vi"), django_assert_num_queries(1):
        panel = results.panel(asked(playing.later(65)))
    assert [stat["value"] for stat in panel["stats"]] == ["1", "100,0%"]
    assert (panel["month"], panel["counted_at"]) == ("11/2022", playing.later(60))


def test_the_mean_is_of_all_ratings_of_the_month_not_of_its_days(who):
    playing.give_key(who.minh)
    for day, scores in ((0, (5, 5, 5)), (1, (1,))):
        for score in scores:
            code = playing.returned(who)
            rating.rate_dossier(code, score=score, aspects={}, comment="", actor=who.tu, at=playing.later(30, days=day))
    assert count(playing.later(60, days=1)).score == Decimal(4)


def counted(at):
    """Return on how many days the worker found something new, and how many statements it needed."""
    with CaptureQueriesContext(connection) as seen:
        found = tasks.count_results(at=at)
    return found, len(seen.captured_queries)


def test_a_quiet_day_is_not_written_again_and_a_day_that_is_over_not_even_counted(who):
    playing.accepted(who)
    assert counted(playing.later(60))[0] == 28  # every day of the month until then
    assert counted(playing.later(70)) == (0, 1 + 4)
    playing.accepted(who)
    assert counted(playing.later(80))[0] == 1
    assert counted(playing.later(days=1))[0] == 2  # the first day is over, the second begins
    assert counted(playing.later(10, days=1)) == (0, 1 + 4)
    assert entries(("day_figures", "2022-11-28")).count() == 3


def test_what_was_written_at_midnight_is_counted_in_the_hour_after(who):
    code = playing.accepted(who)
    midnight = datetime.combine(date(2022, 11, 29), time(), CIVIL_ZONE)
    count(midnight + timedelta(minutes=5))
    Dossier.objects.filter(code=playing.accepted(who)).update(received_at=midnight - timedelta(seconds=1))
    assert count(midnight + timedelta(minutes=15)).received == 2
    assert Dossier.objects.filter(code=code).exists()


def test_only_the_worker_keeps_figures(who):
    found = results.count_day(playing.AT.date(), at=playing.later(60))
    for actor in (who.tu, who.admin):
        with pytest.raises(Forbidden):
            figures.keep_figures(found, actor=actor, at=playing.later(60))
    assert results.results_of(NOVEMBER) is None
