"""The part "procedures" of a province pack: national facts, what the province adds, life events, synonyms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.registry import registry
from tinhso.base.text import fold
from tinhso.kernel.casework.public import ResultTemplate
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Change, Fault, Pack, check_schema
from tinhso.law.fees import MalformedFeeRule, read_fee_rule
from tinhso.modules.catalogue import access
from tinhso.modules.catalogue.actions.local import LIFE_EVENTS, LOCAL, SYNONYMS
from tinhso.modules.catalogue.actions.national import levels_text, slug, subjects_text
from tinhso.modules.catalogue.models import LifeEvent, Procedure, Synonym

FACTS, LOCAL_FILES = "procedures/facts/*.jsonl", "procedures/*.yaml"
EVENTS_FILE, SYNONYMS_FILE = "procedures/life-events.yaml", "procedures/synonyms.yaml"
BAD_JSON = _("This line is not well-formed JSON: {problem}.")
TWICE = _("Procedure {code} is given twice. Keep one.")
NO_FACTS = _("Procedure {code} has no national facts and no name. Import it, or write its name and field here.")
NO_FORM = _("Form {form} is not in the pack.")
NO_FLOW = _("Flow {flow} is not in the pack.")
NO_TEMPLATE = _("There is no result template {template}. There are: {known}.")
NO_QUESTION = _("Form {form} has no question {path}.")
BAD_FEE = _("The fee rule is wrong: {why}")
UNKNOWN = _("Life event {event} names {code}, which is not in the pack.")


class ProcedurePart:
    """Loader of `procedures/`. A changed procedure ends the old version the day before and opens a new one."""

    patterns = (FACTS, LOCAL_FILES)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return every fault of the files."""
        facts, faults = _read_facts(pack)
        yield from faults
        codes = set(facts)
        for name in _local_files(pack):
            document = pack.yaml(name)
            found = list(check_schema(document, LOCAL))
            yield from found
            if not found:
                codes.add(document.data["code"])
                yield from _check_local(document, facts, pack)
        if pack.has(SYNONYMS_FILE):
            yield from check_schema(pack.yaml(SYNONYMS_FILE), SYNONYMS)
        if pack.has(EVENTS_FILE):
            events = pack.yaml(EVENTS_FILE)
            found = list(check_schema(events, LIFE_EVENTS))
            yield from found
            for index, event in enumerate([] if found else events.data):
                for place, code in enumerate(event.get("procedures", [])):
                    if code not in codes:
                        yield events.fault(f"/{index}/procedures/{place}", UNKNOWN, event=event["code"], code=code)

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return what would change, against what is in force."""
        wanted, standing = _wanted(pack), _standing()
        for code, row in wanted.items():
            if code not in standing:
                yield Change("procedures", "add", "procedure", code, row.name[:80])
            elif standing[code] != row.content:
                yield Change("procedures", "replace", "procedure", code, row.name[:80])
        if _lists(pack) != _standing_lists():
            yield Change("procedures", "replace", "list", "life-events, synonyms")

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Write the versions, the lists and the search table, in bulk."""
        require(access.can_load, actor)
        wanted, standing, today = _wanted(pack), _standing(), civil_date(at)
        changed = [row for code, row in wanted.items() if standing.get(code) != row.content]
        replaced = [row.code for row in changed if row.code in standing]
        old = Procedure.objects.filter(code__in=replaced, valid_to__isnull=True)
        old.filter(valid_from__lt=today).update(valid_to=today - timedelta(days=1))
        _forget(list(old.filter(valid_to__isnull=True).values_list("pk", flat=True)))
        old.filter(valid_to__isnull=True).delete()
        for row in changed:
            row.valid_from = today if row.code in replaced else row.valid_from
        made = Procedure.objects.bulk_create(changed, batch_size=200)
        index(made)
        if _lists(pack) != _standing_lists():
            _write_lists(pack)
        record("catalogue.procedures_loaded", ("pack", pack.name), actor=actor, at=at, changed=len(changed))


