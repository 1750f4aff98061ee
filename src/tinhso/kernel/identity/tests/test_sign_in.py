"""The door: password, second factor, lock-out, sessions that end, what was typed kept, what is journalled."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from tinhso.base.actors import ANONYMOUS
from tinhso.kernel.identity import actions, queries
from tinhso.kernel.identity.models import ApiToken, FailedSignIn, Message
from tinhso.kernel.identity.sealing import Unsealable, seal, unseal
from tinhso.kernel.journal.public import Entry

from .conftest import AT, DEMO, PASSWORD, SECRET, code_of, enter, events

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolled(lan):
    actions.enrol_totp(lan, SECRET, actor=DEMO, at=AT)
    return lan


def sign_in(client, **more):
    enter(client, **more)
    return client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})


def test_password_then_code(client, enrolled):
    first = enter(client, next="/tai-khoan/thong-bao/")
    assert first["location"] == "/tai-khoan/2fa/authenticate/"
    assert client.get("/tai-khoan/")["location"].startswith("/tai-khoan/login/")
    second = client.post("/tai-khoan/2fa/authenticate/", {"code": code_of()})
    assert second["location"] == "/tai-khoan/thong-bao/"
    actor = client.get("/tai-khoan/").wsgi_request.actor
    assert (actor.key, actor.assurance, actor.level) == (enrolled.subject_key, "password+totp", 2)
    assert actor.has_role("reception", agency="H47.12")
    entry = Entry.objects.order_by("id").last()
    assert (entry.event, entry.facts["assurance"], entry.facts["address"]) == (
        "identity.signed_in",
        "password+totp",
        "127.0.0.1",
    )


def test_code_works_once(client, enrolled):
    code = code_of()
    enter(client)
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": code}).status_code == 302
    other = Client()
    enter(other)
    assert other.post("/tai-khoan/2fa/authenticate/", {"code": code}).status_code == 200


@pytest.mark.parametrize("later", [0, 35, 61, 85])
def test_code_works_once_for_as_long_as_it_is_right(client, enrolled, later, monkeypatch):
    """Also when the cache has forgotten that it was used."""
    code = code_of(ahead=1)
    enter(client)
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": code}).status_code == 302
    cache.clear()
    moment = time.time() // 30 * 30 + later
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: moment))
    other = Client()
    enter(other)
    assert other.post("/tai-khoan/2fa/authenticate/", {"code": code}).status_code == 200
    assert other.get("/tai-khoan/").status_code == 302


def test_an_earlier_code_is_not_taken_after_a_later_one(client, enrolled):
    enter(client)
    client.post("/tai-khoan/2fa/authenticate/", {"code": code_of(ahead=1)})
    other = Client()
    enter(other)
    assert other.post("/tai-khoan/2fa/authenticate/", {"code": code_of()}).status_code == 200
    assert "identity.sign_in_failed" in events()


def test_a_used_code_does_not_prove_anybody_again(client, enrolled):
    sign_in(client)
    assert client.post("/tai-khoan/2fa/reauthenticate/", {"code": code_of()}).status_code == 200
    assert client.post("/tai-khoan/2fa/reauthenticate/", {"code": code_of(ahead=1)}).status_code == 302


def test_wrong_code_leaves_you_outside_and_is_journalled(client, enrolled):
    enter(client)
    wrong = f"{(int(code_of()) + 500_000) % 1_000_000:06d}"
    assert client.post("/tai-khoan/2fa/authenticate/", {"code": wrong}).status_code == 200
    assert client.get("/tai-khoan/").status_code == 302
    entry = Entry.objects.order_by("id").last()
    assert (entry.event, entry.facts["factor"]) == ("identity.sign_in_failed", "code")


@pytest.mark.django_db(transaction=True)
def test_official_without_second_factor_can_only_enrol(client, lan):
    assert enter(client).status_code == 302
    assert client.get("/mot-cua/")["location"] == "/tai-khoan/2fa/"
    answer = client.get("/api/anything/")
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.second_factor_needed")
    page = client.get("/tai-khoan/")
    assert page.wsgi_request.actor.holdings == ()
    client.post("/tai-khoan/reauthenticate/", {"password": PASSWORD})
    client.get("/tai-khoan/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    assert client.post("/tai-khoan/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    actor = client.get("/tai-khoan/").wsgi_request.actor
    assert (actor.level, actor.has_role("reception")) == (2, True)
    assert "identity.second_factor_changed" in events()
    assert client.get("/mot-cua/").status_code != 302
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert unseal(stored) == secret
    other = Client()
    enter(other)
    assert other.post("/tai-khoan/2fa/authenticate/", {"code": code_of(secret)}).status_code == 200, (
        "it enrolled the app"
    )


@pytest.mark.parametrize("path", ["", "thong-bao/", "ma-truy-cap/", "phien-dang-nhap/", "password/change/"])
def test_password_alone_opens_nothing_of_the_account(client, lan, path):
    enter(client)
    assert client.get(f"/tai-khoan/{path}")["location"] == "/tai-khoan/2fa/"


def test_password_alone_issues_no_token(client, lan):
    enter(client)
    typed = {"name": "máy", "scopes": ["dossier:read", "dossier:write"], "days": "365"}
    assert client.post("/tai-khoan/ma-truy-cap/", typed)["location"] == "/tai-khoan/2fa/"
    assert ApiToken.objects.count() == 0


def test_sealed_secret_of_another_site_does_not_open(settings):
    sealed = seal("ABC")
    settings.SECRET_KEY = "another"
    with pytest.raises(Unsealable):
        unseal(sealed)


def test_five_failures_lock_the_name_and_say_how_long(client, lan):
    for _try in range(4):
        assert "Too many failed tries" not in enter(client, password="sai", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    fifth = enter(client, password="sai").content.decode()
    client.cookies["ngon_ngu"] = "en"
    sixth = enter(client).content.decode()
    assert "Wait 15 minutes" in sixth
    assert fifth != sixth
    assert client.get("/tai-khoan/").status_code == 302
    assert events().count("identity.sign_in_failed") == 5
    assert events().count("identity.locked_out") == 1
    assert FailedSignIn.objects.count() == 5


def test_lock_counts_names_apart_and_ends(lan):
    for minute in range(5):
        until = actions.record_failed_sign_in(
            "lan.nt", address="10.0.0.1", factor="password", actor=ANONYMOUS, at=AT + timedelta(minutes=minute)
        )
    at = AT + timedelta(minutes=5)
    assert until == AT + timedelta(minutes=15)
    assert queries.locked_until("LAN.NT ", "10.9.9.9", at=at) == until
    assert queries.locked_until("minh", "10.0.0.1", at=at) is None
    assert queries.locked_until("lan.nt", "10.0.0.1", at=until) is None


def test_thirty_failures_lock_an_address(lan):
    for number in range(30):
        until = actions.record_failed_sign_in(
            f"ten{number}", address="10.0.0.1", factor="password", actor=ANONYMOUS, at=AT
        )
        assert (until is None) == (number < 29)
    assert queries.locked_until("lan.nt", "10.0.0.1", at=AT + timedelta(minutes=1)) == AT + timedelta(minutes=15)
    assert queries.locked_until("lan.nt", "10.0.0.2", at=AT + timedelta(minutes=1)) is None


def test_signing_in_forgets_failures(client, enrolled):
    enter(client, password="sai")
    sign_in(client)
    assert FailedSignIn.objects.count() == 0


def test_what_was_typed_as_a_name_is_not_kept(client, db):
    enter(client, name="MatKhauCuaToi!")
    assert "matkhaucuatoi" not in str(list(FailedSignIn.objects.values())).lower()
    assert "matkhaucuatoi" not in str(list(Entry.objects.values())).lower()


def test_closed_account_stays_outside(client, enrolled):
    actions.close_account(enrolled, reason="x", actor=DEMO, at=AT)
    enter(client)
    assert client.get("/tai-khoan/").status_code == 302


def test_closing_ends_a_running_session(client, enrolled):
    sign_in(client)
    assert client.get("/tai-khoan/").status_code == 200
    actions.close_account(enrolled, reason="x", actor=DEMO, at=AT)
    assert client.get("/tai-khoan/").status_code == 302


def test_sign_out_is_journalled(client, enrolled):
    sign_in(client)
    client.post("/tai-khoan/logout/")
    entry = Entry.objects.order_by("id").last()
    assert (entry.event, entry.facts["reason"]) == ("identity.signed_out", "asked")
    assert client.get("/tai-khoan/").status_code == 302


def age_session(client, *, seen=0, began=0):
    session = client.session
    session["seen_at"] -= seen
    session["began_at"] -= began
    session.save()


@pytest.mark.parametrize(("seen", "began", "status"), [(3590, 3590, 200), (3601, 3601, 302), (0, 43201, 302)])
def test_session_ends_by_rest_and_by_length(client, enrolled, seen, began, status):
    sign_in(client)
    age_session(client, seen=seen, began=began)
    assert client.get("/tai-khoan/").status_code == status
    ended = Entry.objects.order_by("id").last()
    assert (ended.event == "identity.signed_out" and ended.facts["reason"] == "too-long") == (status == 302)


def test_activity_is_written_down_now_and_then(client, enrolled):
    sign_in(client)
    before = client.session["seen_at"]
    age_session(client, seen=200)
    client.get("/tai-khoan/")
    assert client.session["seen_at"] == before - 200
    age_session(client, seen=100)
    client.get("/tai-khoan/phien/", headers={"X-Passive": "1"})
    assert client.session["seen_at"] == before - 300
    client.get("/tai-khoan/")
    assert client.session["seen_at"] >= before


def test_standing_tells_how_long(client, enrolled):
    assert client.get("/tai-khoan/phien/").json() == {"signed_in": False, "seconds_left": 0}
    sign_in(client)
    age_session(client, seen=100)
    told = client.get("/tai-khoan/phien/", headers={"X-Passive": "1"}).json()
    assert told["signed_in"] is True
    assert 3490 <= told["seconds_left"] <= 3500


def test_sign_out_everywhere_else(client, enrolled):
    sign_in(client)
    other = Client()
    enter(other)
    other.post("/tai-khoan/2fa/authenticate/", {"code": code_of(ahead=1)})
    assert other.get("/tai-khoan/").status_code == 200
    assert client.get("/tai-khoan/phien-dang-nhap/").content.decode().count("127.0.0.1") == 2
    client.post("/tai-khoan/phien-dang-nhap/")
    assert other.get("/tai-khoan/").status_code == 302
    assert client.get("/tai-khoan/").status_code == 200
    entry = Entry.objects.order_by("id").last()
    assert (entry.event, entry.facts["count"]) == ("identity.signed_out", 1)


def test_sign_in_needed_leads_back(client):
    assert client.get("/tai-khoan/thong-bao/?after=x")["location"] == (
        "/tai-khoan/login/?next=%2Ftai-khoan%2Fthong-bao%2F%3Fafter%3Dx"
    )
    swap = client.get(
        "/tai-khoan/thong-bao/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/x/?y=1"}
    )
    assert swap["HX-Redirect"] == "/tai-khoan/login/?next=%2Fx%2F%3Fy%3D1"


def test_what_was_typed_comes_back_after_sign_in(client, enrolled):
    answer = client.post(
        "/tai-khoan/ma-truy-cap/", {"name": "Máy «Đ»", "scopes": ["dossier:read", "dossier:write"], "days": "30"}
    )
    back = re.search(r"next=(\S+)", answer["location"])[1].replace("%2F", "/")
    assert sign_in(client, next=back)["location"] == back
    page = client.get(back).content.decode()
    assert 'action="/tai-khoan/ma-truy-cap/"' in page
    assert 'value="Máy «Đ»"' in page
    assert 'value="dossier:read"' in page
    assert 'value="dossier:write"' in page
    assert client.get(back).status_code == 302


def test_kept_form_is_of_this_browser_only(client, enrolled):
    answer = client.post("/tai-khoan/ma-truy-cap/", {"name": "riêng"})
    back = re.search(r"next=(\S+)", answer["location"])[1].replace("%2F", "/")
    other = Client()
    sign_in(other)
    assert other.get(back).status_code == 302


def test_programs_get_problem_details(client):
    answer = client.get("/tai-khoan/thong-bao/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["instance"]) == (
        401,
        "base.sign_in_needed",
        "/tai-khoan/thong-bao/",
    )
    assert set(problem["detail_by_language"]) == {"vi", "en"}
    assert answer["WWW-Authenticate"] == 'Bearer realm="tinhso"'


def test_refusal_page_says_why_and_its_code(client, enrolled):
    sign_in(client)
    answer = client.post("/tai-khoan/thong-bao/01900000-0000-7000-8000-000000000001/")
    assert answer.status_code == 404
    assert "base.not_found" in answer.content.decode()
    assert client.get("/tai-khoan/tu-choi/base.not_found/").status_code == 200
    assert client.get("/tai-khoan/tu-choi/no.such/").status_code == 404


def test_password_reset_mail_goes_through_our_queue(client, enrolled):
    client.post("/tai-khoan/password/reset/", {"email": "lan@tinh.example"})
    message = Message.objects.get()
    assert (message.address, message.state) == ("lan@tinh.example", "waiting")
    link = re.search(r"http://testserver(/tai-khoan/password/reset/key/\S+)", message.body)[1]
    page = client.get(link, follow=True)
    new = "mot-mat-khau-moi-khac-2"
    assert client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new}).status_code == 302
    enrolled.refresh_from_db()
    assert enrolled.check_password(new)
    assert "identity.password_set" in events()


def test_nobody_signs_up(client, db):
    page = client.get("/tai-khoan/signup/")
    assert "account/signup_closed.html" in [template.name for template in page.templates]


@pytest.mark.parametrize(
    "path",
    [
        "", "thong-bao/", "phien-dang-nhap/", "ma-truy-cap/", "2fa/", "2fa/webauthn/", "password/change/", "logout/",
        "2fa/recovery-codes/generate/", "reauthenticate/",
    ],
)  # fmt: skip
def test_every_page_opens(client, enrolled, path):
    sign_in(client)
    client.post("/tai-khoan/reauthenticate/", {"password": PASSWORD})
    answer = client.get(f"/tai-khoan/{path}")
    assert answer.status_code == 200
    assert 'id="noi-dung"' in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "password/reset/",
        "password/reset/done/",
        "inactive/",
        "oidc/vneid/login/",
        "3rdparty/login/cancelled/",
    ],
)
def test_every_public_page_opens(client, db, path):
    answer = client.get(f"/tai-khoan/{path}")
    assert answer.status_code == 200
    assert 'id="noi-dung"' in answer.content.decode()
