"""A procedure that was written in the designer: what keeps it from being put in force, and putting it in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal, Text
from tinhso.kernel.casework.public import DraftFault, Graph, Service, list_flows, published_graph
from tinhso.kernel.forms.public import list_forms, load_form, paths_of
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Document, Fault, Pack, Said, check_schema
from tinhso.kernel.organisation.public import list_agencies, touch
from tinhso.law.online_service import NoReason, may_be_offline
from tinhso.modules.catalogue import access
from tinhso.modules.catalogue.actions.checks import check_local
from tinhso.modules.catalogue.actions.local import LOCAL
from tinhso.modules.catalogue.actions.pack import forget, index, is_complete, row_of
from tinhso.modules.catalogue.actions.versions import carry_out, follow, versions_of
from tinhso.modules.catalogue.models import Origin, Procedure
from tinhso.modules.catalogue.queries.procedures import service_of
from tinhso.modules.catalogue.queries.shown import page_of
from tinhso.modules.catalogue.queries.written.asked import BLOCKS, list_of
from tinhso.modules.catalogue.queries.written.changing import filled, value_at
from tinhso.modules.catalogue.queries.written.comparing import title_of
from tinhso.modules.catalogue.queries.written.standing import facts_of

MANY_AGENCIES = 20_000
NO_ENGLISH = _("It has no English name: readers of English see the Vietnamese one.")
NO_LAW = _("No legal basis is named, neither here nor in the national record. Add one: a refusal must rest on a text.")


@dataclass(frozen=True, slots=True)
class PlacedFault(Fault):
    """A fault that knows where in the document it stands (JSON Pointer)."""

    pointer: str = ""


class _Written(Document):
    """A document that is written on pages: it has places, and no lines."""

    def fault(self, pointer: str, text: Text | Said, **facts: Any) -> Fault:
        """Return a fault at a place."""
        return PlacedFault(self.file, 1, text, facts, pointer)


class _Forms(Mapping[str, frozenset[str] | None]):
    """The questions of the forms in force by code, each form read when it is asked for."""

    def __init__(self) -> None:
        self.versions = {form.code: form.version for form in list_forms()}

    def __getitem__(self, code: str) -> frozenset[str] | None:
        return paths_of(load_form(code, self.versions[code]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.versions)

    def __len__(self) -> int:
        return len(self.versions)


class _Flows(Mapping[str, Graph]):
    """The flows in effect by code, each read when it is asked for."""

    def __init__(self) -> None:
        self.codes = {flow.code for flow in list_flows()}

    def __getitem__(self, code: str) -> Graph:
        found = published_graph(code)
        if found is None:
            raise KeyError(code)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)


class _Standing(Pack):
    """What stands in the program, in the place of a pack: the checks of a load look there for forms, flows and agencies."""

    @property
    def reform(self) -> None:
        """Return None: no reform is being loaded."""
        return None


def _agencies_on(day: date) -> dict[str, dict[str, str]]:
    return {
        row.code: {
            "level": row.level, "kind": row.kind, "desk": row.desk_code, "parent": row.parent_code, "field": row.field,
            "unit_code": row.unit_code,
        }
        for row in list_agencies(on=day, limit=MANY_AGENCIES)
    }  # fmt: skip


def faults_of(code: str, document: Mapping[str, Any], on: date) -> list[DraftFault]:
    """
    Return what keeps a document from being put in force, by the very checks of a load, and what to look at.

    Each fault names the page on which it is mended.
    """
    written = _Written(code, {**document, "code": code}, dict)
    found = list(check_schema(written, LOCAL))
    if not found:
        pack = _Standing(Path(), datetime.combine(on, datetime.min.time()).astimezone())
        pack.shared |= {"forms": _Forms(), "flows": _Flows(), "agencies_on": _agencies_on}
        found = list(check_local(written, pack, {code: facts} if (facts := dict(facts_of(code))) else {}))
    faults = [_placed(fault, document) for fault in found]
    # before July 2026 nothing had to be said, and whoever goes by that law checks it at the load
    faults += [replace(_placed(fault, document), is_error=False) for fault in _offline(written, on)]
    if not found and not service_of(row_of(code, facts_of(code), document)).legal:
        faults.append(DraftFault("", "", str(NO_LAW), is_error=bool(document.get("flow"))))
    if not document.get("name_en"):
        faults.append(DraftFault("names", BLOCKS["names"].title, str(NO_ENGLISH), is_error=False))
    return faults


def _offline(written: Document, on: date) -> Iterator[Fault]:
    data = written.data
    if data.get("flow") and isinstance(data.get("offline", {}), Mapping):
        try:
            may_be_offline(data.get("online", "none"), data.get("offline", {}).get("reason", ""), on)
        except NoReason as no:
            yield written.fault("/online", Said(no))


def _placed(fault: Fault, document: Mapping[str, Any]) -> DraftFault:
    """Return the fault with the page on which its place is asked about."""
    place = getattr(fault, "pointer", "").strip("/")
    page = place
    while page:
        if list_of(page) and isinstance(row := value_at(document, page), Mapping):
            return DraftFault(page, title_of(page.rpartition("/")[0], row), fault.message)
        page = page.rpartition("/")[0]
    for name, block in BLOCKS.items():
        if any(
            place == ask.key or place.startswith(f"{ask.key}/") or ask.key.startswith(f"{place}/")
            for ask in block.asks
            if place
        ):
            return DraftFault(name, block.title, fault.message)
    return DraftFault("", "", fault.message)


def service_as_written(code: str, document: Mapping[str, Any]) -> Service:
    """Return a document as whoever settles dossiers by it would know it."""
    return service_of(row_of(code, facts_of(code), document))


def preview_of(code: str, document: Mapping[str, Any], on: date) -> tuple[str, dict[str, Any]]:
    """Return the page that citizens will see of a document, with its template; nobody can file by it."""
    return "catalogue/procedure.html", page_of(row_of(code, facts_of(code), document), on)


def fill(code: str, document: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Write the rows of the national record into a list of a document, to be changed there."""
    return filled(document, path, facts_of(code))


