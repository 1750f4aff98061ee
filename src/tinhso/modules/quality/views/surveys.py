"""Surveys: made and drawn, answered by a link or on the telephone, read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tinhso.base.actors import ANONYMOUS
from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.forms.public import (
    Bound,
    FormDefinition,
    StepPage,
    bind,
    list_forms,
    load_form,
    step_page,
    steps_asked,
)
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.quality import access
from tinhso.modules.quality.actions import answering
from tinhso.modules.quality.actions import surveys as acts
from tinhso.modules.quality.queries import answers as reads
from tinhso.modules.quality.queries import shown
from tinhso.modules.quality.queries.periods import Period, read_period
from tinhso.modules.quality.queries.places import root_code
from tinhso.web.spreadsheet import xlsx_file
from tinhso.web.words import number, percent

DEFAULT_DAYS, DEFAULT_SIZE, DEFAULT_RESERVE = 30, 400, 100
DIGITS = 6


def surveys(request: ActorRequest) -> HttpResponse:
    """List the surveys."""
    require(access.can_see_surveys, request.actor)
    rows = [{"survey": one, "period": shown.period_words(Period(one.first, one.last))} for one in reads.list_surveys()]
    return render(
        request,
        "quality/surveys.html",
        {"title": gettext("Surveys"), "rows": rows, "may_run": access.can_run_surveys(request.actor)},
    )


def make(request: ActorRequest) -> HttpResponse:
    """Make a survey."""
    require(access.can_run_surveys, request.actor)
    faults: list[Fault] = []
    given = request.POST
    if request.method == "POST":
        try:
            made = acts.make_survey(
                given.get("title", ""), given.get("form", ""), read_period(given.get("ky", "")[:40], request.at),
                agency_code=given.get("agency", "").strip() or root_code(), size=_number(given.get("size", "")),
                reserve=_number(given.get("reserve", "")), ends_at=_end(given.get("days", ""), request.at),
                actor=request.actor, at=request.at,
            )  # fmt: skip
        except (BadInput, NotFound) as no:
            faults = list(no.faults) or [Fault("/ky", gettext("Check the period and the agency."))]
        else:
            return redirect("quality:survey", made.pk)
    return render(
        request,
        "quality/make_survey.html",
        {
            "title": gettext("New survey"),
            "faults": faults,
            "forms": [{"value": one.code, "text": one.code} for one in list_forms() if not one.code[:1].isdigit()],
            "given": {
                "title": given.get("title", ""),
                "form": given.get("form", ""),
                "agency": given.get("agency", root_code()),
                "ky": given.get("ky", read_period("", request.at).before().key),
                "size": given.get("size", DEFAULT_SIZE),
                "reserve": given.get("reserve", DEFAULT_RESERVE),
                "days": given.get("days", DEFAULT_DAYS),
            },
        },
    )


def survey(request: ActorRequest, survey_id: UUID) -> HttpResponseBase:
    """Show a survey: its strata, who answered so far in numbers, results by unit."""
    require(access.can_see_surveys, request.actor)
    found = reads.get_survey(survey_id)
    over = reads.is_over(found, request.at)
    results = reads.results_of(found) if over else ([], None, [])
    if request.GET.get("dang") == "xlsx":
        return FileResponse(
            xlsx_file(reads.table_of(results)), as_attachment=True, filename=f"khao-sat-{found.first:%Y-%m}.xlsx"
        )
    questions, whole, units = results
    turns = reads.turns_of(found)
    names = reads.turn_words()
    return render(
        request,
        "quality/survey.html",
        {
            "title": found.title,
            "survey": found,
            "period_words": shown.period_words(Period(found.first, found.last)),
            "is_over": over,
            "turns": [{"term": names[turn], "value": number(count)} for turn, count in sorted(turns.items())],
            "cells": reads.cells_of(found),
            "least": reads.least_answers(found),
            "questions": questions,
            "whole": _result(whole) if whole else None,
            "units": [_result(one) for one in units],
            "may_run": access.can_run_surveys(request.actor),
            "may_call": access.can_interview(request.actor),
        },
    )


def _result(found: reads.UnitResult) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "answers": number(found.answers),
        "shares": [
            {"value": percent(100 * one.value), "low": percent(100 * one.low), "high": percent(100 * one.high)}
            if one
            else None
            for one in found.shares
        ],
    }


@require_POST
def act_on(request: ActorRequest, survey_id: UUID) -> HttpResponse:
    """Draw the sample, ask, or close, by the button that was pressed."""
    require(access.can_run_surveys, request.actor)
    verb = request.POST.get("verb", "")
    if verb == "draw":
        drawn = acts.draw_sample(survey_id, actor=request.actor, at=request.at)
        messages.success(request, ngettext("%(n)d was drawn.", "%(n)d were drawn.", drawn) % {"n": drawn})
    elif verb == "ask":
        asked = acts.ask_some(survey_id, actor=request.actor, at=request.at)
        messages.success(request, ngettext("%(n)d was asked.", "%(n)d were asked.", asked) % {"n": asked})
    elif verb == "close":
        acts.close_survey(survey_id, actor=request.actor, at=request.at)
        messages.success(request, gettext("The survey is closed."))
    return redirect("quality:survey", survey_id)


def call(request: ActorRequest, survey_id: UUID) -> HttpResponse:
    """List who is to be called; taking one shows name and telephone."""
    require(access.can_interview, request.actor)
    found = reads.get_survey(survey_id)
    if request.method == "POST":
        one = answering.begin_call(_uuid(request.POST.get("invitation", "")), actor=request.actor, at=request.at)
        return redirect("quality:interview", survey_id, one.pk)
    rows = reads.to_call(found, request.actor.key)
    return render(
        request,
        "quality/call.html",
        {"title": gettext("Calls"), "survey": found, "rows": rows, "mine": request.actor.key},
    )


def interview(request: ActorRequest, survey_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Fill in what somebody says on the telephone, or that they do not want to answer."""
    require(access.can_interview, request.actor)
    one, contact = reads.called(invitation_id, request.actor.key)
    if request.method == "POST" and request.POST.get("decline"):
        answering.decline(invitation_id, actor=request.actor, at=request.at)
        messages.info(request, gettext("Noted. The next of the reserve steps in."))
        return redirect("quality:call", survey_id)

    def keep(data: dict[str, Any]) -> None:
        answering.answer_by_phone(invitation_id, data, actor=request.actor, at=request.at)

    form = load_form(one.cell.survey.form_code, one.cell.survey.form_version)
    pages, faults, is_kept = _asked(request, form, keep)
    if is_kept:
        messages.success(request, gettext("Kept. Thank you."))
        return redirect("quality:call", survey_id)
    return render(
        request,
        "quality/interview.html",
        {
            "title": gettext("Interview"),
            "contact": contact,
            "pages": pages,
            "faults": faults,
            "survey": one.cell.survey,
        },
    )


