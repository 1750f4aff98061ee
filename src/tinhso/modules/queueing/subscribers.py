"""Owners of appointments are told after the act. Each may be called twice; each tells once."""

from __future__ import annotations

from django.urls import reverse

from tinhso.base.actors import system
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import EntryView
from tinhso.modules.queueing.queries.telling import TEXTS, appointment_of, facts_of

WORKER = system("worker")


def tell_owner(entry: EntryView) -> None:
    """Tell who is signed in what became of their appointment."""
    found = appointment_of(entry.subject_key) if entry.event in TEXTS else None
    if found is None or not found.owner_key:
        return
    notify(
        found.owner_key,
        text=TEXTS[entry.event],
        facts=facts_of(found),
        link=reverse("queueing:appointment", args=[found.code]),
        event_id=entry.id,
        actor=WORKER,
        at=entry.delivered_at,
    )
