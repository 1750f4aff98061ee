"""The indicators, as others see them."""

from tinhso.kernel.indicators.actions.deciding import (
    approve,
    publish,
    return_told,
    submit,
    withdraw,
)
from tinhso.kernel.indicators.actions.reckoning import reckon_for
from tinhso.kernel.indicators.actions.telling import NotMeasured, UnitEnded, set_target, tell
from tinhso.kernel.indicators.formulas import Formula, Input, Unfit, read_formula
from tinhso.kernel.indicators.models import Indicator, Observation, State
from tinhso.kernel.indicators.queries import Figure, figure_of, get_indicator, history_of

__all__ = [
    "Figure",
    "Formula",
    "Indicator",
    "Input",
    "NotMeasured",
    "Observation",
    "State",
    "Unfit",
    "UnitEnded",
    "approve",
    "figure_of",
    "get_indicator",
    "history_of",
    "publish",
    "read_formula",
    "reckon_for",
    "return_told",
    "set_target",
    "submit",
    "tell",
    "withdraw",
]
