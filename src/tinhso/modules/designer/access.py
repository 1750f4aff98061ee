"""Who drafts flows and forms, and who approves them: never the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinhso.base.actors import Actor, ActorKind

if TYPE_CHECKING:
    from tinhso.modules.designer.models import Draft

DRAFTS = ("designer",)
DECIDES = ("lawyer",)


def _in_person(actor: Actor) -> bool:
    return actor.kind is ActorKind.OFFICIAL and actor.scopes is None


def can_draft(actor: Actor) -> bool:
    """Draft flows and forms: officers with the role of designer, and administrators of the province; in person."""
    return _in_person(actor) and (actor.has_role(*DRAFTS) or actor.has_role_for_province("admin"))


def can_decide(actor: Actor) -> bool:
    """Approve drafts or send them back: legal officers, in person."""
    return _in_person(actor) and actor.has_role(*DECIDES)


def can_read_drafts(actor: Actor) -> bool:
    """Read drafts, proofs and rehearsals: who drafts, who decides, and auditors of the province."""
    return can_draft(actor) or can_decide(actor) or (_in_person(actor) and actor.has_role_for_province("auditor"))


def can_rehearse(actor: Actor) -> bool:
    """Have the cases of a year go through a draft: who drafts and who decides."""
    return can_draft(actor) or can_decide(actor)


def can_decide_this(actor: Actor, draft: Draft) -> bool:
    """Decide on one draft: a legal officer who wrote nothing in it."""
    return can_decide(actor) and actor.key not in draft.authors


def can_publish_due(actor: Actor) -> bool:
    """Bring approved drafts into effect and rehearse: the worker."""
    return actor.kind is ActorKind.SYSTEM
