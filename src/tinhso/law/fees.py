"""
What a procedure costs: rules as data, the sum with its steps.

Luật Phí và lệ phí 97/2015/QH13: a fee (phí) pays for a public service, a charge (lệ phí) is fixed; some are set by the
Ministry of Finance, some by the People's Council of the province. What the council has not set is not free: it is
unknown, and `FeeNotSet` says so. The form of a rule is described at `read_fee_rule`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.fee_rules import Amount, FeeItem, FeeRule, MalformedFeeRule, Reduction, lookup, read_fee_rule
from tinhso.law.money import in_figures

__all__ = [
    "Claim",
    "FeeNotSet",
    "FeeRule",
    "MalformedFeeRule",
    "claims_in",
    "compute_fee",
    "fee_given_back",
    "read_fee_rule",
    "read_national_fee",
]

LAW = "Luật Phí và lệ phí 97/2015/QH13"


class FeeNotSet(NoAnswer):
    """Nobody has set this fee for this day: the People's Council has yet to, or the rule does not cover the case."""

    code = "law.fee_not_set"
    text = _("“{item}” has no amount in force on {day}. Enter the decision that sets it, or that it is free.")
    law = LAW


class QuantityMissing(NoAnswer):
    """The fee depends on a number that the answers do not hold."""

    code = "law.fee_quantity_missing"
    text = _("“{item}” is charged by number, and “{path}” has not been answered with one.")


def compute_fee(rule: Mapping[str, Any] | FeeRule, facts: Mapping[str, Any], way: str, on: date) -> Answer[int]:
    """
    Return what the applicant pays, in đồng, with a step for every amount, exemption and discount.

    `facts`: `case` (code of the case applied for), `answers` (the form, by step and field), `groups` (priority groups
    proven otherwise), `refused` (groups that were claimed and not confirmed), `quantities` (numbers counted otherwise, by
    path). `way`: `direct`, `online` or `post`. `on`: the
    day whose law applies. Raises FeeNotSet, QuantityMissing, MalformedFeeRule.
    """
    known = rule if isinstance(rule, FeeRule) else read_fee_rule(rule)
    groups = _groups(known, facts)
    total, steps = 0, list[Step]()
    for item in known.items:
        if item.only_if and not lookup(facts.get("answers", {}), item.only_if):
            continue
        due, told = _item(item, facts, way, on, groups)
        total += due
        steps += told
    if len(known.items) != 1:
        steps.append(Step(_("To pay: {amount}."), LAW, on, {"amount": in_figures(total)}, "fee.total"))
    return Answer(total, tuple(steps))


def fee_given_back(rule: Mapping[str, Any] | FeeRule, *, received: bool, on: date) -> Answer[bool]:
    """
    Tell whether a fee that was paid goes back when the dossier ends without a result.

    A fee or charge pays for a service (Luật Phí và lệ phí 97/2015/QH13 Đ.3): where the office never received the dossier
    there was none, unless a text keeps it all the same. After receipt it is kept. Raises MalformedFeeRule.
    """
    known = rule if isinstance(rule, FeeRule) else read_fee_rule(rule)
    if received:
        return Answer(
            value=False, steps=(Step(_("The dossier was received: the fee is kept."), LAW, on, {}, "fee.kept"),)
        )
    if known.not_given_back:
        text = _("The fee is not given back, also when the dossier is not received.")
        return Answer(value=False, steps=(Step(text, known.not_given_back, on, {}, "fee.never_back"),))
    text = _("The dossier was not received: the fee is given back whole.")
    return Answer(value=True, steps=(Step(text, f"{LAW} Đ.3", on, {}, "fee.back"),))


@dataclass(frozen=True, slots=True)
class Claim:
    """A group to which an applicant says to belong, and for which they pay less: what it is called, how it is shown, which text."""

    group: str
    name: str
    name_en: str
    evidence: tuple[str, ...]
    source: str


def claims_in(rule: Mapping[str, Any] | FeeRule, facts: Mapping[str, Any], way: str, on: date) -> tuple[Claim, ...]:
    """
    Return the groups claimed in these facts that lower the fee on this day, each once; `refused` ones too. Raises MalformedFeeRule.

    A group that only one item knows counts; where several items show it by different papers, any of them will do.
    """
    known = rule if isinstance(rule, FeeRule) else read_fee_rule(rule)
    groups = _groups(known, {**facts, "refused": ()})
    found: dict[str, Claim] = {}
    for one in (one for item in known.items for one in item.exemptions):
        if one.group in groups and one.percent and one.in_force(on) and one.way in ("", way):
            before = found.get(one.group)
            papers = tuple(dict.fromkeys((*(before.evidence if before else ()), *one.evidence)))
            name, name_en = one.name or one.group, one.name_en or one.name or one.group
            found[one.group] = Claim(
                one.group, before.name if before else name, before.name_en if before else name_en, papers,
                before.source if before else one.source,
            )  # fmt: skip
    return tuple(found[group] for group in sorted(found))


NO_FEE_SAID = {
    "",
    "không",
    "không có",
    "không quy định",
    "không thu phí",
    "không thu lệ phí",
    "không thu phí, lệ phí",
    "miễn phí",
    "miễn lệ phí",
}
"""Notes beside "Miễn phí" that say the same: only listed fees may be charged (Law on Fees and Charges 97/2015/QH13, art. 4)."""


