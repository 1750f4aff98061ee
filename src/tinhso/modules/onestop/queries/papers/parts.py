"""What every paper has: the head of the agency, place and day, whose dossier it is, how to follow it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from tinhso.base.clock import civil, civil_date
from tinhso.kernel.documents.public import qr_svg
from tinhso.kernel.organisation.public import (
    Agency,
    Kind,
    agencies_by_code,
    find_agency,
    last_known_agency,
    province,
)
from tinhso.law.figures import figure
from tinhso.modules.onestop.models import Dossier, MoneyState

Paper = tuple[str, dict[str, Any]]
"""A template for `render_pdf`, and the data it prints."""

LONGEST_WORD: Final = 28
"""Longer runs without a space may break anywhere, or they would run off an A5 page."""
_RUN = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_COMMITTEE = re.compile(r"^(?:[UỦ][ỷy] ban nhân dân|UBND)\s+")
_UNIT = re.compile(r"^(?:tỉnh|thành phố|thị xã|thị trấn|quận|huyện|phường|xã|đặc khu)\s+(?=\D)")


def head(code: str, on: date) -> dict[str, Any]:
    """
    Return the two lines of the agency, the place and the day (NĐ 30/2020/NĐ-CP, Phụ lục I, mục II.2, II.4).

    A People's Committee stands alone, in two lines; others stand under the agency directly above them. The place is
    the unit in which the agency sits, without the word for its kind. Three statements.
    """
    agency = find_agency(code, on=on) or last_known_agency(code)
    above = agencies_by_code(agency.path_codes[:-1], on)
    parent = above.get(agency.parent_code)
    line = [above[step] for step in agency.path_codes[:-1] if step in above] + [agency]
    seat = next((each for each in reversed(line) if each.kind == Kind.COMMITTEE), None)
    return {
        "above": _COMMITTEE.sub("UBND ", parent.name) if parent and agency.kind != Kind.COMMITTEE else "",
        "agency": _committee_lines(agency),
        "name": agency.name,
        "phone": agency.phone,
        "place": _place(seat) if seat else province(on).name,
        "on": on.isoformat(),
    }


def _committee_lines(agency: Agency) -> str:
    if agency.kind != Kind.COMMITTEE:
        return agency.name
    return _COMMITTEE.sub(lambda found: found[0].rstrip() + "\n", agency.name)


def _place(committee: Agency) -> str:
    unit = _COMMITTEE.sub("", committee.name)
    bare = _UNIT.sub("", unit)
    return bare[:1].upper() + bare[1:]


def rule_on(on: date) -> str:
    """Return the rule whose forms are printed on a day: `tt01-2018`, `tt03-2025`."""
    return str(figure("onestop.forms", on=on).value)


def paper_data(dossier: Dossier, code: str, at: datetime) -> dict[str, Any]:
    """
    Return what every paper of a dossier says. `code`: the agency at its head; `at`: the moment it speaks of.

    That moment is the act's, not the printer's: printed again, a paper says the same.
    """
    on = civil_date(at)
    track = settings.PUBLIC_URL + reverse("onestop:track", args=[dossier.code])
    return {
        "rule": rule_on(on),
        "head": head(code, on),
        "code": dossier.code,
        "track_url": track,
        "track_qr": qr_svg(track),
        "hotline": province(on).settings.get("hotline", {}).get("number", ""),
        "number": "",
        "applicant": {
            "name": dossier.applicant_name,
            "number": dossier.applicant_number,
            "phone": dossier.applicant_phone,
            "email": dossier.applicant_email,
            "address": dossier.applicant_address,
        },
        "service": dossier.service_name,
        "agency": dossier.agency_name,
        "received": moment(dossier.received_at),
        "fee": {"amount": dossier.fee_vnd, "paid": dossier.money == MoneyState.PAID},
    }


def paper(template: str, data: Mapping[str, Any]) -> Paper:
    """Return a paper of this module whose words all fit the page."""
    return f"onestop/{template}", {key: _fitting(key, value) for key, value in data.items()}


def _fitting(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return value if key.endswith(("_qr", "_url")) else _RUN.sub(_breakable, value)
    if isinstance(value, Mapping):
        return {inner: _fitting(inner, each) for inner, each in value.items()}
    if isinstance(value, list | tuple):
        return [_fitting(key, each) for each in value]
    return value


def _breakable(run: re.Match[str]) -> str:
    text = run[0]
    return "\u200b".join(text[start : start + LONGEST_WORD] for start in range(0, len(text), LONGEST_WORD))


def day(on: date | None) -> str:
    """Return dd/MM/yyyy, or nothing."""
    return f"{on:%d/%m/%Y}" if on else ""


def moment(at: datetime | None) -> dict[str, str]:
    """Return hour, minute and day on the wall clock, as the forms print them; empty when it has not come."""
    local = civil(at) if at else None
    return {"hour": f"{local:%H}", "minute": f"{local:%M}", "day": f"{local:%d/%m/%Y}"} if local else {}


def number_of(number: int) -> str:
    """Return a number of a year-book in four digits; empty before it was given."""
    return f"{number:04d}" if number else ""
