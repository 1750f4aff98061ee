"""The journal by years on PostgreSQL: where rows land, what guards them, what is read, and how a year comes and goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tinhso.base.actors import system
from tinhso.kernel.journal import ids, partitions, record
from tinhso.kernel.journal.actions import NoSuchYear, YearNotOver, YearStillOwed, attach_year, detach_year
from tinhso.kernel.journal.guards import MESSAGE
from tinhso.kernel.journal.models import Entry, Queued
from tinhso.kernel.journal.public import find_entries, get_entry, verify_all
from tinhso.kernel.journal.sealing import seal_all
from tinhso.kernel.journal.tests import cast
from tinhso.kernel.journal.upkeep import keep_partitions

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no partitions"),
]
OPERATOR = system("command line")
migration = import_module("tinhso.kernel.journal.migrations.0004_years")


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture(autouse=True)
def in_times_to_come(monkeypatch):
    """The database's clock does not hold the tests back."""
    monkeypatch.setattr(partitions, "server_clock", lambda: june(2400))


@pytest.fixture
def in_year(monkeypatch):
    """Return a function that journals in some year: ids and moments are of its June."""

    count = iter(range(1000))

    def write(year, *keys):
        at = june(year)
        made = lambda: ids.assemble(int(at.timestamp() * 1000) + next(count), 7, 0)  # noqa: E731
        monkeypatch.setattr(record, "new_id", made)
        monkeypatch.setattr(cast, "AT", at)
        return cast.do(*keys)

    return write


def june(year):
    return datetime(year, 6, 15, 2, tzinfo=UTC)


LAST = partitions.year_of(ids.new_id())
"""The year in which these tests run: the first partition of a new database ends with it, or with the next."""


def table_of(entry):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM journal_entry WHERE id = %s", [entry.id])
        return cursor.fetchone()[0]


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def known_years():
    return [each.year for each in partitions.partitions()]


def first_year():
    return partitions.partitions()[0].year


def test_rows_land_in_their_year_and_the_rest_in_the_default(in_year):
    first = first_year()
    (old,), (this,), (later,), (far,) = (in_year(year, "a") for year in (2024, first, first + 1, first + 9))
    assert [table_of(each) for each in (old, this, later, far)] == [
        f"journal_entry_{first}",
        f"journal_entry_{first}",
        f"journal_entry_{first + 1}",
        "journal_entry_default",
    ]
    assert partitions.count_astray() == 1


def test_the_bounds_are_the_first_moment_of_a_year_in_viet_nam():
    before, begin = (datetime(2026, 12, 31, 16, 59, 59, 999000, UTC), datetime(2026, 12, 31, 17, tzinfo=UTC))
    least, greatest = (ids.assemble(int(at.timestamp() * 1000), (1 << 29) - 1, (1 << 45) - 1) for at in (before, begin))
    assert least < partitions.bound(2027) < greatest
    assert (partitions.year_of(least), partitions.year_of(greatest)) == (2026, 2027)


def test_the_next_year_has_its_table_before_it_begins_and_the_default_is_emptied(in_year):
    first = first_year()
    lines = in_year(first + 4, "late", "later") + in_year(first + 5, "latest")
    (wild,) = in_year(first + 300, "wild")
    assert {table_of(line) for line in lines} == {"journal_entry_default"}
    assert keep_partitions(at=june(first + 4)) == 4 + 4  # the tables of four years more, and four that are over
    assert known_years() == list(range(first, first + 6))
    assert [table_of(line) for line in lines] == [f"journal_entry_{first + 4}"] * 2 + [f"journal_entry_{first + 5}"]
    assert (table_of(wild), partitions.count_astray()) == ("journal_entry_default", 1)
    assert keep_partitions(at=june(first + 4)) == 0
    assert [get_entry(line.id).subject_key for line in lines] == ["late", "later", "latest"]


