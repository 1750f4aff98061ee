"""The part `boards` of a province pack: which figures stand on which screen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.pack import Change, Document, Fault, Pack, Unreadable, check_schema
from tinhso.modules.operations import access, events
from tinhso.modules.operations.models import Board

FILES = "boards/*.yaml"
INDICATORS = "indicators/*.yaml"
_TEXT = {"type": "string", "minLength": 1}
_BOTH = {
    "type": "object",
    "required": ["vi", "en"],
    "additionalProperties": False,
    "properties": {"vi": _TEXT, "en": _TEXT},
}
_CODE = {"type": "string", "pattern": r"^[a-z][a-z0-9-]{1,38}$", "description": "small letters and dashes"}
_BLOCK = {
    "type": "object",
    "required": ["code", "name", "icon"],
    "additionalProperties": False,
    "properties": {
        "code": _CODE,
        "name": _BOTH,
        "icon": _TEXT,
        "tiles": {"type": "array", "maxItems": 24, "uniqueItems": True, "items": _TEXT},
        "rank": _TEXT,
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name", "blocks"],
    "additionalProperties": False,
    "properties": {
        "code": _CODE,
        "name": _BOTH,
        "order": {"type": "integer", "minimum": 0, "maximum": 999},
        "blocks": {"type": "array", "minItems": 1, "items": _BLOCK},
    },
}
NO_SUCH = _("There is no indicator “{code}”.")
TWICE = _("“{code}” is here twice.")


class BoardsPart:
    """Checks and loads the boards of a pack. One that was arranged in the browser stays so until the pack's own changes."""

    files = (FILES,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong: the form of a file, a code twice, a figure that nobody defined."""
        known = _defined(pack)
        boards: set[str] = set()
        for document in _documents(pack):
            faults = list(check_schema(document, SCHEMA))
            yield from faults
            if faults:
                continue
            if document.data["code"] in boards:
                yield document.fault("/code", TWICE, code=document.data["code"])
            boards.add(document.data["code"])
            yield from _check_blocks(document, known)

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which boards would be added, changed or taken away."""
        standing = {row.code: row for row in Board.objects.all()}
        wanted = _wanted(pack)
        for code, row in wanted.items():
            old = standing.get(code)
            if old is None:
                yield Change("boards", "add", "board", code)
            elif old.content != row.content or not old.is_active:
                yield Change("boards", "replace", "board", code)
        for code, old in standing.items():
            if wanted and code not in wanted and old.is_active:
                yield Change("boards", "end", "board", code)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Take those that have changed."""
        if list(self.plan(pack)):
            load_boards(_wanted(pack), actor=actor, at=at)


@act
def load_boards(wanted: Mapping[str, Board], *, actor: Actor, at: datetime) -> None:
    """Keep the boards of a pack; those it has no more are shown no more."""
    require(access.can_load_boards, actor)
    standing = {row.code: row for row in Board.objects.select_for_update()}
    changed = []
    for code, row in wanted.items():
        old = standing.get(code)
        if old is not None and old.content == row.content and old.is_active:
            continue
        row.version, row.changed_at = (old.version + 1 if old else 1), at
        row.save()
        changed.append(code)
    gone = [code for code, row in standing.items() if code not in wanted and row.is_active]
    Board.objects.filter(pk__in=gone).update(is_active=False)
    record(events.LOADED.key, ("boards", "pack"), actor=actor, at=at, changed=changed, ended=gone)


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


def _check_blocks(document: Document, known: set[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, block in enumerate(document.data["blocks"]):
        if block["code"] in seen:
            yield document.fault(f"/blocks/{place}/code", TWICE, code=block["code"])
        seen.add(block["code"])
        named = [(f"tiles/{number}", code) for number, code in enumerate(block.get("tiles", ()))]
        for pointer, code in [*named, *([("rank", block["rank"])] if "rank" in block else [])]:
            if code not in known:
                yield document.fault(f"/blocks/{place}/{pointer}", NO_SUCH, code=code)


def _wanted(pack: Pack) -> dict[str, Board]:
    return {row.code: row for row in (_row(document.data) for document in _documents(pack))}


def _row(data: Mapping[str, Any]) -> Board:
    content = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    blocks = [
        {
            "code": each["code"],
            "name": each["name"]["vi"],
            "name_en": each["name"]["en"],
            "icon": each["icon"],
            "tiles": list(each.get("tiles", ())),
            "rank": each.get("rank", ""),
        }
        for each in data["blocks"]
    ]
    return Board(
        code=data["code"],
        name=data["name"]["vi"],
        name_en=data["name"]["en"],
        order=data.get("order", 100),
        blocks=blocks,
        content=hashlib.sha256(content.encode()).hexdigest(),
    )
