"""One act: one transaction, a permission asked, a line journalled; or nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection

from tinhso.base import acts
from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, Holding, system
from tinhso.base.acts import BrokenAct, act, anyone, before_commit, by_system, require, running
from tinhso.base.refusals import Forbidden, SignInNeeded
from tinhso.kernel.identity.public import Person
from tinhso.kernel.journal.public import Entry, new_id, record

AT = datetime(2022, 11, 28, 2, 0, tzinfo=UTC)
DEMO = system("demo")
SUBJECT = ("test", "1")


def write():
    Person.objects.create(
        id=new_id(), citizen_number=str(new_id().int)[-12:], full_name="Ai Đó", added_at=AT, changed_at=AT
    )


def say(**facts):
    return record("identity.person_added", SUBJECT, actor=DEMO, at=AT, **facts)


@act
def whole():
    require(anyone, DEMO)
    write()
    say()
    return "done"


@act
def asks_nobody():
    write()
    say()


@act
def says_nothing():
    require(anyone, DEMO)
    write()


@act
def fails_late():
    require(anyone, DEMO)
    write()
    say()
    before_commit("broken", lambda: 1 / 0)


@act
def part():
    write()


@act
def of_two_parts():
    part()
    require(anyone, DEMO)
    part()
    say()


def counts():
    return Person.objects.count(), Entry.objects.count()


@pytest.mark.django_db
def test_an_act_is_kept_whole():
    assert whole() == "done"
    assert counts() == (1, 1)
    assert Entry.objects.get().act.endswith("test_acts.whole")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("broken", "error"), [(asks_nobody, BrokenAct), (says_nothing, BrokenAct), (fails_late, ZeroDivisionError)]
)
def test_or_not_at_all(broken, error):
    with pytest.raises(error):
        broken()
    assert counts() == (0, 0)


@pytest.mark.django_db
def test_an_act_within_an_act_is_one_act():
    of_two_parts()
    assert counts() == (2, 1)


@pytest.mark.django_db
def test_what_a_nested_act_wrote_goes_with_the_outer_one():
    @act
    def outer():
        whole()
        raise Forbidden

    with pytest.raises(Forbidden):
        outer()
    assert counts() == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_outside_of_an_act_there_is_no_transaction_and_nothing_is_recorded():
    assert not connection.in_atomic_block
    for call in (running, say, lambda: before_commit("x", lambda: None)):
        with pytest.raises(BrokenAct):
            call()
    seen = []

    @act
    def looks():
        seen.append(connection.in_atomic_block)
        require(anyone, DEMO)
        say()

    looks()
    assert seen == [True]


@pytest.mark.django_db
def test_finishers_run_once_a_key_at_the_end():
    told = []

    @act
    def finishing():
        require(anyone, DEMO)
        before_commit("a", lambda: told.append("a"))
        before_commit("a", lambda: told.append("again"))
        before_commit("b", lambda: told.append("b"))
        told.append("body")
        say()

    finishing()
    assert told == ["body", "a", "b"]


def actor(**changes):
    return Actor(**{"kind": ActorKind.OFFICIAL, "key": "official:1", "name": "Lan", **changes})


def test_require_tells_nobody_to_sign_in_and_somebody_that_they_may_not():
    with pytest.raises(SignInNeeded):
        require(by_system, ANONYMOUS)
    with pytest.raises(Forbidden):
        require(by_system, actor())
    require(by_system, DEMO)
    require(lambda _actor, thing: thing == "x", actor(), "x")


def test_roles_are_held_somewhere():
    desk = Holding("H47.1", ("H47", "H47.1"), "P1", frozenset({"reception"}))
    office = Holding("H47.2", ("H47", "H47.2"), "P2", frozenset({"processor", "clerk"}))
    lan = actor(holdings=(desk, office))
    assert lan.is_official
    assert not actor().is_official
    assert lan.has_role("reception")
    assert lan.has_role("reception", agency="H47.1")
    assert not lan.has_role("reception", agency="H47.2")
    assert not lan.has_role("leader")
    assert lan.agencies == {"H47.1", "H47.2"}
    assert lan.agencies_with(("clerk", "leader")) == {"H47.2"}


def test_a_system_is_no_official_and_no_applicant():
    assert (DEMO.key, DEMO.is_official, DEMO.is_applicant, DEMO.has_role("admin")) == (
        "system:demo",
        False,
        False,
        False,
    )
    assert not ANONYMOUS.is_applicant


class DeadlockError(Exception):
    sqlstate = "40P01"


@pytest.mark.django_db(transaction=True)
def test_an_act_that_met_another_head_on_is_done_again():
    """PostgreSQL ends one of two acts that wait for each other: nothing of it is left, and it is safe to do again."""
    tries = []

    @act
    def collides():
        require(anyone, DEMO)
        tries.append(running())
        write()
        say()
        if len(tries) < 3:
            raise OperationalError from DeadlockError()
        return "done"

    before = Entry.objects.count()
    assert collides() == "done"
    assert len({id(each) for each in tries}) == 3
    assert (Entry.objects.count(), Person.objects.count()) == (before + 1, 1)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_collides_for_ever_says_so():
    @act
    def collides():
        require(anyone, DEMO)
        raise OperationalError from DeadlockError()

    with pytest.raises(OperationalError):
        collides()


@pytest.mark.django_db(transaction=True)
def test_an_observer_that_breaks_does_not_undo_an_answer(monkeypatch):
    monkeypatch.setattr(acts, "observers", [lambda _running: 1 / 0])
    assert whole() == "done"
    assert Person.objects.count() == 1
