"""Killed at any moment: whatever was answered “done” is there, once; whatever was not is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection
from tests.faults.tree import ROOT, Tree
from tests.snapshot import province, snapshots, with_province, write_sqlite  # noqa: F401 - lent to the tests here
from tests.world import account_of, known_citizen, token

from tinhso import __version__
from tinhso.base.clock import now
from tinhso.kernel.organisation.pack import Pack
from tinhso.modules.onestop.tests.playing import COPY, MINH_AN, answers_of, pdf

pytestmark = with_province
KILLS, SECONDS, CLIENTS, ENOUGH = 6, 60.0, 2, 4


@dataclass
class Client:
    """One who files and has it accepted, and asks again with the same key until there is an answer."""

    address: str
    citizen: str
    desk: str
    answers: dict[str, Any]
    filed: dict[str, str] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    asked_again: int = 0
    wrong: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, *, by: str = "", **given: Any) -> httpx.Response:
        """Send one request until it is answered; the key makes it one act however often it arrives."""
        headers = {"Authorization": f"Bearer {by or self.citizen}", "Idempotency-Key": uuid.uuid4().hex}
        for _attempt in range(120):
            try:
                answer = httpx.request(method, f"{self.address}{path}", headers=headers, timeout=20, **given)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in (429, 502, 503, 504):
                return answer
            self.asked_again += 1
            time.sleep(0.3)
        raise TimeoutError(path)

    def file_one(self) -> None:
        """Fill in, attach, file, have it accepted; note what was answered."""
        draft = self.ask("POST", "/api/applications", json={"service_code": COPY, "agency_code": MINH_AN}).json()["id"]
        for step, given in self.answers.items():
            self.ask("PUT", f"/api/applications/{draft}/steps/{step}", json={"answers": given})
        self.ask("PUT", f"/api/applications/{draft}/delivery", json={"result_way": "online", "phone": "0905123456"})
        content = pdf(width=random.randrange(100, 4000))
        given = {"data": {"component": "UQ"}, "files": {"file": ("uy-quyen.pdf", content)}}
        added = self.ask("POST", f"/api/applications/{draft}/files", **given)
        if added.status_code == 201:
            self.files[added.json()["document_id"]] = hashlib.sha256(content).hexdigest()
        filed = self.ask("POST", f"/api/applications/{draft}/file")
        if filed.status_code != 201:
            self.wrong.append(f"{added.status_code} {filed.status_code} {filed.text[:300]}")
            return
        code = self.filed[draft] = filed.json()["code"]
        took = self.ask("POST", f"/api/dossiers/{code}/accept", by=self.desk)
        if took.status_code == 200:
            self.accepted.append(code)
        else:
            self.wrong.append(f"{took.status_code} {took.text[:300]}")

    def work(self, stop: threading.Event) -> None:
        """File until told to stop."""
        while not stop.is_set():
            self.file_one()


@pytest.fixture
def folder(tmp_path):
    """A data folder with the province in it, as after a first start; keys of a citizen and of the desk."""
    if connection.vendor != "sqlite":
        pytest.skip("starts from a copy of the SQLite database")
    moment = now()
    tu = known_citizen()
    keys = {"citizen": token(tu.account), "desk": token(account_of("lan"))}
    write_sqlite(tmp_path / "tinhso.sqlite3")
    pack = Pack(settings.PACK_DIR, moment)
    (tmp_path / "pack.stamp").write_text(f"{__version__} {pack.digest}")
    return tmp_path, keys, answers_of(tu.actor)


def enough(tree, clients):
    return len(tree.kills) >= KILLS and sum(len(client.accepted) for client in clients) >= ENOUGH


AFTERWARDS = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from tinhso.base.clock import now
from tinhso.kernel.journal.public import dispatch, seal
later = now() + timedelta(minutes=2)  # what a killed worker had claimed comes back after a minute
while dispatch(at=later):
    pass
while seal(later):
    pass
call_command("journal", "verify")
call_command("documents", "check")
"""


@pytest.mark.django_db(transaction=True)
def test_whatever_was_answered_done_survives_being_killed(snapshots, folder):  # noqa: F811
    data, keys, answers = folder
    chance = random.Random(47)
    with Tree(data, settings.SECRET_KEY) as tree:
        clients = [Client(tree.address, keys["citizen"], keys["desk"], answers) for _each in range(CLIENTS)]
        stop = threading.Event()
        threads = [threading.Thread(target=client.work, args=[stop]) for client in clients]
        for thread in threads:
            thread.start()
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and not enough(tree, clients):
            time.sleep(chance.uniform(0.3, 2.5))
            if len(tree.kills) < KILLS:
                tree.kill_one(chance)
        stop.set()
        for thread in threads:
            thread.join(60)
        tree.wait_ready(30)
    assert tree.children() == []
    assert not tree.left_behind()
    caught_up = tree.run(AFTERWARDS)
    assert caught_up.returncode == 0, caught_up.stdout[-1000:] + caught_up.stderr[-2000:]
    answered = {
        "filed": {draft: code for client in clients for draft, code in client.filed.items()},
        "accepted": [code for client in clients for code in client.accepted],
        "files": {document: digest for client in clients for document, digest in client.files.items()},
        "kills": len(tree.kills),
    }
    (data / "answered.json").write_text(json.dumps(answered))
    checker = [sys.executable, str(Path(__file__).with_name("checker.py")), str(data), str(data / "answered.json")]
    said = subprocess.run(checker, capture_output=True, text=True, check=False, cwd=ROOT)
    assert said.stdout == "", tree.kills
    assert [line for client in clients for line in client.wrong] == []
    assert len(tree.kills) >= 3
    assert answered["accepted"]
