"""What is counted: requests, acts, tasks of the worker, security events. One place names every family and its labels."""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tinhso.base.acts import Running
from tinhso.base.watching import Watched, outcome_of
from tinhso.site.watch.sheets import OVERFLOW, Sheets

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper ends in seconds: pages of ours take 5 to 50 milliseconds, a paper a quarter of a second."""
SUM, LAST = "sum", "+Inf"


@dataclass(frozen=True, slots=True)
class Family:
    """One name in what Prometheus reads."""

    name: str
    kind: str
    help: str


FAMILIES = (
    Family("tinhso_request_seconds", "histogram", "Requests by route, method and status, with their durations."),
    Family("tinhso_request_statements_total", "counter", "Statements that requests of a route sent to the database."),
    Family("tinhso_acts_total", "counter", "Acts by name and how they ended: done, refused, undone, broken."),
    Family("tinhso_act_seconds_total", "counter", "Seconds that acts of a name took."),
    Family(
        "tinhso_turned_away_total", "counter", "Requests that found no place in a rush and were told to come again."
    ),
    Family("tinhso_task_seconds", "histogram", "Rounds of the worker's tasks, with their durations."),
    Family("tinhso_security_events_total", "counter", "Security events by name."),
    Family("tinhso_soc_dropped_total", "counter", "Security events that could not be sent to the security centre."),
    Family("tinhso_spans_dropped_total", "counter", "Spans that could not be sent to the collector."),
    Family("tinhso_series_overflow_total", "counter", "Increments of series that were too many to be kept."),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_sheets: list[Sheets] = []


def sheets() -> Sheets:
    """Return the sheets of this machine."""
    if not _sheets:
        _sheets.append(Sheets(Path(settings.RUN_DIR) / "counters"))
    return _sheets[0]


def labelled(**labels: str) -> str:
    """Return labels as Prometheus writes them."""
    said = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return ",".join(said)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def count(family: str, amount: float = 1.0, **labels: str) -> None:
    """Add to a counter."""
    sheets().add(f"{family}|{labelled(**labels)}|", amount)


def observe(family: str, seconds: float, **labels: str) -> None:
    """Add a duration to a histogram: to its one bucket (they are added up when read) and to its sum."""
    place = bisect_left(BUCKETS, seconds)
    said = f"{family}|{labelled(**labels)}|"
    sheets().add(said + (str(BUCKETS[place]) if place < len(BUCKETS) else LAST))
    sheets().add(said + SUM, seconds)


def count_ended(seen: Watched) -> None:
    """Count a request or a task that has ended."""
    if seen.kind == "task":
        observe("tinhso_task_seconds", seen.took, task=seen.name, outcome=outcome_of(seen.failure))
        return
    method = seen.method if seen.method in METHODS else "other"
    observe("tinhso_request_seconds", seen.took, route=seen.name, method=method, status=str(seen.status))
    if seen.statements:
        count("tinhso_request_statements_total", seen.statements, route=seen.name)


def count_act(act: Running) -> None:
    """Count an act that has ended."""
    count("tinhso_acts_total", act=act.name, outcome=outcome_of(act.failure))
    count("tinhso_act_seconds_total", (time.perf_counter_ns() - act.began) / 1e9, act=act.name)


def split(name: str) -> tuple[str, str, str]:
    """Return family, labels and what is counted of it (a bucket or the sum) from the name of a number."""
    if name == OVERFLOW:
        return "tinhso_series_overflow_total", "", ""
    family, _bar, rest = name.partition("|")
    labels, _bar, part = rest.rpartition("|")
    return family, labels, part
