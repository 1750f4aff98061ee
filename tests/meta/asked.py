"""Those who ask every address, besides the cast of the pack."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.world import DEMO, account_of, known_citizen

from tinhso.kernel.identity.public import add_account, find_or_add_business
from tinhso.kernel.organisation.public import Official, add_official, appoint, delegate, find_official
from tinhso.modules.onestop.tests.playing import AT

LAST = date(2022, 11, 27)


def everybody() -> dict[str, Any]:
    """
    Return the accounts, by role.

    tu: the applicant; neighbour: another citizen; low: a citizen at VNeID level 1; firm: a business; an: head of a
    division; other: processor of another agency; past: processor of this one until yesterday; standin: acts for the
    processor by delegation; auditor: of the province.
    """
    low = known_citizen("Phan Thị Thấp", "049185000333").account
    firm = find_or_add_business(tax_code="0100109106", name="Công ty Gốm Hội An", actor=DEMO, at=AT)
    return {
        "tu": known_citizen().account,
        "neighbour": known_citizen("Lê Văn Xóm", "049185000222").account,
        "low": low,
        "firm": add_account("vneid-firm", business=firm, actor=DEMO, at=AT),
        "an": _of("QN-013"),
        "other": _of("QN-014"),
        "auditor": _of("QN-052"),
        "past": _past(),
        "standin": _standin(),
    }


def _of(staff_code: str) -> Any:
    return find_official(staff_code).account


def _new(staff_code: str, name: str) -> Official:
    official = add_official(staff_code, name, actor=DEMO, at=AT)
    add_account(staff_code.lower(), official_id=official.pk, actor=DEMO, at=AT)
    return official


def _past() -> Any:
    official = _new("QN-900", "Nguyễn Văn Xưa")
    appoint(
        "H47.32.20/social", official.pk, valid_from=date(2022, 1, 1), valid_to=LAST, decision="1/QĐ", actor=DEMO, at=AT
    )
    return official.account


def _standin() -> Any:
    official, ha = _new("QN-901", "Nguyễn Văn Thay"), account_of("ha")
    delegate(
        "H47.32.20/civil-status", by=ha.official_id, to=official.pk, roles=["processor"],
        valid_from=AT.date(), valid_to=None, decision="2/QĐ", actor=DEMO, at=AT,
    )  # fmt: skip
    return official.account
