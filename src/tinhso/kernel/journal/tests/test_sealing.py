from datetime import timedelta

import pytest
from django.db import connection

from tinhso.kernel.journal import guards, sealing
from tinhso.kernel.journal.content import content_hash
from tinhso.kernel.journal.merkle import is_consistent
from tinhso.kernel.journal.models import Leaf, Queued, Root
from tinhso.kernel.journal.public import consistency, proof, seal, since, verify_all
from tinhso.kernel.journal.publishing import published_path, published_roots, root_facts
from tinhso.kernel.journal.sealing import seal_all
from tinhso.kernel.journal.tests.cast import AT, do

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def run(*statements):
    """Raw SQL of somebody who has the database and no scruples."""
    guards.drop(connection)
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA defer_foreign_keys = ON")
            else:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for statement, *values in statements:
                cursor.execute(statement, values)
    finally:
        guards.create(connection)


def key(entry):
    return entry.id if connection.features.has_native_uuid_field else entry.id.hex


def grow(*sizes):
    """Seal the journal at each of these sizes."""
    lines = []
    for number, size in enumerate(sizes):
        lines += do(*range(size - len(lines)))
        seal(AT + timedelta(seconds=number))
    return lines


def test_seal_appends_what_waits_and_nothing_twice():
    do("a", "b", "c")
    root = seal(AT)
    assert (root.size, Leaf.objects.count(), Queued.objects.filter(purpose=1).count()) == (3, 3, 0)
    assert seal(AT) is None
    assert Root.objects.count() == 1


def test_seal_takes_a_late_commit_with_an_older_id():
    first, second = do("a", "b")
    kept = list(Queued.objects.filter(entry_id=first.id, purpose=1).values_list("id", flat=True))
    Queued.objects.filter(id__in=kept).update(purpose=9)  # its transaction is still open
    seal(AT)
    Queued.objects.filter(id__in=kept).update(purpose=1)
    seal(AT)
    assert list(Leaf.objects.order_by("number").values_list("entry_id", flat=True)) == [second.id, first.id]
    assert verify_all().ok


def test_seal_gives_way_to_another_sealer():
    do("a", "b")
    plan = sealing._plan()
    assert seal(AT).size == 2
    assert sealing._append(plan, AT) is None
    assert (Root.objects.count(), Leaf.objects.count(), verify_all().ok) == (1, 2, True)


def test_a_sealer_that_finished_while_another_planned_seals_nothing_twice(monkeypatch):
    do(1, 2, 3)
    read, others = sealing.latest_root, [lambda: seal(AT)]

    def read_after_another():
        while others:
            others.pop()()
        return read()

    monkeypatch.setattr(sealing, "latest_root", read_after_another)
    assert seal(AT) is None
    assert Leaf.objects.count() == 3


def test_seal_works_in_batches(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 7)
    do(*range(30))
    assert seal_all(AT) == 5
    assert list(Root.objects.order_by("size").values_list("size", flat=True)) == [7, 14, 21, 28, 30]
    assert verify_all().ok


