"""
Where the time of the hottest paths goes, by layer: filing, accepting, a dossier whole, the worklist, a search, by the API.

In the process, through Django's test client: all middleware, no network. Python's profiler makes each call dearer than it is,
what runs in C not, so that shares lean towards code of many small calls; processor time is measured apart, without it.

    ./tinhso bench hot_paths                                    SQLite, empty
    ./tinhso bench hot_paths --data DIR                         what `bench seed` has filled
    ./tinhso bench hot_paths --database postgresql:///test      a scratch database beside that one
"""

from __future__ import annotations

import cProfile
import os
import pstats
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from _world import machine, open_world, parser, report, scratch_postgresql
from _world import table as as_table
from over_http import drafts, filed_codes, tokens

LAYERS = (
    ("the database itself", ("sqlite3.", "/psycopg", "psycopg_", "selectors.py", "posix.fsync")),
    (
        "Django's way to the database",
        ("/django/db/", "asgiref/", "django/utils/asyncio", "base/sqlite/", "base/watching"),
    ),
    ("rows and acts", ("tinhso/base/",)),
    ("journal", ("kernel/journal/",)),
    ("flows", ("kernel/casework/",)),
    ("forms", ("kernel/forms/", "jsonschema", "cel", "referencing/", "rpds")),
    ("law and calendar", ("tinhso/law/",)),
    ("organisation, people, sign-in", ("kernel/organisation/", "kernel/identity/", "kernel/signon/", "allauth/")),
    ("documents", ("kernel/documents/",)),
    ("one-stop shop", ("modules/onestop/",)),
    ("request and answer", ("/django/", "ninja/", "pydantic", "whitenoise/", "tinhso/site/", "tinhso/web/", "http/")),
)
"""In this order: the first whose words are in the path, or in the name of what is written in C, has the time."""
OTHER = "Python's own: JSON, ids, dates"


class Paths:
    """The requests of each path, on one world."""

    def __init__(self, rounds: int) -> None:
        from django.test import Client

        from tinhso.base.clock import now

        self.rounds, self.held = rounds, tokens(now())
        self.ready = iter(drafts(2 * rounds + 30, now()))
        self.client = Client(HTTP_HOST="localhost")
        for _each in range(3):
            self.ask("POST", f"/api/applications/{next(self.ready)}/file", "citizen")

    def ask(self, method: str, path: str, who: str) -> None:
        """Ask; whatever is not a success ends the run."""
        headers = {"HTTP_AUTHORIZATION": f"Bearer {self.held[who]}"}
        body = {"data": b"{}", "content_type": "application/json"} if method == "POST" else {}
        answer = self.client.generic(method, path, **body, **headers)  # type: ignore[arg-type]
        if not 200 <= answer.status_code < 300:
            sys.exit(f"{method} {path}: {answer.status_code} {answer.content[:300]!r}")

    def all(self) -> dict[str, Callable[[], Callable[[], None]]]:
        """Return, by the name of the path, what prepares one request and returns it."""
        code = filed_codes(1)[0]
        filed = iter(())

        def accept() -> Callable[[], None]:
            nonlocal filed
            found = next(filed, None)
            if found is None:
                filed = iter([one for one in filed_codes(self.rounds * 2 + 20) if one != code])
                found = next(filed)
            return lambda: self.ask("POST", f"/api/dossiers/{found}/accept", "reception")

        def file() -> Callable[[], None]:
            draft = next(self.ready)
            return lambda: self.ask("POST", f"/api/applications/{draft}/file", "citizen")

        def read(path: str, who: str) -> Callable[[], Callable[[], None]]:
            return lambda: lambda: self.ask("GET", path, who)

        return {
            "file": file,
            "accept": accept,
            "read a dossier": read(f"/api/dossiers/{code}", "reception"),
            "worklist of 50": read("/api/worklist?limit=50", "processor"),
            "search": read("/api/dossiers/search?q=nguyen", "reception"),
        }


def shares(profile: cProfile.Profile) -> dict[str, float]:
    """Return the share of each layer in the time of a profile; what is written in C counts for who calls it."""
    spent: defaultdict[str, float] = defaultdict(float)
    for (path, _line, name), (_cc, _nc, own, _ct, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        layer = layer_of(f"{path} {name}")
        if path != "~" or layer != OTHER or not callers:
            spent[layer] += own
            continue
        for (caller, _l, called_by), (_c, _n, part, _t) in callers.items():
            spent[layer_of(f"{caller} {called_by}")] += part
    whole = sum(spent.values())
    return {layer: round(part / whole, 3) for layer, part in spent.items()}


def layer_of(place: str) -> str:
    """Return the layer that a function belongs to."""
    return next((layer for layer, words in LAYERS if any(word in place for word in words)), OTHER)


def measure(rounds: int) -> dict[str, Any]:
    """Return processor time and shares of each path."""
    paths, found = Paths(rounds), {}
    for name, prepare in paths.all().items():
        for _warm in range(5):
            prepare()()
        took = []
        for _round in range(rounds):
            do = prepare()
            began = time.process_time()
            do()
            took.append((time.process_time() - began) * 1000)
        profile = cProfile.Profile()
        for _round in range(rounds):
            do = prepare()
            profile.enable()
            do()
            profile.disable()
        found[name] = {"cpu_ms": round(statistics.median(took), 1), "shares": shares(profile)}
    return found


def main() -> None:
    """Measure and print."""
    made = parser(__doc__ or "")
    made.add_argument("--rounds", type=int, default=60)
    options = made.parse_args()
    os.environ["TINHSO_API_PER_MINUTE"] = "100000000"
    with ExitStack() as stack:
        url = options.database
        if url.startswith("postgresql:") and options.data is None:
            url = stack.enter_context(scratch_postgresql(url))
        open_world(options.data, url)
        from django.db import connection

        facts = {**machine(), "database": connection.vendor, "paths": measure(options.rounds)}
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
    report(options, facts, text(facts))


def text(facts: dict[str, Any]) -> str:
    """Return the figures as a table."""
    paths = facts["paths"]
    rows: list[list[object]] = [["layer", *paths], ["processor ms", *(each["cpu_ms"] for each in paths.values())]]
    layers = (*(name for name, _words in LAYERS), OTHER)
    rows += ([layer, *(f"{each['shares'].get(layer, 0):.0%}" for each in paths.values())] for layer in layers)
    return f"{facts['database']}, {facts['cores']} cores, load {facts['load']}\n\n{as_table(rows)}"


if __name__ == "__main__":
    sys.exit(main())
