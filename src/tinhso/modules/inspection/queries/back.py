"""A scenario tried on what was done already: how many findings it would have made. Reads only, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.kernel.casework.public import CaseAct, Waiting
from tinhso.kernel.journal.public import Entry, find_entries
from tinhso.kernel.organisation.public import steady
from tinhso.modules.inspection import access
from tinhso.modules.inspection.queries.judging import Verdict, judge
from tinhso.modules.inspection.queries.scenarios import Rule, facts_of

BATCH = 200
MOST = 20_000
"""Acts looked at in one go; more than that is said to be cut short."""
EXAMPLES = 10


@dataclass(slots=True)
class Tried:
    """What a scenario would have found."""

    looked: int = 0
    found: int = 0
    failed: int = 0
    problem: str = ""
    is_cut: bool = False
    examples: list[Verdict] = field(default_factory=list)


def check_back(rule: Rule, *, days: int, seen_by: Actor, at: datetime, most: int = MOST) -> Tried:
    """
    Return what a scenario would have found in the acts of the last days; one that looks at waits, in what waits now.

    As if it had been in force then: one that begins tomorrow is tried as well.
    Raises Forbidden. The acts are read by event and moment, the latest first; facts are those of the moment of the act.
    """
    require(access.can_check_back, seen_by)
    loan = facts_of(rule.row.subject)
    tried = Tried()
    if loan is None:
        return tried
    acts = _waits(rule, at) if rule.row.waiting else _acts(rule, days, seen_by, at)
    for subject_key, act in acts:
        if tried.looked >= most:
            tried.is_cut = True
            break
        tried.looked += 1
        with steady():
            for verdict in judge([rule], loan, subject_key, act):
                _count(tried, verdict)
    return tried


def _count(tried: Tried, verdict: Verdict) -> None:
    if verdict.problem:
        tried.failed, tried.problem = tried.failed + 1, verdict.problem
    elif verdict.holds:
        tried.found += 1
        if len(tried.examples) < EXAMPLES:
            tried.examples.append(verdict)


def _acts(rule: Rule, days: int, seen_by: Actor, at: datetime) -> Iterator[tuple[str, CaseAct]]:
    for event in rule.row.events:
        before = None
        while True:
            page: list[Entry] = find_entries(
                seen_by=seen_by, event=event, first_at=at - timedelta(days=days), last_at=at, before=before, limit=BATCH
            )
            for line in page:
                if line.subject_type == rule.row.subject:
                    done = CaseAct(line.event, line.at, line.actor_key, line.actor_kind, line.agency)
                    yield line.subject_key, done
            if len(page) < BATCH:
                break
            before = page[-1].id


def _waits(rule: Rule, at: datetime) -> Iterator[tuple[str, CaseAct]]:
    loan = facts_of(rule.row.subject)
    query = next((each for each in loan.waiting if each.key == rule.row.waiting), None) if loan else None
    after: Waiting | None = None
    while query is not None:
        page = query.find(after, at - timedelta(minutes=rule.row.after_minutes), BATCH)
        for waiting in page:
            yield waiting.subject_key, CaseAct("", at)
        if len(page) < BATCH:
            return
        after = page[-1]
