"""A survey from the draw to its results: by lot that can be repeated, with consent only, once each, and nobody told."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now  # noqa: F401

from tinhso.base.actors import ANONYMOUS
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.personal import Before
from tinhso.base.refusals import Forbidden, NotFound
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import entries
from tinhso.kernel.organisation.public import find_official
from tinhso.kernel.privacy.consents import purposes
from tinhso.kernel.privacy.public import give_consent
from tinhso.law.quality.survey import draw
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.quality.actions import answering, erasing, surveys
from tinhso.modules.quality.models import Case, Invitation, Sheet, Turn
from tinhso.modules.quality.queries import erasable
from tinhso.modules.quality.queries.answers import results_of
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.sampling import drawn

pytestmark = with_province
NOW = datetime(2026, 3, 2, 9, tzinfo=CIVIL_ZONE)
PERIOD = Period(date(2022, 11, 1), date(2022, 12, 31))
GOOD = {"service": {"overall": "5"}}


@pytest.fixture
def auditor(own_folders, db):
    return playing.official(find_official("QN-052").account.username, at=NOW)


def made(auditor, **given):
    asked = {"agency_code": "H47", "size": 1, "reserve": 100, "ends_at": NOW + timedelta(days=30)} | given
    return surveys.make_survey("Hài lòng 2022", "survey", PERIOD, **asked, actor=auditor, at=NOW)


def settled(who, count, number=2):
    codes = [playing.returned(who) for _each in range(number)]
    count(later(30))
    return codes


def consent(actor):
    (words,) = [one for one in purposes(NOW.date()) if one.key == surveys.PURPOSE]
    give_consent(surveys.PURPOSE, words.version, actor=actor, at=NOW)


def link_of(actor):
    return Notice.objects.filter(recipient=actor.key, link__contains="/phieu/").order_by("-id").first().link


def test_a_survey_is_drawn_asked_and_answered_once(who, count, auditor, at_now):  # noqa: F811
    count(later(0))
    codes = settled(who, count)
    consent(who.tu)
    survey = made(auditor)
    assert surveys.draw_sample(survey.id, actor=auditor, at=NOW) == 2
    key = "commune|" + Case.objects.first().field
    one, reserve = Invitation.objects.order_by("place")
    assert [one.case_code, reserve.case_code] == draw(survey.seed, key, codes, 2)
    assert drawn(survey, {key: 1}, NOW) == {key: [(one.case_code, one.agency_code)]}
    with pytest.raises(surveys.SurveyDrawn):
        surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    assert surveys.ask_some(survey.id, actor=auditor, at=NOW) == 1
    at_now(NOW)
    browser, link = Client(), link_of(who.tu)
    page = browser.get(link)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert browser.post(link, {}).status_code == 200
    assert not Sheet.objects.exists()
    assert browser.post(link, {"service.overall": "4"}).status_code == 200
    sheet = Sheet.objects.get()
    assert sheet.answers == {"service": {"overall": "4"}}
    assert browser.get(link).status_code == 409
    assert browser.post(link, {"service.overall": "1"}).status_code == 409
    # nothing leads from the answers to who gave them
    assert not {"case_code", "invitation", "at"} & {field.name for field in Sheet._meta.fields}
    line = list(entries(("survey", str(survey.id))))[-1]
    assert (line.event, line.actor_key, line.facts) == ("quality.survey_answered", "anonymous", {"way": "link"})


def test_who_did_not_consent_is_replaced_and_not_asked(who, count, auditor):
    count(later(0))
    settled(who, count)
    survey = made(auditor)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    assert surveys.ask_some(survey.id, actor=auditor, at=NOW) == 0
    assert surveys.ask_some(survey.id, actor=auditor, at=NOW) == 0
    assert set(Invitation.objects.values_list("turn", flat=True)) == {Turn.BARRED}
    assert not Notice.objects.filter(link__contains="/phieu/").exists()
    with pytest.raises(answering.NotToBeCalled):
        answering.begin_call(Invitation.objects.first().id, actor=auditor, at=NOW)


def test_who_stays_silent_is_reminded_then_replaced(who, count, auditor):
    count(later(0))
    settled(who, count)
    consent(who.tu)
    survey = made(auditor)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    surveys.ask_some(survey.id, actor=auditor, at=NOW)
    first = link_of(who.tu)
    surveys.ask_some(survey.id, actor=auditor, at=NOW + timedelta(days=6))
    again = link_of(who.tu)
    assert again != first
    token = first.rstrip("/").rpartition("/")[2]
    with pytest.raises(NotFound):
        answering.answer_by_link(token, GOOD, actor=ANONYMOUS, at=NOW + timedelta(days=6))
    surveys.ask_some(survey.id, actor=auditor, at=NOW + timedelta(days=12))
    turns = dict(Invitation.objects.values_list("place", "turn"))
    assert turns == {0: Turn.SILENT, 1: Turn.ASKED}


def test_a_link_is_dead_after_the_end(who, count, auditor):
    count(later(0))
    settled(who, count)
    consent(who.tu)
    survey = made(auditor)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    surveys.ask_some(survey.id, actor=auditor, at=NOW)
    token = link_of(who.tu).rstrip("/").rpartition("/")[2]
    with pytest.raises(surveys.SurveyOver):
        answering.answer_by_link(token, GOOD, actor=ANONYMOUS, at=NOW + timedelta(days=31))
    surveys.close_survey(survey.id, actor=auditor, at=NOW + timedelta(days=1))
    with pytest.raises(NotFound):
        answering.answer_by_link(token, GOOD, actor=ANONYMOUS, at=NOW + timedelta(days=2))
    assert not Sheet.objects.exists()


def test_an_interviewer_fills_in_what_is_said(who, count, auditor, at_now):  # noqa: F811
    count(later(0))
    settled(who, count)
    consent(who.tu)
    survey = made(auditor, size=2)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    at_now(NOW)
    browser = come_in(Client(), find_official("QN-052").account, at=NOW, level=2)
    calls = f"/chat-luong/khao-sat/{survey.id}/goi/"
    one, other = Invitation.objects.order_by("place")
    assert "Nguyễn Thị Tư" not in browser.get(calls).content.decode()
    page = browser.post(calls, {"invitation": str(one.id)})
    assert "Nguyễn Thị Tư" in browser.get(page["Location"]).content.decode()
    assert browser.get(f"{calls}{other.id}/").status_code == 404
    assert browser.post(page["Location"], {"service.overall": "2"}).status_code == 302
    assert Sheet.objects.get().way == "phone"
    page = browser.post(calls, {"invitation": str(other.id)})
    browser.post(page["Location"], {"decline": "1"})
    assert Invitation.objects.get(pk=other.pk).turn == Turn.DECLINED
    for path in ("/chat-luong/khao-sat/", f"/chat-luong/khao-sat/{survey.id}/", "/chat-luong/khao-sat/moi/"):
        assert browser.get(path).status_code == 200


def test_results_are_weighted_and_few_answers_are_not_shown(who, count, auditor, at_now):  # noqa: F811
    count(later(0))
    settled(who, count, 1)
    survey = made(auditor)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    cell = survey.cells.get()
    cell.population, cell.units = 1000, {"A": 600, "B": 300, "C": 100}
    cell.save()
    for code, number, good in (("A", 40, 30), ("B", 20, 10), ("C", 9, 9)):
        Sheet.objects.bulk_create(
            Sheet(cell=cell, agency_code=code, way="link", answers={"service": {"overall": "4" if n < good else "3"}})
            for n in range(number)
        )
    _questions, whole, units = results_of(survey)
    # C has too few, and B goes with it: it would be the difference
    assert [one.code for one in units] == ["A"]
    assert units[0].shares[0].value == pytest.approx(0.75)
    assert units[0].shares[0].low == pytest.approx(0.598, abs=0.001)
    assert units[0].shares[0].high == pytest.approx(0.858, abs=0.001)
    assert whole.shares[0].answers == 69
    # none is read before it is over: the next answer would be the difference
    browser = come_in(Client(), account_of("kiemtra"), at=NOW, level=2)
    page = f"/chat-luong/khao-sat/{survey.pk}/"
    at_now(NOW)
    assert "75,0" not in browser.get(page, headers={"accept-language": "vi"}).content.decode()
    surveys.close_survey(survey.id, actor=auditor, at=NOW)
    assert "75,0%" in browser.get(page, headers={"accept-language": "vi"}).content.decode()
    sheet = b"".join(browser.get(f"{page}?dang=xlsx", headers={"accept-language": "vi"}).streaming_content)
    with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
        text = archive.read("xl/worksheets/sheet1.xml").decode()
    assert [text.count(said) for said in (">A<", ">B<", ">75,0%<", ">59,8%<", ">69<")] == [2, 0, 1, 1, 2]
    Sheet.objects.exclude(agency_code="C").delete()
    assert results_of(survey)[1] is None


def test_who_was_drawn_is_forgotten_a_year_after(who, count, auditor):
    count(later(0))
    settled(who, count)
    survey = made(auditor)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    assert not erasable.invitations(Before(survey.ends_at)).exists()
    due = erasable.invitations(Before(survey.ends_at + timedelta(days=1)))
    assert erasing.delete_invitations([one.pk for one in due], auditor, NOW) == 2
    assert survey.cells.count() == 1


def test_officials_of_an_office_run_no_survey(who, auditor):
    with pytest.raises(Forbidden):
        made(who.minh)
    with pytest.raises(Forbidden):
        made(who.lan)


def test_what_was_erased_is_asked_nobody(who, count, auditor):
    count(later(0))
    (code,) = settled(who, count, 1)
    consent(who.tu)
    survey = made(auditor)
    surveys.draw_sample(survey.id, actor=auditor, at=NOW)
    Dossier.objects.filter(code=code).update(erased_at=NOW)
    assert surveys.ask_some(survey.id, actor=auditor, at=NOW) == 0
    assert Invitation.objects.get().turn == Turn.BARRED