def _read_facts(pack: Pack) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
    if "catalogue.facts" in pack.shared:
        return pack.shared["catalogue.facts"]  # type: ignore[no-any-return]
    facts: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for name in pack.files(FACTS):
        for number, line in enumerate(pack.bytes(name).decode().splitlines(), start=1):
            try:
                row = json.loads(line)
                code = row["code"]
            except (ValueError, KeyError, TypeError) as error:
                faults.append(Fault(name, number, BAD_JSON, {"problem": str(error)}))
                continue
            if code in facts:
                faults.append(Fault(name, number, TWICE, {"code": code}))
            facts[code] = row
    pack.shared["catalogue.facts"] = (facts, faults)
    return facts, faults


def _local_files(pack: Pack) -> list[str]:
    return [name for name in pack.files(LOCAL_FILES) if name not in (EVENTS_FILE, SYNONYMS_FILE)]


def _check_local(document: Any, facts: dict[str, Any], pack: Pack) -> Iterator[Fault]:
    local = document.data
    if local["code"] not in facts and not (local.get("name") and local.get("field")):
        yield document.fault("/code", NO_FACTS, code=local["code"])
    forms, flows = pack.shared.get("forms"), pack.shared.get("flows")
    if forms is not None and local.get("form") and local["form"] not in forms:
        yield document.fault("/form", NO_FORM, form=local["form"])
    if flows is not None and local.get("flow") and local["flow"] not in flows:
        yield document.fault("/flow", NO_FLOW, flow=local["flow"])
    known = sorted(template.key for template in registry.of(ResultTemplate))
    wanted = local.get("result_template", "")
    if wanted and wanted.rpartition("/")[2] not in known:
        yield document.fault("/result_template", NO_TEMPLATE, template=wanted, known=", ".join(known))
    if "fee" in local:
        yield from _check_fee(document, local, forms or {})


def _check_fee(document: Any, local: dict[str, Any], forms: Mapping[str, frozenset[str] | None]) -> Iterator[Fault]:
    """Check the rule of the fee and the answers of the form that it counts by."""
    try:
        rule = read_fee_rule(local["fee"])
    except MalformedFeeRule as no:
        yield document.fault(
            f"/fee{no.facts['pointer'].rstrip('/')}", BAD_FEE, why=no.facts["why"].say(gettext, get_language() or "vi")
        )
        return
    paths = forms.get(local.get("form", ""))
    if paths is None:
        return
    asked = {
        f"/fee/items/{n}/{key}": getattr(item, key)
        for n, item in enumerate(rule.items)
        for key in ("quantity", "only_if")
    }
    for pointer, path in {**asked, "/fee/group_answer": rule.group_answer}.items():
        if path and path not in paths:
            yield document.fault(pointer, NO_QUESTION, form=local["form"], path=path)


def _wanted(pack: Pack) -> dict[str, Procedure]:
    facts, _faults = _read_facts(pack)
    local = {pack.yaml(name).data["code"]: pack.yaml(name).data for name in _local_files(pack)}
    found: dict[str, Procedure] = {}
    for code in sorted({*facts, *local}):
        found[code] = _row(code, facts.get(code, {}), local.get(code, {}))
    return found


def _row(code: str, facts: dict[str, Any], local: dict[str, Any]) -> Procedure:
    name, field = local.get("name") or facts["name"], local.get("field") or facts.get("field", "")
    content = hashlib.sha256(json.dumps([facts, local], sort_keys=True, ensure_ascii=False, default=str).encode())
    rule = local.get("agency", {})
    levels = f" {rule['level']} " if rule.get("level") else levels_text(facts)
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
        complete=_is_complete(local, facts),
        popular=local.get("popular", 0),
        facts=facts,
        local=json.loads(json.dumps(local, default=str)),
        content=content.hexdigest(),
        valid_from=datetime.fromisoformat(str(local.get("valid_from", "2000-01-01"))).date(),
    )


def _is_complete(local: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Tell whether it can run here: an agency, a flow, and for every way a time limit whose unit is known."""
    ways = local.get("ways") or facts.get("ways", [])
    timed = ways and all(way.get("amount") is not None and way.get("unit") not in (None, "unspecified") for way in ways)
    return bool(local.get("agency") and local.get("flow") and timed)


def _standing() -> dict[str, str]:
    return dict(Procedure.objects.filter(valid_to__isnull=True).values_list("code", "content"))


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


def _forget(keys: list[int]) -> None:
    if keys:
        column = "id" if connection.vendor == "postgresql" else "rowid"
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM catalogue_search WHERE {column} = %s", [(key,) for key in keys])  # noqa: S608
