"""Fee rules read from data, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tinhso.law.answer import Malformed, Step
from tinhso.law.answer import msgid as _

WAYS = ("direct", "online", "post")
_HUNDRED = 100
_ITEM_KEYS = {
    "code",
    "name",
    "name_en",
    "kind",
    "set_by",
    "quantity",
    "included",
    "only_if",
    "amounts",
    "exempt",
    "discounts",
}


class MalformedFeeRule(Malformed):
    """A fee rule that cannot be used; `pointer` (JSON Pointer) says where."""

    code = "law.malformed_fee_rule"
    text = _("The fee rule is wrong at {pointer}: {why}")


@dataclass(frozen=True, slots=True)
class Dated:
    """Something in force from `since` to `until`, both included; None leaves that end open."""

    since: date | None
    until: date | None
    source: str

    def in_force(self, on: date) -> bool:
        """Tell whether it is in force on this day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Amount(Dated):
    """An amount in đồng, for one case or way only when they are named."""

    value: int
    case: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class Reduction(Dated):
    """So many per cent less, for a group (exemption) or a way (discount)."""

    percent: Decimal
    group: str = ""
    way: str = ""
    name: str = ""
    name_en: str = ""
    evidence: tuple[str, ...] = ()
    """Codes of the papers of the procedure by which a group is shown: any of them will do. None: the officer looks otherwise."""


@dataclass(frozen=True, slots=True)
class FeeItem:
    """One fee or charge; `quantity` is the path of the answer it is multiplied by, `included` how many are free."""

    code: str
    name: str
    name_en: str
    kind: str
    amounts: tuple[Amount, ...]
    exemptions: tuple[Reduction, ...] = ()
    discounts: tuple[Reduction, ...] = ()
    quantity: str = ""
    included: int = 0
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class FeeRule:
    """
    All items of a procedure; `group_answer` is the path of the answer that names the applicant's groups.

    `not_given_back` cites the text by which what was paid is kept even when the dossier is never received.
    """

    items: tuple[FeeItem, ...]
    group_answer: str = ""
    not_given_back: str = ""


def read_fee_rule(data: Mapping[str, Any]) -> FeeRule:
    """
    Return a rule from data. Raises MalformedFeeRule with a JSON Pointer.

    Short forms: `{free: true, source: …}`, `{amount: 8000, source: …}`, `{set_by: council}`. Long form::

        later: […]                             # what becomes due after the dossier was looked at (`law.later_fees`)
        not_given_back: "NĐ …"                 # text by which the fee is kept though the dossier is not received
        group_answer: applicant.group          # answer with the applicant's priority groups
        items:
          - code: copy
            name: Phí cấp bản sao trích lục hộ tịch
            name_en: Fee for a copy of a civil status extract
            kind: fee                          # fee = phí, charge = lệ phí
            set_by: national                   # or council: amounts may then be empty until the council decides
            quantity: request.copies           # answer it is multiplied by (a number or a list); once without
            included: 1                        # free of charge
            only_if: request.paper_copy        # counted only when this answer is true
            amounts: [{amount: 8000, from: 2017-01-01, until: 2020-12-31, way: online, case: late, source: "TT …"}]
            exempt: [{group: poor_household, percent: 100, evidence: [HN], source: "NQ …"}]   # evidence: codes of papers
            discounts: [{way: online, percent: 50, from: 2024-01-01, source: "NQ …"}]
    """
    if "items" in data:
        only(data, {"items", "group_answer", "not_given_back", "later"}, "")
        need(isinstance(data["items"], list) and data["items"], "/items", _("list at least one item"))
        items = tuple(_item(one, f"/items/{index}") for index, one in enumerate(data["items"]))
        return FeeRule(items, str(data.get("group_answer", "")), str(data.get("not_given_back", "")))
    need(
        "free" in data or "amount" in data or data.get("set_by") == "council",
        "",
        _("give items, an amount, or free: true"),
    )
    given = dict(data)
    given.pop("later", None)  # read by `law.later_fees`
    kept = str(given.pop("not_given_back", ""))
    if given.pop("free", False):
        given["amount"] = 0
    names = {name: given.pop(name) for name in ("name", "name_en", "kind", "set_by") if name in given}
    amounts = [given] if "amount" in given else []
    named = {"code": "fee", "name": "Phí, lệ phí", "name_en": "Fee"} | names
    item: dict[str, Any] = {**named, "amounts": amounts}
    return FeeRule((_item(item, ""),), not_given_back=kept)


