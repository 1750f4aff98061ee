"""Each dossier whole: its lines in the journal, its case, its steps, its draft; and nothing that belongs to none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables, moment, sure
from tinhso.site.proof.years import HERE, Away

LEAD_ISSUED = "onestop.lead_issued"
LINES: dict[str, tuple[str, Callable[[Mapping[str, Any]], bool]]] = {
    "onestop.dossier_filed": ("filed", lambda _row: True),
    "onestop.dossier_accepted": ("accepted", lambda row: row["received_at"] is not None),
    "onestop.dossier_refused": ("refused", lambda row: row["state"] == 3),  # noqa: PLR2004 - NOT_ACCEPTED
    "onestop.dossier_withdrawn": ("withdrawn", lambda row: row["state"] == 7),  # noqa: PLR2004 - WITHDRAWN
    "onestop.dossier_stopped": ("stopped", lambda row: row["stop_number"] > 0),
    # of a linked dossier the lead's own result is told apart: the whole is issued once its last part is
    "onestop.result_issued": (
        "issued",
        lambda row: row["issued_at"] is not None and (not row["lead_issued"] or row["finished_at"] is not None),
    ),
    "onestop.result_returned": ("returned", lambda row: row["returned_at"] is not None),
}
"""Lines that a dossier has exactly once, and when it has them."""
_UNTOLD = """
    SELECT d.code, count(*) FROM {rows} r JOIN onestop_dossier d ON d.id = r.dossier_id WHERE {which} AND NOT ({{before}})
    GROUP BY d.id, d.code HAVING count(*) <> (SELECT count(*) FROM journal_entry e WHERE e.subject_type = 'dossier'
    AND e.subject_key = d.code AND e.event = 'onestop.{event}')"""
TOLD = {
    "supplement_asked": ("onestop_supplementrequest", "1 = 1"),
    "supplement_answered": ("onestop_supplementrequest", "r.answered_at IS NOT NULL"),
    "result_postponed": ("onestop_duechange", "r.kind = 'postponed'"),
    "dossier_rated": ("onestop_rating", "1 = 1"),
}
"""Rows that have each its line: one that was taken away before it was sealed, and its place in the queue with it, is missed here."""
QUERIES = {
    ("filing_of_nothing", "journal_entry", "tells of a dossier that is not there"): """
        SELECT e.id, e.subject_key FROM journal_entry e LEFT JOIN onestop_dossier d ON d.code = e.subject_key
        WHERE e.event = 'onestop.dossier_filed' AND d.id IS NULL""",
    ("receipt_wrong", "dossier", "its receipt is not the line of its filing"): """
        SELECT d.code, d.receipt_entry FROM onestop_dossier d LEFT JOIN journal_entry e ON e.id = d.receipt_entry
        WHERE d.receipt_entry IS NOT NULL
        AND (e.id IS NULL AND NOT ({out}) OR e.subject_key <> d.code OR e.event <> 'onestop.dossier_filed')""",
    ("dossier_without_case", "dossier", "has no case of its own"): """
        SELECT d.code, d.case_id FROM onestop_dossier d LEFT JOIN casework_case c ON c.id = d.case_id
        WHERE c.id IS NULL OR c.kind <> 'dossier' OR c.subject_key <> d.code""",
    ("case_without_dossier", "casework_case", "is the case of no dossier"): """
        SELECT c.id, c.subject_key FROM casework_case c LEFT JOIN onestop_dossier d ON d.case_id = c.id
        WHERE c.kind = 'dossier' AND d.id IS NULL""",
    ("case_shared", "casework_case", "is the case of several dossiers"): """
        SELECT case_id, count(*) FROM onestop_dossier WHERE case_id IS NOT NULL GROUP BY case_id HAVING count(*) > 1""",
    ("draft_half_filed", "onestop_application", "is filed without its dossier, or has one and is not filed"): """
        SELECT a.id, a.dossier_code FROM onestop_application a LEFT JOIN onestop_dossier d ON d.filed_from = a.id
        WHERE CASE WHEN a.state = 'filed' THEN d.id IS NULL OR d.code <> a.dossier_code ELSE d.id IS NOT NULL END""",
    ("over_with_work", "dossier", "is over and still has open steps, tokens or an open case"): """
        SELECT d.code, d.state FROM onestop_dossier d JOIN casework_case c ON c.id = d.case_id
        WHERE d.state IN (3, 7, 8, 10) AND (c.state = 'open'
        OR EXISTS (SELECT 1 FROM casework_task t WHERE t.case_id = c.id AND t.state IN ('open', 'taken'))
        OR EXISTS (SELECT 1 FROM casework_token k WHERE k.case_id = c.id))""",
    ("open_without_step", "dossier", "waits for the office and has no step at hand"): """
        SELECT d.code, d.state FROM onestop_dossier d WHERE d.state IN (1, 2, 4, 9) AND NOT EXISTS
        (SELECT 1 FROM casework_task t WHERE t.case_id = d.case_id AND t.state IN ('open', 'taken'))""",
    ("task_adrift", "casework_task", "is open without a token, or done and holds one"): """
        SELECT t.id, t.state FROM casework_task t LEFT JOIN casework_token k ON k.id = t.token_id
        WHERE (t.state IN ('open', 'taken')) = (k.id IS NULL)""",
    ("case_adrift", "casework_case", "is open and stands nowhere, or closed and still stands somewhere"): """
        SELECT c.id, c.subject_key FROM casework_case c
        WHERE (c.state = 'open') <> EXISTS (SELECT 1 FROM casework_token k WHERE k.case_id = c.id)""",
    ("waits_in_closed_case", "casework_case", "is closed and a timer or a service still waits in it"): """
        SELECT c.id, c.subject_key FROM casework_case c WHERE c.state <> 'open'
        AND (EXISTS (SELECT 1 FROM casework_timer t WHERE t.case_id = c.id)
        OR EXISTS (SELECT 1 FROM casework_job j WHERE j.case_id = c.id))""",
    ("state_wrong", "dossier", "its state contradicts its moments of receipt, end or return"): """
        SELECT code, state FROM onestop_dossier WHERE (state IN (3, 7, 8, 9, 10)) <> (finished_at IS NOT NULL)
        OR (state = 10) <> (returned_at IS NOT NULL) OR (state = 10) <> (delivery = 'handed')
        OR (state IN (2, 4, 8, 9, 10) AND received_at IS NULL AND stop_number = 0)
        OR (state IN (1, 3) AND received_at IS NOT NULL)""",
}
QUERIES |= {
    ("event_untold", "dossier", f"has other rows than lines of {event}"): _UNTOLD.format(
        rows=rows, which=which, event=event
    )
    for event, (rows, which) in TOLD.items()
}
"""Kind, what the first column names, what is wrong with it; the second column is shown beside it."""


def check_dossiers(tables: Tables, away: Away = HERE) -> Findings:
    """See that nothing is half done."""
    yield from _lines(tables, away)
    receipts, begun = away.lines("d.receipt_entry"), away.begun("d.submitted_at")
    for (kind, what, text), query in QUERIES.items():
        for name, shown in tables.rows(query.replace("{out}", receipts).replace("{before}", begun)):
            yield Finding(kind, f"{what} {name}", f"{text} ({shown})")


def _lines(tables: Tables, away: Away) -> Findings:
    counted = ", ".join(f"sum(CASE WHEN e.event = '{event}' THEN 1 ELSE 0 END)" for event in LINES)
    events = ", ".join(f"'{event}'" for event in (LEAD_ISSUED, *LINES))
    counted = f"sum(CASE WHEN e.event = '{LEAD_ISSUED}' THEN 1 ELSE 0 END), {counted}"
    names = (
        "code", "state", "received_at", "returned_at", "stop_number", "issued_at", "submitted_at", "finished_at", "lead_issued",
    )  # fmt: skip
    for row in tables.rows(
        f"SELECT d.code, d.state, d.received_at, d.returned_at, d.stop_number, r.issued_at, d.submitted_at, d.finished_at, {counted}"
        " FROM onestop_dossier d LEFT JOIN onestop_result r ON r.dossier_id = d.id"
        " LEFT JOIN journal_entry e ON e.subject_type = 'dossier' AND e.subject_key = d.code"
        f" AND e.event IN ({events})"
        " GROUP BY d.id, d.code, d.state, d.received_at, d.returned_at, d.stop_number, r.issued_at, d.submitted_at, d.finished_at"
    ):
        dossier: dict[str, Any] = dict(zip(names, row, strict=False))
        for (event, (word, wanted)), there in zip(LINES.items(), row[len(names) :], strict=True):
            if int(there) < int(wanted(dossier)) and _lived_away(dossier, away):
                continue
            if int(there) != int(wanted(dossier)):
                text = f"is {'' if wanted(dossier) else 'not '}{word}, the journal tells so {there} times ({event})"
                yield Finding("line_missing" if wanted(dossier) else "line_too_many", f"dossier {row[0]}", text)


def _lived_away(dossier: Mapping[str, Any], away: Away) -> bool:
    """Tell whether a line of this dossier may lie in a year that was taken out."""
    over = dossier["finished_at"] if dossier["state"] in (3, 7, 8) else dossier["returned_at"]
    return away.touches(sure(dossier["submitted_at"]), moment(over))
