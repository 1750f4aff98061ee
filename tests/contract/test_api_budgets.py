"""How many SQL statements a request costs, sign-in by token and the kept answer included."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.world import AT, account_of, known_citizen, with_province

from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import answers_of

pytestmark = with_province
WORKLIST = 50


def counted(send):
    with CaptureQueriesContext(connection) as seen:
        answer = send()
    assert answer.status_code < 300, answer.text
    return [row["sql"] for row in seen.captured_queries if not row["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


def at_most(most, send):
    sent = counted(send)
    assert len(sent) <= most, "\n".join(f"{n} {sql[:150]}" for n, sql in enumerate(sent, 1))


@pytest.fixture
def tu():
    return known_citizen()


def warm(client, path):
    """Note the token's use and read what is remembered of the province, as every request but the first finds it."""
    assert client.get(path).status_code == 200


def test_filing(client_of, tu):
    playing.file(tu.actor)
    client = client_of(tu.account)
    warm(client, "/api/dossiers")
    draft = playing.start(tu.actor)
    at_most(15, lambda: client.post(f"/api/applications/{draft.id}/file", headers={"Idempotency-Key": "k"}))


def test_saving_a_step(client_of, tu):
    client = client_of(tu.account)
    warm(client, "/api/dossiers")
    draft = playing.start(tu.actor)
    answers = answers_of(tu.actor)["copies"]
    at_most(
        15,
        lambda: client.put(
            f"/api/applications/{draft.id}/steps/copies", json={"answers": answers}, headers={"Idempotency-Key": "k"}
        ),
    )


@pytest.mark.parametrize("act", ["accept", "propose"])
def test_one_step_of_an_officer(client_of, act):
    who = playing.cast()
    playing.returned(who)
    code = {"accept": lambda: playing.file(who.tu).code, "propose": lambda: playing.taken(who)}[act]()
    client = client_of(account_of({"accept": "lan", "propose": "ha"}[act]))
    warm(client, "/api/worklist")
    body = {"propose": {"kind": "grant"}}.get(act)
    at_most(15, lambda: client.post(f"/api/dossiers/{code}/{act}", json=body, headers={"Idempotency-Key": "k"}))


@pytest.mark.parametrize("station", ["filed", "waiting", "returned"])
def test_a_dossier_whole(client_of, station):
    who = playing.cast()
    code = playing.STATIONS[station](who)
    for client in (client_of(known_citizen().account), client_of(account_of("lan"))):
        warm(client, f"/api/dossiers/{code}")
        at_most(10, lambda client=client: client.get(f"/api/dossiers/{code}"))


def test_a_worklist_of_fifty_costs_what_one_of_three_costs(client_of, tu):
    client = client_of(account_of("lan"))
    for n in range(3):
        playing.file(tu.actor, at=AT + timedelta(minutes=n))
    warm(client, "/api/worklist")
    few = counted(lambda: client.get("/api/worklist"))
    for n in range(WORKLIST):
        playing.file(tu.actor, at=AT + timedelta(minutes=10 + n))
    many = counted(lambda: client.get("/api/worklist"))
    assert len(client.get("/api/worklist").json()["items"]) == WORKLIST
    assert len(few) == len(many) <= 5


def test_procedures_and_tracking(client_of, tu):
    code = playing.file(tu.actor).code
    nobody = client_of()
    for path, most in ((f"/api/track/{code}", 3), ("/api/procedures?q=khai+sinh", 3), ("/api/procedures/2.000635", 1)):
        warm(nobody, path)
        at_most(most, lambda path=path: nobody.get(path))
