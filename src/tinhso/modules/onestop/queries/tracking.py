"""What anyone may know by the code alone: how far it is, not whose it is (TT 01/2018/TT-VPCP Đ.16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tinhso.base.refusals import NotFound
from tinhso.base.registry import Event, registry
from tinhso.kernel.casework.public import MirroredCase, Service, find_mirrored
from tinhso.kernel.journal.public import entries
from tinhso.kernel.organisation.public import Agency, agencies_by_code
from tinhso.law.states import NationalState
from tinhso.law.working_time import Pause as LawPause
from tinhso.modules.onestop.models import Dossier, Lateness
from tinhso.modules.onestop.queries.dossiers import pauses_of
from tinhso.modules.onestop.queries.lateness import lateness_of
from tinhso.modules.onestop.queries.services import get_service


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One thing that happened, without who."""

    event: str
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PublicView:
    """The public face of a dossier: no name, no number, no answer, no file."""

    code: str
    service_name: str
    service_name_en: str
    agency_name: str
    agency_name_en: str
    state: NationalState
    submitted_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    paused_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None
    postponed: bool
    lateness: Lateness | None
    steps: tuple[PublicStep, ...]
    pauses: tuple[LawPause, ...]
    dossier: Dossier
    """For computing the due date; templates of public pages do not touch it."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The public face of a dossier that a central system works: where it stands, and whom to ask."""

    case: MirroredCase
    service: Service | None
    """None where the procedure is none of ours any more."""
    agency: Agency | None


def track_elsewhere(code: str, on: date) -> Elsewhere:
    """Return what is known of a dossier of a central system, in at most 3 statements. Raises NotFound."""
    case = find_mirrored(code)
    if case is None:
        raise NotFound
    try:
        service = get_service(case.service, on)
    except NotFound:
        service = None
    return Elsewhere(case, service, agencies_by_code([case.agency], on=on).get(case.agency) if case.agency else None)


def track(code: str) -> PublicView:
    """Return what is public about a dossier, in at most 3 statements. Raises NotFound."""
    dossier = Dossier.objects.filter(code=code.strip().upper()).select_related("lateness").first()
    if dossier is None:
        raise NotFound
    # our own events tell the story; those of the casework underneath would say it twice
    public = {
        event.key: event.title for event in registry.of(Event) if event.public and event.key.startswith("onestop.")
    }
    steps = tuple(
        PublicStep(entry.event, str(public[entry.event]), entry.at)
        for entry in entries(dossier.journal_subject)
        if entry.event in public and not entry.facts.get("again")
    )
    return PublicView(
        code=dossier.code,
        service_name=dossier.service_name,
        service_name_en=dossier.service_name_en,
        agency_name=dossier.agency_name,
        agency_name_en=dossier.agency_name_en,
        state=NationalState(dossier.state),
        submitted_at=dossier.submitted_at,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        paused_at=dossier.paused_at,
        finished_at=dossier.finished_at,
        returned_at=dossier.returned_at,
        postponed=dossier.postponed_at is not None,
        lateness=lateness_of(dossier),
        steps=steps,
        pauses=tuple(pauses_of(dossier)),
        dossier=dossier,
    )
