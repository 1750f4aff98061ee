"""How scenarios stand: which are used, what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinhso.base.refusals import NotFound
from tinhso.modules.inspection.models import Scenario, Standing, State
from tinhso.modules.inspection.queries.scenarios import Rule, rule_of

CHIPS = {State.ON: "ok", State.SHADOW: "info", State.OFF: "pause", State.BROKEN: "late"}


@dataclass(frozen=True, slots=True)
class Line:
    """A scenario and how it stands."""

    row: Scenario
    standing: Standing

    @property
    def chip(self) -> str:
        """Return the kind of its chip."""
        return CHIPS[State(self.standing.state)]


def list_scenarios() -> list[Line]:
    """Return every scenario that is loaded, by code. Two statements."""
    standing = {each.code: each for each in Standing.objects.all()}
    rows = Scenario.objects.filter(retired_at__isnull=True).order_by("code", "valid_from")
    return [Line(row, standing[row.code]) for row in rows if row.code in standing]


def get_scenario(code: str) -> Line:
    """Return a scenario, the version that holds last. Raises NotFound."""
    row = Scenario.objects.filter(code=code, retired_at__isnull=True).order_by("-valid_from").first()
    standing = Standing.objects.filter(pk=code).first()
    if row is None or standing is None:
        raise NotFound
    return Line(row, standing)


def rule(code: str) -> Rule:
    """Return a loaded scenario, ready to be tried. Raises NotFound."""
    return rule_of(get_scenario(code).row, is_silent=True)


def count_broken(at: datetime) -> float:  # noqa: ARG001 - as every gauge is asked
    """Return how many scenarios do not work. One statement over a small table."""
    return float(Standing.objects.filter(state=State.BROKEN).count())
