"""What a dossier costs, by the service's rule and the law of the day (S-07)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import Service
from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.fees import compute_fee, read_fee_rule
from tinhso.law.later_fees import LaterFee, read_later_fees
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import Dossier, MoneyState
from tinhso.web.words import own

WITHOUT_RESULT = (NationalState.NOT_ACCEPTED, NationalState.WITHDRAWN, NationalState.STOPPED)


class FeeUnknown(Refusal):
    """The fee cannot be computed; unknown is not free."""

    code = "onestop.fee_unknown"
    text = _("The fee of “{service}” is not known: {reason}")


def fee_for(
    service: Service, way: str, case_code: str, answers: Mapping[str, Any], *, on: date, refused: Collection[str] = ()
) -> Answer[int]:
    """
    Return the fee in đồng with its steps: the service's own, and what each participant of a linked one asks for its part.

    `refused` are groups that were claimed and not confirmed: they lower nothing. Raises FeeUnknown where nobody has set one, or the answers do not say.
    """
    if not service.fee_rule:
        raise FeeUnknown(service=own(service, "name"), reason=gettext("no rule"))
    facts = {"case": case_code, "answers": dict(answers), "refused": tuple(refused)}
    try:
        fees = [compute_fee(rule, facts, way=str(way), on=on) for rule in rules_of(service)]
        return Answer(sum(fee.value for fee in fees), tuple(step for fee in fees for step in fee.steps))
    except NoAnswer as no:
        raise FeeUnknown(service=own(service, "name"), reason=no.step().say(gettext, get_language() or "vi")) from no


def rules_of(service: Service) -> list[dict[str, Any]]:
    """Return the rules by which a service costs: its own, then those of its participants."""
    return [service.fee_rule, *(part.fee_rule for part in service.parts if part.fee_rule)]


def later_fees(service: Service, on: date) -> list[LaterFee]:
    """Return what may become due later for a service, by the rules in force on a day."""
    return [one for one in read_later_fees(service.fee_rule) if one.in_force(on)] if service.fee_rule else []


def fee_in_both(fee: Answer[int]) -> list[dict[str, str]]:
    """Return how each part of a fee was found, in both languages, whatever the language of who filed."""
    return [_in_both(step) for step in fee.steps]


def _in_both(step: Step) -> dict[str, str]:
    said = {}
    for language in ("vi", "en"):
        with override(language):
            said[language] = step.say(gettext, language)
    return said


def is_due(dossier: Dossier) -> bool:
    """Tell whether a fee is to be paid: it is not once a dossier ended without a result."""
    return dossier.money == MoneyState.DUE and dossier.state not in WITHOUT_RESULT


def owed(dossier: Dossier) -> int:
    """Return what is still to be paid of the fee, in đồng: all of it, or what it rose by after it was paid."""
    return dossier.owed_vnd if is_due(dossier) else 0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a fee is multiplied by, asked at the counter where the form is on paper."""

    path: str
    """Where the answer stands, e.g. `copies.count`."""
    name: str


def quantities_of(service: Service) -> list[Quantity]:
    """Return the numbers that the service's fee depends on, in the reader's language."""
    if not service.fee_rule:
        return []
    english = (get_language() or "vi").startswith("en")
    items = [item for rule in rules_of(service) for item in read_fee_rule(rule).items]
    return [Quantity(item.quantity, item.name_en if english else item.name) for item in items if item.quantity]


def answers_with(quantities: Mapping[str, int | str]) -> dict[str, Any]:
    """Return answers that hold the numbers at their paths."""
    answers: dict[str, Any] = {}
    for path, number in quantities.items():
        *steps, last = path.split(".")
        place = answers
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = number
    return answers
