"""What the worker does for the designer every so often. Each may run twice."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import TooLong
from tinhso.modules.designer.actions.decisions import fails, publish_due, take_back_announced
from tinhso.modules.designer.actions.rehearsals import end_rehearsal
from tinhso.modules.designer.models import Draft, DraftState, Rehearsal, RehearsalState
from tinhso.modules.designer.queries.documents import OWN
from tinhso.modules.designer.queries.rehearsing import NothingHappened, rehearse

WORKER = system("worker")
logger = logging.getLogger(__name__)
FAILED = gettext_noop("The rehearsal failed by a fault of the program. Tell your administrator.")
NOTHING = gettext_noop("No case of this flow began in this span.")
TOO_LONG = gettext_noop("The rehearsal took too long and was stopped. Choose a shorter span.")


def publish_approved(*, at: datetime) -> int:
    """Bring approved drafts into effect on their day; return how many were looked at."""
    due = list(
        Draft.objects.filter(state=DraftState.APPROVED, effective_on__lte=civil_date(at)).values_list("pk", flat=True)
    )
    for draft in due:
        try:
            publish_due(draft, actor=WORKER, at=at)
        except Refusal:
            continue  # another worker was faster
    return len(due)


def prove_announced(*, at: datetime) -> int:
    """Look again at what was announced for today or tomorrow; return how many were looked at."""
    today = civil_date(at)
    due = Draft.objects.filter(
        state=DraftState.PUBLISHED, effective_on__gte=today, effective_on__lte=today + timedelta(days=1)
    ).exclude(kind__in=OWN)
    found = list(due)
    for draft in found:
        try:
            if fails(draft, at):
                take_back_announced(draft.pk, actor=WORKER, at=at)
        except Refusal:
            continue  # another worker was faster
    return len(found)


def rehearse_next(*, at: datetime) -> int:
    """Do the rehearsal that was asked for first, outside of a transaction; return how many were done."""
    asked = Rehearsal.objects.filter(state=RehearsalState.ASKED).select_related("draft").order_by("asked_at").first()
    if asked is None:
        return 0
    result, problem = None, ""
    try:
        result = rehearse(asked.draft, asked.inputs, at)
    except NothingHappened:
        problem = NOTHING
    except TooLong:
        problem = TOO_LONG
    except Refusal as no:
        problem = str(no)
    except Exception:  # one that cannot be done keeps the others from being done otherwise
        logger.exception("rehearsal failed", extra={"rehearsal": str(asked.pk)})
        problem = FAILED
    end_rehearsal(
        asked.pk, draft_version=asked.draft.version, result=result, problem=problem, actor=WORKER, at=at
    )  # fmt: skip
    return 1
