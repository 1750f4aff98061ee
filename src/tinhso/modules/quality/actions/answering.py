"""Answering a survey: by the link, once; or told to an interviewer. What was answered is kept apart from who was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.casework.public import case_measures
from tinhso.kernel.forms.public import load_form, prune, validate_all
from tinhso.kernel.journal.public import record
from tinhso.kernel.privacy.public import has_consent
from tinhso.modules.quality import access
from tinhso.modules.quality.actions.surveys import PURPOSE, SurveyOver, hash_of, replace_declined
from tinhso.modules.quality.models import ASKED, Invitation, Sheet, Survey, Turn

LINK, PHONE = "link", "phone"
CALLABLE = (Turn.DRAWN, *ASKED, Turn.SILENT)


class SurveyAnswered(Refusal):
    """Once each."""

    code = "quality.survey_answered"
    text = _("This link was used already. Each can be answered once; thank you.")


class NotToBeCalled(Refusal):
    """No consent, no call."""

    code = "quality.not_to_be_called"
    text = _("This person did not consent to be asked, or answered already. Take the next one.")


@act
def answer_by_link(token: str, answers: Mapping[str, Any], *, actor: Actor, at: datetime) -> Survey:
    """Keep the answers of whoever has the link. Raises NotFound, SurveyOver, SurveyAnswered, BadInput."""
    require(access.can_answer, actor)
    one = invited(token, lock=True)
    survey = going_on(one, at)
    _keep(one, survey, answers, LINK, at)
    record("quality.survey_answered", survey, actor=actor, at=at, way=LINK)
    return survey


@act
def begin_call(invitation_id: UUID, *, actor: Actor, at: datetime) -> Invitation:
    """Take somebody who was drawn, to call them: name and telephone are shown from then on. Raises NotToBeCalled, SurveyOver."""
    require(access.can_interview, actor)
    one = _locked(invitation_id)
    survey = going_on(one, at, turns=CALLABLE)
    contact = case_measures().contacts([one.case_code]).get(one.case_code)
    if contact is None or not has_consent(contact.holder, PURPOSE, at=at):
        raise NotToBeCalled
    one.interviewer_key = actor.key
    one.save(update_fields=["interviewer_key"])
    record("quality.survey_called", survey, actor=actor, at=at, invitation=str(one.id))
    return one


@act
def answer_by_phone(invitation_id: UUID, answers: Mapping[str, Any], *, actor: Actor, at: datetime) -> Survey:
    """Keep what somebody said on the telephone. Raises NotFound, SurveyOver, NotToBeCalled, BadInput."""
    require(access.can_interview, actor)
    one = _called_by(invitation_id, actor)
    survey = going_on(one, at, turns=CALLABLE)
    _keep(one, survey, answers, PHONE, at)
    record("quality.survey_answered", survey, actor=actor, at=at, way=PHONE)
    return survey


@act
def decline(invitation_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Note that somebody does not want to answer; the reserve steps in. Raises NotFound, SurveyOver, NotToBeCalled."""
    require(access.can_interview, actor)
    one = _called_by(invitation_id, actor)
    survey = going_on(one, at, turns=CALLABLE)
    replace_declined(one)
    record("quality.survey_declined", survey, actor=actor, at=at)


def invited(token: str, *, lock: bool = False) -> Invitation:
    """Return the invitation of a link. Raises NotFound: absent and ended look alike."""
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects
    found = rows.select_related("cell__survey").filter(token_hash=hash_of(token)).first()
    if found is None:
        raise NotFound
    return found


def going_on(one: Invitation, at: datetime, *, turns: tuple[Turn, ...] = ASKED) -> Survey:
    """Return the survey of an invitation that can still be answered. Raises SurveyAnswered, SurveyOver, NotToBeCalled."""
    survey = one.cell.survey
    if one.turn == Turn.ANSWERED:
        raise SurveyAnswered
    if survey.closed_at is not None or survey.ends_at <= at:
        raise SurveyOver
    if one.turn not in turns:
        raise NotToBeCalled
    return survey


def _locked(invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("cell__survey")
    found = rows.filter(pk=invitation_id).first()
    if found is None:
        raise NotFound
    return found


def _called_by(invitation_id: UUID, actor: Actor) -> Invitation:
    one = _locked(invitation_id)
    if one.interviewer_key != actor.key:
        raise NotFound
    return one


def _keep(one: Invitation, survey: Survey, answers: Mapping[str, Any], way: str, at: datetime) -> None:
    """Keep the answers with stratum and agency only. The invitation keeps that it was answered, and not when."""
    form, on = load_form(survey.form_code, survey.form_version), civil_date(at)
    given = prune(form, answers, on=on)
    if not any(given.values()):
        raise BadInput(faults=[Fault("", _("Answer at least one question."))])
    if faults := validate_all(form, given, on=on, is_pruned=True):
        raise BadInput(faults=faults)
    Sheet.objects.create(cell=one.cell, agency_code=one.agency_code, way=way, answers=given)
    one.turn, one.interviewer_key = Turn.ANSWERED, ""
    one.save(update_fields=["turn", "interviewer_key"])
