"""What was declared and proposed is what the journal bound: each dossier against the fingerprint in its last line about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.sealed import Misfit, Opener
from tinhso.site.proof.tables import Tables, data, moment, sure
from tinhso.site.proof.years import HERE, Away

_DECLARED = (
    "SELECT d.code, d.submitted_at, d.returned_at, e.facts, d.owner_key, d.applicant_name, d.applicant_number,"
    " d.applicant_phone, d.applicant_email, d.applicant_address, d.id, d.answers, d.fee_vnd, d.fee_steps"
    " FROM onestop_dossier d"
    " JOIN journal_entry e ON e.subject_type = 'dossier' AND e.subject_key = d.code"
    " AND e.event IN ('onestop.dossier_filed', 'onestop.supplement_answered', 'onestop.answers_entered')"
    " WHERE d.erased_at IS NULL ORDER BY d.id, e.id"
)
_PROPOSED = (
    "SELECT d.code, d.submitted_at, d.returned_at, e.facts, r.kind, r.title, r.data, r.reason FROM onestop_result r"
    " JOIN onestop_dossier d ON d.id = r.dossier_id"
    " JOIN journal_entry e ON e.subject_type = 'dossier' AND e.subject_key = d.code"
    " AND e.event = 'onestop.result_proposed' WHERE d.erased_at IS NULL ORDER BY d.id, e.id"
)
_EMPTIED = (
    "SELECT d.code, d.submitted_at FROM onestop_dossier d WHERE d.erased_at IS NOT NULL AND NOT EXISTS ("
    " SELECT 1 FROM journal_entry e WHERE e.subject_type = 'dossier' AND e.subject_key = d.code"
    " AND e.event = 'onestop.dossier_erased') ORDER BY d.id"
)
"""Dossiers that say that their time was over, of which no line says so: what was declared is gone otherwise."""


def check_declared(tables: Tables, folder: Path, away: Away = HERE) -> Findings:
    """
    Compute every fingerprint anew. Lines of before there were any are passed over.

    What was erased by rule has nothing left to compare; then the journal says that it was. Answers that do not open with the
    ring in the folder are `check_sealed`'s to tell.
    """
    for code, submitted in tables.rows(_EMPTIED):
        if not away.touches(sure(submitted), None):
            yield Finding("declared_changed", f"dossier {code}", "was emptied, and no line says that its time was over")
    opener = Opener(folder)
    for row, said in _last(tables, _DECLARED, away):
        code, _at, _end, _facts, *applicant, id_, kept, fee, steps = row
        try:
            answers, salt = opener.answers(id_, kept)
        except Misfit:
            text = "answers were changed: what lies sealed has no place among them"
            yield Finding("declared_changed", f"dossier {code}", text)
            continue
        if answers is None:
            continue
        declared = {"code": code, "applicant": applicant, "answers": answers, "fee": [fee, data(steps)]}
        # what was sealed after it was filed was journalled without a salt
        fitting = {fingerprint(declared), fingerprint({"salt": salt, **declared})}
        if "declared" in said and said["declared"] not in fitting:
            text = "applicant, answers or fee are not those that were journalled"
            yield Finding("declared_changed", f"dossier {code}", text)
    for row, said in _last(tables, _PROPOSED, away):
        code, _at, _end, _facts, kind, title, printed, reason = row
        proposed = {"code": code, "kind": kind, "title": title, "data": data(printed), "reason": reason}
        if said.get("proposed", found := fingerprint(proposed)) != found:
            yield Finding("proposed_changed", f"dossier {code}", "the result is not the one that was proposed")


def fingerprint(value: Any) -> str:
    """Return SHA-256 over JSON with sorted keys and nothing between, whole numbers without a fraction."""
    text = json.dumps(_steady(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _steady(value: Any) -> Any:
    convert: dict[type, Callable[[Any], Any]] = {
        dict: lambda each: {key: _steady(one) for key, one in each.items()},
        list: lambda each: [_steady(one) for one in each],
        float: lambda each: int(each) if each.is_integer() else each,
    }
    return convert.get(type(value), lambda each: each)(value)


def _last(tables: Tables, query: str, away: Away) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    """Yield the last row of each dossier with the facts of its line, where no later line can be in a year that is out."""
    for _code, rows in groupby(tables.rows(query), key=lambda row: row[0]):
        *_before, last = rows
        if not away.touches(sure(last[1]), moment(last[2])):
            yield last, data(last[3])