class Overtaken(Refusal):
    """A load or another approval changed the procedure between the proof and this moment."""

    code = "catalogue.overtaken"
    text = _("Procedure {code} was changed at this very moment. Look at what changes again.")


def put_in_force(
    code: str, document: Mapping[str, Any], first_day: date, *, base: int, actor: Actor, at: datetime
) -> int:
    """Put a procedure in force as `publish_procedure` does; return the number of its version."""
    return publish_procedure(code, document, first_day, base=base, actor=actor, at=at).pk


@act
def publish_procedure(
    code: str, document: Mapping[str, Any], first_day: date, *, base: int, actor: Actor, at: datetime
) -> Procedure:
    """
    Put a procedure in force from a day on; the version before it holds until the day before.

    A dossier keeps the terms of the version under which it was filed, also where a day has two. What was announced for
    later is replaced. `base` is the version that was looked at, 0 for none. Raises Overtaken.
    """
    require(access.can_publish, actor)
    touch()  # first: who loads or publishes at the same moment waits here, and all forget what they remember
    before = versions_of(code)
    standing = before[-1].pk if before and before[-1].valid_to is None else 0
    if standing != base:
        raise Overtaken(code=code)
    row = row_of(code, facts_of(code), dict(document))
    row.valid_from, row.origin = first_day, Origin.PAGE
    row.pack_content = before[-1].from_pack if before else ""
    steps = follow(row, before, civil_date(at))
    forget([each.pk for each in steps.dropped])
    (kept,) = carry_out(steps)
    index([kept])
    record(
        "catalogue.procedure_published", kept, actor=actor, at=at, valid_from=kept.valid_from.isoformat(),
        content=kept.content,
    )  # fmt: skip
    return kept


@act
def take_back(code: str, version: int, *, actor: Actor, at: datetime) -> bool:
    """
    Take back a version on its first day or before; the one before it holds on. False where it is not the last one.

    Who filed under it this morning still finds it: it ends before it began. One not yet begun is gone.
    """
    require(access.can_publish, actor)
    touch()
    rows = list(Procedure.objects.filter(code=code).order_by("valid_from", "pk"))
    last = next((row for row in rows if row.pk == version and row.valid_to is None), None)
    if last is None or last.valid_from < civil_date(at):
        return False
    day_before = last.valid_from - timedelta(days=1)
    if last.valid_from > civil_date(at):
        forget([last.pk])
        last.delete()
    else:
        Procedure.objects.filter(pk=last.pk).update(valid_to=day_before)
    for row in [row for row in rows if row.pk != version and row.valid_to == day_before][-1:]:
        Procedure.objects.filter(pk=row.pk).update(valid_to=None, complete=is_complete(row.local, row.facts))
    record("catalogue.procedure_taken_back", ("procedure", code), actor=actor, at=at, version=version)
    return True
