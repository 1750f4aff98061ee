"""What a pack is, what its loaders promise, and the plan they make together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
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
        """Return the civil date of loading."""
        return civil_date(self.at)

    def has(self, name: str) -> bool:
        """Tell whether the pack holds a file."""
        return (self.folder / name).is_file()

    def files(self, pattern: str) -> list[str]:
        """Return the files that fit a pattern (`forms/*.json`), sorted, relative to the pack."""
        found = (path for path in self.folder.glob(pattern) if path.is_file())
        return sorted(path.relative_to(self.folder).as_posix() for path in found)

    def path(self, name: str) -> Path:
        """Return where a file of the pack lies."""
        return self.folder / name

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
            return (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise Unreadable(Fault(name, 1, MISSING)) from error

    def _once(self, name: str, read: Any) -> Any:
        if name not in self._read:
            self._read[name] = read(self.folder / name, name=name)
        return self._read[name]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 over names and contents of all files: the same folder, the same digest."""
        whole = hashlib.sha256()
        for name in self.files("**/*"):
            inner = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
            whole.update(f"{name}\0{inner}\n".encode())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that loading a pack would change, or has changed."""

    pack: str
    digest: str
    changes: tuple[Change, ...] = ()
    unclaimed: tuple[str, ...] = ()
    """Files that no installed part knows how to load."""

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
