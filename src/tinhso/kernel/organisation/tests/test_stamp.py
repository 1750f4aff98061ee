"""The stamp: read once for a request or an act, fresh as soon as anything changes."""

from __future__ import annotations

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from tinhso.base.actors import system
from tinhso.base.acts import act, anyone, require
from tinhso.base.clock import now
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import remembered, steady, touch
from tinhso.kernel.organisation.stamp import note_stamp, stamp

pytestmark = pytest.mark.django_db
SOMEBODY = system("test")


@act
def run(work):
    """Do some work as an act."""
    require(anyone, SOMEBODY)
    record("test.done", ("test", "1"), actor=SOMEBODY, at=now())
    return work()


@pytest.fixture
def request_begun():
    # as Django's test client does: the connection holds the transaction of the test and stays open
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    request_started.send(sender=None)
    yield
    request_finished.send(sender=None)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _around() -> int:
    """Return what every act sends: savepoint, two of the journal (in one message on PostgreSQL), release."""
    return 3 if connection.vendor == "postgresql" else 4


def read_thrice():
    return {stamp(), stamp(), remembered("key", stamp)}


def test_outside_of_both_each_look_is_a_statement(django_assert_num_queries):
    touch()
    with django_assert_num_queries(2):
        assert stamp() == stamp()


def test_an_act_looks_once(django_assert_num_queries):
    touch()
    with django_assert_num_queries(_around() + 1):  # the look
        assert len(run(read_thrice)) == 1


def test_a_request_looks_once_acts_included(request_begun, django_assert_num_queries):
    touch()
    request_started.send(sender=None)
    with django_assert_num_queries(1):
        read_thrice()
        read_thrice()
    with django_assert_num_queries(_around()):
        run(read_thrice)


def test_a_change_is_seen_at_once_in_the_act_and_in_the_rest_of_the_request(request_begun):
    touch()
    request_started.send(sender=None)
    before = stamp()

    def change():
        assert stamp() == before
        touch()
        assert stamp() != before
        return stamp()

    assert run(change) == stamp() != before


def test_a_change_that_was_undone_leaves_nothing_behind(request_begun):
    touch()
    request_started.send(sender=None)
    before = stamp()
    assert remembered("colour", lambda: "red") == "red"

    def change():
        touch()
        assert remembered("colour", lambda: "green") == "green"
        raise ValueError

    with pytest.raises(ValueError):
        run(change)
    assert stamp() == before
    assert remembered("colour", lambda: "blue") == "red"


def test_what_was_read_along_spares_the_look(django_assert_num_queries):
    touch()
    value = stamp()

    def read():
        note_stamp(value)
        return stamp()

    with django_assert_num_queries(_around()):
        assert run(read) == value


def test_steady_looks_once_and_forgets_afterwards(django_assert_num_queries):
    touch()
    with django_assert_num_queries(1), steady():
        before = read_thrice()
    touch()
    assert stamp() not in before


def test_nothing_is_remembered_before_anything_was_loaded():
    assert stamp() is None
    assert remembered("empty", lambda: 1) == 1
    assert remembered("empty", lambda: 2) == 2
