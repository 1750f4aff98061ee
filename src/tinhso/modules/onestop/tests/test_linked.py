"""Linked procedures: each participant by its own clock, its own result, its own lateness (NĐ 61/2018/NĐ-CP Đ.19 k.6)."""

from __future__ import annotations

import pytest

from tinhso.kernel.casework.public import participants_of
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import reception
from tinhso.modules.onestop.models import DeliveryState, Dossier
from tinhso.modules.onestop.queries import participation
from tinhso.modules.onestop.tests import linked
from tinhso.modules.onestop.tests.linked import INSURANCE, POLICE, part
from tinhso.modules.onestop.tests.playing import MINH_AN, later, told

pytestmark = pytest.mark.usefixtures("province")


@pytest.fixture
def them(who):
    """The participants beside the ward."""
    return linked.others()


def test_one_dossier_knows_from_the_beginning_who_takes_part(who):
    dossier = linked.file(who.tu)
    rows = participants_of(dossier.case_id)
    assert [(row.key, row.agency_code, row.role, row.started_at) for row in rows] == [
        ("lead", MINH_AN, "lead", None),
        ("residence", POLICE, "participant", None),
        ("insurance", INSURANCE, "participant", None),
    ]
    assert dossier.shared_with.split() == [POLICE, INSURANCE]


def test_each_part_begins_and_ends_by_the_flow_with_its_own_clock(who, them):
    code = linked.born(who)
    lead, residence, insurance = (part(code, key) for key in ("lead", "residence", "insurance"))
    assert (lead.started_at, lead.ended_at, lead.outcome) == (later(5), later(60), "issue")
    assert residence.started_at == insurance.started_at == later(60)
    assert residence.due_at < insurance.due_at < Dossier.objects.get(code=code).due_at
    steps = linked.tasks(code)
    assert {node: task.due_at for node, task in steps.items()} == {
        "residence_process": residence.due_at,
        "insurance_process": insurance.due_at,
    }
    linked.settle(code, "residence", them.nam, them.cuong, at=later(days=3))
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.finished_at) == (NationalState.PROCESSING, None)
    assert part(code, "residence").outcome == "sign"
    assert part(code, "insurance").is_running


def test_the_last_one_makes_the_whole_ready_and_all_is_handed_over(who, them):
    code = linked.born(who)
    linked.settle(code, "insurance", them.quan, them.tham, at=later(days=2))
    linked.settle(code, "residence", them.nam, them.cuong, at=later(days=4))
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.delivery) == (NationalState.FINISHED, DeliveryState.READY)
    assert dossier.finished_at == later(days=4)
    numbers = {each.part: each.number for each in dossier.part_results.all()}
    assert numbers == {"residence": "1/TBCT", "insurance": "1/BHYT"}
    reception.return_result(code, actor=who.lan, at=later(days=5))
    assert [event for event, _who in told("dossier", code)][-2:] == ["onestop.result_issued", "onestop.result_returned"]


def test_pages_show_each_participant(who, them, client):
    code = linked.born(who)
    linked.settle(code, "insurance", them.quan, them.tham, at=later(days=2))
    rows = participation.part_rows(Dossier.objects.get(code=code), later(days=40))
    assert [(row.row.key, row.state, bool(row.late)) for row in rows] == [
        ("lead", "over", False),
        ("residence", "running", True),
        ("insurance", "over", False),
    ]
