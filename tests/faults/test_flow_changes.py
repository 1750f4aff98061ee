"""A new version of a flow is deployed while dossiers run on the old one: each ends as it began."""

from __future__ import annotations

import pytest
from tests.snapshot import PROVINCES, with_province

from tinhso.base.actors import system
from tinhso.kernel.casework.public import deploy_flow, get_case
from tinhso.modules.onestop.actions import money, processing, reception, results
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
REVIEW = """<bpmn:userTask id="review" name="Duyệt" tinhso:nameEn="Review" tinhso:form="review" tinhso:role="leader"
 tinhso:agency="agency" tinhso:within="4h" tinhso:outcomes="agree:Đồng ý" />
<bpmn:sequenceFlow id="review_done" sourceRef="review" targetRef="sign" />"""


@pytest.fixture
def who(own_folders, db):
    return playing.cast()


def with_review() -> bytes:
    """Return the flow of one agency with a review before the signature."""
    xml = (PROVINCES / "quang-nam" / "flows" / "mot-cap.bpmn").read_text(encoding="utf-8")
    changed = xml.replace(
        'id="process_on" name="Trình kết quả" sourceRef="process_decided" targetRef="sign"',
        'id="process_on" name="Trình kết quả" sourceRef="process_decided" targetRef="review"',
    )
    assert changed != xml
    return changed.replace("</bpmn:process>", f"{REVIEW}</bpmn:process>").encode()


def version(code: str) -> int:
    return get_case(Dossier.objects.get(code=code).case_id).flow.version


def finish(who, code: str) -> None:
    playing.sign_plainly(code, actor=who.minh, at=later(20))
    results.issue_result(code, actor=who.ngoc, at=later(21))
    money.take_payment(code, actor=who.hoa, at=later(22))
    reception.return_result(code, actor=who.lan, at=later(23))


@pytest.mark.parametrize("station", ["filed", "taken", "waiting", "proposed"])
def test_what_runs_goes_on_as_it_began_and_what_begins_runs_anew(who, station):
    old = playing.STATIONS[station](who)
    before = version(old)
    deploy_flow(with_review(), actor=system("loader"), at=later(8))
    new = playing.taken(who)
    assert (version(old), version(new)) == (before, before + 1)
    processing.propose_result(new, actor=who.ha, at=later(10))
    assert playing.task_of(new).form == "review"
    processing.pass_on(new, actor=who.minh, at=later(11))
    finish(who, new)
    if station == "filed":
        reception.accept_dossier(old, actor=who.lan, at=later(9))
    if station == "waiting":
        playing.ACTS["answer"](who, old, later(301))
    if station != "proposed":
        processing.propose_result(old, actor=who.ha, at=later(302))
    assert playing.task_of(old).form == "sign"
    finish(who, old)
    assert set(Dossier.objects.values_list("delivery", flat=True)) == {"handed"}
