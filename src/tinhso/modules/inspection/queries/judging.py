"""What a scenario says of one act or one wait: reading only, so that the past can be tried as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.casework.public import CaseAct, CaseFacts, Told
from tinhso.modules.inspection.queries import conditions
from tinhso.modules.inspection.queries.scenarios import Rule

MOST_TEXT = 200
"""Letters of a fact that are kept with a finding."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says: it holds on these facts, or it could not be used and why."""

    rule: Rule
    act: CaseAct
    told: Told
    subject_key: str
    holds: bool
    problem: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """Return the values it speaks of, short enough to keep."""
        found = {name: conditions.value_of(name, self.told.facts) for name in self.rule.names if "[]" not in name}
        return {name: _short(value) for name, value in found.items() if value is not None}


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(each) for each in value[:20] if not isinstance(each, dict)]
    return value[:MOST_TEXT] if isinstance(value, str) else value


def judge(rules: Sequence[Rule], loan: CaseFacts, subject_key: str, act: CaseAct) -> list[Verdict]:
    """Return what each rule says of a subject at an act; facts are read once for all of them. Nothing for one that is gone."""
    groups = frozenset().union(*(rule.groups for rule in rules))
    told = loan.read(subject_key, act, groups)
    if told is None:
        return []
    verdicts = []
    for rule in rules:
        try:
            holds, problem = conditions.holds(rule.row.condition, told.facts), ""
        except (conditions.Failed, conditions.Unfit) as failed:
            holds, problem = False, failed.said if isinstance(failed, conditions.Unfit) else str(failed)
        verdicts.append(Verdict(rule, act, told, subject_key, holds, problem))
    return verdicts