@pytest.mark.parametrize("statement", ["UPDATE {} SET event = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_partition_can_be_changed_by_whichever_name(in_year, statement):
    first = first_year()
    for year in (first, first + 1, first + 2, first + 50):
        in_year(year, "a")
    keep_partitions(at=june(first + 2))
    detached = june(first + 3)
    seal_all(detached)
    Queued.objects.all().delete()
    detach_year(first + 1, actor=OPERATOR, at=detached)
    tables = [f"journal_entry_{year}" for year in range(first, first + 4)]
    for table in ("journal_entry", *tables[:3], partitions.DEFAULT):
        with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic():  # noqa: TID251 - a savepoint: the test goes on
            run(statement.format(table))
    attach_year(first + 1, actor=OPERATOR, at=detached)
    for table in tables[:3]:
        with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic():  # noqa: TID251 - a savepoint: the test goes on
            run(statement.format(table))
    assert Entry.objects.count() == 4 + 2


def test_truncate_is_refused_where_there_is_nothing_yet():
    for table in (f"journal_entry_{first_year() + 1}", partitions.DEFAULT):
        with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic():  # noqa: TID251 - a savepoint: the test goes on
            run(f"TRUNCATE {table}")


def plan(query):
    with CaptureQueriesContext(connection) as asked:
        query()
    return "\n".join(explain(each["sql"]) for each in asked if "SELECT" in each["sql"])


def explain(sql):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
        return "\n".join(row[0] for row in cursor.fetchall())


def touched(text, years):
    return [year for year in years if f"on journal_entry_{year}" in text or f"journal_entry_{year}_" in text]


def test_what_is_asked_by_id_touches_one_partition(in_year):
    first = first_year()
    years = range(first, first + 5)
    lines = [in_year(year, "a")[0] for year in years]
    keep_partitions(at=june(first + 4))
    text = plan(lambda: get_entry(lines[2].id))
    assert touched(text, years) == [first + 2]
    assert "default" not in text
    text = plan(lambda: list(Entry.objects.filter(id__in=[lines[1].id, lines[2].id])))
    assert touched(text, years) == [first + 1, first + 2]


def test_what_is_asked_by_time_leaves_out_the_years_that_are_over(in_year):
    first = first_year()
    years = range(first, first + 5)
    for year in years:
        in_year(year, "a")
    keep_partitions(at=june(first + 4))
    auditor = OPERATOR

    def search(year):
        return find_entries(seen_by=auditor, first_at=june(year) - timedelta(days=9), last_at=june(year))

    assert [entry.at.year for entry in search(first + 2)] == [first + 2]
    over = range(first, first + 4)
    assert touched(plan(lambda: search(first + 2)), over) == [first + 2]
    assert touched(plan(lambda: search(first + 4)), over) == []


def test_what_was_taken_over_from_elsewhere_is_found_by_its_own_moment(in_year, monkeypatch):
    first = first_year()
    at = june(first + 1)
    monkeypatch.setattr(record, "new_id", lambda: ids.assemble(int(at.timestamp() * 1000), 9, 0))
    monkeypatch.setattr(cast, "AT", june(1999))
    cast.do("taken over")
    keep_partitions(at=june(first + 3))
    found = find_entries(seen_by=OPERATOR, first_at=june(1999), last_at=june(1999))
    assert [entry.subject_key for entry in found] == ["taken over"]


def test_the_journal_holds_over_several_years_and_misses_one_that_is_taken_out(in_year, capsys):
    first = first_year()
    for year in range(first, first + 4):
        in_year(year, *"abc")
    at = june(first + 3)
    keep_partitions(at=at)
    with pytest.raises(YearStillOwed):
        detach_year(first + 1, actor=OPERATOR, at=at)
    seal_all(at)
    Queued.objects.all().delete()
    assert (verify_all().ok, verify_all().sealed) == (True, 12)
    for year in (first + 3, first + 4):
        with pytest.raises(YearNotOver):
            detach_year(year, actor=OPERATOR, at=at)
    for year in (2001, first + 70):
        with pytest.raises(NoSuchYear):
            detach_year(year, actor=OPERATOR, at=at)
    assert detach_year(first + 1, actor=OPERATOR, at=at) == f"journal_entry_{first + 1}"
    seal_all(at)
    report = verify_all()
    assert [(each.kind, str(first + 1) in each.text, each.text[:2]) for each in report.broken] == [
        ("year_detached", True, "3 ")
    ]
    with pytest.raises(CommandError):
        call_command("journal", "verify")
    call_command("journal", "years")
    assert f"journal_entry_{first + 1}  đã tách ra" in capsys.readouterr().out
    with pytest.raises(NoSuchYear):
        attach_year(first + 2, actor=OPERATOR, at=at)
    attach_year(first + 1, actor=OPERATOR, at=at)
    seal_all(at)
    assert (verify_all().ok, verify_all().sealed) == (True, 14)


def test_years_taken_out_side_by_side_come_back_one_by_one(in_year):
    first = first_year()
    for year in range(first, first + 4):
        in_year(year, *"ab")
    at = june(first + 3)
    keep_partitions(at=at)
    seal_all(at)
    Queued.objects.all().delete()
    for year in (first, first + 1):
        detach_year(year, actor=OPERATOR, at=at)
    assert [broken.text[:2] for broken in verify_all().broken] == ["4 "]
    # somebody's clock is two years behind: the line goes to the default, and moves when its year comes back
    (behind,) = in_year(first + 1, "behind")
    assert table_of(behind) == partitions.DEFAULT
    in_year(first + 3, "now")
    attach_year(first + 1, actor=OPERATOR, at=at)
    assert table_of(behind) == f"journal_entry_{first + 1}"
    assert [broken.text[:2] for broken in verify_all().broken] == ["2 "]
    attach_year(first, actor=OPERATOR, at=at)
    seal_all(at)
    assert verify_all().ok


def test_a_machine_whose_clock_is_ahead_closes_no_year(in_year, monkeypatch):
    first = first_year()
    monkeypatch.setattr(partitions, "server_clock", lambda: june(first))
    in_year(first, "a")
    before = known_years()
    assert keep_partitions(at=june(first + 70)) == 0
    assert known_years() == before
    with pytest.raises(YearNotOver):
        detach_year(first, actor=OPERATOR, at=june(first + 70))
    in_year(first, "b")


def test_a_line_that_is_gone_is_not_taken_for_one_that_is_away(in_year):
    first = first_year()
    for year in range(first, first + 3):
        lines = in_year(year, *"ab")
    at = june(first + 2)
    keep_partitions(at=at)
    seal_all(at)
    Queued.objects.all().delete()
    detach_year(first, actor=OPERATOR, at=at)
    seal_all(at)
    run(f"ALTER TABLE journal_entry_{first + 2} DISABLE TRIGGER ALL")
    run("DELETE FROM journal_entry WHERE id = %s", lines[0].id)
    assert {broken.kind for broken in verify_all().broken} == {"entry_missing", "year_detached"}


def test_one_table_becomes_years_and_one_again_and_no_row_is_copied(in_year):
    first = first_year()
    for year in (first - 1, first, first + 1):
        in_year(year, "a", "b")
    seal_all(june(first + 1))
    run("SET CONSTRAINTS ALL IMMEDIATE")
    schema = SimpleNamespace(connection=connection)
    migration.unite(None, schema)
    assert partitions.partitions() == []
    assert verify_all().sealed == 6
    assert verify_all().ok
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("GRANT SELECT ON journal_entry TO pg_monitor")
    before = places("journal_entry")
    with CaptureQueriesContext(connection) as asked:
        migration.part(None, schema)
    assert not [each["sql"] for each in asked if "INSERT INTO journal_entry " in each["sql"]]
    assert places(partitions.partitions()[0].table) == before
    assert known_years()[0] == first + 1
    assert (verify_all().ok, verify_all().sealed) == (True, 6)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('pg_monitor', 'journal_entry', 'SELECT')")
        assert cursor.fetchone() == (True,)
    with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic():  # noqa: TID251 - a savepoint: the test goes on
        run("DELETE FROM journal_entry")


def places(table):
    """Return where the rows of a table lie on disk: the file, and the place in it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_relation_filenode('{table}'), array_agg(ctid::text ORDER BY id) FROM {table}")
        return cursor.fetchone()
