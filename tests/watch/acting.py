"""A small act for tests of what watches acts."""

from tinhso.base import clock
from tinhso.base.actors import Actor, system
from tinhso.base.acts import act, anyone, require
from tinhso.kernel.journal.public import record


@act
def act_once_here(
    actor: Actor | None = None, *, event: str = "journal.delivery_replayed", fails: type[Exception] | bool = False
) -> None:
    """Journal one line."""
    actor = actor or system("test")
    require(anyone, actor)
    record(event, ("test", "1"), actor=actor, at=clock.now())
    if fails:
        raise fails if isinstance(fails, type) else ZeroDivisionError
