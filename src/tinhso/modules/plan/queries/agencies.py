"""Agencies that texts name in words: which they are, and who does their work now."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.base.text import fold
from tinhso.kernel.organisation.public import (
    Agency,
    agencies_by_code,
    find_agency,
    last_known_agency,
    list_agencies,
    successors,
)
from tinhso.web.words import own

MOST = 5_000
_SPELLED = (
    ("ubnd", "uy ban nhan dan"),
    ("hdnd", "hoi dong nhan dan"),
    ("&", "va"),
    ("tt&tt", "thong tin va truyen thong"),
)
_ALL = re.compile(r"^(?:cac|nhung|thu truong cac|chu tich)\b|\b(?:cac huyen|cac xa|cac so)\b")


def leads_for(unit: str, signed: date | None, at: datetime) -> Callable[[str], str]:
    """
    Return a function that gives the code of the agency that words of a text name, among those of a unit; empty for none.

    It looks among the agencies of the day the text was signed, then of today. Of several the first answers; words for many
    (“các Sở, ban, ngành”) name none.
    """
    names: dict[str, str] = {}
    for day in (civil_date(at), signed):
        if day is not None:
            for each in _tree(unit, day):
                names[_plain(each.name)] = each.code
    top = _top(names, unit)

    def lead_of(words: str) -> str:
        return _lead(words, names, top)

    return lead_of


def _tree(unit: str, day: date) -> list[Agency]:
    """Return an agency and all below it as they were on a day, parents first."""
    here = find_agency(unit, on=day)
    return [here, *list_agencies(on=day, below=here.code, limit=MOST)] if here else []


def _top(names: dict[str, str], unit: str) -> dict[str, str]:
    """Return what the agency itself is called without its place: “Ủy ban nhân dân tỉnh”."""
    own = next((name for name, code in names.items() if code == unit), "")
    short = re.match(r"(?:uy ban nhan dan|hoi dong nhan dan) (?:tinh|thanh pho|huyen|xa|phuong|thi xa)", own)
    return {short[0]: unit} if short else {}


def _lead(words: str, names: dict[str, str], top: dict[str, str]) -> str:
    plain = _plain(words)
    if _ALL.search(plain):
        return ""
    for each in (plain, *re.split(r"\s*[,;]\s*", plain)):
        if each in names or each in top:
            return names.get(each) or top[each]
        found = [code for name, code in names.items() if name.startswith(f"{each} ")]
        if len(found) == 1:
            return found[0]
    return ""


def _plain(words: str) -> str:
    plain = fold(words)
    for short, long in _SPELLED:
        plain = re.sub(rf"(?<!\w){re.escape(short)}(?!\w)", long, plain)
    return " ".join(plain.split()).strip(" .:;")


def answers_now(code: str, at: datetime) -> tuple[Agency | None, list[Agency]]:
    """Return the agency of a code as it was last, and who answers now: itself, or those that took over its work."""
    here = find_agency(code, on=civil_date(at))
    if here is not None and here.code == code:
        return here, [here]
    try:
        return last_known_agency(code), successors(code, civil_date(at))
    except NotFound:
        return None, []


def own_units(codes: Iterable[str], at: datetime) -> list[tuple[str, str]]:
    """Return agencies as choices, the highest first: (code, name)."""
    found = agencies_by_code(codes, civil_date(at))
    return [
        (each.code, own(each, "name"))
        for each in sorted(found.values(), key=lambda one: (len(one.path_codes), one.code))
    ]


def lead_choices(unit: str, at: datetime) -> list[tuple[str, str]]:
    """Return the agencies that can answer for a line of a plan: that of the plan and all below it, parents first."""
    return [(each.code, own(each, "name")) for each in _tree(unit, civil_date(at))]
