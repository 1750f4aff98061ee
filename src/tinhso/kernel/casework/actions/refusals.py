"""What casework says no to, and why."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal


class TakenAlready(Refusal):
    """Somebody else was first."""

    code = "casework.taken_already"
    text = _("{who} has already taken this step.")


class NotTaken(Refusal):
    """Nobody has the step, so it cannot be put back."""

    code = "casework.not_taken"
    text = _("Nobody has taken this step.")


class StepOver(Refusal):
    """The step was done or is no longer needed."""

    code = "casework.step_over"
    text = _("This step is over: the work has moved on. Look at it again.")


class CaseOver(Refusal):
    """The case has ended or was cancelled."""

    code = "casework.case_over"
    text = _("The processing is over, so nothing can be changed in it.")


class UnknownOutcome(Refusal):
    """The step does not end in this way."""

    code = "casework.unknown_outcome"
    text = _("“{step}” cannot end with “{outcome}”. Choose one of: {choices}.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotExpected(Refusal):
    """Nothing in the case waits for this message."""

    code = "casework.not_expected"
    text = _("Nobody is waiting for “{message}” now.")


class NoFlow(Refusal):
    """There is no published flow of this code, or it does not begin like this."""

    code = "casework.no_flow"
    text = _("There is no flow “{flow}” on which a case can begin. Ask your administrator to publish it.")


class NoAgency(Refusal):
    """The flow asks for an agency that the case does not name."""

    code = "casework.no_agency"
    text = _("The flow does not know which agency does “{step}” (place “{place}”).")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotHolder(Refusal):
    """The official does not hold the role that the step needs."""

    code = "casework.not_holder"
    text = _("{official} does not hold the post that “{step}” needs.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooMuchData(Refusal):
    """The variables of a case are for decisions; documents and answers belong elsewhere."""

    code = "casework.too_much_data"
    text = _("The case would hold more than {most} kB of data. Keep documents outside of it.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class BadMoment(Refusal):
    """A timer's expression does not give a moment."""

    code = "casework.bad_moment"
    text = _("“{where}” waits for a time that cannot be read: {value}. Tell your administrator.")
