"""Officials' reading of a dossier, noted when it happens and journalled by the worker soon after."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.cache import cache

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.rows import insert, new
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import Dossier, Purpose, Reading

__all__ = ["Purpose", "journal_readings", "note_reading"]

BATCH: Final = 200
_HOUR_SECONDS: Final = 3600


class _Nothing(Exception):  # noqa: N818 - another worker was faster: rolls back an act that found no work
    pass


def note_reading(dossier: Dossier, purpose: Purpose, *, actor: Actor, at: datetime) -> None:
    """
    Note that an official has the dossier before them: at most once a reader, dossier and hour, with one statement.

    The cache remembers who was noted, so that opening the page again sends nothing; the table itself takes no second line
    where a cache forgot. The owner of the dossier is no reader.
    """
    if not access.sees_as_office(actor, dossier):
        return
    hour = at.replace(minute=0, second=0, microsecond=0)
    if not cache.add(f"onestop.reading.{dossier.pk}.{actor.key}.{hour:%Y%m%d%H}", 1, _HOUR_SECONDS):
        return
    noted = new(
        Reading,
        dossier=dossier,
        reader_key=actor.key,
        reader_name=actor.name,
        agency_code=access.part_in(actor, dossier),
        purpose=purpose.value,
        hour=hour,
    )
    insert(noted, known="skip")


def journal_readings(*, actor: Actor, at: datetime) -> int:
    """Journal what was noted; return how many readings. A quiet minute writes nothing."""
    if not Reading.objects.filter(is_journalled=False).exists():
        return 0
    try:
        return _journal_some(actor=actor, at=at)
    except _Nothing:
        return 0


@act
def _journal_some(*, actor: Actor, at: datetime) -> int:
    """Give each of the oldest readings its line: keys and purpose, no name."""
    require(by_system, actor)
    waiting = Reading.objects.select_for_update(of=("self",)).select_related("dossier").filter(is_journalled=False)
    some = list(waiting.order_by("id")[:BATCH])
    for one in some:
        record(
            "onestop.dossier_read",
            ("dossier-reading", one.dossier.code),
            actor=actor,
            at=at,
            agency=one.agency_code,
            reader=one.reader_key,
            purpose=one.purpose,
            hour=one.hour.isoformat(),
        )
    if not some:
        raise _Nothing
    Reading.objects.filter(pk__in=[one.pk for one in some]).update(is_journalled=True)
    return len(some)
