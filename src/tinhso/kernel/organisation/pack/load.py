"""Loading a pack: read all, check all, compare, then change everything in one act or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import Fault as InputFault
from tinhso.base.refusals import Refusal, Text
from tinhso.base.registry import PackPart, Registry, registry
from tinhso.kernel.journal.public import new_id, record
from tinhso.kernel.organisation import access, events
from tinhso.kernel.organisation.models import PackLoad, Stamp
from tinhso.kernel.organisation.pack.plan import Pack, Plan
from tinhso.kernel.organisation.pack.reading import Fault, Unreadable
from tinhso.kernel.organisation.reform.loading import prepare, prospect_of
from tinhso.kernel.organisation.stamp import touch

NO_FOLDER = _("There is no such folder, or it holds no province.yaml.")
LINES_KEPT = 5000
"""How many lines of a plan are kept with the load; the counts are always whole."""
_NOT_LOADED = ("README.md", "SOURCE.txt")


class BadPack(Refusal):
    """A pack that was refused whole; `found` lists file, line and sentence of each fault."""

    code = "organisation.bad_pack"
    text: ClassVar[Text] = _("Nothing was loaded. Places in the pack to mend: {count}.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, found: Sequence[Fault]) -> None:
        """Keep the faults, in the order of files and lines."""
        self.found = tuple(sorted(found, key=lambda fault: (fault.file, fault.line)))
        super().__init__(faults=[InputFault("", str(fault), "pack") for fault in self.found], count=len(self.found))


def check_pack(pack: Pack, parts: Sequence[PackPart]) -> list[Fault]:
    """Return every fault of a pack, all parts of it, each once."""
    if not pack.has("province.yaml"):
        return [Fault("province.yaml", 1, NO_FOLDER)]
    faults: dict[tuple[str, int, str], Fault] = {}
    for part in parts:
        try:
            found = list(part.loader.check(pack))
        except Unreadable as error:
            found = list(error.faults)
        for fault in found:
            faults.setdefault((fault.file, fault.line, fault.message), fault)
    return list(faults.values())


def load_pack(folder: Path, *, actor: Actor, at: datetime, dry_run: bool = False, lent: Registry = registry) -> Plan:
    """
    Check a pack whole, then apply what differs from what is in force; return the plan.

    With `dry_run` nothing is applied. Loading the same pack again gives an empty plan and writes nothing. Raises BadPack
    with every fault, ReformUndecided where a person must first decide, Forbidden.
    """
    require(access.can_load_pack, actor)
    pack = Pack(folder, at)
    parts = lent.of(PackPart)
    if faults := check_pack(pack, parts):
        raise BadPack(faults)
    if pack.reform and not dry_run:
        prepare(pack, actor=actor, at=at)
    plan = make_plan(pack, parts)
    if dry_run or plan.is_empty:
        return replace(plan, prospect=prospect_of(pack)) if pack.reform else plan
    return apply_pack(pack, parts, actor=actor, at=at)


def make_plan(pack: Pack, parts: Sequence[PackPart]) -> Plan:
    """Return what applying a checked pack would change."""
    changes = [change for part in parts for change in part.loader.plan(pack)]
    claimed = {name for part in parts for pattern in _patterns(part) for name in pack.files(pattern)}
    unclaimed = [name for name in pack.files("**/*") if name not in claimed and not _is_aside(name)]
    return Plan(pack.name, pack.digest, tuple(changes), tuple(unclaimed))


def _is_aside(name: str) -> bool:
    """Tell whether a file belongs to the pack without being loaded: read-me, sources, the demonstration's script."""
    return Path(name).name in _NOT_LOADED or name.startswith("demo/")


def _patterns(part: PackPart) -> tuple[str, ...]:
    return tuple(getattr(part.loader, "files", ())) or (f"{part.key}/**/*",)


@act
def apply_pack(pack: Pack, parts: Sequence[PackPart], *, actor: Actor, at: datetime) -> Plan:
    """Apply a checked pack, all of it or nothing, and keep what it changed."""
    require(access.can_load_pack, actor)
    Stamp.objects.select_for_update().first()  # two loads at once: the second sees what the first did
    plan = make_plan(pack, parts)
    for part in parts:
        part.loader.apply(pack, actor=actor, at=at)
    touch()
    load = PackLoad.objects.create(
        id=new_id(), pack=pack.name, digest=pack.digest, loaded_at=at, actor_key=actor.key, plan=_kept(plan)
    )
    record(events.PACK_LOADED.key, load, actor=actor, at=at, pack=pack.name, digest=pack.digest, changes=plan.summary())
    return plan


def _kept(plan: Plan) -> dict[str, Any]:
    lines = [f"{change.part}: {change}" for change in plan.changes[:LINES_KEPT]]
    return {"summary": plan.summary(), "lines": lines, "cut": max(0, len(plan.changes) - LINES_KEPT)}
