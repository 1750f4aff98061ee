"""
PostgreSQL brought back to a moment, as docs/how-to/restore.md tells it: what was done before is there, what came after is
gone, and the checker names the files that only later rows named.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests.faults.cluster import PROGRAMS, Cluster
from tests.faults.tree import ROOT

pytestmark = pytest.mark.skipif(PROGRAMS is None, reason="no PostgreSQL server is installed here")
ACT = """
import sys, django; django.setup()
from pathlib import Path
from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.documents.public import save_made
from tinhso.kernel.journal.public import seal
from tinhso.modules.onestop.tests.playing import pdf
for name in sys.argv[1:]:
    made = save_made(pdf(width=int(name)), name=f"{name}.pdf", actor=system("worker"), at=now())
    print(made.id, made.sha256)
seal(now())
"""


class Site:
    """A data folder and a database, used by programs of their own."""

    def __init__(self, data: Path, database: str) -> None:
        self.data, self.database = data, database
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")},
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev",
            "TINHSO_DATA": str(data),
            "TINHSO_DATABASE": database,
        }

    def run(self, *words: str, code: int = 0) -> str:
        """Run Python with these words on it; return what it printed."""
        import subprocess

        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def save(self, *names: int) -> dict[str, str]:
        """Save papers by acts; return their ids and fingerprints."""
        return dict(line.split() for line in self.run("-c", ACT, *map(str, names)).splitlines())

    def check(self, *words: str, code: int = 0) -> str:
        """Run the checker."""
        return self.run("-m", "tinhso.site.launch", "check-all", "--grace", "-1", *words, code=code)


def documents(address: str) -> set[str]:
    with psycopg.connect(address) as base:
        return {str(row[0]) for row in base.execute("SELECT id FROM documents_document")}


def test_back_to_a_moment(tmp_path, pg_home):
    home = pg_home / "pg"
    home.mkdir()
    archive, base_backup = home / "archive", home / "base"
    archive.mkdir()
    live = Cluster(
        home,
        settings=(
            "wal_level = replica",
            "archive_mode = on",
            "archive_timeout = 60",
            f"archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f.part && mv {archive}/%f.part {archive}/%f'",
        ),
    ).make()
    live.own(archive)
    with live:
        with psycopg.connect(live.url("postgres"), autocommit=True) as base:
            base.execute("CREATE DATABASE tinhso")
        site = Site(tmp_path / "data", live.url("tinhso"))
        site.run("-m", "django", "migrate", "--verbosity", "0")
        before_base = site.save(101, 102)
        live.run(
            "pg_basebackup",
            f"--pgdata={base_backup}",
            "--checkpoint=fast",
            f"--port={live.port}",
            "--host=127.0.0.1",
            "--username=postgres",
        )
        before = site.save(103, 104)
        time.sleep(0.2)
        with psycopg.connect(live.url("tinhso")) as base:
            (moment,) = base.execute("SELECT clock_timestamp()").fetchone()
        time.sleep(0.2)
        after = site.save(105, 106)
        published = (site.data / "published-roots.jsonl").read_text().splitlines(keepends=True)
        with psycopg.connect(live.url("postgres"), autocommit=True) as base:
            base.execute("SELECT pg_switch_wal()")
        assert site.check() == "Mọi thứ đúng. / All is well.\n"
        # the server dies for good; what is left is the base backup, the archive and the data folder
        live.stop("fast")

    again = Cluster(pg_home / "again")
    shutil.copytree(base_backup, again.folder)
    again.own(again.socket)
    for path in [again.folder, *again.folder.rglob("*")]:
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
    with (again.folder / "postgresql.conf").open("a") as file:
        file.write(
            f"\nport = {again.port}\nunix_socket_directories = '{again.socket}'\narchive_mode = off\n"
            f"restore_command = 'cp {archive}/%f %p'\nrecovery_target_time = '{moment}'\nrecovery_target_action = promote\n"
        )
    (again.folder / "recovery.signal").touch()
    again.own(again.folder)
    with again:
        for _each in range(100):
            with psycopg.connect(again.url("tinhso")) as base:
                if base.execute("SELECT NOT pg_is_in_recovery()").fetchone()[0]:
                    break
            time.sleep(0.2)
        back = Site(site.data, again.url("tinhso"))
        assert documents(back.database) == {*before_base, *before}
        told = back.check(code=1).splitlines()
        # named, one by one: the files that later rows named, and the root that was published of them
        assert {line.split(": ")[1] for line in told if line.startswith("file_orphaned")} == {*after.values()}
        assert [line.split(": ")[0] for line in told[:-1]] == ["root_missing", "file_orphaned", "file_orphaned"]
        assert "older than what was published" in told[0]
        # said aloud: the newer roots are put aside, never thrown away
        (site.data / "published-roots.jsonl").rename(site.data / "published-roots.before-restore.jsonl")
        (site.data / "published-roots.jsonl").write_text("".join(published[:2]))
        assert back.check("--grace", "86400") == "Mọi thứ đúng. / All is well.\n"
        assert set(back.save(107)) <= documents(back.database)
        assert back.check("--grace", "86400") == "Mọi thứ đúng. / All is well.\n"
        assert "đúng" in back.run("-m", "tinhso.site.launch", "journal", "verify")
