"""
What an act costs, as a ratio to bare SQL: submit, accept, take, propose, approve, issue, return.

Each round does one dossier by our actions, then writes the very same rows, act by act and commit by commit, into a copy
of the database through the bare driver: the statements that wrote, without reads, rules, permissions or hashing. Both
sides wait for the disk (`synchronous=FULL`, `synchronous_commit=on`). Typesetting, signing and storing the file of the
result are not in the ratio; the first two are timed beside it.

    ./tinhso bench lifecycle                                   an empty province
    ./tinhso bench lifecycle --data DIR                        a folder that `./tinhso bench seed` has filled
    ./tinhso bench lifecycle --sealed                          every second dossier with its sensitive answers sealed
    ./tinhso bench lifecycle --database postgresql:///test     a scratch database beside that one
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from _world import (
    COMMUNE,
    SERVICE,
    Stopwatch,
    birth_answers,
    cast,
    machine,
    open_world,
    parser,
    report,
    scratch_postgresql,
    table,
)

AT = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
WRITES = ("INSERT", "UPDATE", "DELETE")
PIN = "246813"


class BareSqlite:
    """The bare driver on a copy of the SQLite file, with the pragmas of the settings."""

    def __init__(self, source: Path) -> None:
        import sqlite3

        from django.conf import settings

        self.path = source.with_name("bare.sqlite3")
        shutil.copyfile(source, self.path)
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        for pragma in settings.DATABASES["default"]["OPTIONS"]["init_command"].split(";"):
            self.connection.execute(pragma).fetchall()

    def write(self, statements: list[tuple[str, Any]]) -> None:
        """Write the rows of one act."""
        self.connection.execute("BEGIN IMMEDIATE")
        for sql, params in statements:
            self.connection.execute(sql, params).fetchall()
        self.connection.execute("COMMIT")

    @staticmethod
    def spell(sql: str) -> str:
        """Return a statement with the driver's own marks for parameters."""
        return sql.replace("%s", "?")

    def close(self) -> None:
        """Take the copy away."""
        self.connection.close()
        for path in self.path.parent.glob("bare.sqlite3*"):
            path.unlink()


class BarePostgresql:
    """The bare driver on a copy of the PostgreSQL database."""

    def __init__(self, url: str) -> None:
        import psycopg
        from django.db import connection

        head, _slash, name = url.rpartition("/")
        self.name, self.server = f"{name}_bare", f"{head}/postgres"
        connection.close()
        connection.close_pool()
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {self.name} TEMPLATE {name}")
        # as Django does it: parameters are put in by the client
        self.connection = psycopg.connect(f"{head}/{self.name}", autocommit=True, cursor_factory=psycopg.ClientCursor)

    def write(self, statements: list[tuple[str, Any]]) -> None:
        """Write the rows of one act."""
        with self.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for sql, params in statements:
                cursor.execute(sql, params)
            cursor.execute("COMMIT")

    @staticmethod
    def spell(sql: str) -> str:
        """Return the statement as it is."""
        return sql

    def close(self) -> None:
        """Take the copy away."""
        import psycopg

        self.connection.close()
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(f"DROP DATABASE {self.name} WITH (FORCE)")


