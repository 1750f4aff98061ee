"""Dossiers as whoever counts quality is told of them (`kernel.casework.CaseMeasures`): no name, no answer, no paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import (
    MOST_MEASURED,
    Contact,
    Service,
    Task,
    TaskState,
    get_service,
    known_nationally,
)
from tinhso.kernel.journal.public import Entry
from tinhso.law.quality.measured import Channel, Measured, Worker
from tinhso.law.states import NationalState
from tinhso.law.statistics import Supplement
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import (
    Dossier,
    DossierFile,
    FileOrigin,
    Payment,
    PaymentMethod,
    PaymentState,
    Result,
    SupplementRequest,
)

ENDED = (NationalState.FINISHED, NationalState.RETURNED)
_WORDS = (
    "pk", "code", "agency_code", "service_code", "service_version", "case_code", "field", "way", "state", "received_at",
    "due_at", "finished_at", "fee_vnd", "receipt_entry", "erased_at", "rating__score",
)  # fmt: skip


def walk(after: str, limit: int) -> list[str]:
    """Return the codes of dossiers that were received, those after a code, in order. One statement."""
    rows = Dossier.objects.filter(code__gt=after, received_at__isnull=False).order_by("code")
    return list(rows.values_list("code", flat=True)[: min(limit, MOST_MEASURED)])


def read(codes: Sequence[str]) -> list[Measured]:
    """Return the measured rows of these dossiers, without those that were never received. Some eight statements."""
    if len(codes) > MOST_MEASURED:
        raise ValueError(f"{len(codes)} are more than are measured at once")
    known = Dossier.objects.filter(code__in=codes, received_at__isnull=False)
    rows = [dict(zip(_WORDS, row, strict=True)) for row in known.values_list(*_WORDS)]
    around = _Around(rows)
    return [around.measured(row) for row in rows]


class _Around:
    """What stands around some dossiers, read in one statement a table."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        keys = [row["pk"] for row in rows]
        self.asked = _supplements(keys)
        self.scanned = _scanned(keys)
        signed = Result.objects.filter(dossier_id__in=keys, signed_document_id__isnull=False)
        self.held = _held(keys)
        self.signed = set(signed.values_list("dossier_id", flat=True))
        paid = Payment.objects.filter(dossier_id__in=keys, state=PaymentState.PAID, method=PaymentMethod.GATEWAY)
        self.paid_online = set(paid.values_list("dossier_id", flat=True))
        self.proved = _proved(row["receipt_entry"] for row in rows)
        self.nationally = known_nationally([row["code"] for row in rows])
        self.workers = _workers([row["code"] for row in rows])
        self.services: dict[tuple[str, str], Service | None] = {}

    def measured(self, row: Mapping[str, Any]) -> Measured:
        key, service = row["pk"], self._service(row)
        online = row["way"] == Channel.ONLINE
        owes = row["fee_vnd"] > 0
        return Measured(
            code=row["code"],
            agency=row["agency_code"],
            service=row["service_code"],
            field=row["field"],
            channel=Channel(row["way"]),
            received_at=row["received_at"],
            due_at=row["due_at"],
            ended_at=row["finished_at"],
            supplements=tuple(self.asked.get(key, ())),
            gives_paper=bool(service.results) if service else None,
            result_file=key in self.signed,
            component_file=self._scan(row, service),
            reused=self._reused(row, service),
            linked=None if row["erased_at"] else key in self.held or (key in self.signed and row["state"] in ENDED),
            synced=self.nationally.get(row["code"]),
            by_vneid=self.proved.get(row["receipt_entry"]) if online else False,
            owes=owes if owes or (service and service.fee_rule) else None,
            paid_online=key in self.paid_online,
            score=row["rating__score"],
            workers=self.workers.get(row["code"], ()),
            is_over=row["state"] in ENDED,
            is_erased=row["erased_at"] is not None,
        )

    def _scan(self, row: Mapping[str, Any], service: Service | None) -> bool | None:
        """Tell whether papers are on file; None where none are asked for, and where they were erased in their time."""
        if row["erased_at"] is not None or not service or not service.components_for(row["case_code"]):
            return None
        return row["pk"] in self.scanned

    def _reused(self, row: Mapping[str, Any], service: Service | None) -> bool | None:
        """Tell whether a paper was taken from the data store and not asked for; None where none could be."""
        if row["erased_at"] is not None or not service or not service.components_for(row["case_code"]):
            return None
        return row["pk"] in self.held

    def _service(self, row: Mapping[str, Any]) -> Service | None:
        version = (row["service_code"], row["service_version"])
        if version not in self.services:
            try:
                self.services[version] = get_service(
                    row["service_code"], on=civil_date(row["received_at"]), version=row["service_version"]
                )
            except NotFound:
                self.services[version] = None
        return self.services[version]


