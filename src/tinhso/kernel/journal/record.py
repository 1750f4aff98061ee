"""`record()`: a line about what the running act did, written with the others at its end, in its transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from tinhso.base.actors import Actor
from tinhso.base.acts import before_commit, count_record, running
from tinhso.base.registry import Event, registry
from tinhso.base.rows import new
from tinhso.kernel.journal.content import canonical, content_hash, plain
from tinhso.kernel.journal.ids import new_id
from tinhso.kernel.journal.models import Entry, Purpose
from tinhso.kernel.journal.sql import insert_later, moment_value, uuid_value

if TYPE_CHECKING:
    from uuid import UUID

_NOTE = "journal"
_COLUMNS = tuple(str(field.column) for field in Entry._meta.concrete_fields)  # noqa: SLF001 - Django's public way to fields


class Journalled(Protocol):
    """A model that says how the journal names it: type and key, e.g. `("dossier", "H47.12-260314-0001")`."""

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return type and key."""
        ...


type Subject = tuple[str, str | UUID | int] | Journalled


class UndeclaredEvent(LookupError):  # noqa: N818 - named for what is missing
    """The event is lent by no manifest (raised only where `settings.JOURNAL_STRICT_EVENTS` is set)."""


def subject_of(subject: Subject) -> tuple[str, str]:
    """Return type and key of what an entry is about."""
    kind, key = subject if isinstance(subject, tuple) else subject.journal_subject
    return kind, str(key)


def record(event: str, subject: Subject, /, *, actor: Actor, at: datetime, agency: str = "", **facts: Any) -> Entry:
    """
    Journal one line of the running act and return it, id and content hash included; it is on disk when the act is.

    `agency` is the code of the agency in whose name it was done; left out, it is the actor's, if they hold posts in one
    agency only. Facts are what JSON can say (dates, ids and decimals become text); keys rather than personal data.
    Raises BrokenAct outside of an act, TypeError and ValueError for a fact without a JSON form.
    """
    if settings.JOURNAL_STRICT_EVENTS:
        _check_declared(event)
    kind, key = subject_of(subject)
    act = running()
    entry = new(
        Entry,
        id=new_id(),
        event=event,
        at=at,
        actor_kind=actor.kind.value,
        actor_key=actor.key,
        actor_name=actor.name[:200],
        assurance=actor.assurance,
        agency=agency or _only_agency(actor),
        subject_type=kind,
        subject_key=key,
        facts=plain(facts | marks_of(actor)),
        act=act.name,
        salt=secrets.token_bytes(16),
    )
    entry.content_hash = content_hash(entry)
    lines: list[Entry] = act.notes.setdefault(_NOTE, [])
    if not lines:
        # a key of its own each time the list was emptied: another finisher may record after the first writing
        before_commit(f"{_NOTE}:{act.recorded}", lambda: _write(lines))
    lines.append(entry)
    count_record(entry)
    return entry


def marks_of(actor: Actor) -> dict[str, str]:
    """Return what every line of this actor bears: the emergency in which they act, where there is one."""
    return {"by_emergency": actor.facts["emergency"]} if "emergency" in actor.facts else {}


def _only_agency(actor: Actor) -> str:
    agencies = actor.agencies
    return next(iter(agencies)) if len(agencies) == 1 else ""


def _check_declared(event: str) -> None:
    if not any(declared.key == event for declared in registry.of(Event)):
        raise UndeclaredEvent(f"no manifest lends the event {event}")


def _write(lines: list[Entry]) -> None:
    """Write all lines with one INSERT, and with a second one what they wait for; then empty the list."""
    insert_later("journal_entry", _COLUMNS, [_row(entry) for entry in lines])
    ids = [uuid_value(entry.id) for entry in lines]
    insert_later("journal_queued", ("purpose", "entry_id"), [(int(purpose), id_) for id_ in ids for purpose in Purpose])
    for entry in lines:
        entry._state.adding = False  # noqa: SLF001 - what save() would have done
    lines.clear()


def _row(entry: Entry) -> Sequence[Any]:
    return (
        uuid_value(entry.id),
        entry.event,
        moment_value(entry.at),
        entry.actor_kind,
        entry.actor_key,
        entry.actor_name,
        entry.assurance,
        entry.agency,
        entry.subject_type,
        entry.subject_key,
        canonical(entry.facts).decode(),
        entry.act,
        entry.salt,
        entry.content_hash,
    )
