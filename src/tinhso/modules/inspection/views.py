"""Pages of inspection: findings, one finding, what is mine, scenarios."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.base.acts import require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.documents.public import list_own, prepare, save
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.inspection import access
from tinhso.modules.inspection.actions import answering, switching
from tinhso.modules.inspection.forms import AssignForm, SwitchForm, WordForm
from tinhso.modules.inspection.queries import findings as read
from tinhso.modules.inspection.queries import shown, standing
from tinhso.modules.inspection.queries.back import check_back

KEPT = (401, 403, 404)
BACK_DAYS = 30
BACK_MOST = 500
"""Acts that a page tries a scenario on: a page is waited for; the command looks further."""


def home(request: ActorRequest) -> HttpResponse:
    """List the findings that the reader may see."""
    require(access.can_enter, request.actor)
    return _list(request, title=_("Automatic inspection"), mine=False)


def mine(request: ActorRequest) -> HttpResponse:
    """List the findings about the reader's own acts, and those they are to answer."""
    require(access.can_enter, request.actor)
    return _list(request, title=_("Findings about my work"), mine=True)


def _list(request: ActorRequest, *, title: str, mine: bool) -> HttpResponse:
    filters = _filters(request, mine=mine)
    found = read.list_findings(filters, seen_by=request.actor, before=_before(request), limit=read.PAGE + 1)
    context = {
        "title": title,
        "rows": [shown.row_of(each, request.at) for each in found[: read.PAGE]],
        "tabs": _tabs(request, "mine" if mine else "all"),
        "states": _state_links(request, filters),
        "silent": filters.silent,
        "next": _more(request, found),
        "narrowed": filters.code or filters.subject,
    }
    return render(request, "inspection/findings.html", context)


def _filters(request: ActorRequest, *, mine: bool) -> read.Filters:
    given = request.GET
    state = given.get("trang-thai", "undone")
    return read.Filters(
        state=state if state in {"undone", *dict(read.STATES)} else "",
        severity=given.get("muc", "") if given.get("muc", "") in dict(read.SEVERITIES) else "",
        code=given.get("tinh-huong", "")[:60],
        agency=given.get("co-quan", "")[:40],
        subject=given.get("ho-so", "")[:100].strip(),
        mine=mine,
        silent=given.get("thu") == "1",
    )


def _before(request: ActorRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("sau", ""))
    except ValueError:
        return None


def _more(request: ActorRequest, found: list[Any]) -> str:
    if len(found) <= read.PAGE:
        return ""
    return "?" + urlencode({**request.GET.dict(), "sau": str(found[read.PAGE - 1].pk)})


def _tabs(request: ActorRequest, current: str) -> list[dict[str, Any]]:
    named = [
        ("all", _("Findings"), reverse("inspection:home")),
        ("mine", _("About my work"), reverse("inspection:mine")),
    ]
    if access.can_see_scenarios(request.actor):
        named.append(("scenarios", _("Scenarios"), reverse("inspection:scenarios")))
    return [{"text": text, "href": href, "current": key == current} for key, text, href in named]


def _state_links(request: ActorRequest, filters: read.Filters) -> list[dict[str, Any]]:
    kept = {key: value for key, value in request.GET.dict().items() if key not in ("sau", "trang-thai")}
    named = [("undone", _("To be done")), *read.STATES, ("all", _("All"))]
    return [
        {
            "text": text,
            "href": "?" + urlencode({**kept, "trang-thai": key}),
            "current": key == (filters.state or "all"),
        }
        for key, text in named
    ]


