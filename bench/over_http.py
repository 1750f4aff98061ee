"""
What the API takes over HTTP: clients that file, accept, read and list against a running platform.

Fills a scratch database (and a folder) with so many dossiers, prepares drafts, starts the whole platform as
`./tinhso up --empty` does, and asks it with so many clients at once, each on a connection of its own. Prints requests a
second, median, p95 and the processor time of the whole tree, clients apart; then asks for pages until 10,000 requests are
full and prints what memory each web process holds (RSS) before and after.

    ./tinhso bench over_http                                    SQLite
    ./tinhso bench over_http --database postgresql:///test      a scratch database beside that one
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from _world import (
    COMMUNE,
    ROOT,
    SERVICE,
    STAFF,
    birth_answers,
    cast,
    machine,
    open_world,
    parser,
    report,
    scratch_postgresql,
)
from _world import table as as_table
from start import cpu, descendants, free_port, wait_for

SCOPES = ["dossier:read", "dossier:write"]
MANY = 10_000


class Clients:
    """So many connections, each in a thread, that ask in turns until there is nothing left to ask."""

    def __init__(self, port: int, count: int, server: int) -> None:
        self.port, self.count, self.server = port, count, server

    def run(self, requests: Iterator[tuple[str, str, str, bytes]]) -> dict[str, Any]:
        """Ask; return the rate, the times and how many were not answered with success."""
        lock, took, wrong = threading.Lock(), [], []

        def work() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            while True:
                with lock:
                    asked = next(requests, None)
                if asked is None:
                    return
                method, path, token, body = asked
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
                began = time.perf_counter()
                connection.request(method, path, body or None, headers)
                answer = connection.getresponse()
                told = answer.read()
                spent = time.perf_counter() - began
                with lock:
                    took.append(spent)
                    if not 200 <= answer.status < 300:
                        wrong.append((answer.status, told[:200]))

        before, began = cpu(self.server), time.perf_counter()
        threads = [threading.Thread(target=work) for _number in range(self.count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        if wrong:
            print(f"{len(wrong)} refused, first: {wrong[0]}", file=sys.stderr)
        spread = sorted(took)
        return {
            "requests": len(took),
            "a_second": round(len(took) / seconds, 1),
            "median_ms": round(statistics.median(took) * 1000, 1),
            "p95_ms": round(spread[int(len(spread) * 0.95)] * 1000, 1),
            "cpu_ms": round((cpu(self.server) - before) / len(took) * 1000, 1),
            "refused": len(wrong),
        }


def tokens(at: Any) -> dict[str, str]:
    """Return an API token for the citizen and for each post of the commune."""
    from tinhso.base.actors import system
    from tinhso.kernel.identity.actions import add_account
    from tinhso.kernel.identity.models import Account
    from tinhso.kernel.identity.public import get_person, issue_token
    from tinhso.kernel.organisation.public import find_official

    owners: dict[str, dict[str, Any]] = {"citizen": {"person": get_person(cast(at).citizen.key.partition(":")[2])}}
    for post in ("reception", "processor"):
        owners[post] = {"official_id": find_official(STAFF[post]).id}
    given: dict[str, Any] = {"actor": system("command-line"), "at": at}
    made = {}
    for name, owner in owners.items():
        account = Account.objects.filter(**owner).first() or add_account(f"bench-{name}", **owner, **given)
        made[name] = issue_token(account, name="bench", scopes=SCOPES, expires_at=at + timedelta(days=1), **given)[1]
    return made


def drafts(count: int, at: Any) -> list[str]:
    """Return the ids of drafts that are ready to be filed with the commune."""
    from lifecycle import a_pdf

    from tinhso.kernel.documents.public import save
    from tinhso.modules.onestop.actions import applications

    acted = {"actor": cast(at).citizen, "at": at}
    made = []
    for number in range(count):
        if number % 50 == 0:
            paper = save(a_pdf(), name="giấy chứng sinh.pdf", **acted)
        draft = applications.start_application(SERVICE, agency_code=COMMUNE, answers=birth_answers(at), **acted)
        applications.attach_file(draft.id, "GCS", paper, **acted)
        applications.choose_delivery(draft.id, {"result_way": "direct"}, **acted)
        made.append(str(draft.id))
    return made


@contextmanager
def platform(folder: Path, database: str, workers: int) -> Iterator[tuple[int, int]]:
    """Run the platform on the folder; give its port and its process id."""
    port = free_port()
    command = [sys.executable, "-m", "tinhso.site.launch", "up", "--empty", "--port", str(port), "--data", str(folder)]
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "TINHSO_DATABASE": database,
        "TINHSO_API_PER_MINUTE": "10000000",
        "TINHSO_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    process = subprocess.Popen(
        [*command, "--workers", str(workers)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/suc-khoe/", process, time.perf_counter())
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def web_memory(pid: int) -> list[float]:
    """Return the megabytes (RSS) that each web process holds, largest first; the one that only watches them left out."""
    found = []
    for one in descendants(pid):
        try:
            told = Path(f"/proc/{one}/status").read_text()
            command = Path(f"/proc/{one}/cmdline").read_text()
        except OSError:
            continue
        if "granian" in command and (size := re.search(r"^VmRSS:\s+(\d+)", told, re.MULTILINE)):
            found.append(round(int(size[1]) / 1024, 1))
    return sorted(found, reverse=True)


def measure(options: argparse.Namespace, port: int, pid: int, tokens: dict[str, str], ready: list[str]) -> Any:
    """Return the figures: file, accept, read, list, then requests until there were ten thousand."""
    clients = Clients(port, options.clients, pid)
    own, desk, officer = tokens["citizen"], tokens["reception"], tokens["processor"]

    def acts(path: Callable[[str], str], names: list[str], token: str) -> Iterator[tuple[str, str, str, bytes]]:
        return (("POST", path(name), token, b"{}") for name in names)

    def reads(path: Callable[[int], str], count: int, token: str) -> Iterator[tuple[str, str, str, bytes]]:
        return (("GET", path(number), token, b"") for number in range(count))

    # each process answers some first: what it imports and remembers belongs to its start
    clients.run(acts(lambda one: f"/api/applications/{one}/file", ready[:40], own))
    clients.run(reads(lambda _number: "/api/worklist?limit=50", 40, officer))
    before = web_memory(pid)
    found: dict[str, Any] = {"file": clients.run(acts(lambda one: f"/api/applications/{one}/file", ready[40:], own))}
    codes = filed_codes(len(ready))
    found["accept"] = clients.run(acts(lambda code: f"/api/dossiers/{code}/accept", codes, desk))
    found["read a dossier"] = clients.run(
        reads(lambda number: f"/api/dossiers/{codes[number % len(codes)]}", options.reads, desk)
    )
    found["worklist of 50"] = clients.run(reads(lambda _number: "/api/worklist?limit=50", options.reads, officer))
    left = max(0, MANY - sum(each["requests"] for each in found.values()))
    clients.run(reads(lambda number: f"/api/dossiers/{codes[number % len(codes)]}", left, desk))
    return {"http": found, "web_mb_before": before, "web_mb_after_10000": web_memory(pid)}


def filed_codes(count: int) -> list[str]:
    """Return the codes of the newest dossiers."""
    from tinhso.modules.onestop.models import Dossier

    return list(Dossier.objects.order_by("-id").values_list("code", flat=True)[:count])


def fill(folder: Path, url: str, dossiers: int) -> None:
    """Have `seed` fill the database, in a process of its own."""
    command = [sys.executable, "bench/seed.py", "--data", str(folder), "--database", url, "--dossiers", str(dossiers)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Measure and print."""
    made = parser(__doc__ or "")
    made.add_argument("--clients", type=int, default=8)
    made.add_argument("--workers", type=int, default=2, help="web processes")
    made.add_argument("--files", type=int, default=600, help="dossiers that are filed and accepted")
    made.add_argument("--reads", type=int, default=1500, help="requests for a dossier, and for the worklist")
    made.add_argument("--dossiers", type=int, default=10_000, help="that are there before")
    options = made.parse_args()
    with ExitStack() as stack:
        url = options.database
        if url.startswith("postgresql:"):
            url = stack.enter_context(scratch_postgresql(url))
        folder = Path(tempfile.mkdtemp(prefix="tinhso-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        fill(folder, url, options.dossiers)
        open_world(folder, url)
        from django.db import connection

        from tinhso.base.clock import now

        held, ready = tokens(now()), drafts(options.files + 40, now())
        vendor = connection.vendor
        with platform(folder, url, options.workers) as (port, pid):
            facts = {**machine(), "database": vendor, **measure(options, port, pid, held, ready)}
        connection.close()
        if vendor == "postgresql":
            connection.close_pool()
    report(options, facts, text(facts, options))


def text(facts: dict[str, Any], options: argparse.Namespace) -> str:
    """Return the figures as a table."""
    rows: list[list[object]] = [["what", "a second", "median ms", "p95 ms", "CPU ms", "refused"]]
    for name, each in facts["http"].items():
        rows.append([name, *(each[key] for key in ("a_second", "median_ms", "p95_ms", "cpu_ms", "refused"))])
    return (
        f"{facts['database']}, {options.dossiers:,} dossiers before, {options.workers} web processes,"
        f" {options.clients} clients, {facts['cores']} cores, load {facts['load']}\n\n{as_table(rows)}\n\n"
        f"Web processes hold {json.dumps(facts['web_mb_before'])} MB before,"
        f" {json.dumps(facts['web_mb_after_10000'])} MB after {MANY:,} requests."
    )


if __name__ == "__main__":
    sys.exit(main())
