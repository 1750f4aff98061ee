"""Comparing dated rows of a pack with those in the database, and bringing the database there without erasing anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tinhso.kernel.organisation.models import Dated
from tinhso.kernel.organisation.pack.plan import Change, Verb

BATCH = 500


def hash_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON: the same content, the same hash."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as the pack has it."""

    key: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    fields: dict[str, Any]

    @property
    def content(self) -> str:
        """Return the hash that is kept with the row."""
        return hash_of([self.key, self.valid_from, self.valid_to, self.fields])


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one row."""

    verb: Verb
    key: tuple[str, ...]
    old: Dated | None = None
    new: Wanted | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Sync[M: Dated]:
    """
    How one table follows a pack.

    A row of the pack whose content is known is left alone, also where it was ended by hand since. A changed row is
    withdrawn and written anew. A row that the pack no longer has ends the day before the load (with `ends`); what has
    ended already stays as history. Rows entered by hand are never ended by a load.
    """

    model: type[M]
    kind: str
    key_fields: tuple[str, ...]
    ends: bool = True
    annotate: dict[str, Any] = field(default_factory=dict)
    """Key fields that are not columns of the table."""
    compared: dict[str, str] = field(default_factory=dict)
    """Fields whose old and new values are told in the plan, with how they are called there."""

    def steps(self, wanted: Iterable[Wanted], today: date) -> list[Step]:
        """Return what must happen, one statement read."""
        rows = self.model._default_manager.filter(withdrawn_at__isnull=True)  # noqa: SLF001 - Django's public name
        rows = rows.annotate(**self.annotate)
        standing = {(self._key(row), row.valid_from): row for row in rows}
        found: list[Step] = []
        named = set()
        for item in wanted:
            named.add((item.key, item.valid_from))
            old = standing.get((item.key, item.valid_from))
            if old is None:
                found.append(Step("add", item.key, new=item))
            elif old.content != item.content:
                found.append(Step("replace", item.key, old, item, self._difference(old, item)))
        if self.ends:
            yesterday = today - timedelta(days=1)
            gone = [row for place, row in standing.items() if place not in named and row.content]
            found += [
                Step("end", self._key(row), row) for row in gone if row.valid_to is None or row.valid_to > yesterday
            ]
        return found

    def changes(self, part: str, steps: Sequence[Step]) -> list[Change]:
        """Return the steps as lines of a plan."""
        return [Change(part, step.verb, self.kind, " ".join(step.key), step.detail) for step in steps]

    def apply(
        self, steps: Sequence[Step], at: datetime, today: date, finish: Callable[[Wanted], dict[str, Any]]
    ) -> None:
        """Carry the steps out in bulk; `finish` turns a wanted row into the fields that are not its key."""
        yesterday = today - timedelta(days=1)
        ending = [step.old for step in steps if step.verb == "end" and step.old]
        never = [row.pk for row in ending if row.valid_from > yesterday]
        stop = [row.pk for row in ending if row.valid_from <= yesterday]
        replaced = [step.old.pk for step in steps if step.verb == "replace" and step.old]
        for batch in _batches([*replaced, *never]):
            self._rows(batch).update(withdrawn_at=at)
        for batch in _batches(stop):
            self._rows(batch).update(valid_to=yesterday, content="")
        made = [self._make(step.new, finish) for step in steps if step.new]
        self.model._default_manager.bulk_create(made, batch_size=BATCH)  # noqa: SLF001

    def _rows(self, keys: Sequence[Any]) -> Any:
        return self.model._default_manager.filter(pk__in=keys)  # noqa: SLF001

    def _key(self, row: Dated) -> tuple[str, ...]:
        return tuple(str(getattr(row, name)) for name in self.key_fields)

    def _make(self, item: Wanted, finish: Callable[[Wanted], dict[str, Any]]) -> M:
        return self.model(valid_from=item.valid_from, valid_to=item.valid_to, content=item.content, **finish(item))

    def _difference(self, old: Dated, new: Wanted) -> str:
        told = []
        for name, title in self.compared.items():
            was, will = getattr(old, name, ""), new.fields.get(name, "")
            if was != will:
                told.append(f"{title}: {was or '—'} → {will or '—'}")
        if old.valid_to != new.valid_to:
            told.append(f"valid_to: {old.valid_to or '—'} → {new.valid_to or '—'}")
        return "; ".join(told)


def _batches(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
