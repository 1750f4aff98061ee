"""Every no of the designer."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal


class ChangedMeanwhile(Refusal):
    """Two people write in one draft: the second is told, and nothing of the first is lost."""

    code = "designer.changed_meanwhile"
    text = _(
        "{who} changed this draft at {when}, after you opened it. Your change was not saved: look at the draft again."
    )


class NotEditing(Refusal):
    """The draft was sent, decided or dropped."""

    code = "designer.not_editing"
    text = _("This draft cannot be changed any more: {state}. Begin another one.")


class NotSent(Refusal):
    """Only what was sent for approval is decided."""

    code = "designer.not_sent"
    text = _("This draft does not wait for approval: {state}.")


class NotProved(Refusal):
    """A proof fails: the flow would leave cases stuck, late, or refused without a law."""

    code = "designer.not_proved"
    text = _("The proofs do not hold yet: {problem}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class FormFaulty(Refusal):
    """A form with faults would stop whoever fills it in."""

    code = "designer.form_faulty"
    text = _("The form has faults yet: {problem}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class DocumentFaulty(Refusal):
    """What has faults would be offered and then fail whoever asks for it."""

    code = "designer.document_faulty"
    text = _("There are faults yet: {problem}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooSoon(Refusal):
    """What people filed under must not change in the middle of a day."""

    code = "designer.too_soon"
    text = _(
        "Choose {day} or a later day: who files today keeps today’s terms. If it must hold from today, say which text "
        "demands it."
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooFar(Refusal):
    """A year with two figures changed would announce what never comes."""

    code = "designer.too_far"
    text = _("Choose a day until {day}: nothing is announced for later. Look whether the year is right.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class CodeTaken(Refusal):
    """There is a form of this code already."""

    code = "designer.code_taken"
    text = _("There is a form “{code}” already. Begin a draft from it.")


class OwnDraft(Refusal):
    """Whoever wrote it does not approve it."""

    code = "designer.own_draft"
    text = _("You wrote in this draft yourself. Another legal officer must decide on it.")
    status = HTTPStatus.FORBIDDEN


class OvertakenDraft(Refusal):
    """Another version was published since the draft was begun."""

    code = "designer.overtaken"
    text = _("Version {version} came into effect after this draft was begun. Begin a draft from it.")


class NothingChanged(Refusal):
    """The draft says what is published already."""

    code = "designer.nothing_changed"
    text = _("This draft is the same as the version in effect.")


class OtherCode(Refusal):
    """The id of the process is the code of the flow and stays."""

    code = "designer.other_code"
    text = _("The id of the process must stay “{code}”: cases find the flow by it.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class DayPast(Refusal):
    """A flow never comes into effect in the past."""

    code = "designer.day_past"
    text = _("Choose today or a later day.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
