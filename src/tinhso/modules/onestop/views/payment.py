"""Paying online: to the gateway, back from it, and the gateway's own signed notice."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tinhso.base.actors import system
from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.payments import GatewayUnavailable, OrderRefused, PaymentState, payment_gateway
from tinhso.kernel.casework.payments import Payment as Settled
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import money, paying, transfers
from tinhso.modules.onestop.queries import accounts, dossiers, shown
from tinhso.modules.onestop.queries.fees import is_due

log = logging.getLogger(__name__)
GATEWAY = system("payment")


def pay(request: ActorRequest, code: str) -> HttpResponse:
    """Show what is to be paid and why; take the payer to the gateway."""
    dossier = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_pay, request.actor, dossier)
    if request.method == "POST":
        payment = money.start_payment(code, actor=request.actor, at=request.at)
        try:
            page = paying.send_to_gateway(
                payment.order_code,
                return_url=request.build_absolute_uri(reverse("onestop:paid", args=[code])),
                notify_url=request.build_absolute_uri(reverse("onestop:payment_notice")),
                actor=request.actor,
                at=request.at,
            )
        except (GatewayUnavailable, OrderRefused) as no:
            messages.error(request, str(no))
            return redirect("onestop:pay", code)
        return redirect(page)
    return render(
        request,
        "onestop/pay.html",
        {
            "title": gettext("Pay the fee"),
            "dossier": dossier,
            "due": is_due(dossier),
            "steps": shown.fee_words(dossier),
            "account": accounts.account_of(dossier.agency_code, civil_date(request.at)),
            "transfer": transfers.shown_to(dossier, request.at),
        },
    )


@require_POST
def transfer(request: ActorRequest, code: str) -> HttpResponse:
    """Prepare a transfer; the page of the fee then shows its code."""
    transfers.start_transfer(code, actor=request.actor, at=request.at)
    return redirect("onestop:pay", code)


def paid(request: ActorRequest, code: str) -> HttpResponse:
    """Take the payer back; believe only what the gateway signed, or says when asked."""
    dossier = dossiers.get_dossier(code, seen_by=request.actor)
    require(access.can_see_own, request.actor, dossier)
    try:
        told = payment_gateway().check_signature(request.GET.dict(), at=request.at)
        is_excess = _note(told, request)
    except Refusal as no:
        messages.warning(request, str(no))
        return redirect("onestop:dossier", code)
    if is_excess:
        messages.warning(
            request, gettext("This was not due, or not this sum. It is given back to you; do not pay again.")
        )
    elif told.state is PaymentState.PAID:
        messages.success(request, gettext("Paid. The receipt is among the papers to print."))
    elif told.state is PaymentState.PENDING:
        messages.info(request, gettext("The bank has not confirmed yet. Nothing is lost; look again in a few minutes."))
    else:
        messages.warning(request, gettext("Not paid. Nothing was taken; you can try again."))
    return redirect("onestop:dossier", dossier.code)


@csrf_exempt
@require_POST
def payment_notice(request: HttpRequest) -> HttpResponse:
    """Take the gateway's own notice, server to server; the same one again changes nothing."""
    try:
        told = payment_gateway().check_signature(request.POST.dict(), at=request.at)  # type: ignore[attr-defined]
        _note(told, request)
    except GatewayUnavailable as no:
        return JsonResponse({"code": no.code, "message": str(no)}, status=no.status)
    except Refusal as no:
        log.warning("payment notice refused: %s", no.code)
        return JsonResponse({"code": no.code, "message": str(no)}, status=no.status)
    return JsonResponse({"code": "ok"})


def _note(told: Settled, request: HttpRequest) -> bool:
    """Keep what the gateway says. Returns whether the money was not due and is given back."""
    at = request.at  # type: ignore[attr-defined]
    if told.state is PaymentState.PAID:
        kept = money.settle_payment(
            told.order_code, amount_vnd=told.amount_vnd, reference=told.gateway_reference, actor=GATEWAY, at=at
        )
        return money.is_excess(kept)
    if told.state in (PaymentState.CANCELLED, PaymentState.FAILED):
        money.fail_payment(told.order_code, reason=str(told.state), actor=GATEWAY, at=at)
    if told.state is PaymentState.REFUNDED:
        money.note_told_refund(told.order_code, refunded_vnd=told.refunded_vnd, actor=GATEWAY, at=at)
        log.warning("payment %s: the gateway says that %s was given back", told.order_code, told.refunded_vnd)
    return False