class Recorder:
    """Runs work and keeps what it wrote, transaction by transaction."""

    def __init__(self, bare: BareSqlite | BarePostgresql) -> None:
        self.bare = bare
        self.written: list[tuple[str, Any]] = []
        self.sent = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note the statements of a message that write (Django's execute wrapper), one by one: bare SQL sends them so."""
        self.sent += 1
        values = list(params or ())
        for each in sql.split(";\n"):  # as `base.later` joins them
            count = len(values) if each == sql else each.count("%s")
            own, values = values[:count], values[count:]
            if each.startswith(WRITES):
                self.written.append((self.bare.spell(each), own))
        return execute(sql, params, many, context)

    def take(self) -> list[tuple[str, Any]]:
        """Return what was written since the last call."""
        made, self.written, self.sent = self.written, [], 0
        return made


class Round:
    """One dossier from draft to hand-over, acts timed on both sides."""

    def __init__(self, recorder: Recorder, ours: Stopwatch, bare: Stopwatch, number: int) -> None:
        self.recorder, self.ours, self.bare = recorder, ours, bare
        self.at = AT + timedelta(minutes=number)
        self.who = cast(AT)
        self.statements: dict[str, int] = {}

    def play(self) -> None:
        """Do every act."""
        from tinhso.kernel.casework.public import open_tasks
        from tinhso.kernel.documents.public import prepare_made
        from tinhso.modules.onestop.actions import filing, processing, reception, results

        draft, applicant = self._draft(), filing.Applicant(self.who.citizen.key, self.who.citizen.name, "049195001234")
        acted = {"actor": self.who.citizen, "at": self.at}
        dossier = self._act("submit", lambda: filing.file_application(draft, applicant, **acted))
        code, desk = dossier.code, {"actor": self.who.reception, "at": self.at}
        self._act("accept", lambda: reception.accept_dossier(code, **desk))
        officer = {"actor": self.who.processor, "at": self.at}
        task = open_tasks(dossier.case_id)[0].id
        self._act("take", lambda: processing.take_dossier(code, task, **officer))
        self._act("propose", lambda: processing.propose_result(code, **officer))
        leader = {"actor": self.who.leader, "at": self.at}
        result = self._act("number", lambda: results.number_result(code, **leader))
        paper = prepare_made(a_pdf(), name="x.pdf")
        signed = results.SignedPaper(paper, "", result.dossier.revision, result.number)
        self._act(
            "approve",
            lambda: results.keep_signed_result(code, signed, **leader),
        )
        clerk = {"actor": self.who.clerk, "at": self.at}
        self._act("issue", lambda: results.issue_result(code, **clerk))
        self._act("return", lambda: reception.return_result(code, **desk))

    def _act[T](self, name: str, work: Callable[[], T]) -> T:
        self.recorder.bare.write(self.recorder.take())  # what was prepared beside the acts
        made = self.ours.run(name, work)
        self.statements[name] = self.recorder.sent + (
            1 if isinstance(self.recorder.bare, BareSqlite) else 2
        )  # what goes past the wrapper
        rows = self.recorder.take()
        self.bare.run(name, lambda: self.recorder.bare.write(rows))
        return made

    def _draft(self) -> Any:
        from tinhso.kernel.documents.public import save
        from tinhso.modules.onestop.actions import applications

        acted = {"actor": self.who.citizen, "at": self.at}
        draft = applications.start_application(SERVICE, agency_code=COMMUNE, answers=birth_answers(self.at), **acted)
        applications.attach_file(draft.id, "GCS", save(a_pdf(), name="giấy chứng sinh.pdf", **acted), **acted)
        applications.choose_delivery(draft.id, {"result_way": "direct"}, **acted)
        return draft.id


def a_pdf() -> bytes:
    """Return a PDF that is like no other."""
    from pypdf import PdfWriter

    writer, out = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": secrets.token_hex(8)})
    writer.write(out)
    return out.getvalue()


def paper_cost(rounds: int = 5) -> dict[str, dict[str, float]]:
    """Return what typesetting and signing one result costs: outside of transactions, once a dossier."""
    from tinhso.base.actors import system
    from tinhso.kernel.documents.public import issue_signing_key, render_pdf, sign_pdf, signing_key_of
    from tinhso.modules.onestop.models import Result
    from tinhso.modules.onestop.queries.papers import result_paper
    from tinhso.modules.onestop.queries.services import get_service

    who, watch = cast(AT), Stopwatch()
    named = {"name": who.leader.name, "organisation": "UBND", "staff_code": "QN-002"}
    issue_signing_key(who.leader.key, PIN, **named, actor=system("demo"), at=AT)
    key = signing_key_of(who.leader, pin=PIN, at=AT)
    result = Result.objects.select_related("dossier").filter(dossier__service_code=SERVICE).latest("proposed_at")
    service = get_service(SERVICE, AT.date())
    for _round in range(rounds):
        template, data = result_paper(result.dossier, result, service, AT, signer=who.leader.name)
        pdf = watch.run("typeset", lambda: render_pdf(template, data, at=AT))  # noqa: B023 - runs at once
        watch.run("sign", lambda: sign_pdf(pdf, key=key, at=AT))  # noqa: B023
    return {name: timing.facts() for name, timing in watch.timings.items()}


def seal_answers(*, on: bool) -> None:
    """Put a key ring beside the database, or take it away."""
    from tinhso.base.sealing import add_key, ring_path

    away = ring_path().with_name("ring-away.json")
    if on and away.exists():
        away.rename(ring_path())
    elif on:
        add_key(at=AT)
    elif ring_path().exists():
        ring_path().rename(away)


def measure(rounds: int, bare: BareSqlite | BarePostgresql, *, sealed: bool = False) -> dict[str, Any]:
    """
    Return the figures of so many rounds, the first four of which only warm up.

    `sealed`: between each two of them one more is played with sealed answers, so that both meet the same machine.
    """
    from django.db import connection

    recorder, ours, plain = Recorder(bare), Stopwatch(), Stopwatch()
    closed, closed_plain = Stopwatch(), Stopwatch()
    with connection.execute_wrapper(recorder):
        for number in range(-4, rounds):
            if number == 0:
                for watch in (ours, plain, closed, closed_plain):
                    watch.timings.clear()
            last = Round(recorder, ours, plain, number)
            last.play()
            if sealed:
                seal_answers(on=True)
                Round(recorder, closed, closed_plain, number).play()
                seal_answers(on=False)
    acts = {}
    for name, timing in ours.timings.items():
        other = plain.timings[name]
        acts[name] = {
            "statements": last.statements[name],
            **timing.facts(),
            "bare_ms": round(other.median, 2),
            "bare_cpu_ms": round(statistics.median(other.cpu), 2),
            "ratio": round(timing.median / other.median, 1),
        }
    whole = [sum(values) for values in zip(*(timing.wall for timing in ours.timings.values()), strict=True)]
    bare_whole = [sum(values) for values in zip(*(timing.wall for timing in plain.timings.values()), strict=True)]
    cpu = [sum(values) for values in zip(*(timing.cpu for timing in ours.timings.values()), strict=True)]
    return {
        "rounds": rounds,
        "acts": acts,
        "whole": {
            "median_ms": round(statistics.median(whole), 1),
            "cpu_ms": round(statistics.median(cpu), 1),
            "bare_ms": round(statistics.median(bare_whole), 1),
            "ratio": round(statistics.median(whole) / statistics.median(bare_whole), 1),
            "share_of_bare_sql": round(statistics.median(bare_whole) / statistics.median(whole), 2),
        },
        "sealed": {
            name: {
                "cpu_ms": round(statistics.median(timing.cpu), 2),
                "ratio": round(statistics.median(timing.cpu) / statistics.median(ours.timings[name].cpu), 3),
            }
            for name, timing in closed.timings.items()
        },
        "paper": paper_cost(),
    }


def main() -> None:
    """Measure and print."""
    made = parser(__doc__ or "")
    made.add_argument("--rounds", type=int, default=40)
    made.add_argument("--sealed", action="store_true", help="also with sensitive answers sealed, one round between two")
    options = made.parse_args()
    with ExitStack() as stack:
        url = options.database
        if url.startswith("postgresql:") and options.data is None:
            url = stack.enter_context(scratch_postgresql(url))
        folder = open_world(options.data, url)
        from django.db import connection

        from tinhso.modules.onestop.models import Dossier

        bare = BarePostgresql(url) if connection.vendor == "postgresql" else _sqlite(folder)
        stack.callback(bare.close)
        dossiers = Dossier.objects.count()
        facts = {
            **machine(),
            "database": connection.vendor,
            "dossiers": dossiers,
            **measure(options.rounds, bare, sealed=options.sealed),
        }
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
    report(options, facts, text(facts, options))


def _sqlite(folder: Path) -> BareSqlite:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return BareSqlite(folder / "tinhso.sqlite3")


def text(facts: dict[str, Any], _options: argparse.Namespace) -> str:
    """Return the figures as a table."""
    head = ["act", "statements", "ms", "p95 ms", "CPU ms", "bare ms", "ratio"]
    rows: list[list[object]] = [head]
    for name, act in facts["acts"].items():
        rows.append(
            [name, act["statements"], act["median_ms"], act["p95_ms"], act["cpu_ms"], act["bare_ms"], act["ratio"]]
        )
    whole = facts["whole"]
    sent = sum(act["statements"] for act in facts["acts"].values())
    rows.append(["whole", sent, whole["median_ms"], "", whole["cpu_ms"], whole["bare_ms"], whole["ratio"]])
    paper = facts["paper"]
    told = ", ".join(f"{name} {one['ratio']:.2f}" for name, one in facts["sealed"].items())
    closed = f"CPU with sensitive answers sealed, to plain: {told}.\n" if told else ""
    return (
        f"{facts['database']}, {facts['dossiers']:,} dossiers, {facts['rounds']} rounds, {facts['cores']} cores,"
        f" load {facts['load']}\n\n{table(rows)}\n\n"
        f"Bare SQL takes {whole['share_of_bare_sql']:.0%} of the time of our acts.\n{closed}"
        f"Beside the acts: typesetting {paper['typeset']['median_ms']} ms, signing {paper['sign']['median_ms']} ms."
    )


if __name__ == "__main__":
    sys.exit(main())
