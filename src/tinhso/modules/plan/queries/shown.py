"""Plans in words: figures, periods, states, sums, for pages, the API and the report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from tinhso.base.clock import civil_date
from tinhso.law.forecast import Risk
from tinhso.law.indicators import Standing
from tinhso.law.periods import read_period
from tinhso.modules.plan.models import Item, ItemState, Kind, Plan, PlanState
from tinhso.modules.plan.models import Standing as Reported
from tinhso.modules.plan.queries.agencies import answers_now
from tinhso.modules.plan.queries.money import WHOLE, Disagreement, Line
from tinhso.modules.plan.queries.plans import Counts
from tinhso.modules.plan.queries.prospects import GoalStanding, is_late
from tinhso.web.words import money, number, own, percent, period_words

PLAN_CHIPS = {
    PlanState.READING: "pause",
    PlanState.UNREAD: "late",
    PlanState.REVIEW: "warn",
    PlanState.HELD: "ok",
    PlanState.WITHDRAWN: "plain",
}
ITEM_CHIPS = {
    ItemState.PROPOSED: "warn",
    ItemState.ACCEPTED: "ok",
    ItemState.CORRECTED: "ok",
    ItemState.ADDED: "info",
    ItemState.REFUSED: "plain",
}
STANDING_CHIPS = {
    Reported.OPEN: "plain",
    Reported.GOING: "info",
    Reported.STUCK: "warn",
    Reported.DONE: "ok",
    Reported.DROPPED: "plain",
}
FIGURE_CHIPS = {Standing.MET: "ok", Standing.NEAR: "warn", Standing.MISSED: "late", Standing.UNKNOWN: "plain"}
RISK_CHIPS = {Risk.SAFE: "ok", Risk.OPEN: "warn", Risk.MISSES: "late", Risk.UNKNOWN: "plain"}
MILLION = 10**6


def figure(value: Decimal | None, unit: str) -> str:
    """Return a figure with what it counts: “55,73%”, “400 dịch vụ công trực tuyến”."""
    if value is None:
        return gettext("No figure")
    bare = value.normalize()
    exponent = bare.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if unit == "%":
        return percent(bare, min(places, 2))
    return f"{number(bare, min(places, 4))} {unit}".strip()


def promise(item: Item) -> str:
    """Return what is promised, with its relation: “at least 60%”."""
    words = {
        "at_least": gettext("at least {figure}"),
        "more_than": gettext("more than {figure}"),
        "at_most": gettext("at most {figure}"),
        "about": gettext("about {figure}"),
        "decrease": gettext("{figure} less"),
        "increase": gettext("{figure} more"),
    }
    return words.get(item.relation, "{figure}").format(figure=figure(item.value, item.unit))


def millions(vnd: Decimal | None) -> str:
    """Return a sum in million đồng, as budgets are read; a dash for none."""
    if vnd is None:
        return "–"
    exact = vnd / MILLION
    return number(exact, 0 if exact == exact.to_integral_value() else 1)


def until(key: str) -> str:
    """Return until when something is promised; empty where the text says nothing."""
    return period_words(read_period(key)) if key else ""


def plan_row(plan: Plan, counts: Counts | None) -> dict[str, Any]:
    """Return a plan as a row of the register."""
    return {
        "plan": plan,
        "href": reverse("plan:plan", args=[plan.pk]),
        "name": plan.name,
        "chip": PLAN_CHIPS[PlanState(plan.state)],
        "state": plan.get_state_display(),
        "counts": counts,
    }


def lead_words(item: Item, at: datetime) -> dict[str, Any]:
    """Return who answers for a line: the agency, and its heirs where it ended; the words of the text where it is none of ours."""
    if not item.lead:
        return {"name": item.who, "heirs": "", "code": ""}
    agency, now = answers_now(item.lead, at)
    heirs = ", ".join(own(each, "name") for each in now if each.code != item.lead)
    return {"name": own(agency, "name") if agency else item.who, "heirs": heirs, "code": item.lead}


def item_row(item: Item, at: datetime) -> dict[str, Any]:
    """Return a line as a row: what it says, who answers for it, how far it is."""
    due = item.due
    return {
        "item": item,
        "href": reverse("plan:item", args=[item.plan_id, item.pk]),
        "kind": item.get_kind_display(),
        "figure": promise(item) if item.kind in (Kind.GOAL, Kind.REPORTED) else "",
        "lead": lead_words(item, at),
        "until": until(item.by),
        "due": due,
        "is_late": is_late(item, at),
        "days_late": (civil_date(at) - due).days if due and is_late(item, at) else 0,
        "chip": ITEM_CHIPS[ItemState(item.state)],
        "state": item.get_state_display(),
        "standing_chip": STANDING_CHIPS[Reported(item.standing)],
        "standing": item.get_standing_display(),
        "way": item.get_way_display() if item.way else "",
        "money": [
            {"year": each.year or gettext("All years"), "vnd": money(each.vnd)}
            for each in sorted(item.amounts.all(), key=lambda one: one.year)
        ]
        if item.kind == Kind.MONEY
        else [],
        "doubt": doubt_words(str(item.read.get("doubt", "")), str(item.read.get("off", "0")), item),
    }


def doubt_words(kind: str, off: str, item: Item) -> str:
    """Say what the text says against itself in a line; empty where nothing."""
    if not kind:
        return ""
    exact = Decimal(off)
    if kind == "share":
        counted = figure(item.above * 100 / item.below if item.above is not None and item.below else None, "%")
        return gettext("The text says {figure}, its own count gives {counted}.").format(
            figure=figure(item.value, "%"), counted=counted
        )
    said = {
        "parts": gettext("The parts that the text names differ from the whole by {off}."),
        "years": gettext("The years of this line differ from its sum by {off}."),
    }
    return said[kind].format(off=money(abs(exact)) if kind == "years" else number(abs(exact)))


def document_doubt(doubt: dict[str, Any]) -> str:
    """Say where a text does not add up, as it was read."""
    off = abs(Decimal(doubt["off"]))
    said = {
        "share": gettext("A share and the count beside it differ by {off} points: {text}"),
        "parts": gettext("The parts differ from the whole by {off}: {text}"),
        "budget": gettext("The parts differ from the whole by {off}: {text}"),
        "row": gettext("The years differ from the sum of the row by {off}: {text}"),
        "column": gettext("The rows differ from the total of the column by {off}: {text}"),
        "whole": gettext("Two totals differ by {off}: {text}"),
    }
    is_money = doubt["kind"] in ("budget", "row", "column", "whole")
    words = money(off) if is_money else number(off, 2 if doubt["kind"] == "share" else 0)
    return said[doubt["kind"]].format(off=words, text=doubt["text"][:200])


def disagreement(found: Disagreement) -> str:
    """Say which lines of money together are not what they should be."""
    year = gettext("all years") if found.year == WHOLE else str(found.year)
    said = {
        "years": gettext("“{name}”: the years together are {off} {more} than its sum."),
        "sources": gettext("The sources together are {off} {more} than the whole ({year})."),
        "projects": gettext("The projects together are {off} {more} than the whole ({year})."),
    }
    more = pgettext("a sum", "more") if found.off > 0 else pgettext("a sum", "less")
    return said[found.kind].format(name=found.name[:80], off=money(abs(found.off)), more=more, year=year)


def goal_row(found: GoalStanding, at: datetime) -> dict[str, Any]:
    """Return a goal as a row: what is promised, what is now, what is to be expected."""
    item = found.item
    return {
        **item_row(item, at),
        "value": figure(found.value, item.unit) if found.value is not None else gettext("No figure"),
        "of": _of(found.of),
        "chip": FIGURE_CHIPS[found.standing]
        if found.is_over or found.standing is Standing.MET
        else RISK_CHIPS[found.risk],
        "said": goal_words(found),
        "range": expected_words(found),
        "is_missed": found.is_missed,
    }


def _of(key: str) -> str:
    if not key:
        return ""
    return f"{date.fromisoformat(key):%d/%m/%Y}" if len(key) == len("2026-11-24") else period_words(read_period(key))


def goal_words(found: GoalStanding) -> str:
    """Say how a goal stands: reached, nearly, missed; of one whose day is to come, what is to be expected."""
    now = {
        Standing.MET: gettext("Reached"),
        Standing.NEAR: gettext("Nearly"),
        Standing.MISSED: gettext("Missed"),
        Standing.UNKNOWN: gettext("No figure"),
    }
    if found.is_over or found.standing is Standing.MET:
        return now[found.standing]
    ahead = {
        Risk.SAFE: gettext("Will be met"),
        Risk.OPEN: gettext("In doubt"),
        Risk.MISSES: gettext("Will be missed"),
        Risk.UNKNOWN: gettext("Too few figures to say"),
    }
    return ahead[found.risk]


def expected_words(found: GoalStanding) -> str:
    """Say between which figures a goal is expected; empty where nothing is."""
    if found.expected is None or found.is_over:
        return ""
    unit = found.item.unit
    low, high = (figure(each.quantize(Decimal("0.1")), unit) for each in (found.expected.low, found.expected.high))
    return gettext("expected between {low} and {high}").format(low=low, high=high)


def money_row(line: Line, year: int = WHOLE) -> dict[str, Any]:
    """Return a line of money as a row, in million đồng."""
    share = line.share(year)
    return {
        "name": line.name,
        "href": reverse("plan:item", args=[line.item.plan_id, line.item.pk]) if line.item else "",
        "heading": line.item.heading if line.item else "",
        "planned": millions(line.planned.get(year)),
        "allocated": millions(line.allocated.get(year, Decimal(0))),
        "disbursed": millions(line.disbursed.get(year, Decimal(0))),
        "share": percent(share) if share is not None else "–",
        "bar": min(int(share), 100) if share is not None else None,
        "overdrawn": millions(line.overdrawn(year)) if line.overdrawn(year) else "",
    }


def tally(found: Iterable[GoalStanding]) -> dict[str, int]:
    """Count goals by how they stand: met, missed, doubt, unknown."""
    counts = {"met": 0, "missed": 0, "doubt": 0, "unknown": 0}
    for each in found:
        if each.standing is Standing.MET:
            counts["met"] += 1
        elif each.is_missed:
            counts["missed"] += 1
        elif each.standing is Standing.UNKNOWN:
            counts["unknown"] += 1
        else:
            counts["doubt"] += 1
    return counts
