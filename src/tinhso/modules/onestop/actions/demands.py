"""Demanding a fee that becomes due after the dossier was looked at, withdrawing the demand, reminding of it (S-07)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor, system
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.law.answer import Answer, NoAnswer
from tinhso.law.figures import figure
from tinhso.law.later_fees import Holds, LaterFee, When, clock_stands, days_to_pay, sum_of
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.holding import go_on, hold_work
from tinhso.modules.onestop.actions.owing import fee_becomes, remind_from
from tinhso.modules.onestop.actions.parts import is_linked
from tinhso.modules.onestop.actions.steps import WrongState, locked_dossier, require_open, save, task_at_hand
from tinhso.modules.onestop.models import DemandState, Dossier, FeeDemand, MoneyState
from tinhso.modules.onestop.queries.deadlines import pay_until
from tinhso.modules.onestop.queries.fees import WITHOUT_RESULT, fee_in_both, later_fees
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.web.words import day as day_words
from tinhso.web.words import own

RULE = system("fee-rule")
"""In whose name a rule demands what nobody has to decide."""


class NoSuchFee(BadInput):
    """The procedure lists no such fee: what is not listed is not charged."""

    code = "onestop.no_such_fee"
    text = _("This procedure lists no such fee. Only what it lists can be demanded.")
    law = "Luật Phí và lệ phí 97/2015/QH13 Đ.4"


class WrongSum(BadInput):
    """The sum that was entered does not keep to the rule."""

    code = "onestop.wrong_sum"
    text = _("The sum does not keep to the rule of this fee.")


class DemandedBefore(Refusal):
    """The same fee is asked for already."""

    code = "onestop.demanded_before"
    text = _(
        "“{item}” of {dossier} was demanded on {day} and is not paid yet. Withdraw that demand first to change it."
    )


class MoneyGoesBack(Refusal):
    """While money goes back, nothing new is reckoned with."""

    code = "onestop.money_goes_back"
    text = _("Money of {dossier} is on its way back. Wait until it is given back, then try again.")


class NotDemanded(Refusal):
    """The demand was withdrawn before."""

    code = "onestop.not_demanded"
    text = _("This demand was withdrawn before; nothing was changed.")


@act
def demand_fee(
    code: str,
    item: str,
    *,
    basis: str,
    amount_vnd: int | None = None,
    value_vnd: int | None = None,
    actor: Actor,
    at: datetime,
) -> FeeDemand:
    """
    Demand a fee that the procedure lists, at the step of the case officer: what its rule makes of the sum or value entered.

    `basis` names the paper that the sum rests on; the applicant reads it. Where the rule says so the work waits, and the clock
    with it. Raises NoSuchFee, WrongSum, BadInput without a basis, DemandedBefore, MoneyGoesBack, NotYourStep, WrongState.
    """
    dossier = locked_dossier(code, actor)
    task_at_hand(dossier, actor, "process")
    require_open(dossier)
    rule = next((one for one in _rules(dossier) if one.code == item and one.when is When.OFFICER), None)
    if rule is None:
        raise NoSuchFee(faults=[Fault("/item", NoSuchFee.text, "unknown")])
    if not basis.strip():
        text = _("Name the paper that the sum rests on, with its number and day.")
        raise BadInput(faults=[Fault("/basis", text, "required")])
    opened = dossier.demands.filter(item=item, state=DemandState.OPEN).first()
    if opened is not None:
        raise DemandedBefore(item=own(opened, "name"), dossier=code, day=day_words(civil_date(opened.asked_at)))
    _require_nothing_goes_back(dossier)
    try:
        found = sum_of(rule, amount=amount_vnd, value=value_vnd)
    except NoAnswer as no:
        field = "/value" if rule.percent is not None else "/amount"
        said = no.step().say(gettext, get_language() or "vi")
        raise WrongSum(faults=[Fault(field, said, no.code.rpartition(".")[2])]) from no
    value = value_vnd if rule.percent is not None else None
    return _demand(dossier, rule, found, value=value, basis=basis.strip()[:500], actor=actor, at=at)


@act
def withdraw_demand(code: str, number: int, *, reason: str, actor: Actor, at: datetime) -> FeeDemand:
    """
    Withdraw a demand, with its reason; what was paid on it goes back the way it came. Work that waited goes on.

    Raises NotDemanded, MoneyGoesBack, WrongState once the dossier ended without a result, BadInput without a reason.
    """
    dossier = locked_dossier(code, actor)
    require(access.can_withdraw_demand, actor, dossier)
    demand = dossier.demands.filter(number=number).first()
    if demand is None:
        raise NotFound
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."), "required")])
    if demand.state == DemandState.WITHDRAWN:
        raise NotDemanded
    if dossier.state in WITHOUT_RESULT:
        raise WrongState(dossier=code, state=gettext(NationalState(dossier.state).title))
    _require_nothing_goes_back(dossier)
    _withdraw(dossier, demand, reason.strip()[:1000], actor, at)
    return demand


def demand_by_rule(dossier: Dossier, when: When, *, at: datetime) -> None:
    """
    Demand what a rule demands at this step, each item once. For acts that hold the dossier, after they moved it.

    While money is on its way back nothing is demanded: an officer sees the dossier before it is handed over.
    """
    for rule in _rules(dossier):
        asked_before = rule.when is when and dossier.demands.filter(item=rule.code).exclude(state="withdrawn").exists()
        if rule.when is not when or asked_before or dossier.money in (MoneyState.BACK, MoneyState.REFUNDED):
            continue
        found = sum_of(rule, amount=None, value=None)
        _demand(dossier, rule, found, value=None, basis="", actor=RULE, at=at)


def withdraw_by_rule(dossier: Dossier, *, at: datetime) -> None:
    """Withdraw what a rule demanded for a result that is not proposed any more. For acts that hold the dossier."""
    if not dossier.later_vnd or dossier.money in (MoneyState.BACK, MoneyState.REFUNDED):
        return
    by_itself = {rule.code for rule in _rules(dossier) if rule.when is not When.OFFICER}
    with override(settings.LANGUAGE_CODE):  # kept with the dossier: in the language of its papers, whoever acts
        reason = gettext("The result is another one now.")
    for demand in dossier.demands.filter(item__in=by_itself, asked_by="").exclude(state=DemandState.WITHDRAWN):
        if dossier.money != MoneyState.BACK:
            _withdraw(dossier, demand, reason, RULE, at)


class _NobodyLate(Exception):  # noqa: N818 - ends an act that found no work
    pass


def remind_of_demands(*, limit: int = 50, actor: Actor, at: datetime) -> int:
    """Remind those whose time to pay is over: every some days, some times (figures of the day). Return how many."""
    if not _overdue(at).exists():
        return 0
    with suppress(_NobodyLate):  # another worker has them in hand
        return _remind(limit=limit, actor=actor, at=at)
    return 0


@act
def _remind(*, limit: int, actor: Actor, at: datetime) -> int:
    require(by_system, actor)
    rows = _overdue(at).select_for_update(of=("self",), skip_locked=True).select_related("dossier")
    found = list(rows.order_by("remind_at")[:limit])
    if not found:
        raise _NobodyLate
    every = timedelta(days=int(figure("onestop.payment_reminded_every", on=civil_date(at)).value))
    most = int(figure("onestop.payment_reminders", on=civil_date(at)).value)
    for demand in found:
        demand.reminders += 1
        demand.remind_at = at + every if demand.reminders < most else None
        record("onestop.fee_reminded", demand.dossier, actor=actor, at=at, **_facts(demand), time=demand.reminders)
    FeeDemand.objects.bulk_update(found, ["remind_at", "reminders"])
    return len(found)


def _overdue(at: datetime) -> QuerySet[FeeDemand]:
    """Return the demands whose payer is to be reminded: of dossiers that still owe."""
    rows = FeeDemand.objects.filter(state=DemandState.OPEN, remind_at__lte=at, dossier__money=MoneyState.DUE)
    return rows.exclude(dossier__state__in=WITHOUT_RESULT)


def _rules(dossier: Dossier) -> list[LaterFee]:
    on = civil_date(dossier.submitted_at)
    return later_fees(service_filed(dossier), on)


def _require_nothing_goes_back(dossier: Dossier) -> None:
    if dossier.money in (MoneyState.BACK, MoneyState.REFUNDED):
        raise MoneyGoesBack(dossier=dossier.code)


def _demand(
    dossier: Dossier, rule: LaterFee, found: Answer[int], *, value: int | None, basis: str, actor: Actor, at: datetime
) -> FeeDemand:
    on = civil_date(at)
    # the whole of a linked dossier does not stand still while one of its agencies waits
    holds = Holds.RESULT if rule.holds is Holds.WORK and is_linked(dossier) else rule.holds
    pay_by = pay_until(at, days_to_pay(rule, on), dossier.agency_code)
    demand = FeeDemand.objects.create(
        dossier=dossier,
        number=dossier.demands.count() + 1,
        item=rule.code,
        name=rule.name[:300],
        name_en=rule.name_en[:300],
        amount_vnd=found.value,
        value_vnd=value,
        basis=basis,
        steps=fee_in_both(found),
        law=rule.source[:300],
        holds=holds,
        stands=clock_stands(rule, on).value[:200] if holds is Holds.WORK else "",
        pay_by=pay_by,
        asked_by="" if actor == RULE else actor.name,
        asked_at=at,
        remind_at=remind_from(pay_by, at),
    )
    dossier.later_vnd += found.value
    steps = [*dossier.fee_steps, *demand.steps]
    names = fee_becomes(dossier, dossier.fee_vnd + found.value, steps, actor=actor, at=at)
    record("onestop.fee_demanded", dossier, actor=actor, at=at, **_facts(demand), holds=str(holds), basis=basis)
    names += hold_work(dossier, demand, actor=actor, at=at)
    save(dossier, "later_vnd", *names)
    return demand


def _withdraw(dossier: Dossier, demand: FeeDemand, reason: str, actor: Actor, at: datetime) -> None:
    demand.state, demand.reason, demand.remind_at = DemandState.WITHDRAWN, reason, None
    demand.withdrawn_by, demand.withdrawn_at = actor.name, at
    demand.save(update_fields=["state", "reason", "remind_at", "withdrawn_by", "withdrawn_at"])
    dossier.later_vnd -= demand.amount_vnd
    steps = list(dossier.fee_steps)
    for step in demand.steps:
        if step in steps:
            steps.remove(step)
    names = fee_becomes(dossier, dossier.fee_vnd - demand.amount_vnd, steps, actor=actor, at=at)
    names += go_on(dossier, actor=actor, at=at)
    save(dossier, "later_vnd", *names)
    record("onestop.demand_withdrawn", dossier, actor=actor, at=at, **_facts(demand), reason=reason)


def _facts(demand: FeeDemand) -> dict[str, Any]:
    return {
        "number": demand.number,
        "item": demand.name,
        "item_en": demand.name_en or demand.name,
        "amount_vnd": demand.amount_vnd,
        "pay_by": demand.pay_by.isoformat(),
    }
