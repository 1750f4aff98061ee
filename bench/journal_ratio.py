# ruff: noqa: E402, SLF001 - the settings come before the imports; the rows are the journal's own
"""
What the journal costs, as ratios to bare SQL on the same machine in the same run: PYTHONPATH=src python bench/journal_ratio.py.

2,000 entries in a database of its own, on disk (SQLite unless TINHSO_DATABASE says otherwise). Prints one JSON object:
`*_ratio` is the time of the journal divided by the time of the bare INSERTs of the same rows, `*_us` is microseconds for
each entry. Lower is better; the ratios hold from machine to machine, the microseconds do not.
"""

import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.site.settings.dev")
os.environ["TINHSO_DATA"] = tempfile.mkdtemp(prefix="tinhso-bench-")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, models, transaction

from tinhso.base.actors import system
from tinhso.base.acts import act, anyone, require
from tinhso.kernel.journal.dispatching import dispatch
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.journal.public import new_id, proof, record, verify_all
from tinhso.kernel.journal.record import _COLUMNS, _row
from tinhso.kernel.journal.sealing import seal_all

ENTRIES = 2000
SINGLES = 200
AT = datetime(2026, 3, 14, 2, tzinfo=UTC)
LAN = system("bench")
FACTS = {"was": "2026-03-14", "due_on": "2026-03-20", "reason": "Chờ xác minh tại thực địa", "fee": 12000}


@act
def journal(count: int) -> list[Entry]:
    """One act that records this many lines."""
    require(anyone, LAN)
    return [record("bench.done", ("dossier", f"H47.12-{n:06}"), actor=LAN, at=AT, **FACTS) for n in range(count)]


def timed(work: Callable[[], object], times: int = 5) -> float:
    """Return the median seconds of one run."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def fresh(pattern: list[tuple]) -> list[tuple]:
    """Return the rows with ids of their own."""
    native = connection.features.has_native_uuid_field
    ids = [new_id() for _ in pattern]
    return [(id_ if native else id_.hex, *row[1:]) for id_, row in zip(ids, pattern, strict=True)]


def bare(rows: list[tuple], per_statement: int = 400) -> None:
    """Write what the same rows cost without the journal: one transaction, INSERTs written out."""
    one = f"({', '.join(['%s'] * len(_COLUMNS))})"
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(rows), per_statement):
            part = rows[start : start + per_statement]
            into = f"INSERT INTO journal_entry ({', '.join(_COLUMNS)}) VALUES {', '.join([one] * len(part))}"
            cursor.execute(into, [value for row in part for value in row])
            queue = [value for row in part for purpose in (1, 2) for value in (purpose, row[0])]
            cursor.execute(
                f"INSERT INTO journal_queued (purpose, entry_id) VALUES {', '.join(['(%s, %s)'] * 2 * len(part))}",
                queue,
            )


def with_the_orm(entries: list[Entry]) -> None:
    """Write row by row through the ORM, as we do not."""
    with transaction.atomic():
        for entry in entries:
            entry.id, entry._state.adding = new_id(), True
            models.Model.save(entry, force_insert=True)


def main() -> None:
    """Measure and print."""
    call_command("migrate", verbosity=0)
    pattern = [_row(entry) for entry in journal(ENTRIES)]
    lines = journal(ENTRIES)
    found: dict[str, float] = {}
    # the rows are made before the clock starts: this is the database alone
    supply = iter([fresh(pattern) for _ in range(5)])
    base = timed(lambda: bare(next(supply)))
    found["bare_us"] = base / ENTRIES * 1e6
    found["one_act_ratio"] = timed(lambda: journal(ENTRIES)) / base
    found["orm_rows_ratio"] = timed(lambda: with_the_orm(lines), 2) / base
    singles = iter([fresh(pattern[:1]) for _ in range(SINGLES * 5)])
    single = timed(lambda: [bare(next(singles)) for _ in range(SINGLES)])
    found["act_of_one_ratio"] = timed(lambda: [journal(1) for _ in range(SINGLES)]) / single
    clean()
    kept = journal(ENTRIES)
    found["seal_ratio"] = timed(lambda: seal_all(AT), 1) / base
    found["dispatch_ratio"] = timed(lambda: [dispatch(at=AT, subscribers=[]) for _ in range(20)], 1) / base
    found["verify_ratio"] = timed(verify_all, 2) / base
    found["proof_us"] = timed(lambda: proof(secrets.choice(kept).id), 50) * 1e6
    assert verify_all().ok
    json.dump({name: round(value, 2) for name, value in found.items()}, sys.stdout, indent=1)
    print()


def clean() -> None:
    """Forget what wrote around the journal: it would be found, rightly."""
    from tinhso.kernel.journal import guards

    guards.drop(connection)
    with connection.cursor() as cursor:
        for table in ("queued", "leaf", "node", "root", "entry"):
            cursor.execute(f"DELETE FROM journal_{table}")
    guards.create(connection)


main()
