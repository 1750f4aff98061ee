"""The dossier and the step of its flow that an act is about, both locked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from types import EllipsisType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.base.rows import update
from tinhso.kernel.casework.public import PartRole, Task, complete_task, participants_of, tasks_at_hand
from tinhso.kernel.documents.public import link_many
from tinhso.law.states import NationalState, may_become
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import Dossier, Result
from tinhso.web.words import money

WITH_RESULT = ("result",)
"""Read the result with the dossier: one statement for both."""


class NotYourStep(Refusal):
    """The dossier has moved on, or waits for somebody else."""

    code = "onestop.not_your_step"
    text = _("{dossier} is not waiting for this now. Look at it again to see where it is.")


class WrongState(Refusal):
    """The state of the dossier does not allow the act."""

    code = "onestop.wrong_state"
    text = _("{dossier} is “{state}”, so this cannot be done.")


class PaymentFirst(Refusal):
    """The work waits until what was demanded is paid."""

    code = "onestop.payment_first"
    text = _("{dossier} waits until {fee} is paid. Go on then, or withdraw the demand.")


def locked_dossier(
    code: str, actor: Actor, may_see: Callable[..., bool] = access.can_see, *, along: Sequence[str] = ()
) -> Dossier:
    """Return the dossier, locked; `along` (`result`) is read in the same statement. Raises NotFound alike for absent and hidden."""
    try:
        dossier = Dossier.objects.locked(code, *along)
    except NotFound:
        raise access.hidden(actor) from None
    if not may_see(actor, dossier):
        raise access.hidden(actor)
    return dossier


def proposed_result(dossier: Dossier) -> Result | None:
    """Return the result of a dossier that was read WITH_RESULT; None when nothing was proposed yet."""
    return getattr(dossier, "result", None)


def task_at_hand(dossier: Dossier, actor: Actor, *forms: str, may: Callable[..., bool] = access.can_do_task) -> Task:
    """
    Return the open task of the dossier that is of one of these kinds and that the actor may do.

    Raises NotYourStep when no such task is open, Forbidden when it is somebody else's.
    """
    tasks = [task for task in tasks_at_hand(dossier.case_id) if task.form in forms] if dossier.case_id else []
    if not tasks:
        raise NotYourStep(dossier=dossier.code)
    mine = [task for task in tasks if may(actor, task)]
    require(may, actor, mine[0] if mine else tasks[0])
    return mine[0]


def case_of(dossier: Dossier) -> UUID:
    """Return the id of the case that settles the dossier. Raises NotYourStep before the case began."""
    if dossier.case_id is None:
        raise NotYourStep(dossier=dossier.code)
    return dossier.case_id


def finish(
    task: Task,
    outcome: str,
    *,
    due_at: datetime | EllipsisType | None = ...,
    actor: Actor,
    at: datetime,
    **variables: Any,
) -> None:
    """Complete the task with an outcome: the flow decides what comes next; no step is due later than `due_at`."""
    complete_task(task.id, outcome=outcome, variables=variables, due_at=due_at, actor=actor, at=at)


OFFICE_PAPERS = "dossier-office"
"""Subject type of papers that only those who work on a dossier may read."""


def let_out(dossier: Dossier, result: Result) -> None:
    """Let the applicant read the signed result once it is issued and nothing is left to pay. Twice is once."""
    if result.signed_document_id and result.issued_at and not dossier.holds_result:
        link_many([result.signed_document_id], *dossier.journal_subject)


def become(dossier: Dossier, state: NationalState) -> None:
    """Change the national state if the law's table allows it. Raises WrongState."""
    now = NationalState(dossier.state)
    if now is not state and not may_become(now, state):
        raise WrongState(dossier=dossier.code, state=gettext(now.title))
    dossier.state = state


def require_open(dossier: Dossier) -> None:
    """Go on only while the dossier is being settled: it has not ended, and no result was signed. Raises WrongState."""
    now = NationalState(dossier.state)
    if not now.is_open:
        raise WrongState(dossier=dossier.code, state=gettext(now.title))
    if Result.objects.filter(dossier=dossier, signed_at__isnull=False).exists():
        raise WrongState(dossier=dossier.code, state=gettext("signed already"))


def require_work_goes_on(dossier: Dossier) -> None:
    """Go on only while no demand holds the work. Raises PaymentFirst."""
    if dossier.state == NationalState.PAYMENT_ASKED:
        raise PaymentFirst(dossier=dossier.code, fee=money(dossier.owed_vnd))


def require_unfinished(dossier: Dossier) -> None:
    """
    Go on only while something is left to settle: as `require_open`, and while a participant of a linked dossier has its part.

    There the lead's result may be signed long before the last one's. Raises WrongState.
    """
    if NationalState(dossier.state).is_open and dossier.shared_with and dossier.case_id:
        rows = participants_of(dossier.case_id)
        if any(row.role == PartRole.PARTICIPANT and row.ended_at is None for row in rows):
            return
    require_open(dossier)


def save(dossier: Dossier, *fields: str) -> None:
    """Write the named fields and raise the revision, in one statement."""
    dossier.revision += 1
    update(dossier, *dict.fromkeys((*fields, "revision")))
