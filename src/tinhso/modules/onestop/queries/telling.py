"""The sentences in which people are told what happened, and the facts that fill them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from tinhso.base.clock import civil
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import Official, find_agency, last_known_agency, who_holds
from tinhso.kernel.privacy.public import has_consent
from tinhso.law.money import in_figures
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.services import choices

OWNER_TEXTS = {
    "onestop.dossier_filed": _("We received your application “{service}”. Its code is {code}."),
    "onestop.dossier_accepted": _("{code} was accepted. The result is due on {due}."),
    "onestop.dossier_refused": _("{code} was not accepted: {reason}"),
    "onestop.supplement_asked": _("{code} needs something more. Open it to see the whole list."),
    "onestop.result_postponed": _("We apologise: {code} gets a new date, {due}. Reason: {reason}"),
    "onestop.lateness_apologised": _(
        "We apologise: the result of {code} was due on {due} and is not ready. Why, and when to expect it, follows."
    ),
    "onestop.lateness_stated": _("{code} is late: {reason} It is expected on {expected}."),
    "onestop.result_issued": _("The result of {code} is ready."),
    "onestop.part_signed": _("One more part of {code} is settled. Open it to see which."),
    "onestop.lead_issued": _("One more part of {code} is settled. Open it to see which."),
    "onestop.result_returned": _("The result of {code} was handed over."),
    "onestop.dossier_stopped": _("Processing of {code} was stopped: {reason}"),
    "onestop.dossier_handed_on": _(
        "{code} goes on at {agency}, which took over. Its code, its due date and what you paid stay. To hand in papers or collect the result, go to {desk}."
    ),
    "onestop.payment_settled": _("The fee of {code} was paid. The receipt is in your account."),
    "onestop.fee_changed": _(
        "The fee of {code} changed with your answers. Open it to see what is still to pay or goes back."
    ),
    "onestop.fee_demanded": _("{code}: {item} of {amount} is to be paid by {until}. Open it to see why and to pay."),
    "onestop.fee_reminded": _(
        "{code}: {item} of {amount} was to be paid by {until} and is not paid yet. Open it to pay."
    ),
    "onestop.demand_withdrawn": _(
        "{code}: {item} of {amount} is not to be paid: {reason} What you paid of it is given back."
    ),
    "onestop.claim_refused": _("{code}: that you pay less was not confirmed: {reason} Open it to see what is to pay."),
    "onestop.payment_due_back": _(
        "The fee you paid for {code} is given back. Bring the receipt if you paid at the counter."
    ),
    "onestop.payment_refunded": _("Money you paid for {code} was given back."),
}

LATE_TEXTS = {
    "gone_on": _("{agency} did not answer about {code} in its time. The dossier went on without its opinion."),
    "waits": _("{agency} did not answer about {code} in its time. The dossier waits for its opinion."),
    "late": _("{agency} answered about {code} after its time."),
}
"""Sentences for the heads, about an opinion that was asked."""
UNEXPLAINED = _("{code} is late and no cause was stated in time. Say why, and when to expect it.")

INVITATION = "onestop.rating_invitation"
"""The purpose to which people consent before they are asked how it was: settling a dossier does not need it."""
INVITATIONS = {
    "onestop.result_returned": _("The result of {code} was handed over. Tell us how it was."),
}
"""Sentences that ask for a rating as well, for those who consented."""


def text_of(event: str, dossier: Dossier, *, at: datetime) -> str:
    """Return the sentence for the owner of a dossier. Raises KeyError for an event that they are not told of."""
    invitation = INVITATIONS.get(event)
    if invitation and has_consent(dossier.owner_key, INVITATION, at=at):
        return invitation
    return OWNER_TEXTS[event]


def dossier_of(code: str) -> Dossier:
    """Return the dossier of a journal line. Raises NotFound."""
    found = Dossier.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def facts_of(dossier: Dossier, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what fills a sentence: plain words, no personal number."""
    due = civil(dossier.due_at) if dossier.due_at else None
    return {
        "code": dossier.code,
        "service": dossier.service_name,
        "service_en": dossier.service_name_en or dossier.service_name,
        "due": f"{due:%d/%m/%Y}" if due else "",
        "reason": str(facts.get("reason", "")),
        "agency": dossier.agency_name,
        "agency_en": dossier.agency_name_en or dossier.agency_name,
        "desk": ", ".join(str(facts[key]) for key in ("desk_name", "desk_address") if facts.get(key)),
        "item": str(facts.get("item", "")),
        "item_en": str(facts.get("item_en") or facts.get("item", "")),
        "amount": in_figures(int(facts["amount_vnd"])) if "amount_vnd" in facts else "",
        "until": f"{date.fromisoformat(facts['pay_by']):%d/%m/%Y}" if facts.get("pay_by") else "",
        "expected": f"{date.fromisoformat(facts['expected']):%d/%m/%Y}" if facts.get("expected") else "",
    }


def tells_by_sms(at: datetime) -> bool:
    """Tell whether the province sends notices to the telephone of who gave no address."""
    return bool(choices(at).get("sms", {}).get("notices", False))


def heads_told(dossier: Dossier, on: date) -> list[Official]:
    """Return who is told of a late opinion: the head of the office that asks, and the head of the desk (Đ.19 k.5)."""
    asking = who_holds(dossier.office_code, "head", on) or who_holds(dossier.agency_code, "leader", on)
    desk = who_holds(dossier.desk_code, "head", on)
    if not desk and (found := find_agency(dossier.desk_code, on=on)) is not None:
        # a commune's desk has no head of its own: its committee's leaders are (NĐ 61/2018/NĐ-CP Đ.8)
        desk = who_holds(found.parent_code, "head", on) or who_holds(found.parent_code, "leader", on)
    return list({official.id: official for official in (*asking, *desk)}.values())


def heads_of(dossier: Dossier, on: date) -> list[Official]:
    """Return who answers for a lateness: the head of the division that settles, and the leaders of its agency."""
    office = who_holds(dossier.office_code, "head", on) if dossier.office_code else []
    agency = who_holds(dossier.agency_code, "leader", on)
    return list({official.id: official for official in (*office, *agency)}.values())


def name_of(agency_code: str) -> str:
    """Return the name of an agency, in force or not; its code where nobody knows it."""
    try:
        return last_known_agency(agency_code).name
    except NotFound:
        return agency_code
