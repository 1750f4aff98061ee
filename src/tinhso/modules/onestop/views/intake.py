"""At the counter: choose the procedure, know the person, tick the papers, scan, accept, print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.casework.public import Component, HeldResult, Service, note_offered, register_sources
from tinhso.kernel.documents.public import prepare
from tinhso.kernel.documents.public import save as save_document
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.journal.public import new_id
from tinhso.kernel.organisation.public import find_agency
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import reception, registers
from tinhso.modules.onestop.actions.filing import Applicant
from tinhso.modules.onestop.actions.visitors import know_visitor
from tinhso.modules.onestop.forms import IntakeForm
from tinhso.modules.onestop.queries import people, services
from tinhso.modules.onestop.queries.fees import answers_with, quantities_of
from tinhso.modules.onestop.queries.held import Offers, offers_for
from tinhso.modules.onestop.queries.services import get_fileable_service, post_office_of
from tinhso.web.words import day, own

COUNT_DIGITS = 3


def choose(request: ActorRequest) -> HttpResponse:
    """Choose the procedure, among those this desk takes."""
    require(access.can_take_in, request.actor)
    text = request.GET.get("q", "").strip()[:100]
    found = services.services_at_desks(request.actor, text, on=civil_date(request.at))
    # a postal agent has lists to hand over, no inbox
    back = "onestop:inbox" if access.can_receive(request.actor) else "onestop:handovers"
    return render(
        request,
        "onestop/intake_choose.html",
        {"title": gettext("New dossier at the counter"), "asked": text, "found": found, "back": reverse(back)},
    )


def take(request: ActorRequest, code: str) -> HttpResponse:
    """Take one dossier in: person, papers, scans; accepted at once when the papers are whole."""
    require(access.can_take_in, request.actor)
    on = civil_date(request.at)
    service = services.get_fileable_service(code, on)
    agencies = services.agencies_at_desks(request.actor, service, on)
    # a post office takes down who stands there; it looks nobody up
    typed = request.GET.get("so", "") if access.can_receive(request.actor) else ""
    known = people.find_visitor(typed, seen_by=request.actor)
    form = IntakeForm(request.POST or None, initial=known)
    case = request.POST.get("case") or request.GET.get("case", "")
    components = service.components_for(case)
    offers = _offered(request, service, known.get("citizen_number", ""), components)
    faults: list[Fault] = []
    number = known.get("citizen_number", "")
    if request.method == "POST" and "ask" in request.POST:
        faults = _ask(request, code, case, number)
        offers = _offered(request, service, number, components)
    elif request.method == "POST" and form.is_valid():
        try:
            dossier = _take(request, code, form.cleaned_data, components, case)
        except reception.TakenBefore as no:
            return redirect("onestop:work", no.facts["dossier"])
        except BadInput as no:
            faults = _put_faults(form, no)
        except Refusal as no:
            if no.status in (401, 403, 404):
                raise
            faults = [Fault("", str(no))]
        else:
            return _done(request, dossier)
    return render(
        request,
        "onestop/intake.html",
        {
            "title": own(service, "name"),
            "service": service,
            "form": form,
            "faults": faults,
            "agencies": [{"value": agency.code, "text": own(agency, "name")} for agency in agencies],
            "agency": request.POST.get("agency") or (agencies[0].code if agencies else ""),
            "looks_up": access.can_receive(request.actor),
            "cases": [{"value": row.code, "text": own(row, "name")} for row in service.cases],
            "case": case,
            "quantities": [
                {
                    "name": f"q-{quantity.path}",
                    "text": quantity.name,
                    "value": request.POST.get(f"q-{quantity.path}", "1"),
                    "error": next((fault.text for fault in faults if fault.pointer == f"/q-{quantity.path}"), ""),
                }
                for quantity in quantities_of(service)
            ],
            "once": request.POST.get("once") or str(new_id()),
            "components": [
                _line(request, component, offers.get(component.code, ()), asks=bool(number)) for component in components
            ],
        },
    )


def _ask(request: ActorRequest, code: str, case: str, number: str) -> list[Fault]:
    """Ask the registers for one paper; return what they could not say, for the top of the page."""
    component = request.POST["ask"]
    try:
        registers.ask_at_counter(code, case, component, number, actor=request.actor, at=request.at)
    except Refusal as no:
        if no.status in (401, 403, 404):
            raise
        return [Fault(f"/c-{component}", str(no))]
    return []


def _done(request: ActorRequest, dossier: Any) -> HttpResponse:
    if dossier.agent_code:
        said = gettext("Taken for the desk as %(code)s. Put it on the next list; the time limit begins at the desk.")
        messages.success(request, said % {"code": dossier.code})
        return redirect("onestop:handovers")
    messages.success(request, gettext("Taken in and accepted. Print form 01 for the applicant."))
    return redirect("onestop:work", dossier.code)


def _agent(request: ActorRequest) -> str:
    """Return the post office at which the reader takes this in; empty at a desk of their own."""
    if access.can_receive(request.actor):
        return ""
    on = civil_date(request.at)
    agency = find_agency(request.POST.get("agency", "")[:35], on=on)
    return post_office_of(request.actor, agency, on) if agency else ""


def _take(request: ActorRequest, code: str, data: dict[str, Any], components: Any, case: str) -> Any:
    visitor = know_visitor(
        data["citizen_number"],
        data["full_name"],
        phone=data["phone"],
        address=data["address"],
        actor=request.actor,
        at=request.at,
    )
    applicant = Applicant.of(visitor, {"phone": data["phone"], "address": data["address"]})
    ticked, scans = [], []
    for component in components:
        if request.POST.get(f"c-{component.code}"):
            originals = _count(request.POST.get(f"o-{component.code}"), component.originals)
            copies = _count(request.POST.get(f"s-{component.code}"), component.copies)
            ticked.append({"code": component.code, "name": component.name, "originals": originals, "copies": copies})
        for sent in request.FILES.getlist(f"f-{component.code}"):
            made = save_document(
                prepare(sent, name=sent.name or "scan"), actor=request.actor, at=request.at, purpose="scan"
            )
            scans.append((component.code, made))
    held = [
        (component.code, UUID(chosen))
        for component in components
        if (chosen := request.POST.get(f"h-{component.code}", "")) and _is_id(chosen)
    ]
    return reception.take_at_counter(
        code,
        request.POST.get("agency", ""),
        applicant,
        components=ticked,
        scans=scans,
        case_code=case,
        answers=answers_with(
            {
                quantity.path: _number(request.POST.get(f"q-{quantity.path}", "1"))
                for quantity in quantities_of(get_fileable_service(code, civil_date(request.at)))
            }
        ),
        result_way=data["result_way"],
        result_address=data["address"],
        once=_once(request),
        held=held,
        agent=_agent(request),
        actor=request.actor,
        at=request.at,
    )


FIELDS = {
    "/citizen_number": "citizen_number",
    "/full_name": "full_name",
    "/name": "full_name",
    "/phone": "phone",
    "/address": "address",
}
"""Where on the page a fault of the visitor's particulars is said."""


