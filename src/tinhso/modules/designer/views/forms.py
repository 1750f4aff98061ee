"""Forms on their way: lists, one draft with its questions, each question, what the citizen will see, what changes."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault, NotFound, Refusal
from tinhso.kernel.forms.public import (
    CannotEdit,
    answers_of,
    bind,
    kind_of,
    node_at,
    outline,
    parse_form,
    step_page,
    steps_asked,
)
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.designer import access
from tinhso.modules.designer.actions import form_drafts as acts
from tinhso.modules.designer.actions.refusals import ChangedMeanwhile
from tinhso.modules.designer.forms import ApproveForm, ReturnForm, SeenForm, SendForm
from tinhso.modules.designer.forms.questions import (
    FormFileForm,
    MoveForm,
    NewFormForm,
    PathForm,
    QuestionForm,
    RuleForm,
    StepWordsForm,
    WordsForm,
    named,
)
from tinhso.modules.designer.queries import forms as read
from tinhso.modules.designer.views.drafts import KEPT, asked, pressed

NEW = "-"
"""Stands at the end of the path of a question that is not there yet; no question is named so."""
HOME, PAGE = "designer:forms", "designer:form_draft"


def home(request: ActorRequest) -> HttpResponse:
    """List drafts of forms on their way, those that are done, and the forms in force."""
    require(access.can_read_drafts, request.actor)
    context = {
        "title": _("Design of forms"),
        "drafts": read.list_form_drafts(),
        "done": read.list_form_drafts(is_open=False),
        "rows": read.forms_in_force(),
        "may_draft": access.can_draft(request.actor),
    }
    return render(request, "designer/forms.html", context)


@require_POST
def begin(request: ActorRequest, code: str) -> HttpResponse:
    """Begin a draft from the form in force."""
    return redirect(PAGE, acts.begin_form(code, actor=request.actor, at=request.at).pk)


def new(request: ActorRequest) -> HttpResponse:
    """Begin a form that there was not."""
    require(access.can_draft, request.actor)
    form = NewFormForm(request.POST if request.method == "POST" else None)

    def do() -> Any:
        return acts.begin_empty_form(**form.cleaned_data, actor=request.actor, at=request.at)

    return asked(request, form, _("A new form"), _("Begin"), do, home=HOME, page=PAGE)


def upload(request: ActorRequest) -> HttpResponse:
    """Begin a draft from the file of a pack."""
    require(access.can_draft, request.actor)
    posted = request.method == "POST"
    form = FormFileForm(request.POST if posted else None, request.FILES if posted else None)

    def do() -> Any:
        given = form.cleaned_data
        return acts.begin_form_from_file(given["file"], given["common"], actor=request.actor, at=request.at)

    return asked(request, form, _("A draft from a file"), _("Upload"), do, home=HOME, page=PAGE)


def draft(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Show the draft of a form: what is wrong with it, its steps and questions, its rules."""
    require(access.can_read_drafts, request.actor)
    found = read.get_form_draft(draft_id)
    schema, faults = read.schema_of(found), read.faults_of(found, civil_date(request.at))
    rules = schema.get("x-rules")
    return render(
        request,
        "designer/form_draft.html",
        {
            "title": found.name,
            "draft": found,
            "lines": read.lines_of(schema),
            "rules": rules if isinstance(rules, list) else [],
            "faults": faults,
            "errors": [fault for fault in faults if fault.is_error],
            "services": list(read.services_of(found.code, civil_date(request.at))),
            "may_write": found.is_open and access.can_draft(request.actor),
            "send": SendForm(initial={"seen": found.version}),
        },
    )


