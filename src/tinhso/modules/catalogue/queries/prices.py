"""What a procedure costs, in words: by the law of the day, for each way of filing, as far as it can be said beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.casework.public import Service
from tinhso.law.fees import FeeNotSet, FeeRule, compute_fee, read_fee_rule
from tinhso.law.later_fees import Holds, read_later_fees
from tinhso.modules.catalogue.models import Procedure
from tinhso.web.words import later_sum, money, own

HOLDS_WORDS = {
    Holds.WORK: _("your dossier waits until it is paid"),
    Holds.RESULT: _("paid before the result is handed over"),
    Holds.NOTHING: _("nothing waits for it"),
}
WAY_WORDS = {"direct": _("At the counter"), "online": _("Online"), "post": _("By post")}


def fee_words(procedure: Procedure, service: Service, on: date) -> str:
    """Return what it costs. "Miễn phí" with a note on the People's Council is not free: it is set locally."""
    if service.fee_rule:
        return _rule_words(service, on)
    ways = procedure.facts.get("ways", [])
    amounts = sorted({vnd for way in ways for vnd in way.get("vnd", []) if vnd})
    if amounts:
        return money(amounts[0]) if len(amounts) == 1 else _from(amounts[0])
    if any(way.get("council") for way in ways):
        return gettext("Set by the provincial People's Council")
    return gettext("Free") if any(way.get("free") for way in ways) else gettext("Not stated")


def fee_note(procedure: Procedure, service: Service, on: date) -> str:
    """Return how it is paid, or what the national record notes beside the fee."""
    if service.fee_rule:
        free = fee_words(procedure, service, on) == gettext("Free")
        return "" if free else gettext("paid online or at the counter")
    notes = {way.get("fee", "") for way in procedure.facts.get("ways", [])} - {""}
    return "; ".join(sorted(notes))


def later_words(service: Service, on: date) -> list[dict[str, str]]:
    """Return what may become due after filing: the fee, how its sum is found, what waits for it, by which text."""
    return [
        {
            "name": own(rule, "name"),
            "sum": later_sum(rule),
            "holds": str(HOLDS_WORDS[rule.holds]),
            "source": rule.source,
        }
        for rule in read_later_fees(service.fee_rule or {})
        if rule.in_force(on)
    ]


def _rule_words(service: Service, on: date) -> str:
    """Return one sum where every way costs the same, else each sum with its ways."""
    rule = read_fee_rule(service.fee_rule)
    cases = [case.code for case in service.cases] or [""]
    ways = list(dict.fromkeys(str(way.way) for way in service.ways)) or [""]
    said: dict[str, list[str]] = {}
    for way in ways:
        said.setdefault(_way_words(rule, cases, way, on), []).append(way)
    if len(said) == 1:
        return next(iter(said))
    return "; ".join(f"{_ways_words(ways)}: {words}" for words, ways in said.items())


def _ways_words(ways: Sequence[str]) -> str:
    first, *others = (str(WAY_WORDS[way]) for way in ways)
    return ", ".join([first, *(f"{words[:1].lower()}{words[1:]}" for words in others)])


@dataclass(frozen=True, slots=True)
class _Price:
    """What is asked in one case: a fixed part, unit prices of what is counted, and whether answers add to it."""

    fixed: int
    each: tuple[int, ...]
    more: bool

    @property
    def least(self) -> int:
        return self.fixed + sum(self.each)


def _way_words(rule: FeeRule, cases: Sequence[str], way: str, on: date) -> str:
    prices = {price for case in cases if (price := _price(rule, case, way, on))}
    if not prices:
        council = any(not item.amounts for item in rule.items)
        return gettext("Set by the provincial People's Council") if council else gettext("Not stated")
    least = min(prices, key=lambda price: price.least)
    if least.more or len({(price.fixed, price.each) for price in prices}) > 1:
        return _from(least.least) if least.least else gettext("Depends on your case")
    if not least.least:
        return gettext("Free")
    if not least.each:
        return money(least.fixed)
    if len(least.each) == 1 and not least.fixed:
        return gettext("%(amount)s each") % {"amount": money(least.least)}
    return _from(least.least)


def _price(rule: FeeRule, case: str, way: str, on: date) -> _Price | None:
    """Return the price for somebody in no priority group; None where nobody has set it for this day, way and case."""
    fixed, each, more = 0, list[int](), False
    for item in rule.items:
        # one of what is counted, beyond those that are free of charge
        facts = {"case": case, "quantities": {item.quantity: item.included + 1}}
        one = replace(rule, items=(replace(item, only_if=""),), group_answer="")
        try:
            value = compute_fee(one, facts, way, on).value
        except FeeNotSet:
            if item.only_if:
                more = True
                continue
            return None
        if item.only_if or (item.quantity and item.included):
            more = more or bool(value)
        elif item.quantity and value:
            each.append(value)
        else:
            fixed += value
    return _Price(fixed, tuple(each), more)


def _from(amount: int) -> str:
    return gettext("From %(amount)s") % {"amount": money(amount)}
