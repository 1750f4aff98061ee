"""Who may do what at the one-stop shop: one predicate each. `case_act` adds who holds the task at the moment."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.acts import by_system
from tinhso.base.refusals import NotFound, Refusal, SignInNeeded
from tinhso.kernel.identity.public import has_scope
from tinhso.kernel.organisation.public import predecessors

if TYPE_CHECKING:
    from tinhso.kernel.casework.public import Participant, Task
    from tinhso.modules.onestop.models import Application, CashBook, Dossier, HandOver, YearBook

DESK = ("reception",)
CASH_DESK = ("cashier", "reception")
BOOK_SIGNERS = ("head", "leader")
BOOK_READERS = ("head", "leader", "accountant")
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


def can_use_held(actor: Actor) -> bool:
    """Use what the province holds of oneself in place of a paper: who has proven who they are (VNeID level 2)."""
    return actor.is_applicant and actor.level >= SIGNING_LEVEL and _scoped(actor, "dossier:write")


def can_answer_with_held(actor: Actor, dossier: Dossier) -> bool:
    """Answer a supplement with what the province holds of the applicant: who has proven to be it, or the counter for it."""
    if can_see_own(actor, dossier):
        return can_use_held(actor)
    return can_receive(actor, dossier.desk_code)


def can_certify(actor: Actor, dossier: Dossier) -> bool:
    """Sign a scan as a true copy: reception of the desk and officers who process, with a second factor, in person."""
    in_person = actor.scopes is None and actor.level >= SIGNING_LEVEL
    return in_person and can_enter_answers(actor, dossier)


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


def own_and_before(actor: Actor, roles: Collection[str]) -> set[str]:
    """Return where the actor carries one of the roles, with the agencies that ended and whose work these go on with."""
    own = actor.agencies_with(roles)
    return {*own, *predecessors(own)}


def _carries(actor: Actor, roles: Collection[str], *agencies: str) -> bool:
    """Tell whether the actor carries one of the roles in one of these agencies, or where its work goes on."""
    own = actor.agencies_with(roles)
    return not own.isdisjoint(agencies) or not predecessors(own).isdisjoint(agencies)


def works_at(actor: Actor, agency_code: str) -> bool:
    """Tell whether the actor does any work of the one-stop shop at an agency."""
    return actor.is_official and agency_code in actor.agencies_with(OFFICE) and _scoped(actor, "dossier:read")


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


def can_answer_late(actor: Actor, part: Participant) -> bool:
    """Answer a question after its time, when the dossier went on without it: officers and heads of the agency asked."""
    return (
        actor.is_official
        and actor.has_role("head", "leader", "processor", agency=part.agency_code)
        and _scoped(actor, "dossier:write")
    )


def can_sign(actor: Actor, task: Task) -> bool:
    """Sign a result: a leader's post, its task at hand, and a second factor in this session; never by a token."""
    in_person = actor.scopes is None and actor.level >= SIGNING_LEVEL
    return in_person and can_do_task(actor, task) and task.role == "leader"


def can_enter_answers(actor: Actor, dossier: Dossier) -> bool:
    """Enter a declaration made on paper: reception, and the officers who process."""
    return can_work_on(actor, dossier) and (
        actor.has_role("reception", agency=dossier.desk_code) or _settles(actor, dossier, "processor", "head")
    )


def can_judge_claim(actor: Actor, dossier: Dossier) -> bool:
    """Confirm or not confirm a group for which less is paid: reception of the desk, officers and heads who settle it."""
    return can_enter_answers(actor, dossier)


def can_withdraw_demand(actor: Actor, dossier: Dossier) -> bool:
    """Withdraw a fee that was demanded later: officers, heads and leaders of the agency or division that settles it."""
    return can_work_on(actor, dossier) and _settles(actor, dossier, "processor", "head", "leader")


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


def can_keep_cash(actor: Actor, desk_code: str) -> bool:
    """Open and close the cash book of a desk, void its receipts: cashier or reception there, or where its work goes on."""
    return actor.is_official and _carries(actor, CASH_DESK, desk_code) and _scoped(actor, "dossier:write")


def can_see_book(actor: Actor, book: CashBook) -> bool:
    """See a cash book: who keeps it, who heads the desk or its agency, the accountant, the auditors of the province."""
    heads = _carries(actor, ("head",), book.desk_code) or _carries(actor, BOOK_READERS, book.agency_code)
    keeps = _carries(actor, CASH_DESK, book.desk_code)
    return (
        actor.is_official
        and (heads or keeps or actor.has_role_for_province("auditor"))
        and _scoped(actor, "dossier:read")
    )


def can_sign_book(actor: Actor, book: CashBook) -> bool:
    """Countersign a closing: head of the desk, or head or leader of the agency that runs it; in person, second factor."""
    heads = _carries(actor, ("head",), book.desk_code) or _carries(actor, BOOK_SIGNERS, book.agency_code)
    return actor.is_official and heads and actor.scopes is None and actor.level >= SIGNING_LEVEL