def _supplements(keys: list[Any]) -> dict[Any, list[Supplement]]:
    """Return what was asked of each after it was received."""
    found: dict[Any, list[Supplement]] = defaultdict(list)
    rows = SupplementRequest.objects.filter(dossier_id__in=keys, at_reception=False).order_by("asked_at")
    for key, asked_at, answered_at in rows.values_list("dossier_id", "asked_at", "answered_at"):
        found[key].append(Supplement(asked_at, answered_at))
    return found


def _scanned(keys: list[Any]) -> set[Any]:
    rows = DossierFile.objects.filter(dossier_id__in=keys, replaced_at=None).exclude(component_code="")
    return set(rows.exclude(origin=FileOrigin.RESULT).values_list("dossier_id", flat=True))


def _held(keys: list[Any]) -> set[Any]:
    rows = DossierFile.objects.filter(dossier_id__in=keys, replaced_at=None, origin=FileOrigin.HELD)
    return set(rows.values_list("dossier_id", flat=True))


def _proved(entries: Iterable[UUID | None]) -> dict[UUID | None, bool]:
    """Tell, by the journal's line of each filing, whether who filed it had come by VNeID."""
    wanted = [entry for entry in entries if entry]
    rows = Entry.objects.filter(id__in=wanted).values_list("id", "assurance")
    return {entry: assurance.startswith("vneid") for entry, assurance in rows}


def _workers(codes: list[str]) -> dict[str, tuple[Worker, ...]]:
    """Return the officials who did a step of each, once."""
    found: dict[str, dict[str, Worker]] = defaultdict(dict)
    done = Task.objects.filter(kind="dossier", subject_key__in=codes, state=TaskState.DONE)
    rows = done.exclude(assignee_official_id="").order_by("done_at")
    for code, official, name, agency in rows.values_list(
        "subject_key", "assignee_official_id", "assignee_name", "agency_code"
    ):
        found[code][official] = Worker(f"official:{official}", name, agency)
    return {code: tuple(workers.values()) for code, workers in found.items()}


def contacts(codes: Sequence[str]) -> dict[str, Contact]:
    """Return whom to ask about these dossiers; nobody about what was erased. One statement."""
    rows = Dossier.objects.filter(code__in=codes[:MOST_MEASURED], erased_at=None)
    return {
        row.code: Contact(
            code=row.code,
            holder=row.owner_key,
            name=row.applicant_name,
            phone=row.applicant_phone,
            email=row.applicant_email,
            service=row.service_name,
            service_en=row.service_name_en,
        )
        for row in rows.defer("answers", "components", "fee_steps")
    }


def links(codes: Sequence[str], actor: Actor) -> dict[str, str]:
    """
    Return where an officer opens each of these dossiers: where it is worked on, or how far it is. One statement.

    Who leads an agency above, or audits the province, is told its figures down to codes, and sees no dossier whole.
    """
    rows = Dossier.objects.filter(code__in=codes).only("code", "agency_code", "desk_code", "office_code", "shared_with")
    return {
        row.code: reverse("onestop:work" if access.sees_as_office(actor, row) else "onestop:track", args=[row.code])
        for row in rows
    }
