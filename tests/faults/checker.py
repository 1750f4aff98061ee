"""
An independent reading of what a killed platform left on disk: plain SQL and plain files, none of our code.

    python tests/faults/checker.py DATA_FOLDER ANSWERED.json

`ANSWERED.json` is what the clients were told: {"filed": {draft id: code}, "accepted": [code], "files": {document id: sha256}}.
Prints one line for each thing that is wrong; exit code 1 when there is any.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import Any


def check(data: Path, answered: dict[str, Any]) -> list[str]:
    """Return everything that is wrong."""
    base = sqlite3.connect(f"file:{data / 'tinhso.sqlite3'}?mode=ro", uri=True)
    try:
        (state,) = base.execute("PRAGMA integrity_check").fetchone()
        (loose,) = base.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()
        wrong = [] if (state, loose) == ("ok", 0) else [f"database: {state}, {loose} loose references"]
        wrong += told_is_there(base, answered)
        wrong += nothing_half_done(base)
        wrong += numbers_without_gaps(base)
        wrong += told_once(base)
        return wrong + files_are_whole(base, data / "files", answered)
    finally:
        base.close()


def told_is_there(base: sqlite3.Connection, answered: dict[str, Any]) -> list[str]:
    """What was answered “done” is there, once."""
    wrong = []
    for draft, code in answered["filed"].items():
        codes = [row[0] for row in base.execute(
            "SELECT code FROM onestop_dossier WHERE filed_from = ?", [draft.replace("-", "")]
        )]  # fmt: skip
        if codes != [code]:
            wrong.append(f"draft {draft} was filed as {code}, there is {codes}")
    for code in answered["accepted"]:
        rows = base.execute("SELECT received_at, form_number FROM onestop_dossier WHERE code = ?", [code]).fetchall()
        if len(rows) != 1 or rows[0][0] is None or not rows[0][1]:
            wrong.append(f"{code} was accepted, there is {rows}")
    return wrong


def nothing_half_done(base: sqlite3.Connection) -> list[str]:
    """Each dossier has its line, its case, its one step at hand; each accepted one its line; nothing stands alone."""
    queries = {
        "dossier without exactly one line of filing": """
            SELECT d.code FROM onestop_dossier d WHERE 1 <> (SELECT count(*) FROM journal_entry e
            WHERE e.subject_type = 'dossier' AND e.subject_key = d.code AND e.event = 'onestop.dossier_filed')""",
        "line of filing without a dossier": """
            SELECT e.subject_key FROM journal_entry e LEFT JOIN onestop_dossier d ON d.code = e.subject_key
            WHERE e.event = 'onestop.dossier_filed' AND d.id IS NULL""",
        "accepted dossier without exactly one line of it": """
            SELECT d.code FROM onestop_dossier d WHERE (d.received_at IS NOT NULL) <> (SELECT count(*)
            FROM journal_entry e WHERE e.subject_key = d.code AND e.event = 'onestop.dossier_accepted')""",
        "dossier without its case": """
            SELECT d.code FROM onestop_dossier d LEFT JOIN casework_case c ON c.id = d.case_id WHERE c.id IS NULL""",
        "open dossier without exactly one step at hand": """
            SELECT d.code FROM onestop_dossier d WHERE d.state IN (1, 2, 4) AND 1 <> (SELECT count(*)
            FROM casework_task t WHERE t.case_id = d.case_id AND t.state IN ('open', 'taken'))""",
        "case of nothing": """
            SELECT c.subject_key FROM casework_case c LEFT JOIN onestop_dossier d ON d.case_id = c.id
            WHERE d.id IS NULL""",
        "filed draft without a dossier": """
            SELECT a.id FROM onestop_application a LEFT JOIN onestop_dossier d ON d.filed_from = a.id
            WHERE (a.state = 'filed') <> (d.id IS NOT NULL)""",
        "entry that was never sealed": """
            SELECT e.id FROM journal_entry e LEFT JOIN journal_leaf l ON l.entry_id = e.id WHERE l.number IS NULL""",
        "outbox row that was left": "SELECT id FROM journal_queued",
        "dead letter": "SELECT id FROM journal_delivery WHERE dead_at IS NOT NULL",
    }
    return [f"{what}: {row[0]}" for what, query in queries.items() for row in base.execute(query)]


def numbers_without_gaps(base: sqlite3.Connection) -> list[str]:
    """Codes of a day and numbers of form 01 run from 1; each counter stands at the last number given."""
    wrong = []
    codes = [row[0] for row in base.execute("SELECT code FROM onestop_dossier")]
    series: dict[str, list[int]] = {}
    for code in codes:
        head, _dash, number = code.rpartition("-")
        series.setdefault(head, []).append(int(number))
    for desk, number in base.execute("SELECT desk_code, form_number FROM onestop_dossier WHERE received_at NOT NULL"):
        series.setdefault(f"form 01 of {desk}", []).append(number)
    for name, numbers in series.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            wrong.append(f"{name}: {sorted(numbers)}")
    given = sum(len(numbers) for numbers in series.values())
    (counted,) = base.execute("SELECT coalesce(sum(value), 0) FROM onestop_counter").fetchone()
    return wrong if given == counted else [*wrong, f"counters gave out {counted}, there are {given}"]


def told_once(base: sqlite3.Connection) -> list[str]:
    """The applicant of each dossier reads of its filing once, of its acceptance once."""
    links = Counter(
        re.sub(r".*/xem/([^/]+)/$", r"\1", link) + (" accepted" if "accepted" in text else " filed")
        for link, text in base.execute("SELECT link, text FROM identity_notice")
    )
    wanted = Counter(f"{row[0]} filed" for row in base.execute("SELECT code FROM onestop_dossier"))
    wanted += Counter(
        f"{row[0]} accepted" for row in base.execute("SELECT code FROM onestop_dossier WHERE received_at NOT NULL")
    )
    return [] if links == wanted else [f"notices: {(links - wanted) + (wanted - links)}"]


def files_are_whole(base: sqlite3.Connection, folder: Path, answered: dict[str, Any]) -> list[str]:
    """Every document that is named is on disk as it was given, and nothing else is but what a kill interrupted."""
    wrong = []
    on_disk = {path.name: path for path in (folder / "sha256").glob("??/??/*")}
    for digest, size in base.execute("SELECT sha256, size_bytes FROM documents_blob"):
        path = on_disk.pop(digest, None)
        content = path.read_bytes() if path else b""
        if len(content) != size or hashlib.sha256(content).hexdigest() != digest:
            wrong.append(f"file {digest} is missing or damaged")
    for document, digest in answered["files"].items():
        rows = base.execute(
            "SELECT blob_id FROM documents_document WHERE id = ?", [document.replace("-", "")]
        ).fetchall()
        if rows != [(digest,)]:
            wrong.append(f"document {document} was stored as {digest}, there is {rows}")
    if len(on_disk) > answered.get("kills", 0):
        wrong.append(f"{len(on_disk)} files that nothing names after {answered.get('kills', 0)} kills")
    return wrong


if __name__ == "__main__":
    found = check(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.exit(bool(found))
