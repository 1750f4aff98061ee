"""
Rules of a province pack about personal data.

`retention.yaml`: for how long what is kept, on which text, and what an archive keeps longer. `purposes.yaml`: what people
read before they consent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.personal import Erasure, Purpose
from tinhso.base.registry import registry
from tinhso.kernel.organisation.pack import Change, Document, Fault, Pack, as_date, check_schema
from tinhso.kernel.organisation.pack.checking import DATES_CROSSED
from tinhso.kernel.organisation.pack.dated import Sync, Wanted
from tinhso.kernel.privacy.models import RuleBook

UNKNOWN_PURPOSE = _("Nobody here asks consent for “{key}”. Known: {known}.")
UNKNOWN_KIND = _("Nobody here erases “{kind}”. Known: {known}.")
NAMED_TWICE = _("“{name}” has two entries in force on {start}. Give the earlier one a “to”.")
_SYNC = Sync(RuleBook, "rules", ("code",), ends=False)
_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_DATE = {"type": "string", "format": "date"}
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 1000}
_KEEP = {
    "anyOf": [
        {"enum": ["permanent"]},
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {"years": _NUMBER, "months": _NUMBER, "days": {**_NUMBER, "maximum": 40000}},
        },
    ]
}


def block(required: list[str], **properties: Any) -> dict[str, Any]:
    """Return the schema of a block that knows these names and no others."""
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


_OWN = {
    "kind": _TEXT, "keep": _KEEP, "from": _DATE, "to": _DATE, "law": _TEXT, "verified": {"type": "boolean"}, "note": _TEXT,
}  # fmt: skip
_NEEDED = ["kind", "keep", "from", "law", "verified"]
RETENTION = block(
    ["valid_from", "rules"],
    valid_from=_DATE,
    rules={"type": "array", "items": block(_NEEDED, **_OWN)},
    archive={
        "type": "array",
        "items": block([*_NEEDED, "classes"], **_OWN, classes={"type": "array", "minItems": 1, "items": _TEXT}),
    },
)


class BookPart:
    """Checks and loads one file of rules; a pack without it leaves what is in force as it is."""

    def __init__(self, code: str, schema: dict[str, Any]) -> None:
        """Take the name of the book (its file is `<code>.yaml`) and its schema."""
        self.code, self.schema = code, schema
        self.files = (f"{code}.yaml",)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong with the file."""
        if not pack.has(self.files[0]):
            return []
        document = pack.yaml(self.files[0])
        return check_schema(document, self.schema) or list(self.check_more(document))

    def check_more(self, _document: Document) -> Iterable[Fault]:
        """Return what a schema cannot say."""
        return ()

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return whether the rules would change."""
        return _SYNC.changes(self.code, _SYNC.steps(self._wanted(pack), pack.today))

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:  # noqa: ARG002 - the load journals it
        """Write the rules as a new version."""
        steps = _SYNC.steps(self._wanted(pack), pack.today)
        _SYNC.apply(steps, at, pack.today, lambda item: {"code": item.key[0], "data": item.fields})

    def _wanted(self, pack: Pack) -> list[Wanted]:
        if not pack.has(self.files[0]):
            return []
        data: dict[str, Any] = pack.yaml(self.files[0]).data
        start = as_date(data["valid_from"])
        assert start is not None, "checked before"
        return [Wanted((self.code,), start, None, data)]


class RetentionPart(BookPart):
    """`retention.yaml`."""

    def __init__(self) -> None:
        """Name the book."""
        super().__init__("retention", RETENTION)

    def check_more(self, document: Document) -> Iterable[Fault]:
        """Return kinds that nobody erases, crossed dates, and two entries for one day."""
        known = [one.key for one in registry.of(Erasure)]
        for section in ("rules", "archive"):
            seen: dict[str, list[dict[str, Any]]] = {}
            for i, entry in enumerate(document.data.get(section, [])):
                if entry["kind"] not in known:
                    at = f"/{section}/{i}/kind"
                    yield document.fault(at, UNKNOWN_KIND, kind=entry["kind"], known=", ".join(known))
                if entry.get("to", "9999") < entry["from"]:
                    yield document.fault(f"/{section}/{i}/to", DATES_CROSSED, start=entry["from"], end=entry["to"])
                names = [f"{entry['kind']} {one}" for one in entry.get("classes", [])] or [entry["kind"]]
                for name in names:
                    if any(_meet(entry, other) for other in seen.get(name, ())):
                        yield document.fault(f"/{section}/{i}/from", NAMED_TWICE, name=name, start=entry["from"])
                    seen.setdefault(name, []).append(entry)


def _meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    # ISO dates compare as text
    return bool(one["from"] <= other.get("to", "9999") and other["from"] <= one.get("to", "9999"))


_BOTH = block(["vi", "en"], vi=_TEXT, en=_TEXT)
PURPOSES = block(
    ["valid_from", "purposes"],
    valid_from=_DATE,
    purposes={
        "type": "array",
        "items": block(
            ["key", "version", "from", "title", "text", "data", "verified"],
            **{"key": _TEXT, "version": {"type": "integer", "minimum": 1}, "from": _DATE, "to": _DATE, "law": _TEXT},
            title=_BOTH,
            text=_BOTH,
            data=_BOTH,
            verified={"type": "boolean"},
        ),
    },
)


class PurposesPart(BookPart):
    """`purposes.yaml`."""

    def __init__(self) -> None:
        """Name the book."""
        super().__init__("purposes", PURPOSES)

    def check_more(self, document: Document) -> Iterable[Fault]:
        """Return purposes that nobody asks for, crossed dates, and two wordings for one day."""
        known, seen = [one.key for one in registry.of(Purpose)], list[dict[str, Any]]()
        for i, entry in enumerate(document.data["purposes"]):
            if entry["key"] not in known:
                yield document.fault(f"/purposes/{i}/key", UNKNOWN_PURPOSE, key=entry["key"], known=", ".join(known))
            if entry.get("to", "9999") < entry["from"]:
                yield document.fault(f"/purposes/{i}/to", DATES_CROSSED, start=entry["from"], end=entry["to"])
            if any(_meet(entry, other) for other in seen if other["key"] == entry["key"]):
                yield document.fault(f"/purposes/{i}/from", NAMED_TWICE, name=entry["key"], start=entry["from"])
            seen.append(entry)
