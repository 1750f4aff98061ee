"""How the API says no: one shape, two languages, the right status and headers; nothing moves when it does."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.doors import come_in, stop_counting_clock
from tests.world import COPY, MINH_AN, account_of, known_citizen, with_province

from tinhso.modules.onestop.models import Application, Dossier
from tinhso.modules.onestop.tests import playing

pytestmark = with_province
PROBLEM = "application/problem+json"


@pytest.fixture
def tu():
    return known_citizen()


def refused(response, status, code):
    assert (response.status_code, response.headers["Content-Type"]) == (status, PROBLEM), response.text
    told = response.json()
    assert (told["status"], told["code"]) == (status, code)
    assert set(told) >= {"type", "title", "title_en", "detail", "detail_by_language", "instance"}
    assert told["type"].startswith("http")
    return told


def test_nobody_is_told_to_show_a_token(client_of):
    response = client_of().get("/api/dossiers")
    refused(response, 401, "base.sign_in_needed")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="tinhso"'
    response = client_of(Authorization="Bearer tso_wrong").get("/api/dossiers")
    refused(response, 401, "identity.token_refused")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="tinhso", error="invalid_token"'


def test_absent_and_hidden_look_alike(client_of, tu):
    code = playing.file(tu.actor).code
    stranger = client_of(known_citizen("Lê Văn Xóm", "049185000222").account)
    hidden = refused(stranger.get(f"/api/dossiers/{code}"), 404, "base.not_found")
    absent = refused(stranger.get(f"/api/dossiers/{code[:-1]}9"), 404, "base.not_found")
    del hidden["instance"], absent["instance"]
    assert hidden == absent
    elsewhere = client_of(account_of("hung"))
    refused(elsewhere.get(f"/api/dossiers/{code}"), 404, "base.not_found")
    refused(elsewhere.post(f"/api/dossiers/{code}/accept"), 404, "base.not_found")
    assert Dossier.objects.get(code=code).state == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/applications", {"service_code": COPY}),
        ("POST", "/api/dossiers/{code}/withdraw", {}),
        ("POST", "/api/dossiers/{code}/pay", None),
        ("POST", "/api/dossiers/{code}/rate", {"score": 5}),
    ],
)
def test_a_token_that_may_read_may_not_act(client_of, tu, method, path, body):
    code = playing.file(tu.actor).code
    reader = client_of(tu.account, "dossier:read")
    assert reader.get(f"/api/dossiers/{code}").status_code == 200
    refused(reader.request(method, path.format(code=code), json=body), 403, "base.token_too_narrow")
    assert (Dossier.objects.get(code=code).state, Application.objects.filter(state="draft").count()) == (1, 0)


@pytest.mark.parametrize("act", ["accept", "issue", "stop", "postpone", "take-payment", "return-fee", "take", "assign"])
def test_an_officers_token_that_may_read_may_not_act(client_of, tu, act):
    code = playing.accepted(playing.cast())
    bodies = {
        "stop": {"reason": "x"},
        "postpone": {"reason": "x", "to": "2022-12-05"},
        "take-payment": {},
        "take": {"task_id": str(playing.task_of(code).id)},
        "assign": {"official_id": playing.official("ha").key.removeprefix("official:")},
    }
    for name in ("lan", "ha", "minh", "hoa", "ngoc"):
        reader = client_of(account_of(name), "dossier:read")
        before = Dossier.objects.values().get(code=code)
        answer = reader.post(f"/api/dossiers/{code}/{act}", json=bodies.get(act))
        assert answer.status_code in (403, 409), (name, answer.text)
        assert Dossier.objects.values().get(code=code) == before


def test_a_token_never_signs(client_of):
    who = playing.cast()
    code = playing.proposed(who)
    playing.give_key(who.minh)
    refused(
        client_of(account_of("minh")).post(f"/api/dossiers/{code}/sign", json={"pin": playing.PIN}),
        403,
        "base.token_too_narrow",
    )
    assert Dossier.objects.get(code=code).result.signed_at is None


def test_a_step_with_faults_keeps_nothing_and_points_at_each(client_of, tu):
    client = client_of(tu.account)
    draft = client.post("/api/applications", json={"service_code": COPY, "agency_code": MINH_AN}).json()
    before = Application.objects.values("answers", "revision").get(id=draft["id"])
    answer = client.put(
        f"/api/applications/{draft['id']}/steps/copies", json={"answers": {"count": 51, "colour": "red"}}
    )
    told = refused(answer, 422, "base.bad_input")
    assert {fault["pointer"] for fault in told["faults"]} >= {"/copies/count"}
    assert Application.objects.values("answers", "revision").get(id=draft["id"]) == before
    refused(client.put(f"/api/applications/{draft['id']}/steps/nothing", json={"answers": {}}), 404, "base.not_found")


def test_who_the_applicant_is_comes_from_their_identity(client_of, tu):
    client = client_of(tu.account)
    draft = client.post("/api/applications", json={"service_code": COPY, "agency_code": MINH_AN}).json()
    address, mine = f"/api/applications/{draft['id']}/steps/applicant", playing.answers_of(tu.actor)["applicant"]
    told = refused(client.put(address, json={"answers": {**mine, "full_name": "Người khác"}}), 422, "base.bad_input")
    assert [fault["pointer"] for fault in told["faults"]] == ["/applicant/full_name"]
    # what is known need not be sent
    sent = {name: value for name, value in mine.items() if name not in ("full_name", "citizen_number")}
    saved = client.put(address, json={"answers": sent})
    assert saved.status_code == 200, saved.text
    assert saved.json()["answers"]["applicant"]["full_name"] == mine["full_name"]


def test_a_case_that_the_procedure_does_not_know_is_refused(client_of, tu):
    body = {"service_code": COPY, "agency_code": MINH_AN, "case_code": "no-such"}
    told = refused(client_of(tu.account).post("/api/applications", json=body), 422, "onestop.no_such_case")
    assert [fault["pointer"] for fault in told["faults"]] == ["/case_code"]


def test_filing_lists_every_fault_at_once(client_of, tu):
    client = client_of(tu.account)
    draft = client.post("/api/applications", json={"service_code": COPY}).json()
    told = refused(client.post(f"/api/applications/{draft['id']}/file"), 422, "onestop.not_ready")
    pointers = {fault["pointer"] for fault in told["faults"]}
    assert {"/_agency", "/_delivery", "/record/event", "/copies/count"} <= pointers
    assert all(fault["text"] for fault in told["faults"])


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b'{"service_code":', {"Content-Type": "application/json"}, 400, "api.malformed"),
        (b'{"service_code": "\\u0000"}', {"Content-Type": "application/json"}, 400, "api.malformed"),
        (b'{"service_code": "\\ud800"}', {"Content-Type": "application/json"}, 400, "api.malformed"),
        (b'{"service_code": NaN}', {"Content-Type": "application/json"}, 400, "api.malformed"),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 400, "api.malformed"),
        (b"service_code=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "api.wrong_media_type"),
        (b"{}", {"Content-Type": "application/json"}, 422, "base.bad_input"),
        (b'{"service_code": 5}', {"Content-Type": "application/json"}, 422, "base.bad_input"),
        (b'{"service_code": "' + b"a" * 13_000_000 + b'"}', {"Content-Type": "application/json"}, 413, "api.too_large"),
    ],
    ids=["cut", "nul", "surrogate", "nan", "deep", "form", "empty", "number", "large"],
)
def test_what_cannot_be_read_is_refused_as_such(client_of, body, headers, status, code):
    client = client_of(known_citizen().account)
    refused(client.post("/api/applications", content=body, headers=headers), status, code)


def test_methods_and_addresses_that_are_not_there(client_of, tu):
    client = client_of(tu.account)
    response = client.patch("/api/applications")
    refused(response, 405, "api.method_not_allowed")
    assert {part.strip() for part in response.headers["Allow"].split(",")} == {"GET", "POST"}
    refused(client.get("/api/nothing/here"), 404, "base.not_found")
    refused(client.get("/api/track/%00"), 400, "api.malformed")
    refused(client.get("/api/procedures?q=%00"), 400, "api.malformed")
    refused(client.get("/api/procedures?limit=0"), 422, "base.bad_input")
    refused(client.get("/api/dossiers?after=x"), 422, "base.bad_input")
    refused(client.get("/api/applications?after=x"), 422, "base.bad_input")
    refused(client.get("/api/worklist"), 403, "base.forbidden")


def test_sentences_come_in_the_language_asked_for(client_of):
    vi = client_of().get("/api/track/KHONG-CO").json()
    en = client_of(**{"Accept-Language": "en"}).get("/api/track/KHONG-CO").json()
    assert (vi["title"], vi["title_en"]) == (en["title"], en["title_en"]) == ("Không tìm thấy", "Not Found")
    assert vi["detail"] == vi["detail_by_language"]["vi"]
    assert en["detail"] == en["detail_by_language"]["en"]
    assert en["detail"].startswith("We could not find this")


def test_a_file_of_the_wrong_kind_or_harmful_is_not_kept(client_of, tu):
    client = client_of(tu.account)
    refused(client.post("/api/files", files={"file": ("a.pdf", b"MZ\x90\x00 not a pdf")}), 415, "documents.wrong_type")
    refused(client.post("/api/files", files={"file": ("a.pdf", b"")}), 422, "documents.empty")
    assert client.post("/api/files", json={"file": 1}).status_code == 422


def test_a_change_in_between_is_noticed(client_of, tu):
    code = playing.file(tu.actor).code
    citizen, lan = client_of(tu.account), client_of(account_of("lan"))
    seen = lan.get(f"/api/dossiers/{code}")
    tag = seen.headers["ETag"]
    assert lan.get(f"/api/dossiers/{code}", headers={"If-None-Match": tag}).status_code == 304
    assert citizen.post(f"/api/dossiers/{code}/withdraw", json={}, headers={"If-Match": tag}).status_code == 200
    refused(lan.post(f"/api/dossiers/{code}/accept", headers={"If-Match": tag}), 412, "onestop.changed_since")
    assert lan.get(f"/api/dossiers/{code}", headers={"If-None-Match": tag}).headers["ETag"] != tag


def test_who_asks_too_often_waits(client_of, tu, settings):
    settings.API_PER_MINUTE = 3
    client = client_of(tu.account)
    assert [client.get("/api/dossiers").status_code for _ in range(3)] == [200] * 3
    response = client.get("/api/dossiers")
    refused(response, 429, "api.too_many_requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert client_of(account_of("lan")).get("/api/worklist").status_code == 200


def test_people_without_a_token_are_counted_by_their_own_address(client_of, settings, monkeypatch):
    stop_counting_clock(monkeypatch)
    settings.API_PER_MINUTE, settings.ALLAUTH_TRUSTED_PROXY_COUNT = 8, 1
    ask = client_of()

    def status(address):
        return ask.get("/api/procedures", headers={"X-Forwarded-For": address}).status_code

    assert [status(f"10.0.0.{number}") for number in range(5)] == [200] * 5
    assert [status("10.1.1.1") for _time in range(4)] == [200, 200, 429, 429]
    assert [status(f"10.1.1.{number}, 10.2.2.2") for number in range(4)] == [200, 200, 429, 429], "the proxy saw one"
    assert [status(f"2001:db8::{number}") for number in range(4)] == [200, 200, 429, 429], "one subscriber's network"


@pytest.mark.parametrize("text", ["tso_wrong", "nonsense"])
def test_who_keeps_trying_wrong_tokens_waits(client_of, tu, settings, text, monkeypatch):
    stop_counting_clock(monkeypatch)
    settings.API_PER_MINUTE = 8
    wrong = client_of(Authorization=f"Bearer {text}")
    assert [wrong.get("/api/dossiers").status_code for _time in range(4)] == [401, 401, 429, 429]
    response = wrong.get("/api/dossiers")
    refused(response, 429, "api.too_many_requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert client_of().get("/api/dossiers").status_code == 429
    assert client_of(tu.account).get("/api/dossiers").status_code == 200


def test_a_browser_session_writes_only_with_its_csrf_token(tu, at_now, province):
    browser = Client(enforce_csrf_checks=True)
    come_in(browser, tu.account)
    assert browser.get("/api/dossiers").status_code == 200
    body = {"service_code": COPY}
    response = browser.post("/api/applications", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (403, "api.csrf_missing")
    browser.cookies["csrftoken"] = "a" * 32
    response = browser.post(
        "/api/applications", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert response.status_code == 201


def test_the_page_for_people_lists_every_operation_without_scripts(client_of):
    page = client_of().get("/api/")
    assert page.headers["Content-Type"].startswith("text/html")
    schema = client_of().get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert all(address in page.text for address in schema["paths"])
    assert "https://cdn" not in page.text


def test_every_operation_is_described(client_of):
    schema = client_of().get("/api/openapi.json").json()
    names = []
    for item in schema["paths"].values():
        for method, operation in item.items():
            names.append(operation["operationId"])
            assert operation["summary"]
            assert operation["description"]
            parameters = [(one["in"], one["name"]) for one in operation["parameters"]]
            assert ("header", "Accept-Language") in parameters
            assert (("header", "Idempotency-Key") in parameters) == (method != "get")
            assert len(set(parameters)) == len(parameters)
    assert len(set(names)) == len(names) > 45
