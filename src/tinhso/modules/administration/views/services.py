"""Procedures, flows and forms."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import get_flow
from tinhso.kernel.forms.public import list_forms, list_versions
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.administration import access, actions
from tinhso.modules.administration.queries import services as read
from tinhso.modules.administration.views.parts import more, press
from tinhso.web.words import own


def procedures(request: ActorRequest) -> HttpResponse:
    """List procedures by code, or the best for some words, with what keeps each from being run here."""
    require(access.can_enter, request.actor)
    text, show = request.GET.get("q", "").strip()[:100], request.GET.get("loc", "")
    rows, after = read.list_services(text=text, after=request.GET.get("sau", "")[:40], show=show, at=request.at)
    shown = [("", gettext("All")), ("complete", gettext("Run here")), ("incomplete", gettext("Only shown"))]
    return render(
        request,
        "administration/procedures.html",
        {
            "title": gettext("Procedures"),
            "rows": rows,
            "asked": text,
            "show": show,
            "filters": [
                {"text": words, "href": f"?loc={key}&q={text}" if key else f"?q={text}", "current": key == show}
                for key, words in shown
            ],
            "next": more({"q": text, "loc": show}, after),
        },
    )


def procedure(request: ActorRequest, code: str) -> HttpResponse:
    """Show one procedure: what it lacks, its terms, its versions."""
    require(access.can_enter, request.actor)
    row, versions = read.view_service(code, request.at)
    return render(
        request, "administration/procedure.html", {"title": row.name, "row": row, "versions": versions, "code": code}
    )


def flows(request: ActorRequest) -> HttpResponse:
    """List flows, each in its newest version, with the cases that run on it."""
    require(access.can_read_province, request.actor)
    return render(
        request,
        "administration/flows.html",
        {
            "title": gettext("Flows"),
            "rows": read.list_flow_rows(),
            "drafts": read.where_flows_are_drafted(request.actor),
        },
    )


def flow(request: ActorRequest, code: str, version: int) -> HttpResponse:
    """Show one version of a flow: its steps as an ordered list, what is doubtful, the other versions."""
    require(access.can_read_province, request.actor)
    view = read.view_flow(code, version)
    may = access.can_run_province(request.actor)
    return render(request, "administration/flow.html", {"title": view.name, "view": view, "may": may})


def flow_file(request: ActorRequest, code: str, version: int) -> HttpResponse:
    """Give the BPMN file of a version, byte for byte as it was published."""
    require(access.can_read_province, request.actor)
    found = get_flow(code, version)
    response = HttpResponse(bytes(found.xml), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{code}-v{version}.bpmn"'
    return response


@require_POST
def withdraw_flow(request: ActorRequest, code: str) -> HttpResponse:
    """Let no new case begin on a flow."""
    return press(
        request,
        lambda: actions.withdraw_flow(code, actor=request.actor, at=request.at),
        back=reverse("administration:flows"),
        said=gettext("Withdrawn. Running cases go on to their end."),
    )


def forms(request: ActorRequest) -> HttpResponse:
    """List the forms in force."""
    require(access.can_enter, request.actor)
    return render(request, "administration/forms.html", {"title": gettext("Forms"), "rows": list_forms()})


def form(request: ActorRequest, code: str) -> HttpResponse:
    """Show every version of a form."""
    require(access.can_enter, request.actor)
    versions = list_versions(code)
    if not versions:
        raise NotFound
    return render(request, "administration/form_versions.html", {"title": own(versions[0], "title"), "rows": versions})
