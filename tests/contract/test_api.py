"""The main job by program, from nothing to the result in hand."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.world import AT, COPY, DELIVERY, MINH_AN, account_of, known_citizen, with_province

from tinhso.kernel.journal.public import seal
from tinhso.modules.onestop.actions import money, processing
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import answers_of
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province


def begin(client):
    draft = client.post("/api/applications", json={"service_code": COPY, "agency_code": MINH_AN})
    assert draft.status_code == 201, draft.text
    return f"/api/applications/{draft.json()['id']}", draft.json()


def fill_in(client, tu):
    address, _draft = begin(client)
    for step, given in answers_of(tu.actor).items():
        saved = client.put(f"{address}/steps/{step}", json={"answers": given})
        assert saved.status_code == 200, saved.text
    chosen = client.put(f"{address}/delivery", json=DELIVERY)
    assert chosen.status_code == 200, chosen.text
    return address


def test_the_filing_in_the_docs_is_taken(client_of, tu):
    """Each body that docs/how-to/use-the-api.md sends is sent here, as another citizen."""
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "use-the-api.md").read_text()
    (begun,) = re.findall(r"-d '(\{.*?\})'", text)
    sent = re.findall(r"^put (\S+) '(\{.*?\})'$", text, re.DOTALL | re.MULTILINE)
    assert len(sent) == 5
    client, person = client_of(tu.account), tu.person
    draft = client.post("/api/applications", json=json.loads(begun)).json()["id"]
    for part, body in sent:
        filled = body.replace("'\"$NAME\"'", person.full_name).replace("'$NUMBER'", person.citizen_number)
        answer = client.put(f"/api/applications/{draft}/{part}", json=json.loads(filled))
        assert answer.status_code == 200, answer.text
    assert client.get(f"/api/applications/{draft}").json()["to_mend"] == []
    assert client.post(f"/api/applications/{draft}/file").status_code == 201


def file(client, tu):
    filed = client.post(f"{fill_in(client, tu)}/file")
    assert filed.status_code == 201, filed.text
    return filed.json()["code"]


def done(response, state):
    assert response.status_code == 200, response.text
    assert response.json()["state"]["code"] == state
    return response.json()


@pytest.fixture
def tu():
    return known_citizen()


def test_from_the_draft_to_the_result_in_hand(client_of, tu, paper, at_now):
    citizen, lan, ha = client_of(tu.account), client_of(account_of("lan")), client_of(account_of("ha"))
    ngoc, hoa = client_of(account_of("ngoc")), client_of(account_of("hoa"))

    form = citizen.get(f"/api/forms/{COPY}")
    assert form.headers["Content-Type"] == "application/schema+json"
    assert list(form.json()["properties"]) == ["applicant", "record", "person", "copies"]
    address = fill_in(citizen, tu)
    added = citizen.post(f"{address}/files", data={"component": "UQ"}, files={"file": ("uỷ quyền.png", paper)})
    assert added.status_code == 201, added.text
    draft = citizen.get(address).json()
    assert (draft["to_mend"], draft["files"][0]["sha256"]) == ([], added.json()["sha256"])

    filed = citizen.post(f"{address}/file").json()
    code = filed["code"]
    assert (filed["state"]["code"], filed["fee_vnd"], code.startswith(MINH_AN)) == (1, 16000, True)

    done(lan.post(f"/api/dossiers/{code}/accept"), 2)
    work = ha.get("/api/worklist").json()["items"]
    assert [(row["dossier"]["code"], row["step"]["form"], row["step"]["mine"]) for row in work] == [
        (code, "process", True)
    ]
    step = work[0]["step"]
    done(ha.post(f"/api/dossiers/{code}/take", json={"task_id": step["id"], "version": step["version"]}), 4)
    asked = ha.post(
        f"/api/dossiers/{code}/ask-more",
        json={"items": [{"component": "UQ", "reason": "unreadable", "text": "Chụp lại văn bản ủy quyền"}]},
    )
    done(asked, 5)
    seen = citizen.get(f"/api/dossiers/{code}").json()
    assert [item["text"] for item in seen["supplement"]["items"]] == ["Chụp lại văn bản ủy quyền"]
    at_now(AT + timedelta(hours=1))
    kept = citizen.post("/api/files", files={"file": ("lại.png", paper)}).json()
    answered = citizen.post(
        f"/api/dossiers/{code}/answer", json={"files": [{"component": "UQ", "document_id": kept["id"]}]}
    )
    done(answered, 4)

    done(ha.post(f"/api/dossiers/{code}/propose", json={"kind": "grant"}), 4)
    playing.give_key(playing.official("minh"))
    playing.sign_plainly(code, actor=playing.official("minh"), at=AT + timedelta(hours=1, minutes=2))
    assert citizen.get(f"/api/dossiers/{code}").json()["result"] is None
    done(ngoc.post(f"/api/dossiers/{code}/issue"), 9)
    assert lan.post(f"/api/dossiers/{code}/return", json={}).json()["code"] == "onestop.money_first"
    done(hoa.post(f"/api/dossiers/{code}/take-payment", json={"method": "cash"}), 9)
    done(lan.post(f"/api/dossiers/{code}/return", json={"taken_by": "Nguyễn Văn Con"}), 10)

    whole = citizen.get(f"/api/dossiers/{code}").json()
    assert (whole["result"]["kind"], whole["payment"]["amount_vnd"], whole["delivery"]) == ("grant", 16000, "handed")
    result = next(one for one in whole["files"] if one["origin"] == "result")
    read = citizen.get(f"/api/dossiers/{code}/files/{result['document_id']}")
    assert read.content.startswith(b"%PDF")
    rated = citizen.post(f"/api/dossiers/{code}/rate", json={"score": 5, "aspects": {"time": 4}})
    assert (rated.status_code, rated.json()["score"]) == (201, 5)
    assert [row["code"] for row in citizen.get("/api/dossiers").json()["items"]] == [code]


def test_anybody_tracks_a_dossier_and_reads_why_it_is_due(client_of, tu):
    code = file(client_of(tu.account), tu)
    client_of(account_of("lan")).post(f"/api/dossiers/{code}/accept")
    nobody = client_of()
    seen = nobody.get(f"/api/track/{code}").json()
    assert (seen["state"]["code"], [step["event"] for step in seen["history"]]) == (
        2,
        ["onestop.dossier_filed", "onestop.dossier_accepted"],
    )
    assert not {"applicant", "applicant_name", "answers", "files"} & set(seen)
    why = nobody.get(f"/api/track/{code}/why").json()
    assert why["due_at"] == seen["due_at"] == "2022-11-29T10:00:00Z"
    assert [(day["date"], day["counted"], day["is_due"]) for day in why["days"]] == [
        ("2022-11-28", "0", False),
        ("2022-11-29", "1", True),
    ]
    assert any("91/2015/QH13" in step["source"] for step in why["steps"])


def test_a_receipt_is_checked_against_a_published_root(client_of, tu):
    client, nobody = client_of(tu.account), client_of()
    filed = client.post(f"{fill_in(client, tu)}/file").json()
    address = f"/api/journal/receipts/{filed['receipt_code']}"
    assert nobody.get(address).json()["state"] == "waiting"
    root = seal(AT)
    sealed = nobody.get(address).json()
    assert (sealed["state"], sealed["root"]["hash"]) == ("sealed", bytes(root.hash).hex())
    assert nobody.get("/api/journal/roots").json()["items"][0]["size"] == root.size
    own = client.get(f"/api/dossiers/{filed['code']}/receipt").json()
    assert own == sealed
    assert nobody.get("/api/journal/receipts/0000-0000-0000-0000").status_code == 404


def test_the_fee_is_paid_at_the_gateway_and_the_same_key_opens_one_order(client_of, tu, gateway, at_now):
    code = file(client_of(tu.account), tu)
    at_now(datetime.fromtimestamp(time.time(), UTC))  # the gateway has a clock of its own and takes no old letters
    client = client_of(tu.account)
    key = {"Idempotency-Key": "pay-1"}
    first = client.post(f"/api/dossiers/{code}/pay", headers=key)
    again = client.post(f"/api/dossiers/{code}/pay", headers=key)
    assert first.status_code == again.status_code == 201, first.text
    assert first.json() == again.json()
    assert first.json()["amount_vnd"] == 16000
    assert first.json()["pay_url"].startswith(gateway)


def test_officials_refuse_withdraw_and_stop(client_of, tu):
    citizen, lan, minh = client_of(tu.account), client_of(account_of("lan")), client_of(account_of("minh"))
    refused = file(citizen, tu)
    done(lan.post(f"/api/dossiers/{refused}/refuse", json={"reason": "Không thuộc thẩm quyền"}), 3)
    assert citizen.get(f"/api/dossiers/{refused}").json()["closing_reason"] == "Không thuộc thẩm quyền"
    withdrawn = file(citizen, tu)
    done(citizen.post(f"/api/dossiers/{withdrawn}/withdraw", json={"reason": "Đổi ý"}), 7)
    stopped = file(citizen, tu)
    assert minh.post(f"/api/dossiers/{stopped}/stop", json={"reason": "x"}).json()["code"] == "onestop.wrong_state"
    lan.post(f"/api/dossiers/{stopped}/accept")
    late = minh.post(f"/api/dossiers/{stopped}/postpone", json={"to": "2022-12-05", "reason": "Chờ sổ gốc"})
    assert (late.status_code, late.json()["due_at"]) == (200, "2022-12-05T10:00:00Z")
    done(minh.post(f"/api/dossiers/{stopped}/stop", json={"reason": "Công dân không quay lại"}), 8)


def test_a_fee_that_goes_back_is_told_and_stops_nobody(client_of, tu):
    who = playing.cast()
    citizen, lan = client_of(tu.account), client_of(account_of("lan"))
    for act, by, said in (("withdraw", citizen, "Đổi ý"), ("refuse", lan, "Sai nơi nộp")):
        code = file(citizen, tu)
        money.take_payment(code, actor=who.hoa, at=playing.later(1))
        answered = by.post(f"/api/dossiers/{code}/{act}", json={"reason": said})
        assert (answered.status_code, answered.json()["money"]) == (200, "back"), answered.text
        assert citizen.get(f"/api/dossiers/{code}").json()["money"] == "back"
    assert {row["money"] for row in citizen.get("/api/dossiers").json()["items"]} == {"back"}


def test_the_applicant_reads_reasons_and_not_what_offices_note(client_of, tu):
    who = playing.cast()
    citizen, lan = client_of(tu.account), client_of(account_of("lan"))
    code = file(citizen, tu)
    lan.post(f"/api/dossiers/{code}/accept")
    processing.take_dossier(code, playing.first_task(code).id, actor=who.ha, at=playing.later(5))
    processing.propose_result(code, kind="refusal", reason="Không có trong sổ", actor=who.ha, at=playing.later(6))
    processing.return_for_correction(code, reason="Xem lại sổ năm 1990", actor=who.minh, at=playing.later(7))
    told = citizen.get(f"/api/dossiers/{code}").json()["history"]
    inside = lan.get(f"/api/dossiers/{code}").json()["history"]
    assert "Xem lại sổ năm 1990" not in [line["text"] for line in told]
    assert "Xem lại sổ năm 1990" in [line["text"] for line in inside]
    assert {line["event"].split(".")[0] for line in told + inside} == {"onestop"}


def test_a_signature_by_the_api_is_of_what_was_read_and_made_once(at_now):
    who = playing.cast()
    code = playing.proposed(who)
    playing.give_key(who.minh)
    browser = signed_in("minh")
    address, given = f"/api/dossiers/{code}/sign", {"pin": playing.PIN}

    def send(**headers):
        return browser.post(address, given, content_type="application/json", headers=headers)

    assert send(**{"If-Match": '"0-0"'}).status_code == 412
    signed = send(**{"Idempotency-Key": "k1"})
    assert signed.status_code == 200, signed.content
    again = send(**{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (200, signed.json(), "true")
    assert send(**{"Idempotency-Key": "k2"}).status_code == 409


def test_procedures_are_found_in_everyday_words(client_of):
    nobody = client_of()
    found = nobody.get("/api/procedures", params={"q": "khai sinh", "limit": 2}).json()
    assert len(found["items"]) == 2
    after = nobody.get(found["next"]).json()
    assert not {row["code"] for row in found["items"]} & {row["code"] for row in after["items"]}
    whole = nobody.get(f"/api/procedures/{COPY}").json()
    assert (whole["form"], whole["competent"]["level"], whole["complete"]) == (COPY, "commune", True)
    assert whole["ways"][0]["limit"] == {"amount": "1", "unit": "working_day"}
    agencies = nobody.get("/api/agencies", params={"service": COPY}).json()["items"]
    assert MINH_AN in {agency["code"] for agency in agencies}
    events = nobody.get("/api/life-events").json()["items"]
    assert nobody.get(f"/api/life-events/{events[0]['code']}").json()["procedures"]
    assert sum(field["count"] for field in nobody.get("/api/fields").json()["items"]) > 1000


def test_lists_are_read_page_by_page(client_of, tu):
    client = client_of(tu.account)
    codes = [playing.file(tu.actor, at=AT + timedelta(minutes=n)).code for n in range(5)]
    page, seen = client.get("/api/dossiers?limit=2").json(), []
    while True:
        seen += [row["code"] for row in page["items"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert seen == codes[::-1]
    drafts, seen = [begin(client)[1]["id"] for _each in range(3)], []
    page = client.get("/api/applications?limit=2").json()
    while True:
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert sorted(seen) == sorted(drafts)
    lan, seen = client_of(account_of("lan")), []
    page = lan.get("/api/worklist?limit=2").json()
    while True:
        seen += [row["dossier"]["code"] for row in page["items"]]
        if page["next"] is None:
            break
        page = lan.get(page["next"]).json()
    assert sorted(seen) == sorted(codes)


def test_a_draft_is_begun_filled_with_what_is_known_and_thrown_away(client_of, tu):
    client = client_of(tu.account)
    address, draft = begin(client)
    assert draft["answers"]["applicant"]["full_name"] == tu.person.full_name
    assert {place["pointer"].split("/")[1] for place in draft["to_mend"]} >= {"record", "_delivery"}
    assert [row["id"] for row in client.get("/api/applications").json()["items"]] == [draft["id"]]
    assert client.delete(address).status_code == 204
    assert client.get("/api/applications").json()["items"] == []


def test_a_paper_is_printed(client_of, tu):
    code = file(client_of(tu.account), tu)
    client_of(account_of("lan")).post(f"/api/dossiers/{code}/accept")
    printed = client_of(tu.account).get(f"/api/dossiers/{code}/papers/01")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    assert client_of(tu.account).get(f"/api/dossiers/{code}/papers/03").json()["code"] == "onestop.no_such_paper"
