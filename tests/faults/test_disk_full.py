"""
The disk runs full while people file: each is refused in words, reading goes on, nobody dies, and with room work goes on.

Part of `./tinhso test --whole`; longer by `./tinhso faults --full-disk`. On a PostgreSQL that lies on the same disk where
`FAULTS_POSTGRESQL` says so.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from django.conf import settings
from tests.faults.cluster import PROGRAMS, Cluster
from tests.faults.house import SECRET
from tests.faults.load import Ledger, Load
from tests.faults.smalldisk import MEGABYTE, SmallDisk
from tests.faults.test_killed import AFTERWARDS
from tests.faults.tree import Tree, kind_of

from tinhso.modules.onestop.tests.playing import COPY, MINH_AN

REFUSALS = int(os.environ.get("FAULTS_REFUSALS", "12"))
"""How many each client is told so while there is some room left, and again while there is none at all."""
ON_POSTGRESQL = os.environ.get("FAULTS_POSTGRESQL") == "1"
SENTENCES = {
    "base.no_room": {"vi": "Máy chủ hết chỗ lưu.", "en": "The server has no room left."},
    "documents.no_space": {"vi": "Hệ thống hết chỗ lưu tệp", "en": "There is no room left to keep files."},
}
PLENTY = 64 * MEGABYTE
PAPER = 300_000


@dataclass
class Full(Load):
    """A client who takes being told that there is no room as an answer, and goes on with something else."""

    refused: list[httpx.Response] = field(default_factory=list)

    def ask(self, method: str, path: str, *, by: str, **given: Any) -> httpx.Response | None:
        """Send one request; None when it was given up, or refused for want of room."""
        answer = super().ask(method, path, by=by, **given)
        if answer is None or answer.status_code != 507:
            return answer
        self.refused.append(answer)
        return None


@pytest.fixture
def disk(tmp_path):
    with SmallDisk(tmp_path / "disk", megabytes=400) as made:
        yield made


@pytest.fixture
def cluster(disk):
    """A PostgreSQL whose data lie on the small disk, where it is wanted."""
    if not ON_POSTGRESQL:
        yield None
        return
    assert PROGRAMS, "no PostgreSQL server is installed here"
    with Cluster(disk.folder / "pg").make() as made:
        with psycopg.connect(made.url("postgres"), autocommit=True) as base:
            base.execute("CREATE DATABASE tinhso")
        yield made


def until(reached, seconds, loads=()):
    """Wait for something; a client that was answered anything that nobody expects ends it."""
    end = time.monotonic() + seconds
    while not reached():
        wrong = [text for load in loads for text in load.wrong]
        assert not wrong, wrong
        assert time.monotonic() < end, [(load.seen, load.done, len(load.refused)) for load in loads]
        time.sleep(0.2)


def refused(loads):
    return min(len(load.refused) for load in loads)


def read_everywhere(tree, keys, filed):
    """Ask for pages and for one's own dossiers, as a stranger, a citizen, an official."""
    mine, leader = {"phien": keys["citizen_session"]}, {"phien": keys["leader"]}
    for path, cookies in (
        ("/", {}),
        ("/thu-tuc/", {}),
        ("/ho-so/", mine),
        (f"/ho-so/xem/{filed}/", mine),
        ("/mot-cua/", leader),
        ("/api/procedures", {}),
        ("/api/dossiers", mine),
        (f"/api/dossiers/{filed}", mine),
    ):
        answer = httpx.get(f"{tree.address}{path}", cookies=cookies, timeout=60, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:2000]}"


def write_on_a_page(tree, keys, draft, language):
    """Send a long step of a form as a browser does."""
    cookies = {"phien": keys["citizen_session"], "csrftoken": "c" * 32}
    typed = {"record.registered_at": os.urandom(100_000).hex(), "csrfmiddlewaretoken": "c" * 32}
    headers = {"Accept-Language": language, "Referer": tree.address}
    return httpx.post(
        f"{tree.address}/ho-so/don/{draft}/buoc/record/", data=typed, cookies=cookies, headers=headers, timeout=60
    )


