"""
Fees that become due after the dossier was looked at: which there are, how much, what waits for them, by when they are paid.

Only what a text lists may be charged (Luật Phí và lệ phí 97/2015/QH13 Đ.4), so a sum is demanded by a rule of the procedure and no
other way. Whether the clock stands meanwhile is a matter of each field's own text: the rule names it (`stands`), else the
national figure `onestop.payment_stands` answers. Nothing here knows dossiers; the form of a rule is described at `read_later_fees`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from tinhso.law.answer import Answer, NoAnswer, Step
from tinhso.law.answer import msgid as _
from tinhso.law.fee_rules import Dated, MalformedFeeRule, dated, need, only
from tinhso.law.figures import figure
from tinhso.law.money import in_figures

LAW = "Luật Phí và lệ phí 97/2015/QH13"
_HUNDRED = 100
LARGEST = 10**12
"""No single demand is larger, in đồng: a sum beyond it was typed wrong."""
_KEYS = {
    "code", "name", "name_en", "kind", "when", "amount", "percent", "of", "of_en", "least", "most", "holds", "stands",
    "pay_within", "from", "until", "source", "verified",
}  # fmt: skip


class When(StrEnum):
    """What brings a demand about."""

    OFFICER = "officer"
    PROPOSED = "proposed"
    ISSUED = "issued"


class Holds(StrEnum):
    """What waits until it is paid."""

    WORK = "work"
    RESULT = "result"
    NOTHING = "nothing"


class SumNotByRule(NoAnswer):
    """The sum does not keep to the rule of the fee."""

    code = "law.sum_not_by_rule"
    text = _("“{item}” is at least {least} and at most {most}. Check the sum and what it rests on.")
    law = LAW


class ValueMissing(NoAnswer):
    """The fee is a part of a value, and no value was given."""

    code = "law.fee_value_missing"
    text = _("“{item}” is {percent} % of {of}. Enter that value in đồng, as the paper it rests on says.")
    law = LAW


class SumMissing(NoAnswer):
    """Nobody said how much."""

    code = "law.fee_sum_missing"
    text = _("Enter the sum of “{item}” in đồng, as the paper it rests on says.")
    law = LAW


@dataclass(frozen=True, slots=True)
class LaterFee(Dated):
    """
    One fee that becomes due later.

    `amount`: fixed, in đồng. `percent`: of a value that is entered (`of` says of which). Neither: the sum is entered. `least` and
    `most` bound what comes out; `pay_within` is in days, None for the national figure.
    """

    code: str
    name: str
    name_en: str
    kind: str
    when: When
    holds: Holds
    amount: int | None = None
    percent: Decimal | None = None
    of: str = ""
    of_en: str = ""
    least: int = 0
    most: int = LARGEST
    stands: str = ""
    pay_within: int | None = None
    verified: bool = False


def read_later_fees(data: Mapping[str, Any]) -> tuple[LaterFee, ...]:
    """
    Return the later fees of a fee rule, `later` of it.

    Raises MalformedFeeRule with a JSON Pointer::

        later:
          - code: registration
            name: Lệ phí trước bạ
            name_en: Registration charge
            kind: charge                     # fee = phí, charge = lệ phí
            when: officer                    # officer demands it; proposed, issued: by itself with the result
            percent: 0.5                     # of the value that is entered; or amount: 50000; or neither: the sum is entered
            of: giá trị tính lệ phí          # of which value
            of_en: the value it is reckoned from
            least: 0
            most: 500000000
            holds: work                      # work: nothing goes on; result: it is not handed over; nothing
            stands: "NĐ … Đ.…"               # text by which the clock stands meanwhile; with holds: work
            pay_within: 30                   # days
            from: 2022-03-01
            source: "NĐ …"
            verified: false
    """
    rows = data.get("later") or ()
    need(isinstance(rows, list | tuple), "/later", _("list at least one item"))
    found = tuple(_read(row, f"/later/{index}") for index, row in enumerate(rows))
    for index, one in enumerate(found):
        is_again = any(other.code == one.code and _overlap(other, one) for other in found[:index])
        need(not is_again, f"/later/{index}/code", _("is there twice for the same days"))
    return found


def sum_of(later: LaterFee, *, amount: int | None, value: int | None) -> Answer[int]:
    """
    Return the sum that is demanded, in đồng, with how it was found. `amount` and `value` are what was entered, if anything.

    Raises ValueMissing, SumMissing, SumNotByRule.
    """
    names = {"item": later.name, "item_en": later.name_en or later.name}
    if later.amount is not None:
        found, text, facts = later.amount, _("{item}: {amount}."), {}
    elif later.percent is not None:
        said = {"percent": _plain(later.percent), "of": later.of, "of_en": later.of_en or later.of}
        if value is None or value <= 0:
            raise ValueMissing(**names, **said)
        found = int((Decimal(value) * later.percent / _HUNDRED).to_integral_value(ROUND_HALF_UP))
        text, facts = _("{item}: {percent} % of {value} ({of}) = {amount}."), {**said, "value": in_figures(value)}
        if later.least > found or found > later.most:
            found = min(max(found, later.least), later.most)
            text = _("{item}: {percent} % of {value} ({of}), within the bounds of the rule: {amount}.")
    else:
        if amount is None or amount <= 0:
            raise SumMissing(**names)
        found, text, facts = amount, _("{item}: {amount}."), {}
        if not later.least <= found <= later.most:
            raise SumNotByRule(**names, least=in_figures(later.least), most=in_figures(later.most))
    if not 0 < found <= LARGEST:
        raise SumNotByRule(**names, least=in_figures(max(later.least, 1)), most=in_figures(min(later.most, LARGEST)))
    step = Step(text, later.source, later.since, {**names, **facts, "amount": in_figures(found)}, "fee.later")
    return Answer(found, (step,))


def clock_stands(later: LaterFee, on: date) -> Answer[str]:
    """
    Return the text by which the clock stands while this fee is waited for; empty where it runs on.

    It stands only while the work itself waits. `on`: the day on which it is demanded.
    """
    if later.holds is not Holds.WORK:
        return Answer("", (Step(_("The work goes on while it is paid: the clock runs."), "", on, {}, "fee.runs"),))
    if later.stands:
        text = _("The clock stands until it is paid.")
        return Answer(later.stands, (Step(text, later.stands, on, {}, "fee.stands"),))
    known = figure("onestop.payment_stands", on=on)
    source = known.sources[0]
    if known.value:
        return Answer(source, (Step(_("The clock stands until it is paid."), source, on, {}, "fee.stands"),))
    return Answer("", (Step(_("The clock runs while it is waited for."), source, on, {}, "fee.runs"),))


def days_to_pay(later: LaterFee, on: date) -> int:
    """Return within how many days it is to be paid: the rule's, else the figure `onestop.payment_within` of that day."""
    return later.pay_within if later.pay_within is not None else int(figure("onestop.payment_within", on=on).value)


