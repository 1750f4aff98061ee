"""A reform that two people load at one moment, and that is handed on while officials work: each thing happens once."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.reform.test_da_nang import AFTER, EARLY, LOADER, decide_all, load
from tests.world import racing  # noqa: F401 - lent to the tests here

from tinhso.base.refusals import Refusal
from tinhso.kernel.journal.public import verify_all
from tinhso.kernel.organisation.models import Agency, PackLoad
from tinhso.kernel.organisation.reform.loading import ReformUndecided, carry_on
from tinhso.kernel.organisation.reform_models import Reform, ReformQuestion, ReformState
from tinhso.modules.onestop.actions import processing, reception
from tinhso.modules.onestop.models import AgencyChange, Dossier
from tinhso.modules.onestop.tests import playing

pytestmark = [pytest.mark.usefixtures("province", "own_folders"), pytest.mark.xdist_group("province")]


def told(act):
    """Do an act; return what it returned, or the code of its refusal."""
    try:
        return act()
    except Refusal as no:
        return no.code


def test_two_loads_at_once_are_one_and_officials_go_on_working(racing):  # noqa: F811
    who = playing.cast()
    filed = [playing.file(who.tu).code for _dossier in range(4)]
    taken = [playing.taken(who) for _dossier in range(4)]

    undecided = racing(2, lambda _place: told(lambda: load(EARLY)))
    assert undecided == [ReformUndecided.code] * 2
    assert Reform.objects.count() == 1
    assert ReformQuestion.objects.count() == 30

    decide_all()
    plans = racing(2, lambda _place: load(EARLY))
    # the second of them, once it has its turn, finds nothing left to change
    assert sum(not plan.is_empty for plan in plans) == 1
    assert len([load for load in PackLoad.objects.all() if "da-nang" in load.pack and load.plan["lines"]]) == 1
    twice = Counter(Agency.objects.on(AFTER.date()).values_list("code", flat=True))
    assert max(twice.values()) == 1

    lan, ha = (playing.official(name, at=AFTER) for name in ("lan", "ha"))

    def work(place):
        if place < 2:
            return carry_on(actor=LOADER, at=AFTER)
        if place == 2:
            return [told(lambda code=code: reception.accept_dossier(code, actor=lan, at=AFTER).code) for code in filed]
        return [
            told(lambda code=code: processing.propose_result(code, kind="grant", actor=ha, at=AFTER).dossier.code)
            for code in taken
        ]

    first, second, accepted, proposed = racing(4, work)
    assert first + second > 0
    assert Reform.objects.get().state == ReformState.DONE
    living = set(Agency.objects.on(AFTER.date()).values_list("code", flat=True))
    for dossier in Dossier.objects.filter(code__in=[*filed, *taken]):
        assert {dossier.agency_code, dossier.desk_code, dossier.office_code} - {""} <= living
    # handed on once each, in whichever order: before the official or after
    changes = Counter(AgencyChange.objects.values_list("dossier__code", flat=True))
    assert changes
    assert max(changes.values()) == 1
    assert set(filed) | set(taken) <= set(changes)
    # an official works on, now or after looking again: nothing is lost, nothing is stuck
    for code, said in zip(filed, accepted, strict=True):
        assert said == code or told(lambda code=code: reception.accept_dossier(code, actor=lan, at=AFTER).code) == code
    for code, said in zip(taken, proposed, strict=True):
        again = told(lambda code=code: processing.propose_result(code, kind="grant", actor=ha, at=AFTER).dossier.code)
        assert code in (said, again)
    assert verify_all().ok
