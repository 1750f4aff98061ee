"""`indicators/*.yaml` of a province pack: what is measured, of whom, how often, and how it is reckoned from which day on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.kernel.indicators.actions.defining import dated, define
from tinhso.kernel.indicators.actions.saying import Said, news, take_said
from tinhso.kernel.indicators.formulas import Formula as ReadFormula
from tinhso.kernel.indicators.formulas import Unfit, order, read_formula, unit_fault, unknown_in
from tinhso.kernel.indicators.measures import names
from tinhso.kernel.indicators.models import Direction, Formula, Frequency, Indicator, Rule
from tinhso.kernel.organisation.pack import Change, Document, Fault, Pack, Unreadable, check_schema
from tinhso.kernel.organisation.public import Level
from tinhso.law.periods import read_period

FILES = "indicators/*.yaml"
ALWAYS = date(2000, 1, 1)
"""First day of a formula that a pack gives none: for as long as anything here goes back."""
_TEXT = {"type": "string", "minLength": 1}
_BOTH = {
    "type": "object",
    "required": ["vi", "en"],
    "additionalProperties": False,
    "properties": {"vi": _TEXT, "en": _TEXT},
}
_CODE = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", "maxLength": 60}
_INDICATOR: dict[str, Any] = {
    "code": _CODE,
    "name": _BOTH,
    "unit": {"anyOf": [_BOTH, {"const": "%"}, {"const": ""}]},
    "decimals": {"type": "integer", "minimum": 0, "maximum": 6},
    "direction": {"enum": Direction.values},
    "frequency": {"enum": Frequency.values},
    "levels": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": Level.values}},
    "owner": _TEXT,
    "field": _TEXT,
    "definition": _BOTH,
    "source": _TEXT,
    "verified": {"type": "boolean"},
    "over_units": {"enum": Rule.values},
    "over_time": {"enum": Rule.values},
    "weight": _CODE,
    "query": _TEXT,
    "formulas": {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {"text": _TEXT, "from": {}, "source": _TEXT},
        },
    },
}
_SAID: dict[str, Any] = {
    "type": "object",
    "required": ["indicator", "unit", "period", "value", "source"],
    "additionalProperties": False,
    "properties": {
        "indicator": _CODE,
        "unit": _TEXT,
        "period": {"type": ["string", "integer"]},
        "value": {"type": "number"},
        "tolerance": {"type": "number", "minimum": 0, "maximum": 1, "description": "a share of the target"},
        "source": _TEXT,
        "sentence": _TEXT,
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["indicators"],
    "additionalProperties": False,
    "properties": {
        "indicators": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name", "frequency", "levels"],
                "additionalProperties": False,
                "properties": _INDICATOR,
            },
        },
        "targets": {"type": "array", "items": _SAID},
        "reported": {"type": "array", "items": _SAID},
    },
}
TWICE = _("The indicator “{code}” is defined already, in {file}.")
NO_WEIGHT = _("A weighted mean needs `weight`: the code of the indicator that weighs it.")
NOT_LENT = _("Nothing counts “{query}”. Counted are: {known}.")
NO_PERIOD = _("“{period}” is no period of this indicator, which is observed {frequency}.")
NO_SUCH = _("There is no indicator “{code}”.")


class IndicatorsPart:
    """Checks and loads the indicators of a pack; a pack without any leaves those in force as they are."""

    files = (FILES,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong: the form of a file, a code twice, formulas that are none, that go in circles or mix units."""
        places: dict[str, tuple[Document, str, str]] = {}
        rows: dict[str, Mapping[str, Any]] = {}
        found: list[Fault] = []
        for name, document in self._documents(pack):
            faults = list(check_schema(document, SCHEMA))
            found += faults
            if faults:
                continue
            for place, row in enumerate(document.data["indicators"]):
                code, pointer = row["code"], f"/indicators/{place}"
                if code in rows:
                    found.append(document.fault(f"{pointer}/code", TWICE, code=code, file=places[code][2]))
                    continue
                rows[code], places[code] = row, (document, pointer, name)
        return found or [*_check_formulas(rows, places), *_check_said(self._documents(pack), rows)]

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which indicators and formulas would be added, changed, or measured no more."""
        rows, formulas = self._wanted(pack)
        if not rows:
            return
        known = {row.code: row for row in Indicator.objects.all()}
        for row in rows:
            old = known.get(row["code"])
            if old is None:
                yield Change("indicators", "add", "indicator", row["code"])
            elif fields := [name for name, value in row.items() if getattr(old, name) != value]:
                yield Change("indicators", "replace", "indicator", row["code"], ", ".join(fields))
        codes = {row["code"] for row in rows}
        for code, old in known.items():
            if code not in codes and old.is_active:
                yield Change("indicators", "replace", "indicator", code, "is_active")
        yield from _formulas_changed(formulas)
        new, figures = news(*self._said(pack))
        yield from (Change("indicators", "add", "target", f"{each.code} {each.unit} {each.period}") for each in new)
        yield from (Change("indicators", "add", "figure", f"{each.code} {each.unit} {each.period}") for each in figures)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Take them when any has changed."""
        if list(self.plan(pack)):
            rows, formulas = self._wanted(pack)
            define(rows, formulas, actor=actor, at=at)
            take_said(*self._said(pack), actor=actor, at=at)

    def _documents(self, pack: Pack) -> Iterator[tuple[str, Document]]:
        for name in pack.files(FILES):
            try:
                yield name, pack.yaml(name)
            except Unreadable:
                continue

    def _said(self, pack: Pack) -> tuple[list[Said], list[Said]]:
        """Return what documents promise and report by this pack."""
        promised, reported = (
            [_said_of(row) for _name, document in self._documents(pack) for row in document.data.get(key, ())]
            for key in ("targets", "reported")
        )
        return promised, reported

    def _wanted(self, pack: Pack) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        given = [row for _name, document in self._documents(pack) for row in document.data["indicators"]]
        formulas = [
            (row["code"], _day(each.get("from")), each["text"], each.get("source", ""))
            for row in given
            for each in row.get("formulas", ())
        ]
        return [_row_of(row) for row in given], dated(formulas)