def _read(data: Any, at: str) -> LaterFee:
    need(isinstance(data, Mapping), at, _("write the item as keys and values"))
    only(data, _KEYS, at)
    for key in ("code", "name"):
        need(data.get(key), f"{at}/{key}", _("is missing"))
    kind = data.get("kind", "charge")
    need(kind in ("fee", "charge"), f"{at}/kind", _("is fee (phí) or charge (lệ phí)"))
    when, holds = data.get("when", When.OFFICER), data.get("holds", Holds.RESULT)
    need(when in {*When}, f"{at}/when", _("is officer, proposed or issued"))
    need(holds in {*Holds}, f"{at}/holds", _("is work, result or nothing"))
    amount, percent = data.get("amount"), _percent(data, at)
    need(amount is None or (_whole(amount) and amount > 0), f"{at}/amount", _("is a whole number of đồng"))
    need(amount is None or percent is None, f"{at}/percent", _("stands beside a fixed amount: write one of them"))
    need(percent is None or data.get("of"), f"{at}/of", _("say of which value it is a part"))
    by_itself = when != When.OFFICER
    need(not by_itself or amount is not None, f"{at}/amount", _("is needed for what is demanded without an officer"))
    need(not by_itself or holds != Holds.WORK, f"{at}/holds", _("the work is done when it is demanded by itself"))
    need(not data.get("stands") or holds == Holds.WORK, f"{at}/stands", _("the clock stands only while the work waits"))
    least, most = data.get("least", 0), data.get("most", LARGEST)
    for key, bound in (("least", least), ("most", most)):
        need(_whole(bound) and 0 <= bound <= LARGEST, f"{at}/{key}", _("is a whole number of đồng"))
    need(least <= most, f"{at}/most", _("is less than the least"))
    within = data.get("pay_within")
    need(within is None or (_whole(within) and 0 < within <= 3650), f"{at}/pay_within", _("is a number of days"))  # noqa: PLR2004 - ten years
    since, until, source = dated(data, at)
    return LaterFee(
        since, until, source, str(data["code"]), str(data["name"]), str(data.get("name_en", "")), kind, When(when),
        Holds(holds), amount, percent, str(data.get("of", "")), str(data.get("of_en", "")), least, most,
        str(data.get("stands", "")), within, bool(data.get("verified", False)),
    )  # fmt: skip


def _percent(data: Mapping[str, Any], at: str) -> Decimal | None:
    given = data.get("percent")
    if given is None:
        return None
    try:
        percent = Decimal(str(given))
    except InvalidOperation as fault:
        raise MalformedFeeRule(pointer=f"{at}/percent", why=Step(_("is a number from 0 to 100"))) from fault
    need(percent.is_finite() and 0 < percent <= _HUNDRED, f"{at}/percent", _("is a number from 0 to 100"))
    return percent


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


def _overlap(one: Dated, other: Dated) -> bool:
    return (one.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (one.until or date.max)
