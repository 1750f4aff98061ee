"""Who may do what in the queue."""

from __future__ import annotations

from tinhso.base.actors import Actor

SERVES = ("reception", "cashier")
STEERS = ("head", "leader")


def can_take_ticket(_actor: Actor) -> bool:
    """Take a ticket or book an appointment: anybody."""
    return True


def can_hold_ticket(_actor: Actor) -> bool:
    """Follow, leave, cancel or move what one holds: anybody who has its secret address or code."""
    return True


def can_serve(actor: Actor, desk_code: str | None = None) -> bool:
    """Open a window and call: reception and cashier of the desk."""
    return actor.is_official and actor.scopes is None and actor.has_role(*SERVES, agency=desk_code)


def can_steer(actor: Actor, *agencies: str) -> bool:
    """See waiting and serving times of a desk: its head and those who lead its agency."""
    if not actor.is_official or actor.scopes is not None:
        return False
    return actor.has_role(*STEERS) if not agencies else any(actor.has_role(*STEERS, agency=each) for each in agencies)
