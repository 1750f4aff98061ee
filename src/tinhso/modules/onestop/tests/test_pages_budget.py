"""How many statements a whole page sends: session, account, the organisation's stamp and the counters of the menu included."""

from __future__ import annotations

import pytest
from allauth.account.internal.flows import login
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.kernel.identity.public import Account
from tinhso.modules.onestop.actions import filing, processing, reception, supplement
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing

pytestmark = with_province

SIGNED_IN = 3
"""Session, account with its owner, stamp."""
PAGES = {  # own statements at most: what the page itself reads
    "worklist": ("ha", 3),
    "inbox": ("lan", 1),
    "outbox": ("lan", 1),
    "waiting": ("lan", 1),
    "search": ("lan", 3),
    "work": ("lan", 6),
}
MENU = {"ha": 3, "lan": 3}
"""Notices, and in one statement all that waits behind the entries of the desk."""


def signed_in(username: str) -> Client:
    """Return a client with a session that proved a second factor."""
    account = Account.objects.get(username=username)
    client = Client()
    client.force_login(account, backend="tinhso.kernel.identity.backend.Backend")
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password"}, {"method": "mfa", "type": "totp"}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = login.user_id_to_str(account)
    session.save()
    return client


def sent_by(client: Client, address: str) -> list[str]:
    for _warm in range(2):
        assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return [query["sql"] for query in seen.captured_queries]


def test_a_declaration_on_paper_begins_with_what_is_known_of_the_applicant(who):
    """Until the step was entered: what stands on the paper may differ, and is then kept as it was typed."""
    taken = reception.take_at_counter(
        playing.COPY,
        playing.MINH_AN,
        filing.Applicant.of(people.applicant(who.tu)),
        components=[],
        answers={"copies": {"count": 2}},
        actor=who.lan,
        at=playing.AT,
    )
    lan, address = signed_in("lan"), reverse("onestop:enter_answers", args=["applicant", taken.code])
    name = f'value="{who.tu.name}"'
    assert name in lan.get(address).content.decode()
    lan.post(address, {"applicant.full_name": "Nguyễn Thị Tứ"})
    page = lan.get(address).content.decode()
    assert 'value="Nguyễn Thị Tứ"' in page
    assert name not in page


def test_a_supplement_answered_does_not_take_away_what_is_known(who):
    taken = reception.take_at_counter(
        playing.COPY,
        playing.MINH_AN,
        filing.Applicant.of(people.applicant(who.tu)),
        components=[],
        answers={"copies": {"count": 2}},
        actor=who.lan,
        at=playing.AT,
    )
    processing.take_dossier(taken.code, playing.last_task(taken.code), actor=who.ha, at=playing.later(60))
    asked = [{"pointer": "/record/registered_at", "reason": "missing", "text": "Ghi rõ nơi đã đăng ký"}]
    supplement.ask_for_supplement(taken.code, asked, actor=who.ha, at=playing.later(300))
    lan = signed_in("lan")
    assert lan.post(reverse("onestop:bring", args=[taken.code]), {}).status_code == 302
    assert Dossier.objects.get(code=taken.code).answers["applicant"] == {"address": {}}
    page = lan.get(reverse("onestop:enter_answers", args=["applicant", taken.code])).content.decode()
    assert f'value="{who.tu.name}"' in page


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_desk_sends_no_more_than_its_budget(who, page):
    code = playing.accepted(who)
    playing.waiting(who)
    username, own = PAGES[page]
    address = reverse(f"onestop:{page}", args=[code] if page == "work" else [])
    sent = sent_by(signed_in(username), address + ("?q=nguyen tu" if page == "search" else ""))
    assert len(sent) <= SIGNED_IN + MENU[username] + own, "\n".join(sql[:160] for sql in sent)


def test_tracking_without_sign_in(who):
    code = playing.accepted(who)
    sent = sent_by(Client(), reverse("onestop:track", args=[code]))
    assert len(sent) <= 1 + 3, "\n".join(sql[:160] for sql in sent)


def test_the_worklist_sends_as_many_for_one_line_as_for_many(who):
    playing.accepted(who)
    client = signed_in("ha")
    one = sent_by(client, reverse("onestop:worklist"))
    for _number in range(4):
        playing.accepted(who)
    assert len(sent_by(client, reverse("onestop:worklist"))) == len(one)
