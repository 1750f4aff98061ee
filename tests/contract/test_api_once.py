"""A write that is sent twice acts once: one after the other, and both at the same moment on real connections."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from tests.contract.conftest import make_client
from tests.world import AT, COPY, MINH_AN, account_of, known_citizen

from tinhso.base.actors import system
from tinhso.kernel.identity.actions import forget_answers
from tinhso.kernel.identity.models import KeptAnswer
from tinhso.kernel.journal.public import Entry
from tinhso.modules.onestop.models import Application, Dossier
from tinhso.modules.onestop.tests import playing

TOGETHER = 4
pytestmark = pytest.mark.xdist_group("province")


@pytest.fixture
def tu(province, db):
    return known_citizen()


def key(name):
    return {"Idempotency-Key": name}


def test_the_same_request_again_is_answered_alike_and_acts_once(client_of, tu):
    client = client_of(tu.account)
    draft = playing.start(tu.actor)
    first = client.post(f"/api/applications/{draft.id}/file", headers=key("one"))
    lines = Entry.objects.count()
    again = client.post(f"/api/applications/{draft.id}/file", headers=key("one"))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (Dossier.objects.count(), Entry.objects.count()) == (1, lines)
    other = client.post(f"/api/applications/{draft.id}/file", headers=key("two"))
    assert (other.status_code, other.json()["code"]) == (409, "onestop.already_filed")


def test_the_same_key_for_another_request_is_refused(client_of, tu):
    client = client_of(tu.account)
    body = {"service_code": COPY, "agency_code": MINH_AN}
    assert client.post("/api/applications", json=body, headers=key("k")).status_code == 201
    other = client.post("/api/applications", json={**body, "agency_code": ""}, headers=key("k"))
    assert (other.status_code, other.json()["code"]) == (422, "identity.key_used_otherwise")
    assert Application.objects.count() == 1
    neighbour = client_of(known_citizen("Lê Văn Xóm", "049185000222").account)
    assert neighbour.post("/api/applications", json=body, headers=key("k")).status_code == 201
    assert client.post("/api/applications", json=body).status_code == 201


@pytest.mark.parametrize("bad", ["", " ", "a b", "x" * 201])
def test_a_key_is_visible_and_not_long(client_of, tu, bad):
    answer = client_of(tu.account).post("/api/applications", json={"service_code": COPY}, headers=key(bad))
    assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (422, "/Idempotency-Key")
    assert Application.objects.count() == 0


def test_a_refused_write_leaves_its_key_free(client_of, tu):
    client, lan = client_of(tu.account), client_of(account_of("lan"))
    code = playing.file(tu.actor).code
    refused = lan.post(f"/api/dossiers/{code}/return", json={}, headers=key("k"))
    assert (refused.status_code, KeptAnswer.objects.count()) == (409, 0)
    assert client.post(f"/api/dossiers/{code}/withdraw", json={}, headers=key("k")).status_code == 200


def test_the_same_file_sent_again_is_one_file(client_of, tu, paper):
    client = client_of(tu.account)
    draft = playing.start(tu.actor)
    sent = [
        client.post(
            f"/api/applications/{draft.id}/files",
            data={"component": "UQ"},
            files={"file": ("uỷ quyền.png", paper)},
            headers=key("file"),
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    assert draft.files.count() == 1


def test_answers_are_forgotten_after_a_day(client_of, tu):
    client_of(tu.account).post("/api/applications", json={"service_code": COPY}, headers=key("k"))
    assert forget_answers(actor=system("cleaner"), at=AT + timedelta(hours=23)) == 0
    assert forget_answers(actor=system("cleaner"), at=AT + timedelta(hours=25)) == 1


def test_filed_by_several_at_once_with_one_key_it_is_one_dossier(racing, at_now):
    tu = known_citizen()
    draft = playing.start(tu.actor)
    clients = [make_client(tu.account) for _ in range(TOGETHER)]
    answers = racing(
        TOGETHER, lambda which: clients[which].post(f"/api/applications/{draft.id}/file", headers=key("k"))
    )
    assert Counter(answer.status_code for answer in answers) == {201: TOGETHER}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == TOGETHER - 1
    assert (Dossier.objects.count(), Entry.objects.filter(event="onestop.dossier_filed").count()) == (1, 1)


def test_filed_by_several_at_once_without_a_key_it_is_still_one_dossier(racing, at_now):
    tu = known_citizen()
    draft = playing.start(tu.actor)
    clients = [make_client(tu.account) for _ in range(TOGETHER)]
    answers = racing(TOGETHER, lambda which: clients[which].post(f"/api/applications/{draft.id}/file"))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: TOGETHER - 1}
    assert Dossier.objects.count() == 1


def test_codes_have_no_gaps_when_many_file_at_once(racing, at_now):
    tu = known_citizen()
    drafts = [playing.start(tu.actor) for _ in range(TOGETHER)]
    clients = [make_client(tu.account) for _ in range(TOGETHER)]
    answers = racing(TOGETHER, lambda which: clients[which].post(f"/api/applications/{drafts[which].id}/file"))
    assert [answer.status_code for answer in answers] == [201] * TOGETHER
    assert sorted(int(answer.json()["code"][-4:]) for answer in answers) == list(range(1, TOGETHER + 1))


def test_of_several_who_accept_what_they_saw_one_acts_and_the_others_look_again(racing, at_now):
    code = playing.file(known_citizen().actor).code
    clients = [make_client(account_of("lan")) for _ in range(TOGETHER)]
    seen = {"If-Match": clients[0].get(f"/api/dossiers/{code}").headers["ETag"]}
    answers = racing(TOGETHER, lambda which: clients[which].post(f"/api/dossiers/{code}/accept", headers=seen))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: TOGETHER - 1}
    assert Entry.objects.filter(event="onestop.dossier_accepted").count() == 1
