"""Who may see and load what the data store holds."""

from __future__ import annotations

from collections.abc import Collection

from tinhso.base.actors import Actor
from tinhso.kernel.identity.public import has_scope
from tinhso.kernel.organisation.public import predecessors
from tinhso.modules.holdings.models import Batch, BatchState

OFFICE = ("reception", "processor", "head", "leader", "clerk")
LOADERS = ("clerk", "head", "leader")
PROVEN = 2
"""Assurance of who asks for what is theirs: VNeID level 2. A number that somebody typed proves nothing."""


def can_see_own_holdings(actor: Actor) -> bool:
    """See what is held of oneself: a person or business whose identity is proven (VNeID level 2); a token needs its scope."""
    return actor.is_applicant and actor.level >= PROVEN and has_scope(actor, "holdings:read")


def may_have_holdings(actor: Actor) -> bool:
    """Show the menu entry to people and businesses."""
    return actor.is_applicant


def can_read_holdings(actor: Actor) -> bool:
    """Read what is held of somebody, for a purpose: officials who take in, process or sign dossiers."""
    return actor.is_official and actor.has_role(*OFFICE) and has_scope(actor, "holdings:read")


def can_ask_registers(actor: Actor, is_own: bool) -> bool:
    """Have a register asked: about oneself, or, as an official, about whose dossier is taken in or at hand."""
    return (can_see_own_holdings(actor) or _files(actor)) if is_own else can_read_holdings(actor) or _receives(actor)


def can_be_told_of_held(actor: Actor) -> bool:
    """Be told what is held where it stands for a paper that is asked for: officials who take in or settle, and programs for them."""
    return can_read_holdings(actor) or _receives(actor)


def _files(actor: Actor) -> bool:
    return actor.is_applicant and actor.level >= PROVEN and has_scope(actor, "dossier:write")


def _receives(actor: Actor) -> bool:
    """Tell whether a program may ask for an official: with the right to work on dossiers, for it sees no list of what is held."""
    return actor.is_official and actor.has_role(*OFFICE) and has_scope(actor, "dossier:act")


def can_load(actor: Actor, agency_code: str | None = None) -> bool:
    """Load results of an agency from its archives: its clerk, heads and leaders, in person."""
    if not actor.is_official or actor.scopes is not None:
        return False
    return actor.has_role(*LOADERS) if agency_code is None else _carries(actor, LOADERS, agency_code)


def can_see_batch(actor: Actor, batch: Batch) -> bool:
    """See a back-load: who may load results of its agency."""
    return can_load(actor, batch.agency_code)


def can_check_batch(actor: Actor, batch: Batch) -> bool:
    """Check a back-load: who may load for its agency, and is not the one who began it."""
    return can_load(actor, batch.agency_code) and actor.key != batch.begun_by and batch.state == BatchState.WAITING


def can_revoke_result(actor: Actor, issuer_code: str) -> bool:
    """Revoke a result: a leader of the agency that issued it, with a second factor, in person."""
    return (
        actor.is_official
        and actor.scopes is None
        and actor.level >= PROVEN
        and _carries(actor, ("leader",), issuer_code)
    )


def own_and_before(actor: Actor, roles: Collection[str]) -> set[str]:
    """Return where the actor carries one of the roles, with the agencies that ended and whose work these go on with."""
    own = actor.agencies_with(roles)
    return {*own, *predecessors(own)}


def _carries(actor: Actor, roles: Collection[str], agency: str) -> bool:
    """Tell whether the actor carries one of the roles in an agency, or in the one that took over from it."""
    return agency in own_and_before(actor, roles)
