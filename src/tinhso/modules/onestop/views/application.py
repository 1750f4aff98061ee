"""Filing online, one thing at a time: begin, task list, steps, papers, delivery, check, file, confirmation."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault, NotFound, Refusal
from tinhso.kernel.casework.public import Component, Service
from tinhso.kernel.documents.public import list_own, prepare
from tinhso.kernel.documents.public import save as save_document
from tinhso.kernel.forms.public import FormDefinition, Prefill, bind, fill, load_form, prune, step_page, summary, tasks
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import draft_days, find_agency
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import applications as acts
from tinhso.modules.onestop.actions import registers, reusing
from tinhso.modules.onestop.actions.filing import Applicant, NotReady, faults_of, file_application
from tinhso.modules.onestop.forms import AgencyForm, DeliveryForm
from tinhso.modules.onestop.queries import dossiers, people, shown
from tinhso.modules.onestop.queries.fees import FeeUnknown, fee_for
from tinhso.modules.onestop.queries.held import offers_to, registers_to_ask
from tinhso.modules.onestop.queries.services import competent_agencies, get_fileable_service, way_of
from tinhso.web.words import money, own, phone


def begin(request: ActorRequest, code: str) -> HttpResponse:
    """Show what will be asked; begin a draft, or go on with the one that is there."""
    if request.actor.is_official:
        raise acts.FilesAsCitizen
    service = get_fileable_service(code, civil_date(request.at))
    drafts = dossiers.list_drafts(request.actor, of=service.code).rows
    if request.method == "POST":
        form = load_form(service.form_code) if service.form_code else None
        known = Prefill(people.prefill_of(request.actor, civil_date(request.at)))
        answers = fill(form, {}, known) if form else {}
        draft = acts.start_application(service.code, answers=answers, actor=request.actor, at=request.at)
        return redirect("onestop:tasks", draft.id)
    require(access.can_file, request.actor)
    days = draft_days(civil_date(request.at))
    context = {"title": _name(service), "service": service, "drafts": drafts, "draft_days": days}
    return render(request, "onestop/begin.html", context)


def task_list(request: ActorRequest, application_id: UUID) -> HttpResponse:
    """List what is still to do."""
    draft, service, form = _open(request, application_id)
    if draft.dossier_code:
        return redirect("onestop:filed", draft.dossier_code)
    groups = _task_groups(draft, service, form, request)
    rows = [row for group in groups for row in group["tasks"]]
    rows = [row for row in rows if row["state"] != "optional"]
    done = sum(row["state"] == "done" for row in rows)
    return render(
        request,
        "onestop/tasks.html",
        {
            "title": _name(service),
            "draft": draft,
            "groups": groups,
            "done": done,
            "all": len(rows),
            **_aside(draft, service),
        },
    )


def choose_agency(request: ActorRequest, application_id: UUID) -> HttpResponse:
    """Choose who settles it and which case it is."""
    draft, service, _form = _open(request, application_id)
    on = civil_date(request.at)
    found = competent_agencies(service, on)
    # where one lives is mostly where one files: proposed first, and chosen until something else is
    home = people.prefill_of(request.actor, on).get("person", {}).get("unit_code", "")
    found.sort(key=lambda agency: not home or agency.unit_code != home)
    proposed = found[0].code if found and home and found[0].unit_code == home else ""
    agencies = [(agency.code, own(agency, "name")) for agency in found]
    cases = [(case.code, own(case, "name")) for case in service.cases]
    form = AgencyForm(
        request.POST or None,
        agencies=agencies,
        cases=cases,
        initial={"agency": draft.agency_code or proposed, "case": draft.case_code},
    )
    if request.method == "POST" and form.is_valid():
        acts.choose_agency(
            draft.id,
            form.cleaned_data["agency"],
            case_code=form.cleaned_data.get("case", ""),
            actor=request.actor,
            at=request.at,
        )
        return _next(draft.id)
    return render(
        request,
        "onestop/agency.html",
        {
            "title": gettext("Where do you apply?"),
            "draft": draft,
            "form": form,
            "own": not draft.agency_code and proposed,
            **_aside(draft, service),
        },
    )


def step(request: ActorRequest, application_id: UUID, step: str) -> HttpResponse:
    """Ask the questions of one step; what was typed is kept, right or wrong."""
    draft, service, form = _open(request, application_id)
    if form is None or form.step(step) is None:
        raise NotFound
    on = civil_date(request.at)
    known = Prefill(people.prefill_of(request.actor, on))
    data, faults, focus = fill(form, draft.answers, known, on=on), [], ""
    if request.method == "POST":
        bound = bind(form, step, request.POST, on=on, data=draft.answers, prefill=known)
        acts.save_step(
            draft.id, step, bound.data.get(step, {}), complete=bound.is_done, actor=request.actor, at=request.at
        )
        # whoever goes on later is not held back: what is typed is kept, and the list says what is open
        if bound.is_done or "later" in request.POST:
            return _next(draft.id)
        data, faults, focus = bound.data, bound.faults, bound.focus
    elif step in draft.answers and step not in draft.done_steps and "sua" in request.GET:
        bound_faults = [fault for fault in faults_of(draft, service, on=on) if fault.pointer.startswith(f"/{step}/")]
        faults = bound_faults
    try:
        page = step_page(form, step, data, on=on, faults=faults, prefill=known, focus=focus)
    except LookupError:
        raise NotFound from None
    return render(
        request,
        "onestop/step.html",
        {"title": page.document_title, "draft": draft, "page": page, "faults": faults, **_aside(draft, service)},
    )


def papers(request: ActorRequest, application_id: UUID, component: str) -> HttpResponse:
    """Take the files of one paper; a dropped connection loses nothing that arrived."""
    draft, service, _form = _open(request, application_id)
    asked = next((row for row in service.components_for(draft.case_code) if row.code == component), None)
    if asked is None:
        raise NotFound
    faults: list[Fault] = []
    if request.method == "POST":
        for sent in request.FILES.getlist("files"):
            try:
                document = save_document(
                    prepare(sent, name=sent.name or "tep"), actor=request.actor, at=request.at, purpose="application"
                )
                acts.attach_file(draft.id, component, document, actor=request.actor, at=request.at)
            except Refusal as no:
                faults.append(Fault("/files", shown.said_of(sent.name, no)))
        for document in list_own(request.POST.getlist("files-document"), seen_by=request.actor):
            acts.attach_file(draft.id, component, document, actor=request.actor, at=request.at)
        draft = dossiers.get_application(draft.id, seen_by=request.actor)
        if not faults and not _given(draft, component) and asked.required:
            faults.append(Fault("/files", gettext("Choose a file or take a photo of the paper.")))
        if not faults:
            return redirect("onestop:papers", draft.id, component) if "more" in request.POST else _next(draft.id)
    return _papers_page(request, draft, service, asked, faults)


def _papers_page(
    request: ActorRequest, draft: Any, service: Service, asked: Component, faults: list[Fault]
) -> HttpResponse:
    given = _given(draft, asked.code)
    held = _offered(request, service, draft, asked, given)
    return render(
        request,
        "onestop/papers.html",
        {
            "title": _component_name(asked),
            "draft": draft,
            "component": asked,
            "name": _component_name(asked),
            "files": given,
            "held": held,
            "registers": [] if held or given else registers_to_ask(request.actor, asked),
            "faults": faults,
            **_aside(draft, service),
        },
    )


@require_POST
def use_held(request: ActorRequest, application_id: UUID, component: str, held_id: UUID) -> HttpResponse:
    """Let what the province holds stand for a paper: one click, no upload."""
    reusing.use_held(application_id, component, held_id, actor=request.actor, at=request.at)
    messages.success(request, gettext("Taken from the data store. You need not hand it in."))
    return _next(application_id)


@require_POST
def ask_register(request: ActorRequest, application_id: UUID, component: str) -> HttpResponse:
    """Ask the registers of others for a paper; what they have stands for it, and what they say otherwise is said here."""
    draft, service, _form = _open(request, application_id)
    try:
        registers.take_from_register(application_id, component, actor=request.actor, at=request.at)
    except Refusal as no:
        asked = next((row for row in service.components_for(draft.case_code) if row.code == component), None)
        if no.status in (401, 403, 404) or asked is None:
            raise
        return _papers_page(request, draft, service, asked, [Fault("/files", str(no))])
    messages.success(request, gettext("Found in the register and taken. You need not hand it in."))
    return _next(application_id)


@require_POST
def remove_file(request: ActorRequest, application_id: UUID, component: str, file_id: UUID) -> HttpResponse:
    """Take a file out again."""
    acts.remove_file(application_id, file_id, actor=request.actor, at=request.at)
    return redirect("onestop:papers", application_id, component)


def delivery(request: ActorRequest, application_id: UUID) -> HttpResponse:
    """Ask how the result is taken and where notices go."""
    draft, service, _form = _open(request, application_id)
    known = people.prefill_of(request.actor, civil_date(request.at)).get("person", {})
    initial = {
        "phone": known.get("phone"),
        "email": known.get("email"),
        "address": known.get("address"),
        **draft.delivery,
    }
    form = DeliveryForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        acts.choose_delivery(draft.id, form.cleaned_data, actor=request.actor, at=request.at)
        return _next(draft.id)
    return render(
        request,
        "onestop/delivery.html",
        {"title": gettext("How the result reaches you"), "draft": draft, "form": form, **_aside(draft, service)},
    )


def check(request: ActorRequest, application_id: UUID) -> HttpResponse:
    """Show every answer once more; file."""
    draft, service, form = _open(request, application_id)
    if draft.dossier_code:
        return redirect("onestop:filed", draft.dossier_code)
    on = civil_date(request.at)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            applicant = Applicant.of(people.applicant(request.actor), draft.delivery)
            dossier = file_application(draft.id, applicant, actor=request.actor, at=request.at)
        except acts.AlreadyFiled as no:
            return redirect("onestop:filed", no.facts["dossier"])
        except NotReady as no:
            faults = list(no.faults)
        except FeeUnknown as no:
            faults = [Fault("", str(no))]
        else:
            return redirect("onestop:filed", dossier.code)
    known = Prefill(people.prefill_of(request.actor, on))
    sections = summary(form, draft.answers, on=on, change=_change(draft.id), prefill=known) if form else []
    return render(
        request,
        "onestop/check.html",
        {
            "title": gettext("Check your answers"),
            "draft": draft,
            "sections": sections,
            "place": _place_rows(draft, service, on),
            "papers": _paper_rows(draft, service),
            "delivery": _delivery_rows(draft),
            "faults": faults,
            "fee": (fee := _fee_words(service, draft, form, on)),
            "is_free": fee == gettext("Free"),
            "declaration": str(form.declaration) if form else "",
            **_aside(draft, service),
        },
    )


@require_POST
def discard(request: ActorRequest, application_id: UUID) -> HttpResponse:
    """Throw the draft away."""
    acts.discard_application(application_id, actor=request.actor, at=request.at)
    messages.success(request, gettext("The draft was thrown away."))
    return redirect("onestop:mine")


def _offered(
    request: ActorRequest, service: Service, draft: Any, asked: Component, given: list[Any]
) -> list[dict[str, Any]]:
    """Return what is held of the applicant and stands for this paper, but for what was taken already."""
    if not asked.satisfied_by:
        return []
    taken = {file.held_id for file in given}
    offers = offers_to(request.actor, service, draft.case_code, on=civil_date(request.at)).get(asked.code, [])
    return [
        {"one": one, "href": reverse("onestop:use_held", args=[draft.id, asked.code, one.id])}
        for one in offers
        if one.id not in taken
    ]


def _open(request: ActorRequest, application_id: UUID) -> tuple[Any, Service, FormDefinition | None]:
    require(access.can_file, request.actor)
    draft = dossiers.get_application(application_id, seen_by=request.actor)
    service = get_fileable_service(draft.service_code, civil_date(request.at))
    form = load_form(draft.form_code, draft.form_version) if draft.form_code else None
    return draft, service, form


def _task_groups(
    draft: Any, service: Service, form: FormDefinition | None, request: ActorRequest
) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    choice = {
        "title": gettext("Where you apply"),
        "state": "done" if draft.agency_code else "todo",
        "href": reverse("onestop:agency", args=[draft.id]),
    }
    groups.append({"title": gettext("Before you start"), "tasks": [choice]})
    if form:
        made = tasks(form, draft.answers, on=civil_date(request.at), visited=draft.done_steps)
        for group in made:
            rows = [
                task.item(
                    reverse("onestop:step", args=[draft.id, task.key]) + ("?sua=1" if task.state == "fix" else "")
                )
                for task in group.tasks
            ]
            section = gettext("Declaration: %(section)s") % {"section": group.title}
            groups.append({"title": section if group.title else gettext("Your answers"), "tasks": rows})
    rows = [
        {
            "title": _component_name(component),
            # many names say it themselves: "(nếu có)"
            "hint": "" if component.required or "(" in component.name else gettext("If you have it"),
            "state": "done" if _given(draft, component.code) else "todo" if component.required else "optional",
            "href": reverse("onestop:papers", args=[draft.id, component.code]),
        }
        for component in service.components_for(draft.case_code)
    ]
    if rows:
        groups.append({"title": gettext("Papers to hand in"), "tasks": rows})
    ready = not faults_of(draft, service, on=civil_date(request.at))
    groups.append(
        {
            "title": gettext("Send"),
            "tasks": [
                {
                    "title": gettext("How the result reaches you"),
                    "state": "done" if "_delivery" in draft.done_steps else "todo",
                    "href": reverse("onestop:delivery", args=[draft.id]),
                },
                {
                    "title": gettext("Check and file"),
                    "state": "todo" if ready else "locked",
                    "hint": "" if ready else gettext("Opens when the tasks above are done"),
                    "href": reverse("onestop:check", args=[draft.id]) if ready else "",
                },
            ],
        }
    )
    return groups


def _next(application_id: UUID) -> HttpResponse:
    return redirect("onestop:tasks", application_id)


def _given(draft: Any, component: str) -> list[Any]:
    return [file for file in draft.files.all() if file.component_code == component]


def _change(application_id: UUID) -> Any:
    return lambda key: reverse("onestop:step", args=[application_id, key])


def _place_rows(draft: Any, service: Service, on: date) -> list[dict[str, Any]]:
    """Return where it is filed, and in which case."""
    href = reverse("onestop:agency", args=[draft.id])
    agency = find_agency(draft.agency_code, on=on) if draft.agency_code else None
    rows = [{"key": gettext("Agency that settles it"), "value": own(agency, "name") if agency else "", "href": href}]
    case = next((case for case in service.cases if case.code == draft.case_code), None)
    if case:
        rows.append({"key": gettext("Case"), "value": own(case, "name"), "href": href})
    return rows


def _paper_rows(draft: Any, service: Service) -> list[dict[str, Any]]:
    return [
        {
            "key": _component_name(component),
            "value": ", ".join(file.name for file in _given(draft, component.code)) or gettext("Not handed in"),
            "href": reverse("onestop:papers", args=[draft.id, component.code]),
        }
        for component in service.components_for(draft.case_code)
    ]


def _delivery_rows(draft: Any) -> list[dict[str, Any]]:
    chosen = dict(DeliveryForm.base_fields["result_way"].choices)  # type: ignore[attr-defined]
    href = reverse("onestop:delivery", args=[draft.id])
    rows = [
        {
            "key": gettext("Result"),
            "value": chosen.get(draft.delivery.get("result_way"), gettext("Not chosen")),
            "href": href,
        }
    ]
    for name, label in (("phone", gettext("Telephone")), ("email", gettext("E-mail")), ("address", gettext("Address"))):
        # an address is for the post alone
        if draft.delivery.get(name) and (name != "address" or draft.delivery.get("result_way") == "post"):
            value = phone(draft.delivery[name]) if name == "phone" else draft.delivery[name]
            rows.append({"key": label, "value": value, "href": href})
    return rows


def _fee_words(service: Service, draft: Any, form: FormDefinition | None, on: date) -> str:
    answers = prune(form, draft.answers, on=on) if form else draft.answers
    try:
        fee = fee_for(service, "online", draft.case_code, answers, on=on).value
    except FeeUnknown as no:
        return str(no)
    return money(fee) if fee else gettext("Free")


def _aside(draft: Any, service: Service) -> dict[str, Any]:
    return {
        "service": service,
        "service_title": _name(service),
        "limit": way_of(service, "online", draft.case_code),
        "draft_days": (draft.expires_at - draft.updated_at).days,
    }


def _name(service: Service) -> str:
    return own(service, "name")


def _component_name(component: Component) -> str:
    return own(component, "name")
