"""Several people at one moment, each with a connection of their own: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.world import racing  # noqa: F401 - lent to the tests here

from tinhso.base.refusals import Refusal
from tinhso.kernel.journal.public import verify_all
from tinhso.modules.onestop.actions import closing, filing, money, processing, reception, results, statements, transfers
from tinhso.modules.onestop.models import (
    BookState,
    CashBook,
    Counter,
    Dossier,
    Payment,
    PaymentState,
    Result,
    Statement,
    StatementLine,
)
from tinhso.modules.onestop.queries import cash, people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.banking import came, csv_of
from tinhso.modules.onestop.tests.playing import GATEWAY, later

pytestmark = [pytest.mark.usefixtures("province", "own_folders"), pytest.mark.xdist_group("province")]
MANY = 6


def told(act):
    """Do an act; return what it gives, or the code of its refusal."""
    try:
        return act()
    except Refusal as no:
        return no.code


def test_numbers_have_no_gap_however_many_file_at_once(racing):  # noqa: F811
    who = playing.cast()
    drafts = [playing.start(who.tu) for _each in range(MANY)]
    applicant = filing.Applicant.of(people.applicant(who.tu))
    broken = playing.start(who.tu, delivery={"result_way": "x" * 9})

    def file(which):
        if which == MANY:  # it takes a number, then fails
            with pytest.raises(Exception, match=r".") as error:
                filing.file_application(broken.id, filing.Applicant(who.tu.key, "A" * 9000), actor=who.tu, at=later(1))
            return type(error.value).__name__
        return filing.file_application(drafts[which].id, applicant, actor=who.tu, at=later(1)).code

    made = racing(MANY + (1 if connection.vendor == "postgresql" else 0), file)[:MANY]
    codes = sorted(Dossier.objects.values_list("code", flat=True))
    assert codes == sorted(made)
    assert [code[-4:] for code in codes] == [f"{number:04d}" for number in range(1, MANY + 1)]
    assert verify_all().ok


def test_one_draft_filed_at_the_same_moment_is_one_dossier(racing):  # noqa: F811
    who = playing.cast()
    draft = playing.start(who.tu)
    applicant = filing.Applicant.of(people.applicant(who.tu))
    made = racing(
        4,
        lambda _which: told(lambda: filing.file_application(draft.id, applicant, actor=who.tu, at=later(1)).code),
    )
    code = Dossier.objects.get().code
    assert sorted(made) == sorted([code, *["onestop.already_filed"] * 3])


def test_two_officers_one_task(racing):  # noqa: F811
    who = playing.cast()
    officers = [who.ha, playing.official("tin")]
    for _round in range(3):
        code = playing.accepted(who)
        task = playing.task_of(code).id
        made = racing(
            2,
            lambda which, code=code, task=task: told(
                lambda: processing.take_dossier(code, task, actor=officers[which], at=later(6)).code
            ),
        )
        assert sorted(made) == sorted([code, "casework.taken_already"])
        assert playing.task_of(code).assignee_name == officers[made.index(code)].name


def test_accepted_and_withdrawn_at_the_same_moment_is_one_or_the_other(racing):  # noqa: F811
    who = playing.cast()
    for _round in range(3):
        code = playing.file(who.tu).code
        acts = [
            lambda code=code: reception.accept_dossier(code, actor=who.lan, at=later(5)).code,
            lambda code=code: reception.refuse_dossier(code, reason="Trùng", actor=who.lan, at=later(5)).code,
        ]
        made = racing(2, lambda which, acts=acts: told(acts[which]))
        assert sorted(made) == sorted([code, "onestop.not_your_step"])
    numbers = list(Dossier.objects.values_list("state", "form_number"))
    for state in {state for state, _number in numbers}:
        given = sorted(number for same, number in numbers if same == state)
        assert given == list(range(1, len(given) + 1))


def test_the_notice_the_return_and_the_counter_at_once_take_the_fee_once(racing):  # noqa: F811
    who = playing.cast()
    code = playing.file(who.tu).code
    order = money.start_payment(code, actor=who.tu, at=later(2)).order_code

    def settle():
        return money.settle_payment(order, amount_vnd=16_000, reference="B", actor=GATEWAY, at=later(3)).receipt_number

    def take():
        return money.take_payment(code, actor=who.hoa, at=later(3)).receipt_number

    made = racing(4, lambda which: told(take if which == 3 else settle))
    paid = Payment.objects.get(state=PaymentState.PAID)
    assert paid.receipt_number == "BL22-H47.32.20-000001"
    # what came second has no receipt: it was kept to be given back, or there was nothing to pay any more
    assert set(made) <= {paid.receipt_number, "", "onestop.nothing_to_pay"}
    assert paid.receipt_number in made
    assert Dossier.objects.get().money == "paid"


def test_a_leader_who_presses_twice_gives_one_number(racing):  # noqa: F811
    """Whoever waited for the dossier must see the number that was given meanwhile, not the row of before the wait."""
    who = playing.cast()
    for number in range(1, 4):
        code = playing.proposed(who)
        made = racing(
            3, lambda _which, code=code: told(lambda: results.number_result(code, actor=who.minh, at=later(10)).number)
        )
        assert set(made) == {f"{number}/TLHT-BS"}
        assert Result.objects.get(dossier__code=code).number == f"{number}/TLHT-BS"
    assert Counter.objects.get(series__startswith="result:").value == number


def test_a_receipt_made_while_the_book_is_closed_is_before_the_count_or_in_the_next_book(racing):  # noqa: F811
    who = playing.cast()
    first = playing.file(who.tu).code
    money.take_payment(first, actor=who.hoa, at=later(2))
    codes = [playing.file(who.tu).code for _each in range(3)]
    book = CashBook.objects.get()

    def close(actor):
        return closing.close_book(book.id, counted={}, reason="Đếm sau", actor=actor, at=later(400)).number

    def act(which):
        if which < 2:
            return close((who.hoa, who.lan)[which])
        return money.take_payment(codes[which - 2], actor=who.hoa, at=later(400)).receipt_number

    made = racing(5, lambda which: told(lambda: act(which)))
    assert sorted(made[:2]) == sorted([f"CQ22-{book.desk_code}-0001", "onestop.cash_book_closed"])
    assert sorted(made[2:]) == [f"BL22-H47.32.20-{number:06d}" for number in (2, 3, 4)]
    closed = CashBook.objects.get(state=BookState.CLOSED)
    assert closed.expected_vnd == cash.expected_in(closed) == 16_000 * closed.lines.count()
    assert sum(each.lines.count() for each in CashBook.objects.all()) == 4


def test_one_statement_imported_by_two_at_once_counts_once(racing):  # noqa: F811
    who, tho = playing.cast(), playing.official("tho")
    payment = transfers.start_transfer(playing.file(who.tu).code, actor=who.tu, at=later(2))
    data = csv_of([came("16.000", payment.order_code), *[came(str(n + 1), f"dong {n}") for n in range(250)]])

    def load():
        return statements.import_statement(data, "x.csv", playing.MINH_AN, actor=tho, at=later(3)).digest

    made = racing(3, lambda _which: told(load))
    assert set(made) <= {Statement.objects.get().digest, "onestop.statement_known"}
    assert StatementLine.objects.count() == 251
    assert Payment.objects.exclude(receipt_number="").count() == 1
