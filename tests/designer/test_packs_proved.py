"""The flows of our provinces keep what the designer demands of everybody else's: sound, in time, with the law and the roles."""

import pytest
from tests.snapshot import load_province

from tinhso.base.clock import civil_date
from tinhso.modules.designer.queries.drafts import published_flows
from tinhso.modules.designer.queries.proving import prove
from tinhso.modules.onestop.tests.playing import AT


def faults():
    on = civil_date(AT)
    return {flow.code: [str(fault) for fault in prove(bytes(flow.xml), on).errors] for flow in published_flows()}


@pytest.mark.django_db
@pytest.mark.xdist_group("contrary")
def test_of_the_contrary_province():
    load_province("nghich")
    found = faults()
    assert len(found) == 4
    assert not any(found.values()), found


@pytest.mark.usefixtures("province")
@pytest.mark.django_db
@pytest.mark.xdist_group("province")
def test_of_quang_nam():
    found = faults()
    assert len(found) == 5
    assert not any(found.values()), found