def _said_of(row: Mapping[str, Any]) -> Said:
    return Said(
        row["indicator"], row["unit"], str(row["period"]), Decimal(str(row["value"])), row["source"], row.get("sentence", ""),
        Decimal(str(row.get("tolerance", 0))),
    )  # fmt: skip


def _check_said(documents: Iterable[tuple[str, Document]], rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Fault]:
    """Return what is wrong with promises and reports: a figure that nobody defined, a period that is none of its own."""
    for _name, document in documents:
        for key in ("targets", "reported"):
            for place, said in enumerate(document.data.get(key, ())):
                row, at = rows.get(said["indicator"]), f"/{key}/{place}"
                if row is None:
                    yield document.fault(f"{at}/indicator", NO_SUCH, code=said["indicator"])
                    continue
                try:
                    span = read_period(str(said["period"]))
                except ValueError:
                    span = None
                # a promise may be for longer than it is observed: a share of each month, promised for a year
                if span is None or (key == "reported" and span.kind != row["frequency"]):
                    yield document.fault(f"{at}/period", NO_PERIOD, period=said["period"], frequency=row["frequency"])


def _formulas_changed(formulas: Iterable[Mapping[str, Any]]) -> Iterator[Change]:
    standing = {
        (row.indicator.code, row.valid_from): (row.text, row.source, row.valid_to)
        for row in Formula.objects.standing().select_related("indicator")
    }
    for row in formulas:
        said = (row["text"], row["source"], row["valid_to"])
        before = standing.pop((row["code"], row["valid_from"]), None)
        if before != said:
            yield Change("indicators", "replace" if before else "add", "formula", f"{row['code']} {row['valid_from']}")
    for code, day in standing:
        yield Change("indicators", "end", "formula", f"{code} {day}")


def _day(given: Any) -> date:
    return given if isinstance(given, date) else date.fromisoformat(given) if given else ALWAYS


def _row_of(row: Mapping[str, Any]) -> dict[str, Any]:
    unit = row.get("unit", "")
    words = unit if isinstance(unit, Mapping) else {"vi": unit, "en": unit}
    said = row.get("definition", {"vi": "", "en": ""})
    return {
        "code": row["code"],
        "name": row["name"]["vi"],
        "name_en": row["name"]["en"],
        "unit": words["vi"],
        "unit_en": words["en"],
        "decimals": row.get("decimals", 0),
        "direction": row.get("direction", Direction.UP.value),
        "frequency": row["frequency"],
        "levels": list(row["levels"]),
        "owner": row.get("owner", ""),
        "field": row.get("field", ""),
        "definition": said["vi"],
        "definition_en": said["en"],
        "source": row.get("source", ""),
        "verified": bool(row.get("verified", False)),
        "over_units": row.get("over_units", Rule.SUM.value),
        "over_time": row.get("over_time", Rule.SUM.value),
        "weight": row.get("weight", ""),
        "query": row.get("query", ""),
        "is_active": True,
    }


def _check_names(
    row: Mapping[str, Any],
    rows: Mapping[str, Mapping[str, Any]],
    lent: Collection[str],
    place: tuple[Document, str, str],
) -> Iterator[Fault]:
    """Return what is wrong with the names that an indicator gives: of its weight, of what counts it."""
    document, pointer, _name = place
    if row.get("over_units") == Rule.MEAN and not row.get("weight"):
        yield document.fault(f"{pointer}/over_units", NO_WEIGHT)
    elif row.get("weight") and row["weight"] not in rows:
        yield document.fault(f"{pointer}/weight", NO_SUCH, code=row["weight"])
    if row.get("query") and row["query"] not in lent:
        yield document.fault(f"{pointer}/query", NOT_LENT, query=row["query"], known=", ".join(lent))


def _check_formulas(
    rows: Mapping[str, Mapping[str, Any]], places: Mapping[str, tuple[Document, str, str]]
) -> Iterator[Fault]:
    units = {code: _row_of(row)["unit"] for code, row in rows.items()}
    lent = sorted(names())
    read: dict[date, dict[str, ReadFormula]] = {}
    for code, row in rows.items():
        document, pointer, _name = places[code]
        yield from _check_names(row, rows, lent, places[code])
        for place, each in enumerate(row.get("formulas", ())):
            at = f"{pointer}/formulas/{place}/text"
            try:
                formula = read_formula(each["text"])
            except Unfit as no:
                yield document.fault(at, no.text, **no.facts)
                continue
            wrong = unknown_in(formula, rows)
            if fault := unit_fault(formula, units, units[code]):
                wrong.append(fault)
            for each_fault in wrong:
                yield document.fault(at, each_fault.text, **each_fault.facts)
            read.setdefault(_day(each.get("from")), {})[code] = formula
    standing: dict[str, ReadFormula] = {}
    for day in sorted(read):
        standing |= read[day]
        try:
            order(standing)
        except Unfit as no:
            code = next(iter(read[day]))
            document, pointer, _name = places[code]
            yield document.fault(f"{pointer}/formulas", no.text, **no.facts)
            return
