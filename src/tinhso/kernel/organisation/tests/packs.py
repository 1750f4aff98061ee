"""A small sound pack, written to a folder and broken at will."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from tinhso.base.actors import system
from tinhso.base.registry import Module, PackPart, Registry
from tinhso.kernel.organisation.pack import BadPack, Plan, load_pack
from tinhso.kernel.organisation.pack.parts.calendar import CalendarPart
from tinhso.kernel.organisation.pack.parts.organisation import OrganisationPart
from tinhso.kernel.organisation.pack.parts.province import ProvincePart

ROOT = Path(__file__).resolve().parents[5]
NGHICH = ROOT / "provinces" / "nghich"
QUANG_NAM = ROOT / "provinces" / "quang-nam"
AT = datetime(2024, 6, 3, 2, 0, tzinfo=UTC)
OWN = (
    PackPart("province", ProvincePart(), order=10),
    PackPart("calendar", CalendarPart(), order=20),
    PackPart("organisation", OrganisationPart(), order=30),
)


def lent(*parts: PackPart) -> Registry:
    """Return a registry with these parts."""
    made = Registry()
    made.add("test", Module(slug="", title="test", lends=parts))
    return made


def copy(folder: Path, source: Path = NGHICH) -> Path:
    """Copy the parts of a pack that the organisation knows."""
    for name in ("province.yaml", "calendar.yaml"):
        shutil.copy(source / name, folder / name)
    shutil.copytree(source / "organisation", folder / "organisation")
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace a piece of a file that must be there once; return the line where it stands."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (name, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def load(folder: Path, *, at: datetime = AT, dry_run: bool = False, more: tuple[PackPart, ...] = ()) -> Plan:
    """Load a pack as the loader does."""
    return load_pack(folder, actor=system("loader"), at=at, dry_run=dry_run, lent=lent(*OWN, *more))


def load_settings(folder: Path) -> None:
    """Load province and calendar without the organisation: for tests that ask for no agency."""
    load_pack(folder, actor=system("loader"), at=AT, lent=lent(*OWN[:2]))


def faults(folder: Path, *, at: datetime = AT) -> list[str]:
    """Return what the loader says against a pack, line by line."""
    try:
        load(folder, at=at)
    except BadPack as refusal:
        return [str(fault) for fault in refusal.found]
    return []
