"""`organisation/*.csv`: agencies and their identifiers, successions, posts, officials, tenures, delegations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.kernel.journal.public import new_id, record
from tinhso.kernel.organisation import events
from tinhso.kernel.organisation.models import Official
from tinhso.kernel.organisation.pack.checking import check_rows
from tinhso.kernel.organisation.pack.dated import BATCH, Step, Sync, Wanted, hash_of
from tinhso.kernel.organisation.pack.parts.organisation import agencies, people
from tinhso.kernel.organisation.pack.parts.organisation.tables import (
    AGENCIES,
    COLUMNS,
    DELEGATIONS,
    OFFICIALS,
    POSTS,
    SUCCESSIONS,
    TENURES,
)
from tinhso.kernel.organisation.pack.plan import Change, Pack
from tinhso.kernel.organisation.pack.reading import Fault, Table, Unreadable

_OPTIONAL = (SUCCESSIONS, DELEGATIONS)


class OrganisationPart:
    """Checks and loads the folder `organisation/`."""

    files = ("organisation/*.csv",)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return what is wrong with each file, then with how they fit together."""
        faults: list[Fault] = []
        for name, columns in COLUMNS.items():
            try:
                faults += check_rows(_table(pack, name), columns)
            except Unreadable as error:
                faults += error.faults
        if faults or "province" not in pack.shared:
            return faults
        return _check_together(pack)

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return what would change, agencies first."""
        changes: list[Change] = []
        for name, sync, steps in _steps(pack):
            if name == TENURES:
                changes += people.official_changes(_table(pack, OFFICIALS))
            changes += sync.changes("organisation", steps)
        return changes

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Bring the tables to what the pack says, in bulk."""
        work = _steps(pack)
        _apply_officials(_table(pack, OFFICIALS), actor, at)
        staff = dict(Official.objects.values_list("staff_code", "id"))
        for name, sync, steps in work:
            finish = _FINISH[name]
            sync.apply(steps, at, pack.cut, lambda item, finish=finish: finish(item, staff))  # type: ignore[misc]


def _table(pack: Pack, name: str) -> Table:
    if name in _OPTIONAL and not pack.has(name):
        return Table(name, tuple(column.name for column in COLUMNS[name]), ())
    return pack.csv(name)


def _check_together(pack: Pack) -> list[Fault]:
    found: dict[str, Table] = {name: _table(pack, name) for name in COLUMNS}
    tree = agencies.Tree(found[AGENCIES])
    pack.shared["agencies"] = frozenset(tree.spans)
    pack.shared["agencies_on"] = tree.on
    pack.shared["agency_levels"] = {code: spans[-1].row["level"] for code, spans in tree.spans.items()}
    pack.shared["fields"] = frozenset(row["field"] for row in found[AGENCIES] if row["field"])
    pack.shared["posts"] = frozenset(row["code"] for row in found[POSTS])
    return [
        *agencies.check_agencies(found[AGENCIES], pack),
        *agencies.check_successions(found[SUCCESSIONS], tree, pack.shared.get("agencies_before", ())),
        *people.check_posts(found[POSTS], tree),
        *people.check_officials(found[OFFICIALS]),
        *people.check_tenures(found[TENURES], found[POSTS], found[OFFICIALS]),
        *people.check_delegations(found[DELEGATIONS], found[POSTS], found[OFFICIALS], found[TENURES]),
    ]


def _steps(pack: Pack) -> list[tuple[str, Sync[Any], list[Step]]]:
    table = _table(pack, AGENCIES)
    wanted: list[tuple[str, Sync[Any], list[Wanted]]] = [
        (AGENCIES, agencies.AGENCY, agencies.wanted_agencies(table)),
        ("identifiers", agencies.IDENTIFIER, agencies.wanted_identifiers(table)),
        (SUCCESSIONS, _succession(pack), _successions(pack)),
        (POSTS, people.POST, people.wanted_posts(_table(pack, POSTS))),
        (TENURES, people.TENURE, people.wanted_tenures(_table(pack, TENURES))),
        (DELEGATIONS, people.DELEGATION, people.wanted_delegations(_table(pack, DELEGATIONS))),
    ]
    return [(name, sync, sync.steps(rows, pack.cut)) for name, sync, rows in wanted]


def _succession(pack: Pack) -> Sync[Any]:
    # what once happened stays true: a reform adds to it
    return replace(agencies.SUCCESSION, ends=not pack.reform)


def _successions(pack: Pack) -> list[Wanted]:
    """Return the successions of the file, and those that a person decided."""
    return [*agencies.wanted_successions(_table(pack, SUCCESSIONS)), *pack.shared.get("decided", ())]


_FINISH: dict[str, Any] = {
    AGENCIES: lambda item, _staff: {"code": item.key[0], **item.fields},
    "identifiers": lambda item, _staff: {"identifier": item.key[0], **item.fields},
    SUCCESSIONS: lambda item, _staff: {"predecessor": item.key[0], "successor": item.key[1], **item.fields},
    POSTS: lambda item, _staff: {"code": item.key[0], **item.fields},
    TENURES: lambda item, staff: {"post_code": item.key[0], "official_id": staff[item.key[1]], **item.fields},
    DELEGATIONS: lambda item, staff: {
        "post_code": item.key[0],
        "to_official_id": staff[item.key[1]],
        "by_official_id": staff[item.fields["by"]],
        "roles": item.fields["roles"],
        "decision": item.fields["decision"],
    },
}


def _apply_officials(table: Table, actor: Actor, at: datetime) -> None:
    new, changed = people.official_steps(table)
    made = []
    for row in new:
        fields = people.official_fields(row)
        folded = people.folded_official(fields, row["staff_code"])
        made.append(
            Official(id=new_id(), staff_code=row["staff_code"], content=hash_of(fields), folded=folded, **fields)
        )
    Official.objects.bulk_create(made, batch_size=BATCH)
    for official, row in changed:
        fields = people.official_fields(row)
        was = {name: getattr(official, name) for name, value in fields.items() if getattr(official, name) != value}
        for name, value in fields.items():
            setattr(official, name, value)
        official.content = hash_of(fields)
        official.folded = people.folded_official(fields, official.staff_code)
        record(events.OFFICIAL_CHANGED.key, official, actor=actor, at=at, fields=sorted(was), by="pack")
    columns = ["full_name", "email", "username", "phone", "demo", "content", "folded"]
    Official.objects.bulk_update([official for official, _row in changed], columns, batch_size=BATCH)
