"""Findings as lists and pages show them. Lists go by key, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.base.actors import Actor
from tinhso.base.clock import civil
from tinhso.base.personal import Before
from tinhso.base.refusals import NotFound
from tinhso.kernel.documents.public import Document, linked
from tinhso.modules.inspection import access
from tinhso.modules.inspection.models import UNDONE, Finding, FindingState, Severity, Word

PAGE = 50
FILES_OF = "finding"
"""What the files of an answer are attached to: the finding, each in the role of the word it came with."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all."""

    state: str = ""
    """`undone`, or one of FindingState."""
    severity: str = ""
    code: str = ""
    agency: str = ""
    subject: str = ""
    mine: bool = False
    silent: bool = False


def find(key: str) -> Finding | None:
    """Return a finding by its key, with its scenario; None for none."""
    try:
        return Finding.objects.select_related("scenario").filter(pk=UUID(key)).first()
    except ValueError:
        return None


def get_finding(finding_id: UUID, *, seen_by: Actor) -> Finding:
    """Return a finding with its scenario. Raises NotFound, for a hidden one as well."""
    found = Finding.objects.select_related("scenario").filter(pk=finding_id).first()
    if found is None or not access.can_see(seen_by, found):
        raise NotFound
    return found


def words_of(finding: Finding) -> list[Word]:
    """Return what was said and done about it, oldest first."""
    return list(finding.words.order_by("id"))


def files_of(finding: Finding) -> dict[str, list[Document]]:
    """Return the files that came with each word, by its id. One statement."""
    found: dict[str, list[Document]] = {}
    for link in linked((FILES_OF, str(finding.pk))):
        found.setdefault(link.role, []).append(link.document)
    return found


def may_read_files(actor: Actor, key: str) -> bool:
    """Tell whether an actor may read the files of a finding: who may see the finding."""
    found = find(key)
    return found is not None and access.can_see(actor, found)


def erasable(before: Before) -> QuerySet[Finding]:
    """Return what was closed, or found on trial, before a moment and still bears names and words. Classes are scenarios."""
    due = _over(before.moment) & ~Q(code__in=list(before.classes))
    for code, moment in before.classes.items():
        due |= _over(moment) & Q(code=code)
    return Finding.objects.filter(due, erased_at__isnull=True).order_by("found_at", "id")


def _over(moment: datetime | None) -> Q:
    if moment is None:
        return Q(pk__in=[])
    return Q(closed_at__lt=moment) | Q(closed_at__isnull=True, is_silent=True, found_at__lt=moment)


def list_findings(filters: Filters, *, seen_by: Actor, before: UUID | None = None, limit: int = PAGE) -> list[Finding]:
    """Return the findings that the actor may see, newest first; `before` is the last one of a page. One statement."""
    rows = _visible(seen_by, filters).select_related("scenario").defer("facts")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(_narrowed(rows, filters).order_by("-id")[:limit])


def count_undone(actor: Actor) -> int:
    """Return how many findings wait for the actor: those given to them, up to 100. One statement."""
    if not access.can_enter(actor):
        return 0
    rows = Finding.objects.filter(assigned_key=actor.key, state=FindingState.OPEN, is_silent=False)
    return int(rows.order_by()[:100].count())


def _visible(actor: Actor, filters: Filters) -> QuerySet[Finding]:
    mine = Q(concerned_key=actor.key) | Q(assigned_key=actor.key)
    rows = Finding.objects.filter(is_silent=filters.silent and access.inspects_province(actor))
    if not access.can_enter(actor):
        return rows.none()
    if filters.mine:
        return rows.filter(mine)
    if access.inspects_province(actor):
        return rows
    return rows.filter(mine | Q(agency_code__in=sorted(access.agencies_led(actor))))


def _narrowed(rows: QuerySet[Finding], filters: Filters) -> QuerySet[Finding]:
    if filters.state == "undone":
        rows = rows.filter(state__in=UNDONE)
    elif filters.state:
        rows = rows.filter(state=filters.state)
    exact = {
        "severity": filters.severity,
        "code": filters.code,
        "agency_code": filters.agency,
        "subject_key": filters.subject,
    }
    return rows.filter(**{name: value for name, value in exact.items() if value})


def moment_said(moment: datetime) -> str:
    """Return a moment as notices say it."""
    return f"{civil(moment):%H:%M %d/%m/%Y}"


STATES: tuple[tuple[str, Any], ...] = tuple(FindingState.choices)
SEVERITIES: tuple[tuple[str, Any], ...] = tuple(Severity.choices)
