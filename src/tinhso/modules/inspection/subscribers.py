"""What the worker checks after an act. A rule that fails harms no other; nothing here can undo the act."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_noop

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import CaseAct
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import EntryView, once
from tinhso.kernel.organisation.public import steady
from tinhso.modules.inspection import events
from tinhso.modules.inspection.actions import finding as notes
from tinhso.modules.inspection.queries import findings
from tinhso.modules.inspection.queries.judging import judge
from tinhso.modules.inspection.queries.scenarios import facts_of, rules_for

WORKER = system("worker")
FOUND = gettext_noop("Inspection found something in {subject}: {name}. Answer by {answer_by}.")
GIVEN = gettext_noop("You are to answer a finding about {subject}: {name}. Answer by {answer_by}.")
CLOSED = gettext_noop("The finding about {subject} was closed: {name}.")


def check_act(entry: EntryView) -> None:
    """Check an act by the scenarios that were in force when it was done. Told twice it finds once."""
    with steady():
        rules = rules_for(entry.event, entry.subject_type, civil_date(entry.at))
        loan = facts_of(entry.subject_type) if rules else None
        if loan is None:
            return
        done = CaseAct(entry.event, entry.at, entry.actor_key, entry.actor_kind, entry.agency)
        verdicts = judge(rules, loan, entry.subject_key, done)
    for verdict in verdicts:
        if verdict.problem:
            # an entry that comes twice failed once: five are five acts
            if once(entry.id, f"inspection.failed.{verdict.rule.row.code}"):
                notes.note_failure(verdict, actor=WORKER, at=entry.delivered_at)
        elif verdict.holds:
            notes.note_once(verdict, str(entry.id), actor=WORKER, at=entry.delivered_at)


def tell_official(entry: EntryView) -> None:
    """Tell the official whom a finding concerns, who is to answer it, and how it ended."""
    text = {events.FOUND.key: FOUND, events.ASSIGNED.key: GIVEN, events.CLOSED.key: CLOSED}.get(entry.event)
    found = findings.find(entry.subject_key) if text else None
    # closed or given to somebody, what was found on trial stays between inspectors
    if text is None or found is None or found.is_silent:
        return
    to = found.concerned_key if entry.event != events.ASSIGNED.key else found.assigned_key
    if not to or to == entry.actor_key:
        return
    notify(
        to,
        text=text,
        facts={
            "subject": found.subject_key,
            "name": found.scenario.name,
            "answer_by": findings.moment_said(found.answer_by),
        },
        link=reverse("inspection:finding", args=[found.pk]),
        event_id=entry.id,
        actor=WORKER,
        at=entry.delivered_at,
    )
