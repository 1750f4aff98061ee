"""How many statements the acts and reads of the one-stop shop send: never more than `tests/budgets.py` allows."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.budgets import ACTS, MESSAGES, READS
from tests.snapshot import with_province

from tinhso.kernel.casework.public import worklist
from tinhso.modules.onestop.actions import applications, filing
from tinhso.modules.onestop.queries import dossiers, tracking, working
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, COPY, MINH_AN, later

pytestmark = with_province
COMES_FROM = {
    "accept": "filed",
    "refuse": "filed",
    "withdraw": "filed",
    "order": "filed",
    "take_money": "filed",
    "take": "accepted",
    "give_back": "taken",
    "ask": "taken",
    "propose": "taken",
    "postpone": "taken",
    "stop": "taken",
    "answer": "waiting",
    "sign": "proposed",
    "correct": "proposed",
    "issue": "signed",
    "rate": "returned",
    "return": "paid",
}
STATIONS = {**playing.STATIONS, "paid": playing.paid}
DRAFT = {
    "save_step": lambda draft, who: applications.save_step(
        draft.id, "copies", {"count": 2}, complete=True, actor=who.tu, at=AT
    ),
    "choose_agency": lambda draft, who: applications.choose_agency(draft.id, MINH_AN, actor=who.tu, at=AT),
    "choose_delivery": lambda draft, who: applications.choose_delivery(
        draft.id, {"result_way": "online"}, actor=who.tu, at=AT
    ),
    "file": lambda draft, who: filing.file_application(
        draft.id, filing.Applicant(who.tu.key, who.tu.name), actor=who.tu, at=AT
    ),
}


def allowed(act: str) -> int:
    """Return how much an act may send to the database of this run."""
    return (MESSAGES if connection.vendor == "postgresql" else ACTS)[act]


def test_every_act_has_a_budget_and_every_budget_an_act():
    assert set(ACTS) == set(MESSAGES) == {"start", *DRAFT, *COMES_FROM}
    assert set(COMES_FROM) == set(playing.ACTS)


@pytest.mark.parametrize("act", COMES_FROM)
def test_an_act_on_a_dossier(who, statements, act):
    warm, code = STATIONS[COMES_FROM[act]](who), STATIONS[COMES_FROM[act]](who)
    playing.ACTS[act](who, warm, later(400))
    if act == "answer":  # storing the file is another act
        paper = playing.document(who.tu, width=300)
        sent = statements(
            lambda: playing.supplement.answer_supplement(code, files=[("UQ", paper)], actor=who.tu, at=later(400))
        )
    elif act in ("take", "give_back"):  # which task it is, the page knows
        task = playing.task_of(code).id
        do = playing.processing.take_dossier if act == "take" else playing.processing.give_back
        sent = statements(lambda: do(code, task, actor=who.ha, at=later(400)))
    else:
        sent = statements(lambda: playing.ACTS[act](who, code, later(400)))
    assert sent <= allowed(act)


@pytest.mark.parametrize("act", DRAFT)
def test_an_act_on_a_draft(who, statements, act):
    warm, draft = playing.start(who.tu), playing.start(who.tu)
    DRAFT[act](warm, who)
    assert statements(lambda: DRAFT[act](draft, who)) <= allowed(act)


def test_beginning_a_draft(who, statements):
    applications.start_application(COPY, actor=who.tu, at=AT)
    assert statements(lambda: applications.start_application(COPY, actor=who.tu, at=AT)) <= allowed("start")


def reads(who, code):
    return {
        "view_dossier": lambda: dossiers.view_dossier(code, seen_by=who.ha),
        "track": lambda: tracking.track(code),
        "worklist": lambda: working.rows(worklist(who.ha, at=later(30)).tasks, later(30)),
        "own": lambda: dossiers.list_own(who.tu),
        "search": lambda: dossiers.search_dossiers("nguyen thi tu", seen_by=who.lan),
    }


@pytest.mark.parametrize("name", READS)
def test_a_read_sends_as_many_statements_for_one_as_for_three(who, statements, name):
    code = playing.accepted(who)
    read = reads(who, code)[name]
    read()
    one = statements(read)
    playing.waiting(who)
    playing.accepted(who)
    assert statements(read) == one
    assert one <= READS[name]
