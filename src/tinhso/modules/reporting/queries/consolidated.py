"""Reports of many agencies together: by the rule of each column, from the agencies themselves, so that no level adds a rounding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinhso.law.periods import Period
from tinhso.modules.reporting.models import Regime, State
from tinhso.modules.reporting.queries import grids
from tinhso.modules.reporting.queries.regimes import Reporter, reporters_of


@dataclass(frozen=True, slots=True)
class Consolidated:
    """What agencies reported for a period, together; `missing` are those of whom nothing was approved: the sums lack them."""

    grid: grids.Grid
    reporters: tuple[Reporter, ...]
    counted: tuple[Reporter, ...]
    missing: tuple[Reporter, ...]
    cells: dict[str, dict[str, str]]


def consolidated(regime: Regime, period: Period, *, below: str = "", at: datetime) -> Consolidated:
    """Return what the agencies at and below one (or all of them) reported together. Only what was approved counts."""
    grid = grids.read_grid(regime.grid)
    reporters = tuple(reporters_of(regime, period, at, below=below))
    counted = tuple(each for each in reporters if each.report is not None and each.report.state == State.APPROVED)
    missing = tuple(each for each in reporters if each not in counted)
    cells = grids.together(grid, [each.report.cells for each in counted if each.report is not None])
    return Consolidated(grid, reporters, counted, missing, cells)
