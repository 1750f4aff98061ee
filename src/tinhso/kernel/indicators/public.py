"""The indicators, as others see them."""

from tinhso.kernel.indicators.actions.deciding import (
    approve,
    publish,
    return_told,
    submit,
    withdraw,
)
from tinhso.kernel.indicators.actions.reckoning import reckon_for
from tinhso.kernel.indicators.actions.telling import NotMeasured, UnitEnded, number_of, set_target, tell
from tinhso.kernel.indicators.formulas import Formula, Input, Unfit, read_formula
from tinhso.kernel.indicators.measures import Counted, Lent, Measures, link_to, reasons_for
from tinhso.kernel.indicators.models import Indicator, Observation, Source, State, Target
from tinhso.kernel.indicators.prospects import Prospect, forecast_for, prospects
from tinhso.kernel.indicators.queries import (
    Figure,
    figure_of,
    get_indicator,
    history_of,
    list_every,
    list_indicators,
    next_target,
    target_of,
    told_by,
)
from tinhso.kernel.indicators.readings import (
    Readings,
    first_kept,
    latest_told,
    own_period,
    promises_of,
    readings,
    targets_for,
)

__all__ = [
    "Counted",
    "Figure",
    "Formula",
    "Indicator",
    "Input",
    "Lent",
    "Measures",
    "NotMeasured",
    "Observation",
    "Prospect",
    "Readings",
    "Source",
    "State",
    "Target",
    "Unfit",
    "UnitEnded",
    "approve",
    "figure_of",
    "first_kept",
    "forecast_for",
    "get_indicator",
    "history_of",
    "latest_told",
    "link_to",
    "list_every",
    "list_indicators",
    "next_target",
    "number_of",
    "own_period",
    "promises_of",
    "prospects",
    "publish",
    "read_formula",
    "readings",
    "reasons_for",
    "reckon_for",
    "return_told",
    "set_target",
    "submit",
    "target_of",
    "targets_for",
    "tell",
    "told_by",
    "withdraw",
]
