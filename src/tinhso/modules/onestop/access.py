"""Who may do what at the one-stop shop: one predicate each. `case_act` adds who holds the task at the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import by_system
from tinhso.base.refusals import NotFound, Refusal, SignInNeeded
from tinhso.kernel.identity.public import has_scope
from tinhso.kernel.organisation.public import predecessors

if TYPE_CHECKING:
    from tinhso.kernel.casework.public import Task
    from tinhso.modules.onestop.models import Application, Dossier

DESK = ("reception",)
CASH_DESK = ("cashier", "reception")
SIGNING_LEVEL = 2
"""Assurance that signing asks: a second factor (see `base.actors`)."""
OFFICE = ("reception", "processor", "head", "leader", "clerk", "cashier")


def hidden(actor: Actor) -> Refusal:
    """Return what is answered for what is absent or hidden, alike: nobody signs in first, somebody does not find it."""
    return SignInNeeded() if actor.kind is ActorKind.ANONYMOUS else NotFound()


def can_file(actor: Actor) -> bool:
    """File an application online: a person or business, signed in."""
    return actor.is_applicant and _scoped(actor, "dossier:write")


def can_edit_application(actor: Actor, application: Application) -> bool:
    """Go on with a draft: only who began it."""
    return actor.is_applicant and application.owner_key == actor.key and _scoped(actor, "dossier:write")


def can_see_own(actor: Actor, dossier: Dossier) -> bool:
    """See a dossier as its applicant."""
    return actor.key in (dossier.owner_key, dossier.submitter_key) and _scoped(actor, "dossier:read")


def can_see(actor: Actor, dossier: Dossier) -> bool:
    """See a dossier whole: its applicant, and whoever has a part in it."""
    return can_see_own(actor, dossier) or sees_as_office(actor, dossier)


def sees_as_office(actor: Actor, dossier: Dossier) -> bool:
    """
    See a dossier as an officer: a post at its desk, its agency, the division that processes it, one that is asked.

    Neither agencies below nor above see it: a commune does not read its district's dossiers, and the province steers by
    figures.
    """
    if actor.kind is not ActorKind.OFFICIAL or not _scoped(actor, "dossier:read"):
        return False
    parts = {dossier.agency_code, dossier.desk_code, dossier.office_code, *dossier.shared_with.split()}
    own = actor.agencies_with(OFFICE)
    # what an agency closed before it ended is looked up by the one that took over
    return not parts.isdisjoint(own) or not parts.isdisjoint(predecessors(own))


def part_in(actor: Actor, dossier: Dossier) -> str:
    """Return the agency of the actor that has a part in a dossier, empty for none."""
    parts = (dossier.office_code, dossier.agency_code, dossier.desk_code, *dossier.shared_with.split())
    return next((code for code in parts if code in actor.agencies_with(OFFICE)), "")


def can_receive(actor: Actor, desk_code: str | None = None) -> bool:
    """Take in dossiers at a desk."""
    return actor.is_official and actor.has_role(*DESK, agency=desk_code) and _scoped(actor, "dossier:write")


def receives(actor: Actor, dossier: Dossier) -> bool:
    """Tell whether the actor takes in dossiers at the desk of this one."""
    return can_receive(actor, dossier.desk_code)


def can_list_own(actor: Actor) -> bool:
    """List one's own drafts and dossiers: a person or business, signed in."""
    return actor.is_applicant and _scoped(actor, "dossier:read")


def can_see_worklist(actor: Actor) -> bool:
    """See what waits: whoever works at the one-stop shop."""
    return works_here(actor) and _scoped(actor, "dossier:read")


def can_work_on(actor: Actor, dossier: Dossier) -> bool:
    """Take a dossier or put it back: whoever sees it as an officer."""
    return sees_as_office(actor, dossier) and _scoped(actor, "dossier:write")


def can_withdraw(actor: Actor, dossier: Dossier) -> bool:
    """Withdraw a dossier or answer what is asked of it: its applicant."""
    return can_see_own(actor, dossier) and _scoped(actor, "dossier:write")


