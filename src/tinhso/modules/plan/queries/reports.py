"""
The report on a plan for a period, as data for a page, PDF or Word: goals, tasks, money, what holds things up.

Kind “báo cáo” of Nghị định 30/2020/NĐ-CP (phụ lục III, mẫu 1.4). A paper is Vietnamese whoever prints it. It is a draft: its number and
the proposals at its end are for people to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext, override

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.kernel.organisation.public import find_agency, last_known_agency, province
from tinhso.law.periods import Period
from tinhso.modules.plan.models import Item, Kind, Plan, Progress, Standing
from tinhso.modules.plan.queries import shown
from tinhso.modules.plan.queries.money import Line, Money, money_of
from tinhso.modules.plan.queries.plans import OVER, items_of, unit_of
from tinhso.modules.plan.queries.prospects import GoalStanding, goals_of
from tinhso.modules.plan.queries.standing import agencies_of, standings_at
from tinhso.web.words import day, number, period_words

TEMPLATE = "plan/report"
MOST_LINES = 200
"""Tasks that are named one by one."""


def report_of(plan: Plan, period: Period, *, at: datetime) -> dict[str, Any]:
    """Return the report on a plan as it stood at the end of a period, or now where the period lasts."""
    until = min(period.last, civil_date(at))
    then = min(at, datetime.combine(until + timedelta(days=1), time.min, CIVIL_ZONE) - timedelta(seconds=1))
    with override("vi"):
        goals = goals_of(plan, at=then)
        sums = money_of(plan, until=until)
        tasks = list(items_of(plan, kind=Kind.TASK, state="held"))
        reported = standings_at(tasks, until)
        return {
            **_head(plan, period, until, at),
            "goals": _goals(goals, then),
            "tasks": _tasks(plan, tasks, reported, until, at),
            "money": _money(sums, until) if sums.is_planned else None,
            "troubles": _troubles(goals, tasks, reported, until, at),
            "disagreements": [shown.disagreement(each) for each in sums.disagreements],
        }


def _head(plan: Plan, period: Period, until: date, at: datetime) -> dict[str, Any]:
    unit = unit_of(plan, at)
    parent = unit.parent_code
    info = province()
    return {
        "agency": unit.name,
        "above": _name_of(parent, at) if parent else "",
        "place_date": f"{info.name}, ngày {civil_date(at):%d} tháng {civil_date(at):%m} năm {civil_date(at):%Y}",
        "number": "Số:         /BC-UBND",
        "title": "BÁO CÁO",
        "subtitle": f"Kết quả thực hiện {plan.name} – {period_words(period)}",
        "basis": f"{plan.name}{f' ngày {day(plan.signed_on)}' if plan.signed_on else ''}: {plan.title}",
        "until": day(until),
    }


def _name_of(code: str, at: datetime) -> str:
    """Return the name of an agency as it was known last; empty for none."""
    return (find_agency(code, on=civil_date(at)) or last_known_agency(code)).name


def _goals(goals: Sequence[GoalStanding], at: datetime) -> dict[str, Any]:
    tally = shown.tally(goals)
    rows = [shown.goal_row(each, at) for each in goals]
    summary = gettext(
        "{all} goals: {met} reached, {missed} missed or to be missed, {doubt} in doubt, {unknown} without a figure."
    ).format(all=number(len(goals)), **{key: number(value) for key, value in tally.items()})
    return {
        "summary": summary,
        "rows": [
            {
                "name": _cut(each["item"].text),
                "promised": each["figure"],
                "until": each["until"],
                "value": each["value"],
                "of": each["of"],
                "said": each["said"],
            }
            for each in rows
        ],
    }


def _tasks(
    plan: Plan, tasks: Sequence[Item], reported: dict[Any, Progress], until: date, at: datetime
) -> dict[str, Any]:
    standings = [reported[each.pk].standing if each.pk in reported else Standing.OPEN for each in tasks]
    held = [each for each in standings if each != Standing.DROPPED]
    late = [each for each, standing in zip(tasks, standings, strict=True) if _is_late(each, standing, until)]
    summary = gettext(
        "{all} tasks: {done} done, {going} under way, {stuck} stuck, {open} not begun; {late} late."
    ).format(
        all=number(len(held)),
        done=number(held.count(Standing.DONE)),
        going=number(held.count(Standing.GOING)),
        stuck=number(held.count(Standing.STUCK)),
        open=number(held.count(Standing.OPEN)),
        late=number(len(late)),
    )
    return {
        "summary": summary,
        "agencies": [
            {
                "name": each.name or gettext("Not told"),
                "all": number(each.all),
                "done": number(each.done),
                "going": number(each.going),
                "stuck": number(each.stuck),
                "late": number(each.late),
            }
            for each in agencies_of(plan, at, until=until)
        ],
        "rows": [
            {
                "name": _cut(each.text),
                "who": shown.lead_words(each, at)["name"] or "–",
                "until": shown.until(each.by),
                "standing": str(Standing(standing).label),
                "said": reported[each.pk].said if each.pk in reported else "",
            }
            for each, standing in list(zip(tasks, standings, strict=True))[:MOST_LINES]
        ],
    }


def _is_late(item: Item, standing: str, until: date) -> bool:
    due = item.due
    return standing not in OVER and due is not None and due < until


def _money(sums: Money, until: date) -> dict[str, Any]:
    whole = shown.money_row(sums.whole)
    year = until.year
    summary = gettext("Planned {planned} million đồng; allocated {allocated}; paid out {disbursed} ({share}).").format(
        **{key: whole[key] for key in ("planned", "allocated", "disbursed", "share")}
    )
    if year in sums.years:
        here = shown.money_row(sums.whole, year)
        summary += " " + gettext(
            "In {year}: planned {planned}, allocated {allocated}, paid out {disbursed} ({share})."
        ).format(year=year, **{key: here[key] for key in ("planned", "allocated", "disbursed", "share")})
    return {
        "summary": summary,
        "years": [_line(sums.whole, str(each), each) for each in sums.years],
        "sources": [_line(each, each.name) for each in sums.sources],
        "projects": [_line(each, each.name) for each in sums.projects],
        "whole": _line(sums.whole, gettext("The whole")),
    }


def _line(line: Line, name: str, year: int = 0) -> dict[str, Any]:
    row = shown.money_row(line, year)
    return {
        "name": _cut(name),
        **{key: row[key] for key in ("planned", "allocated", "disbursed", "share")},
        "bar": row["bar"] or 0,
    }


def _troubles(
    goals: Sequence[GoalStanding], tasks: Sequence[Item], reported: dict[Any, Progress], until: date, at: datetime
) -> list[str]:
    found = [
        gettext("Goal: {name} – {said} (promised {promised}, now {value}).").format(
            name=_cut(each.item.text),
            said=shown.goal_words(each),
            promised=shown.promise(each.item),
            value=shown.figure(each.value, each.item.unit),
        )
        for each in goals
        if each.is_missed
    ]
    for each in tasks:
        row = reported.get(each.pk)
        standing = row.standing if row else Standing.OPEN
        who = shown.lead_words(each, at)["name"] or gettext("Not told")
        if row is not None and standing == Standing.STUCK:
            found.append(
                gettext("Task: {name} ({who}) – stuck: {said}").format(name=_cut(each.text), who=who, said=row.said)
            )
        elif _is_late(each, standing, until):
            found.append(
                gettext("Task: {name} ({who}) – late since {day}.").format(
                    name=_cut(each.text), who=who, day=day(each.due)
                )
            )
    return found[:MOST_LINES]


def _cut(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"  # noqa: PLR2004 - a cell of a table
