"""Findings and scenarios in words, for pages and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.registry import Event, registry
from tinhso.kernel.documents.public import Document
from tinhso.kernel.organisation.public import ROLES, list_tenures
from tinhso.modules.inspection import access
from tinhso.modules.inspection.models import Finding, FindingState, Severity, Verb, Word
from tinhso.modules.inspection.queries.findings import files_of, words_of
from tinhso.modules.inspection.queries.scenarios import OFFICIAL, facts_of, filled, own
from tinhso.modules.inspection.queries.standing import Line

STATE_CHIPS = {
    FindingState.OPEN: "warn",
    FindingState.ANSWERED: "info",
    FindingState.CONTESTED: "warn",
    FindingState.UPHELD: "done",
    FindingState.FALSE: "plain",
}
SEVERITY_CHIPS = {Severity.HIGH: "late", Severity.MEDIUM: "warn", Severity.LOW: "plain"}
_WORD_STATES = {Verb.UPHELD: "done", Verb.FALSE: "done", Verb.CONTESTED: "pause", Verb.ANSWERED: "info"}


def row_of(finding: Finding, at: datetime) -> dict[str, Any]:
    """Return a finding as a row of a list."""
    return {
        "finding": finding,
        "name": own(finding.scenario, "name"),
        "state": finding.get_state_display(),
        "chip": STATE_CHIPS[FindingState(finding.state)],
        "severity": finding.get_severity_display(),
        "severity_chip": SEVERITY_CHIPS[Severity(finding.severity)],
        "is_late": is_late(finding, at),
    }


def is_late(finding: Finding, at: datetime) -> bool:
    """Tell whether it should have been answered by now."""
    return finding.state == FindingState.OPEN and at > finding.answer_by


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding, explained, with what the reader may do about it."""

    finding: Finding
    name: str
    row: dict[str, Any]
    explanation: str
    act: str
    condition: str
    law_words: str
    facts: list[dict[str, Any]]
    history: list[dict[str, Any]]
    files: list[dict[str, Any]]
    may: frozenset[str]
    officials: list[tuple[str, str]]
    link: str

    @property
    def law_note(self) -> str:
        """Say that the legal basis was not compared with its text yet; empty when it was."""
        return "" if self.finding.scenario.is_verified else _("Not yet compared with the text of the law.")


def page_of(finding: Finding, *, seen_by: Actor, at: datetime) -> Shown:
    """Return a finding as its page shows it. Three statements."""
    scenario = finding.scenario
    words = words_of(finding)
    files = files_of(finding)
    may = _may(finding, words, seen_by)
    return Shown(
        finding=finding,
        name=own(scenario, "name"),
        row=row_of(finding, at),
        explanation=filled(own(scenario, "explains"), finding.facts),
        act=act_said(finding),
        condition=own(scenario, "says"),
        law_words=own(scenario, "law_words"),
        facts=_facts(finding),
        history=[_word(word) for word in words],
        files=[_file(one, word) for word in words for one in files.get(str(word.pk), [])],
        may=may,
        officials=_officials(finding, at) if "assign" in may else [],
        link=_link(finding),
    )


def act_said(finding: Finding) -> str:
    """Say what was done."""
    if not finding.event:
        return _("Nothing was done: time went by")
    found = next((event.title for event in registry.of(Event) if event.key == finding.event), finding.event)
    return str(found)


def _facts(finding: Finding) -> list[dict[str, Any]]:
    loan = facts_of(finding.subject_type)
    titles = {fact.name: str(fact.title) for fact in loan.facts} if loan else {}
    return [{"key": titles.get(name, name), "value": _value(value, finding)} for name, value in finding.facts.items()]


def _value(value: Any, finding: Finding) -> str:
    if isinstance(value, str) and value.startswith("official:"):
        return finding.concerned_name if value == finding.concerned_key else _("Another official")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value) if value != "" else "–"


def _file(document: Document, word: Word) -> dict[str, Any]:
    return {
        "href": reverse("documents:read", args=[document.pk]),
        "name": document.name,
        "size": document.size_bytes,
        "who": word.by_name,
    }


def _word(word: Word) -> dict[str, Any]:
    return {
        "title": Verb(word.verb).label,
        "state": _WORD_STATES.get(Verb(word.verb), "info"),
        "at": word.at,
        "text": word.text,
        "who": ", ".join(part for part in (word.by_name, word.by_post) if part),
    }


def _may(finding: Finding, words: list[Word], actor: Actor) -> frozenset[str]:
    if not finding.is_undone:
        may_reopen = finding.erased_at is None and access.can_reopen(actor, finding)
        return frozenset({"reopen"} if may_reopen else ())
    answered = any(word.by_key == actor.key and word.verb in (Verb.ANSWERED, Verb.CONTESTED) for word in words)
    is_own = answered or actor.key in (finding.concerned_key, finding.assigned_key)
    may = {
        "assign": access.can_assign(actor, finding),
        "answer": access.can_answer(actor, finding),
        "contest": access.can_contest(actor, finding) and finding.state != FindingState.CONTESTED,
        "uphold": access.can_close(actor, finding) and not is_own,
        "dismiss": access.can_close(actor, finding) and not is_own,
    }
    return frozenset(verb for verb, allowed in may.items() if allowed)


def _officials(finding: Finding, at: datetime) -> list[tuple[str, str]]:
    found = {
        str(each.official_id): each.official.full_name for each in list_tenures(finding.agency_code, civil_date(at))
    }
    if finding.concerned_key:
        found.setdefault(finding.concerned_key.removeprefix("official:"), finding.concerned_name)
    return sorted(found.items(), key=lambda item: item[1])


def _link(finding: Finding) -> str:
    loan = facts_of(finding.subject_type)
    try:
        return reverse(loan.link, args=[finding.subject_key]) if loan and loan.link else ""
    except NoReverseMatch:
        return ""


def answered_by(role: str) -> str:
    """Say who answers findings of a scenario."""
    return _("The official who did it") if role == OFFICIAL else str(ROLES.get(role, role))


def scenario_row(line: Line) -> dict[str, Any]:
    """Return a scenario as a row of a list."""
    return {
        "line": line,
        "name": own(line.row, "name"),
        "severity": line.row.get_severity_display(),
        "severity_chip": SEVERITY_CHIPS[Severity(line.row.severity)],
        "state": line.standing.get_state_display(),
    }


def scenario_page(line: Line) -> dict[str, Any]:
    """Return a scenario as its page shows it."""
    row = line.row
    titles = {event.key: str(event.title) for event in registry.of(Event)}
    loan = facts_of(row.subject)
    waits = {each.key: str(each.title) for each in loan.waiting} if loan else {}
    when = [titles.get(event, event) for event in row.events] or [waits.get(row.waiting, row.waiting)]
    return {
        **scenario_row(line),
        "title": own(row, "name"),
        "says": own(row, "says"),
        "law_words": own(row, "law_words"),
        "when": when,
        "explains": own(row, "explains"),
        "answered_by": answered_by(row.answered_by),
    }
