"""
National figures as dated data: value, unit, from when, on what source, and whether the source was checked.

`figures/*.yaml` holds them; a decree that changes one adds a line with its date, and the old line stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import yaml

from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.civil_time import short_date


class UnknownFigure(NoAnswer, KeyError):  # noqa: N818 - see NoAnswer
    """Nobody wrote this figure down: a wrong key is a bug of the caller."""

    code = "law.unknown_figure"
    text = _("There is no figure {key}.")


class FigureNotInForce(NoAnswer):
    """The figure is known, but no value is in force on this day."""

    code = "law.figure_not_in_force"
    text = _("No value of {key} is in force on {day}.")


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One value of a figure, in force from `since` until `until` (included; None: until further notice)."""

    value: Any
    since: date
    until: date | None
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its key, unit, what it is for in Vietnamese and in English, and its values by date."""

    key: str
    unit: str
    about: str
    about_en: str
    values: tuple[FigureValue, ...]

    def on(self, day: date) -> FigureValue:
        """Return the value in force on this day. Raises FigureNotInForce."""
        for value in self.values:
            if value.since <= day and (value.until is None or day <= value.until):
                return value
        raise FigureNotInForce(key=self.key, day=short_date(day))


def figure(key: str, *, on: date) -> Answer[Any]:
    """
    Return a national figure on a civil day, with the source it rests on.

    Decimals come as Decimal, whole numbers as int, patterns as str. Raises UnknownFigure, FigureNotInForce.
    """
    known = all_figures()
    if key not in known:
        raise UnknownFigure(key=key)
    found = known[key].on(on)
    text = _("{about}: {value}, in force since {since}.")
    code = "figure.value"
    if not found.verified:
        text = _("{about}: {value}, in force since {since}; source not yet checked.")
        code = "figure.unverified"
    facts = {
        "about": known[key].about,
        "about_en": known[key].about_en,
        "value": found.value,
        "since": short_date(found.since),
    }
    return Answer(found.value, (Step(text, found.source, on, facts, code),))


@cache
def all_figures() -> Mapping[str, Figure]:
    """Return every figure by key. Raises ValueError for a file that is not written as it should be."""
    found: dict[str, Figure] = {}
    for file in sorted(resources.files("tinhso.law").joinpath("figures").iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".yaml"):
            continue
        for key, data in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"{file.name}: {key} is written twice")
            found[key] = read_figure(key, data)
    return found


def read_figure(key: str, data: Mapping[str, Any]) -> Figure:
    """Return a figure from its data. Raises ValueError when values overlap or a source is missing."""
    values = tuple(
        FigureValue(
            Decimal(str(one["value"])) if isinstance(one["value"], float) else one["value"],
            one["from"],
            one.get("until"),
            one["source"],
            one["verified"],
        )
        for one in data["values"]
    )
    for earlier, later in pairwise(values):
        if earlier.until is None or later.since <= earlier.until:
            raise ValueError(f"{key}: the value from {later.since} overlaps the one before")
    if not all(value.source for value in values):
        raise ValueError(f"{key}: a value without a source")
    return Figure(key, data["unit"], data["about"], data["about_en"], values)
