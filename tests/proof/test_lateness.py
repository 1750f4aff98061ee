"""Apologies take numbers of form 04 like new dates do: the independent check knows them, also those before a supplement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.money.ledger import HereTables
from tests.snapshot import with_province

from tinhso.modules.onestop.models import Lateness
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.test_lateness import due, late_twice, run
from tinhso.site.proof.numbers import check_numbers

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders")]


def found():
    return [str(each) for each in check_numbers(HereTables())]


def test_letters_of_lateness_are_numbers_given(who):
    code = late_twice(who)
    assert found() == []
    assert run(due(code) + timedelta(minutes=1)) == 1
    assert found() == []
    Lateness.objects.update(number=9)
    assert any("form04" in each for each in found())


@pytest.fixture
def who():
    return playing.cast()