def sign_in(tree, language):
    """Come in with a password as a browser does; whoever is let in needs a session, which is written."""
    with httpx.Client(base_url=tree.address, headers={"Accept-Language": language}, timeout=60) as browser:
        page = browser.get("/tai-khoan/login/")
        assert page.status_code == 200, page.text
        typed = {
            "login": "lan",
            "password": settings.DEMO_PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        return browser.post("/tai-khoan/login/", data=typed, headers={"Referer": tree.address})


def kill_a_web_process(tree):
    """End one as the kernel does when memory is short, and wait until another answers in its place."""
    before = set(tree.children())
    (pid,) = (pid for pid in before if kind_of(pid, tree.parent.pid) == "web process")
    os.kill(pid, signal.SIGKILL)
    until(lambda: pid not in tree.children(), 30)
    tree.wait_ready(120)
    until(lambda: len(tree.children()) == len(before), 60)


def told(answers, loads, seconds):
    """See that every refusal was said in the language of whoever asked; print and return the figures."""
    said = Counter(answer.json()["code"] for _language, answer in answers)
    assert set(said) == set(SENTENCES)
    for language, answer in answers:
        problem = answer.json()
        assert SENTENCES[problem["code"]][language] in problem["detail"]
    figures = {
        "seconds": round(seconds),
        "refusals": said,
        "acts": sum((load.done for load in loads), Counter()),
        "answers": sum((load.seen for load in loads), Counter()),
        "slowest": round(max(load.longest for load in loads), 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return figures


def test_a_full_disk_refuses_in_words_and_work_goes_on_with_room(tmp_path, disk, cluster):
    data = disk.folder / "data"
    data.mkdir()
    tree = Tree(data, SECRET, database=cluster.url("tinhso") if cluster else "sqlite")
    made = tree.run("-m", "tests.faults.house")
    assert made.returncode == 0, made.stderr
    keys = json.loads(made.stdout)
    ledger = tmp_path / "answered.jsonl"
    began = time.monotonic()
    with tree, closing(Ledger(ledger)) as written:
        loads = [Full(tree.address, keys, written, language=words, paper_bytes=PAPER) for words in ("vi", "en")]
        draft = loads[0]._answer("POST", "/api/applications", json={"service_code": COPY, "agency_code": MINH_AN})
        stop = threading.Event()
        threads = [
            threading.Thread(target=load.work, args=[stop, number, 0.05], daemon=True)
            for number, load in enumerate(loads)
        ]
        for thread in threads:
            thread.start()
        until(lambda: min(load.done["file"] for load in loads) >= 2, 120, loads)
        living = sorted(tree.children())
        filed = loads[0].file_one()
        disk.leave(3 * MEGABYTE)
        until(lambda: refused(loads) >= REFUSALS, 180, loads)
        read_everywhere(tree, keys, filed)
        disk.leave(0)
        until(lambda: refused(loads) >= 2 * REFUSALS, 180, loads)
        read_everywhere(tree, keys, filed)
        for language in ("vi", "en"):
            for answer in (write_on_a_page(tree, keys, draft["id"], language), sign_in(tree, language)):
                assert answer.status_code == 507, answer.text
                assert SENTENCES["base.no_room"][language] in answer.text
        assert sorted(tree.children()) == living
        kill_a_web_process(tree)
        read_everywhere(tree, keys, filed)
        living = sorted(tree.children())
        answers = [(load.language, answer) for load in loads for answer in load.refused]
        disk.make_room()
        before = [load.done["file"] for load in loads]
        until(lambda: all(load.done["file"] > was + 1 for load, was in zip(loads, before, strict=True)), 120, loads)
        stop.set()
        for thread in threads:
            thread.join(180)
        assert sorted(tree.children()) == living
    figures = told(answers, loads, time.monotonic() - began)
    caught_up = tree.run("-c", AFTERWARDS)
    assert caught_up.returncode == 0, caught_up.stdout[-1000:] + caught_up.stderr[-2000:]
    check = ["-m", "tinhso.site.launch", "check-all", "--answered", str(ledger), "--drained"]
    proved = tree.run(*check)
    assert proved.returncode == 0, f"{proved.stdout}{proved.stderr}{figures}"
    assert tree.run(*check, "--grace", "-1").stdout.count("file_orphaned: ") == 0
    assert [text for load in loads for text in load.wrong] == []
