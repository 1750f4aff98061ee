"""A group that pays less: claimed by the applicant, confirmed or not at the desk, never in the way of the dossier."""

from __future__ import annotations

import pytest
from tests.money.ledger import clocks, rule, sound
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.modules.onestop.actions import claims, money, owing, processing, reception, results, steps, supplement
from tinhso.modules.onestop.models import Dossier, FeeClaim, MoneyState, Payment
from tinhso.modules.onestop.queries import dossiers, fees, shown
from tinhso.modules.onestop.queries.claims import claims_shown
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import GATEWAY, later
from tinhso.modules.onestop.tests.test_actions_money import order, settle

pytestmark = with_province
EXEMPT = {
    "group": "birth",
    "percent": 50,
    "name": "Đối tượng thử",
    "name_en": "A tried group",
    "evidence": ["UQ"],
    "source": "NQ 7",
}
ITEM = {
    "code": "copy", "name": "Phí cấp bản sao", "quantity": "copies.count", "exempt": [EXEMPT],
    "amounts": [{"amount": 8_000, "source": "TT 281"}],
}  # fmt: skip


@pytest.fixture
def code(who):
    """A dossier of two copies by somebody who says to belong to a group: 8,000 đ instead of 16,000."""
    # the group is read from an answer that the form of the procedure asks
    rule(playing.COPY, group_answer="record.event", items=[ITEM])
    return playing.file(who.tu).code


def state():
    dossier = Dossier.objects.get()
    return dossier.fee_vnd, dossier.money, fees.owed(dossier)


def test_what_is_claimed_counts_until_somebody_looks(who, code):
    claim = FeeClaim.objects.get()
    assert (claim.group, claim.state, claim.evidence, claim.law) == ("birth", "claimed", ["UQ"], "NQ 7")
    assert state() == (8_000, MoneyState.DUE, 8_000)
    reception.accept_dossier(code, actor=who.lan, at=later(5))  # nobody had to look first
    assert sound() == []


def test_confirmed_it_stays_and_says_what_was_seen(who, code):
    with pytest.raises(BadInput):
        claims.confirm_claim(code, "birth", actor=who.lan, at=later(5))
    claims.confirm_claim(code, "birth", note="Đã xem sổ hộ nghèo bản chính", actor=who.lan, at=later(6))
    kept = FeeClaim.objects.get()
    assert (kept.state, kept.decided_by, kept.reason) == ("confirmed", who.lan.name, "Đã xem sổ hộ nghèo bản chính")
    line = playing.last_line(code)
    assert (line.event, line.facts["group"], line.facts["papers"]) == ("onestop.claim_confirmed", "birth", [])
    assert state()[0] == 8_000


def test_a_paper_of_the_dossier_is_evidence_enough(who, code):
    supplement.ask_for_supplement(code, playing.UNREADABLE, actor=who.lan, at=later(5))
    paper = playing.document(who.tu, width=300)
    supplement.answer_supplement(code, files=[("UQ", paper)], actor=who.tu, at=later(6))
    view = dossiers.view_dossier(code, seen_by=who.lan)
    (one,) = claims_shown(view.dossier, view.files)
    assert [file.component_code for file in one.papers] == ["UQ"]
    claims.confirm_claim(code, "birth", actor=who.lan, at=later(7))
    assert playing.last_line(code).facts["papers"] == [paper.sha256]


def test_refused_the_whole_fee_is_due_and_the_applicant_reads_why(who, code):
    with pytest.raises(BadInput):
        claims.refuse_claim(code, "birth", reason=" ", actor=who.lan, at=later(5))
    claims.refuse_claim(code, "birth", reason="Không có giấy xác nhận", actor=who.lan, at=later(6))
    assert state() == (16_000, MoneyState.DUE, 16_000)
    view = dossiers.view_dossier(code, seen_by=who.tu)
    assert "Không có giấy xác nhận" in [
        each.get("text") for each in shown.timeline(view.history, view.dossier, own=True)
    ]
    reception.accept_dossier(code, actor=who.lan, at=later(7))
    assert sound() == []


