"""The figures as Prometheus reads them: text format 0.0.4."""

from __future__ import annotations

import logging
import platform
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error
from django.utils.translation import override

from tinhso import __version__
from tinhso.base.gauges import Gauge
from tinhso.base.processes import processes
from tinhso.base.registry import registry
from tinhso.site.watch import counting
from tinhso.site.watch.counting import BUCKETS, LAST, SUM, Family, labelled

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_log = logging.getLogger(__name__)


def text(at: datetime) -> str:
    """Return everything: what was counted by all processes of this machine, and how things stand now."""
    return "\n".join([*_counted(), *_standing(at), ""])


def _counted() -> Iterator[str]:
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for name, value in counting.sheets().total().items():
        name_of_family, labels, part = counting.split(name)
        found[name_of_family][labels][part] = value
    for family in counting.FAMILIES:
        if family.name not in found:
            continue
        yield from _head(family.name, family.kind, family.help)
        for labels, parts in sorted(found[family.name].items()):
            yield from (
                _histogram(family, labels, parts)
                if family.kind == "histogram"
                else _sample(family.name, labels, parts[""])
            )


def _histogram(family: Family, labels: str, parts: dict[str, float]) -> Iterator[str]:
    so_far, comma = 0.0, "," if labels else ""
    for end in (*map(str, BUCKETS), LAST):
        so_far += parts.get(end, 0.0)
        yield from _sample(f"{family.name}_bucket", f'{labels}{comma}le="{end}"', so_far)
    yield from _sample(f"{family.name}_sum", labels, parts.get(SUM, 0.0))
    yield from _sample(f"{family.name}_count", labels, so_far)


def _head(name: str, kind: str, said: str) -> Iterator[str]:
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} {kind}"


def _sample(name: str, labels: str, value: float) -> Iterator[str]:
    yield f"{name}{{{labels}}} {value:.15g}" if labels else f"{name} {value:.15g}"


def _gauge(name: str, said: str, value: float, **labels: str) -> Iterator[str]:
    yield from _head(f"tinhso_{name}", "gauge", said)
    yield from _sample(f"tinhso_{name}", labelled(**labels), value)


def _standing(at: datetime) -> Iterator[str]:
    """How things stand at this moment."""
    yield from _gauge("build_info", "Version that runs.", 1, version=__version__, python=platform.python_version())
    yield from _processes(at)
    disk = shutil.disk_usage(settings.DATA_DIR)
    yield from _gauge("disk_free_bytes", "Free space under the data folder.", disk.free)
    yield from _gauge("disk_size_bytes", "Size of the disk under the data folder.", disk.total)
    failed = 0
    with override("en"):
        for gauge in registry.of(Gauge):
            try:
                yield from _gauge(gauge.key, str(gauge.title), gauge.measure(at))
            except Error as error:
                failed += 1
                _log.warning("figure %s: %s", gauge.key, type(error).__name__)
    yield from _gauge("figures_failed", "Figures that could not be read this time.", failed)


def _processes(at: datetime) -> Iterator[str]:
    living = processes()
    yield from _head("tinhso_processes", "gauge", "Processes of ours that beat lately, by kind.")
    for kind in ("web", "worker"):
        fresh = sum(process.kind == kind and process.is_fresh(at) for process in living)
        yield from _sample("tinhso_processes", labelled(kind=kind), fresh)
    seen = max((process.seen_at for process in living if process.kind == "worker"), default=None)
    age = (at - seen).total_seconds() if seen else -1
    yield from _gauge("worker_beat_age_seconds", "Seconds since a worker last beat; -1 when none lives.", age)
