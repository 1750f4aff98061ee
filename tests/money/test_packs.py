"""What the packs say of later fees and of groups that pay less is sound, and unverified facts say so."""

from __future__ import annotations

from datetime import date

import pytest
from tests.snapshot import with_province

from tinhso.law.later_fees import Holds
from tinhso.modules.onestop.queries.claims import claimed
from tinhso.modules.onestop.queries.fees import fee_for, later_fees
from tinhso.modules.onestop.queries.services import get_service

pytestmark = with_province
ON = date(2022, 11, 28)


def test_a_land_certificate_may_ask_for_a_survey(db):
    (fee,) = later_fees(get_service("1.012783", ON), ON)
    assert (fee.holds, fee.verified) == (Holds.WORK, False)
    assert "cần kiểm tra" in fee.stands


@pytest.mark.parametrize(("group", "papers"), [("poor_household", ("HN",)), ("merit", ("NCC",))])
def test_a_poor_household_registers_a_business_for_nothing(db, group, papers):
    service = get_service("1.001612", ON)
    answers = {"tax": {"fee_group": group}}
    (one,) = claimed(service, answers, "direct", on=ON)
    assert one.evidence == papers
    assert fee_for(service, "direct", "", answers, on=ON).value == 0
    assert fee_for(service, "direct", "", answers, on=ON, refused=(group,)).value == 100_000
