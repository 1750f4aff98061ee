"""What the worker looks at every so often: subjects that wait, by an index, a few at a time."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import CaseAct, CaseFacts, Waiting, WaitingQuery
from tinhso.kernel.organisation.public import steady
from tinhso.modules.inspection.actions import finding as notes
from tinhso.modules.inspection.models import Finding, Standing
from tinhso.modules.inspection.queries.judging import judge
from tinhso.modules.inspection.queries.scenarios import Rule, facts_of, is_in_force, rules_in_use

WORKER = system("worker")
BATCH = 100
SECONDS = 5.0
"""How long one run looks; the rest comes in the next."""


def sweep(*, at: datetime) -> int:
    """Check what waits by the scenarios whose turn it is. Returns how many findings were made."""
    made, until = 0, time.monotonic() + SECONDS
    for rule in rules_in_use():
        if not rule.row.waiting or not is_in_force(rule.row, civil_date(at)):
            continue
        standing = Standing.objects.filter(pk=rule.row.code).first()
        if standing is None or not _is_due(standing, rule, at):
            continue
        while time.monotonic() < until:
            found, is_over = _some(rule, standing, at)
            made += found
            if is_over:
                break
    return made


def _is_due(standing: Standing, rule: Rule, at: datetime) -> bool:
    """Tell whether a look goes on, or the next one begins."""
    if standing.swept_since is not None or standing.swept_at is None:
        return True
    return at >= standing.swept_at + timedelta(minutes=rule.row.every_minutes)


def _some(rule: Rule, standing: Standing, at: datetime) -> tuple[int, bool]:
    """Look at the next few that wait; return how many findings they gave, and whether all were looked at."""
    loan = facts_of(rule.row.subject)
    query = next((each for each in loan.waiting if each.key == rule.row.waiting), None) if loan else None
    if loan is None or query is None:
        return 0, True
    found = _next(query, standing, at - timedelta(minutes=rule.row.after_minutes))
    made = 0
    for waiting in _unknown(rule, found):
        made += _look(rule, loan, waiting, at)
    is_over = len(found) < BATCH
    standing.swept_at = at
    standing.swept_since = None if is_over else found[-1].since
    standing.swept_key = "" if is_over else found[-1].subject_key
    standing.save(update_fields=["swept_at", "swept_since", "swept_key"])
    return made, is_over


def _next(query: WaitingQuery, standing: Standing, until: datetime) -> list[Waiting]:
    after = Waiting(standing.swept_key, standing.swept_since, "") if standing.swept_since else None
    return list(query.find(after, until, BATCH))


def mark_of(rule: Rule, waiting: Waiting) -> str:
    """Return what names this wait of this scenario."""
    return f"{rule.row.waiting}:{waiting.mark}"


def _unknown(rule: Rule, found: list[Waiting]) -> list[Waiting]:
    """Return those whose wait was not found before. One statement."""
    rows = Finding.objects.filter(
        subject_key__in=[each.subject_key for each in found], subject_type=rule.row.subject, code=rule.row.code
    )
    known = set(rows.values_list("subject_key", "mark"))
    return [each for each in found if (each.subject_key, mark_of(rule, each)) not in known]


def _look(rule: Rule, loan: CaseFacts, waiting: Waiting, at: datetime) -> int:
    with steady():
        verdicts = judge([rule], loan, waiting.subject_key, CaseAct("", at))
    for verdict in verdicts:
        if verdict.problem:
            notes.note_failure(verdict, actor=WORKER, at=at)
        elif verdict.holds:
            return int(notes.note_once(verdict, mark_of(rule, waiting), actor=WORKER, at=at))
    return 0
