"""
Fill a data folder with dossiers as two years of acting would have left them: `./tinhso bench seed --data DIR`.

Loads the province pack, plays every way a dossier can go once (`_templates.py`) and copies what that wrote: dossiers,
cases, tokens, tasks, results, requests for papers, people, counters, and the journal lines that anyone may see, sealed
into the log with right hashes, so that `./tinhso journal verify` passes. Papers are not copied.

The spread is made up, with the unevenness of a real province: dossiers of communes are log-normal with a deviation of
0.82, those of districts of 1.0, and 71 in 100 go to communes (fitted to the load of 206 communes and 17 districts in
2024; the figures themselves are not ours to ship). Working hours, two years, recent ones still on their way.

Rows go in by `executemany` (SQLite) or `COPY` (PostgreSQL); indexes are made afterwards. Not for a folder in use: if it
is stopped half way the folder is worthless.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

from _making import BATCH, Batch, Maker
from _spread import (
    PERSON,
)
from _stores import Log, Postgresql, Sqlite
from _world import machine, open_world, parser, report

TABLES_FILLED = [
    "onestop_dossier",
    "onestop_result",
    "onestop_supplementrequest",
    "onestop_pause",
    "onestop_duechange",
    "onestop_payment",
    "casework_case",
    "casework_token",
    "casework_task",
    "journal_entry",
    "journal_leaf",
    "journal_node",
    "identity_person",
]
ENTRY = [
    "id",
    "event",
    "at",
    "actor_kind",
    "actor_key",
    "actor_name",
    "assurance",
    "agency",
    "subject_type",
    "subject_key",
    "facts",
    "act",
    "salt",
    "content_hash",
]


def _send(maker: Maker, pipe: Any) -> None:
    """Make everything and send it, the counters last. Runs in a process of its own, which touches no database."""
    for batch in maker.batches():
        pipe.send(batch)
    pipe.send(dict(maker.counters))
    pipe.close()


def received(maker: Maker) -> Iterator[Batch]:
    """Yield the batches of a maker that runs beside; take over its counters at the end."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(maker, there), daemon=True)
    process.start()
    there.close()
    while isinstance(told := here.recv(), Batch):
        yield told
    maker.counters = told
    process.join()


def write(maker: Maker, store: Any, log: Log) -> Iterator[int]:
    """Write what the maker makes; yield how many dossiers there are so far."""
    from _templates import TABLES, columns_of

    columns = {table: columns_of(table) for table in TABLES}
    done = 0
    for batch in received(maker):
        for table in TABLES:
            if batch.rows[table]:
                store.write(table, columns[table], batch.rows[table])
        store.write("journal_entry", ENTRY, batch.entries)
        for entry, content in zip(batch.entries, batch.contents, strict=True):
            log.add(entry[0], content)
        log.flush()
        done += len(batch.rows["onestop_dossier"])
        yield done
    log.flush(is_last=True)
    people = maker.people.rows(store.moment(maker.hours.minutes[0]))
    while part := list(itertools.islice(people, BATCH * 5)):
        store.write("identity_person", PERSON.split(), part)
    store.clear("onestop_counter")
    store.write("onestop_counter", ("series", "value"), list(maker.counters.items()))


def main() -> None:
    """Fill the folder and say how long it took."""
    made = parser(__doc__ or "")
    made.add_argument("--dossiers", type=int, default=100_000)
    made.add_argument("--seed", type=int, default=1, help="another number, another spread")
    made.add_argument("--verify", action="store_true", help="verify the whole journal afterwards (minutes)")
    options = made.parse_args()
    if options.data is None:
        made.error("say which folder to fill: --data DIR")
    began, cpu = time.perf_counter(), time.process_time()
    open_world(options.data, options.database)
    facts = {**machine(), "dossiers": options.dossiers, **fill(options, began)}
    facts["seconds"], facts["cpu_seconds"] = round(time.perf_counter() - began), round(time.process_time() - cpu)
    if options.verify:
        from tinhso.kernel.journal.public import verify_all

        told = verify_all()
        assert told.ok, told.first
        facts["verified_lines"] = told.sealed
    report(options, facts, text(facts))


def fill(options: argparse.Namespace, began: float) -> dict[str, Any]:
    """Make the dossiers and return what was made."""
    from django.db import connection

    from tinhso.base.clock import now
    from tinhso.kernel.journal.publishing import publish

    until = now().replace(microsecond=0)
    kind: type[Sqlite | Postgresql] = Postgresql if connection.vendor == "postgresql" else Sqlite
    maker = Maker(options, until, kind)
    maker.plan(until)
    log = Log(until)
    ready = time.perf_counter()
    store = kind(connection)
    log.store = store
    store.drop_indexes(TABLES_FILLED)
    for done in write(maker, store, log):
        if not options.json and (done % 20_000 == 0 or done == options.dossiers):
            rate = done / (time.perf_counter() - ready)
            print(f"  {done:>9,} dossiers, {rate:,.0f} a second", file=sys.stderr, flush=True)
    rows = time.perf_counter()
    store.finish()
    publish()
    return {
        "database": connection.vendor,
        "prepare_seconds": round(ready - began),
        "rows_seconds": round(rows - ready),
        "indexes_seconds": round(time.perf_counter() - rows),
        "journal_lines": log.growth.size,
    }


def text(facts: dict[str, Any]) -> str:
    """Return what was made, in words."""
    return (
        f"{facts['dossiers']:,} dossiers and {facts['journal_lines']:,} journal lines in {facts['seconds']} s"
        f" ({facts['cpu_seconds']} s of CPU): {facts['prepare_seconds']} s of preparing, {facts['rows_seconds']} s of"
        f" rows, {facts['indexes_seconds']} s of indexes. {facts['database']}, {facts['cores']} cores, load {facts['load']}."
    )


if __name__ == "__main__":
    sys.exit(main())
