"""Procedures that a central system works, and their dossiers."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, QuerySet

from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import MirroredCase, get_service
from tinhso.law.states import NationalState
from tinhso.modules.nationalportal.models import CentralDossier

PAGE = 50


def is_central(service_code: str, on: date) -> bool:
    """Tell whether a procedure is worked by a central system on a day: it is only mirrored here."""
    try:
        return get_service(service_code, on=on).central is not None
    except NotFound:
        return False


def dossiers(text: str = "", *, page: int = 1) -> tuple[list[CentralDossier], bool]:
    """Return a page of the dossiers of central systems, the newest first; by code or procedure. And whether more follow."""
    rows: QuerySet[CentralDossier] = CentralDossier.objects.order_by("-filed_on", "code")
    wanted = text.strip()
    if wanted:
        rows = rows.filter(code=wanted.upper()) | rows.filter(service_code=wanted)
    begin = (max(page, 1) - 1) * PAGE
    found = list(rows[begin : begin + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def find(code: str) -> MirroredCase | None:
    """Return a dossier of a central system by its code. One statement."""
    row = CentralDossier.objects.filter(code=code.strip().upper()).first()
    if row is None:
        return None
    state = NationalState(row.state)
    return MirroredCase(row.code, row.service_code, row.agency_code, state, row.filed_on, row.due_at, row.seen_at)


def by_service() -> list[tuple[str, int, int]]:
    """Return for each such procedure how many dossiers are known: in all, and of a state each."""
    rows = CentralDossier.objects.values("service_code", "state").annotate(n=Count("code")).order_by("service_code")
    return [(row["service_code"], row["state"], row["n"]) for row in rows]
