"""A copy for reads: who asks it, what it never answers, and what happens when it is behind, away, or no copy any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from django.test import override_settings
from tests import clusters

from tinhso.base import replica
from tinhso.base.actors import system
from tinhso.base.acts import act, anyone, require
from tinhso.base.replica import WriteOnReplica, from_primary, from_replica, reading
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.public import find_entries, verify_all
from tinhso.kernel.journal.sealing import seal_all
from tinhso.kernel.journal.tests.cast import AT, LAN, do
from tinhso.kernel.organisation.models import Stamp
from tinhso.kernel.organisation.queries.memory import remembered
from tinhso.kernel.organisation.stamp import stamp, steady, touch
from tinhso.modules.catalogue.models import LifeEvent
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.site.settings import base

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("clusters")]
CLERK = system("clerk")


@pytest.fixture(scope="module")
def pair():
    """Two servers: the database with its tables, and a copy that follows."""
    if reason := clusters.why_not():
        pytest.skip(reason)
    with clusters.primary() as first, clusters.replica_of(first) as second:
        yield first, second


@pytest.fixture(scope="module")
def both(pair, django_db_blocker):
    """The connections of this process lead to the two, as the settings of a province would say."""
    first, second = pair
    described = {"default": base.database(first.url()), **base.replica(second.url())}
    kept = connections["default"], connections.settings["default"]
    with django_db_blocker.unblock(), override_settings(DATABASE_ROUTERS=["tinhso.base.replica.ReplicaRouter"]):
        for alias, given in described.items():
            connections.settings[alias] = {**kept[1], **given}
            connections[alias] = connections.create_connection(alias)
        call_command("migrate", verbosity=0)
        yield pair
        for alias in described:
            connections[alias].close()
            connections[alias].close_pool()
        del connections["replica"], connections.settings["replica"]
        connections["default"], connections.settings["default"] = kept


@pytest.fixture(autouse=True)
def anew(both, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    replica.standing.forget()
    caught_up(both)


def caught_up(pair):
    """Wait until the copy has all that the database has."""
    first, second = pair
    with psycopg.connect(first.url(), autocommit=True) as one, psycopg.connect(second.url(), autocommit=True) as other:
        place = one.execute("SELECT pg_current_wal_lsn()").fetchone()
        wait_until(lambda: other.execute("SELECT pg_last_wal_replay_lsn() >= %s", place).fetchone()[0])


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until, "it did not come true"
        time.sleep(0.05)


@pytest.fixture
def held(both):
    """The copy replays nothing more, as when it cannot keep up."""
    with psycopg.connect(both[1].url(), autocommit=True) as other:
        other.execute("SELECT pg_wal_replay_pause()")
        wait_until(lambda: other.execute("SELECT pg_get_wal_replay_pause_state()").fetchone()[0] == "paused")
        yield
        other.execute("SELECT pg_wal_replay_resume()")


@from_replica
def who_answers() -> bool:
    """Tell whether a copy answers."""
    with reading().cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return bool(cursor.fetchone()[0])


@from_replica
def subjects() -> set[str]:
    return set(Entry.objects.values_list("subject_key", flat=True))


def test_only_what_is_marked_is_asked_of_the_copy(both):
    assert who_answers()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        assert cursor.fetchone() == (False,)
    with from_primary():
        assert not who_answers()


def test_what_was_just_written_is_read_by_whoever_is_not_marked(both, held):
    do("just now")
    assert Entry.objects.filter(subject_key="just now").exists()
    assert "just now" not in subjects()


def test_inside_of_a_transaction_everything_is_read_where_it_is_written(both, held):
    with transaction.atomic():  # noqa: TID251 - what an act opens
        LifeEvent.objects.create(code="x", title="x", audience="people", order=1)
        assert from_replica(lambda: LifeEvent.objects.filter(code="x").exists())()
        assert not who_answers()
        transaction.set_rollback(True)


def test_nothing_is_written_on_what_a_copy_said(both):
    @act
    def change():
        require(anyone, CLERK)

    @from_replica
    def write_by_the_orm():
        LifeEvent.objects.create(code="x", title="x", audience="people", order=1)

    @from_replica
    def save_what_was_read():
        Stamp.objects.first().save()

    @from_replica
    def lock_a_row():
        return list(Stamp.objects.select_for_update())

    @from_replica
    def write_by_an_act():
        change()

    @from_replica
    def write_in_own_words():
        with reading().cursor() as cursor:
            cursor.execute("DELETE FROM organisation_stamp")

    touch()
    caught_up(both)
    for wrong in (write_by_the_orm, save_what_was_read, lock_a_row, write_by_an_act):
        with pytest.raises(WriteOnReplica):
            wrong()
    with pytest.raises(Exception, match="read-only transaction"):
        write_in_own_words()
    assert Stamp.objects.exists()


def test_a_row_of_the_copy_is_saved_in_the_database(both):
    touch()
    caught_up(both)
    found = from_replica(Stamp.objects.get)()
    assert found._state.db == "replica"
    found.save()
    assert found._state.db == "default"


def test_what_is_remembered_is_never_older_than_its_version(both, held):
    """Else one page, read from a copy that is behind, would teach every act of this process the old organisation."""
    touch()
    LifeEvent.objects.create(code="fresh", title="fresh", audience="people", order=1)

    @from_replica
    def page():
        known = remembered(("test", "codes"), lambda: set(LifeEvent.objects.values_list("code", flat=True)))
        return stamp(), known

    with steady():
        version, known = page()
        assert version == Stamp.objects.get().value
        assert "fresh" in known
    LifeEvent.objects.filter(code="fresh").delete()


def test_a_copy_that_is_too_far_behind_is_not_read(both, held, settings):
    settings.REPLICA_LAG = 0.5
    do("a change that it does not replay")
    time.sleep(1)
    assert not who_answers()
    assert "a change that it does not replay" in subjects()


def test_a_copy_of_a_quiet_database_is_not_behind(both, settings):
    settings.REPLICA_LAG = 0.5
    do("the last for a while")
    caught_up(both)
    time.sleep(1)
    replica.standing.forget()
    assert who_answers()


def test_it_is_read_again_once_it_has_caught_up(both, settings, monkeypatch):
    monkeypatch.setattr(replica, "_AWAY", 0.1)
    settings.REPLICA_LAG = -1
    assert not who_answers()
    settings.REPLICA_LAG = 10
    time.sleep(0.2)
    assert who_answers()


def test_a_query_that_the_copy_breaks_off_is_asked_again(both, caplog):
    """A copy cancels what stands in the way of replaying."""
    asked = []

    @from_replica
    def query():
        asked.append(reading().alias)
        with reading().cursor() as cursor:
            if reading().alias == "replica":
                raise OperationalError("canceling statement due to conflict with recovery")
            cursor.execute("SELECT 1")
            return cursor.fetchone()[0]

    assert (query(), asked) == (1, ["replica", "default"])
    assert "did not answer" in caplog.text


def test_one_that_goes_away_is_left_alone_and_comes_back(both, monkeypatch):
    _first, second = both
    assert who_answers()
    second.stop()
    try:
        assert not who_answers()
        assert subjects() == set(Entry.objects.values_list("subject_key", flat=True))
        looked = []
        monkeypatch.setattr(replica, "_lag", lambda: looked.append(1))
        assert not who_answers()
        assert looked == [], "nobody waits for it again and again"
        monkeypatch.undo()
    finally:
        second.start()
    replica.standing.forget()
    wait_until(lambda: replica.standing.forget() or who_answers())


def test_a_database_that_is_named_by_mistake_is_not_read(both):
    """The database itself, or a copy that was made a database of its own: it follows nobody."""
    first, second = both
    kept = connections["replica"]
    connections.settings["replica"] |= base.replica(first.url())["replica"]
    connections["replica"] = connections.create_connection("replica")
    connections["replica"].close_pool()
    try:
        replica.standing.forget()
        assert not who_answers()
    finally:
        connections["replica"].close()
        connections["replica"].close_pool()
        connections.settings["replica"] |= base.replica(second.url())["replica"]
        connections["replica"] = kept


def test_searches_and_the_proof_of_the_journal_read_it(both, held):
    seal_all(AT)
    do("later", event="test.done")
    seal_all(AT)
    assert "later" not in {entry.subject_key for entry in find_entries(seen_by=LAN, event="test.*")}
    assert "later" not in {entry.subject_key for entry in find_entries(seen_by=LAN)}
    assert search_procedures("khai sinh", on=date(2026, 1, 1)) == []
    here, there = verify_all(), verify_all(on_replica=True)
    assert (here.ok, there.ok) == (True, True)
    assert there.sealed < here.sealed


def test_without_one_nothing_changes():
    assert base.replica("") == {}
