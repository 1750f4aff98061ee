"""The drill: backed up, lost, restored on an empty machine, proved; and what happens to a backup that is not as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from tests.faults.tree import ROOT
from tests.proof.world import fresh_copies, take_out_a_year
from tests.snapshot import with_province

from tinhso.base import sealing as keyring
from tinhso.base.clock import now
from tinhso.base.stamps import BACKUP, get_stamp
from tinhso.site.backup import command, making
from tinhso.site.backup.making import _packed, back_up
from tinhso.site.backup.refusals import (
    BadKey,
    DatabaseNotEmpty,
    DatabaseWanted,
    DiskFull,
    KeyThere,
    NoKey,
    NoRun,
    NotAStore,
    NotEmpty,
    OtherKey,
    PieceDamaged,
    PieceMissing,
    Tampered,
    WrongKey,
)
from tinhso.site.backup.restoring import open_backup, restore, try_backup
from tinhso.site.backup.sealing import Sealer, make_keys, sealed_size
from tinhso.site.backup.store import opened

pytestmark = [pytest.mark.django_db(transaction=True), *with_province]


class House:
    """A platform with a key, a folder of backups beside it, and the recovery key elsewhere."""

    def __init__(self, left, tmp_path):
        self.left, self.data, self.address = left, left.data, left.wanted.database
        self.place, self.key = tmp_path / "backups", tmp_path / "elsewhere" / "recovery.json"
        self.key.parent.mkdir()
        (self.data / "secret-key").write_text("s" * 60)
        (self.data / "keys").mkdir(exist_ok=True)
        (self.data / "keys" / "root.pem").write_text("key")
        make_keys(self.key, self.data)

    def back_up(self, **given):
        return back_up(self.place, self.data, self.address, at=now(), **given)

    def open(self, run=None):
        return open_backup(self.place, self.key, run)


@pytest.fixture
def house(left, tmp_path):
    copies = fresh_copies(left)
    next(copies)
    base = tmp_path / "house"
    base.mkdir()
    yield House(left, base)
    copies.close()


@pytest.fixture
def empty_database():
    """An empty database of PostgreSQL to restore into; None on SQLite."""
    if connection.vendor == "sqlite":
        yield None
        return
    name = "tinhso_restored"
    connection.close()
    connection.close_pool()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    given = connection.settings_dict
    yield f"postgresql://{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}/{name}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def files_of(data):
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in (data / "files" / "sha256").rglob("*")
        if path.is_file()
    }


def test_doctor_and_the_operators_page_are_told(house, settings, capsys):
    settings.DATA_DIR = house.data
    words = ["--data", str(house.data), "--database", house.address]
    assert command.run("backup", [str(house.place), *words]) == 0
    made = get_stamp(BACKUP)
    assert made is not None
    assert made.is_fine
    assert made.note in capsys.readouterr().out
    (house.data / "backup-key.json").unlink()
    assert command.run("backup", [str(house.place), *words]) == 1
    broken = get_stamp(BACKUP)
    assert broken is not None
    assert not broken.is_fine
    assert broken.note


def test_the_drill(house, tmp_path, capsys, empty_database, monkeypatch):
    """Everything comes back on an empty machine, and is proved by itself."""
    # as documented for a pooler: the option is ours, PostgreSQL's programs do not know it
    address = f"{house.address}?transaction_pooling=1" if empty_database else house.address
    assert command.run("backup", [str(house.place), "--data", str(house.data), "--database", address]) == 0
    capsys.readouterr()
    before = files_of(house.data)
    published = (house.data / "published-roots.jsonl").read_bytes()
    home = tmp_path / "new machine" / "data"
    home.parent.mkdir()
    words = [str(house.place), "--key", str(house.key), "--data", str(home)]
    words += ["--database", f"{empty_database}?transaction_pooling=1"] if empty_database else []
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    code = command.run("restore", words)
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    assert "Restored and proved" in said.out
    assert files_of(home) == before
    assert (home / "published-roots.jsonl").read_bytes() == published
    assert (home / "secret-key").read_text() == "s" * 60
    assert (home / "keys" / "root.pem").read_text() == "key"
    assert not [path for path in home.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert house.left.kinds(data=home, database=empty_database or "sqlite") == set()
    with pytest.raises(NotEmpty):
        restore(house.open(), home, database=empty_database)
    if empty_database:
        with pytest.raises(DatabaseNotEmpty):
            restore(house.open(), tmp_path / "again", database=empty_database)
        with pytest.raises(DatabaseWanted):
            restore(house.open(), tmp_path / "again")
    assert command.run("restore", [str(house.place), "--list"]) == 0
    assert "whole" in capsys.readouterr().out
    assert command.run("restore", [str(house.place), "--key", str(house.key), "--try"]) == 0


@contextmanager
def base_of(house):
    """The database of the house, to write to."""
    is_file = house.address == "sqlite"
    path = house.data / "tinhso.sqlite3"
    with closing(sqlite3.connect(path, timeout=20) if is_file else psycopg.connect(house.address)) as base, base:
        yield base


def add_file(house, content: bytes) -> str:
    """Save one more document, as another act would have."""
    digest = sha256(content).hexdigest()
    path = house.data / "files" / "sha256" / digest[:2] / digest[2:4] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with base_of(house) as base:
        base.execute(
            "INSERT INTO documents_blob (sha256, size_bytes, media_type, scanned_with, stored_at)"
            f" VALUES ('{digest}', {len(content)}, 'x', '', '2022-11-28 09:00:00')"
        )
    return digest


def test_the_second_run_holds_only_what_is_new_and_old_ones_go(house, tmp_path):
    first = house.back_up()
    assert first.run.facts["bytes"] == first.new_bytes
    again = house.back_up()
    if house.address == "sqlite":
        assert (again.new_pieces, again.new_bytes) == (0, 0)
    digest = add_file(house, b"a new paper" * 1000)
    third = house.back_up(keep=2)
    assert third.run.facts["files"] == first.run.facts["files"] + 1
    assert third.new_bytes < first.new_bytes
    assert third.gone == [first.run.name]
    assert [run.name for run in opened(house.place).runs()] == [again.run.name, third.run.name]
    for run in (again, third):
        assert try_backup(house.open(run.run.name)) > 0
    assert house.back_up(keep=1).gone == [again.run.name, third.run.name]
    # what only the older runs needed is gone, what is left opens
    named = set(opened(house.place).pieces_of(opened(house.place).runs()[0].name))
    assert {path.name for path in (house.place / "pieces").glob("??/*")} == named
    assert digest in {entry["content"] for entry in house.open().contents()}


def test_nothing_of_it_can_be_read_without_the_recovery_key(house):
    house.back_up()
    name = b"documents_document"
    papers = [path.read_bytes()[:40] for path in (house.data / "files" / "sha256").glob("??/??/*")]
    machine = json.loads((house.data / "backup-key.json").read_bytes())
    assert json.loads(house.key.read_bytes())["private"] not in str(machine)
    for path in house.place.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert name not in content
            assert not any(paper in content for paper in papers)
            assert path.name not in {paper.name for paper in (house.data / "files").rglob("*")} - {".lock"}


def test_a_backup_that_is_not_as_it_was_says_so(house, tmp_path, empty_database):
    run = house.back_up().run
    content = house.open().contents()[0]
    path = opened(house.place).path_of(content["piece"])
    sound = path.read_bytes()
    flipped = sound[:60] + bytes([sound[60] ^ 1]) + sound[61:]
    home = tmp_path / "home"
    for damaged in (flipped, sound[:-1], sound[:40], b"", sound + b"x"):
        path.write_bytes(damaged)
        with pytest.raises(PieceDamaged, match=content["piece"][:16]):
            restore(house.open(), home, database=empty_database)
        assert not home.exists()
    # one piece in the place of another
    other = opened(house.place).path_of(house.open().contents()[1]["piece"])
    path.write_bytes(other.read_bytes())
    with pytest.raises(PieceDamaged):
        try_backup(house.open())
    path.unlink()
    with pytest.raises(PieceMissing):
        try_backup(house.open())
    with pytest.raises(PieceMissing):
        opened(house.place).check_pieces(run.name)
    path.write_bytes(sound)
    assert try_backup(house.open()) > 0
    for suffix in ("json", "index", "pieces"):
        file = house.place / "runs" / f"{run.name}.{suffix}"
        kept = file.read_bytes()
        file.write_bytes(kept.replace(b"1", b"2", 1) if suffix == "json" else kept[:-1])
        with pytest.raises((Tampered, WrongKey)):
            house.open()
        file.write_bytes(kept)
    forged = house.place / "runs" / "20990101T000000Z.json"
    shutil.copy(house.place / "runs" / f"{run.name}.json", forged)
    with pytest.raises(Tampered):
        house.open(forged.stem)
    forged.unlink()
    assert not home.exists()


def forged(house, run, **named):
    """Seal an index in which a content, or a chunked file, names other places; whoever has the machine's key can."""
    index = [dict(entry) for entry in house.open(run.name).index]
    entry = next(entry for entry in index if ("content" in entry) == ("path" not in named and "chunks" not in named))
    entry.update(named)
    sealer, store, name = Sealer.of_machine(house.data), opened(house.place), "20990101T000000Z"
    sealed = sealer.close(_packed(index), f"index {name}")
    return store.finish(name, run.facts, sealed, store.pieces_of(run.name), sealer).name