def can_do_task(actor: Actor, task: Task) -> bool:
    """Do the task at hand: its role in its agency, and it is nobody else's."""
    if task.assignee_official_id and f"official:{task.assignee_official_id}" != actor.key:
        return False
    return actor.is_official and actor.has_role(task.role, agency=task.agency_code) and _scoped(actor, "dossier:write")


def can_sign(actor: Actor, task: Task) -> bool:
    """Sign a result: a leader's post, its task at hand, and a second factor in this session; never by a token."""
    in_person = actor.scopes is None and actor.level >= SIGNING_LEVEL
    return in_person and can_do_task(actor, task) and task.role == "leader"


def can_enter_answers(actor: Actor, dossier: Dossier) -> bool:
    """Enter a declaration made on paper: reception, and the officers who process."""
    return can_work_on(actor, dossier) and (
        actor.has_role("reception", agency=dossier.desk_code) or _settles(actor, dossier, "processor", "head")
    )


def can_assign(actor: Actor, dossier: Dossier) -> bool:
    """Give a dossier to an officer, or stop it: heads and leaders of the agency or division that settles it."""
    return can_work_on(actor, dossier) and _settles(actor, dossier, "head", "leader")


def can_postpone(actor: Actor, dossier: Dossier) -> bool:
    """Give the applicant a new date with an apology: heads and leaders of the agency or division that settles it."""
    return can_work_on(actor, dossier) and _settles(actor, dossier, "head", "leader")


def can_take_payment(actor: Actor, dossier: Dossier) -> bool:
    """Take money at the counter: cashier or reception of the desk."""
    at_counter = any(actor.has_role(*CASH_DESK, agency=agency) for agency in (dossier.desk_code, dossier.agency_code))
    return actor.is_official and at_counter and _scoped(actor, "dossier:write")


def can_see_cash_desk(actor: Actor) -> bool:
    """List the fees to be taken and given back at the counter: cashier or reception."""
    return actor.is_official and actor.has_role(*CASH_DESK) and _scoped(actor, "dossier:read")


def can_pay(actor: Actor, dossier: Dossier) -> bool:
    """Pay the fee of a dossier: its applicant."""
    return can_see_own(actor, dossier) and _scoped(actor, "dossier:write")


def can_return_result(actor: Actor, dossier: Dossier) -> bool:
    """Hand the result over: reception of the desk."""
    return can_receive(actor, dossier.desk_code)


def can_rate(actor: Actor, dossier: Dossier) -> bool:
    """Rate the service: the applicant, once it has ended."""
    return can_see_own(actor, dossier) and _scoped(actor, "dossier:write")


def _settles(actor: Actor, dossier: Dossier, *roles: str) -> bool:
    """Tell whether the actor carries one of the roles where the dossier is settled: not where an opinion is asked."""
    return any(actor.has_role(*roles, agency=code) for code in (dossier.agency_code, dossier.office_code) if code)


def _scoped(actor: Actor, scope: str) -> bool:
    return has_scope(actor, scope)


def may_be_applicant(actor: Actor) -> bool:
    """Offer the applicant's pages, or the way to sign in: to everybody but officials. For menus."""
    return actor.is_applicant or actor.kind is ActorKind.ANONYMOUS


def works_here(actor: Actor) -> bool:
    """Tell whether the actor does any work of the one-stop shop: for menus."""
    return actor.is_official and actor.has_role(*OFFICE)


def does_steps(actor: Actor) -> bool:
    """Tell whether the actor's posts do steps of flows: everybody here but a cashier who is nothing else. For menus."""
    return actor.is_official and actor.has_role(*(role for role in OFFICE if role != "cashier"))


def leads(actor: Actor) -> bool:
    """Tell whether the actor signs results: for menus."""
    return actor.is_official and actor.has_role("leader")


def is_gateway(actor: Actor) -> bool:
    """Let the payment door through: its notice was signed by the gateway, or the gateway was asked."""
    return actor.kind is ActorKind.SYSTEM and actor.key == "system:payment"


def can_release_statistics(actor: Actor) -> bool:
    """Release dossiers without names for statistics: auditors and administrators of the province; a token needs the scope."""
    return by_system(actor) or (actor.has_role_for_province("auditor", "admin") and has_scope(actor, "statistics:read"))
