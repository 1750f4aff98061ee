"""Participants of one linked dossier at one moment: the whole ends once, nothing is lost, numbers have no gaps."""

from __future__ import annotations

import pytest
from tests.world import racing  # noqa: F401 - lent to the tests here

from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import participants_of
from tinhso.kernel.journal.public import entries, verify_all
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import parts, supplement
from tinhso.modules.onestop.models import Dossier, PartResult
from tinhso.modules.onestop.tests import linked, playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = [pytest.mark.usefixtures("province", "own_folders"), pytest.mark.xdist_group("province")]
MISSING = [{"component": "", "pointer": "", "reason": "missing", "text": "Thiếu bản sao có ảnh."}]


def told(act):
    """Do an act; return that it was done, or the code of its refusal."""
    try:
        act()
    except Refusal as no:
        return no.code
    return "done"


def events(dossier, name):
    return [entry for entry in entries(dossier.journal_subject) if entry.event == name]


def test_two_who_finish_at_once_end_the_whole_once(racing):  # noqa: F811
    who, them = playing.cast(), linked.others()
    codes = [linked.born(who), linked.born(who)]
    for code in codes:
        parts.propose_part(code, actor=them.nam, at=later(120))
        parts.propose_part(code, actor=them.quan, at=later(120))
        last = (("residence", them.cuong), ("insurance", them.tham))
        racing(2, lambda which, code=code, last=last: linked.sign_part(
            code, last[which][0], actor=last[which][1], at=later(130)))  # fmt: skip
        dossier = Dossier.objects.get(code=code)
        assert (dossier.state, dossier.finished_at) == (NationalState.FINISHED, later(130))
        assert len(events(dossier, "onestop.part_signed")) == 2
        assert not any(row.is_running for row in participants_of(dossier.case_id))
        assert list(linked.tasks(code)) == ["return"]
    for part in ("residence", "insurance"):
        numbers = PartResult.objects.filter(part=part).order_by("number").values_list("number", flat=True)
        assert [int(number.partition("/")[0]) for number in numbers] == [1, 2], list(numbers)
    assert verify_all().ok


def test_a_refusal_while_another_asks_for_papers_loses_neither(racing):  # noqa: F811
    who, them = playing.cast(), linked.others()
    code = linked.born(who)

    def work(which):
        if which:
            return told(lambda: supplement.ask_for_supplement(code, MISSING, actor=them.quan, at=later(120)))
        refusal = {"kind": "refusal", "reason": "Chưa có chỗ ở hợp pháp."}
        return told(lambda: parts.propose_part(code, actor=them.nam, at=later(120), **refusal))

    assert racing(2, work) == ["done", "done"]
    assert list(linked.tasks(code)) == ["residence_sign"]
    assert linked.part(code, "insurance").paused_at == later(120)
    assert linked.part(code, "residence").paused_at is None
    linked.sign_part(code, "residence", actor=them.cuong, at=later(130))
    dossier = Dossier.objects.get(code=code)
    assert dossier.finished_at is None
    assert linked.part(code, "insurance").is_running


def test_a_withdrawal_while_a_part_is_signed_is_one_or_the_other_and_ends_all(racing):  # noqa: F811
    who, them = playing.cast(), linked.others()
    code = linked.born(who)
    parts.propose_part(code, actor=them.nam, at=later(120))

    def work(which):
        if which:
            return told(lambda: supplement.withdraw_dossier(code, reason="Thôi.", actor=who.tu, at=later(130)))
        return told(lambda: linked.sign_part(code, "residence", actor=them.cuong, at=later(130)))

    signed, withdrawn = racing(2, work)
    dossier = Dossier.objects.get(code=code)
    assert withdrawn == "done"
    assert dossier.state == NationalState.WITHDRAWN
    assert linked.tasks(code) == {}
    assert not any(row.is_running for row in participants_of(dossier.case_id))
    result = PartResult.objects.get(dossier=dossier, part="residence")
    assert (signed == "done") == (result.signed_at is not None) == bool(events(dossier, "onestop.part_signed"))
    assert verify_all().ok
