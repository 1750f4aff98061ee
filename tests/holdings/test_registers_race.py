"""Two who ask a register about one person at one moment."""

from __future__ import annotations

import pytest
from tests.holdings.test_registers import MARRIAGE, NAM
from tests.world import racing  # noqa: F401 - lent to the tests here

from tinhso.kernel.casework.public import ask_registers
from tinhso.modules.holdings.models import Holding, Reading
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT

pytestmark = [pytest.mark.usefixtures("province", "own_folders"), pytest.mark.xdist_group("province")]


@pytest.mark.usefixtures("exchange")
def test_two_who_ask_at_one_moment_keep_it_once(racing):  # noqa: F811
    who = playing.cast()

    def ask(place):
        actor = (who.lan, who.ha)[place]
        return ask_registers(NAM, [MARRIAGE], issue="x", actor=actor, at=AT).found[0].id

    first, second = racing(2, ask)
    assert first == second
    assert Holding.objects.count() == 1
    assert Reading.objects.count() == 2
