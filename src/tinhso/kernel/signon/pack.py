"""`systems.yaml` of a province pack: the systems that people sign in to. Secrets are never in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.kernel.organisation.pack import Change, Fault, Pack, Unreadable, check_schema
from tinhso.kernel.signon.actions.systems import FIELDS, find_faults, register_system
from tinhso.kernel.signon.models import ProofMethod, System
from tinhso.kernel.signon.scopes import SCOPES

FILE = "systems.yaml"
_TEXT, _TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["systems"],
    "additionalProperties": False,
    "properties": {
        "systems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name", "name_en", "redirect_uris"],
                "additionalProperties": False,
                "properties": {
                    "id": _TEXT,
                    "name": _TEXT,
                    "name_en": _TEXT,
                    "logo": _TEXT,
                    "is_own": {"type": "boolean"},
                    "proof": {"enum": list(ProofMethod.values)},
                    "redirect_uris": _TEXTS,
                    "post_logout_uris": _TEXTS,
                    "backchannel_uri": _TEXT,
                    "scopes": {"type": "array", "items": {"enum": list(SCOPES)}},
                },
            },
        }
    },
}


class SystemsPart:
    """Checks and loads the systems of a pack; one that is gone from the pack, or was closed, is left so."""

    files = (FILE,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what keeps a registration from being right."""
        if not pack.has(FILE):
            return []
        try:
            document = pack.yaml(FILE)
        except Unreadable:
            return []
        if faults := check_schema(document, SCHEMA):
            return faults
        return [
            document.fault(f"/systems/{number}{fault.pointer}", fault.text)
            for number, row in enumerate(document.data["systems"])
            for fault in find_faults(row["id"], _whole(row))
        ]

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which registrations would be added or changed."""
        for row in _rows(pack):
            known, given = System.objects.filter(pk=row["id"]).first(), _whole(row)
            if known is None:
                yield Change("systems", "add", "system", row["id"])
            elif fields := [field for field in FIELDS if getattr(known, field) != given[field]]:
                yield Change("systems", "replace", "system", row["id"], ", ".join(fields))

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Register what is new or has changed."""
        changed = {change.key for change in self.plan(pack)}
        for row in _rows(pack):
            if row["id"] in changed:
                register_system(row["id"], **_whole(row), actor=actor, at=at)


def _rows(pack: Pack) -> list[dict[str, Any]]:
    return list(pack.yaml(FILE).data["systems"]) if pack.has(FILE) else []


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    """Return a registration with what it does not say filled in, as it is kept."""
    empty: dict[str, Any] = {
        "logo": "", "is_own": False, "proof": str(ProofMethod.BASIC), "post_logout_uris": [], "backchannel_uri": "",
        "scopes": [],
    }  # fmt: skip
    given = {**empty, **row}
    given["scopes"] = sorted({"openid", *given["scopes"]})
    for field in ("redirect_uris", "post_logout_uris"):
        given[field] = sorted(set(given[field]))
    return {field: given[field] for field in FIELDS}
