"""Which scenarios are in force, and the words of one in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from tinhso.base.registry import registry
from tinhso.kernel.casework.public import CaseFacts
from tinhso.kernel.organisation.public import remembered
from tinhso.modules.inspection.models import Scenario, Standing, State
from tinhso.modules.inspection.queries import conditions

FACT_IN_TEXT = re.compile(r"\{([^{}]*)\}")
USED = (State.ON, State.SHADOW)
OFFICIAL = "official"
"""`answered_by` of a scenario that whoever did the act answers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A scenario ready to be used: its row, the facts it needs, whether it is on trial."""

    row: Scenario
    names: tuple[str, ...]
    groups: frozenset[str]
    is_silent: bool = False


def rule_of(row: Scenario, *, is_silent: bool = False) -> Rule:
    """
    Return a scenario ready to be used.

    One that is not let in any more (it was loaded under looser limits) speaks of nothing: it fails by itself, when it is
    tried, and the others are used.
    """
    told = [name for text in (row.explains, row.explains_en) for name in FACT_IN_TEXT.findall(text)]
    try:
        names = tuple(dict.fromkeys([*conditions.names_in(row.condition), *told]))
    except conditions.Unfit:
        names = ()
    return Rule(row, names, conditions.groups_in(names), is_silent)


def rules_in_use() -> Sequence[Rule]:
    """Return the scenarios that are used or tried. Remembered until one changes: one small statement then."""
    return remembered(("inspection", "rules"), _read)


def _read() -> tuple[Rule, ...]:
    states = dict(Standing.objects.values_list("code", "state"))
    rows = Scenario.objects.filter(retired_at__isnull=True).order_by("code", "valid_from")
    return tuple(
        rule_of(row, is_silent=states[row.code] == State.SHADOW) for row in rows if states.get(row.code) in USED
    )


def is_in_force(row: Scenario, on: date) -> bool:
    """Tell whether it holds for what was done on a day."""
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


def rules_for(event: str, subject: str, on: date) -> list[Rule]:
    """Return the rules that look at an act."""
    return [
        rule
        for rule in rules_in_use()
        if event in rule.row.events and rule.row.subject == subject and is_in_force(rule.row, on)
    ]


def facts_of(subject: str) -> CaseFacts | None:
    """Return who tells the facts of a kind of subject."""
    return next((loan for loan in registry.of(CaseFacts) if loan.kind == subject), None)


def filled(text: str, facts: Mapping[str, Any]) -> str:
    """Return a text with {facts} filled in; nothing in it is looked up otherwise."""
    return FACT_IN_TEXT.sub(lambda match: _said(facts.get(match.group(1), "…")), text)


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def own(row: Any, name: str) -> str:
    """Return a text of a scenario in the reader's language."""
    english = str(getattr(row, f"{name}_en"))
    return english if english and (get_language() or "vi").startswith("en") else str(getattr(row, name))
