"""What is told to people after an act, once its line is on disk. Each may be called twice; each tells once."""

from __future__ import annotations

from django.urls import reverse

from tinhso.base.actors import system
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import EntryView
from tinhso.modules.onestop.queries.telling import OWNER_TEXTS, dossier_of, facts_of, tells_by_sms, text_of

WORKER = system("worker")


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
