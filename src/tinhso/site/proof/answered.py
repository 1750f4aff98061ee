"""
What clients were told against what is there: every act answered “done” is there, once.

The ledger is a file of JSON lines in the order of the answers, written by whoever put the load on:

    {"done": true, "event": "onestop.dossier_filed", "type": "dossier", "key": "H47.32.20-261122-0001", "state": 1}
    {"done": true, "document": "0193…", "sha256": "ab12…"}

`done` false: it was sent and never answered, so it may be there or not. `state` is the national state after the act, where
the client knows it. A line that was cut short (the client was killed) was never answered.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables, key


def check_answered(tables: Tables, ledger: Path) -> Findings:
    """Compare the ledger with journal, dossiers and documents."""
    lines = _read(ledger)
    acts = [line for line in lines if "event" in line]
    yield from _acts(tables, acts)
    yield from _states(tables, acts)
    yield from _documents(tables, {key(line["document"]): line["sha256"] for line in lines if "document" in line})


def _read(ledger: Path) -> list[dict[str, Any]]:
    with ledger.open("rb") as file:
        return [json.loads(line) for line in file if line.endswith(b"\n")]


def _acts(tables: Tables, acts: list[dict[str, Any]]) -> Findings:
    """Count lines of the journal: as many as were answered, and no more than were sent."""
    done, sent = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    for act in acts:
        about = (act["event"], act["type"], act["key"])
        sent[about] += 1
        done[about] += bool(act["done"])
    there = Counter[tuple[str, str, str]]()
    events = ", ".join(f"'{event}'" for event in sorted({act["event"] for act in acts}) if event.isascii())
    if events:
        for event, kind, name in tables.rows(
            f"SELECT event, subject_type, subject_key FROM journal_entry WHERE event IN ({events})"
        ):
            if (event, kind, name) in sent:
                there[event, kind, name] += 1
    for about, count in done.items():
        event, kind, name = about
        if there[about] < count:
            text = f"{event} was answered {count} times, the journal has it {there[about]} times"
            yield Finding("answered_missing", f"{kind} {name}", text)
        elif there[about] > sent[about]:
            text = f"{event} was sent {sent[about]} times, the journal has it {there[about]} times"
            yield Finding("answered_twice", f"{kind} {name}", text)


def _states(tables: Tables, acts: list[dict[str, Any]]) -> Findings:
    """See that each dossier is there and stands where its last answer left it."""
    last = {act["key"]: act for act in acts if act["type"] == "dossier"}
    there = {code: state for code, state in tables.rows("SELECT code, state FROM onestop_dossier") if code in last}
    for code, act in last.items():
        if code not in there:
            yield Finding("answered_missing", f"dossier {code}", "was answered, and there is no such dossier")
        elif act["done"] and act.get("state") and there[code] != act["state"]:
            text = f"the last answer left it in state {act['state']} ({act['event']}), it is in {there[code]}"
            yield Finding("answered_undone", f"dossier {code}", text)


def _documents(tables: Tables, answered: dict[str, str]) -> Findings:
    kept: dict[str, str] = {}
    if answered:
        for id_, digest in tables.rows("SELECT id, blob_id FROM documents_document"):
            if (name := str(UUID(str(id_)))) in answered:
                kept[name] = digest
    for name, digest in answered.items():
        if name not in kept:
            yield Finding("answered_missing", f"document {name}", "was answered, and there is no such document")
        elif kept[name] != digest:
            yield Finding("answered_undone", f"document {name}", f"was sent as {digest}, is kept as {kept[name]}")
