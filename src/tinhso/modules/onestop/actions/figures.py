"""Keeping what the worker counted."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop.models import DayFigures


@act
def keep_figures(figures: DayFigures, *, actor: Actor, at: datetime) -> DayFigures:
    """Keep what one day brought, in place of what was counted before."""
    require(by_system, actor)
    names = [field.name for field in DayFigures._meta.fields if not field.primary_key]  # noqa: SLF001 - Django's public way
    DayFigures.objects.bulk_create([figures], update_conflicts=True, unique_fields=["day"], update_fields=names)
    record("onestop.day_counted", figures, actor=actor, at=at, received=figures.received, judged=figures.judged)
    return figures
