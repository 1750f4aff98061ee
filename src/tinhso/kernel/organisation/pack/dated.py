"""Comparing dated rows of a pack with those in the database, and bringing the database there without erasing anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q

from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.models import Dated, EndedByHand
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
    ended: Ended | None = None
    """The end that somebody gave it by hand, which the new row keeps."""

    @property
    def valid_to(self) -> date | None:
        """Return the last day of the new row: the earlier one of the pack's and of the end by hand."""
        assert self.new is not None
        ends = [end for end in (self.new.valid_to, self.ended and self.ended.last) if end]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True)
class Ended:
    """A row that somebody ended by hand, and its last day: before the first one when it was taken back before it began."""

    row: EndedByHand
    at: datetime
    last: date

    def binds(self, item: Wanted, *, is_named: bool) -> bool:
        """
        Tell whether a row of the pack is this one, edited: it begins on the same day, or its beginning was mended.

        A row that begins after the end, or stands beside this one in the pack, is another appointment.
        """
        if item.valid_from == self.row.valid_from:
            return True
        return bool(self.row.content) and not is_named and item.valid_from <= max(self.last, self.row.valid_from)


@dataclass(frozen=True, slots=True)
class Sync[M: Dated]:
    """
    How one table follows a pack.

    A row of the pack whose content is known is left alone, also where it was ended by hand since. A changed row is
    withdrawn and written anew; what was ended by hand keeps its end, whatever the pack says now. A row that the pack no longer has ends the day before the load (with `ends`); what has
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
        items = list(wanted)
        named = {(item.key, item.valid_from) for item in items}
        standing, by_hand = self._known()
        found: list[Step] = []
        for item in items:
            old: Dated | None = standing.get((item.key, item.valid_from))
            if old is not None and old.content == item.content:
                continue
            ended = [
                one for one in by_hand.get(item.key, ())
                if one.binds(item, is_named=(item.key, one.row.valid_from) in named)
            ]  # fmt: skip
            first = min(ended, key=lambda one: (one.row.valid_from != item.valid_from, one.last), default=None)
            if first and first.last < item.valid_from:
                continue  # taken back before it began: it never was
            if old is None and first and first.row.withdrawn_at is None:
                old = first.row
            step = Step("replace" if old else "add", item.key, old, item, ended=first)
            found.append(replace(step, detail=self._difference(step)))
        if self.ends:
            yesterday = today - timedelta(days=1)
            mended = {step.old.pk for step in found if step.old}
            gone = [
                row for place, row in standing.items() if place not in named and row.content and row.pk not in mended
            ]
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
        made = [self._make(step, step.new, finish) for step in steps if step.new]
        self.model._default_manager.bulk_create(made, batch_size=BATCH)  # noqa: SLF001

    def _rows(self, keys: Sequence[Any]) -> Any:
        return self.model._default_manager.filter(pk__in=keys)  # noqa: SLF001

    def _key(self, row: Dated) -> tuple[str, ...]:
        return tuple(str(getattr(row, name)) for name in self.key_fields)

    def _known(self) -> tuple[dict[tuple[tuple[str, ...], date], M], dict[tuple[str, ...], list[Ended]]]:
        """Return the standing rows by key and first day, and by key what somebody ended by hand."""
        wanted = Q(withdrawn_at__isnull=True)
        if issubclass(self.model, EndedByHand):
            wanted |= Q(withdrawn_at=F("ended_at"))
        standing: dict[tuple[tuple[str, ...], date], M] = {}
        by_hand: dict[tuple[str, ...], list[Ended]] = {}
        for row in self.model._default_manager.filter(wanted).annotate(**self.annotate):  # noqa: SLF001 - Django's public name
            if row.withdrawn_at is None:
                standing[self._key(row), row.valid_from] = row
            if isinstance(row, EndedByHand) and row.ended_at:
                last = row.valid_to if row.withdrawn_at is None else None
                ended = Ended(row, row.ended_at, last or civil_date(row.ended_at) - timedelta(days=1))
                by_hand.setdefault(self._key(row), []).append(ended)
        return standing, by_hand

    def _make(self, step: Step, item: Wanted, finish: Callable[[Wanted], dict[str, Any]]) -> M:
        made = self.model(valid_from=item.valid_from, valid_to=step.valid_to, content=item.content, **finish(item))
        if step.ended and isinstance(made, EndedByHand):
            made.ended_at = step.ended.at
        return made

    def _difference(self, step: Step) -> str:
        old, new = step.old, step.new
        if old is None or new is None:
            return ""
        told = []
        for name, title in self.compared.items():
            was, will = getattr(old, name, ""), new.fields.get(name, "")
            if was != will:
                told.append(f"{title}: {was or '—'} → {will or '—'}")
        if old.valid_from != new.valid_from:
            told.append(f"valid_from: {old.valid_from} → {new.valid_from}")
        if old.valid_to != step.valid_to:
            told.append(f"valid_to: {old.valid_to or '—'} → {step.valid_to or '—'}")
        if step.ended and step.valid_to != new.valid_to:
            told.append(f"ended_at: {civil_date(step.ended.at)}")
        return "; ".join(told)


def _batches(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
