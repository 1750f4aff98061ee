"""
A rush on a running platform that a million dossiers lie in: lists, searches and bursts, over HTTP.

1. The worklist and the desk's list by rights, one user, then sixteen at once.
2. So many people (1,000), each of whom searches once in half a minute.
3. A burst: 1, 15, 1, 25, 2, 35, 10 requests a second, whether the last ones are answered or not: filing, accepting,
   reading, listing. Afterwards every act that was answered "done" is looked for in the database; what was turned away
   must have said when to come again; and it is measured how soon a page takes what it took before.

    ./tinhso bench seed --data DIR --dossiers 1000000 && ./tinhso bench rush --data DIR
    ./tinhso bench rush --data DIR --database postgresql:///NAME
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from _world import machine, open_world, parser, report
from _world import table as as_table
from over_http import Clients, drafts, platform, tokens
from start import memory

RATES = (1, 15, 1, 25, 2, 35, 10)
"""Requests a second, one after the other."""
PACE_SECONDS = 30
NAMES = ("nguyen", "tran thi", "le van", "pham", "huynh thi", "nguyen thi thu", "vo van", "dang", "bui thi", "ho")


@dataclass
class Answer:
    """What came back, and when."""

    kind: str
    begun: float
    seconds: float
    status: int
    retry_after: str
    body: bytes


@dataclass
class Crowd:
    """Sends each request at its moment, on a connection of its own thread."""

    port: int
    answers: list[Answer] = field(default_factory=list)
    _held: threading.local = field(default_factory=threading.local)

    def send(self, kind: str, method: str, path: str, token: str) -> Answer:
        """Send one request and keep the answer; a connection that breaks is an answer of status 0."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        begun = time.perf_counter()
        for _try in range(2):  # a connection that the server closed meanwhile is opened anew, as every client does
            try:
                connection = self._connection()
                connection.request(method, path, b"{}" if method == "POST" else None, headers)
                told = connection.getresponse()
                body = told.read()
                status, wait = told.status, told.headers.get("Retry-After", "")
                break
            except (OSError, http.client.HTTPException):
                self._held.connection = None
                status, wait, body = 0, "", b""
        answer = Answer(kind, begun, time.perf_counter() - begun, status, wait, body)
        self.answers.append(answer)
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        made = getattr(self._held, "connection", None)
        if made is None:
            made = self._held.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return made

    def play(self, moments: Iterable[tuple[float, Callable[[], Any]]], hands: int) -> None:
        """Do each piece of work at its moment (seconds from now), with so many hands."""
        begun, due, lock = time.perf_counter(), iter(moments), threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    at, do = next(due, (0.0, None))
                if do is None:
                    return
                time.sleep(max(0.0, begun + at - time.perf_counter()))
                do()

        threads = [threading.Thread(target=work) for _number in range(hands)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def times(answers: Iterable[Answer]) -> dict[str, float]:
    """Return the median and the 95th percentile of these answers, in milliseconds."""
    took = sorted(answer.seconds * 1000 for answer in answers)
    return {"median_ms": round(statistics.median(took), 1), "p95_ms": round(took[int(len(took) * 0.95)], 1)}


def lists(port: int, pid: int, held: dict[str, str], requests: int) -> dict[str, Any]:
    """Return what lists take one user, and sixteen at once."""
    asked = {
        "worklist": ("/api/worklist?limit=50", "processor"),
        "overdue": ("/api/worklist?limit=50&bucket=overdue", "processor"),
    }
    found = {}
    for name, (path, who) in asked.items():
        for users in (1, 16):
            Clients(port, users, pid).run(iter([("GET", path, held[who], b"")] * 4 * users))
            told = Clients(port, users, pid).run(iter([("GET", path, held[who], b"")] * requests))
            found[f"{name}, {users} at once"] = told
    return found


def searches(crowd: Crowd, token: str, people: int, seconds: float, chosen: random.Random) -> dict[str, Any]:
    """Return what searching takes when each of so many people searches once in PACE_SECONDS."""
    first = len(crowd.answers)
    moments = sorted(
        chosen.uniform(0, PACE_SECONDS) + turn * PACE_SECONDS
        for _person in range(people)
        for turn in range(round(seconds / PACE_SECONDS) or 1)
    )

    def search() -> None:
        crowd.send("search", "GET", f"/api/dossiers/search?q={quote(chosen.choice(NAMES))}", token)

    crowd.play(((at, search) for at in moments), hands=64)
    told = crowd.answers[first:]
    return {"searches": len(told), "wrong": sum(answer.status != 200 for answer in told), **times(told)}


def burst(crowd: Crowd, held: dict[str, str], ready: list[str], phase: float, chosen: random.Random) -> dict[str, Any]:
    """Return what a burst takes and whether anything of it was lost."""
    first, waiting, filed, lock = len(crowd.answers), iter(ready), [], threading.Lock()

    def one() -> None:
        kind = chosen.choices(("file", "accept", "read", "list"), (3, 2, 3, 2))[0]
        with lock:
            draft = next(waiting, None) if kind == "file" else None
            code = filed.pop() if kind == "accept" and filed else None
            known = filed[-1] if filed else None
        if draft:
            answer = crowd.send("file", "POST", f"/api/applications/{draft}/file", held["citizen"])
            if answer.status == 201:
                with lock:
                    filed.append(code_in(answer))
        elif code:
            crowd.send(f"accept {code}", "POST", f"/api/dossiers/{code}/accept", held["reception"])
        elif kind == "read" and known:
            crowd.send("read", "GET", f"/api/dossiers/{known}", held["reception"])
        else:
            crowd.send("list", "GET", "/api/worklist?limit=50", held["processor"])

    crowd.play(((at, one) for at in arrivals(phase)), hands=400)
    told = crowd.answers[first:]
    begun = min(answer.begun for answer in told)
    by_phase = {}
    for number, rate in enumerate(RATES):
        inside = [a for a in told if number * phase <= a.begun - begun < (number + 1) * phase]
        by_phase[f"{number + 1}: {rate} a second"] = {"requests": len(inside), **times(inside)} if inside else {}
    turned_away = [answer for answer in told if answer.status in (429, 503)]
    return {
        "statuses": dict(Counter(answer.status for answer in told)),
        "turned_away_without_a_time": sum(not answer.retry_after for answer in turned_away),
        "phases": by_phase,
        **kept(told),
    }


def code_in(answer: Answer) -> str:
    """Return the code of the dossier that was filed."""
    import json

    return str(json.loads(answer.body)["code"])


def arrivals(phase: float) -> Iterator[float]:
    """Yield the moments of the burst, evenly within each phase."""
    for number, rate in enumerate(RATES):
        for each in count():
            if each >= rate * phase:
                break
            yield number * phase + each / rate


def kept(told: list[Answer]) -> dict[str, int]:
    """Return how many acts were answered "done", and how many of them are not in the database exactly once."""
    from tinhso.kernel.journal.public import entries
    from tinhso.modules.onestop.models import Dossier

    filed = [code_in(answer) for answer in told if answer.kind == "file" and answer.status == 201]
    accepted = [a.kind.partition(" ")[2] for a in told if a.kind.startswith("accept ") and a.status == 200]
    wrong = sum(Dossier.objects.filter(code=code).count() != 1 for code in filed)
    for event, codes in (("onestop.dossier_filed", filed), ("onestop.dossier_accepted", accepted)):
        wrong += sum(entries(("dossier", code)).filter(event=event).count() != 1 for code in codes)
    return {"done": len(filed) + len(accepted), "done_and_not_there_once": wrong + len(filed) - len(set(filed))}


def calm_again(crowd: Crowd, token: str, before: float) -> float:
    """Return after how many seconds a list takes at most twice what it took before, three times in a row."""
    begun, good = time.perf_counter(), 0
    while good < 3:
        answer = crowd.send("after", "GET", "/api/worklist?limit=50", token)
        good = good + 1 if answer.status == 200 and answer.seconds * 1000 <= 2 * before else 0
        if time.perf_counter() - begun > 60:
            break
    return round(time.perf_counter() - begun, 1)


@contextmanager
def most_memory(pid: int) -> Iterator[dict[str, float]]:
    """Note the most megabytes (PSS) that the whole tree held inside, looked at each two seconds."""
    seen, done = {"most_mb": 0.0}, threading.Event()

    def look() -> None:
        while not done.wait(2):
            seen["most_mb"] = max(seen["most_mb"], round(sum(memory(pid).values()), 1))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def main() -> None:
    """Measure and print."""
    made = parser(__doc__ or "")
    made.add_argument("--workers", type=int, default=2, help="web processes")
    made.add_argument("--people", type=int, default=1000, help="who search")
    made.add_argument("--seconds", type=float, default=60, help="for which they search")
    made.add_argument("--phase", type=float, default=15, help="seconds of each rate of the burst")
    made.add_argument("--requests", type=int, default=200, help="for each list")
    options = made.parse_args()
    if options.data is None:
        made.error("say which folder `bench seed` has filled: --data DIR")
    folder = open_world(options.data, options.database)
    from django.db import connection

    from tinhso.base.clock import now
    from tinhso.modules.onestop.models import Dossier

    chosen = random.Random(1)
    dossiers = Dossier.objects.count()
    held, ready = tokens(now()), drafts(round(sum(RATES) * options.phase * 0.35), now())
    with platform(folder, options.database, options.workers) as (port, pid):
        crowd = Crowd(port)
        facts: dict[str, Any] = {**machine(), "database": connection.vendor, "dossiers": dossiers}
        with most_memory(pid) as facts["memory"]:
            facts["lists"] = lists(port, pid, held, options.requests)
            facts["searches"] = searches(crowd, held["reception"], options.people, options.seconds, chosen)
            before = facts["lists"]["worklist, 1 at once"]["median_ms"]
            facts["burst"] = burst(crowd, held, ready, options.phase, chosen)
            facts["calm_after_seconds"] = calm_again(crowd, held["processor"], before)
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    report(options, facts, text(facts, options))


def text(facts: dict[str, Any], options: argparse.Namespace) -> str:
    """Return the figures in words and tables."""
    rows: list[list[object]] = [["list", "a second", "median ms", "p95 ms", "CPU ms"]]
    for name, each in facts["lists"].items():
        rows.append([name, *(each[key] for key in ("a_second", "median_ms", "p95_ms", "cpu_ms"))])
    phases: list[list[object]] = [["burst", "requests", "median ms", "p95 ms"]]
    for name, each in facts["burst"]["phases"].items():
        phases.append([name, *(each.get(key, "") for key in ("requests", "median_ms", "p95_ms"))])
    found, rush = facts["searches"], facts["burst"]
    return (
        f"{facts['database']}, {facts['dossiers']:,} dossiers, {options.workers} web processes,"
        f" {facts['cores']} cores, load {facts['load']}\n\n{as_table(rows)}\n\n"
        f"{options.people} people, a search each in {PACE_SECONDS} s: {found['searches']} searches, {found['wrong']} not"
        f" answered, median {found['median_ms']} ms, p95 {found['p95_ms']} ms.\n\n{as_table(phases)}\n\n"
        f"Answers by status {rush['statuses']}; turned away without a time: {rush['turned_away_without_a_time']}."
        f" {rush['done']} acts answered done, {rush['done_and_not_there_once']} of them not there once."
        f" As before after {facts['calm_after_seconds']} s. The whole tree held {facts['memory']['most_mb']} MB at most."
    )


if __name__ == "__main__":
    sys.exit(main())
