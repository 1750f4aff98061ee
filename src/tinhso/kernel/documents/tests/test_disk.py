import errno
import io
import os
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from tinhso.base.actors import system
from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents import upkeep
from tinhso.kernel.documents.models import Blob, Document
from tinhso.kernel.documents.store import FolderStore
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.documents.upkeep import check_store, purge_store, sweep_store

pytestmark = pytest.mark.django_db


def age(path, days=2):
    old = time.time() - days * 86400
    os.utime(path, (old, old))


def check(*options):
    out = io.StringIO()
    try:
        call_command("documents", "check", *options, stdout=out)
    except CommandError as no:
        return out.getvalue(), str(no)
    return out.getvalue(), ""


@pytest.mark.parametrize("where", ["write", "fsync", "replace"])
def test_a_full_disk_is_said_and_leaves_nothing(where, tu, at, files, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if where == "write":
            patch.setattr("tinhso.kernel.documents.store._at_most", full)
        elif where == "fsync":
            patch.setattr("os.fsync", full)
        else:
            patch.setattr("pathlib.Path.replace", full)
        with pytest.raises(documents.NoSpace):
            documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    assert (files(), Document.objects.count(), Blob.objects.count()) == ([], 0, 0)
    assert documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at).pages == 1


def test_another_error_of_the_disk_is_a_bug_not_an_answer(tu, at, monkeypatch, files):
    def broken(*_args):
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="I/O error"):
        documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    assert files() == []


def test_a_crash_between_rename_and_commit_leaves_an_orphan_that_is_swept(tu, at, files, settings):
    prepared = documents.prepare(samples.pdf(), name="a.pdf")
    assert (len(files()), Blob.objects.count()) == (1, 0)
    told, failed = check()
    assert (f"orphaned {prepared.sha256}" in told, failed) == (True, "")
    purge_store(at=at)
    assert len(files()) == 1, "what is being saved just now stays"
    age(files()[0])
    told, failed = check("--purge")
    assert "purged 1 files" in told
    assert files() == []


def test_a_crash_while_writing_leaves_a_leftover_that_is_swept(at, settings, files):
    store = FolderStore(settings.FILES_DIR)
    staged = store.stage([b"half"], name="a", limit_bytes=100)
    purge_store(at=at)
    assert files() == [staged.path]
    age(staged.path)
    assert purge_store(at=at) == 1
    assert files() == []


def test_saving_again_what_lies_orphaned_keeps_it_from_the_sweep(tu, at, files):
    documents.prepare(samples.pdf(), name="a.pdf")
    age(files()[0])
    prepared = documents.prepare(samples.pdf(), name="a.pdf")
    assert purge_store(at=at) == 0
    assert documents.read_document(documents.save(prepared, actor=tu, at=at)) == samples.pdf()


def test_missing_and_corrupt_files_are_told_and_never_served(tu, at, files, settings):
    store = FolderStore(settings.FILES_DIR)
    kept, altered, gone = (documents.save(samples.pdf(n), name="a.pdf", actor=tu, at=at) for n in (1, 2, 3))
    assert documents.read_document(altered)
    path = store.path_of(altered.sha256)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    store.path_of(gone.sha256).unlink()
    for document in (altered, gone):
        with pytest.raises(documents.Damaged):
            documents.open_document(document)
    assert documents.read_document(kept) == samples.pdf(1)
    found = check_store()
    assert (found.checked, found.missing, found.corrupt) == (3, [gone.sha256], [altered.sha256])
    told, failed = check()
    assert f"missing {gone.sha256}\ncorrupt {altered.sha256}\n" in told
    assert failed
    assert check("--quick")[0].startswith(f"missing {gone.sha256}\n3 contents")
    again = documents.save(samples.pdf(2), name="a.pdf", actor=tu, at=at)
    assert documents.read_document(again) == documents.read_document(altered) == samples.pdf(2)


def test_discarded_content_goes_after_a_day_unless_another_document_has_it(tu, hung, at, files):
    mine = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    also = documents.save(samples.pdf(), name="a.pdf", actor=hung, at=at)
    alone = documents.save(samples.pdf(2), name="b.pdf", actor=tu, at=at)
    for document in (mine, alone):
        documents.discard(document, actor=tu, at=at)
    for path in files():
        age(path)
    assert purge_store(at=at + timedelta(hours=23)) == 0
    assert purge_store(at=at + timedelta(hours=25)) == 1
    assert [path.name for path in files()] == [also.sha256]
    assert list(Blob.objects.all()) == [also.blob]


def test_only_our_own_doors_purge(tu, at):
    from tinhso.base.refusals import Forbidden
    from tinhso.kernel.documents.actions import purge_content

    document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    with pytest.raises(Forbidden):
        purge_content([document.sha256], actor=tu, at=at)
    assert purge_content([document.sha256], actor=system("worker"), at=at) == []


@pytest.fixture
def slices(monkeypatch):
    """The worker takes three at a time."""
    monkeypatch.setattr(upkeep, "_BATCH", 3)
    monkeypatch.setattr(upkeep, "_SECONDS", 0)


@pytest.mark.usefixtures("slices")
def test_the_worker_sweeps_a_slice_at_a_time_and_goes_on_where_it_was(
    tu, at, files, settings, django_assert_num_queries
):
    kept = {documents.save(samples.pdf(n), name="a.pdf", actor=tu, at=at).sha256 for n in range(1, 8)}
    for n in range(20, 28):
        documents.prepare(samples.pdf(n), name="a.pdf")
    discarded = documents.save(samples.pdf(40), name="a.pdf", actor=tu, at=at)
    documents.discard(discarded, actor=tu, at=at)
    for path in files():
        age(path)
    later, calls, gone = at + timedelta(days=2), 0, []
    while not calls or upkeep._place()[1]:
        gone.append(sweep_store(at=later))
        calls += 1
    assert max(gone) <= 3
    assert sum(gone) == 9
    assert calls >= 5
    left = {path.name for path in files()} - {"swept.json"}
    assert left == kept == set(Blob.objects.values_list("sha256", flat=True))
    with django_assert_num_queries(0):  # a worker that starts anew does not begin anew
        assert sweep_store(at=later + timedelta(hours=23)) == 0
    documents.prepare(samples.pdf(50), name="a.pdf")
    age(next(path for path in files() if path.name not in {*kept, "swept.json"}))
    (settings.FILES_DIR / "swept.json").write_text("{")  # a crash while it was written
    while sweep_store(at=later + timedelta(hours=23)) == 0:
        assert upkeep._place()[1]
    assert {path.name for path in files()} - {"swept.json"} == kept


@pytest.mark.usefixtures("slices")
def test_what_is_missing_does_not_stop_the_sweep(tu, at, files, settings):
    for n in range(1, 9):
        documents.save(samples.pdf(n), name="a.pdf", actor=tu, at=at)
    for path in files():
        path.unlink()
    documents.prepare(samples.pdf(20), name="a.pdf")
    age(files()[0])
    assert len(check_store().missing) == 8
    assert check_store().orphaned == [path.name for path in files()]
    assert purge_store(at=at) == 1
    assert list(FolderStore(settings.FILES_DIR).digests()) == []
    assert Blob.objects.count() == 8


def test_names_come_in_order_from_any_place(at, settings):
    store = FolderStore(settings.FILES_DIR)
    for n in range(1, 12):
        documents.prepare(samples.pdf(n), name="a.pdf")
    names = list(store.digests())
    assert names == sorted(names)
    assert len(names) == 11
    assert [list(store.digests(name)) for name in ("", *names)] == [names[place:] for place in range(12)]