@never_cache
def answer(request: ActorRequest, token: str) -> HttpResponse:
    """Let whoever has the link answer, once. Nobody need sign in, and it is not noted who was signed in."""
    one = answering.invited(token)
    found = answering.going_on(one, request.at)

    def keep(data: dict[str, Any]) -> None:
        answering.answer_by_link(token, data, actor=ANONYMOUS, at=request.at)

    form = load_form(found.form_code, found.form_version)
    pages, faults, is_kept = _asked(request, form, keep)
    if is_kept:
        return render(request, "quality/thanks.html", {"title": gettext("Thank you")})
    response = render(
        request,
        "quality/answer.html",
        {"title": str(form.title), "pages": pages, "faults": faults, "ends_at": found.ends_at},
    )
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _asked(
    request: ActorRequest, form: FormDefinition, keep: Callable[[dict[str, Any]], None]
) -> tuple[list[StepPage], list[Fault], bool]:
    """Return every step of a questionnaire on one page; what was posted is kept when nothing needs mending."""
    on: date = civil_date(request.at)
    data: dict[str, Any] = {}
    faults: list[Fault] = []
    if request.method == "POST":
        bound = Bound({}, [])
        for step in form.steps:
            bound = bind(form, step.key, request.POST, on=on, data=bound.data)
            faults += bound.faults
        data = bound.data
        if not faults:
            try:
                keep(data)
            except BadInput as no:
                faults = list(no.faults)
            else:
                return [], [], True
    pages = [step_page(form, step.key, data, on=on, faults=faults) for step in steps_asked(form, data, on=on)]
    return pages, faults, False


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= DIGITS else -1


def _end(days: str, at: datetime) -> datetime:
    return at + timedelta(days=min(_number(days), 3660))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
