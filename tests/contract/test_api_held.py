"""What is held stands for a paper by program too: in a draft, and in the answer to a supplement."""

from __future__ import annotations

import uuid

import pytest
from tests.holdings.test_reuse import certificate
from tests.world import AT, MINH_AN, account_of, known_citizen, with_province

from tinhso.base.actors import system
from tinhso.modules.holdings.actions import keeping
from tinhso.modules.holdings.models import Source
from tinhso.modules.onestop.actions import filing, processing, reception, supplement
from tinhso.modules.onestop.models import DossierFile
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders, who
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
__all__ = ["own_folders", "who"]
BIRTH = "1.001193"


@pytest.fixture
def tu(who):
    """Return the account of the citizen whom the cast knows as well."""
    return known_citizen()


def kept(who, **changes):
    return keeping.keep_result(certificate(who, **changes), Source.DOSSIER, actor=system("worker"), at=AT)


def test_a_draft_takes_what_is_held(client_of, tu, who):
    one, client = kept(who), client_of(tu.account)
    draft = client.post("/api/applications", json={"service_code": BIRTH, "agency_code": MINH_AN}).json()["id"]
    address = f"/api/applications/{draft}"
    (offer,) = client.get(f"{address}/held").json()["items"]
    assert (offer["component"], offer["held_id"], offer["number"]) == ("KH", str(one.id), "15/2015")
    chosen = {"component": "KH", "held_id": offer["held_id"]}
    taken = client.put(f"{address}/held", json=chosen)
    assert (taken.status_code, taken.json()["origin"], taken.json()["sha256"]) == (200, "held", one.sha256)
    assert client.put(f"{address}/held", json=chosen).json()["id"] == taken.json()["id"]
    assert [file["origin"] for file in client.get(address).json()["files"]] == ["held"]
    unknown = client.put(f"{address}/held", json={**chosen, "held_id": str(uuid.uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "onestop.not_held")
    assert "kho dữ liệu" in unknown.json()["detail"]
    wrong = client.put(f"{address}/held", json={**chosen, "component": "KHONG"})
    assert (wrong.status_code, wrong.json()["faults"][0]["pointer"]) == (422, "/component")
    assert client.delete(f"{address}/files/{taken.json()['id']}").status_code == 204
    assert client.get(address).json()["files"] == []


def test_a_supplement_is_answered_with_what_is_held(client_of, tu, who):
    code = reception.take_at_counter(
        BIRTH, MINH_AN, filing.Applicant(who.tu.key, who.tu.name, tu.person.citizen_number),
        components=[{"code": "GCS", "name": "Giấy chứng sinh", "originals": 2, "copies": 0}], actor=who.lan, at=AT,
    ).code  # fmt: skip
    client = client_of(tu.account)
    assert client.get(f"/api/dossiers/{code}/held").json() == {"items": []}
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(5))
    item = {"component": "KH", "reason": "missing", "text": "Nộp giấy chứng nhận kết hôn"}
    supplement.ask_for_supplement(code, [item], actor=who.ha, at=later(6))
    one, foreign = kept(who), kept(who, owner="049185000222", width=310)
    (offer,) = client.get(f"/api/dossiers/{code}/held").json()["items"]
    assert (offer["component"], offer["held_id"]) == ("KH", str(one.id))
    no = client.post(f"/api/dossiers/{code}/answer", json={"held": [{"component": "KH", "held_id": str(foreign.id)}]})
    assert (no.status_code, no.json()["code"]) == (409, "onestop.not_held")
    beyond = client.post(f"/api/dossiers/{code}/answer", json={"held": [{"component": "GCS", "held_id": str(one.id)}]})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "onestop.not_asked")
    done = client.post(f"/api/dossiers/{code}/answer", json={"held": [{"component": "KH", "held_id": str(one.id)}]})
    assert done.status_code == 200, done.text
    assert DossierFile.objects.get(dossier__code=code).held_id == one.id
    assert client_of(account_of("lan")).get(f"/api/dossiers/{code}/held").status_code in (403, 404)
