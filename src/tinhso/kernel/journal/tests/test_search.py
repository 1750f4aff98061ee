"""Searching the journal: what fits, in which order, page by page, and never by reading the whole table."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.base.actors import Actor, ActorKind, Holding, system
from tinhso.base.acts import act, anyone, require
from tinhso.kernel.journal.public import find_entries, record
from tinhso.kernel.journal.tests.cast import AT, LAN

pytestmark = pytest.mark.django_db
MINH = system("minh")
AUDITOR = Actor(
    ActorKind.OFFICIAL, "official:an", "An", "passkey", 3, (Holding("H47", ("H47",), "KT", frozenset({"auditor"})),)
)


@act
def note(*lines, actor=LAN):
    """Journal these events, each at so many minutes after AT, whatever the order in which they are written."""
    require(anyone, actor)
    for event, minutes in lines:
        record(event, ("dossier", f"{event}{minutes}"), actor=actor, at=AT + timedelta(minutes=minutes))


def told(**asked):
    return [entry.subject_key for entry in find_entries(seen_by=AUDITOR, **asked)]


@pytest.fixture
def history():
    note(("test.done", 5), ("test.done", 1), ("test.begun", 3), ("testing.done", 4))
    note(("test.done", 2), ("other.done", 3), actor=MINH)


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["test.done5", "testing.done4", "other.done3", "test.begun3", "test.done2", "test.done1"]),
        ({"event": "test.done"}, ["test.done5", "test.done2", "test.done1"]),
        ({"event": "test.*"}, ["test.done5", "test.begun3", "test.done2", "test.done1"]),
        ({"event": "nothing.*"}, []),
        ({"event": "nothing.at_all"}, []),
        ({"event": "test.*", "actor_key": "system:minh"}, ["test.done2"]),
        ({"actor_key": "system:minh"}, ["other.done3", "test.done2"]),
        (
            {"first_at": AT + timedelta(minutes=2), "last_at": AT + timedelta(minutes=3)},
            ["other.done3", "test.begun3", "test.done2"],
        ),
        ({"event": "test.done", "last_at": AT + timedelta(minutes=4)}, ["test.done2", "test.done1"]),
        ({"subject": ("dossier", "test.done2")}, ["test.done2"]),
        ({"subject": ("dossier", "test.done2"), "event": "other.*"}, []),
    ],
)
def test_what_is_asked_for_is_found_the_latest_first(asked, found):
    assert told(**asked) == found
    pages, before = [], None
    while page := find_entries(seen_by=AUDITOR, **asked, before=before, limit=2):
        pages += [entry.subject_key for entry in page]
        before = page[-1].id
    assert pages == found


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({}, "journal_entry_at"),
        ({"event": "test.done"}, "journal_entry_event_at"),
        ({"event": "test.*"}, "journal_entry_event_at"),
        ({"event": "test.*", "first_at": AT, "last_at": AT}, "journal_entry_event_at"),
        ({"first_at": AT, "last_at": AT}, "journal_entry_at"),
        ({"last_at": AT}, "journal_entry_at"),
        ({"actor_key": "system:minh"}, "journal_entry_actor_at"),
        ({"actor_key": "system:minh", "first_at": AT}, "journal_entry_actor_at"),
        ({"subject": ("dossier", "a")}, "journal_entry_subject"),
        ({"subject": ("dossier", "a"), "event": "test.done"}, "journal_entry_subject"),
        ({"subject": ("dossier", "a"), "event": "tests.*", "first_at": AT, "last_at": AT}, "journal_entry_subject"),
        ({"subject": ("dossier", "a"), "actor_key": "system:minh", "first_at": AT}, "journal_entry_subject"),
    ],
)
@pytest.mark.parametrize("goes_on", [False, True])
def test_every_search_walks_an_index(asked, index, goes_on):
    """Seven million lines: to read them all takes a minute."""
    note(("test.done", 1), ("test.begun", 2))
    before = find_entries(seen_by=AUDITOR)[0].id if goes_on else None
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asking:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        find_entries(seen_by=AUDITOR, **asked, before=before)
    statements = [query["sql"] for query in asking if "SELECT" in query["sql"]]
    assert len(statements) == (2 if asked.get("event") == "test.*" else 1)
    for statement in statements:
        plan = plan_of(statement)
        assert "Seq Scan" not in plan
        if connection.vendor == "sqlite":  # with so few lines one index is as good as another to PostgreSQL
            assert index in plan or "WITH RECURSIVE" in statement
            # a walk along a whole index is right only where everything is asked for
            assert asked in ({}, {"last_at": AT}) or not re.search(r"SCAN (journal_entry|entry)\b", plan), plan


def plan_of(statement):
    with connection.cursor() as cursor:
        explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
        cursor.execute(explain + statement.replace("%", "%%"))
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
