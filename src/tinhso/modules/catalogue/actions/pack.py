"""The part "procedures" of a province pack: national facts, what the province adds, life events, synonyms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.text import fold
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Change, Fault, Pack
from tinhso.modules.catalogue import access
from tinhso.modules.catalogue.actions.checks import can_be_counted, check_procedures
from tinhso.modules.catalogue.actions.files import (
    EVENTS_FILE,
    FACTS,
    LOCAL_FILES,
    SYNONYMS_FILE,
    local_files,
    read_facts,
)
from tinhso.modules.catalogue.actions.national import levels_text, slug, subjects_text
from tinhso.modules.catalogue.actions.versions import carry_out, compare, overwriting
from tinhso.modules.catalogue.models import LifeEvent, Origin, Procedure, Synonym
from tinhso.modules.catalogue.queries.written.standing import ALWAYS


class ProcedurePart:
    """Loader of `procedures/`. A changed procedure ends the old version the day before and opens a new one."""

    patterns = (FACTS, LOCAL_FILES)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return every fault of the files; of a sound pack also what would overwrite work of the designer, or leave it alone."""
        faults = list(check_procedures(pack))
        return faults or [*_overwriting(pack), *_left_alone(pack)]

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return what would change against what is loaded, and from when."""
        yield from compare(_wanted(pack), pack.today).changes
        if _lists(pack) != _standing_lists():
            yield Change("procedures", "replace", "list", "life-events, synonyms")

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Write the versions, the lists and the search table, in bulk."""
        require(access.can_load, actor)
        steps = compare(_wanted(pack), pack.today)
        forget([row.pk for row in steps.dropped])
        index(carry_out(steps))
        if _lists(pack) != _standing_lists():
            _write_lists(pack)
        record(
            "catalogue.procedures_loaded",
            ("pack", pack.name),
            actor=actor,
            at=at,
            changed=len(steps.opened),
            ended=len(steps.ended),
        )


WRITTEN_HERE = _(
    "Procedure {code} was written in the designer, and this file brings another text than the pack did before. Nothing is "
    "overwritten: write the change in the designer too, or put the designer’s file in its place."
)
LEFT_ALONE = _(
    "Procedure {code}, written in the designer, needs {what} {name}, which is not in the pack. Keep it there."
)


def _overwriting(pack: Pack) -> Iterator[Fault]:
    files = {pack.yaml(name).data["code"]: name for name in local_files(pack)}
    for code in overwriting(_wanted(pack)):
        document = pack.yaml(files[code]) if code in files else None
        if document is not None:
            yield document.fault("/code", WRITTEN_HERE, code=code)


def _left_alone(pack: Pack) -> Iterator[Fault]:
    """Return what procedures written in the designer lean on, and the pack would end."""
    ours = Procedure.objects.filter(origin=Origin.PAGE, valid_to__isnull=True).values_list("code", "local")
    for code, local in ours:
        for key, what in (("form", pgettext_lazy("needs", "the form")), ("flow", pgettext_lazy("needs", "the flow"))):
            held, name = pack.shared.get(f"{key}s"), local.get(key, "")
            if name and held is not None and name not in held:
                yield Fault("procedures", 1, LEFT_ALONE, {"code": code, "what": what, "name": name})


def _wanted(pack: Pack) -> dict[str, Procedure]:
    facts, _faults = read_facts(pack)
    local = {pack.yaml(name).data["code"]: pack.yaml(name).data for name in local_files(pack)}
    found: dict[str, Procedure] = {}
    for code in sorted({*facts, *local}):
        found[code] = row_of(code, facts.get(code, {}), local.get(code, {}))
    return found


def row_of(code: str, facts: Mapping[str, Any], local: Mapping[str, Any]) -> Procedure:
    """Return the row of a procedure from its national record and its local file, not yet written."""
    name, field = local.get("name") or facts["name"], local.get("field") or facts.get("field", "")
    content = hashlib.sha256(json.dumps([facts, local], sort_keys=True, ensure_ascii=False, default=str).encode())
    rule = local.get("agency", {})
    levels = f" {rule['level']} " if rule.get("level") else levels_text(dict(facts))
    return Procedure(
        code=code,
        national_code=".".join(code.split(".")[:2]),
        name=name,
        name_en=local.get("name_en", ""),
        field=field,
        field_slug=slug(field),
        levels=levels,
        subjects=subjects_text({**facts, **local}),
        online=local.get("online", "none"),
        complete=is_complete(local, facts),
        popular=local.get("popular", 0),
        facts=dict(facts),
        local=json.loads(json.dumps(local, default=str)),
        content=content.hexdigest(),
        valid_from=date.fromisoformat(local["valid_from"]) if "valid_from" in local else ALWAYS,
    )


def is_complete(local: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether it can run here: an agency, a flow, and for every way a time limit that can be counted."""
    ways = local.get("ways") or facts.get("ways", [])
    timed = ways and all(can_be_counted(way) for way in ways)
    return bool(local.get("agency") and local.get("flow") and timed)


def _lists(pack: Pack) -> tuple[Any, Any]:
    events = pack.yaml(EVENTS_FILE).data if pack.has(EVENTS_FILE) else []
    synonyms = pack.yaml(SYNONYMS_FILE).data if pack.has(SYNONYMS_FILE) else {}
    shaped = [
        {"hint": "", "hint_en": "", "audience": "people", "procedures": [], "fields": [], **event, "order": place}
        for place, event in enumerate(events)
    ]
    return shaped, {fold(said): [fold(words) for words in meant] for said, meant in synonyms.items()}


def _standing_lists() -> tuple[Any, Any]:
    names = [field.name for field in LifeEvent._meta.fields]  # noqa: SLF001 - Django's own public way
    events = [dict(zip(names, row, strict=True)) for row in LifeEvent.objects.order_by("order").values_list(*names)]
    return events, dict(Synonym.objects.values_list("said", "meant"))


def _write_lists(pack: Pack) -> None:
    events, synonyms = _lists(pack)
    LifeEvent.objects.all().delete()
    LifeEvent.objects.bulk_create(LifeEvent(**event) for event in events)
    Synonym.objects.all().delete()
    Synonym.objects.bulk_create(Synonym(said=said, meant=meant) for said, meant in synonyms.items())


def index(procedures: Iterable[Procedure]) -> None:
    """Enter versions into the search table: title; other names; field, papers and results."""
    rows = [(row.pk, fold(f"{row.name} {row.code}"), fold(_words(row)), fold(_body(row))) for row in procedures]
    statement = (
        "INSERT INTO catalogue_search (id, document) VALUES (%s, setweight(to_tsvector('simple', %s), 'A') ||"
        " setweight(to_tsvector('simple', %s), 'B') || setweight(to_tsvector('simple', %s), 'D'))"
        if connection.vendor == "postgresql"
        else "INSERT INTO catalogue_search (rowid, title, words, body) VALUES (%s, %s, %s, %s)"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _words(row: Procedure) -> str:
    return " ".join([row.name_en, *row.local.get("keywords", []), row.field])


def _body(row: Procedure) -> str:
    papers = [part["name"] for case in row.facts.get("cases", []) for part in case.get("components", [])]
    results = [part["name"] for part in row.facts.get("results", [])]
    return " ".join([*results, *papers])[:6000]


def forget(keys: list[int]) -> None:
    """Take versions out of the search table."""
    if keys:
        column = "id" if connection.vendor == "postgresql" else "rowid"
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM catalogue_search WHERE {column} = %s", [(key,) for key in keys])  # noqa: S608
