"""What tests of money ask the check of the whole platform, and fee rules that they put in place of a procedure's."""

from __future__ import annotations

from typing import Any

from django.db import connection

from tinhso.kernel.organisation.stamp import touch
from tinhso.modules.catalogue.models import Procedure
from tinhso.site.proof.clocks import check_clocks
from tinhso.site.proof.money import QUERIES

WORK = {
    "code": "survey", "name": "Phí trích đo", "name_en": "Survey fee", "kind": "fee", "most": 5_000_000, "holds": "work",
    "stands": "NQ thử nghiệm Đ.2", "pay_within": 10, "source": "NQ thử nghiệm",
}  # fmt: skip
TAX = {
    "code": "registration", "name": "Lệ phí trước bạ", "name_en": "Registration charge", "percent": 0.5,
    "of": "giá trị tính lệ phí", "of_en": "its value", "most": 500_000_000, "holds": "work", "source": "NQ thử nghiệm",
}  # fmt: skip
STAMP = {
    "code": "stamp",
    "name": "Lệ phí cấp",
    "name_en": "Issue charge",
    "amount": 20_000,
    "when": "proposed",
    "source": "NQ",
}
LATE = {
    "code": "late",
    "name": "Phí tra cứu",
    "name_en": "Search fee",
    "amount": 5_000,
    "holds": "nothing",
    "source": "NQ",
}
LATER = [WORK, TAX, LATE]


def rule(code: str, **more: Any) -> None:
    """Add to the fee rule of a procedure, for this test."""
    for row in Procedure.objects.filter(code=code):
        row.local = {**row.local, "fee": {**row.local["fee"], **more}}
        row.save(update_fields=["local"])
    touch()  # what was remembered of the procedure is forgotten


def sound() -> list[tuple[Any, ...]]:
    """Return what the check of the whole platform finds about money and clocks."""
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for (kind, _what, _text), query in QUERIES.items():
            cursor.execute(query.replace("{out}", "1 = 0").replace("{out_demand}", "1 = 0"))
            found += [(kind, *row) for row in cursor.fetchall()]
    return found


class HereTables:
    """The tables of the test, as the check reads them."""

    is_postgresql = connection.vendor == "postgresql"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]


def clocks() -> list[str]:
    """Return what the check finds about clocks."""
    return [str(each) for each in check_clocks(HereTables())]  # type: ignore[arg-type]
