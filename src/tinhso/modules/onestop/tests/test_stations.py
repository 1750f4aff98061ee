"""Every place where a dossier can stand × every act: what the law and the flow allow there, and that a no moves nothing."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.snapshot import with_province

from tinhso.base.refusals import Refusal
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import DeliveryState, Dossier, MoneyState
from tinhso.modules.onestop.tests import playing

pytestmark = with_province

S, M, D = NationalState, MoneyState, DeliveryState
WHERE = {
    "filed": (S.FILED, M.DUE, D.NONE),
    "accepted": (S.ACCEPTED, M.DUE, D.NONE),
    "taken": (S.PROCESSING, M.DUE, D.NONE),
    "waiting": (S.SUPPLEMENT_ASKED, M.DUE, D.NONE),
    "proposed": (S.PROCESSING, M.DUE, D.NONE),
    "signed": (S.PROCESSING, M.DUE, D.NONE),
    "issued": (S.FINISHED, M.DUE, D.READY),
    "returned": (S.RETURNED, M.PAID, D.HANDED),
    "withdrawn": (S.WITHDRAWN, M.DUE, D.NONE),
    "refused": (S.NOT_ACCEPTED, M.DUE, D.NONE),
    "stopped": (S.STOPPED, M.DUE, D.NONE),
}
TABLE = """
station    allowed
filed      accept refuse withdraw order take_money
accepted   take ask propose withdraw stop postpone order take_money
taken      take give_back ask propose withdraw stop postpone order take_money
waiting    answer withdraw stop order take_money
proposed   sign correct withdraw stop postpone order take_money
signed     issue order take_money
issued     order take_money rate
returned   rate
withdrawn  rate
refused    rate
stopped    rate
"""
ALLOWED = {line.split()[0]: set(line.split()[1:]) for line in TABLE.strip().splitlines()[1:]}
REFUSED_WITH = {
    "accept": "onestop.not_your_step",
    "refuse": "onestop.not_your_step",
    "take": "base.forbidden",
    "give_back": "base.forbidden",
    "ask": "onestop.not_your_step",
    "answer": "onestop.nothing_asked",
    "propose": "onestop.not_your_step",
    "correct": "onestop.not_your_step",
    "sign": "onestop.not_your_step",
    "issue": "onestop.not_your_step",
    "order": "onestop.nothing_to_pay",
    "take_money": "onestop.nothing_to_pay",
    "return": "onestop.result_not_ready",
    "withdraw": "onestop.wrong_state",
    "postpone": "onestop.wrong_state",
    "stop": "onestop.wrong_state",
    "rate": "onestop.not_yet_over",
}
ELSEWHERE = {
    ("filed", "ask"): "base.forbidden",  # the step is the desk's, and Hà sits elsewhere
    ("filed", "postpone"): "onestop.not_later",  # there is no date yet
    ("waiting", "postpone"): "onestop.clock_stands",
    ("issued", "return"): "onestop.money_first",
    ("stopped", "answer"): "onestop.wrong_state",  # what was asked is still open, but nobody waits for it
    **{
        (station, act): "casework.step_over"
        for station in ("waiting", "returned", "withdrawn", "refused", "stopped")
        for act in ("take", "give_back")
    },
}


def try_act(act, who, code, at):
    """Do an act, tell what came of it, and undo it."""
    undo = transaction.savepoint_create()
    try:
        playing.ACTS[act](who, code, at)
    except Refusal as no:
        return no.code
    finally:
        transaction.savepoint_rollback(undo)
    return "done"


@pytest.mark.parametrize("station", playing.STATIONS)
def test_what_may_be_done_where(who, station):
    code = playing.STATIONS[station](who)
    dossier = Dossier.objects.get(code=code)
    assert (dossier.state, dossier.money, dossier.delivery) == WHERE[station]
    at = playing.later(400, days=40 if station == "stopped" else 0)
    told = {act: try_act(act, who, code, at) for act in playing.ACTS}
    assert told == {
        act: "done" if act in ALLOWED[station] else ELSEWHERE.get((station, act), REFUSED_WITH[act])
        for act in playing.ACTS
    }


@pytest.mark.parametrize("station", playing.STATIONS)
def test_a_refused_act_moves_nothing(who, station):
    code = playing.STATIONS[station](who)
    # it stores a file before it is refused: the bytes are kept, as they are when an upload is abandoned
    tried = sorted(playing.ACTS.keys() - ALLOWED[station] - {"answer"})
    before = playing.everything()
    for act in tried:
        with pytest.raises(Refusal):
            playing.ACTS[act](who, code, playing.later(400, days=40 if station == "stopped" else 0))
    assert playing.everything() == before


OUTSIDERS = ("nobody", "neighbour", "hung", "admin")
ACT_OF = {
    "filed": ("accept", "refuse", "withdraw", "order", "take_money"),
    "accepted": ("take", "ask", "propose", "stop", "postpone"),
    "taken": ("give_back",),
    "waiting": ("answer",),
    "proposed": ("sign", "correct"),
    "signed": ("issue",),
    "issued": ("rate",),
    "returned": (),
}


@pytest.mark.parametrize("station", [name for name, acts in ACT_OF.items() if acts])
def test_whoever_has_nothing_to_do_with_a_dossier_does_not_find_it(who, station):
    """Nobody, another citizen, Hùng of another agency, the administrator: alike, and nothing moves."""
    code = playing.STATIONS[station](who)
    files = playing.document(who.tu, width=300)
    told = {}
    before = playing.everything()
    for act in ACT_OF[station]:
        for outsider in OUTSIDERS:
            told[act, outsider] = do_as(getattr(who, outsider), act, code, files)
    assert playing.everything() == before
    assert told == {
        (act, outsider): "base.sign_in_needed" if outsider == "nobody" else "base.not_found" for act, outsider in told
    }


def do_as(actor, act, code, files):
    """Do an act as somebody else; tell the refusal."""
    given = playing.Cast(*[actor] * 9)
    given_acts = {
        **playing.ACTS,
        "answer": lambda who, code, at: playing.supplement.answer_supplement(
            code, files=[("UQ", files)], actor=who.tu, at=at
        ),
    }
    with pytest.raises(Refusal) as no:
        given_acts[act](given, code, playing.later(400))
    return no.value.code


INSIDERS = ("tu", "lan", "hoa", "ha", "minh", "ngoc")
MAY = {
    # act: who of those who see the dossier may do it
    "accept": {"lan"},
    "refuse": {"lan"},
    "withdraw": {"tu"},
    "order": {"tu"},
    "take_money": {"lan", "hoa"},
    "take": {"ha"},
    "ask": {"ha"},
    "propose": {"ha"},
    "stop": {"minh"},
    "postpone": {"minh"},
    "give_back": {"ha", "minh"},  # a leader frees the work of somebody who is ill
    "answer": {"tu", "lan"},
    "sign": {"minh"},
    "correct": {"minh"},
    "issue": {"ngoc"},
    "rate": {"tu"},
}


@pytest.mark.parametrize("station", [name for name, acts in ACT_OF.items() if acts])
def test_whoever_sees_a_dossier_does_only_what_is_theirs(who, station):
    code = playing.STATIONS[station](who)
    files = playing.document(who.tu, width=300)
    before = playing.everything()
    told = {
        (act, insider): do_as(getattr(who, insider), act, code, files)
        for act in ACT_OF[station]
        for insider in INSIDERS
        if insider not in MAY[act]
    }
    assert playing.everything() == before
    assert told == dict.fromkeys(told, "base.forbidden")


READ, WRITE = "dossier:read", "dossier:write"


@pytest.mark.parametrize(
    ("station", "act", "part"),
    [
        ("filed", "accept", "lan"),
        ("filed", "withdraw", "tu"),
        ("filed", "order", "tu"),
        ("filed", "take_money", "hoa"),
        ("accepted", "take", "ha"),
        ("accepted", "propose", "ha"),
        ("accepted", "stop", "minh"),
        ("accepted", "postpone", "minh"),
        ("waiting", "answer", "tu"),
        ("signed", "issue", "ngoc"),
        ("issued", "rate", "tu"),
    ],
)
def test_a_token_that_may_only_read_does_nothing(who, station, act, part):
    code = playing.STATIONS[station](who)
    files = playing.document(who.tu, width=300)
    before = playing.everything()
    assert do_as(playing.narrowed(getattr(who, part), READ), act, code, files) == "base.token_too_narrow"
    assert do_as(playing.narrowed(getattr(who, part)), act, code, files) == "base.not_found"
    assert playing.everything() == before


def test_a_token_that_may_write_signs_no_result(who):
    code = playing.proposed(who)
    assert do_as(playing.narrowed(who.minh, READ, WRITE), "sign", code, None) == "base.token_too_narrow"


def test_a_leader_without_a_second_factor_signs_no_result(who):
    code = playing.proposed(who)
    assert do_as(playing.replace(who.minh, level=1), "sign", code, None) == "base.forbidden"
