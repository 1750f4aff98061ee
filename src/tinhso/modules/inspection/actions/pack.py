"""The part `rules` of a province pack: scenarios, each checked with file and line before anything is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.registry import Event, registry
from tinhso.kernel.casework.public import CaseFacts
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Change, Document, Fault, Pack, Unreadable, check_schema
from tinhso.kernel.organisation.public import ROLES, touch
from tinhso.modules.inspection import access, events
from tinhso.modules.inspection.models import Scenario, Severity, Standing, State
from tinhso.modules.inspection.queries import conditions
from tinhso.modules.inspection.queries.scenarios import FACT_IN_TEXT, OFFICIAL, facts_of

FILES = "rules/*.yaml"
HEARD = ("onestop.",)
"""Prefixes of the events that the subscriber of inspection hears (`manifest`)."""
UNKNOWN_SUBJECT = _("Nobody tells facts of “{subject}”. Known: {known}.")
UNKNOWN_EVENT = _("No act is journalled as “{event}”, or inspection does not hear it.")
UNKNOWN_WAIT = _("“{waiting}” is not something that is waited for. Known: {known}.")
TWICE = _("The scenario “{code}” is in force twice on {day}.")
BOTH = _("A scenario looks at acts (when) or at what waits (every): give one of them.")
UNKNOWN_IN_TEXT = _("The text speaks of the fact “{name}”, which is not known.")

_BOTH_LANGUAGES = {
    "type": "object",
    "additionalProperties": False,
    "required": ["vi", "en"],
    "properties": {"vi": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
}
_NUMBER = {"type": ["integer", "string"], "pattern": r"^[1-9]\d{0,4}$", "description": "a whole number"}
_SCENARIO = {
    "type": "object",
    "additionalProperties": False,
    "required": ["code", "name", "severity", "law", "if", "says", "explains", "answered_by", "answer_within", "from"],
    "properties": {
        "code": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9-]{1,58}$", "description": "small letters and dashes"},
        "name": _BOTH_LANGUAGES,
        "severity": {"enum": list(Severity.values)},
        "law": {
            "type": "object",
            "additionalProperties": False,
            "required": ["text", "article", "says", "verified"],
            "properties": {
                "text": {"type": "string", "minLength": 1},
                "article": {"type": "string"},
                "says": _BOTH_LANGUAGES,
                "verified": {"type": "boolean"},
            },
        },
        "when": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "every": {
            "type": "object",
            "additionalProperties": False,
            "required": ["waiting", "minutes"],
            "properties": {"waiting": {"type": "string"}, "minutes": _NUMBER, "after_minutes": _NUMBER},
        },
        "if": {"type": "string", "minLength": 1},
        "says": _BOTH_LANGUAGES,
        "explains": _BOTH_LANGUAGES,
        "answered_by": {"enum": [OFFICIAL, *ROLES]},
        "answer_within": _NUMBER,
        "from": {"type": "string", "format": "date"},
        "to": {"type": "string", "format": "date"},
        "trial": {"type": "boolean"},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["subject", "scenarios"],
    "properties": {"subject": {"type": "string"}, "scenarios": {"type": "array", "minItems": 1, "items": _SCENARIO}},
}


class RulesPart:
    """Loader of `rules/`. A scenario that changes is a new row; findings keep the one they were made by."""

    patterns = (FILES,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return every fault of the files."""
        faults: list[Fault] = []
        for document in _documents(pack, faults):
            faults += check_schema(document, SCHEMA) or list(_check_meaning(document))
        return faults or list(_check_twice(pack))

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which scenarios would be added, replaced or ended."""
        steps = _compare(pack)
        yield from (Change("rules", "add", "scenario", row.code) for row in steps.added)
        yield from (Change("rules", "replace", "scenario", row.code) for row in steps.changed)
        yield from (Change("rules", "end", "scenario", row.code) for row in steps.gone)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Write what changed. How a scenario stands is the inspector's and stays, but one that was broken is used again."""
        require(access.can_load, actor)
        steps = _compare(pack)
        retired = [row.pk for row in steps.standing if row.pk not in steps.kept]
        Scenario.objects.filter(pk__in=retired).update(retired_at=at)
        new = [*steps.added, *steps.changed]
        for row in new:
            row.loaded_at = at
        Scenario.objects.bulk_create(new)
        trials = {entry["code"] for _doc, _place, entry in _entries(pack) if entry.get("trial")}
        Standing.objects.bulk_create(
            [Standing(code=row.code, state=State.SHADOW if row.code in trials else State.ON) for row in new],
            ignore_conflicts=True,
        )
        mended = Standing.objects.filter(code__in=[row.code for row in new], state=State.BROKEN)
        mended.update(state=State.SHADOW, errors=0, problem="")
        touch()
        record(
            events.RULES_LOADED.key,
            ("pack", pack.name),
            actor=actor,
            at=at,
            added=len(steps.added),
            changed=len(steps.changed),
            ended=len(steps.gone),
        )


