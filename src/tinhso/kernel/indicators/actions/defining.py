"""Definitions of indicators and their formulas, as a pack gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.indicators import access
from tinhso.kernel.indicators.models import Formula, Indicator
from tinhso.kernel.journal.public import record


@act
def define(
    rows: Sequence[Mapping[str, Any]], formulas: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime
) -> None:
    """
    Take definitions and formulas of a pack. An indicator that is gone from it is measured no more; its figures stay.

    A formula holds from its day until the day before the next one of the same indicator; one that changed is withdrawn, and
    the new one put in its place. For our own doors: what is right was checked by the part that reads the pack.
    """
    require(access.can_define, actor)
    known = {row.code: row for row in Indicator.objects.all()}
    for row in rows:
        found = known.get(row["code"])
        if found is None:
            Indicator.objects.create(**row)
        elif any(getattr(found, name) != value for name, value in row.items()):
            Indicator.objects.filter(pk=found.pk).update(**row)
    Indicator.objects.exclude(code__in=[row["code"] for row in rows]).update(is_active=False)
    _keep_formulas(formulas, at)
    record(
        "indicators.defined", ("pack", "indicators"), actor=actor, at=at, indicators=len(rows), formulas=len(formulas)
    )


def _keep_formulas(formulas: Sequence[Mapping[str, Any]], at: datetime) -> None:
    ids = dict(Indicator.objects.values_list("code", "id"))
    wanted = {(ids[row["code"]], row["valid_from"]): row for row in formulas}
    standing = {(row.indicator_id, row.valid_from): row for row in Formula.objects.standing()}
    for key, row in standing.items():
        new = wanted.get(key)
        if new is None or (row.text, row.source, row.valid_to) != (new["text"], new["source"], new["valid_to"]):
            row.withdrawn_at = at
            row.save(update_fields=["withdrawn_at"])
        else:
            wanted.pop(key)
    Formula.objects.bulk_create(
        [
            Formula(
                indicator_id=key[0], valid_from=key[1], valid_to=row["valid_to"], text=row["text"], source=row["source"]
            )
            for key, row in wanted.items()
        ]
    )


def dated(formulas: Sequence[tuple[str, date, str, str]]) -> list[dict[str, Any]]:
    """Return formulas (code, first day, text, source) each with its last day: the day before the next of the same indicator."""
    from datetime import timedelta

    found = []
    for code, first, text, source in formulas:
        later = [other for name, other, _text, _source in formulas if name == code and other > first]
        until = min(later) - timedelta(days=1) if later else None
        found.append({"code": code, "valid_from": first, "valid_to": until, "text": text, "source": source})
    return found
