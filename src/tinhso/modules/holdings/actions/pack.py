"""`registers.yaml` of a province pack: registers of others that may be asked for what would be asked as a paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.rows import upsert
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Change, Fault, Pack, Unreadable, check_schema
from tinhso.modules.holdings.models import OutsideRegister

FILE = "registers.yaml"
_TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
_TEXTS = {
    "type": "object",
    "required": ["vi", "en"],
    "properties": {"vi": _TEXT, "en": _TEXT},
    "additionalProperties": False,
}
_REGISTER: dict[str, Any] = {
    "code": {"type": "string", "pattern": "^[a-z0-9-]{1,25}$"},
    "name": _TEXTS,
    "keeper": _TEXTS,
    "service": {"type": "string", "pattern": "^[^/ ]+(/[^/ ]+){4}$", "maxLength": 200},
    "answers": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1, "maxLength": 40}},
    "days": {"type": "integer", "minimum": 1, "maximum": 366},
    "law": _TEXT,
    "verified": {"type": "boolean"},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["registers"],
    "additionalProperties": False,
    "properties": {
        "valid_from": {},
        "registers": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name", "keeper", "service", "answers", "days", "law"],
                "properties": _REGISTER,
                "additionalProperties": False,
            },
        },
    },
}


class RegistersPart:
    """Checks and loads the registers of a pack."""

    files = (FILE,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what keeps them from being right: their form, and a code that is there twice."""
        if not pack.has(FILE):
            return []
        try:
            document = pack.yaml(FILE)
        except Unreadable:
            return []
        if faults := list(check_schema(document, SCHEMA)):
            return faults
        seen: set[str] = set()
        found = []
        for place, row in enumerate(document.data["registers"]):
            if row["code"] in seen:
                found.append(
                    document.fault(f"/registers/{place}/code", _("There is a register with this code already."))
                )
            seen.add(row["code"])
        return found

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which registers would be added, changed, or asked no more; a pack without the file leaves them."""
        if not pack.has(FILE):
            return
        known, rows = OutsideRegister.objects.in_bulk(), _rows(pack)
        for row in rows:
            if row["code"] not in known:
                yield Change("registers", "add", "register", row["code"])
            elif fields := [name for name in row if getattr(known[row["code"]], name) != row[name]]:
                yield Change("registers", "replace", "register", row["code"], ", ".join(fields))
        codes = {row["code"] for row in rows}
        for code, register in known.items():
            if code not in codes and register.is_active:
                yield Change("registers", "replace", "register", str(code), "is_active")

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Take the registers when any has changed."""
        if list(self.plan(pack)):
            load_registers(_rows(pack), actor=actor, at=at)


@act
def load_registers(rows: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> None:
    """Take the registers of the pack; one that is gone from it is asked no more, and what it said stands until its day."""
    require(by_system, actor)
    upsert([OutsideRegister(**row) for row in rows])
    OutsideRegister.objects.exclude(pk__in=[row["code"] for row in rows]).update(is_active=False)
    record("holdings.registers_loaded", ("pack", "registers"), actor=actor, at=at, registers=len(rows))


def _rows(pack: Pack) -> list[dict[str, Any]]:
    """Return the registers of the file as they are kept."""
    return [
        {
            "code": row["code"],
            "name": row["name"]["vi"],
            "name_en": row["name"]["en"],
            "keeper": row["keeper"]["vi"],
            "keeper_en": row["keeper"]["en"],
            "service": row["service"],
            "answers": [one.upper() for one in row["answers"]],
            "days": row["days"],
            "law": row["law"],
            "verified": bool(row.get("verified", False)),
            "is_active": True,
        }
        for row in pack.yaml(FILE).data["registers"]
    ]
