"""The part `regimes` of a province pack: reporting regimes with their forms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Change, Document, Fault, Pack, Unreadable, check_schema
from tinhso.modules.reporting import access, events
from tinhso.modules.reporting.models import Frequency, Regime
from tinhso.modules.reporting.queries.grids import HERE, MOST_CELLS, Unfit, named_in

FILES = "regimes/*.yaml"
INDICATORS = "indicators/*.yaml"
_TEXT = {"type": "string", "minLength": 1}
_BOTH = {
    "type": "object",
    "required": ["vi", "en"],
    "additionalProperties": False,
    "properties": {"vi": _TEXT, "en": _TEXT},
}
_CODE = {"type": "string", "pattern": r"^[a-z][a-z0-9-]{1,38}$", "description": "small letters, digits and dashes"}
_NAME = {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,38}$", "description": "small letters, digits and low lines"}
_DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "2026-01-01"}
_ROW = {
    "type": "object",
    "required": ["code", "name"],
    "additionalProperties": False,
    "properties": {
        "code": _NAME,
        "name": _BOTH,
        "unit": _BOTH,
        "required": {"type": "boolean"},
        "prefill": {"type": "object", "additionalProperties": _TEXT},
    },
}
_COLUMN = {
    "type": "object",
    "required": ["code", "name"],
    "additionalProperties": False,
    "properties": {
        "code": _NAME,
        "name": _BOTH,
        "kind": {"enum": ["number", "text"]},
        "decimals": {"type": "integer", "minimum": 0, "maximum": 6},
        "rule": {"enum": ["sum", "mean", "most", "least", "none"]},
        "formula": _TEXT,
        "least": {"type": "number"},
        "most": {"type": "number"},
    },
}
_CHECK = {
    "type": "object",
    "required": ["rule", "text"],
    "additionalProperties": False,
    "properties": {"rule": _TEXT, "text": _BOTH, "level": {"enum": ["error", "warning"]}},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name", "law", "frequency", "levels", "working_days", "first", "rows", "columns"],
    "additionalProperties": False,
    "properties": {
        "code": _CODE,
        "name": _BOTH,
        "law": _TEXT,
        "frequency": {"enum": list(Frequency.values)},
        "levels": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT},
        "kinds": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT},
        "working_days": {"type": "integer", "minimum": 0, "maximum": 60},
        "first": _DAY,
        "last": _DAY,
        "rows": {"type": "array", "minItems": 1, "maxItems": 500, "items": _ROW},
        "columns": {"type": "array", "minItems": 1, "maxItems": 30, "items": _COLUMN},
        "checks": {"type": "array", "maxItems": 200, "items": _CHECK},
    },
}
TWICE = _("“{code}” is here twice.")
NO_CELL = _("There is no cell “{cell}” in this form.")
NO_FORMULA = _("This is no formula: {problem}")
NO_INDICATOR = _("There is no indicator “{code}”.")
TOO_MANY = _("The form has {count} cells; at most {most} are let in.")
OWN_FORMULA = _("A column with a formula is not prefilled: it is reckoned.")


class RegimesPart:
    """Checks and loads the reporting regimes of a pack. One that the pack has no more is asked for no more; what was reported stays."""

    files = (FILES,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong: the form of a file, a code twice, a formula over a cell that is not there, an indicator nobody defined."""
        known, codes = _defined(pack), set()
        for document in _documents(pack):
            faults = list(check_schema(document, SCHEMA))
            yield from faults
            if faults:
                continue
            if document.data["code"] in codes:
                yield document.fault("/code", TWICE, code=document.data["code"])
            codes.add(document.data["code"])
            yield from _check_grid(document, known)

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which regimes would be added, changed or ended."""
        standing = {row.code: row for row in Regime.objects.all()}
        wanted = _wanted(pack)
        for code, row in wanted.items():
            old = standing.get(code)
            if old is None:
                yield Change("regimes", "add", "regime", code)
            elif old.content != row.content or not old.is_active:
                yield Change("regimes", "replace", "regime", code)
        for code, old in standing.items():
            if code not in wanted and old.is_active:
                yield Change("regimes", "end", "regime", code)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Take those that have changed."""
        if list(self.plan(pack)):
            load_regimes(_wanted(pack), actor=actor, at=at)


