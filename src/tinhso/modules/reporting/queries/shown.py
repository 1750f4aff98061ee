"""Reports in words, for pages, sheets and the API: cells with what is known of them, who is how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.indicators.public import list_indicators, readings
from tinhso.law.periods import Period
from tinhso.modules.reporting import access
from tinhso.modules.reporting.models import Regime, Return, State
from tinhso.modules.reporting.queries import grids
from tinhso.modules.reporting.queries.consolidated import Consolidated
from tinhso.modules.reporting.queries.regimes import Reporter, closes_on, get_return
from tinhso.web.words import number, own, period_words

CHIPS = {State.DRAFT: "info", State.SUBMITTED: "warn", State.RETURNED: "late", State.APPROVED: "ok"}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a cell before anybody types it."""

    value: str = ""
    source: str = ""
    """Where it comes from, in words; empty for none."""


def prefilled(grid: grids.Grid, unit: str, period: Period, *, at: datetime) -> dict[tuple[str, str], Known]:
    """Return what the platform knows of the cells of a form: counted or told figures of the indicators that the pack names."""
    wanted = {(row.code, column): code for row in grid.rows for column, code in row.prefill.items()}
    indicators = list_indicators(set(wanted.values()))
    try:
        found = readings(list(indicators.values()), unit, period, at=at) if indicators else {}
    except NotFound:
        found = {}
    decimals = {each.code: each.decimals for each in grid.columns}
    made = {}
    for cell, code in wanted.items():
        figure = found.get(code, {}).get(unit)
        if figure is not None and figure.value is not None:
            exact = figure.value.quantize(Decimal(1).scaleb(-decimals.get(cell[1], 0)))
            made[cell] = Known(
                f"{exact:f}", gettext("counted by the platform: {name}").format(name=own(indicators[code], "name"))
            )
    return made


def typed(text: str) -> str:
    """Return a number as a box shows it: 1.234,5; words as they are."""
    value = grids.number_in(text)
    if value is None:
        return text
    exponent = value.normalize().as_tuple().exponent
    return number(value, max(0, -exponent) if isinstance(exponent, int) else 0)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with all that its page needs: what is kept, known and reported before, what was typed and refused."""

    grid: grids.Grid
    report: Return | None
    known: Mapping[tuple[str, str], Known]
    before: grids.Cells
    given: Mapping[str, str]
    """What was typed and refused, by `row/column`: it stays. Without it a box shows what was kept, else what is known."""
    faults: Mapping[str, str]


def form_rows(form: Filled) -> list[dict[str, Any]]:
    """Return the rows of a form as its page shows them."""
    cells = grids.reckoned(form.grid, form.report.cells if form.report else {})
    return [
        {
            "code": row.code,
            "name": own(row, "name"),
            "unit": own(row, "unit"),
            "required": row.required,
            "cells": [_cell(form, row, column, cells[row.code][column.code]) for column in form.grid.columns],
        }
        for row in form.grid.rows
    ]


def _cell(form: Filled, row: grids.Row, column: grids.Column, kept: str) -> dict[str, Any]:
    """Return one cell: what stands in its box, where that comes from, what was reported before, what is wrong."""
    name = f"{row.code}/{column.code}"
    idea = form.known.get((row.code, column.code), Known())
    value = form.given[name] if name in form.given else typed(kept) if kept or form.report else typed(idea.value)
    return {
        "name": name,
        "id": f"{row.code}-{column.code}",
        "label": f"{own(row, 'name')}, {own(column, 'name')}",
        "column": own(column, "name"),
        "value": value,
        "shown": typed(kept) or "–",
        "is_text": column.is_text,
        "is_formula": bool(column.formula),
        "hint": " · ".join(_hints(idea, value, form.before.get(row.code, {}).get(column.code, ""))),
        "fault": form.faults.get(name, ""),
    }


def _hints(idea: Known, value: str, earlier: str) -> list[str]:
    """Say where a value comes from, what the platform counts where that is another, and what was reported before."""
    hints = []
    if idea.source and typed(idea.value) == value:
        hints.append(idea.source)
    elif idea.source:
        hints.append(gettext("the platform counts {value}").format(value=typed(idea.value)))
    if earlier:
        hints.append(gettext("before: {value}").format(value=typed(earlier)))
    return hints


def offered(report: Return | None, actor: Actor, path: Sequence[str]) -> dict[str, bool]:
    """Return what somebody may do now about the report of an agency; the acts ask again."""
    fills = access.can_fill(actor, path)
    state = State(report.state) if report else None
    decides = report is not None and access.can_decide(actor, path, report.submitted_by)
    return {
        "fills": fills and state in (None, State.DRAFT, State.RETURNED),
        "may_approve": decides and state is State.SUBMITTED,
        "may_reopen": decides and state is State.APPROVED,
    }


def before_of(regime: Regime, unit: str, period: Period) -> grids.Cells:
    """Return what an agency reported for the period before; nothing where it did not."""
    found = get_return(regime, unit, period.before())
    return found.cells if found is not None and found.state in (State.SUBMITTED, State.APPROVED) else {}


def reporter_row(found: Reporter, regime: Regime, period: Period, at: datetime) -> dict[str, Any]:
    """Return an agency as a row of the list of who has reported."""
    report = found.report
    return {
        "code": found.agency.code,
        "name": own(found.agency, "name"),
        "href": reverse("reporting:report", args=[regime.code, period.key, found.agency.code]),
        "chip": CHIPS[State(report.state)] if report else "plain",
        "state": report.get_state_display() if report else gettext("Nothing yet"),
        "due": found.due,
        "is_late": found.is_late(civil_date(at)),
        "at": report.submitted_at if report else None,
        "report": report,
    }


def regime_row(regime: Regime, period: Period, at: datetime) -> dict[str, Any]:
    """Return a regime as a row: what it asks for now."""
    return {
        "regime": regime,
        "name": own(regime, "name"),
        "frequency": regime.get_frequency_display(),
        "period": period_words(period),
        "closes": closes_on(period),
        "is_open": closes_on(period) >= civil_date(at),
        "href": reverse("reporting:regime", args=[regime.code]),
    }


def table_rows(found: Consolidated, before: Consolidated | None) -> list[dict[str, Any]]:
    """Return what agencies reported together as rows: of each column its name, the figure, and what it is more than before."""
    made = []
    for row in found.grid.rows:
        now, then = found.cells.get(row.code, {}), before.cells.get(row.code, {}) if before else {}
        pairs = [
            (
                own(each, "name"),
                typed(now.get(each.code, "")) or "–",
                change(now.get(each.code, ""), then.get(each.code, "")),
            )
            for each in found.grid.columns
        ]
        made.append({"name": own(row, "name"), "unit": own(row, "unit"), "pairs": pairs})
    return made


def change(now: str, before: str) -> str:
    """Return by how much a cell is more than before, signed; empty where one of them is missing."""
    one, other = grids.number_in(now), grids.number_in(before)
    if one is None or other is None:
        return ""
    off = one - other
    return f"{'+' if off > 0 else '−' if off < 0 else '±'}{typed(f'{abs(off):f}')}"