def can_list_books(actor: Actor) -> bool:
    """Open the list of cash books: whoever keeps, signs or checks any."""
    return (
        actor.is_official
        and (actor.has_role(*CASH_DESK, *BOOK_READERS) or actor.has_role_for_province("auditor"))
        and _scoped(actor, "dossier:read")
    )


def works_with_cash(actor: Actor) -> bool:
    """Tell whether the actor keeps, signs or checks cash books where they work. For menus."""
    return actor.is_official and actor.has_role(*CASH_DESK, *BOOK_READERS)


def can_reconcile(actor: Actor, agency_code: str) -> bool:
    """Import statements of an account and settle their differences: the accountant of the agency whose account it is."""
    return actor.is_official and _carries(actor, ("accountant",), agency_code) and _scoped(actor, "dossier:write")


def keeps_accounts(actor: Actor) -> bool:
    """Tell whether the actor is an accountant anywhere. For menus and lists."""
    return actor.is_official and actor.has_role("accountant") and _scoped(actor, "dossier:read")


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


def explains_lateness(actor: Actor) -> bool:
    """Tell whether the actor says why results are late: heads and leaders. For menus."""
    return actor.is_official and actor.has_role("head", "leader") and _scoped(actor, "dossier:read")


def heads_desk(actor: Actor, book: YearBook) -> bool:
    """Tell whether the actor heads the desk of a book: a head or leader there, or a leader of the agency that it belongs to."""
    above = bool(book.head_code) and _carries(actor, ("leader",), book.head_code)
    return actor.is_official and (above or _carries(actor, ("head", "leader"), book.desk_code))


def can_read_book(actor: Actor, book: YearBook) -> bool:
    """Read the follow-up book of a desk, with names: who receives there, and who heads it."""
    held = heads_desk(actor, book) or _carries(actor, ("reception", "clerk"), book.desk_code)
    return actor.is_official and held and _scoped(actor, "dossier:read")


def can_see_books(actor: Actor) -> bool:
    """See which books there are: who keeps or heads one, and who audits the province (without a line of them)."""
    return (keeps_books(actor) or audits_books(actor)) and _scoped(actor, "dossier:read")


def keeps_books(actor: Actor) -> bool:
    """Tell whether the actor keeps or heads a follow-up book. For menus."""
    return actor.is_official and actor.has_role("reception", "head", "leader", "clerk")


def audits_books(actor: Actor) -> bool:
    """Tell whether the actor sees the books of all desks: auditors of the province."""
    return actor.has_role_for_province("auditor")


def can_note_in_book(actor: Actor, book: YearBook) -> bool:
    """Write a correction beside a line: who receives at the desk, and who heads it."""
    held = heads_desk(actor, book) or _carries(actor, ("reception",), book.desk_code)
    return actor.is_official and held and _scoped(actor, "dossier:write")


def can_close_book(actor: Actor, book: YearBook) -> bool:
    """Close and sign a book: who heads the desk, with a second factor in this session; never by a token."""
    in_person = actor.scopes is None and actor.level >= SIGNING_LEVEL
    return in_person and heads_desk(actor, book)


def takes_by_post(actor: Actor, agent_code: str | None = None) -> bool:
    """Take in dossiers for a desk as its postal agent: no more than papers, a receipt of the post and the list."""
    return actor.is_official and actor.has_role("postal", agency=agent_code) and _scoped(actor, "dossier:write")


def can_take_in(actor: Actor) -> bool:
    """Take in dossiers: at a desk, or for one at a post office."""
    return can_receive(actor) or takes_by_post(actor)


def _at(actor: Actor, found: HandOver, code: str) -> bool:
    return takes_by_post(actor, code) if code == found.agent_code else can_receive(actor, code)


def gives(actor: Actor, found: HandOver) -> bool:
    """Make and send a hand-over list: the side that gives."""
    return _at(actor, found, found.giver)


def receives_list(actor: Actor, found: HandOver) -> bool:
    """Check off and receive a hand-over list: the side that receives, never the one that gave."""
    return _at(actor, found, found.receiver)


def sees_list(actor: Actor, found: HandOver) -> bool:
    """See a hand-over list: both of its sides."""
    return _at(actor, found, found.agent_code) or _at(actor, found, found.desk_code)


def can_hand_on_by_hand(actor: Actor) -> bool:
    """Say who goes on with a dossier or a part of a divided agency: an administrator of the province, in person, second factor."""
    in_person = actor.scopes is None and actor.level >= SIGNING_LEVEL
    return actor.is_official and in_person and actor.has_role_for_province("admin")


def sees_what_waits(actor: Actor) -> bool:
    """See which dossiers of divided agencies wait for somebody to say who goes on: administrators and auditors of the province."""
    return actor.is_official and actor.scopes is None and actor.has_role_for_province("admin", "auditor")


def hands_over(actor: Actor) -> bool:
    """Tell whether the actor has to do with hand-over lists: desks and postal agents. For menus."""
    return actor.is_official and actor.has_role("reception", "postal")
