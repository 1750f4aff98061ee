"""What a line of the journal means to the national portal: a step, and that the dossier is no more what it was told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import override

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.base.registry import Event, registry
from tinhso.kernel.casework.public import NationalCases
from tinhso.kernel.journal.public import EntryView, get_entry
from tinhso.kernel.organisation.public import agencies_by_code, posts_by_code, tenures_of
from tinhso.law.states import NationalState
from tinhso.modules.nationalportal.actions import telling

STATES = {
    "onestop.dossier_filed": NationalState.FILED,
    "onestop.dossier_accepted": NationalState.ACCEPTED,
    "onestop.dossier_refused": NationalState.NOT_ACCEPTED,
    "onestop.supplement_asked": NationalState.SUPPLEMENT_ASKED,
    "onestop.work_held": NationalState.PAYMENT_ASKED,
    "onestop.dossier_withdrawn": NationalState.WITHDRAWN,
    "onestop.dossier_stopped": NationalState.STOPPED,
    "onestop.result_issued": NationalState.FINISHED,
    "onestop.result_returned": NationalState.RETURNED,
}
"""What a dossier is by the act itself; after any other act it is what it is when the line is handed over."""
TOLD = (
    *STATES, "onestop.supplement_answered", "onestop.task_taken", "onestop.dossier_assigned", "onestop.step_finished",
    "onestop.result_proposed", "onestop.opinion_asked", "onestop.opinion_given", "onestop.result_signed",
    "onestop.part_signed", "onestop.lead_issued", "onestop.result_postponed", "onestop.lateness_apologised",
    "onestop.payment_settled", "onestop.payment_refunded", "onestop.work_resumed", "onestop.dossier_handed_on",
)  # fmt: skip


def note(entry: EntryView) -> None:
    """Note what the portal is to be told; nothing where nobody is told."""
    if not settings.NATIONAL_URL or entry.subject_type != "dossier":
        return
    dossier = registry.one(NationalCases).read(entry.subject_key)
    line = get_entry(entry.id)
    if dossier is None or line is None:
        return
    telling.note(
        entry, _step(entry, line.actor_name, dossier.state, dossier.due_at.isoformat() if dossier.due_at else "")
    )


def _step(entry: EntryView, name: str, state: NationalState, due_at: str) -> dict[str, Any]:
    """Return who did what, in which post of which office. Who applies is no officer: their name is left out."""
    is_official = entry.actor_kind == "official"
    office = agencies_by_code([entry.agency], on=civil_date(entry.at)).get(entry.agency) if entry.agency else None
    titles = {event.key: event.title for event in registry.of(Event)}
    with override("vi"):
        what = str(titles[entry.event])
    return {
        "by": name if is_official else "",
        "post": _post(entry) if is_official else "",
        "at": entry.at.isoformat(),
        "office": office.name if office else "",
        "what": what,
        "state": int(STATES.get(entry.event, state)),
        "due_at": due_at,
    }


def _post(entry: EntryView) -> str:
    """Return the name of the post that the official held in the agency that day; empty where none is known."""
    day = civil_date(entry.at)
    try:
        held = [one for one in tenures_of([entry.actor_key.partition(":")[2]]) if one.valid_from <= day]  # type: ignore[list-item]
    except (ValueError, NotFound):
        return ""
    here = [one for one in held if one.post_code.startswith(entry.agency)] or held
    posts = posts_by_code([here[0].post_code]) if here else {}
    return next((post.title for post in posts.values()), "")
