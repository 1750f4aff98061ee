"""The money of the year: the till of each desk, the gateway that tells everything twice, transfers and their statements."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from tinhso.base.actors import Actor
from tinhso.modules.onestop.actions import closing, money, statements, transfers
from tinhso.modules.onestop.models import CashBook, Dossier, Payment, PaymentState
from tinhso.modules.onestop.tests import banking, playing

from .calendar import YEAR, into_hours, moment, next_open
from .ledger import MINH_AN, CashDay, Office, Story, notes_of

if TYPE_CHECKING:
    from .play import Year

FLOAT = 200_000
TILL_CLOSES = time(16, 30)


class Till:
    """Who pays, how, and what goes back."""

    def __init__(self, year: Year) -> None:
        self.year, self.ledger = year, year.ledger
        self.transfers: list[tuple[Story, str]] = []
        """Money that is on its way to the bank, with the code of its order."""

    # the gateway ------------------------------------------------------------------------------------------------------

    def pay_at_gateway(self, story: Story, citizen: Actor, at: datetime) -> None:
        """Pay online; the gateway tells of it twice."""
        order = money.start_payment(story.code, actor=citizen, at=at).order_code
        money.note_gateway(order, reference=f"GW{story.number}", pay_url="https://pay.example/x", actor=citizen, at=at)
        paid = {"amount_vnd": story.fee, "reference": f"GW{story.number}"}
        kept = money.settle_payment(order, **paid, actor=playing.GATEWAY, at=at)
        money.settle_payment(order, **paid, actor=playing.GATEWAY, at=at + timedelta(minutes=5))  # told twice
        self.was_paid(story, "gateway", at)
        story.receipt = kept.receipt_number

    def refund(self, story: Story, at: datetime) -> None:
        """Have the gateway give back all that it took."""
        if story.paid == "gateway":
            order = Dossier.objects.get(code=story.code).payments.get().order_code
            money.note_refund(order, actor=playing.GATEWAY, at=at)
            story.refunded = True

    # the counter ------------------------------------------------------------------------------------------------------

    def pay_cash(self, story: Story, at: datetime, *, before: bool = False) -> None:
        """Take the fee; a receipt can be voided only before the result is there."""
        cashier = self.year.official(story.kind.office.cashier)
        till = self._open(story.kind.office, at)
        kept = money.take_payment(story.code, actor=cashier, at=at)
        if before and self.year.chance(15):
            again = at + timedelta(minutes=1)
            money.void_receipt(kept.receipt_number, reason="Bấm nhầm", actor=cashier, at=again)
            self.ledger.voided.append(kept.receipt_number)
            kept = money.take_payment(story.code, actor=cashier, at=again)
        till.taken.append(story.owed)
        self.was_paid(story, "cash", at)
        story.receipt = kept.receipt_number

    @staticmethod
    def was_paid(story: Story, way: str, at: datetime) -> None:
        """Write down that all that was owed came in; how a dossier was paid first is how it was paid."""
        story.settled_vnd, story.paid, story.paid_at = story.fee, story.paid or way, at

    def fee_fell(self, story: Story, at: datetime) -> None:
        """Have what was paid beyond the fee given back, the way it came; nothing where it was not paid or did not fall."""
        if story.owed >= 0:
            return
        story.goes_back, story.settled_vnd = -story.owed, story.fee
        if story.paid == "gateway":
            self.year.then(at + timedelta(minutes=40), lambda at: self._gateway_gives_back(story, at), any_hour=True)
        else:
            self.year.then(self.year.soon(into_hours(at), 0.3, 4), lambda at: self._desk_gives_back(story, at))

    @staticmethod
    def _gateway_gives_back(story: Story, at: datetime) -> None:
        back = Payment.objects.get(dossier__code=story.code, state=PaymentState.EXCESS)
        assert back.amount_vnd == story.goes_back
        money.note_refund(back.order_code, actor=playing.GATEWAY, at=at)
        story.goes_back = 0

    def _desk_gives_back(self, story: Story, at: datetime) -> None:
        if at.timetz().replace(tzinfo=None) >= TILL_CLOSES:
            self.year.then(moment(next_open(at.date()), time(7, 30)), lambda at: self._desk_gives_back(story, at))
            return
        till = self._open(story.kind.office, at)
        money.return_cash(story.code, actor=self.year.official(story.kind.office.cashier), at=at)
        till.given_back.append(story.goes_back)
        story.goes_back = 0

    def _open(self, office: Office, at: datetime) -> CashDay:
        tills = [till for till in self.ledger.cash if till.office is office]
        if tills and tills[-1].day == at.date():
            return tills[-1]
        closing.open_book(office.desk, float_vnd=FLOAT, actor=self.year.official(office.cashier), at=at)
        till = CashDay(office, f"CQ{YEAR % 100}-{office.desk}-{len(tills) + 1:04d}", at.date(), FLOAT)
        self.ledger.cash.append(till)
        return till

    def close(self, at: datetime) -> None:
        """Have two people close what was opened today."""
        for till in self.ledger.cash:
            if till.closed or till.day != at.date():
                continue
            book = CashBook.objects.get(desk_code=till.office.desk, day=till.day)
            counted = notes_of(till.float_vnd + till.brought)
            closing.close_book(book.pk, counted=counted, actor=self.year.official(till.office.cashier), at=at)
            signer = self.year.official(till.office.leader)
            closing.sign_book(book.pk, actor=signer, at=at + timedelta(minutes=3))
            till.closed = till.signed = True

    # the bank ---------------------------------------------------------------------------------------------------------

    def begin_transfer(self, story: Story, at: datetime) -> None:
        """Have the applicant send what is owed by their bank."""
        order = transfers.start_transfer(story.code, actor=self.year.citizen(story.number), at=at).order_code
        self.transfers.append((story, order))

    def import_statement(self, at: datetime) -> None:
        """Read the bank's statement of the month, a stranger's money in it; what it pays is handed over."""
        waiting, self.transfers = self.transfers, []
        rows = [
            banking.came(story.owed, f"{order} nop phi", day=f"{at:%d/%m/%Y}", number=f"FT{story.number}")
            for story, order in waiting
        ]
        if not rows:
            return
        stray = banking.came(5_000, "khach chuyen nham", day=f"{at:%d/%m/%Y}", number=f"X{at:%m}")
        accountant = self.year.official("tho")
        statements.import_statement(
            banking.csv_of([*rows, stray]), f"{at:%m}.csv", MINH_AN.agency, actor=accountant, at=at
        )
        for story, _order in waiting:
            self.was_paid(story, "transfer", at)
            self.ledger.transferred.append(at.date())
            if not story.by_post:
                self.year.then(at + timedelta(minutes=10), lambda at, story=story: self.year.give_back(story, at))
