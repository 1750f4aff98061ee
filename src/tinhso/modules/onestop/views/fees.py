"""Fees beside the one of filing: demanding what became due later, withdrawing it, looking at a group that pays less (S-07)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.later_fees import LaterFee, When
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import claims, demands
from tinhso.modules.onestop.actions.readings import open_dossier, open_whole
from tinhso.modules.onestop.queries import shown
from tinhso.modules.onestop.queries.claims import claims_shown
from tinhso.modules.onestop.queries.fees import later_fees
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.modules.onestop.views.typed import whole_number
from tinhso.web.words import later_sum, own


def demand(request: ActorRequest, code: str) -> HttpResponse:
    """Demand a fee that the procedure lists: which, how much or of which value, on which paper."""
    found = open_dossier(code, access.can_work_on, actor=request.actor, at=request.at)
    on = civil_date(found.submitted_at)
    rules = [one for one in later_fees(service_filed(found), on) if one.when is When.OFFICER]
    chosen = _chosen(rules, request.POST.get("item") or request.GET.get("khoan", ""))
    faults: list[Fault] = []
    if request.method == "POST":

        def do() -> None:
            sums = {
                "amount_vnd": whole_number(request, "amount") or None,
                "value_vnd": whole_number(request, "value") or None,
            }
            basis, item = request.POST.get("basis", ""), request.POST.get("item", "")
            demands.demand_fee(code, item, basis=basis, **sums, actor=request.actor, at=request.at)

        faults, done = _tried(request, do, gettext("Demanded. The applicant is told."))
        if done:
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/demand_fee.html",
        {
            "title": gettext("Demand a fee"),
            "dossier": found,
            "back": reverse("onestop:work", args=[code]),
            "items": [{"value": one.code, "text": _words(one)} for one in rules],
            "rule": chosen,
            "mixed": len({(one.percent is None, one.amount is None) for one in rules}) > 1,
            "asks_value": any(one.percent is not None for one in rules),
            "asks_amount": any(one.percent is None and one.amount is None for one in rules),
            "of": next((own(one, "of") for one in rules if one.percent is not None), ""),
            "said": request.POST,
            "faults": faults,
        },
        status=422 if faults else 200,
    )


def withdraw(request: ActorRequest, code: str, demand: int) -> HttpResponse:
    """Withdraw a demand, with its reason."""
    view = open_whole(code, access.can_withdraw_demand, actor=request.actor, at=request.at)
    found = next((one for one in view.demands if one.number == demand), None)
    if found is None:
        raise NotFound
    faults: list[Fault] = []
    if request.method == "POST":

        def do() -> None:
            reason = request.POST.get("reason", "")
            demands.withdraw_demand(code, demand, reason=reason, actor=request.actor, at=request.at)

        faults, done = _tried(request, do, gettext("Withdrawn. The applicant is told."))
        if done:
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/withdraw_demand.html",
        {
            "title": gettext("Withdraw the demand"),
            "dossier": view.dossier,
            "back": reverse("onestop:work", args=[code]),
            "demand": found,
            "reason": request.POST.get("reason", ""),
            "faults": faults,
        },
        status=422 if faults else 200,
    )


def judge(request: ActorRequest, code: str, group: str) -> HttpResponse:
    """Look at the evidence for a group that pays less: confirm it, or not, with a reason."""
    view = open_whole(code, access.can_judge_claim, actor=request.actor, at=request.at)
    one = next((each for each in claims_shown(view.dossier, view.files) if each.claim.group == group), None)
    if one is None:
        raise NotFound
    faults: list[Fault] = []
    words = request.POST.get("reason", "")
    if request.method == "POST":

        def do() -> None:
            if request.POST.get("how") == "confirm":
                claims.confirm_claim(code, group, note=words, actor=request.actor, at=request.at)
            elif request.POST.get("how") == "refuse":
                claims.refuse_claim(code, group, reason=words, actor=request.actor, at=request.at)
            else:
                raise BadInput(faults=[Fault("/how", gettext("Say what you found."), "choice")])

        faults, done = _tried(request, do, gettext("Noted."))
        if done:
            return redirect("onestop:work", code)
    return render(
        request,
        "onestop/judge_claim.html",
        {
            "title": gettext("Pays less"),
            "dossier": view.dossier,
            "back": reverse("onestop:work", args=[code]),
            "claim": one.claim,
            "papers": [shown.file_row(file) for file in one.papers],
            "ways": [
                {"value": "confirm", "text": gettext("It is shown: the applicant pays less")},
                {"value": "refuse", "text": gettext("It is not shown: the whole fee is due")},
            ],
            "how": request.POST.get("how", ""),
            "reason": words,
            "faults": faults,
        },
        status=422 if faults else 200,
    )


def _chosen(rules: list[LaterFee], code: str) -> str:
    return next((one.code for one in rules if one.code == code), rules[0].code if len(rules) == 1 else "")


def _words(rule: LaterFee) -> str:
    """Return a fee with how its sum is found, in the reader's language."""
    if rule.amount is None and rule.percent is None:
        return own(rule, "name")
    return f"{own(rule, 'name')}: {later_sum(rule)}"


def _tried(request: ActorRequest, do: Callable[[], Any], said: str) -> tuple[list[Fault], bool]:
    """Do an act; return what was wrong in the fields, and whether it was done. Any other refusal is said above the form."""
    try:
        do()
    except BadInput as no:
        return list(no.faults), False
    except Refusal as no:
        if no.status in (401, 403, 404):
            raise
        return [Fault("", str(no))], False
    messages.success(request, said)
    return [], True
