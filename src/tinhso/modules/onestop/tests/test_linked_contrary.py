"""Linked otherwise: first one, then the lead beside another, all handed over at once, a fee for each part; silence waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.snapshot import PROVINCES

from tinhso.base.actors import Actor, ActorKind, system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.casework.public import open_tasks, participants_of
from tinhso.kernel.organisation.pack import load_pack
from tinhso.kernel.organisation.public import find_official, holdings_of
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import filing, parts, processing, reception, results
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people, shown
from tinhso.modules.onestop.queries.dossiers import view_dossier
from tinhso.modules.onestop.tests import linked, playing

MONDAY = datetime(2024, 6, 3, 8, 0, tzinfo=CIVIL_ZONE)
LOADER = system("loader")


@pytest.fixture
def town(own_folders, db):
    """The contrary province, with somebody in every post that the flow needs; returns officials by name."""
    before = MONDAY - timedelta(days=9)
    load_pack(PROVINCES / "nghich", actor=LOADER, at=before)
    names = {"lan": "NG-01", "minh": "NG-02", "ha": "NG-03", "thanh": "NG-04", "khanh": "NG-05", "hung": "NG-10"}
    names["doi"] = "NG-12"
    return {name: _signed_in(code) for name, code in names.items()}


def _signed_in(staff_code):
    official = find_official(staff_code)
    held = tuple(holdings_of(official.pk, MONDAY.date()))
    return Actor(ActorKind.OFFICIAL, f"official:{official.pk}", official.full_name, "password+totp", 2, holdings=held)


def test_in_the_order_of_the_procedure_and_all_at_once(town):
    tu = playing.citizen()
    applicant = filing.Applicant.of(people.applicant(tu))
    answers = {"stall": {"metres": 3, "beside": "giếng"}, "bees": {"hives": 4}}
    code = reception.take_at_counter(
        "9.000005", "Y90.7", applicant, components=[], answers=answers, actor=town["lan"], at=MONDAY
    ).code
    dossier = Dossier.objects.get(code=code)
    # its own charge, and three metres of the tape
    assert dossier.fee_vnd == 20000 + 3 * 3000
    state = [(row.key, row.position, row.is_running) for row in participants_of(dossier.case_id)]
    assert state == [("neighbour", 0, True), ("lead", 1, False), ("keepers", 1, False)]
    linked.settle(code, "neighbour", town["hung"], town["doi"], at=MONDAY + timedelta(hours=2))
    assert {task.node_id for task in open_tasks(dossier.case_id)} == {"process", "keepers_process"}
    at = MONDAY + timedelta(days=1)
    for step, given in answers.items():
        processing.enter_answers(code, step, given, actor=town["ha"], at=at)
    processing.propose_result(code, actor=town["ha"], at=at)
    playing.sign_plainly(code, actor=town["minh"], at=at)
    results.issue_result(code, actor=town["ha"], at=at)
    Dossier.objects.filter(code=code).update(money="paid")
    assert Dossier.objects.get(code=code).state == NationalState.PROCESSING
    assert [file for file in shown.own_files(view_dossier(code, seen_by=tu)) if file.origin == "result"] == []
    linked.settle(code, "keepers", town["thanh"], town["khanh"], at=at)
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.finished_at) == (NationalState.FINISHED, at)
    assert len([file for file in shown.own_files(view_dossier(code, seen_by=tu)) if file.origin == "result"]) == 3
    assert parts.is_linked(dossier)
