"""Demonstration plans, made by acting: an invented plan and a directive are read, looked through, reported on and paid for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tinhso.base.actors import system
from tinhso.kernel.organisation.public import province
from tinhso.modules.plan.actions.booking import Booked, book
from tinhso.modules.plan.actions.deciding import accept, clear
from tinhso.modules.plan.actions.reporting import report
from tinhso.modules.plan.actions.taking import look_at, take_in
from tinhso.modules.plan.actions.waiting import read_waiting
from tinhso.modules.plan.models import Item, Plan, Way
from tinhso.modules.plan.queries.plans import any_plan, get_plan, items_of

DEMO = system("demo")


def load(*, at: datetime) -> None:
    """Take in the texts of `demo/plans.yaml`, once."""
    folder = settings.PACK_DIR / "demo"
    file = folder / "plans.yaml"
    if not file.exists() or any_plan():
        return
    for row in yaml.safe_load(file.read_text(encoding="utf-8")):
        _tell(row, folder / "plans", at)


def _tell(row: dict[str, Any], folder: Path, at: datetime) -> None:
    given = look_at((folder / row["file"]).read_bytes(), row["file"])
    plan_id = take_in(given, unit=province().code, actor=DEMO, at=at).pk
    read_waiting(lambda: at)
    plan = get_plan(plan_id)
    accept(plan_id, [(each.pk, each.version) for each in items_of(plan)], actor=DEMO, at=at)
    clear(plan_id, seen=plan.version, refuse_rest=False, actor=DEMO, at=at)
    for each in row.get("money", ()):
        _book(plan, each, at)
    for each in row.get("progress", ()):
        line = _line(plan, each["line"])
        report(
            line.pk,
            each["standing"],
            value=each.get("value", ""),
            said=each.get("said", ""),
            on=each["day"],
            seen=line.version,
            actor=DEMO,
            at=at,
        )


def _book(plan: Plan, row: dict[str, Any], at: datetime) -> None:
    source, project = _line(plan, row["source"], Way.SOURCE), _line(plan, row["project"], Way.PROJECT)
    given = Booked(
        row["booking"], str(row["year"]), str(row["vnd"]), row["paper"], row["day"], str(source.pk), str(project.pk)
    )
    book(plan.pk, given, actor=DEMO, at=at)


def _line(plan: Plan, words: str, way: str = "") -> Item:
    rows = Item.objects.filter(plan=plan, way=way)
    found = rows.filter(text__contains=words).first() or rows.filter(sentence__contains=words).first()
    if found is None:
        raise LookupError(f"{plan}: no line says {words!r}")
    return found
