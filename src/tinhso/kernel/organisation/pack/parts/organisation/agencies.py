"""Agencies, their identifiers and successions: checked as a tree that changes in time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.text import fold
from tinhso.kernel.organisation.models import Agency, AgencyCode, Succession
from tinhso.kernel.organisation.pack.dated import Sync, Wanted
from tinhso.kernel.organisation.pack.parts.organisation.tables import (
    Span,
    by_key,
    on_day,
    overlapping,
    span,
)
from tinhso.kernel.organisation.pack.plan import Pack
from tinhso.kernel.organisation.pack.reading import Fault, Row, Said, Table
from tinhso.law.codes import MalformedCode, agency_code, try_agency_code

TWICE = _("“{code}” is already in line {line} for the same days. Codes are given once.")
UNKNOWN_PARENT = _("Its parent “{parent}” is not in this file. Add the parent, or correct the code.")
PARENT_ENDED = _("Its parent “{parent}” does not exist on {day}. End this row before, or name the parent from then on.")
MOVED = _("“{parent}” stands elsewhere in the tree from {day}. Give “{code}” a row that begins that day.")
CYCLE = _("These agencies are each other's parents: {members}. One of them needs another parent.")
NO_TIER = _("This province has no tier “{level}”. Its tiers: {known}.")
UNKNOWN_AGENCY = _("There is no agency “{code}” in organisation/agencies.csv.")
NO_ROOT = _("No agency is without a parent. One must be the root, “{root}”.")
CODE_TAKEN = _("The identifier “{code}” belongs to “{other}” already.")

AGENCY = Sync(Agency, "agency", ("code",), compared={"name": "name", "parent_code": "parent"})
IDENTIFIER = Sync(AgencyCode, "identifier", ("identifier",))
SUCCESSION = Sync(Succession, "succession", ("predecessor", "successor"))
_COPIED = (
    "name",
    "name_en",
    "short_name",
    "kind",
    "level",
    "unit_code",
    "field",
    "phone",
    "address",
    "email",
    "decision",
)


class Tree:
    """The agencies of a pack by code, and the path of each on any day."""

    def __init__(self, table: Table) -> None:
        """Read the rows once."""
        self.spans = {key[0]: rows for key, rows in by_key(table, "code").items()}
        self.path = lru_cache(maxsize=None)(self._path)

    def knows(self, code: str) -> bool:
        """Tell whether the pack has the agency."""
        return code in self.spans

    def on(self, day: date) -> dict[str, Row]:
        """Return the agencies that stand on a day, by code."""
        found = {code: on_day(spans, day) for code, spans in self.spans.items()}
        return {code: item.row for code, item in found.items() if item}

    def _path(self, code: str, day: date) -> tuple[str, ...]:
        found = on_day(self.spans.get(code, ()), day)
        if found is None:
            return ()
        parent = found.row["parent"]
        return (*self.path(parent, day), code) if parent else (code,)


def check_agencies(table: Table, pack: Pack) -> Iterable[Fault]:
    """Return what is wrong with the agencies: codes given twice, parents, cycles, tiers, identifiers."""
    tree = Tree(table)
    for spans in tree.spans.values():
        for before, again in overlapping(spans):
            yield again.row.fault(TWICE, code=again.row["code"], line=before.row.line)
    cycles = list(_cycles(tree))
    yield from cycles
    yield from _check_cells(table, tree, pack)
    if cycles:
        return
    root = pack.shared["province"]["code"]
    if not any(not item.row["parent"] for item in tree.spans.get(root, ())):
        yield Fault(table.file, 1, NO_ROOT, {"root": root})
    for spans in tree.spans.values():
        for item in spans:
            yield from _check_parent(tree, item)


def _check_cells(table: Table, tree: Tree, pack: Pack) -> Iterable[Fault]:
    tiers = pack.shared["tiers"]
    owners: dict[str, str] = {}
    for row in table:
        if row["level"] not in tiers:
            yield row.fault(NO_TIER, level=row["level"], known=", ".join(tiers))
        if row["desk"] and not tree.knows(row["desk"]):
            yield row.fault(UNKNOWN_AGENCY, code=row["desk"])
        for code in filter(None, (row["code"], row["old_code"])):
            problem = try_agency_code(code)
            if isinstance(problem, MalformedCode):
                yield row.fault(Said(problem))
            if owners.setdefault(code, row["code"]) != row["code"]:
                yield row.fault(CODE_TAKEN, code=code, other=owners[code])
    for code, line in pack.shared.get("calendar_agencies", ()):
        if not tree.knows(code):
            yield Fault("calendar.yaml", line, UNKNOWN_AGENCY, {"code": code})


def _cycles(tree: Tree) -> Iterable[Fault]:
    parents = {code: {item.row["parent"] for item in spans} for code, spans in tree.spans.items()}
    done: set[str] = set()
    for start in sorted(parents):
        trail: list[str] = []
        here = start
        while here and here in parents and here not in done and here not in trail:
            trail.append(here)
            here = next(iter(sorted(parents[here] - {""}, key=lambda code: code not in trail)), "")
        if here in trail:
            members = [*trail[trail.index(here) :], here]
            yield tree.spans[here][0].row.fault(CYCLE, members=" → ".join(members))
        done.update(trail)


def _check_parent(tree: Tree, item: Span) -> Iterable[Fault]:
    """Follow the parent through the whole stretch of the row: it must exist, and stay in its place."""
    parent, code = item.row["parent"], item.row["code"]
    if not parent:
        return
    if not tree.knows(parent):
        yield item.row.fault(UNKNOWN_PARENT, parent=parent)
        return
    day, place = item.start, tree.path(parent, item.start)
    while True:
        above = on_day(tree.spans[parent], day)
        if above is None:
            yield item.row.fault(PARENT_ENDED, parent=parent, day=day.isoformat())
            return
        if tree.path(parent, day) != place:
            yield item.row.fault(MOVED, parent=parent, code=code, day=day.isoformat())
            return
        if above.end is None or (item.end is not None and item.end <= above.end):
            return
        day = above.end + timedelta(days=1)


def wanted_agencies(table: Table) -> list[Wanted]:
    """Return the agencies as rows of the database, parents before children."""
    tree = Tree(table)
    found = []
    for item in map(span, table):
        row = item.row
        fields = {name: row[name] for name in _COPIED} | {
            "parent_code": row["parent"],
            "desk_code": row["desk"],
            "path": "/".join(tree.path(row["code"], item.start)),
            "illustrative": row["illustrative"] == "true",
            "folded": fold(f"{row['name']} {row['short_name']} {row['name_en']} {row['code']}")[:400],
        }
        found.append(Wanted((row["code"],), item.start, item.end, fields))
    return sorted(found, key=lambda wanted: (wanted.fields["path"], wanted.valid_from))


def wanted_identifiers(table: Table) -> list[Wanted]:
    """Return every identifier of every agency, in both schemes, from its first day on; closed codes keep resolving."""
    first: dict[str, date] = {}
    codes: dict[str, str] = {}
    for item in map(span, table):
        own = item.row["code"]
        first[own] = min(item.start, first.get(own, item.start))
        for identifier in _identifiers(own, item.row["old_code"]):
            codes.setdefault(identifier, own)
    return [
        Wanted((identifier,), first[own], None, {"agency_code": own, "scheme": agency_code(identifier).scheme.value})
        for identifier, own in codes.items()
    ]


def _identifiers(code: str, old_code: str) -> Iterable[str]:
    """Give the code, its form without leading zeros, and the one of QCVN 102: as told, else reckoned where it has one."""
    read = agency_code(code)
    yield code
    yield read.key
    if old_code:
        yield old_code
        return
    try:
        yield read.qcvn102()
    except MalformedCode:
        return


def check_successions(table: Table, tree: Tree, known: Collection[str] = ()) -> Iterable[Fault]:
    """Return successors and predecessors that neither the pack knows nor, for a reform, the province it follows."""
    for row in table:
        for column in ("predecessor", "successor"):
            if not tree.knows(row[column]) and row[column] not in known:
                yield row.fault(UNKNOWN_AGENCY, code=row[column])


def _share(text: str) -> dict[str, Any]:
    # a row without a share is what it was before there were shares
    return {"share": Decimal(text)} if text else {}


def wanted_successions(table: Table) -> list[Wanted]:
    """Return the successions as rows of the database."""
    return [
        Wanted(
            (item.row["predecessor"], item.row["successor"]),
            item.start,
            item.end,
            {"kind": item.row["kind"], "decision": item.row["decision"]} | _share(item.row["share"]),
        )
        for item in map(span, table)
    ]