def finding(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    """Explain one finding, and offer what the reader may do about it."""
    require(access.can_enter, request.actor)
    found = read.get_finding(finding_id, seen_by=request.actor)
    return _page(request, shown.page_of(found, seen_by=request.actor, at=request.at))


def _page(request: ActorRequest, page: shown.Shown, **forms: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if forms else HTTPStatus.OK
    context = {
        "title": page.name,
        "page": page,
        "acts": _acts(page, forms),
        "assigning": forms.get("assign") or AssignForm(officials=page.officials),
        "back": reverse("inspection:home"),
    }
    return render(request, "inspection/finding.html", context, status=status)


def _acts(page: shown.Shown, forms: dict[str, Any]) -> list[dict[str, Any]]:
    named = [
        ("answer", _("Answer"), _("Say what happened and why.")),
        ("contest", _("Contest"), _("Say why the finding is wrong.")),
        ("uphold", _("Close: upheld"), _("Say what follows from it.")),
        ("dismiss", _("Close: a false alarm"), _("Say why the scenario was wrong here. False alarms are counted.")),
        ("reopen", _("Open again"), _("Say why.")),
    ]
    return [
        {
            "key": key,
            "title": title,
            "lead": lead,
            "form": forms.get(key) or WordForm(auto_id=f"{key}-%s"),
            "is_open": key in forms,
            "files": key in _WITH_FILES,
            "files_id": f"{key}-files",
            "url": reverse("inspection:act", args=[page.finding.pk, key]),
        }
        for key, title, lead in named
        if key in page.may
    ]


_WITH_FILES = {"answer": access.can_answer, "contest": access.can_contest}
_WORDED: dict[str, Callable[..., Any]] = {
    "answer": answering.answer_finding,
    "contest": answering.contest_finding,
    "uphold": lambda *args, **kwargs: answering.close_finding(*args, is_false=False, **kwargs),
    "dismiss": lambda *args, **kwargs: answering.close_finding(*args, is_false=True, **kwargs),
    "reopen": answering.reopen_finding,
}


def do(request: ActorRequest, finding_id: UUID, verb: str) -> HttpResponse:
    """Do something about a finding with words; a refusal is said on its page."""
    require(access.can_enter, request.actor)
    here = redirect("inspection:finding", finding_id)
    if request.method != "POST":
        return here
    if verb not in _WORDED:
        raise NotFound
    form = WordForm(request.POST, auto_id=f"{verb}-%s")
    if not form.is_valid():
        found = read.get_finding(finding_id, seen_by=request.actor)
        return _page(request, shown.page_of(found, seen_by=request.actor, at=request.at), **{verb: form})
    given: dict[str, Any] = {}
    if verb in _WITH_FILES:
        # looked at by who may answer only: nobody else's bytes are taken in
        require(_WITH_FILES[verb], request.actor, read.get_finding(finding_id, seen_by=request.actor))
        try:
            given["files"] = _handed_in(request)
        except Refusal as no:
            messages.error(request, str(no))
            return here
    return _tried(
        request,
        lambda: _WORDED[verb](finding_id, form.cleaned_data["text"], actor=request.actor, at=request.at, **given),
        here,
    )


def _handed_in(request: ActorRequest) -> list[UUID]:
    """Return the files of the form: those sent in pieces before, and those in it, checked and kept. Raises what `save` raises."""
    sent = request.FILES.getlist("files")[: answering.MOST_FILES + 1]
    before = list_own(request.POST.getlist("files-document")[: answering.MOST_FILES + 1], seen_by=request.actor)
    made = [
        save(prepare(one, name=one.name or "tep"), actor=request.actor, at=request.at, purpose="finding")
        for one in sent
    ]
    return [one.pk for one in (*before, *made)]


def assign(request: ActorRequest, finding_id: UUID) -> HttpResponse:
    """Have an official answer a finding."""
    require(access.can_enter, request.actor)
    here = redirect("inspection:finding", finding_id)
    if request.method != "POST":
        return here
    page = shown.page_of(read.get_finding(finding_id, seen_by=request.actor), seen_by=request.actor, at=request.at)
    form = AssignForm(request.POST, officials=page.officials)
    if not form.is_valid():
        return _page(request, page, assign=form)
    chosen = UUID(form.cleaned_data["official_id"])
    return _tried(
        request, lambda: answering.assign_finding(finding_id, chosen, actor=request.actor, at=request.at), here
    )


def _tried(request: ActorRequest, do: Callable[[], Any], back: HttpResponse) -> HttpResponse:
    try:
        do()
    except Refusal as no:
        if no.status in KEPT and not isinstance(no, answering.OwnFinding):
            raise
        messages.error(request, " ".join(str(fault.text) for fault in no.faults) or str(no))
    else:
        messages.success(request, _("Done. It stands in the journal."))
    return back


def scenarios(request: ActorRequest) -> HttpResponse:
    """List the scenarios with what came of them."""
    require(access.can_see_scenarios, request.actor)
    context = {
        "title": _("Scenarios"),
        "rows": [shown.scenario_row(line) for line in standing.list_scenarios()],
        "tabs": _tabs(request, "scenarios"),
    }
    return render(request, "inspection/scenarios.html", context)


def scenario(request: ActorRequest, code: str) -> HttpResponse:
    """Show one scenario: its condition in words and in CEL, the law, what came of it; an inspector switches it."""
    require(access.can_switch if request.method == "POST" else access.can_see_scenarios, request.actor)
    line = standing.get_scenario(code)
    form = SwitchForm(request.POST if request.method == "POST" else None, initial={"state": line.standing.state})
    if form.is_valid():
        data = form.cleaned_data
        return _tried(
            request,
            lambda: switching.switch_scenario(code, **data, actor=request.actor, at=request.at),
            redirect("inspection:scenario", code),
        )
    may = access.can_switch(request.actor)
    asked = request.GET.get("thu") == "1" and access.can_check_back(request.actor)
    tried = (
        check_back(standing.rule(code), days=BACK_DAYS, seen_by=request.actor, at=request.at, most=BACK_MOST)
        if asked
        else None
    )
    context = {
        **shown.scenario_page(line),
        "form": form if may else None,
        "may_try": access.can_check_back(request.actor),
        "tried": tried,
        "days": BACK_DAYS,
        "back": reverse("inspection:scenarios"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "inspection/scenario.html", context, status=status)