def test_roots_are_published_once_each_also_after_a_power_cut():
    grow(2, 5)
    with published_path().open("ab") as file:
        file.write(b'{"size":9,"ha')
    grow(3)
    facts = [root_facts(root) for root in Root.objects.order_by("size")]
    assert list(published_roots()) == facts
    assert len(facts) == 3


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21])
def test_every_entry_is_proved(size, django_assert_max_num_queries):
    lines = grow(*sorted({1, size // 2 + 1, size}))
    for line in lines:
        with django_assert_max_num_queries(4):
            assert proof(line.id).holds()
    assert proof(lines[0].id).leaf != proof(lines[-1].id).leaf or size == 1
    do("later")
    assert proof(do("x")[0].id) is None


def test_an_older_log_is_the_beginning_of_a_newer_one():
    grow(3, 8, 21)
    known = {root.size: bytes(root.hash) for root in Root.objects.all()}
    assert is_consistent(3, known[3], 21, known[21], consistency(3, 21))
    assert not is_consistent(3, known[8], 21, known[21], consistency(3, 21))
    with pytest.raises(ValueError):
        consistency(3, 22)


def test_since_follows_the_log():
    lines = grow(5)
    assert [e.id for e in since(lines[1].id, 2)] == [lines[2].id, lines[3].id]
    assert [e.id for e in since(None)] == [line.id for line in lines]
    do("waiting")
    assert since(lines[4].id) == []


def test_a_sound_journal_verifies():
    grow(1, 4, 11)
    do("waiting")
    report = verify_all()
    assert (report.ok, report.sealed, report.waiting, report.roots) == (True, 11, 1, 3)
    assert report.root == bytes(Root.objects.get(size=11).hash)


def test_changed_facts_are_found():
    lines = grow(4, 11)
    run(("UPDATE journal_entry SET facts = %s WHERE id = %s", '{"fee":1}', key(lines[6])))
    first = verify_all().first
    assert (first.kind, first.index, first.entry_id) == ("entry_changed", 6, lines[6].id)


def test_changed_facts_with_a_mended_hash_are_found():
    lines = grow(4, 11)
    lines[6].facts = {"fee": 1}
    values = ('{"fee":1}', content_hash(lines[6]), key(lines[6]))
    run(("UPDATE journal_entry SET facts = %s, content_hash = %s WHERE id = %s", *values))
    first = verify_all().first
    assert (first.kind, first.index) == ("leaf_changed", 6)


def test_a_deleted_entry_is_found():
    lines = grow(4, 11)
    run(
        ("DELETE FROM journal_leaf WHERE entry_id = %s", key(lines[3])),
        ("DELETE FROM journal_queued WHERE entry_id = %s", key(lines[3])),
        ("DELETE FROM journal_entry WHERE id = %s", key(lines[3])),
    )
    first = verify_all().first
    assert (first.kind, first.index) == ("leaf_missing", 3)


def test_a_deleted_newest_entry_is_found():
    lines = grow(4, 11)
    run(("DELETE FROM journal_leaf WHERE entry_id = %s", key(lines[10])))
    assert verify_all().first.index == 10


def test_an_entry_deleted_before_it_was_sealed_is_found():
    (line,) = do("a")
    run(("DELETE FROM journal_entry WHERE id = %s", key(line)))
    first = verify_all().first
    assert (first.kind, first.entry_id) == ("queue_without_entry", line.id)
    assert seal(AT) is None


def test_an_inserted_entry_is_found():
    grow(4)
    (line,) = do("forged")
    run(("DELETE FROM journal_queued WHERE entry_id = %s", key(line)))
    first = verify_all().first
    assert (first.kind, first.entry_id) == ("entry_unlisted", line.id)


def test_swapped_leaves_are_found():
    a, b = (key(line) for line in grow(11)[4:6])
    (spare,) = (key(line) for line in do("spare"))
    move = "UPDATE journal_leaf SET entry_id = %s WHERE number = %s"
    run((move, spare, 4), (move, a, 5), (move, b, 4))
    assert [(fault.kind, fault.index) for fault in verify_all().broken] == [("leaf_changed", 4), ("leaf_changed", 5)]


def test_leaves_swapped_with_their_hashes_are_found():
    a, b = grow(11)[4:6]
    (spare,) = (key(line) for line in do("spare"))
    hashes = dict(Leaf.objects.values_list("number", "hash"))
    move = "UPDATE journal_leaf SET entry_id = %s, hash = %s WHERE number = %s"
    run((move, spare, hashes[4], 4), (move, key(a), hashes[4], 5), (move, key(b), hashes[5], 4))
    assert verify_all().first.kind == "root_changed"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE journal_root SET hash = chain WHERE size = 4", "root_changed"),
        ("UPDATE journal_root SET at = '2020-01-01 00:00:00+00' WHERE size = 4", "chain_broken"),
        ("DELETE FROM journal_root WHERE size = 4", "chain_broken"),
        ("DELETE FROM journal_root WHERE size = 11", "root_missing"),
        (
            "UPDATE journal_node SET hash = (SELECT hash FROM journal_node WHERE number = 2) WHERE number = 0",
            "node_changed",
        ),
        ("DELETE FROM journal_node WHERE number = 0", "node_missing"),
        ("DELETE FROM journal_queued WHERE purpose = 1", "entry_unlisted"),
    ],
)
def test_a_changed_log_is_found(statement, kind):
    grow(4, 11)
    do("waiting")
    if connection.vendor == "sqlite":
        statement = statement.replace("+00", "")
    run((statement,))
    assert verify_all().first.kind == kind


def test_a_journal_rewritten_from_scratch_contradicts_what_was_published():
    grow(2)
    run(*[(f"DELETE FROM journal_{table}",) for table in ("root", "node", "leaf", "queued", "entry")])
    do("another", "story")
    seal_all(AT)
    assert verify_all().first.kind == "published_differs"