def test_an_archive_that_names_places_outside_writes_nowhere(house, tmp_path, empty_database):
    run = house.back_up().run
    target = tmp_path / "outside" / "authorized_keys"
    for named in (
        {"content": str(target)},
        {"content": "../" * 20 + str(target)},
        {"content": "a" * 63},
        {"content": "A" * 64},
        {"content": 1},
        {"piece": str(house.key)},
        {"chunks": [str(house.key)]},
        {"path": str(target)},
        {"path": f"../{target.name}"},
        {"path": ""},
    ):
        name = forged(house, run, **named)
        with pytest.raises(Tampered):
            restore(house.open(name), tmp_path / "home", database=empty_database)
        with pytest.raises(Tampered):
            try_backup(house.open(name))
        assert not target.parent.exists()
        assert not (tmp_path / "home").exists()


def test_keys_and_places_that_do_not_fit_say_so(house, tmp_path, capsys):
    with pytest.raises(NotAStore):
        house.open()
    house.back_up()
    others = tmp_path / "others"
    make_keys(tmp_path / "other.json", others)
    with pytest.raises(WrongKey):
        open_backup(house.place, tmp_path / "other.json")
    with pytest.raises(BadKey):
        open_backup(house.place, house.data / "secret-key")
    with pytest.raises(NoRun):
        house.open("20200101T000000Z")
    with pytest.raises(KeyThere):
        make_keys(tmp_path / "another.json", house.data)
    with pytest.raises(NoKey):
        back_up(house.place, tmp_path / "none", house.address, at=now())
    shutil.copy(others / "backup-key.json", house.data / "backup-key.json")
    with pytest.raises(OtherKey):
        house.back_up()
    with pytest.raises(NotEmpty):
        back_up(house.data, house.data, house.address, at=now())
    assert command.run("restore", [str(house.place), "--key", str(tmp_path / "other.json"), "--try"]) == 1
    said = capsys.readouterr().err
    assert "Khóa này không mở được" in said
    assert "does not open" in said


