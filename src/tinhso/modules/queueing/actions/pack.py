"""`queues.yaml` of a province pack: the lines of its desks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.pack import Change, Fault, Pack, Unreadable, check_schema
from tinhso.kernel.organisation.public import find_agency
from tinhso.modules.queueing.actions.days import load_lines
from tinhso.modules.queueing.models import Line

FILE = "queues.yaml"
_TEXT, _TEXTS = {"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}}
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 480}
_RULES: dict[str, Any] = {
    "slot_minutes": _NUMBER,
    "early_minutes": {"type": "integer", "minimum": 0, "maximum": 480},
    "days_ahead": {"type": "integer", "minimum": 0, "maximum": 60},
    "calls": {"type": "integer", "minimum": 1, "maximum": 9},
    "return_minutes": _NUMBER,
    "priority_minutes": _NUMBER,
    "appointment_minutes": _NUMBER,
}
_LINE: dict[str, Any] = {
    "desk": _TEXT,
    "code": {"type": "string", "pattern": "^[a-z0-9-]{1,39}$"},
    "letter": {"type": "string", "pattern": "^[A-Z]{1,2}$"},
    "name": {
        "type": "object",
        "required": ["vi", "en"],
        "properties": {"vi": _TEXT, "en": _TEXT},
        "additionalProperties": False,
    },
    "windows": {**_TEXTS, "minItems": 1},
    "procedures": _TEXTS,
    "minutes": _NUMBER,
    "per_slot": {"type": "integer", "minimum": 0, "maximum": 100},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["lines"],
    "additionalProperties": False,
    "properties": {
        "valid_from": {},
        "verified": {"type": "boolean"},
        "rules": {"type": "object", "properties": _RULES, "additionalProperties": False},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["desk", "code", "letter", "name", "windows", "minutes"],
                "properties": _LINE,
                "additionalProperties": False,
            },
        },
    },
}


class QueuesPart:
    """Checks and loads the lines of a pack."""

    files = (FILE,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what keeps the lines from being right: their form, and letters that a desk has twice."""
        if not pack.has(FILE):
            return []
        try:
            document = pack.yaml(FILE)
        except Unreadable:
            return []
        if faults := list(check_schema(document, SCHEMA)):
            return faults
        seen: set[tuple[str, str]] = set()
        found = []
        for place, row in enumerate(document.data["lines"]):
            for name in ("code", "letter"):
                if (row["desk"], f"{name}:{row[name]}") in seen:
                    found.append(document.fault(f"/lines/{place}/{name}", _("The desk has this one already.")))
                seen.add((row["desk"], f"{name}:{row[name]}"))
        return found

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which lines would be added or changed."""
        known = Line.objects.in_bulk()
        for row in _rows(pack):
            if row["id"] not in known:
                yield Change("queues", "add", "line", row["id"])
            elif fields := [
                name
                for name in row
                if not name.startswith(("desk_n", "agency")) and getattr(known[row["id"]], name) != row[name]
            ]:
                yield Change("queues", "replace", "line", row["id"], ", ".join(fields))

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Take the lines when any has changed."""
        if list(self.plan(pack)):
            rows = _rows(pack)
            for row in rows:
                desk = find_agency(row["desk_code"], on=pack.today)
                row["agency_code"] = (desk.parent_code if desk else "") or row["desk_code"]
                row["desk_name"] = desk.name if desk else row["desk_code"]
                row["desk_name_en"] = (desk.name_en if desk else "") or row["desk_name"]
            load_lines(rows, is_early=_is_early(pack), actor=actor, at=at)


def _is_early(pack: Pack) -> bool:
    """Tell whether a reform is loaded before its day: its lines begin when its desks do (`actions.reform`)."""
    return pack.reform is not None and pack.cut > civil_date(pack.at)


def _rows(pack: Pack) -> list[dict[str, Any]]:
    """Return the lines of the file as they are kept."""
    if not pack.has(FILE):
        return []
    data = pack.yaml(FILE).data
    return [
        {
            "id": f"{row['desk']}:{row['code']}",
            "desk_code": row["desk"],
            "code": row["code"],
            "letter": row["letter"],
            "name": row["name"]["vi"],
            "name_en": row["name"]["en"],
            "windows": list(row["windows"]),
            "procedures": list(row.get("procedures", [])),
            "minutes": row["minutes"],
            "per_slot": row.get("per_slot", 0),
            "is_active": not _is_early(pack),
            **data.get("rules", {}),
        }
        for row in data["lines"]
    ]