def lookup(answers: Mapping[str, Any], path: str) -> Any:
    """Return the answer at a dotted path (`request.copies`), or None."""
    found: Any = answers
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _item(data: Any, at: str) -> FeeItem:
    need(isinstance(data, Mapping), at, _("write the item as keys and values"))
    only(data, _ITEM_KEYS, at)
    for key in ("code", "name"):
        need(data.get(key), f"{at}/{key}", _("is missing"))
    kind, set_by = data.get("kind", "fee"), data.get("set_by", "national")
    need(kind in ("fee", "charge"), f"{at}/kind", _("is fee (phí) or charge (lệ phí)"))
    need(set_by in ("national", "council"), f"{at}/set_by", _("is national or council"))
    included = data.get("included", 0)
    need(isinstance(included, int) and included >= 0, f"{at}/included", _("is a whole number"))
    amounts = tuple(_amount(one, f"{at}/amounts/{index}") for index, one in enumerate(data.get("amounts") or ()))
    need(
        amounts or set_by == "council",
        f"{at}/amounts",
        _("is empty; only what the council sets may wait for its amount"),
    )
    return FeeItem(
        str(data["code"]),
        str(data["name"]),
        str(data.get("name_en", "")),
        kind,
        amounts,
        tuple(_reduction(one, f"{at}/exempt/{index}") for index, one in enumerate(data.get("exempt") or ())),
        tuple(_reduction(one, f"{at}/discounts/{index}") for index, one in enumerate(data.get("discounts") or ())),
        str(data.get("quantity", "")),
        included,
        str(data.get("only_if", "")),
    )


def _amount(data: Any, at: str) -> Amount:
    need(isinstance(data, Mapping), at, _("write the amount as keys and values"))
    only(data, {"amount", "from", "until", "source", "way", "case"}, at)
    value = data.get("amount")
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    need(good, f"{at}/amount", _("is a whole number of đồng"))
    since, until, source = dated(data, at)
    return Amount(since, until, source, int(value or 0), str(data.get("case", "")), _way(data, at))


def _reduction(data: Any, at: str) -> Reduction:
    need(isinstance(data, Mapping), at, _("write the reduction as keys and values"))
    only(data, {"group", "way", "percent", "from", "until", "source", "name", "name_en", "evidence"}, at)
    need(data.get("group") or data.get("way"), at, _("name the group or the way it is for"))
    shown = data.get("evidence") or []
    need(
        isinstance(shown, list) and all(isinstance(one, str) and one for one in shown),
        f"{at}/evidence",
        _("lists papers"),
    )
    need(not shown or data.get("group"), f"{at}/evidence", _("is for a group"))
    try:
        percent = Decimal(str(data.get("percent", _HUNDRED)))
    except InvalidOperation as fault:
        raise MalformedFeeRule(pointer=f"{at}/percent", why=Step(_("is a number from 0 to 100"))) from fault
    need(percent.is_finite() and 0 <= percent <= _HUNDRED, f"{at}/percent", _("is a number from 0 to 100"))
    since, until, source = dated(data, at)
    words = str(data.get("name", "")), str(data.get("name_en", ""))
    return Reduction(since, until, source, percent, str(data.get("group", "")), _way(data, at), *words, tuple(shown))


def dated(data: Mapping[str, Any], at: str) -> tuple[date | None, date | None, str]:
    """Return from when until when something is in force, and its source. Raises MalformedFeeRule."""
    need(data.get("source"), f"{at}/source", _("name the decision that says so"))
    since, until = _date(data, "from", at), _date(data, "until", at)
    need(since is None or until is None or since <= until, f"{at}/until", _("lies before from"))
    return since, until, str(data["source"])


def _date(data: Mapping[str, Any], key: str, at: str) -> date | None:
    given = data.get(key)
    if given is None or isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError as fault:
        raise MalformedFeeRule(pointer=f"{at}/{key}", why=Step(_("is a date, as in 2024-01-01"))) from fault


def _way(data: Mapping[str, Any], at: str) -> str:
    way = str(data.get("way", ""))
    need(way in ("", *WAYS), f"{at}/way", _("is direct, online or post"))
    return way


def only(data: Mapping[str, Any], known: set[str], at: str) -> None:
    """Go on only if there is no other key. Raises MalformedFeeRule."""
    unknown = sorted(str(key) for key in set(data) - known)
    need(not unknown, f"{at}/{unknown[0]}" if unknown else at, _("is not a key of a fee rule"))


def need(good: object, pointer: str, why: str) -> None:
    """Go on only if this is so. Raises MalformedFeeRule with the pointer."""
    if not good:
        raise MalformedFeeRule(pointer=pointer or "/", why=Step(why))
