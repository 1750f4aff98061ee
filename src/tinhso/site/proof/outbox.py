"""The outbox: what is still on its way may be; what was left, or given up on, is named."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables, key, moment, sure
from tinhso.site.proof.years import HERE, Away

PATIENCE = timedelta(minutes=10)
"""What waits longer than this to be sealed or dispatched was left: the worker comes every few seconds."""
PURPOSE = {1: "sealed", 2: "dispatched"}


def check_outbox(tables: Tables, *, at: datetime, drained: bool, away: Away = HERE) -> Findings:
    """Name what was left. `drained`: nothing may wait, for after a calm in which the worker had its time."""
    for row, purpose, entry_id, entry_at in tables.rows(
        "SELECT q.id, q.purpose, q.entry_id, e.at FROM journal_queued q LEFT JOIN journal_entry e ON e.id = q.entry_id"
        " ORDER BY q.id"
    ):
        since = moment(entry_at)
        if since is None:
            yield Finding("outbox_of_nothing", f"journal_queued {row}", f"its entry {key(entry_id)} is gone")
        elif drained or at - since > PATIENCE:
            text = f"entry {key(entry_id)} waits to be {PURPOSE.get(purpose, purpose)} since {since:%Y-%m-%d %H:%M:%S}Z"
            yield Finding("outbox_left", f"journal_queued {row}", text)
    for row, subscriber, about, next_at, dead_at in tables.rows(
        "SELECT id, subscriber, subject_key, next_at, dead_at FROM journal_delivery ORDER BY id"
    ):
        name, text = f"journal_delivery {row}", f"{subscriber} about {about}"
        if dead_at is not None:
            yield Finding("dead_letter", name, f"{text}: given up on {sure(dead_at):%Y-%m-%d %H:%M}Z")
        elif drained or at - sure(next_at) > PATIENCE:
            yield Finding("delivery_left", name, f"{text}: to be tried at {sure(next_at):%Y-%m-%d %H:%M}Z, was not")
    for row, recipient in tables.rows(
        "SELECT n.id, n.recipient FROM identity_notice n LEFT JOIN journal_entry e ON e.id = n.event_id"
        f" WHERE e.id IS NULL AND NOT ({away.lines('n.event_id')}) ORDER BY n.id"
    ):
        yield Finding("told_of_nothing", f"identity_notice {key(row)}", f"{recipient} was told of what never happened")
    if drained:
        yield from _untold(tables)


def _untold(tables: Tables) -> Findings:
    """See that every applicant was told of filing and acceptance."""
    for entry, event, code in tables.rows(
        "SELECT e.id, e.event, e.subject_key FROM journal_entry e"
        " LEFT JOIN identity_notice n ON n.event_id = e.id"
        " WHERE e.event IN ('onestop.dossier_filed', 'onestop.dossier_accepted') AND n.id IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM onestop_dossier d WHERE d.code = e.subject_key AND e.event <> 'onestop.dossier_filed'"
        " AND e.actor_key IN (d.owner_key, d.submitter_key)) ORDER BY e.id"
    ):
        yield Finding("told_never", f"dossier {code}", f"nobody was told of {event}, entry {key(entry)}")