def read_national_fee(text: str, note: str = "") -> FeeRule | None:
    """
    Return the rule that a line of the national procedure data states, or None when it states none.

    The data says "Miễn phí" wherever its field for the amount is empty and keeps the real fee, a circular or "set by the
    People's Council" in the note. Free is therefore only what no note contradicts: a person must not be told that
    something costs nothing and then be asked to pay. An amount with a note may hold for one case only; whoever
    imports it lets a person confirm it.
    """
    told = " ".join(f"{text} {note}".lower().split())
    if any(word in told for word in ("hđnd", "hội đồng nhân dân", "ủy ban nhân dân", "ubnd", "do tỉnh")):
        return None
    source = "Cơ sở dữ liệu quốc gia về thủ tục hành chính"
    plain = " ".join(text.lower().split())
    if plain.startswith("miễn phí"):
        said = {" ".join(part.lower().split()).strip("-+. ;:()") for part in (plain.removeprefix("miễn phí"), note)}
        return read_fee_rule({"free": True, "source": source}) if said <= NO_FEE_SAID else None
    digits = plain.split(" ")[0].replace(",", "").replace(".", "")
    if digits.isascii() and digits.isdigit() and ("đồng" in plain or "vnđ" in plain):
        return read_fee_rule({"amount": int(digits), "source": source})
    return None


def _groups(rule: FeeRule, facts: Mapping[str, Any]) -> frozenset[str]:
    told = lookup(facts.get("answers", {}), rule.group_answer) if rule.group_answer else None
    answered = [told] if isinstance(told, str) else list(told or ())
    claimed = {one for one in (*facts.get("groups", ()), *answered) if isinstance(one, str)}
    return frozenset(claimed - {*facts.get("refused", ())})


def _item(
    item: FeeItem, facts: Mapping[str, Any], way: str, on: date, groups: frozenset[str]
) -> tuple[int, list[Step]]:
    amount = _amount(item, str(facts.get("case") or ""), way, on)
    quantity = _quantity(item, facts)
    payable = max(0, quantity - item.included)
    sum_due = amount.value * payable
    names = {"item": item.name, "item_en": item.name_en or item.name}
    shown = {**names, "amount": in_figures(amount.value), "quantity": quantity, "sum": in_figures(sum_due)}
    if item.quantity and item.included:
        text = _("{item}: {amount} × {payable} ({quantity} less {included} free) = {sum}.")
        shown |= {"payable": payable, "included": item.included}
    elif item.quantity:
        text = _("{item}: {amount} × {quantity} = {sum}.")
    else:
        text = _("{item}: {amount}.")
    steps = [Step(text, amount.source, amount.since, shown, "fee.amount")]
    for reductions, code in ((item.exemptions, "fee.exempt"), (item.discounts, "fee.discount")):
        best = _best(reductions, way, on, groups)
        if best is None or not sum_due:
            continue
        sum_due = _reduced(sum_due, best.percent)
        steps.append(_reduction_step(best, names, sum_due, code))
    return sum_due, steps


def _amount(item: FeeItem, case: str, way: str, on: date) -> Amount:
    """Return the amount that fits best: for this case and way, then this case, then this way, then any; latest first."""
    fitting = [
        amount
        for amount in item.amounts
        if amount.in_force(on) and amount.case in ("", case) and amount.way in ("", way)
    ]
    if not fitting:
        raise FeeNotSet(item=item.name, day=f"{on.day}/{on.month}/{on.year}")
    return max(fitting, key=lambda amount: (bool(amount.case), bool(amount.way), amount.since or date.min))


def _quantity(item: FeeItem, facts: Mapping[str, Any]) -> int:
    if not item.quantity:
        return 1
    found = facts.get("quantities", {}).get(item.quantity)
    if found is None:
        found = lookup(facts.get("answers", {}), item.quantity)
    if isinstance(found, list):
        return len(found)
    if isinstance(found, str) and found.isascii() and found.isdigit():
        found = int(found)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise QuantityMissing(item=item.name, path=item.quantity)
    return found


def _best(reductions: tuple[Reduction, ...], way: str, on: date, groups: frozenset[str]) -> Reduction | None:
    """Return the largest reduction that applies: reductions of one kind do not add up."""
    fitting = [
        one
        for one in reductions
        if one.in_force(on) and one.way in ("", way) and (not one.group or one.group in groups)
    ]
    return max(fitting, key=lambda one: one.percent, default=None)


def _reduced(amount: int, percent: Decimal) -> int:
    left = Decimal(amount) * (100 - percent) / 100
    return int(left.to_integral_value(ROUND_HALF_UP))


def _reduction_step(best: Reduction, names: Mapping[str, str], left: int, code: str) -> Step:
    facts = {
        **names,
        "percent": best.percent,
        "left": in_figures(left),
        "reason": best.name or best.group or best.way,
        "reason_en": best.name_en or best.group or best.way,
    }
    text = _("{item}: {percent} % less ({reason}), {left} to pay.")
    return Step(text, best.source, best.since, facts, code)
