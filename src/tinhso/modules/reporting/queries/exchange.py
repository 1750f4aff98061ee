"""What agencies reported as an SDMX-JSON data message (sdmx.org, 1.0), for statistics programs: one observation for each agency, line and column."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinhso.law.periods import Period
from tinhso.modules.reporting.models import Regime
from tinhso.modules.reporting.queries import grids
from tinhso.modules.reporting.queries.consolidated import Consolidated

AGENCY = "TINHSO"


def message(regime: Regime, period: Period, found: Consolidated, *, at: datetime) -> dict[str, Any]:
    """Return the data message of a period: dimensions REF_AREA, LINE, MEASURE and TIME_PERIOD; a cell that is empty is left out."""
    grid = found.grid
    columns = [each for each in grid.columns if not each.is_text]
    observations: dict[str, list[Any]] = {}
    for place, reporter in enumerate(found.counted):
        cells = grids.reckoned(grid, reporter.report.cells if reporter.report else {})
        for line, row in enumerate(grid.rows):
            for spot, column in enumerate(columns):
                value = grids.number_in(cells[row.code][column.code])
                if value is not None:
                    observations[f"{place}:{line}:{spot}:0"] = [float(value)]
    dimensions = [
        _dimension(
            "REF_AREA", 0, [(each.agency.code, each.agency.name, each.agency.name_en) for each in found.counted]
        ),
        _dimension("LINE", 1, [(each.code, each.name, each.name_en) for each in grid.rows]),
        _dimension("MEASURE", 2, [(each.code, each.name, each.name_en) for each in columns]),
        _dimension("TIME_PERIOD", 3, [(period.key, period.key, period.key)]),
    ]
    return {
        "header": {
            "id": f"{regime.code}-{period.key}",
            "prepared": at.isoformat(),
            "test": False,
            "sender": {"id": AGENCY},
        },
        "structure": {
            "name": regime.name,
            "dimensions": {"dataSet": [], "series": [], "observation": dimensions},
            "attributes": {"dataSet": [], "series": [], "observation": []},
        },
        "dataSets": [{"action": "Replace", "observations": observations}],
    }


def _dimension(name: str, place: int, values: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "keyPosition": place,
        "values": [{"id": code, "name": vi, "names": {"vi": vi, "en": en}} for code, vi, en in values],
    }