@act
def load_regimes(wanted: Mapping[str, Regime], *, actor: Actor, at: datetime) -> None:
    """Keep the regimes of a pack; those it has no more are asked for no more."""
    require(access.can_load_regimes, actor)
    standing = {row.code: row for row in Regime.objects.select_for_update()}
    changed = []
    for code, row in wanted.items():
        old = standing.get(code)
        if old is not None and old.content == row.content and old.is_active:
            continue
        row.changed_at = at
        row.save()
        changed.append(code)
    gone = [code for code, row in standing.items() if code not in wanted and row.is_active]
    Regime.objects.filter(pk__in=gone).update(is_active=False)
    record(events.LOADED.key, ("regimes", "pack"), actor=actor, at=at, changed=changed, ended=gone)


def _documents(pack: Pack) -> Iterator[Document]:
    for name in pack.files(FILES):
        try:
            yield pack.yaml(name)
        except Unreadable:
            continue


def _defined(pack: Pack) -> set[str]:
    """Return the codes of the indicators that the pack defines; what is wrong with them is told by their own part."""
    found: set[str] = set()
    for name in pack.files(INDICATORS):
        try:
            rows = pack.yaml(name).data.get("indicators", ())
        except (Unreadable, AttributeError):
            continue
        found |= {str(row.get("code", "")) for row in rows if isinstance(row, Mapping)}
    return found


def _check_grid(document: Document, known: set[str]) -> Iterator[Fault]:
    data = document.data
    rows, columns = [each["code"] for each in data["rows"]], [each["code"] for each in data["columns"]]
    if len(rows) * len(columns) > MOST_CELLS:
        yield document.fault("/rows", TOO_MANY, count=len(rows) * len(columns), most=MOST_CELLS)
    yield from _check_twice(document, "rows", rows)
    yield from _check_twice(document, "columns", columns)
    for place, each in enumerate(data["columns"]):
        if "formula" in each:
            yield from _check_formula(document, f"/columns/{place}/formula", each["formula"], ([*rows, HERE], columns))
    for place, each in enumerate(data.get("checks", ())):
        yield from _check_formula(document, f"/checks/{place}/rule", each["rule"], (rows, columns))
    yield from _check_prefill(document, columns, known)


def _check_twice(document: Document, name: str, codes: list[str]) -> Iterator[Fault]:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield document.fault(f"/{name}/{place}/code", TWICE, code=code)


def _check_prefill(document: Document, columns: list[str], known: set[str]) -> Iterator[Fault]:
    formulas = {each["code"] for each in document.data["columns"] if "formula" in each}
    for place, each in enumerate(document.data["rows"]):
        for column, code in each.get("prefill", {}).items():
            pointer = f"/rows/{place}/prefill/{column}"
            if column not in columns:
                yield document.fault(pointer, NO_CELL, cell=f"{each['code']}.{column}")
            elif column in formulas:
                yield document.fault(pointer, OWN_FORMULA)
            if code not in known:
                yield document.fault(pointer, NO_INDICATOR, code=code)


def _check_formula(document: Document, pointer: str, text: str, names: tuple[list[str], list[str]]) -> Iterator[Fault]:
    try:
        named = named_in(text)
    except Unfit as no:
        yield document.fault(pointer, NO_FORMULA, problem=str(no)[:200])
        return
    for row, column in named:
        if row not in names[0] or column not in names[1]:
            yield document.fault(pointer, NO_CELL, cell=f"{row}.{column}")


def _wanted(pack: Pack) -> dict[str, Regime]:
    return {row.code: row for row in (_row(document.data) for document in _documents(pack))}


def _row(data: Mapping[str, Any]) -> Regime:
    content = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return Regime(
        code=data["code"],
        name=data["name"]["vi"],
        name_en=data["name"]["en"],
        law=data["law"],
        frequency=data["frequency"],
        levels=list(data["levels"]),
        kinds=list(data.get("kinds", ["committee"])),
        working_days=data["working_days"],
        first=date.fromisoformat(str(data["first"])),
        last=date.fromisoformat(str(data["last"])) if "last" in data else None,
        grid={name: data[name] for name in ("rows", "columns", "checks") if name in data},
        content=hashlib.sha256(content.encode()).hexdigest(),
    )
