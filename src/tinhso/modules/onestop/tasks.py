"""What the worker does for the one-stop shop every so often. Each may run twice, and on two machines at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from tinhso.base.actors import system
from tinhso.base.clock import civil, civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.payments import GatewayUnavailable, OrderRefused, payment_gateway
from tinhso.kernel.casework.payments import PaymentState as Told
from tinhso.modules.onestop.actions import (
    applications,
    book_signing,
    books,
    demands,
    figures,
    lateness,
    money,
    readings,
    successors,
    turns,
)
from tinhso.modules.onestop.models import Payment, PaymentState
from tinhso.modules.onestop.queries import participation, results, upkeep
from tinhso.modules.onestop.queries.books import desks_without_book

log = logging.getLogger(__name__)
WORKER, GATEWAY = system("worker"), system("payment")
GIVE_UP_AFTER = timedelta(days=2)
BATCH = 50
PURGE_SECONDS = 20.0
"""How long one run throws away drafts, or journals readings, before other tasks of the worker have their turn."""
ROUND, ROUNDS = 10, 5
"""Payments taken to the gateway at once, and how often in one run: a gateway that is away holds the worker up by one round."""


def purge_drafts(*, at: datetime) -> int:
    """
    Throw away drafts that nobody touched for as long as drafts are kept. Returns how many.

    A batch is an act; for some seconds one follows the other, the rest comes in the next run.
    """
    gone, until = 0, time.monotonic() + PURGE_SECONDS
    while expired := upkeep.expired_drafts(at, limit=BATCH):
        gone += applications.expire_applications(expired, actor=WORKER, at=at)
        if len(expired) < BATCH or time.monotonic() > until:
            break
    return gone


def hand_to_successors(*, at: datetime) -> int:
    """Hand what agencies that ceased have before them as participants to those that took over. Returns how many dossiers."""
    return sum(
        successors.hand_to_successor(before, after, actor=WORKER, at=at)
        for before, after in participation.agencies_ceased(civil_date(at))
    )


def journal_readings(*, at: datetime) -> int:
    """Journal who read which dossier, for some seconds at most. Returns how many readings."""
    done, until = 0, time.monotonic() + PURGE_SECONDS
    while (some := readings.journal_readings(actor=WORKER, at=at)) and time.monotonic() < until:
        done += some
    return done + some


def apologise(*, at: datetime) -> int:
    """Apologise for what was not ready on its day, for some seconds at most: the rest comes in the next run. Returns how many."""
    done, until = 0, time.monotonic() + PURGE_SECONDS
    while some := lateness.apologise_for_lateness(actor=WORKER, at=at):
        done += some
        if time.monotonic() > until:
            break
    return done


def escalate(*, at: datetime) -> int:
    """Tell heads whose cause was not stated in time, for some seconds at most. Returns how many."""
    done, until = 0, time.monotonic() + PURGE_SECONDS
    while (some := lateness.escalate_unstated(actor=WORKER, at=at)) and time.monotonic() < until:
        done += some
    return done + some


def remind_of_demands(*, at: datetime) -> int:
    """Remind payers whose time to pay a fee is over, for some seconds at most. Returns how many."""
    done, until = 0, time.monotonic() + PURGE_SECONDS
    while time.monotonic() < until and (some := demands.remind_of_demands(actor=WORKER, at=at)):
        done += some
    return done


def keep_books(*, at: datetime) -> int:
    """
    Open the books of a new year, enter what is in none, print the volumes of closed ones, for some seconds at most.

    Returns how much it did.
    """
    done, until = 0, time.monotonic() + PURGE_SECONDS
    if desks := desks_without_book(civil(at).year):
        done += books.open_books_of_the_year(desks, actor=WORKER, at=at)
    while time.monotonic() < until and (some := books.enter_old_receptions(actor=WORKER, at=at)):
        done += some
    while time.monotonic() < until and book_signing.print_next_volume(actor=WORKER, at=at):
        done += 1
    return done


def count_results(*, at: datetime) -> int:
    """
    Count what each day of the month brought, for the home page. Returns how many days brought something new.

    A day that is over is counted once more and then never again.
    """
    news = 0
    for day, before in results.days_to_count(at):
        found = results.count_day(day, at=at)
        # a quiet day writes nothing: the journal is not for telling that nothing happened
        if before is None or found.figures != before.figures or results.is_over(day, at):
            figures.keep_figures(found, actor=WORKER, at=at)
            news += 1
    return news


def reconcile_payments(*, at: datetime) -> int:
    """
    Ask the gateway about orders it has not told us of: money that was paid is never lost with a notice.

    An order that is still open after two days is given up, and the fee stays due; one of which nothing is known is asked
    about for as long as it takes. Returns how many were settled.
    """
    return _each(PaymentState.STARTED, lambda order: _ask(order, at), at)


def give_back_excess(*, at: datetime) -> int:
    """Have the gateway give back what was not due. Returns how many it gave back; the rest is asked again."""
    return _each(PaymentState.EXCESS, lambda payment: _give_back(payment, at), at)


def _each(state: PaymentState, do: Callable[[Payment], bool], at: datetime) -> int:
    """
    Do something with each payment in this state whose turn has come; return how often it came to an end.

    A few at a time: when all of them went unanswered the gateway is away, and the rest waits for the next run.
    """
    done = 0
    for _round in range(ROUNDS):
        batch = turns.take_turns(state, actor=GATEWAY, at=at, limit=ROUND)
        answers = [_tried(do, payment) for payment in batch]
        done += answers.count(True)
        if len(batch) < ROUND or all(answer is None for answer in answers):
            break
    return done


def _tried(do: Callable[[Payment], bool], payment: Payment) -> bool | None:
    """Do something with a payment; None when the gateway said nothing, or something broke: it has its next turn already."""
    try:
        return do(payment)
    except GatewayUnavailable as no:
        log.warning("payment %s: %s", payment.order_code, no.code)
    except Refusal as no:
        log.warning("payment %s: %s", payment.order_code, no.code)
        return False
    except Exception:  # one payment's bug must not stop the others; it is logged
        log.exception("payment %s", payment.order_code)
    return None


def _ask(order: Payment, at: datetime) -> bool:
    """Ask how an order stands and keep the answer; tell whether it was paid."""
    given_up = order.created_at < at - GIVE_UP_AFTER
    try:
        told = payment_gateway().query(order.order_code)
    except OrderRefused as no:
        # not known there: it may still be on its way
        if given_up:
            money.fail_payment(order.order_code, reason=no.code, actor=GATEWAY, at=at)
        raise
    if told.state is Told.PAID:
        money.settle_payment(
            order.order_code, amount_vnd=told.amount_vnd, reference=told.gateway_reference, actor=GATEWAY, at=at
        )
        return True
    if told.state is not Told.PENDING or given_up:
        money.fail_payment(order.order_code, reason=str(told.state), actor=GATEWAY, at=at)
    return False


def _give_back(payment: Payment, at: datetime) -> bool:
    # a part goes back of the order that brought it; each part has a reason of its own, by which the gateway knows it again
    of = payment.of.order_code if payment.of else payment.order_code
    reason = f"not due {payment.order_code}" if payment.of else "not due"
    payment_gateway().refund(of, amount_vnd=payment.amount_vnd, reason=reason)
    money.note_refund(payment.order_code, actor=GATEWAY, at=at)
    return True
