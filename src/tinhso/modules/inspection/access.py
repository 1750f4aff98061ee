"""Who may see findings and do something about them. The inspector is whoever has the role of auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import has_scope

if TYPE_CHECKING:
    from tinhso.modules.inspection.models import Finding

INSPECTOR = "auditor"
HEADS = ("head", "leader")
READ, WRITE = "inspection:read", "inspection:write"


def inspects_province(actor: Actor) -> bool:
    """Tell whether the actor inspects the whole province."""
    return actor.is_official and actor.has_role_for_province(INSPECTOR)


def agencies_led(actor: Actor) -> frozenset[str]:
    """Return the agencies whose findings the actor sees whole: those they lead or inspect."""
    return actor.agencies_with((*HEADS, INSPECTOR)) if actor.is_official else frozenset()


def can_enter(actor: Actor) -> bool:
    """See findings: any official, each those that are theirs to see."""
    return actor.is_official and has_scope(actor, READ)


def can_see(actor: Actor, finding: Finding) -> bool:
    """See a finding: the official concerned, who is to answer it, the head of the agency, the inspector."""
    if not can_enter(actor):
        return False
    if finding.is_silent:
        return inspects_province(actor)
    return (
        inspects_province(actor)
        or actor.key in (finding.concerned_key, finding.assigned_key)
        or finding.agency_code in agencies_led(actor)
    )


def leads(actor: Actor, finding: Finding) -> bool:
    """Tell whether the actor leads or inspects where the finding belongs."""
    return inspects_province(actor) or finding.agency_code in agencies_led(actor)


def can_assign(actor: Actor, finding: Finding) -> bool:
    """Give a finding to an official: the head of the agency, the inspector."""
    return can_see(actor, finding) and leads(actor, finding) and has_scope(actor, WRITE)


def can_answer(actor: Actor, finding: Finding) -> bool:
    """Answer a finding: the official concerned, who was given it, the head of the agency. An inspector asks and judges."""
    is_theirs = actor.key in (finding.concerned_key, finding.assigned_key)
    heads = actor.is_official and finding.agency_code in actor.agencies_with(HEADS)
    return can_see(actor, finding) and (is_theirs or heads) and has_scope(actor, WRITE)


def can_contest(actor: Actor, finding: Finding) -> bool:
    """Contest a finding: the official concerned."""
    return can_see(actor, finding) and actor.key == finding.concerned_key and has_scope(actor, WRITE)


def can_close(actor: Actor, finding: Finding) -> bool:
    """Close a finding: the head of the agency, the inspector."""
    return can_see(actor, finding) and leads(actor, finding) and has_scope(actor, WRITE)


def can_reopen(actor: Actor, finding: Finding) -> bool:
    """Open a closed finding again: the inspector of the province."""
    return can_see(actor, finding) and inspects_province(actor) and has_scope(actor, WRITE)


def can_see_scenarios(actor: Actor) -> bool:
    """See the scenarios and what came of them: inspectors, heads, administrators of the province."""
    return can_enter(actor) and (
        bool(agencies_led(actor)) or inspects_province(actor) or actor.has_role_for_province("admin")
    )


def can_switch(actor: Actor) -> bool:
    """Switch a scenario off, on or to trial: the inspector of the province."""
    return inspects_province(actor) and has_scope(actor, WRITE)


def can_check_back(actor: Actor) -> bool:
    """Try a scenario on past acts: the inspector of the province."""
    return by_system(actor) or inspects_province(actor)


def can_load(actor: Actor) -> bool:
    """Load scenarios: the loader of packs and administrators of the province."""
    return by_system(actor) or actor.has_role_for_province("admin")


def can_find(actor: Actor) -> bool:
    """Note a finding: the worker."""
    return actor.kind is ActorKind.SYSTEM
