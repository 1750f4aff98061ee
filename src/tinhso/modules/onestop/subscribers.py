"""What is told to people after an act, once its line is on disk. Each may be called twice; each tells once."""

from __future__ import annotations

import contextlib

from django.urls import reverse

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.documents.public import ask_readings
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import EntryView, once
from tinhso.modules.onestop.queries.compared import papers_to_read
from tinhso.modules.onestop.queries.telling import (
    LATE_TEXTS,
    OWNER_TEXTS,
    UNEXPLAINED,
    dossier_of,
    facts_of,
    heads_of,
    heads_told,
    name_of,
    tells_by_sms,
    text_of,
)

WORKER = system("worker")


def read_papers(entry: EntryView) -> None:
    """Have those papers read that show something that was declared, so that an officer finds them compared."""
    if not once(entry.id, "onestop.read_papers"):
        return
    with contextlib.suppress(NotFound):
        if papers := papers_to_read(dossier_of(entry.subject_key)):
            ask_readings(papers, actor=WORKER, at=entry.delivered_at)


def tell_owner(entry: EntryView) -> None:
    """Tell the applicant what happened to their dossier, in the app and by e-mail, to the address given for this dossier."""
    if entry.event not in OWNER_TEXTS or entry.facts.get("again"):
        return
    try:
        dossier = dossier_of(entry.subject_key)
    except NotFound:
        return
    if entry.actor_key in (dossier.owner_key, dossier.submitter_key) and entry.event != "onestop.dossier_filed":
        return
    notify(
        dossier.owner_key,
        text=text_of(entry.event, dossier, at=entry.delivered_at),
        facts=facts_of(dossier, entry.facts),
        link=reverse("onestop:dossier", args=[dossier.code]),
        address=dossier.applicant_email,
        phone=dossier.applicant_phone if tells_by_sms(entry.delivered_at) else "",
        event_id=entry.id,
        actor=WORKER,
        at=entry.delivered_at,
    )


def tell_heads(entry: EntryView) -> None:
    """
    Tell the head of the asking office and the head of the desk that an opinion is late or did not come (Đ.19 k.5).

    Each is told once of each entry.
    """
    if entry.event == "onestop.opinion_given" and not entry.facts.get("late"):
        return
    try:
        dossier = dossier_of(entry.subject_key)
    except NotFound:
        return
    key = "late" if entry.event == "onestop.opinion_given" else ("gone_on" if entry.facts.get("goes_on") else "waits")
    facts = {**facts_of(dossier, entry.facts), "agency": name_of(str(entry.facts.get("agency", "")))}
    for official in heads_told(dossier, civil_date(entry.delivered_at)):
        notify(
            f"official:{official.id}",
            text=LATE_TEXTS[key],
            facts=facts,
            link=reverse("onestop:work", args=[dossier.code]),
            event_id=entry.id,
            actor=WORKER,
            at=entry.delivered_at,
        )


def tell_unexplained(entry: EntryView) -> None:
    """Tell the head of the division and the leaders of the agency that a cause was not stated in time: each once."""
    try:
        dossier = dossier_of(entry.subject_key)
    except NotFound:
        return
    for official in heads_of(dossier, civil_date(entry.delivered_at)):
        notify(
            f"official:{official.id}",
            text=UNEXPLAINED,
            facts=facts_of(dossier, entry.facts),
            link=reverse("onestop:lateness_state", args=[dossier.code]),
            event_id=entry.id,
            actor=WORKER,
            at=entry.delivered_at,
        )
