"""Keeping measures: rows of dossiers and their sums change together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.journal.public import record
from tinhso.law.quality.measured import KEPT, Counts, Measured
from tinhso.modules.quality import access
from tinhso.modules.quality.models import Case, Offer, Progress, Share, Tally
from tinhso.modules.quality.queries.measuring import VERSION, Sums, Worked, changes, row_of, worked
from tinhso.modules.quality.queries.recount import COLUMNS, OF_OFFICIALS, grains, worked_anew

ROWS = 200
"""Sums in one statement."""


@act
def keep_measures(
    measured: Sequence[Measured], *, walked: str | None = None, is_whole: bool = False, actor: Actor, at: datetime
) -> int:
    """
    Keep dossiers as they are measured now, and what that changes in the sums. Returns how many.

    `walked` is how far the first counting came, `is_whole` that it is done. One worker at a time: the row of Progress is
    locked, so that two who measured the same dossier do not add it twice.
    """
    require(access.can_keep, actor)
    progress = locked_progress()
    codes = [one.code for one in measured]
    before = list(Case.objects.filter(code__in=codes))
    known = {row.code for row in before}
    # what was erased stays as it was measured
    after = [row_of(one, at) for one in measured if not (one.is_erased and one.code in known)]
    changed = {row.code for row in after}
    before = [row for row in before if row.code in changed]
    names = [field.name for field in Case._meta.fields if not field.primary_key]  # noqa: SLF001 - Django's public way
    Case.objects.bulk_create(after, update_conflicts=True, unique_fields=["code"], update_fields=names)
    _add(changes(before, after), [*before, *after])
    _add_worked(worked(before, after))
    if walked is not None:
        progress.walked = walked
    if is_whole:
        progress.built_at, progress.version = at, VERSION
    progress.save()
    record("quality.measures_kept", progress, actor=actor, at=at, dossiers=len(after), walked=progress.walked)
    return len(after)


@act
def rebuild_sums(*, actor: Actor, at: datetime) -> None:
    """Throw the sums away and have the database count them anew from the measured rows."""
    require(access.can_keep, actor)
    progress = locked_progress()
    Tally.objects.all().delete()
    Share.objects.all().delete()
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        for grain in grains():
            words, values = grain.query.sql_with_params()
            cursor.execute(f"INSERT INTO {Tally._meta.db_table} ({names}) {words}", values)  # noqa: SLF001 - our own names
    shares = [
        Share(month=month, agency_code=agency, official_key=key, name=name, **counts)
        for (month, agency, key), (name, counts) in worked_anew().items()
    ]
    Share.objects.bulk_create(shares, batch_size=500)
    record("quality.sums_rebuilt", progress, actor=actor, at=at)


@act
def begin_again(*, actor: Actor, at: datetime) -> None:
    """Have all dossiers measured once more; rows and sums stay until then, and change where they were wrong."""
    require(access.can_keep, actor)
    progress = locked_progress()
    progress.walked, progress.built_at = "", None
    progress.save()
    record("quality.sums_rebuilt", progress, actor=actor, at=at, from_="the dossiers")


@act
def keep_offer(offers: Sequence[Offer], *, actor: Actor, at: datetime) -> None:
    """Keep what the catalogue offers at each level."""
    require(access.can_keep, actor)
    for offer in offers:
        offer.save()
        record("quality.offer_counted", ("quality_offer", offer.level), actor=actor, at=at, all=offer.all)


def locked_progress() -> Progress:
    """Return the one row under whose lock sums change; it is made when it is not there."""
    Progress.objects.bulk_create([Progress(pk=1)], ignore_conflicts=True)
    return Progress.objects.select_for_update().get(pk=1)


def _add(sums: Sums, rows: Sequence[Case]) -> None:
    fields = {row.service_code: row.field for row in rows}
    made = [
        [*key, fields.get(key[3], ""), *(getattr(counts, name) for name in KEPT)]
        for key, counts in sorted(sums.items())
    ]
    _upsert(Tally, ("span", "first", "agency_code", "service_code"), ("field",), KEPT, made)


def _add_worked(sums: Worked) -> None:
    rows = [
        [*place, name, *(getattr(counts, each) for each in OF_OFFICIALS)]
        for place, (name, counts) in sorted(sums.items())
        if counts != Counts()
    ]
    _upsert(Share, ("month", "agency_code", "official_key"), ("name",), OF_OFFICIALS, rows)


def _upsert(
    model: type[models.Model],
    keys: tuple[str, ...],
    said: tuple[str, ...],
    added: tuple[str, ...],
    rows: list[list[Any]],
) -> None:
    """Insert the rows, or add them to those that are there. Words are names of our own models."""
    table = model._meta.db_table  # noqa: SLF001 - Django's public name
    columns = (*keys, *said, *added)
    names = ", ".join(f'"{name}"' for name in columns)
    marks = f"({', '.join(['%s'] * len(columns))})"
    changes = [f'"{name}" = excluded."{name}"' for name in said]
    changes += [f'"{name}" = {table}."{name}" + excluded."{name}"' for name in added]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([marks] * len(part))}"  # noqa: S608 - our own names
                f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}",
                [value for row in part for value in row],
            )
