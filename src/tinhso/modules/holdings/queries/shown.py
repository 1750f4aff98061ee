"""What the pages of the data store print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Batch, BatchState, Holding, SavedPapers, State
from tinhso.modules.holdings.queries.batches import some_broken
from tinhso.modules.holdings.queries.held import Line
from tinhso.modules.holdings.queries.rows import Row, sentence
from tinhso.web.words import day, masked, own

CHIPS = {
    BatchState.DRAFT: ("info", "circle-dashed"),
    BatchState.LOADING: ("info", "loader"),
    BatchState.WAITING: ("warn", "circle-alert"),
    BatchState.IN_FORCE: ("ok", "check"),
    BatchState.REJECTED: ("late", "triangle-alert"),
}


def state_of(line: Line) -> dict[str, str]:
    """Return the state of a result as a chip."""
    if line.held.state == State.REVOKED:
        return {"kind": "late", "text": gettext("Revoked"), "icon": "triangle-alert"}
    if line.is_over:
        return {"kind": "plain", "text": gettext("Time is over"), "icon": "clock"}
    return {"kind": "ok", "text": gettext("In force"), "icon": "check"}


def card_of(line: Line, *, actor: Actor | None = None) -> dict[str, Any]:
    """Return one result as its page shows it; with an official, what they may do with it."""
    held = line.held
    is_revocable = actor is not None and line.is_in_force and access.can_revoke_result(actor, held.issuer_code)
    return {
        "title": own(held, "title"),
        "state": state_of(line),
        "href": reverse("documents:read", args=[held.document_id]),
        "facts": list(_facts(held)),
        "reason": held.state_reason,
        "older": [
            {
                "text": _("Version {n}, kept {day}").format(n=one.version, day=day(one.kept_at)),
                "href": reverse("documents:read", args=[one.document_id]),
            }
            for one in line.older
        ],
        "revoke": reverse("holdings:revoke", args=[held.id]) if is_revocable else "",
    }


def _facts(held: Holding) -> Iterable[dict[str, Any]]:
    yield {"key": _("Number"), "value": held.number}
    yield {"key": _("Issued"), "value": f"{day(held.issued_on)}, {held.issuer}"}
    until = day(held.valid_to) if held.valid_to else _("Until it is replaced or revoked")
    yield {"key": _("Valid until"), "value": until}
    if held.type_code:
        yield {"key": _("Result code"), "value": held.type_code}
    yield {"key": _("How it came here"), "value": held.get_source_display()}
    if held.dossier_code:
        yield {"key": _("From the dossier"), "value": held.dossier_code}
    if held.signed_by:
        yield {"key": _("Signed by"), "value": held.signed_by}


def saved_by_year(rows: Sequence[SavedPapers]) -> list[dict[str, Any]]:
    """Return the counters by year, each with its sum."""
    years: dict[int, dict[str, Any]] = {}
    for row in rows:
        year = years.setdefault(row.year, {"year": row.year, "papers": 0, "rows": []})
        year["papers"] += row.papers
        year["rows"].append(
            {"code": row.service_code, "name": own(row, "service_name"), "papers": row.papers, "dossiers": row.dossiers}
        )
    return list(years.values())


def batch_row(batch: Batch, agency: str = "") -> dict[str, Any]:
    """Return a back-load as lists and its page show it."""
    kind, icon = CHIPS[BatchState(batch.state)]
    return {
        "href": reverse("holdings:batch", args=[batch.id]),
        "name": batch.name,
        "agency": agency or batch.agency_code,
        "by": batch.begun_name,
        "at": batch.begun_at,
        "state": {"kind": kind, "text": batch.get_state_display(), "icon": icon},
        "rows": batch.rows_done,
        "taken": batch.taken,
        "known": batch.known,
        "broken": batch.broken,
    }


def preview_of(good: Sequence[Any], broken: Sequence[Row], known: int) -> dict[str, Any]:
    """Return what the first rows would become."""
    return {
        "good": [
            {
                "place": row.place,
                "owner": masked(row.owner),
                "name": row.name,
                "title": row.title,
                "number": row.number,
                "file": row.file,
            }
            for row in (one.row for one in good[:10])
        ],
        "count": len(good),
        "known": known,
        "broken": [_told(row.place, row.name, row.faults) for row in broken],
    }


def broken_rows(batch: Batch) -> list[dict[str, Any]]:
    """Return the first rows that were not taken, with what to do."""
    return [
        _told(one.row, " · ".join(cell for cell in one.cells if cell)[:80], one.faults) for one in some_broken(batch)
    ]


def _told(place: int, name: str, faults: Iterable[Sequence[str]]) -> dict[str, Any]:
    return {"place": place, "name": name, "faults": [sentence(fault) for fault in faults]}


def sample_row(row: Holding, wrong: set[str], opened: set[str]) -> dict[str, Any]:
    """Return a holding of the sample, to be compared with its paper: opening it is noted."""
    return {
        "id": str(row.id),
        "place": row.batch_row,
        "owner": row.owner_number,
        "name": row.owner_name,
        "title": row.title,
        "number": row.number,
        "issued_on": row.issued_on,
        "valid_to": row.valid_to,
        "href": reverse("holdings:paper", args=[row.batch_id, row.id]),
        "is_opened": str(row.id) in opened,
        "wrong": str(row.id) in wrong,
    }
