"""Who and what the journal's tests act with."""

from datetime import UTC, datetime

from tinhso.base.actors import system
from tinhso.base.acts import act, anyone, require
from tinhso.kernel.journal.public import record

AT = datetime(2026, 3, 14, 2, 0, 0, 120, tzinfo=UTC)
LAN = system("lan")


@act
def do(*keys, event="test.done", actor=LAN, **facts):
    """One act with a line about each of the dossiers."""
    require(anyone, actor)
    return [record(event, ("dossier", str(key)), actor=actor, at=AT, **facts) for key in keys]
