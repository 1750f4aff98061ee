import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from tinhso.base.clock import now
from tinhso.base.registry import Event, Module, Periodic, Registry
from tinhso.kernel.journal import checks
from tinhso.kernel.journal.models import Delivery, Handled, Queued
from tinhso.kernel.journal.public import Entry, once
from tinhso.kernel.journal.record import UndeclaredEvent
from tinhso.kernel.journal.tests.cast import AT, do
from tinhso.kernel.journal.tests.test_sealing import data_dir, key, run  # noqa: F401 - a fixture
from tinhso.kernel.journal.upkeep import forget_marks
from tinhso.kernel.journal.working import Loop


def test_the_loop_calls_each_at_its_pace_and_one_that_fails_stops_nobody(caplog):
    stop, calls = threading.Event(), []

    def often(*, at):
        calls.append("often")
        if calls.count("often") >= 12:
            stop.set()

    def fail(*, at):
        calls.append("fail")
        raise ValueError("no")

    loans = [Periodic("a.often", 0.01, often), Periodic("a.fail", 0.01, fail), Periodic("a.rare", 30, often)]
    Loop(loans, clock=lambda: AT, stop=stop).run()
    assert calls.count("often") == 12
    assert 1 <= calls.count("fail") < 12  # it waits twice as long each time
    assert "a.fail failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_after_a_database_error_the_next_call_connects_anew():
    if connection.vendor == "sqlite":
        pytest.skip("the test database is in memory: closing it loses it")
    broken = [True]

    def flaky(*, at):
        if broken.pop():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        broken.append(Entry.objects.count())

    loop = Loop([], clock=lambda: AT, stop=threading.Event())
    loan = Periodic("a.flaky", 1, flaky)
    assert loop.call(loan) is False
    broken.append(False)
    assert loop.call(loan) is True


def test_a_database_error_is_told_and_survived(caplog):
    def fail(*, at):
        raise DatabaseError("gone")

    loop = Loop([], clock=lambda: AT, stop=threading.Event())
    assert loop.call(Periodic("a.fail", 1, fail)) is False
    assert loop.failures == {"a.fail": 1}


@pytest.mark.django_db
def test_worker_once_seals_and_dispatches():
    do("a")
    call_command("worker", once=True, only=["journal.seal", "journal.dispatch"])
    assert Queued.objects.count() == 0
    with pytest.raises(CommandError, match=r"a\.stranger"):
        call_command("worker", once=True, only=["a.stranger"])


def test_worker_stops_at_sigterm(tmp_path):
    environment = {**os.environ, "TINHSO_DATA": str(tmp_path), "TINHSO_DATABASE": "sqlite"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-m", "django", "worker", "--only", "journal.forget_marks"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            time.sleep(0.2)
            while not _listens(worker.pid):
                assert worker.poll() is None
                time.sleep(0.1)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=10) == 0
        finally:
            worker.kill()


def _listens(pid):
    """Tell whether the process has put up a handler for SIGTERM."""
    with Path(f"/proc/{pid}/status").open() as status:
        caught = next(line for line in status if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> signal.SIGTERM - 1 & 1)


@pytest.mark.django_db
class TestJournalCommand:
    def call(self, *arguments):
        out, err = StringIO(), StringIO()
        try:
            call_command("journal", *arguments, stdout=out, stderr=err)
        except CommandError as error:
            err.write(str(error))
        return out.getvalue(), err.getvalue()

    def test_seal_then_verify(self):
        do("a", "b")
        assert self.call("seal")[0] == "1 gốc mới / new roots; số dòng / size 2\n"
        assert self.call("verify")[0].startswith(
            "Sổ cái đúng. / The journal holds. 2 dòng đã niêm phong / sealed, 0 dòng"
        )
        assert self.call("roots")[0].split()[0] == "2"

    def test_verify_names_the_broken_entry(self):
        (line,) = do("a")
        self.call("seal")
        run(("UPDATE journal_entry SET agency = 'x' WHERE id = %s", key(line)))
        out, err = self.call("verify")
        assert out == ""
        assert f"entry_changed: entry {line.id}, leaf 0, was changed" in err

    def test_dead_and_replay(self):
        (line,) = do("a")
        facts = {"subscriber": "x.y", "subject_type": "dossier", "subject_key": "a", "next_at": AT, "dead_at": AT}
        letter = Delivery.objects.create(entry=line, error="Traceback\nValueError: no", **facts)
        assert self.call("dead")[0] == f"{letter.id}  x.y  test.done dossier:a  ValueError: no\n"
        assert self.call("replay", str(letter.id + 1))[1].startswith(f"{letter.id + 1}: ")
        assert self.call("replay")[0] == f"{letter.id} will be tried again\n"
        letter.refresh_from_db()
        assert letter.dead_at is None


@pytest.mark.django_db
def test_marks_are_forgotten_after_a_month_unless_still_owed():
    (line,) = do("a")
    Queued.objects.all().delete()
    once(line.id, "x")
    assert forget_marks(at=now()) == 0
    later = now().replace(year=now().year + 1)
    owed = Delivery.objects.create(entry=line, subscriber="y", subject_key="a", next_at=AT)
    assert forget_marks(at=later) == 0
    owed.delete()
    assert forget_marks(at=later) == 1
    assert Handled.objects.count() == 0


@pytest.mark.django_db
def test_strict_setting_refuses_an_undeclared_event(settings):
    settings.JOURNAL_STRICT_EVENTS = True
    do("a", event="journal.delivery_replayed")
    with pytest.raises(UndeclaredEvent):
        do("a", event="journal.nothing_like_it")


def test_check_finds_events_that_nobody_lends(monkeypatch):
    registry = Registry()
    lends = (Event("other.happened", "Happened"),)
    registry.add("tinhso.kernel.journal", Module("so-cai", "Journal", lends=lends, prefix="journal"))
    monkeypatch.setattr(checks, "registry", registry)
    found = checks.check_events()
    assert "journal/actions.py records journal.delivery_replayed, which no manifest lends." in [m.msg for m in found]
    assert [m.id for m in found if "other.happened" in m.msg] == ["journal.E002"]