def _put_faults(form: IntakeForm, no: BadInput) -> list[Fault]:
    """Say what is wrong with the visitor at its field; return the rest, for the top of the page."""
    for fault in no.faults:
        if fault.pointer in FIELDS:
            form.add_error(FIELDS[fault.pointer], str(fault.text))
    rest = [fault for fault in no.faults if fault.pointer not in FIELDS]
    return [Fault(_place(fault.pointer), fault.text) for fault in rest]


def _place(pointer: str) -> str:
    """Return where on the page a fault stands: a paper, the case, or a number that the fee is counted by."""
    if pointer.startswith("/components/"):
        return pointer.replace("/components/", "/c-")
    return "/case" if pointer == "/case_code" else "/q-" + pointer.strip("/").replace("/", ".")


def _offered(request: ActorRequest, service: Service, number: str, components: Sequence[Component]) -> Offers:
    """Return what is held of the visitor and stands for a paper; that the official was shown it is journalled."""
    offers = offers_for(number, components, on=civil_date(request.at))
    shown = sorted({one.id for found in offers.values() for one in found})
    note_offered(number, shown, service.code, actor=request.actor, at=request.at)
    return offers


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _once(request: ActorRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return None


def _count(typed: str | None, default: int) -> int:
    return int(typed) if typed and typed.isdecimal() and len(typed) <= COUNT_DIGITS else default


def _number(typed: str) -> int | str:
    """Return a number that was typed, or what was typed instead, for the form to say what is wrong with it."""
    text = typed.strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text


def _line(request: ActorRequest, component: Component, held: Sequence[HeldResult], *, asks: bool) -> dict[str, Any]:
    chosen = request.POST.get(f"h-{component.code}", "")
    is_new = request.method != "POST" or request.POST.get("ask") == component.code
    return {
        "held": [
            {
                "id": str(one.id),
                "text": f"{one.title}, {one.number}, {day(one.issued_on)}, {one.issuer}",
                "ticked": place == 0 if is_new else chosen == str(one.id),
            }
            for place, one in enumerate(held)
        ],
        "registers": [] if held or not asks else [own(one, "name") for one in register_sources(component.satisfied_by)],
        "code": component.code,
        "name": own(component, "name"),
        "required": component.required,
        "ticked": bool(request.POST.get(f"c-{component.code}")),
        "originals": request.POST.get(f"o-{component.code}", component.originals),
        "copies": request.POST.get(f"s-{component.code}", component.copies),
    }
