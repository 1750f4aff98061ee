"""A fee that becomes due after the dossier was looked at: demanded by a rule, paid like any other, waited for as the rule says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils.translation import override
from tests.money.ledger import LATER, STAMP, WORK, clocks, rule, sound
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import dispatch, entries
from tinhso.law.states import NationalState
from tinhso.modules.onestop import tasks
from tinhso.modules.onestop.actions import (
    demands,
    lateness,
    money,
    processing,
    reception,
    results,
    statements,
    steps,
    supplement,
    transfers,
)
from tinhso.modules.onestop.models import Dossier, DueChange, FeeDemand, MoneyState, Payment, Result
from tinhso.modules.onestop.queries import deadlines, dossiers, fees, shown, working
from tinhso.modules.onestop.queries.telling import OWNER_TEXTS
from tinhso.modules.onestop.tests import banking, playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.onestop.tests.test_actions_money import order, settle

pytestmark = with_province
BASIS = "Biên bản đo đạc số 12 ngày 28/11/2022"
WORKER = system("worker")


@pytest.fixture
def code(who):
    """A dossier of two copies, 16,000 đ, that Hà has taken; its procedure may demand more later."""
    rule(playing.COPY, later=LATER)
    return playing.taken(who)


def demand(who, code, item="survey", at=20, **given):
    given = {"basis": BASIS, **({"amount_vnd": 300_000} if item == "survey" else {}), **given}
    return demands.demand_fee(code, item, actor=who.ha, at=later(at), **given)


def state():
    dossier = Dossier.objects.get()
    return dossier.state, dossier.fee_vnd, dossier.money, fees.owed(dossier)


def pay(who, code, at):
    payment = order(who, code, at=later(at))
    return settle(payment, amount_vnd=payment.amount_vnd, at=later(at + 1))


def test_work_waits_for_what_is_demanded_and_the_clock_with_it(who, code):
    pay(who, code, 10)
    before = Dossier.objects.get().due_at
    made = demand(who, code)
    assert state() == (NationalState.PAYMENT_ASKED, 316_000, MoneyState.DUE, 300_000)
    assert (made.number, made.amount_vnd, made.stands, made.pay_by) == (
        1,
        300_000,
        "NQ thử nghiệm Đ.2",
        date(2022, 12, 8),
    )
    assert sound() == [] == clocks()
    with pytest.raises(steps.PaymentFirst):
        processing.propose_result(code, actor=who.ha, at=later(21))
    work = dossiers.view_dossier(code, seen_by=who.ha)
    assert [each["buttons"] for each in working.offers(work.tasks, work.dossier, who.ha)] == [[]], (
        "nothing that is refused"
    )
    with pytest.raises(steps.WrongState):
        supplement.ask_for_supplement(code, playing.UNREADABLE, actor=who.ha, at=later(21))
    assert lateness.apologise_for_lateness(actor=WORKER, at=later(days=3)) == 0, "the clock stands"
    paid = pay(who, code, 24 * 60 * 3)  # three days later
    assert (paid.amount_vnd, paid.demand) == (300_000, 1)
    dossier = Dossier.objects.get()
    assert state() == (NationalState.PROCESSING, 316_000, MoneyState.PAID, 0)
    assert dossier.paused_at is None
    assert civil_date(dossier.due_at) - civil_date(before) == timedelta(days=3)
    moved = DueChange.objects.get()
    assert (moved.kind, moved.was, moved.became, moved.law) == ("payment", before, dossier.due_at, "NQ thử nghiệm Đ.2")
    assert FeeDemand.objects.get().payment == paid
    assert deadlines.why_due(dossier, dossiers.pauses_of(dossier)).value == dossier.due_at
    task = playing.task_of(code)
    assert task.due_at <= dossier.due_at
    processing.propose_result(code, actor=who.ha, at=later(days=3, minutes=10))
    assert sound() == [] == clocks()
    verbs = [line.event for line in entries(("dossier", code)) if line.event.startswith("onestop.")]
    assert verbs.index("onestop.fee_demanded") < verbs.index("onestop.work_held") < verbs.index("onestop.work_resumed")


@pytest.mark.parametrize("way", ["cash", "gateway", "transfer"])
def test_each_way_of_paying_lets_the_work_go_on(who, code, way):
    made = demand(who, code)
    assert made.payment is None
    if way == "cash":
        assert money.take_payment(code, actor=who.hoa, at=later(30)).amount_vnd == 316_000
    elif way == "gateway":
        pay(who, code, 30)
    else:
        prepared = transfers.start_transfer(code, actor=who.tu, at=later(30))
        rows = banking.csv_of([banking.came(316_000, f"{prepared.order_code} nop phi")])
        statements.import_statement(rows, "a.csv", playing.MINH_AN, actor=playing.official("tho"), at=later(40))
    assert state() == (NationalState.PROCESSING, 316_000, MoneyState.PAID, 0)
    assert sound() == [] == clocks()


def test_the_applicant_is_told_why_how_much_and_by_when(who, code):
    demand(who, code)
    view = dossiers.view_dossier(code, seen_by=who.tu)
    asked = next(each for each in shown.todo(view) if "316.000" in each["title"])
    assert asked["items"][0].startswith("Phí trích đo: 300.000")
    assert "08/12/2022" in asked["items"][0]
    assert BASIS in asked["items"][0]
    line = next(entry for entry in shown.timeline(view.history, view.dossier, own=True) if entry["state"] == "pause")
    assert line["title"] == "Chờ nộp tiền"
    assert any("Phí trích đo" in each for each in shown.fee_words(view.dossier))


def test_the_notice_names_sum_and_day(who, code):
    demand(who, code)
    while dispatch(at=later(500)):
        pass
    told = Notice.objects.get(recipient=who.tu.key, text=OWNER_TEXTS["onestop.fee_demanded"])
    assert (told.facts["item"], told.facts["amount"], told.facts["until"]) == (
        "Phí trích đo",
        "300.000 đồng",
        "08/12/2022",
    )


def test_a_part_of_a_value_is_reckoned_by_the_rule(who, code):
    with pytest.raises(demands.WrongSum) as no:
        demand(who, code, "registration")
    assert no.value.faults[0].pointer == "/value"
    made = demand(who, code, "registration", value_vnd=123_456_789, amount_vnd=1)
    assert (made.amount_vnd, made.value_vnd) == (617_284, 123_456_789), "the officer's sum is not asked"
    assert made.stands, "the national figure stands where the rule names no text"


@pytest.mark.parametrize("amount", [None, 0, -5, 5_000_001])
def test_a_sum_outside_of_the_rule_is_refused(who, code, amount):
    with pytest.raises(demands.WrongSum):
        demand(who, code, amount_vnd=amount)
    assert not FeeDemand.objects.exists()
    assert Dossier.objects.get().state == NationalState.PROCESSING


def test_what_is_not_listed_is_not_charged_and_a_basis_is_named(who, code):
    with pytest.raises(demands.NoSuchFee):
        demand(who, code, "stamp")
    with pytest.raises(demands.NoSuchFee):
        demand(who, code, "tip", amount_vnd=50_000)
    with pytest.raises(BadInput):
        demand(who, code, basis="  ")
    demand(who, code)
    with pytest.raises(demands.DemandedBefore):
        demand(who, code, at=25)


def test_who_may_not_demand(who, code):
    for actor in (who.tu, who.lan, who.hoa, who.minh):
        with pytest.raises(Forbidden):
            demands.demand_fee(code, "survey", amount_vnd=5, basis=BASIS, actor=actor, at=later(20))
    with pytest.raises(NotFound):
        demands.demand_fee(code, "survey", amount_vnd=5, basis=BASIS, actor=who.hung, at=later(20))
    demand(who, code)
    for actor in (who.tu, who.lan, who.hoa):
        with pytest.raises(Forbidden):
            demands.withdraw_demand(code, 1, reason="x", actor=actor, at=later(21))


def test_a_withdrawn_demand_is_owed_no_more_and_the_work_goes_on(who, code):
    pay(who, code, 10)
    demand(who, code)
    with pytest.raises(BadInput):
        demands.withdraw_demand(code, 1, reason=" ", actor=who.ha, at=later(25))
    demands.withdraw_demand(code, 1, reason="Không phải đo lại", actor=who.ha, at=later(26))
    assert state() == (NationalState.PROCESSING, 16_000, MoneyState.PAID, 0)
    assert Dossier.objects.get().paused_at is None
    with pytest.raises(demands.NotDemanded):
        demands.withdraw_demand(code, 1, reason="x", actor=who.ha, at=later(27))
    again = demand(who, code, at=30)
    assert again.number == 2
    assert sound() == [] == clocks()


def test_a_demand_that_was_paid_and_is_withdrawn_goes_back_the_way_it_came(who, code):
    pay(who, code, 10)
    demand(who, code)
    money.take_payment(code, actor=who.hoa, at=later(30))
    demands.withdraw_demand(code, 1, reason="Tính nhầm", actor=who.minh, at=later(40))
    assert state() == (NationalState.PROCESSING, 16_000, MoneyState.BACK, 0)
    with pytest.raises(demands.MoneyGoesBack):
        demand(who, code, at=41)
    back = money.return_cash(code, actor=who.hoa, at=later(50))
    assert (back.amount_vnd, state()) == (300_000, (NationalState.PROCESSING, 16_000, MoneyState.PAID, 0))
    assert sound() == [] == clocks()


def test_a_fee_that_fell_to_nothing_can_be_demanded_anew(who):
    rule(
        playing.COPY, later=LATER, items=[{"code": "free", "name": "Miễn", "amounts": [{"amount": 0, "source": "NQ"}]}]
    )
    code = playing.taken(who)
    assert state()[2] == MoneyState.NONE
    demand(who, code)
    money.take_payment(code, actor=who.hoa, at=later(30))
    demands.withdraw_demand(code, 1, reason="Tính nhầm", actor=who.ha, at=later(31))
    assert sound() == []
    money.return_cash(code, actor=who.hoa, at=later(32))
    assert state()[1:] == (0, MoneyState.NONE, 0)
    demand(who, code, at=40)
    second = money.take_payment(code, actor=who.hoa, at=later(41))
    assert (second.amount_vnd, second.demand) == (300_000, 1)
    assert sound() == [] == clocks()


def test_a_voided_receipt_lets_the_work_wait_again(who, code):
    demand(who, code)
    taken = money.take_payment(code, actor=who.hoa, at=later(30))
    assert state()[0] == NationalState.PROCESSING
    money.void_receipt(taken.receipt_number, reason="Bấm nhầm", actor=who.hoa, at=later(31))
    assert state() == (NationalState.PAYMENT_ASKED, 316_000, MoneyState.DUE, 316_000)
    assert Dossier.objects.get().paused_at == later(31)
    assert sound() == [] == clocks()
    money.take_payment(code, actor=who.hoa, at=later(32))
    assert sound() == [] == clocks()


def test_an_answer_that_changes_the_fee_leaves_the_demand(who, code):
    pay(who, code, 10)
    demand(who, code)
    pay(who, code, 30)
    supplement.ask_for_supplement(
        code, [{"pointer": "/copies/count", "reason": "wrong", "text": "Mấy bản?"}], actor=who.ha, at=later(50)
    )
    supplement.answer_supplement(code, answers={"copies": {"count": 3}}, actor=who.tu, at=later(60))
    assert state()[1:] == (324_000, MoneyState.DUE, 8_000)
    assert sum("Phí trích đo" in each for each in shown.fee_words(Dossier.objects.get())) == 1
    assert sound() == [] == clocks()


def test_nothing_waits_for_a_fee_for_which_nothing_waits(who, code):
    pay(who, code, 10)
    demand(who, code, "late")
    assert state() == (NationalState.PROCESSING, 21_000, MoneyState.DUE, 5_000)
    processing.propose_result(code, actor=who.ha, at=later(30))
    playing.sign_plainly(code, actor=who.minh, at=later(31))
    results.issue_result(code, actor=who.ngoc, at=later(32))
    view = dossiers.view_dossier(code, seen_by=who.tu)
    assert any(file.origin == "result" for file in shown.own_files(view))
    reception.return_result(code, actor=who.lan, at=later(33))
    assert sound() == [] == clocks()
    view = dossiers.view_dossier(code, seen_by=who.tu)
    assert any("5.000" in each["title"] for each in shown.todo(view)), "it is still owed"
    assert money.take_payment(code, actor=who.hoa, at=later(34)).amount_vnd == 5_000
    assert sound() == []


def test_beside_the_fee_of_filing_the_result_waits_for_both(who, code):
    demand(who, code, "late")
    assert Dossier.objects.get().result_waits
    processing.propose_result(code, actor=who.ha, at=later(30))
    playing.sign_plainly(code, actor=who.minh, at=later(31))
    results.issue_result(code, actor=who.ngoc, at=later(32))
    with pytest.raises(reception.MoneyFirst):
        reception.return_result(code, actor=who.lan, at=later(33))


def test_a_rule_demands_with_the_result_once_and_never_for_a_refusal(who):
    rule(playing.COPY, later=[STAMP])
    code = playing.proposed(who)
    assert state() == (NationalState.PROCESSING, 36_000, MoneyState.DUE, 36_000)
    assert FeeDemand.objects.get().asked_by == ""
    processing.return_for_correction(code, reason="Sửa", actor=who.minh, at=later(20))
    processing.propose_result(code, actor=who.ha, at=later(21))
    assert FeeDemand.objects.count() == 1
    processing.return_for_correction(code, reason="Sửa", actor=who.minh, at=later(22))
    with override("en"):  # whoever acts, it is kept in the language of the papers
        processing.propose_result(code, kind="refusal", reason="Không có trong sổ", actor=who.ha, at=later(23))
    assert state()[1:] == (16_000, MoneyState.DUE, 16_000)
    demand = FeeDemand.objects.get()
    assert (demand.state, demand.reason) == ("withdrawn", "Kết quả giải quyết đã thay đổi.")
    assert sound() == []


def test_a_rule_demands_when_the_result_is_issued_and_keeps_it_in(who):
    rule(playing.COPY, later=[{**STAMP, "when": "issued", "holds": "result"}])
    code = playing.taken(who)
    pay(who, code, 7)
    processing.propose_result(code, actor=who.ha, at=later(9))
    playing.sign_plainly(code, actor=who.minh, at=later(10))
    results.issue_result(code, actor=who.ngoc, at=later(11))
    assert state() == (NationalState.FINISHED, 36_000, MoneyState.DUE, 20_000)
    view = dossiers.view_dossier(code, seen_by=who.tu)
    assert not any(file.origin == "result" for file in shown.own_files(view))
    assert Result.objects.get().issued_at
    pay(who, code, 20)
    assert any(file.origin == "result" for file in shown.own_files(dossiers.view_dossier(code, seen_by=who.tu)))
    assert sound() == [] == clocks()


def test_reminders_go_out_when_the_time_is_over_some_times_and_no_more(who, code):
    demand(who, code)  # to be paid by 08/12
    said = [
        day
        for day in range(60)
        if tasks.remind_of_demands(at=later(days=day)) and playing.last_line(code).event == "onestop.fee_reminded"
    ]
    assert said == [11, 18, 25], "the day after, then every week, three times"
    assert playing.last_line(code).facts["amount_vnd"] == 300_000


@pytest.mark.parametrize("end", ["paid", "withdrawn", "stopped", "taken back"])
def test_nobody_is_reminded_of_what_is_over(who, code, end):
    demand(who, code)
    if end == "paid":
        pay(who, code, 30)
    elif end == "withdrawn":
        demands.withdraw_demand(code, 1, reason="Nhầm", actor=who.ha, at=later(30))
    elif end == "stopped":
        processing.stop_dossier(code, reason="Không nộp", actor=who.minh, at=later(30))
    else:
        supplement.withdraw_dossier(code, actor=who.tu, at=later(30))
    assert tasks.remind_of_demands(at=later(days=30)) == 0
    dossier = Dossier.objects.get()
    assert dossier.paused_at is None
    assert sound() == [] == clocks()


def test_a_demand_that_is_never_paid_can_end_the_dossier(who, code):
    demand(who, code)
    processing.stop_dossier(code, reason="Quá hạn nộp, đã nhắc ba lần", actor=who.minh, at=later(days=40))
    assert state() == (NationalState.STOPPED, 316_000, MoneyState.DUE, 0)
    with pytest.raises(steps.WrongState):
        demands.withdraw_demand(code, 1, reason="x", actor=who.minh, at=later(days=41))
    with pytest.raises(money.NothingToPay):
        order(who, code, at=later(days=41))


def test_money_of_an_order_of_before_the_demand_pays_nothing_and_goes_back(who, code):
    stale = order(who, code, at=later(8))
    demand(who, code)
    assert settle(stale, at=later(30)).state == "excess"
    assert state() == (NationalState.PAYMENT_ASKED, 316_000, MoneyState.DUE, 316_000)
    assert sound() == []


def test_a_new_date_given_before_moves_as_well(who, code):
    processing.postpone_result(code, to=date(2022, 12, 9), reason="Mưa lũ", actor=who.minh, at=later(5))
    demand(who, code)
    pay(who, code, 24 * 60 * 2)
    assert civil_date(Dossier.objects.get().due_at) == date(2022, 12, 13), "two working days later, over a weekend"
    assert sound() == [] == clocks()


def test_payment_rows_are_one_for_each_demand(who, code):
    pay(who, code, 10)
    for item in ("survey", "registration"):
        demand(who, code, item, at=20, **({"value_vnd": 10**8} if item == "registration" else {}))
    assert state()[3] == 800_000
    pay(who, code, 40)
    assert [(row.demand, row.amount_vnd) for row in Payment.objects.order_by("demand")] == [(0, 16_000), (1, 800_000)]
    assert set(FeeDemand.objects.values_list("state", flat=True)) == {"paid"}


@pytest.mark.parametrize(("language", "said"), [("vi", "0,5 % giá trị tính lệ phí"), ("en", "0.5 % of its value")])
def test_the_page_of_the_procedure_says_beforehand_what_may_become_due(who, code, language, said):
    page = Client(headers={"accept-language": language}).get(f"/thu-tuc/{playing.COPY}/").content.decode()
    assert said in page
    assert WORK["name" if language == "vi" else "name_en"] in page
    assert WORK["source"] in page
