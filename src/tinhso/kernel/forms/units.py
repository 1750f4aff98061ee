"""The communes of the province as a list to choose from, by their statistics codes, as they are on a day."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from datetime import date

from tinhso.base.text import fold
from tinhso.kernel.forms.lookups import Found, Lookup, code_for, remember, remembering
from tinhso.kernel.forms.words import Words
from tinhso.kernel.organisation.public import Agency, Kind, Level, province, remembered

_COMMITTEE = ("Ủy ban nhân dân ", "Uỷ ban nhân dân ", "UBND ")
_COMMITTEE_EN = ("People's Committee of the ", "People's Committee of ")
_KIND = re.compile(r"^(?:xã|phường|thị trấn)\s+|\s+(?:commune|ward|township)$", re.IGNORECASE)


def _find(text: str, on: date, limit: int) -> Sequence[Found]:
    words = fold(text).split()
    found = _communes(on).values()
    return [each for each in found if all(word in _folded(each.label) for word in words)][:limit]


def _label(code: str, on: date) -> Words | None:
    found = _communes(on).get(code)
    return found.label if found else None


def _communes(on: date) -> Mapping[str, Found]:
    return remember(("unit", on), lambda: remembered(("forms.units", on), lambda: _read(on)))


@functools.lru_cache(maxsize=4096)
def _folded(label: Words) -> str:
    return f"{fold(label.vi)} {fold(label.en)}"


def _read(on: date) -> Mapping[str, Found]:
    """Return every commune with its district, by one statement."""
    rows = Agency.objects.on(on).filter(kind=Kind.COMMITTEE, level__in=(Level.COMMUNE, Level.DISTRICT)).order_by("path")
    agencies = list(rows.values_list("code", "level", "unit_code", "parent_code", "name", "name_en"))
    named = {code: Words(_bare(vi, _COMMITTEE), _bare(en, _COMMITTEE_EN)) for code, _, _, _, vi, en in agencies}
    return {
        unit: Found(unit, _within(named[code], named.get(parent)), _names(named[code]))
        for code, level, unit, parent, _, _ in agencies
        if level == Level.COMMUNE
    }


def split_address(address: str, on: date) -> tuple[str, str]:
    """
    Return the street of an address in one line, and the code of its commune where it is one of this province.

    “Thôn 3, xã Tam Phú, tỉnh Quảng Nam” is “Thôn 3” and the commune. What stands after the commune must be its district
    or this province: elsewhere there is a commune of the same name. An address that is not understood stays whole.
    """
    parts = [part.strip() for part in address.split(",")]
    here = fold(province(on).name)
    with remembering():
        for place, part in enumerate(parts[1:], start=1):
            found = _communes(on).get(code_for("unit", part, on)) if _KIND.search(part) else None
            if found and all(
                fold(after).endswith(here) or fold(after) in fold(found.label.vi) for after in parts[place + 1 :]
            ):
                return ", ".join(parts[:place]), found.code
    return address, ""


def _names(commune: Words) -> tuple[str, ...]:
    return tuple({_KIND.sub("", said) for said in (commune.vi, commune.en) if said})


def _within(commune: Words, district: Words | None) -> Words:
    vi = ", ".join(each.vi for each in (commune, district) if each and each.vi)
    en = ", ".join(each.en for each in (commune, district) if each and each.en)
    return Words(vi[:1].upper() + vi[1:], en[:1].upper() + en[1:])


def _bare(name: str, prefixes: tuple[str, ...]) -> str:
    return next((name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)), name)


UNITS = Lookup("unit", _find, _label)
