"""Writes of an act that go to PostgreSQL together: seen by whoever reads, in order, all or none; SQLite runs each at once."""

from contextlib import suppress

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tinhso.base import later
from tinhso.base.actors import system
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import Stale
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop.tests import playing

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = "INSERT INTO onestop_counter (series, value) VALUES (%s, %s)"
UPDATE = "UPDATE onestop_counter SET value = value * 10 + %s WHERE series = %s"
WORKER = system("worker")


savepoint = transaction.atomic  # noqa: TID251 - what others' code may do within an act of ours


def counted(series):
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM onestop_counter WHERE series = %s", [series])
        return [value for (value,) in cursor.fetchall()]


def an_act(work):
    @act
    def done(*, actor, at):
        require(by_system, actor)
        record("onestop.dossier_filed", ("dossier", "X"), actor=actor, at=at)
        return work()

    return done(actor=WORKER, at=playing.AT)


@pytest.fixture
def sent():
    """Return the words of all statements that an act sent, without those of the transaction itself."""

    def of(work):
        with CaptureQueriesContext(connection) as seen:
            an_act(work)
        return [
            each["sql"] for each in seen.captured_queries if each["sql"] not in ("BEGIN", "COMMIT", "BEGIN IMMEDIATE")
        ]

    return of


def test_what_nobody_reads_goes_in_one_message(sent):
    def work():
        later.write(INSERT, ["a", 1])
        later.write(INSERT, ["b", 2])

    messages = sent(work)
    # the two lines of the journal as well: whatever the act wrote
    assert len(messages) == (1 if connection.vendor == "postgresql" else 4)
    assert (counted("a"), counted("b")) == ([1], [2])


def test_who_reads_sees_what_was_written_before():
    def work():
        later.write(INSERT, ["a", 1])
        assert counted("a") == [1]
        later.write(UPDATE, [2, "a"])
        with savepoint():
            assert counted("a") == [12]
            later.write(UPDATE, [3, "a"])

    an_act(work)
    assert counted("a") == [123]


def test_a_savepoint_takes_back_what_was_written_after_it_and_nothing_else():
    def work():
        later.write(INSERT, ["before", 1])
        with suppress(ZeroDivisionError), savepoint():
            later.write(INSERT, ["inside", 1])
            raise ZeroDivisionError
        later.write(INSERT, ["after", 1])

    an_act(work)
    assert (counted("before"), counted("inside"), counted("after")) == ([1], [], [1])


def test_nothing_is_left_of_an_act_that_fails():
    def work():
        later.write(INSERT, ["a", 1])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        an_act(work)
    assert counted("a") == []
    an_act(lambda: later.write(INSERT, ["a", 5]))
    assert counted("a") == [5]


def test_a_row_that_is_there_fails_the_act_before_it_is_answered():
    an_act(lambda: later.write(INSERT, ["a", 1]))

    def work():
        later.write(INSERT, ["b", 1])
        later.write(INSERT, ["a", 2])

    with pytest.raises(IntegrityError):
        an_act(work)
    assert (counted("a"), counted("b")) == ([1], [])


def test_values_stay_values_whatever_they_hold():
    odd = "'; DROP TABLE onestop_counter; -- %s %% \\ \" đ"

    def work():
        later.write(INSERT, [odd, 1])
        later.write(INSERT, ["b", 1])

    an_act(work)
    assert counted(odd) == [1]


def test_more_than_wait_at_once_go_in_parts(sent):
    messages = sent(lambda: [later.write(INSERT, [f"n{number}", number]) for number in range(later.MOST + 5)])
    assert len(messages) == (2 if connection.vendor == "postgresql" else later.MOST + 7)
    assert counted(f"n{later.MOST + 4}") == [later.MOST + 4]


def test_outside_of_an_act_each_is_run_at_once():
    later.write(INSERT, ["a", 1])
    assert counted("a") == [1]


def test_an_act_that_waits_does_not_write_for_the_next(monkeypatch):
    """A statement that the database refuses is not sent again with what follows."""

    def work():
        later.write(INSERT, ["x" * 5000, "no number"] if connection.vendor == "postgresql" else [None, None])
        with pytest.raises((DataError, IntegrityError)):
            counted("a")
        raise ZeroDivisionError

    if connection.vendor == "sqlite":
        pytest.skip("each is run at once")
    with pytest.raises(ZeroDivisionError):
        an_act(work)
    an_act(lambda: later.write(INSERT, ["b", 1]))
    assert counted("b") == [1]


def test_what_waits_goes_with_what_is_run_now(sent):
    rows = []

    def work():
        later.write(INSERT, ["a", 1])
        rows.append(later.run(UPDATE, [5, "a"]))
        rows.append(later.run(UPDATE, [5, "nothing"]))

    messages = sent(work)
    assert rows == [1, 0]
    assert len(messages) == (3 if connection.vendor == "postgresql" else 5)
    assert counted("a") == [15]


def test_a_statement_that_writes_too_few_rows_ends_the_act():
    def work():
        later.write(INSERT, ["a", 1])
        later.write(UPDATE, [5, "nothing"], rows=1, otherwise=Stale)
        later.write(INSERT, ["b", 1])

    with pytest.raises(Stale):
        an_act(work)
    assert (counted("a"), counted("b")) == ([], [])


def test_a_statement_that_writes_what_it_should_is_fine():
    def work():
        later.write(INSERT, ["a", 1])
        later.write(UPDATE, [5, "a"], rows=1, otherwise=Stale)
        later.write(INSERT, ["b", 1])

    an_act(work)
    assert (counted("a"), counted("b")) == ([15], [1])


def test_who_catches_what_a_waiting_statement_raises_cannot_keep_the_rest():
    """It may come out of any later line, and be caught there: the act would be half done."""

    def work():
        later.write(INSERT, ["a", 1])
        later.write(UPDATE, [5, "nothing"], rows=1, otherwise=Stale)
        with suppress(Stale):
            counted("a")
        later.write(INSERT, ["b", 1])

    with pytest.raises((Stale, transaction.TransactionManagementError)):
        an_act(work)
    assert (counted("a"), counted("b")) == ([], [])


def test_what_is_thrown_away_with_a_savepoint_is_not_sent_first():
    def work():
        later.write(INSERT, ["a", 1])
        with suppress(KeyError, IntegrityError), savepoint():
            later.write(INSERT, ["a", 2])  # there already: sent, it would spoil the act
            raise KeyError

    an_act(work)
    assert counted("a") == [1]
