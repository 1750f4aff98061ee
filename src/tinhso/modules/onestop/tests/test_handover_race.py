"""Hand-over lists touched by several at one moment, each with a connection of their own."""

from __future__ import annotations

import pytest
from tests.world import racing  # noqa: F401 - lent to the test here

from tinhso.base.refusals import Refusal
from tinhso.modules.onestop.actions import handover
from tinhso.modules.onestop.models import HandOver
from tinhso.modules.onestop.tests.playing import later, official
from tinhso.modules.onestop.tests.test_handover import POST, items, taken_by_post

pytestmark = [pytest.mark.usefixtures("province"), pytest.mark.xdist_group("province")]


def told(act):
    """Return what an act gives, or the code of its refusal."""
    try:
        return act()
    except Refusal as no:
        return no.code


def test_two_lists_two_givers_and_two_receivers_at_once(racing):  # noqa: F811
    """Real connections: one thing on one list, one number, one confirmation."""
    buu, lan = official("buu"), official("lan")
    code = taken_by_post(buu).code
    lists = [handover.begin_list("in", POST, actor=buu, at=later(20)).pk for _two in range(2)]
    put = racing(
        2, lambda n: told(lambda: str(handover.put_on_list(lists[n], code, actor=buu, at=later(21)).handover_id))
    )
    assert sorted(each == "onestop.on_another_list" for each in put) == [False, True]
    (taken,) = [each for each in put if each != "onestop.on_another_list"]
    numbers = racing(2, lambda _n: told(lambda: handover.send_list(taken, actor=buu, at=later(22)).number))
    assert sorted(map(str, numbers)) == ["1", "onestop.list_not_open"]
    (item,) = items(HandOver.objects.get(pk=taken))
    racing(
        2, lambda _n: told(lambda: handover.check_item(taken, item.pk, state="there", actor=lan, at=later(30)).state)
    )
    closed = racing(2, lambda _n: told(lambda: handover.close_list(taken, actor=lan, at=later(31)).closed_by))
    assert sorted(closed) == sorted([lan.name, "onestop.list_not_open"])
