"""Followers of the log: told everything, in order, at least once; what was not taken comes again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from tinhso.base.actors import system
from tinhso.base.acts import act, anyone, require
from tinhso.kernel.journal.models import Follower
from tinhso.kernel.journal.public import behind, follow, log_size, record, rewind, seal

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DEMO = system("demo")


@act
def happen(number):
    require(anyone, DEMO)
    record("identity.person_added", ("test", str(number)), actor=DEMO, at=AT)


@pytest.fixture
def told():
    """What a follower heard: keys of subjects."""
    heard = []

    def tell(lines):
        heard.extend(line.entry.subject_key for line in lines)

    tell.heard = heard
    return tell


def happens(*numbers):
    for number in numbers:
        happen(number)
    seal(AT)


def test_a_new_follower_begins_with_what_comes_then_hears_all_in_order(told):
    happens(1, 2)
    assert follow("a", told, at=AT) == 0
    happens(3, 4, 5)
    assert behind("a") == 3
    assert follow("a", told, at=AT, batch=2) == 2
    assert follow("a", told, at=AT, batch=2) == 1
    assert follow("a", told, at=AT, batch=2) == 0
    assert told.heard == ["3", "4", "5"]
    assert behind("a") == 0


def test_what_is_not_sealed_yet_is_not_told(told):
    follow("a", told, at=AT)
    happen(1)
    assert follow("a", told, at=AT) == 0
    seal(AT)
    assert follow("a", told, at=AT) == 1


def test_what_was_not_taken_comes_again(told):
    follow("a", told, at=AT)
    happens(1, 2)

    def fail(_lines):
        raise ConnectionError("away")

    with pytest.raises(ConnectionError):
        follow("a", fail, at=AT)
    assert (behind("a"), Follower.objects.get().problem) == (2, "ConnectionError: away")
    assert follow("a", told, at=AT) == 2
    assert (told.heard, Follower.objects.get().problem) == (["1", "2"], "")


def test_two_workers_take_turns_and_a_dead_one_loses_its_turn(told):
    follow("a", told, at=AT)
    happens(1)
    inside = []

    def slow(_lines):
        inside.append(follow("a", told, at=AT + timedelta(seconds=59)))  # another worker, meanwhile
        inside.append(follow("a", told, at=AT + timedelta(seconds=61)))  # and when we are taken for dead

    follow("a", slow, at=AT)
    assert inside == [0, 1]
    assert told.heard == ["1"]
    happens(2)
    assert follow("a", told, at=AT + timedelta(seconds=70)) == 1  # whoever was late has moved nothing back
    assert told.heard == ["1", "2"]


def test_a_follower_can_be_told_again(told, capsys):
    follow("a", told, at=AT)
    happens(1, 2, 3)
    follow("a", told, at=AT)
    rewind("a", log_size() - 2, at=AT)
    follow("a", told, at=AT)
    assert told.heard == ["1", "2", "3", "2", "3"]
    call_command("journal", "rewind", "a", "0")
    assert capsys.readouterr().out.startswith(f"a  0/{log_size()}")
