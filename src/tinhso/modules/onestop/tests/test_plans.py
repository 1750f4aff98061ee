"""No list walks through all dossiers or all tasks: what SQLite plans for each statement, said by SQLite itself."""

from __future__ import annotations

import base64
import re
import uuid

import pytest
from django.db import connection
from tests.snapshot import with_province

from tinhso.base.registry import Entry, registry
from tinhso.kernel.casework.public import Filters, counts, worklist
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import dossiers, results, tracking
from tinhso.modules.onestop.tests import playing

pytestmark = with_province
BIG = (
    "onestop_dossier",
    "casework_task",
    "casework_token",
    "casework_case",
    "journal_entry",
    "onestop_search",
    "onestop_supplementrequest",
    "onestop_rating",
)

CURSOR = base64.urlsafe_b64encode(f"{playing.AT.isoformat()}|{uuid.UUID(int=0)}".encode()).decode()


@pytest.fixture(autouse=True)
def _only_on_sqlite():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the tables: a test database tells nothing")


def plans(call):
    """Return statement and plan of everything a call reads, planned with its parameters bound, as when it runs."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        call()
    with connection.cursor() as cursor:
        told = []
        for sql, params in asked:
            if sql.lstrip().upper().startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                told.append((sql, [row[3] for row in cursor.fetchall()]))
    return told


def scanned(call):
    """Return the steps that walk through a whole big table."""
    return [
        (step, sql[:200])
        for sql, steps in plans(call)
        for step in steps
        for name in re.findall(r"SCAN (\w+)(?! VIRTUAL TABLE)", step)
        if name in BIG and "VIRTUAL TABLE" not in step
    ]


def reads_of(who, code):
    """Return every read of the desk and the public that must stay quick, by name."""
    found = {
        "worklist": lambda: worklist(who.ha, Filters(kind="dossier"), at=playing.AT),
        "worklist of the overdue": lambda: worklist(who.ha, Filters(kind="dossier", bucket="overdue"), at=playing.AT),
        "worklist of my own": lambda: worklist(who.ha, Filters(kind="dossier", whose="mine"), at=playing.AT),
        "counts": lambda: counts(who.ha, at=playing.AT, kind="dossier"),
        "to receive": lambda: dossiers.to_receive(who.lan),
        "to return": lambda: dossiers.to_return(who.lan),
        "waiting": lambda: dossiers.waiting_for_applicant(who.lan),
        "drafts": lambda: dossiers.list_drafts(who.tu),
        "money": lambda: dossiers.money_waiting(who.hoa),
        "next page to receive": lambda: dossiers.to_receive(who.lan, after=CURSOR),
        "next page of mine": lambda: dossiers.list_own(who.tu, after=CURSOR),
        "mine": lambda: dossiers.list_own(who.tu),
        "dossier": lambda: dossiers.view_dossier(code, seen_by=who.lan),
        "tracking": lambda: tracking.track(code),
        "figures of a day": lambda: results.count_day(playing.AT.date(), at=playing.AT),
        "figures of the month": lambda: results.results_of(playing.AT.date().replace(day=1)),
        "search by name": lambda: dossiers.search_dossiers("nguyen tu", seen_by=who.lan),
        "search by code": lambda: dossiers.search_dossiers(code[:14], seen_by=who.lan),
        "search by number": lambda: dossiers.search_dossiers("049185000123", seen_by=who.lan),
    }
    for entry in registry.of(Entry):
        if entry.count is not None:
            found[f"count of {entry.key}"] = lambda entry=entry: entry.count(who.lan)
    return found


def test_no_read_walks_through_a_big_table(who):
    code = playing.file(who.tu).code
    assert Dossier.objects.filter(code=code).exists()
    found = {name: steps for name, call in reads_of(who, code).items() if (steps := scanned(call))}
    assert found == {}


def test_the_worklist_reads_the_index_of_open_tasks_only(who):
    for name in ("worklist", "counts"):
        steps = " ".join(step for _sql, plan in plans(reads_of(who, "-")[name]) for step in plan)
        assert "casework_task_worklist" in steps, (name, steps)
    steps = " ".join(step for _sql, plan in plans(reads_of(who, "-")["worklist of my own"]) for step in plan)
    assert "casework_task_mine" in steps or "casework_task_worklist" in steps, steps


def test_the_checker_sees_a_scan(who):
    assert scanned(lambda: list(Dossier.objects.filter(applicant_folded__contains="tu")))
