"""Last year's cases as a rehearsal needs them, the two runs, and what they show side by side."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.kernel.casework.public import (
    Arrival,
    Graph,
    Known,
    PastCase,
    PastTask,
    Rehearsal,
    Rehearsed,
    compile_flow,
    past_cases,
    past_posts,
    published_graph,
)
from tinhso.kernel.organisation.public import ROLES, agencies_by_code, calendar_for, count_holders
from tinhso.law.working_time import Calendar, working_seconds_between
from tinhso.modules.designer import models

MOST_CASES = 20_000
MOST_SECONDS = 60.0
"""How long a rehearsal may run; the worker has other work."""
SHOWN_POSTS = 12
FEWEST = 1
DAY = 8 * 3600

Axis = Callable[[datetime], float]
Post = tuple[str, str]


class NothingHappened(Exception):  # noqa: N818 - an answer to the worker
    """No case of this flow began in the span."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What both runs are fed."""

    arrivals: list[Arrival]
    known: Known
    weeks: list[float]
    days: list[date]
    past: list[PastCase]


def feed(code: str, inputs: Mapping[str, Any], calendar: Calendar, holders: Mapping[Post, int]) -> Fed:
    """Return the cases of a span on the axis of working time, with what is known of the work. Raises NothingHappened."""
    first, last = date.fromisoformat(inputs["since"]), date.fromisoformat(inputs["until"])
    start = datetime.combine(first, datetime.min.time(), CIVIL_ZONE)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), CIVIL_ZONE)
    past = past_cases(code, start, end, limit=MOST_CASES)
    if len(past) < FEWEST:
        raise NothingHappened

    def axis(moment: datetime) -> float:
        return float(working_seconds_between(start, moment, calendar)) if moment > start else 0.0

    arrivals = [_arrival(case, axis) for case in past]
    mondays = [
        first - timedelta(days=first.weekday()) + timedelta(days=7 * n) for n in range((last - first).days // 7 + 3)
    ]
    weeks = [axis(datetime.combine(day, datetime.min.time(), CIVIL_ZONE)) for day in mondays]
    return Fed(arrivals, _known(past, inputs, axis, holders), weeks, mondays[:-1], past)


def _arrival(case: PastCase, axis: Axis) -> Arrival:
    """Return a case with the legal time it had in truth: until when it was first due, and how much that was."""
    at, clock = axis(case.opened_at), case.clock
    if clock is None or clock.first_due_at is None:
        return Arrival(at, case.agencies)
    due = axis(clock.first_due_at)
    return Arrival(at, case.agencies, due, due - axis(clock.began_at))


def _known(past: Sequence[PastCase], inputs: Mapping[str, Any], axis: Axis, holders: Mapping[Post, int]) -> Known:
    outcomes: dict[str, Counter[str]] = {}
    for case in past:
        for task in case.tasks:
            outcomes.setdefault(task.node, Counter())[task.outcome] += 1
    seconds = _worked([task for case in past for task in case.tasks], axis)
    staff = {**holders, **{(agency, role): int(people) for agency, role, people in inputs["staff"]}}
    absent = (float(inputs.get("absent_days", 3)) * DAY,)
    return Known(staff, seconds, outcomes, absent)


def _worked(tasks: list[PastTask], axis: Axis) -> dict[str, list[float]]:
    """
    Return the working seconds that each step took, as often as it is known.

    Whoever took several on at once did them one after the other: each begins when the one before was done. What nobody took
    on before it was done tells nothing of how long it took.
    """
    found: dict[str, list[float]] = {}
    free: dict[str, float] = {}
    for task in sorted(tasks, key=lambda task: task.done_at):
        done = axis(task.done_at)
        if task.taken_at is not None and task.taken_at < task.done_at:
            begun = max(axis(task.taken_at), free.get(task.by, 0.0))
            found.setdefault(task.node, []).append(max(0.0, done - begun))
        if task.by:
            free[task.by] = done
    return found


def rehearse(draft: models.Draft, inputs: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return what the flow in effect and the draft would have made of the same cases. Raises NothingHappened, TooLong."""
    calendar = calendar_for(inputs.get("agency") or None, at)
    fed = feed(draft.code, inputs, calendar, count_holders(civil_date(at)))
    until = time.monotonic() + MOST_SECONDS
    flows: dict[str, Graph | None] = {
        "before": published_graph(draft.code),
        "after": compile_flow(bytes(draft.xml), library=published_graph),
    }
    told = {
        name: Rehearsal(
            graph, fed.known, seed=int(inputs["seed"]), weeks=fed.weeks, is_over_time=lambda: time.monotonic() > until
        ).run(fed.arrivals)
        for name, graph in flows.items()
        if graph is not None
    }
    clocks = [case.clock for case in fed.past if case.clock and case.clock.settled_at and case.clock.due_at]
    late = sum(1 for clock in clocks if clock.settled_at and clock.due_at and clock.settled_at > clock.due_at)
    return {
        "file": fingerprint(draft),
        "cases": len(fed.arrivals),
        "cut": len(fed.arrivals) >= MOST_CASES,
        "happened": {"finished": len(clocks), "late": late},
        **{name: _summary(each, flows[name]) for name, each in told.items()},
        "posts": _posts(told, fed),
        "weeks": [day.isoformat() for day in fed.days],
        "queue": {name: _all_queues(each, len(fed.days)) for name, each in told.items()},
    }


def fingerprint(draft: models.Draft) -> str:
    """Return what tells whether a rehearsal is of this file: sending and approving a draft change it not."""
    return hashlib.sha256(bytes(draft.xml)).hexdigest()


def _summary(told: Rehearsed, graph: Graph | None) -> dict[str, Any]:
    names = {node.id: node.name or node.id for node in graph.steps()} if graph else {}
    return {
        "finished": told.finished, "late": told.late, "with_due": told.with_due,
        "late_share": told.late / told.with_due if told.with_due else None,
        "p50": _percentile(told.turnaround, 50), "p95": _percentile(told.turnaround, 95),
        "assumed": sorted(names.get(node, node) for node in told.assumed), "given_up": told.given_up,
    }  # fmt: skip


def _percentile(values: list[float], percent: int) -> float | None:
    """Return a turnaround in working days."""
    if not values:
        return None
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, len(ranked) * percent // 100)] / DAY, 2)


def _posts(told: Mapping[str, Rehearsed], fed: Fed) -> list[dict[str, Any]]:
    posts = sorted({post for each in told.values() for post in each.waits})
    rows = []
    for agency, role in posts:
        row: dict[str, Any] = {"agency": agency, "role": role, "people": fed.known.staff.get((agency, role), 1)}
        for name, each in told.items():
            waits, queue = each.waits.get((agency, role), []), each.queues.get((agency, role), [])
            row[name] = {
                "tasks": len(waits),
                "wait": round(sum(waits) / len(waits) / 3600, 2) if waits else None,
                "wait95": round((_percentile(waits, 95) or 0) * 8, 2) if waits else None,
                "peak": round(max(queue, default=0.0), 1),
                "queue": [round(length, 2) for length in queue],
            }
        rows.append(row)
    rows.sort(key=lambda row: -max((row[name]["wait"] or 0) for name in told))
    return rows[:SHOWN_POSTS]


def _all_queues(told: Rehearsed, weeks: int) -> list[float]:
    return [round(sum(queue[week] for queue in told.queues.values() if week < len(queue)), 2) for week in range(weeks)]


def list_rehearsals(draft: models.Draft) -> list[models.Rehearsal]:
    """Return the rehearsals of a draft without their results, newest first. One statement."""
    return list(draft.rehearsals.defer("result", "inputs").order_by("-asked_at")[:20])


def get_rehearsal(draft: models.Draft, number: Any) -> models.Rehearsal | None:
    """Return one rehearsal of a draft, None when there is none such."""
    return draft.rehearsals.filter(pk=number).first()


def post_names(rows: Sequence[Mapping[str, Any]], on: date) -> list[str]:
    """Return the posts of a result in words. One statement."""
    agencies = agencies_by_code([row["agency"] for row in rows], on)
    return [
        f"{ROLES.get(row['role'], row['role'])} · {agencies[row['agency']].name if row['agency'] in agencies else row['agency']}"
        for row in rows
    ]


WIDTH, HEIGHT, LEFT, FLOOR = 720, 220, 44, 190


def chart(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lines of the chart of waiting cases by week, ready to be drawn."""
    lines = {name: list(values) for name, values in result["queue"].items()}
    weeks = result["weeks"]
    while len(weeks) > 1 and all(
        not values[len(weeks) - 1 :] or values[len(weeks) - 1] == 0 for values in lines.values()
    ):
        weeks = weeks[:-1]
    top = max([1.0, *(value for values in lines.values() for value in values[: len(weeks)])])
    step = (WIDTH - LEFT - 10) / max(1, len(weeks) - 1)

    def points(values: list[float]) -> str:
        return " ".join(
            f"{LEFT + step * week:.1f},{FLOOR - (FLOOR - 20) * value / top:.1f}"
            for week, value in enumerate(values[: len(weeks)])
        )

    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "floor": FLOOR, "right": WIDTH - 10, "top": round(top, 1),
        "lines": [{"name": name, "points": points(values)} for name, values in lines.items()],
        "first": weeks[0] if weeks else "", "last": weeks[-1] if weeks else "",
    }  # fmt: skip


def posts_to_ask(code: str, since: datetime, until: datetime) -> list[tuple[str, str, str, int]]:
    """Return the busiest posts of a span: agency, role, name in words, how many hold it now (one at least)."""
    busiest, today = past_posts(code, since, until, limit=SHOWN_POSTS), civil_date(until)
    names = post_names([{"agency": agency, "role": role} for agency, role in busiest], today)
    holders = count_holders(today)
    return [
        (agency, role, name, max(1, holders.get((agency, role), 0)))
        for (agency, role), name in zip(busiest, names, strict=True)
    ]
