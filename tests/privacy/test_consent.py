"""Consent: asked in the province's words, never presumed, withdrawn as easily as given, and really asked before the act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.privacy_people import account_of
from tests.snapshot import with_province

from tinhso.base.refusals import Forbidden, NotFound, SignInNeeded
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import dispatch, entries
from tinhso.kernel.organisation.public import touch
from tinhso.kernel.privacy import consents
from tinhso.kernel.privacy.actions import WordsChanged
from tinhso.kernel.privacy.models import Consent, RuleBook
from tinhso.kernel.privacy.public import give_consent, has_consent, withdraw_consent
from tinhso.modules.onestop.queries.telling import INVITATION, INVITATIONS, OWNER_TEXTS
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, later

pytestmark = with_province
PAGE = reverse("privacy:consents")


def words(version: int = 1, text: str = "Gửi lời mời đánh giá.") -> dict[str, Any]:
    said = {"vi": text, "en": "Sends an invitation."}
    title = {"vi": "Mời đánh giá", "en": "Invitation to rate"}
    return {
        "key": INVITATION, "version": version, "from": "2021-01-01", "title": title, "text": said, "data": said,
        "verified": False,
    }  # fmt: skip


def put(*entries: dict[str, Any]) -> None:
    data = {"valid_from": "2021-01-01", "purposes": list(entries)}
    RuleBook.objects.update_or_create(
        code="purposes", valid_from=date(2021, 1, 1), withdrawn_at=None, defaults={"data": data}
    )
    touch()


@pytest.fixture
def asked(db):
    put(words())


def browser(actor, language: str = "vi") -> Client:
    client = come_in(Client(), account_of(actor), at=AT)
    client.cookies["ngon_ngu"] = language
    return client


def give(who, version: int = 1):
    return give_consent(INVITATION, version, actor=who.tu, at=later(1))


def holds(who) -> bool:
    return has_consent(who.tu.key, INVITATION, at=later(5))


def test_silence_is_no_consent(who, asked):
    assert not holds(who)


def test_it_is_given_and_withdrawn_with_its_dates(who, asked):
    give(who)
    assert holds(who)
    assert not has_consent(who.neighbour.key, INVITATION, at=later(5))
    assert not has_consent(who.tu.key, INVITATION, at=AT)
    withdraw_consent(INVITATION, actor=who.tu, at=later(2))
    assert not holds(who)
    kept = Consent.objects.get()
    assert (kept.version, kept.given_at, kept.withdrawn_at) == (1, later(1), later(2))


def test_both_are_journalled_with_the_words(who, asked):
    digest = give(who).words_sha256
    withdraw_consent(INVITATION, actor=who.tu, at=later(2))
    lines = list(entries(("person", who.tu.person_id)))[-2:]
    assert [line.event for line in lines] == ["privacy.consent_given", "privacy.consent_withdrawn"]
    assert lines[0].facts == {"purpose": INVITATION, "version": 1, "words": digest}


def test_twice_is_once(who, asked):
    assert give(who).pk == give(who).pk
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("new", [words(2), words(1, "Gửi cả tin nhắn.")])
def test_other_words_are_another_consent(who, asked, new):
    give(who)
    put(new)
    assert not holds(who)
    (line,) = consents.lines_of(who.tu.key, at=later(5))
    assert (line.consent, line.is_outdated) == (None, True)
    give(who, new["version"])
    assert holds(who)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_words_that_were_not_on_the_screen_are_not_consented_to(who, asked):
    put(words(2))
    with pytest.raises(WordsChanged):
        give(who, 1)
    assert not Consent.objects.exists()


def test_what_nobody_asks_cannot_be_consented_to(who):
    with pytest.raises(NotFound):
        give(who)
    with pytest.raises(NotFound):
        withdraw_consent(INVITATION, actor=who.tu, at=AT)


@pytest.mark.parametrize(("role", "no"), [("nobody", SignInNeeded), ("lan", Forbidden), ("admin", Forbidden)])
def test_nobody_else_decides(who, asked, role, no):
    with pytest.raises(no):
        give_consent(INVITATION, 1, actor=getattr(who, role), at=AT)
    with pytest.raises(Forbidden):
        give_consent(INVITATION, 1, actor=playing.narrowed(who.tu, "personal:read"), at=AT)


def test_only_who_consented_is_asked_how_it_was(who, asked):
    give_consent(INVITATION, 1, actor=who.neighbour, at=AT)
    playing.returned(who)
    while dispatch(at=later(500)):
        pass
    texts = set(Notice.objects.filter(recipient=who.tu.key).values_list("text", flat=True))
    assert OWNER_TEXTS["onestop.result_returned"] in texts
    assert INVITATIONS["onestop.result_returned"] not in texts


def test_who_consented_is_asked_once(who, asked):
    give(who)
    playing.returned(who)
    while dispatch(at=later(500)):
        pass
    texts = list(Notice.objects.filter(recipient=who.tu.key).values_list("text", flat=True))
    assert texts.count(INVITATIONS["onestop.result_returned"]) == 1
    assert OWNER_TEXTS["onestop.result_returned"] not in texts


def test_the_page_asks_without_a_ticked_box(who, asked, at_now):
    one = browser(who.tu)
    said = one.get(PAGE).content.decode()
    assert "Bạn chưa đồng ý" in said
    assert "checked" not in said
    assert one.post(reverse("privacy:give", args=[INVITATION]), {}).status_code == 409
    assert one.post(reverse("privacy:give", args=[INVITATION]), {"version": "1"}).status_code == 302
    assert has_consent(who.tu.key, INVITATION, at=AT)
    assert "Rút đồng ý" in one.get(PAGE).content.decode()
    assert one.post(reverse("privacy:withdraw", args=[INVITATION])).status_code == 302
    assert not has_consent(who.tu.key, INVITATION, at=AT)
    assert "Invitation to rate" in browser(who.tu, "en").get(PAGE).content.decode()


def test_a_page_without_purposes_says_so(who, at_now):
    assert "không có việc nào" in browser(who.tu).get(PAGE).content.decode()


def test_it_is_in_the_archive_of_whose_it_is(who, asked):
    give(who)
    (told,) = consents.collect(who.tu, AT).data
    assert (told["purpose"], told["given_at"]) == (INVITATION, later(1))
    assert consents.collect(who.neighbour, AT).data == []