def test_refused_after_it_was_paid_the_rest_is_demanded(who, code):
    first = order(who, code)
    settle(first, amount_vnd=8_000)
    reception.accept_dossier(code, actor=who.lan, at=later(15))
    claims.refuse_claim(code, "birth", reason="Hết hiệu lực", actor=who.lan, at=later(20))
    assert state() == (16_000, MoneyState.DUE, 8_000)
    paid = money.take_payment(code, actor=who.hoa, at=later(30))
    assert (paid.amount_vnd, paid.demand) == (8_000, 1)
    assert sound() == []


def test_confirmed_after_it_was_refused_and_paid_goes_back(who, code):
    claims.refuse_claim(code, "birth", reason="Thiếu giấy", actor=who.lan, at=later(5))
    settle(order(who, code), amount_vnd=16_000)
    claims.confirm_claim(code, "birth", note="Đã bổ sung", actor=who.lan, at=later(20))
    assert state() == (8_000, MoneyState.BACK, 0)
    with pytest.raises(owing.FeeSettled):
        claims.refuse_claim(code, "birth", reason="Thôi", actor=who.lan, at=later(21))
    assert FeeClaim.objects.get().state == "confirmed", "nothing moved"
    money.note_refund(Payment.objects.get(of__isnull=False).order_code, actor=GATEWAY, at=later(30))
    assert state() == (8_000, MoneyState.PAID, 0)
    assert sound() == []


def test_an_exemption_of_everything_that_is_confirmed_later_and_refused_again(who):
    rule(playing.COPY, group_answer="record.event", items=[{**ITEM, "exempt": [{**EXEMPT, "percent": 100}]}])
    code = playing.file(who.tu).code
    assert state() == (0, MoneyState.NONE, 0)
    claims.refuse_claim(code, "birth", reason="Thiếu giấy", actor=who.lan, at=later(5))
    money.take_payment(code, actor=who.hoa, at=later(6))
    claims.confirm_claim(code, "birth", note="Có giấy", actor=who.lan, at=later(7))
    assert state() == (0, MoneyState.BACK, 0)
    assert sound() == []
    money.return_cash(code, actor=who.hoa, at=later(8))
    assert state() == (0, MoneyState.NONE, 0)
    claims.refuse_claim(code, "birth", reason="Giấy của người khác", actor=who.lan, at=later(9))
    assert money.take_payment(code, actor=who.hoa, at=later(10)).amount_vnd == 16_000
    assert sound() == [] == clocks()


def test_what_was_refused_stays_refused_when_answers_change(who, code):
    claims.refuse_claim(code, "birth", reason="Thiếu giấy", actor=who.lan, at=later(5))
    ask = [{"pointer": "/copies/count", "reason": "wrong", "text": "Mấy bản?"}]
    supplement.ask_for_supplement(code, ask, actor=who.lan, at=later(6))
    supplement.answer_supplement(code, answers={"copies": {"count": 3}}, actor=who.tu, at=later(7))
    assert state()[0] == 24_000


def test_what_is_claimed_no_more_is_not_looked_at(who, code):
    ask = [{"pointer": "/record/event", "reason": "wrong", "text": "Sự kiện nào?"}]
    supplement.ask_for_supplement(code, ask, actor=who.lan, at=later(6))
    supplement.answer_supplement(code, answers={"record": {"event": "death"}}, actor=who.tu, at=later(7))
    assert state()[0] == 16_000
    assert not FeeClaim.objects.exists()


def test_who_may_not_judge(who, code):
    for actor in (who.tu, who.minh, who.hoa, who.ngoc):
        with pytest.raises(Forbidden):
            claims.refuse_claim(code, "birth", reason="x", actor=actor, at=later(5))
    for actor in (who.neighbour, who.hung):
        with pytest.raises(NotFound):
            claims.confirm_claim(code, "birth", note="x", actor=actor, at=later(5))
    with pytest.raises(NotFound):
        claims.confirm_claim(code, "other", note="x", actor=who.lan, at=later(5))


def test_what_is_over_is_not_judged(who, code):
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(6))
    processing.propose_result(code, actor=who.ha, at=later(9))
    playing.sign_plainly(code, actor=who.minh, at=later(10))
    results.issue_result(code, actor=who.ngoc, at=later(11))
    with pytest.raises(steps.WrongState):
        claims.refuse_claim(code, "birth", reason="x", actor=who.lan, at=later(12))
