"""
The journal's entries become partitions by year on PostgreSQL, without copying a row; on SQLite nothing happens.

1. A CHECK says that all ids lie before the end of this year; PostgreSQL validates it by reading the table once, while
   acts go on (SHARE UPDATE EXCLUSIVE).
2. In one short transaction the table is renamed, a partitioned one takes its name, and the old one becomes its first
   partition: the CHECK vouches for its rows, its indexes are taken over. Acts wait for these milliseconds.

The foreign keys of leaves and deliveries go: a year could not be taken out under them, and `journal verify` checks more
than they did. Code of before runs on these tables as it did. Backwards, the first partition becomes the table again and the
rows of later years are put into it.
"""

from datetime import timedelta
from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models, transaction

from tinhso.base.clock import civil_date, now
from tinhso.kernel.journal import guards, partitions

INDEXES = {
    "journal_entry_subject": "(subject_type, subject_key, id)",
    "journal_entry_actor_at": "(actor_key, at)",
    "journal_entry_event_at": "(event, at)",
    "journal_entry_at": "(at)",
}
PATIENCE = "SET LOCAL lock_timeout = '30s'"


def part(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql" or guards.attached(connection, "journal_entry"):
        return
    with connection.cursor() as cursor:
        year = last_year(cursor)
        first = partitions.Partition(partitions.table_of(year), None, partitions.bound(year + 1))
        check = f"{first.table}_bounds"
        cursor.execute(f"ALTER TABLE journal_entry DROP CONSTRAINT IF EXISTS {check}")
        cursor.execute(f"ALTER TABLE journal_entry ADD CONSTRAINT {check} CHECK ({partitions.in_bounds(first)}) NOT VALID")
        cursor.execute(f"ALTER TABLE journal_entry VALIDATE CONSTRAINT {check}")
        with transaction.atomic(using=connection.alias):
            cursor.execute(PATIENCE)
            drop_foreign_keys(cursor)
            guards.drop(connection)
            move_aside(cursor, "journal_entry", first.table)
            cursor.execute(
                f"CREATE TABLE journal_entry (LIKE {first.table} INCLUDING DEFAULTS INCLUDING STORAGE) PARTITION BY RANGE (id)"
            )
            cursor.execute("ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_pkey PRIMARY KEY (id)")
            for name, columns in INDEXES.items():
                cursor.execute(f"CREATE INDEX {name} ON journal_entry {columns}")
            copy_grants(cursor, first.table)
            cursor.execute(
                f"ALTER TABLE journal_entry ATTACH PARTITION {first.table} FOR VALUES FROM (MINVALUE) TO ('{first.after}')"
            )
            guards.create(connection)
            partitions.make_default()
        partitions.keep(now())


def last_year(cursor):
    """Return the year up to which the first partition reaches: no line may be written beyond it before it is attached."""
    cursor.execute("SELECT id FROM journal_entry ORDER BY id DESC LIMIT 1")
    row = cursor.fetchone()
    return max(civil_date(now() + timedelta(days=2)).year, partitions.year_of(UUID(str(row[0]))) if row else 0)


def drop_foreign_keys(cursor):
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' AND confrelid = 'journal_entry'::regclass"
    )
    for table, name in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def move_aside(cursor, table, to):
    """Rename a table and its indexes, so that another one may take the names."""
    cursor.execute(f"ALTER TABLE {table} RENAME TO {to}")
    cursor.execute(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass", [to]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER INDEX "{name}" RENAME TO "{name.replace(table, to, 1)}"')


def copy_grants(cursor, table):
    """Whoever could read the old table reads the new one: rights of a partition are not those of the whole."""
    cursor.execute(
        "SELECT privilege_type, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END"
        " FROM pg_class, aclexplode(relacl) WHERE oid = %s::regclass AND grantee <> relowner",
        [table],
    )
    for privilege, grantee in cursor.fetchall():
        cursor.execute(f"GRANT {privilege} ON journal_entry TO {grantee}")


def unite(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    if missing := [each.table for each in partitions.gaps()]:
        raise RuntimeError(f"{', '.join(missing)}: put these years back first (journal attach YEAR)")
    with connection.cursor() as cursor, transaction.atomic(using=connection.alias):
        cursor.execute(PATIENCE)
        first = partitions.partitions()[0].table
        guards.drop(connection)
        cursor.execute(f"ALTER TABLE journal_entry DETACH PARTITION {first}")
        move_aside(cursor, "journal_entry", "journal_entry_parted")
        move_aside(cursor, first, "journal_entry")
        for name in ("bounds", "moments"):
            cursor.execute(f"ALTER TABLE journal_entry DROP CONSTRAINT IF EXISTS {first}_{name}")
        cursor.execute("INSERT INTO journal_entry SELECT * FROM journal_entry_parted")
        cursor.execute("DROP TABLE journal_entry_parted")
        for table in ("journal_leaf", "journal_delivery"):
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_entry_id_fk FOREIGN KEY (entry_id) REFERENCES journal_entry (id)"
                " DEFERRABLE INITIALLY DEFERRED"
            )
        guards.create(connection)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0003_search_and_replace")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="leaf",
                    name="entry",
                    field=models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaf",
                        to="journal.entry",
                    ),
                ),
                migrations.AlterField(
                    model_name="delivery",
                    name="entry",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
            ],
        ),
        migrations.RunPython(part, unite),
    ]
