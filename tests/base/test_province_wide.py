"""What changes for the whole province is not for the administrator of one agency."""

from __future__ import annotations

import pytest

from tinhso.kernel.casework.access import can_mend_cases, can_publish_flows
from tinhso.kernel.forms.access import can_publish_form
from tinhso.kernel.journal.access import can_read_journal, can_replay
from tinhso.kernel.organisation.access import can_load_pack
from tinhso.kernel.organisation.tests.packs import NGHICH, load
from tinhso.kernel.organisation.tests.test_actions import admin_at

pytestmark = pytest.mark.django_db


def test_what_belongs_to_the_province_is_not_for_the_administrator_of_one_agency() -> None:
    load(NGHICH)
    asked = {can_publish_form, can_publish_flows, can_mend_cases, can_read_journal, can_replay, can_load_pack}
    of_province, of_agency = admin_at("Y90"), admin_at("Y90", "Y90.7")
    assert {can for can in asked if can(of_province)} == asked
    assert {can for can in asked if can(of_agency)} == set()