def test_a_file_that_is_damaged_here_is_named_and_the_rest_is_kept(house, capsys):
    file = next((house.data / "files" / "sha256").glob("??/??/*"))
    file.write_bytes(b"rot")
    made = house.back_up()
    assert made.damaged == [file.name]
    assert made.run.facts["damaged"] == 1
    assert try_backup(house.open()) > 0
    assert command.run("backup", [str(house.place), "--data", str(house.data), "--database", house.address]) == 1
    assert file.name in capsys.readouterr().out


PROGRAM = """
import sys
from pathlib import Path
from tinhso.site.backup import command, making
sys.exit(command.run("backup", sys.argv[1:]))
"""


def child(house, **given):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(house.place), "--data", str(house.data), "--database", house.address],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.PIPE,
        text=True,
        **given,
    )


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own with 100 kB on it."""
    place = tmp_path / "small disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root mounts disks")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_target_says_so_and_leaves_no_run(house, small_disk, capsys):
    words = [str(small_disk), "--data", str(house.data), "--database", house.address]
    assert command.run("backup", words) == 1
    said = capsys.readouterr().err
    assert "Hết chỗ" in said
    assert "no room left" in said
    assert opened(small_disk).runs() == []
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    assert command.run("backup", words) == 0
    assert try_backup(open_backup(small_disk, house.key)) > 0


def test_no_room_for_the_copy_of_the_database_says_so(house, small_disk, capsys):
    if house.address != "sqlite":
        pytest.skip("PostgreSQL's dump needs no copy")
    crowded = small_disk / "data"
    crowded.mkdir()
    shutil.copy(house.data / "backup-key.json", crowded)
    words = [str(house.place), "--data", str(crowded), "--database", f"sqlite:///{house.data / 'tinhso.sqlite3'}"]
    assert command.run("backup", words) == 1
    assert "Hết chỗ" in capsys.readouterr().err
    assert opened(house.place).runs() == []


def test_a_backup_that_was_killed_never_looks_finished(house):
    done = 0
    for wait in (0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8):
        with child(house) as process:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        for run in opened(house.place).runs() if (house.place / "tinhso-backup.json").exists() else ():
            done += 1
            assert try_backup(house.open(run.name)) > 0
    house.back_up()
    assert list((house.place / "incoming").iterdir()) == []
    assert not list(house.data.glob(".backup-copy*"))
    assert try_backup(house.open()) > 0


def test_taken_while_documents_come_in_every_file_that_a_row_names_is_in_it(house, tmp_path):
    if house.address == "sqlite":
        with closing(sqlite3.connect(house.data / "tinhso.sqlite3")) as base:
            base.execute("PRAGMA journal_mode = WAL")
    stop, written = threading.Event(), []

    def write():
        while not stop.is_set():
            written.append(add_file(house, os.urandom(3000)))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        time.sleep(0.2)
        runs = [house.back_up() for _each in range(3)]
    finally:
        stop.set()
        writer.join()
    assert runs[0].run.facts["files"] < runs[2].run.facts["files"] <= len(files_of(house.data))
    for number, made in enumerate(runs):
        assert made.damaged == []
        if house.address == "sqlite":
            home = tmp_path / f"home {number}"
            restore(house.open(made.run.name), home)
            kinds = house.left.kinds(data=home)
            assert kinds == set()
        else:
            assert try_backup(house.open(made.run.name)) > 0


def test_a_full_disk_at_restore_leaves_nothing(house, tmp_path):
    house.back_up()
    home = tmp_path / "home"
    program = (
        "import resource, sys; from pathlib import Path; from tinhso.site.backup.restoring import *;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "restore(open_backup(Path(sys.argv[1]), Path(sys.argv[2])), Path(sys.argv[3]))"
    )
    if house.address != "sqlite":
        pytest.skip("the dump goes to the server")
    said = subprocess.run(
        [sys.executable, "-c", program, str(house.place), str(house.key), str(home)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert DiskFull.__name__ in said.stderr
    assert not home.exists()
    assert not list(Path(tmp_path).glob(".home*"))


def seal_one(house, settings):
    """Put a second factor under a key ring of its own into the house, as `keys rotate` leaves it."""
    settings.DATA_DIR = house.data
    keyring.add_key(at=now())
    sealed = keyring.seal_text("JBSWY3DPEHPK3PXP", purpose="identity.second-factor")
    with base_of(house) as base:
        base.execute(
            f'UPDATE mfa_authenticator SET data = \'{{"secret": "{sealed}"}}\''
            " WHERE id = (SELECT min(id) FROM mfa_authenticator WHERE type = 'totp')"
        )


def test_the_key_ring_comes_back_and_what_is_sealed_opens(house, tmp_path, settings, empty_database):
    seal_one(house, settings)
    house.back_up()
    home = tmp_path / "home"
    restore(house.open(), home, database=empty_database)
    there = {"data": home, "database": empty_database or "sqlite"}
    assert house.left.kinds(**there) == set()
    ring = home / keyring.ring_path().name
    kept = ring.read_bytes()
    ring.unlink()
    assert house.left.kinds(**there) == {"unsealable"}
    ring.write_bytes(b"{}")
    assert house.left.kinds(**there) == {"unsealable"}
    ring.write_bytes(kept)
    keyring._write(())
    assert house.left.kinds() == {"unsealable"}


def test_a_folder_whose_making_was_broken_off_is_taken_again(house, monkeypatch):
    whole = Path.mkdir
    for name in ("incoming", "pieces", "runs"):

        def broken(path, *given, at=name, **more):
            whole(path, *given, **more)
            if path.name == at:
                raise KeyboardInterrupt

        monkeypatch.setattr(Path, "mkdir", broken)
        with pytest.raises(KeyboardInterrupt):
            house.back_up()
    monkeypatch.setattr(Path, "mkdir", whole)
    house.back_up()


def test_a_database_with_a_year_taken_out_comes_back(house, tmp_path, capsys, empty_database, monkeypatch):
    if not empty_database:
        pytest.skip("the journal is one table on SQLite")
    year = take_out_a_year(house.left)
    house.back_up()
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
    words = [str(house.place), "--key", str(house.key), "--data", str(tmp_path / "home"), "--database", empty_database]
    code = command.run("restore", words)
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
    assert "Restored and proved" in said.out
    with psycopg.connect(empty_database) as base:
        assert base.execute(f"SELECT count(*) > 0 FROM journal_entry_{year}").fetchone() == (True,)


def test_the_database_is_free_while_files_are_read(house, monkeypatch):
    whole, read = making._whole, []

    def while_reading(place, digest):
        if not read and house.address == "sqlite":
            with closing(sqlite3.connect(house.data / "tinhso.sqlite3", timeout=0)) as base, base:
                base.execute("UPDATE onestop_counter SET value = value")
        elif not read:
            with psycopg.connect(house.address) as base:
                held = "application_name = 'tinhso check-all' AND backend_xmin IS NOT NULL"
                assert base.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {held}").fetchone() == (0,)
        read.append(digest)
        return whole(place, digest)

    monkeypatch.setattr(making, "_whole", while_reading)
    assert house.back_up().damaged == []
    assert read


def test_a_piece_that_the_disk_cut_short_is_written_again_by_the_next_run(house):
    first = house.back_up()
    entries = house.open().index
    names = [entry.get("piece") or entry["chunks"][0] for entry in entries]
    for name in names:
        path = opened(house.place).path_of(name)
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PieceDamaged):
        try_backup(house.open())
    house.back_up()
    assert try_backup(house.open()) > 0
    # the earlier run is whole again too: the same pieces are its own
    if house.address == "sqlite":
        opened(house.place).check_pieces(first.run.name)
        assert try_backup(house.open(first.run.name)) > 0


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 200000])
def test_the_size_of_a_piece_is_known_before_it_is_sealed(size, tmp_path):
    make_keys(tmp_path / "recovery.json", tmp_path / "data")
    sealed = b"".join(Sealer.of_machine(tmp_path / "data").close([b"x" * size], "name"))
    assert len(sealed) == sealed_size(size)


def test_runs_of_one_second_keep_their_order(house):
    at = now()
    made = [back_up(house.place, house.data, house.address, at=at, keep=2).run.name for _each in range(4)]
    assert made == sorted(made)
    assert [run.name for run in opened(house.place).runs()] == made[2:]
