"""Procedures as they stand on a day, and as casework needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import (
    LEAD,
    AgencyRule,
    Central,
    Component,
    LegalBasis,
    OnlineLevel,
    Part,
    ResultType,
    Service,
    ServiceCase,
    Shown,
    Way,
    WayKind,
)
from tinhso.kernel.organisation.public import remembered
from tinhso.modules.catalogue.models import LifeEvent, Procedure
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.web.words import day, own

VERSION = 16
"""How much of the fingerprint of its content a dossier keeps."""
HEADING_LIMIT = 200
"""A row of 0 originals and 0 copies is a heading up to this length, and prose beyond it."""


class Ended(NotFound):
    """There was such a procedure; it is no more. Said by name, since a draft or a saved address led here."""

    code = "catalogue.ended"
    text = _(
        "“{procedure}” ended on {day}: nothing new can be filed. Dossiers filed before go on. Look among the procedures for "
        "what replaces it."
    )


def in_force(on: date) -> QuerySet[Procedure]:
    """Return the procedures in force on a day."""
    return Procedure.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def get_procedure(code: str, *, on: date) -> Procedure:
    """Return a procedure by its code, with or without the local suffix. Raises NotFound, Ended."""
    called = Q(code=code) | Q(national_code=code)
    rows = list(in_force(on).filter(called).order_by("code")[:2])
    exact = [row for row in rows if row.code == code] or rows
    if exact:
        return exact[0]
    last = Procedure.objects.filter(called, valid_to__lt=on).order_by("-valid_to").first()
    if last is None or last.valid_to is None:
        raise NotFound
    raise Ended(procedure=own(last, "name"), day=day(last.valid_to))


def get_service(code: str, *, on: date, version: str = "") -> Service:
    """
    Return a procedure as casework needs it: as on a day, or in the version that a dossier was filed under.

    A day may have two versions, one of the morning and one of the afternoon. Raises NotFound, Ended. Remembered until
    procedures change: then one statement.
    """
    return remembered(
        ("service", code, on, version), lambda: service_of(_version(code, version) or get_procedure(code, on=on))
    )


def _version(code: str, version: str) -> Procedure | None:
    if not version:
        return None
    return Procedure.objects.filter(code=code, content__startswith=version).order_by("-pk").first()


def find_services(text: str, limit: int = 20, *, on: date) -> Sequence[Service]:
    """Return services in force on a day whose name or code fits, best first."""
    return [service_of(row) for row in search_procedures(text, on=on, limit=limit)]


def list_services(*, on: date, after: str = "", limit: int = 50, complete: bool | None = None) -> Sequence[Service]:
    """Return the services in force on a day by code, those after a code. One statement."""
    rows = in_force(on).filter(code__gt=after)
    if complete is not None:
        rows = rows.filter(complete=complete)
    return [service_of(row) for row in rows.order_by("code")[:limit]]


def service_of(procedure: Procedure) -> Service:
    """Return the service that a version of a procedure is: the national facts with what the province added."""
    facts, local = procedure.facts, procedure.local
    rule = local.get("agency", {})
    return Service(
        code=procedure.code,
        name=procedure.name,
        name_en=procedure.name_en,
        field=procedure.field,
        field_en=local.get("field_en", ""),
        level=rule.get("level", ""),
        agency_rule=AgencyRule(
            level=rule.get("level", ""),
            kind=rule.get("kind", ""),
            agency=rule.get("code", ""),
            roles=dict(rule.get("roles", {})),
        ),
        ways=tuple(_ways(local.get("ways") or facts.get("ways", []))),
        cases=tuple(
            ServiceCase(case["code"], case["name"], case.get("name_en", ""), case.get("condition", ""))
            for case in local.get("cases", [])
        ),
        components=tuple(_components(local["components"]))
        if "components" in local
        else tuple(national_components(facts)),
        results=tuple(
            ResultType(
                row.get("code", ""),
                row["name"],
                row.get("name_en", ""),
                bool(row.get("paper", False)),
                int(row.get("valid_months", 0)),
            )
            for row in local.get("results") or facts.get("results", [])
        ),
        legal=tuple(
            LegalBasis(row.get("number", ""), row.get("name", ""))
            for row in local.get("legal") or facts.get("legal", [])
        ),
        form_code=local.get("form", ""),
        flow_code=local.get("flow", ""),
        fee_rule=dict(local.get("fee", {})),
        result_template=local.get("result_template", ""),
        result_mark=local.get("result_mark", ""),
        parts=parts_of(local),
        hand_over=local.get("linked", {}).get("hand_over", "together"),
        online=OnlineLevel(procedure.online),
        offline=local.get("offline", {}).get("text", ""),
        offline_en=local.get("offline", {}).get("text_en", ""),
        central=Central(**local["central"]) if "central" in local else None,
        complete=procedure.complete,
        description=local.get("about", ""),
        version=procedure.content[:VERSION],
        valid_from=procedure.valid_from,
        valid_to=procedure.valid_to,
    )


def parts_of(local: dict[str, Any]) -> tuple[Part, ...]:
    """Return who takes part in a linked procedure, the lead first; nobody where one agency settles it."""
    linked = local.get("linked")
    if not linked:
        return ()
    lead = _part({"key": LEAD, "position": 0, **linked["lead"]}, LEAD)
    return (lead, *(_part({"position": 1, **row}, "participant") for row in linked["parts"]))


def _part(row: dict[str, Any], role: str) -> Part:
    result = row.get("result")
    return Part(
        key=row["key"],
        role=role,
        task=row["task"],
        task_en=row["task_en"],
        limit_amount=Decimal(str(row["amount"])),
        limit_unit=row["unit"],
        law=row.get("law", ""),
        verified=row.get("verified", False),
        position=row["position"],
        procedure=row.get("procedure", ""),
        result=ResultType(result.get("code", ""), result["name"], result["name_en"]) if result else None,
        result_mark=row.get("result_mark", ""),
        result_template=row.get("result_template", ""),
        reads=tuple(row.get("reads", ())),
        fee_rule=dict(row.get("fee", {})),
    )


def _ways(rows: list[dict[str, Any]]) -> list[Way]:
    return [
        Way(
            way=WayKind(row["way"]),
            limit_amount=Decimal(str(row["amount"])) if row.get("amount") is not None else None,
            limit_unit=row.get("unit") or "unspecified",
            fee_text=row.get("fee", ""),
            note=row.get("note", ""),
            case=row.get("case", ""),
        )
        for row in rows
        if row.get("way") in set(WayKind)
    ]


def _components(rows: list[dict[str, Any]]) -> list[Component]:
    return [
        Component(
            code=row["code"],
            name=row["name"],
            name_en=row.get("name_en", ""),
            note=row.get("note", ""),
            note_en=row.get("note_en", ""),
            originals=row.get("originals", 0),
            copies=row.get("copies", 0),
            required=row.get("required", True),
            case=row.get("case", ""),
            form_file=row.get("form_file", ""),
            group_heading=row.get("group", ""),
            satisfied_by=tuple(row.get("satisfied_by", ())),
            shows=tuple(Shown(shown["pointer"], shown["kind"]) for shown in row.get("shows", ())),
        )
        for row in rows
    ]


def national_components(facts: Mapping[str, Any]) -> list[Component]:
    """Return the papers of the national record; a row of 0 originals and 0 copies is a heading or an alternative."""
    found: list[Component] = []
    for number, case in enumerate(facts.get("cases", []), start=1):
        heading = case.get("name", "")
        for place, row in enumerate(case.get("components", []), start=1):
            if not row.get("originals") and not row.get("copies"):
                heading = row["name"] if len(row["name"]) < HEADING_LIMIT else heading
                continue
            found.append(
                Component(
                    code=f"{number}.{place}",
                    name=row["name"].lstrip("-+ "),
                    originals=row.get("originals", 0),
                    copies=row.get("copies", 0),
                    required=False,
                    form_file=", ".join(row.get("form_files", [])),
                    group_heading=heading,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class FieldCount:
    """A field and how many procedures it has."""

    slug: str
    name: str
    count: int
    name_en: str = ""


def list_fields(on: date) -> list[FieldCount]:
    """Return the fields in use, by name."""
    rows = in_force(on).values("field_slug", "field").annotate(count=Count("pk")).order_by("field")
    english = fields_in_english(on)
    return [
        FieldCount(row["field_slug"], row["field"], row["count"], english.get(row["field_slug"], "")) for row in rows
    ]


def fields_in_english(on: date) -> dict[str, str]:
    """Return the English names of fields by slug, as far as a procedure of the pack gives one."""
    rows = in_force(on).filter(local__field_en__isnull=False).order_by("-code")
    return dict(rows.values_list("field_slug", "local__field_en"))


def list_life_events(audience: str = "") -> list[LifeEvent]:
    """Return the life events in the order of the pack."""
    rows = LifeEvent.objects.order_by("order", "code")
    return list(rows.filter(audience=audience) if audience else rows)


def get_life_event(code: str) -> LifeEvent:
    """Return one life event. Raises NotFound."""
    found = LifeEvent.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def procedures_of_event(event: LifeEvent, on: date) -> list[Procedure]:
    """Return the procedures of a life event: those it names in its order, then its fields."""
    named = {row.code: row for row in in_force(on).filter(code__in=event.procedures)}
    first = [named[code] for code in event.procedures if code in named]
    rest = in_force(on).filter(field_slug__in=event.fields).exclude(code__in=list(named)).order_by("-complete", "name")
    return [*first, *rest[:60]]


def list_popular(on: date, limit: int = 6) -> list[Procedure]:
    """Return the most used procedures."""
    return list(in_force(on).filter(popular__gt=0).order_by("popular", "name")[:limit])


def count_procedures(on: date) -> int:
    """Count what is in force; kept for ten minutes."""
    return int(cache.get_or_set(f"catalogue.count.{on}", lambda: in_force(on).count(), 600) or 0)
