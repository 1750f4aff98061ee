"""Who may see figures, open them down to dossiers, close periods and run surveys."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import by_system
from tinhso.kernel.identity.public import has_scope
from tinhso.kernel.organisation.public import predecessors

LEADING = ("head", "leader")
OFFICE = ("reception", "processor", "head", "leader", "clerk", "cashier")
SCOPE = "quality:read"


def can_see_figures(actor: Actor) -> bool:
    """See the figures of every agency: any official in post; they hold nobody's data."""
    return actor.is_official and has_scope(actor, SCOPE)


def can_see_dossiers(actor: Actor, path: Sequence[str], parts: Sequence[str] = ()) -> bool:
    """
    Open a figure down to codes of dossiers: who works in the agency, who leads it or one above, auditors of the province.

    `parts` are its own desk and divisions; agencies below it that stand for themselves are none.
    """
    if not can_see_figures(actor):
        return False
    if actor.has_role_for_province("auditor", "admin"):
        return True
    here = (path[-1], *parts) if path else ()
    return any(actor.has_role(*OFFICE, agency=code) for code in here) or _leads(actor, path)


def can_close_period(actor: Actor, path: Sequence[str]) -> bool:
    """Close the figures of a period: who leads the agency or one above it."""
    return actor.is_official and actor.scopes is None and _leads(actor, path)


def can_reopen_period(actor: Actor) -> bool:
    """Reopen a closed period, with a reason: leaders and auditors of the province."""
    return actor.is_official and actor.scopes is None and actor.has_role_for_province("leader", "auditor")


def can_enter_points(actor: Actor, path: Sequence[str]) -> bool:
    """Enter a figure or an index that is no count, with evidence: who leads the agency or one above, auditors of the province."""
    if not actor.is_official or actor.scopes is not None:
        return False
    return _leads(actor, path) or actor.has_role_for_province("auditor")


def can_decide_figure(actor: Actor, path: Sequence[str], entered_key: str) -> bool:
    """Approve a figure that somebody entered with evidence, or not: who might have entered it, but another."""
    return can_enter_points(actor, path) and actor.key != entered_key


def can_run_surveys(actor: Actor) -> bool:
    """Make a survey, draw its sample, ask and close: auditors and leaders of the province."""
    return actor.is_official and actor.scopes is None and actor.has_role_for_province("auditor", "leader")


def can_interview(actor: Actor) -> bool:
    """Call people who were drawn and fill in what they say: auditors, who serve nobody at a desk."""
    return actor.is_official and actor.scopes is None and actor.has_role("auditor")


def can_see_surveys(actor: Actor) -> bool:
    """See surveys and their results: who runs them and who calls."""
    return can_run_surveys(actor) or can_interview(actor)


def can_answer(actor: Actor) -> bool:
    """Answer a survey by the link one was given: whoever has it, but officials of no desk."""
    return actor.kind is not ActorKind.SYSTEM


def can_keep(actor: Actor) -> bool:
    """Keep measures and sums: our own worker and command line."""
    return by_system(actor)


def _leads(actor: Actor, path: Sequence[str]) -> bool:
    own = actor.agencies_with(LEADING)
    # what an agency measured before a reform ended it is closed and answered for by the one that took over
    return not own.isdisjoint(path) or not predecessors(own).isdisjoint(path)
