"""The clock of the machine is set wrong and put right again while people work: nothing is lost, nothing stands still."""

from __future__ import annotations

from contextlib import suppress

import pytest
from tests.proof.world import catch_up, fresh_copies
from tests.snapshot import with_province

from tinhso.base.registry import Subscriber
from tinhso.kernel.journal.models import Queued
from tinhso.kernel.journal.public import Entry, dispatch, verify_all
from tinhso.modules.onestop.actions import money, processing, reception, results
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.site.proof.checking import check_all

pytestmark = with_province
WEEK = 7
"""Days after all that was played before."""
HOURS = (72, -3)
"""Backwards no further than the day: a day that was counted is not counted again (known limits)."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hours", HOURS)
def test_a_clock_that_jumps_and_comes_back(left, hours):
    """One dossier filed while the clock is right, accepted while it is wrong, finished when it is right again."""
    who = playing.cast()
    code = playing.file(who.tu, at=later(0, days=WEEK)).code
    wrong = later(10 + 60 * hours, days=WEEK)
    reception.accept_dossier(code, actor=who.lan, at=wrong)
    with suppress(KeyboardInterrupt):  # the worker of the wrong time is killed while it has everything claimed
        dispatch(at=wrong, subscribers=[_killed()])
    right = later(20, days=WEEK)
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=right)
    processing.propose_result(code, actor=who.ha, at=later(21, days=WEEK))
    playing.sign_plainly(code, actor=who.minh, at=later(22, days=WEEK))
    results.issue_result(code, actor=who.ngoc, at=later(23, days=WEEK))
    money.take_payment(code, actor=who.hoa, at=later(24, days=WEEK))
    reception.return_result(code, actor=who.lan, at=later(24, days=WEEK))
    # a claim that was made in the future holds no longer than any other
    while dispatch(at=later(25, days=WEEK)):
        pass
    assert not Queued.objects.filter(purpose=2).exists()
    catch_up()
    assert verify_all().ok
    ids = list(Entry.objects.order_by("leaf__number").values_list("id", flat=True))
    assert len(set(ids)) == len(ids)
    dossier = Dossier.objects.get(code=code)
    assert dossier.state == 10
    copies = fresh_copies(left)
    next(copies)
    assert [str(finding) for finding in check_all(left.wanted)] == []
    copies.close()


def _killed():
    def die(_entry):
        raise KeyboardInterrupt

    return Subscriber("test.killed", ("*",), die)