def file(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Give a draft as the file of a pack."""
    require(access.can_read_drafts, request.actor)
    found = read.get_form_draft(draft_id)
    response = HttpResponse(read.file_of(found), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.code}.json"'
    return response


def texts(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Ask what is said of the form as a whole, and keep it."""
    require(access.can_read_drafts, request.actor)
    found = read.get_form_draft(draft_id)
    schema = read.schema_of(found)
    keywords = {
        "title": "title", "title_en": "x-title-en", "intro": "description", "intro_en": "x-description-en",
        "number": "x-form-number", "law": "x-law",
    }  # fmt: skip
    said = {name: schema.get(keyword, "") for name, keyword in keywords.items()}
    pair = schema.get("x-declaration")
    pair = pair if isinstance(pair, dict) else {}
    said |= {"declaration": pair.get("vi", ""), "declaration_en": pair.get("en", "")}
    form = WordsForm(request.POST or None, initial={**said, "seen": found.version})

    def do() -> Any:
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        return acts.save_form(found.pk, given, seen=form.cleaned_data["seen"], actor=request.actor, at=request.at)

    return _about(request, found, form, do, _("The form as a whole"))


def question(request: ActorRequest, draft_id: UUID, path: str) -> HttpResponse:
    """Ask what is said of one question or step, and keep it."""
    require(access.can_read_drafts, request.actor)
    found = read.get_form_draft(draft_id)
    schema = read.schema_of(found)
    node = node_at(schema, path)
    try:
        known = answers_of(schema, path)
    except CannotEdit:
        raise NotFound from None
    initial = {**known, **StepWordsForm.said_before(schema, path, known["when"]), "seen": found.version}
    form = _question_form(request, schema, path, initial, kind=kind_of(node or {}))

    def do() -> Any:
        seen = form.cleaned_data["seen"]
        return acts.save_question(found.pk, path, form.values, seen=seen, actor=request.actor, at=request.at)

    rows = outline(schema)
    row = next(each for each in rows if each.path == path)
    places = [(each.path, named(rows, each) if not each.is_step else str(each.title)) for each in rows if each.holds]
    above = path.rpartition(".")[0]
    places = [] if row.is_step else [place for place in places if place[0] not in (above, path)]
    return _about(request, found, form, do, str(row.title) or path, row=row, places=places)


def _question_form(
    request: ActorRequest, schema: Any, path: str, initial: Any, *, kind: str, is_new: bool = False
) -> StepWordsForm:
    rows = outline(schema)
    if "." not in path:
        return StepWordsForm(schema, rows, path, request.POST or None, initial=initial)
    prefills = read.prefills(schema)
    return QuestionForm(
        schema, rows, path, request.POST or None, initial=initial, kind=kind, prefills=prefills, is_new=is_new
    )


def add(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Put a question into a step (`?vao=`), or a step into the form."""
    require(access.can_draft, request.actor)
    found = read.get_form_draft(draft_id)
    schema, above = read.schema_of(found), request.GET.get("vao", "")
    if above and node_at(schema, above) is None:
        raise NotFound
    path = f"{above}.{NEW}" if above else NEW
    initial = {"seen": found.version, "required": not above, "kind": "text"}
    form = _question_form(request, schema, path, initial, kind="text", is_new=True)

    def do() -> Any:
        given = form.cleaned_data
        return acts.put_in_question(
            found.pk, above, form.values, key=given.get("key", ""), seen=given["seen"], actor=request.actor,
            at=request.at,
        )  # fmt: skip

    title = _("A new question") if above else _("A new step")
    return _about(request, found, form, do, title)


def rule(request: ActorRequest, draft_id: UUID, index: int | None = None) -> HttpResponse:
    """Ask for a rule between answers, and keep it."""
    require(access.can_read_drafts, request.actor)
    found = read.get_form_draft(draft_id)
    schema = read.schema_of(found)
    rules = schema.get("x-rules", [])
    if index is not None and not (isinstance(rules, list) and index < len(rules)):
        raise NotFound
    said: dict[str, Any] = rules[index] if index is not None else {}
    pair = said.get("message")
    pair = pair if isinstance(pair, dict) else {}
    initial = {
        "check": said.get("check", ""), "at": str(said.get("at", "")).strip("/").replace("/", "."),
        "law": said.get("law", ""), "message": pair.get("vi", ""), "message_en": pair.get("en", ""),
        "seen": found.version,
    }  # fmt: skip
    form = RuleForm(outline(schema), request.POST or None, initial=initial)

    def do() -> Any:
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        seen = form.cleaned_data["seen"]
        return acts.save_rule(found.pk, index, given, seen=seen, actor=request.actor, at=request.at)

    return _about(request, found, form, do, _("A rule between answers"), rule=index)


def _about(
    request: ActorRequest, found: Any, form: forms.Form, do: Callable[[], Any], title: str, **more: Any
) -> HttpResponse:
    """Ask, do, go back to the draft; whoever comes second is told and has still typed what they typed."""
    require(access.can_read_drafts, request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            do()
        except ChangedMeanwhile as no:
            form.add_error(None, f"{no} " + _("What you typed is still here: save once more to put it in."))
            data = request.POST.copy()
            data["seen"] = str(found.version)
            form.data = data
        except Refusal as no:
            if no.status in (*KEPT, HTTPStatus.FORBIDDEN):
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect(PAGE, found.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    may = found.is_open and access.can_draft(request.actor)
    context = {"title": title, "form": form, "draft": found, "may": may, "rule": None, **more}
    return render(request, "designer/question.html", context, status=status)


@require_POST
def move(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Move a question among its neighbours or into another step."""
    require(access.can_draft, request.actor)
    form = MoveForm(request.POST)

    def do() -> Any:
        given = form.cleaned_data
        return acts.shift_question(
            draft_id, given["path"], by=given["by"] or 0, into=given["into"] or None, seen=given["seen"],
            actor=request.actor, at=request.at,
        )  # fmt: skip

    return pressed(request, draft_id, form, do, _("Moved."), back=PAGE)


@require_POST
def remove(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Take a question or a step out."""
    require(access.can_draft, request.actor)
    form = PathForm(request.POST)

    def do() -> Any:
        given = form.cleaned_data
        return acts.take_out_question(draft_id, given["path"], seen=given["seen"], actor=request.actor, at=request.at)

    return pressed(request, draft_id, form, do, _("It is taken out."), back=PAGE)


@require_POST
def remove_rule(request: ActorRequest, draft_id: UUID, index: int) -> HttpResponse:
    """Take a rule out."""
    require(access.can_draft, request.actor)
    form = SeenForm(request.POST)

    def do() -> Any:
        seen = form.cleaned_data["seen"]
        return acts.take_out_rule(draft_id, index, seen=seen, actor=request.actor, at=request.at)

    return pressed(request, draft_id, form, do, _("It is taken out."), back=PAGE)


def preview(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Show the form as a citizen will see it, with all steps below each other; nothing that is typed is kept."""
    require(access.can_read_drafts, request.actor)
    found, on = read.get_form_draft(draft_id), civil_date(request.at)
    pages, faults, problem = [], list[Fault](), ""
    try:
        form = parse_form(found.code, read.schema_of(found))
    except Refusal as no:
        problem = "; ".join(str(fault.text) for fault in no.faults[:5]) or str(no)
    else:
        data: dict[str, Any] = {}
        for step in form.steps if request.method == "POST" else ():
            bound = bind(form, step.key, request.POST, on=on, data=data)
            data, faults = bound.data, [*faults, *bound.faults]
        pages = [step_page(form, step.key, data, on=on, faults=faults) for step in steps_asked(form, data, on=on)]
    context = {
        "title": _("As the citizen sees it"), "draft": found, "pages": pages, "faults": faults, "problem": problem,
        "is_whole": request.method == "POST" and not faults and not problem,
    }  # fmt: skip
    return render(request, "designer/preview.html", context)


def difference(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Say in sentences what changes, and let a legal officer decide."""
    require(access.can_read_drafts, request.actor)
    found = read.get_form_draft(draft_id)
    context = {
        "title": _("What changes"),
        "draft": found,
        "back": reverse(PAGE, args=[found.pk]),
        "changes": read.differences(found),
        "may_decide": found.state == "sent" and access.can_decide_this(request.actor, found),
        "approve": ApproveForm(initial={"seen": found.version}),
        "give_back": ReturnForm(initial={"seen": found.version}),
    }
    return render(request, "designer/difference.html", context)
