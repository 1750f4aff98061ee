"""Migrations since the oldest program that still runs: what they may not do to it, and that the rules see it."""

from __future__ import annotations

import pytest
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now
from tests.upgrade.rules import GONE, LOCKING, NEEDED, OWN_WORDS, STRICTER, TYPED, faults, oldest

from tinhso.base.online import AddIndexOnline


def own_migrations():
    """Yield every migration of ours with the tables as they were before it, in the order in which they run."""
    loader = MigrationLoader(None)
    state = ProjectState()
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[app, name]
        yield migration, state
        if not is_ours(migration):
            migration.mutate_state(state, preserve=False)


def is_ours(migration):
    return type(migration).__module__.startswith("tinhso.")


def is_since(migration):
    """Tell whether the oldest program has not run it. What a new app does, it does to tables of its own."""
    known = oldest()["migrations"]
    return migration.app_label in known and migration.name > known[migration.app_label]


def test_what_the_oldest_program_knows_is_there():
    loader = MigrationLoader(None)
    assert [(app, name) for app, name in oldest()["migrations"].items() if (app, name) not in loader.graph.nodes] == []


def test_big_tables_are_tables():
    from django.apps import apps

    known = {model._meta.db_table for model in apps.get_models()}
    assert set(oldest()["big"]) <= known


def test_migrations_leave_the_old_program_running():
    said = oldest()
    big, allowed, needed, wrong = set(said["big"]), said["allowed"], set(), []
    for migration, state in own_migrations():
        if not is_ours(migration):
            continue
        for operation in migration.operations:
            found = list(faults(operation, migration.app_label, state, big))
            for fault in found if is_since(migration) else []:
                name = f"{migration.app_label}.{migration.name}: {fault.rule}"
                needed.add(name)
                if name not in allowed:
                    wrong.append(f"{name}: {fault.what}")
    assert wrong == []
    assert [name for name in allowed if name not in needed] == []
    assert all(len(why.split()) > 8 for why in allowed.values())


def made(**fields):
    state = ProjectState()
    given = {"id": models.BigAutoField(primary_key=True), "name": models.CharField(max_length=20), **fields}
    state.add_model(ModelState("shop", "Item", list(given.items()), {"indexes": [], "constraints": []}))
    return state


INDEX = models.Index(fields=["name"], name="shop_item_name")
UNIQUE = models.UniqueConstraint(fields=["name"], name="shop_item_once")


@pytest.mark.parametrize(
    ("operation", "rules"),
    [
        (ops.AddField("item", "note", models.TextField(null=True)), []),
        (ops.AddField("item", "note", models.TextField(db_default="")), []),
        (ops.AddField("item", "at", models.DateTimeField(db_default=Now())), []),
        (ops.AddField("item", "note", models.TextField(default="")), [NEEDED]),
        (ops.AddField("item", "note", models.TextField(default=""), preserve_default=False), [NEEDED]),
        (ops.AlterField("item", "old", models.IntegerField()), [NEEDED]),
        (ops.AlterField("item", "old", models.IntegerField(db_default=0)), []),
        (ops.AlterField("item", "name", models.CharField(max_length=10)), [TYPED]),
        (ops.AlterField("item", "name", models.CharField(max_length=200)), []),
        (ops.AlterField("item", "name", models.IntegerField()), [TYPED]),
        (ops.AlterField("item", "name", models.CharField(max_length=20, unique=True)), [STRICTER]),
        (ops.AlterField("item", "name", models.CharField(max_length=20, db_column="called")), [GONE]),
        (ops.RemoveField("item", "old"), [GONE]),
        (ops.RenameField("item", "old", "older"), [GONE]),
        (ops.RenameModel("Item", "Thing"), [GONE]),
        (ops.AlterModelTable("item", "shop_thing"), [GONE]),
        (ops.DeleteModel("Item"), [GONE]),
        (ops.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]), []),
        (ops.AddIndex("item", INDEX), [LOCKING]),
        (AddIndexOnline("item", INDEX), []),
        (ops.AddConstraint("item", UNIQUE), [STRICTER]),
        (ops.RunSQL("DROP TABLE shop_item"), [OWN_WORDS]),
        (ops.RunPython(ops.RunPython.noop), [OWN_WORDS]),
        (ops.SeparateDatabaseAndState([ops.RemoveField("item", "old")], []), [GONE]),
        (ops.SeparateDatabaseAndState([], [ops.RemoveField("item", "old")]), []),
    ],
)
def test_the_rules_see_what_would_stop_the_old_program(operation, rules):
    state = made(old=models.IntegerField(null=True))
    assert [fault.rule for fault in faults(operation, "shop", state, {"shop_item"})] == rules


def test_an_index_on_a_small_table_is_made_as_ever():
    assert list(faults(ops.AddIndex("item", INDEX), "shop", made(), {"shop_other"})) == []
