"""The worker notes what a scenario found, and switches off a scenario that does not work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import F

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.base.text import shorten
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for, get_official, touch
from tinhso.law.answer import NoAnswer
from tinhso.law.working_time import run_working_seconds
from tinhso.modules.inspection import access, events
from tinhso.modules.inspection.models import Finding, Standing, State
from tinhso.modules.inspection.queries.judging import Verdict
from tinhso.modules.inspection.queries.posts import post_of_official
from tinhso.modules.inspection.queries.scenarios import OFFICIAL

MOST_ERRORS = 5
"""Errors in a day after which a scenario is switched off."""
OFFICIAL_KEY = "official:"


class FoundBefore(Refusal):
    """The same scenario found the same act before: told twice is found once."""

    code = "inspection.found_before"


@dataclass(frozen=True, slots=True)
class Whose:
    """An official by key and name; empty for none."""

    key: str = ""
    name: str = ""


def is_known(code: str, subject: tuple[str, str], mark: str) -> bool:
    """Tell whether a scenario found this act, or this wait, before. One statement."""
    return Finding.objects.filter(code=code, subject_type=subject[0], subject_key=subject[1], mark=mark).exists()


@act
def note_finding(verdict: Verdict, mark: str, *, actor: Actor, at: datetime) -> Finding:
    """
    Note what a scenario found: once for a scenario, a subject and an act, or wait.

    Raises FoundBefore; IntegrityError when another worker notes the same at this very moment.
    """
    require(access.can_find, actor)
    row, told = verdict.rule.row, verdict.told
    if is_known(row.code, (row.subject, verdict.subject_key), mark):
        raise FoundBefore
    concerned = _concerned(verdict)
    assigned = concerned if row.answered_by == OFFICIAL else Whose()
    finding = Finding.objects.create(
        scenario=row,
        code=row.code,
        severity=row.severity,
        subject_type=row.subject,
        subject_key=verdict.subject_key,
        subject_title=shorten(told.title, 300),
        mark=mark,
        event=verdict.act.event,
        happened_at=verdict.act.at,
        facts=verdict.facts,
        agency_code=told.agency,
        concerned_key=concerned.key,
        concerned_name=concerned.name,
        concerned_post=post_of_official(concerned.key, verdict.act.agency or told.agency, verdict.act.at),
        assigned_key=assigned.key,
        assigned_name=assigned.name,
        is_silent=verdict.rule.is_silent,
        found_at=at,
        answer_by=answer_by(row.answer_hours, told.agency, at),
    )
    counted = "silent" if finding.is_silent else "found"
    Standing.objects.filter(pk=row.code).update(**{counted: F(counted) + 1})
    record(
        events.FOUND.key,
        finding,
        actor=actor,
        at=at,
        agency=told.agency,
        scenario=row.code,
        subject=f"{row.subject}:{verdict.subject_key}",
        act=mark,
        concerned=concerned.key,
        silent=finding.is_silent,
    )
    return finding


def note_once(verdict: Verdict, mark: str, *, actor: Actor, at: datetime) -> bool:
    """Note what a scenario found unless it stands already, another worker's as well; tell whether it was noted now."""
    try:
        note_finding(verdict, mark, actor=actor, at=at)
    except FoundBefore:
        return False
    except IntegrityError:
        row = verdict.rule.row
        if not is_known(row.code, (row.subject, verdict.subject_key), mark):
            raise  # nobody else's: what could not be kept must come again
        return False
    return True


def _concerned(verdict: Verdict) -> Whose:
    """Return whose act it is; for a wait, who has it in hand."""
    key = verdict.act.actor_key if verdict.act.event else verdict.told.concerned
    if not key.startswith(OFFICIAL_KEY):
        key = verdict.told.concerned
    if not key.startswith(OFFICIAL_KEY):
        return Whose()
    try:
        return Whose(key, get_official(key.removeprefix(OFFICIAL_KEY)).full_name)
    except NotFound:
        return Whose(key, key)


def answer_by(hours: int, agency: str, at: datetime) -> datetime:
    """Return by when a finding is to be answered: working hours of the agency."""
    try:
        return run_working_seconds(at, hours * 3600, calendar_for(agency, at))
    except (NoAnswer, NotFound):
        # a calendar without hours keeps nobody from answering
        return at + timedelta(hours=3 * hours)


def note_failure(verdict: Verdict, *, actor: Actor, at: datetime) -> None:
    """Count that a scenario could not be used; the fifth time in a day it is switched off. Bookkeeping until then."""
    code, day = verdict.rule.row.code, civil_date(at)
    rows = Standing.objects.filter(pk=code)
    problem = verdict.problem[:300]
    if not rows.filter(errors_on=day).update(errors=F("errors") + 1, problem=problem):
        rows.update(errors=1, errors_on=day, problem=problem)
    standing = rows.first()
    if standing is not None and standing.errors >= MOST_ERRORS and standing.state in (State.ON, State.SHADOW):
        break_scenario(code, problem=problem, actor=actor, at=at)


@act
def break_scenario(code: str, *, problem: str, actor: Actor, at: datetime) -> Standing:
    """Switch off a scenario that does not work. Raises NotFound."""
    require(access.can_find, actor)
    standing = Standing.objects.select_for_update().filter(pk=code).first()
    if standing is None:
        raise NotFound
    was = standing.state
    standing.state, standing.problem, standing.changed_by, standing.changed_at = State.BROKEN, problem, "", at
    standing.save(update_fields=["state", "problem", "changed_by", "changed_at"])
    touch()
    record(events.BROKEN.key, standing, actor=actor, at=at, was=was, problem=problem)
    return standing
