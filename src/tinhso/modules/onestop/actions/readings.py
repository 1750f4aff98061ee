"""Officials' reading of a dossier, noted when it happens and journalled by the worker soon after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import quote

from django.core.cache import cache

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import act, by_system, require
from tinhso.base.rows import insert, new
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import Dossier, Purpose, Reading
from tinhso.modules.onestop.queries import dossiers
from tinhso.modules.onestop.queries.dossiers import DossierView

__all__ = ["Purpose", "journal_readings", "note_paper", "note_reading", "open_dossier", "open_whole"]

BATCH: Final = 200
_HOUR_SECONDS: Final = 3600


class _Nothing(Exception):  # noqa: N818 - another worker was faster: rolls back an act that found no work
    pass


def open_dossier(
    code: str, may: Callable[[Actor, Dossier], bool] = access.can_see, *, actor: Actor, at: datetime
) -> Dossier:
    """
    Return a dossier to a door that shows of it, and note who reads. Raises NotFound, and Forbidden if the actor may not.

    Every door that officials have comes through here or `open_whole`: no page can forget to note.
    """
    found = dossiers.get_dossier(code, seen_by=actor)
    require(may, actor, found)
    note_reading(found, Purpose.OFFICE, actor=actor, at=at)
    return found


def open_whole(
    code: str, may: Callable[[Actor, Dossier], bool] = access.can_see, *, actor: Actor, at: datetime
) -> DossierView:
    """Return everything about a dossier, as `open_dossier` does; what for is told by the steps that wait for the actor."""
    view = dossiers.view_dossier(code, seen_by=actor)
    require(may, actor, view.dossier)
    is_theirs = any(access.can_do_task(actor, task) for task in view.tasks)
    note_reading(view.dossier, Purpose.STEP if is_theirs else Purpose.OFFICE, actor=actor, at=at)
    return view


def note_paper(actor: Actor, code: str, at: datetime) -> None:
    """Note that an actor opened a paper of a dossier by the address of the paper. At most two statements, mostly none."""
    if actor.kind is not ActorKind.OFFICIAL or cache.get(_mark(code, actor, _hour(at))):
        return
    found = Dossier.objects.filter(code=code).first()
    if found is not None:
        note_reading(found, Purpose.OFFICE, actor=actor, at=at)


def note_reading(dossier: Dossier, purpose: Purpose, *, actor: Actor, at: datetime) -> None:
    """
    Note that an official has the dossier before them: at most once a reader, dossier and hour, with one statement.

    The table takes no second line. The cache only spares the statement: it is told after the line is kept, so that a cache
    that is away, full or forgetful costs statements and loses nothing. To be called outside of a transaction, as doors do.
    A token reads for a program, whatever the door. The owner of the dossier is no reader.
    """
    if not access.sees_as_office(actor, dossier):
        return
    hour = _hour(at)
    mark = _mark(dossier.code, actor, hour)
    if cache.get(mark):
        return
    noted = new(
        Reading,
        dossier=dossier,
        reader_key=actor.key,
        reader_name=actor.name,
        agency_code=access.part_in(actor, dossier),
        purpose=(purpose if actor.scopes is None else Purpose.PROGRAM).value,
        hour=hour,
    )
    insert(noted, known="skip")
    cache.set(mark, 1, _HOUR_SECONDS)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _mark(code: str, actor: Actor, hour: datetime) -> str:
    return f"onestop.reading.{quote(code)}.{actor.key}.{hour:%Y%m%d%H}"


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