@dataclass(frozen=True, slots=True)
class _Steps:
    standing: list[Scenario]
    kept: set[Any]
    added: list[Scenario]
    changed: list[Scenario]
    gone: list[Scenario]


def _compare(pack: Pack) -> _Steps:
    standing = list(Scenario.objects.filter(retired_at__isnull=True))
    known = {(row.code, row.valid_from): row for row in standing}
    wanted = {(row.code, row.valid_from): row for row in rows_of(pack)}
    kept = {old.pk for key, old in known.items() if key in wanted and wanted[key].content == old.content}
    return _Steps(
        standing=standing,
        kept=kept,
        added=[row for key, row in wanted.items() if key not in known],
        changed=[row for key, row in wanted.items() if key in known and known[key].content != row.content],
        gone=[row for key, row in known.items() if key not in wanted],
    )


def rows_of(pack: Pack) -> list[Scenario]:
    """Return the scenarios of a pack that was checked, not saved."""
    return [_row(document.data["subject"], entry) for document, _place, entry in _entries(pack)]


def _documents(pack: Pack, faults: list[Fault]) -> Iterator[Document]:
    for name in pack.files(FILES):
        try:
            yield pack.yaml(name)
        except Unreadable as no:
            faults += no.faults


def _entries(pack: Pack) -> Iterator[tuple[Document, str, dict[str, Any]]]:
    for document in _documents(pack, []):
        for place, entry in enumerate(document.data["scenarios"]):
            yield document, f"/scenarios/{place}", entry


def _check_meaning(document: Document) -> Iterator[Fault]:
    subject = document.data["subject"]
    loan = facts_of(subject)
    if loan is None:
        known = ", ".join(each.kind for each in registry.of(CaseFacts))
        yield document.fault("/subject", UNKNOWN_SUBJECT, subject=subject, known=known)
        return
    for place, entry in enumerate(document.data["scenarios"]):
        yield from _check_one(document, f"/scenarios/{place}", entry, loan)


def _check_one(document: Document, at: str, entry: dict[str, Any], loan: CaseFacts) -> Iterator[Fault]:
    if ("when" in entry) == ("every" in entry):
        yield document.fault(at, BOTH)
    declared = {event.key for event in registry.of(Event)}
    for place, event in enumerate(entry.get("when", ())):
        if event not in declared or not event.startswith(HEARD):
            yield document.fault(f"{at}/when/{place}", UNKNOWN_EVENT, event=event)
    waits = {each.key for each in loan.waiting}
    waiting = entry.get("every", {}).get("waiting")
    if waiting is not None and waiting not in waits:
        yield document.fault(f"{at}/every/waiting", UNKNOWN_WAIT, waiting=waiting, known=", ".join(sorted(waits)))
    try:
        conditions.check(entry["if"], loan.facts)
    except conditions.Unfit as unfit:
        yield document.fault(f"{at}/if", unfit.text, **unfit.facts)
    named = {fact.name for fact in loan.facts}
    for language in ("vi", "en"):
        for name in FACT_IN_TEXT.findall(entry["explains"][language]):
            if name not in named:
                yield document.fault(f"{at}/explains/{language}", UNKNOWN_IN_TEXT, name=name)


def _check_twice(pack: Pack) -> Iterator[Fault]:
    """Return a fault for each scenario whose days overlap with those of another of the same code."""
    seen: dict[str, list[Scenario]] = {}
    for document, at, entry in _entries(pack):
        row = _row(document.data["subject"], entry)
        for other in seen.get(row.code, ()):
            first, last = (
                max(row.valid_from, other.valid_from),
                min(row.valid_to or date.max, other.valid_to or date.max),
            )
            if first <= last:
                yield document.fault(f"{at}/code", TWICE, code=row.code, day=first.isoformat())
        seen.setdefault(row.code, []).append(row)


def _row(subject: str, entry: dict[str, Any]) -> Scenario:
    every = entry.get("every", {})
    content = json.dumps([subject, entry], sort_keys=True, ensure_ascii=False, default=str)
    law = entry["law"]
    return Scenario(
        code=entry["code"],
        subject=subject,
        name=entry["name"]["vi"],
        name_en=entry["name"]["en"],
        severity=entry["severity"],
        law=f"{law['text']} {law['article']}".strip(),
        law_words=law["says"]["vi"],
        law_words_en=law["says"]["en"],
        is_verified=law["verified"],
        events=entry.get("when", []),
        waiting=every.get("waiting", ""),
        every_minutes=int(every.get("minutes", 0)),
        after_minutes=int(every.get("after_minutes", 0)),
        condition=entry["if"].strip(),
        says=entry["says"]["vi"],
        says_en=entry["says"]["en"],
        explains=entry["explains"]["vi"],
        explains_en=entry["explains"]["en"],
        answered_by=entry["answered_by"],
        answer_hours=int(entry["answer_within"]),
        valid_from=date.fromisoformat(entry["from"]),
        valid_to=date.fromisoformat(entry["to"]) if "to" in entry else None,
        content=hashlib.sha256(content.encode()).hexdigest(),
    )
