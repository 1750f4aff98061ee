"""
The rules of retention in force on a day, and what they let go.

Only a rule whose text was checked erases. Until then a kind is kept as the platform keeps it by itself (`Erasure.days`), or
until somebody checks. An archive's rule keeps in any case, checked or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tinhso.base.personal import Before, Erasure
from tinhso.base.registry import Registry, registry
from tinhso.kernel.organisation.public import remembered
from tinhso.kernel.privacy.models import RuleBook
from tinhso.law.civil_time import moment_of
from tinhso.law.retention import Keep, Rule, ended_by

OWN_RULE = "—"
"""Stands for the text of what the platform does by itself."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of one kind today."""

    erasure: Erasure
    rule: Rule | None
    """The rule that the pack has for it, checked or not."""
    acts: Rule | None
    """The rule by which it is erased; None: it is not."""
    archive: Mapping[str, Rule]
    """Rules of an archive, by class."""

    def before(self, today: date, *, by: Rule | None) -> Before:
        """Return what may go by a rule, today: of the classes of an archive, what both let go."""
        if by is None:
            return Before(None)
        own = ended_by(today, by.keep)
        kept = {name: _earlier(own, ended_by(today, one.keep)) for name, one in self.archive.items()}
        return Before(_after(own), {name: _after(day) for name, day in kept.items()})


def book(code: str, on: date) -> Mapping[str, Any]:
    """Return the version of a book of rules that is in force on a day; empty when none is. One statement once remembered."""

    def read() -> Mapping[str, Any]:
        rows = RuleBook.objects.standing().filter(code=code, valid_from__lte=on).order_by("-valid_from")
        found = rows.first()
        return found.data if found else {}

    return remembered(("privacy", code, on), read)


def rulings(on: date, lenders: Registry = registry) -> list[Ruling]:
    """Return what becomes of each kind on a day."""
    data = book("retention", on)
    day = on.isoformat()
    rules = {entry["kind"]: as_rule(entry) for entry in in_force(data.get("rules", ()), day)}
    archive: dict[str, dict[str, Rule]] = {}
    for entry in in_force(data.get("archive", ()), day):
        archive.setdefault(entry["kind"], {}).update(dict.fromkeys(entry["classes"], as_rule(entry)))
    return [_ruling(one, rules.get(one.key), archive.get(one.key, {})) for one in lenders.of(Erasure)]


def in_force(entries: Iterable[Mapping[str, Any]], day: str) -> list[Mapping[str, Any]]:
    """Return the entries that hold on a day (ISO: they compare as text)."""
    return [entry for entry in entries if entry["from"] <= day <= entry.get("to", "9999-12-31")]


def as_rule(entry: Mapping[str, Any]) -> Rule:
    """Return an entry of the pack as the law reads it."""
    keep = Keep(permanent=True) if entry["keep"] == "permanent" else Keep(**entry["keep"])
    return Rule(keep, entry["law"], entry["verified"])


def _ruling(erasure: Erasure, rule: Rule | None, archive: Mapping[str, Rule]) -> Ruling:
    own = Rule(Keep(days=erasure.days), OWN_RULE) if erasure.days is not None else None
    return Ruling(erasure, rule, rule if rule and rule.verified else own, archive)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else None


def _after(day: date | None) -> datetime | None:
    """Return the moment at which a civil day is over."""
    return moment_of(day + timedelta(days=1), time()) if day else None
