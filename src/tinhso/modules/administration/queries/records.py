"""The journal as auditors read it: search, one entry with its proof, the roots, and whether all of it still holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import NotFound, Text
from tinhso.base.registry import Event, registry
from tinhso.kernel.journal.public import Entry, InclusionProof, find_entries, get_entry, proof, receipt_code
from tinhso.modules.administration.queries.words import actor_said, proof_said, subject_said

PAGE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """What the journal is searched for; empty is everything."""

    subject_type: str = ""
    subject_key: str = ""
    actor_key: str = ""
    event: str = ""
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a page shows it."""

    entry: Entry
    title: Text
    code: str
    subject: str
    who: str
    proved: str


@cache
def titles() -> dict[str, Text]:
    """Return the words of every event that is announced, by its name."""
    return {event.key: event.title for event in registry.of(Event)}


def search_lines(asked: Question, *, seen_by: Actor, before: UUID | None = None) -> tuple[list[Line], str]:
    """Return a page of entries, newest first, and the id that the next one begins before. One statement."""
    subject = (asked.subject_type, asked.subject_key) if asked.subject_type and asked.subject_key else None
    found = find_entries(
        seen_by=seen_by,
        event=asked.event,
        actor_key=asked.actor_key,
        subject=subject,
        first_at=datetime.combine(asked.first_on, time(), CIVIL_ZONE) if asked.first_on else None,
        last_at=datetime.combine(asked.last_on, time.max, CIVIL_ZONE) if asked.last_on else None,
        before=before,
        limit=PAGE + 1,
    )
    lines = [line_of(entry) for entry in found[:PAGE]]
    return lines, str(found[PAGE - 1].id) if len(found) > PAGE else ""


def line_of(entry: Entry) -> Line:
    """Return an entry with its words and its code."""
    return Line(
        entry,
        titles().get(entry.event, entry.event),
        receipt_code(entry.id),
        subject=subject_said(entry.subject_type),
        who=actor_said(entry.actor_name, entry.actor_key),
        proved=proof_said(entry.assurance),
    )


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry whole, with its place in the log when it is sealed."""

    line: Line
    facts: list[dict[str, str]]
    hash: str
    proof: InclusionProof | None
    holds: bool
    path: list[str]


def view_entry(entry_id: UUID) -> EntryView:
    """Return one entry with its proof. Raises NotFound. Five statements."""
    entry = get_entry(entry_id)
    if entry is None:
        raise NotFound
    found = proof(entry_id)
    return EntryView(
        line=line_of(entry),
        facts=[{"term": key, "value": _said(value)} for key, value in sorted(entry.facts.items())],
        hash=bytes(entry.content_hash).hex(),
        proof=found,
        holds=found is not None and found.holds(),
        path=[part.hex() for part in found.path] if found else [],
    )


def _said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=None)
