"""What a pack is, what its loaders promise, and the plan they make together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.pack.reading import (
    MISSING,
    Document,
    Fault,
    Table,
    Unreadable,
    read_csv_with_lines,
    read_json_with_lines,
    read_yaml_with_lines,
)

Verb = Literal["add", "replace", "end"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that applying a pack would do: `add`, `replace` (the old row is withdrawn, kept) or `end` (by date)."""

    part: str
    verb: Verb
    kind: str
    """What sort of thing, e.g. `agency`, `flow`."""
    key: str
    detail: str = ""

    def __str__(self) -> str:
        sign = {"add": "+", "replace": "~", "end": "-"}[self.verb]
        return f"{sign} {self.kind} {self.key}{f' ({self.detail})' if self.detail else ''}"


class Loader(Protocol):
    """
    Knows one part of a pack. All three are called in the order of the parts.

    `check` raises nothing (or Unreadable) and touches no table it writes; `plan` compares with what is in force and
    gives nothing when nothing would change; `apply` runs inside the act of the load, writes in bulk, journals nothing
    but its own events, and does again what `plan` said.
    """

    def check(self, pack: Pack) -> Iterable[Fault]:
        """Return everything wrong with this part."""
        ...

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return what `apply` would do."""
        ...

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Do it."""
        ...


@dataclass
class Pack:
    """A folder of a province, read once. `at` is the moment of loading; `shared` holds what parts tell later parts."""

    folder: Path
    at: datetime
    shared: dict[str, Any] = field(default_factory=dict)
    """e.g. `agencies`, `agencies_on`, `roles`, `posts`: filled by `check` in the order of the parts."""
    _read: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name of the pack: that of its folder."""
        return self.folder.resolve().name

    @property
    def today(self) -> date:
        """Return the civil date of loading; of a reform that is loaded early, the day from which it holds."""
        return max(civil_date(self.at), self.cut)

    @property
    def cut(self) -> date:
        """Return the day before which what this pack no longer has ends: of a reform the day from which it holds."""
        return self.reform.start if self.reform else civil_date(self.at)

    @cached_property
    def reform(self) -> Header | None:
        """Return what the pack says of itself as a reform; None for a province's own pack, or when it is ill-written."""
        try:
            data = self.yaml("province.yaml").data
        except Unreadable:
            return None
        return Header.read(data.get("reform")) if isinstance(data, dict) else None

    @property
    def _below(self) -> Path | None:
        """Return the folder of the pack that a reform follows: what it does not restate stays as it is there."""
        return self.folder.resolve().parent / self.reform.follows if self.reform else None

    def has(self, name: str) -> bool:
        """Tell whether the pack holds a file."""
        return self.path(name).is_file()

    def files(self, pattern: str) -> list[str]:
        """Return the files that fit a pattern (`forms/*.json`), sorted, relative to the pack."""
        found = set(_within(self.folder, pattern))
        if self._below:
            found |= {name for name in _within(self._below, pattern) if not _is_own(name)}
        return sorted(found)

    def path(self, name: str) -> Path:
        """Return where a file of the pack lies."""
        own = self.folder / name
        if name == "province.yaml" or own.is_file() or _is_own(name) or self._below is None:
            return own
        return self._below / name

    def yaml(self, name: str) -> Document:
        """Return a YAML file, read once. Raises Unreadable."""
        return self._once(name, read_yaml_with_lines)  # type: ignore[no-any-return]

    def json(self, name: str) -> Document:
        """Return a JSON file, read once. Raises Unreadable."""
        return self._once(name, read_json_with_lines)  # type: ignore[no-any-return]

    def csv(self, name: str) -> Table:
        """Return a CSV file, read once. Raises Unreadable."""
        return self._once(name, read_csv_with_lines)  # type: ignore[no-any-return]

    def bytes(self, name: str) -> bytes:
        """Return a file as it is (for BPMN and the like). Raises Unreadable."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError as error:
            raise Unreadable(Fault(name, 1, MISSING)) from error

    def _once(self, name: str, read: Any) -> Any:
        if name not in self._read:
            self._read[name] = read(self.path(name), name=name)
        return self._read[name]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over names and contents of all files: the same folder, the same digest."""
        whole = hashlib.sha256()
        for name in self.files("**/*"):
            inner = hashlib.sha256(self.path(name).read_bytes()).hexdigest()
            whole.update(f"{name}\0{inner}\n".encode())
        return whole.hexdigest()


def _within(folder: Path, pattern: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file()]


def _is_own(name: str) -> bool:
    """Tell whether a reform restates a file whole: who there is, what the province is called, its demonstration."""
    return name in ("province.yaml", "calendar.yaml", "README.md") or name.startswith(("organisation/", "demo/"))


@dataclass(frozen=True, slots=True)
class Header:
    """What a pack says of itself as a reform: from which day, of which pack, by what law."""

    start: date
    follows: str
    keeper: str
    laws: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    procedures: str = ""
    """The text by which each procedure is fully online or says why not; empty: nothing is checked."""

    @classmethod
    def read(cls, data: Any) -> Header | None:
        """Return the header; None when there is none, or it is ill-written (`parts.schemas` says where)."""
        try:
            start = date.fromisoformat(data["from"])
            texts = tuple(str(each) for each in data["law"])
            fields = {str(old): str(new) for old, new in data.get("fields", {}).items()}
            named = str(data["follows"]), str(data["keeper"])
            return cls(start, *named, texts, fields, str(data.get("procedures", "")))
        except (TypeError, KeyError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that loading a pack would change, or has changed."""

    pack: str
    digest: str
    changes: tuple[Change, ...] = ()
    unclaimed: tuple[str, ...] = ()
    """Files that no installed part knows how to load."""
    prospect: Any = None
    """What a reform would mean (`reform.queries.Prospect`); None for a province's own pack."""

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is in force already."""
        return not self.changes

    def counts(self) -> dict[tuple[str, str, str], int]:
        """Return how many changes there are by part, kind and verb, in the order of the parts."""
        return dict(Counter((change.part, change.kind, change.verb) for change in self.changes))

    def summary(self) -> list[dict[str, Any]]:
        """Return the counts as JSON can hold them."""
        return [{"part": p, "kind": k, "verb": v, "count": n} for (p, k, v), n in self.counts().items()]
