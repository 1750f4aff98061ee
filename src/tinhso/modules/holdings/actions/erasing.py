"""Readings that are old enough are deleted: each has its line in the journal. Called within an act of `kernel.privacy`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.modules.holdings.models import Reading


def delete_readings(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Delete these readings; return how many went."""
    return Reading.objects.filter(pk__in=keys).delete()[0]
