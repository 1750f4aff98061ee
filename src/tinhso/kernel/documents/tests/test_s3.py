"""Files in a bucket: what a folder promises is kept there too, and storage that fails is said in time."""

import base64
import hashlib
import io
import json
import os
import time
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import reverse

from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents import upkeep, uploads
from tinhso.kernel.documents.models import Blob, Document
from tinhso.kernel.documents.store import get_store
from tinhso.kernel.documents.tests import bucket as elsewhere
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.documents.upkeep import check_store, purge_store, sweep_store
from tinhso.kernel.identity.public import actor_for

adapter, near = import_module("tinhso.adapters.s3"), import_module("tinhso.adapters.near")
place_of = adapter.place_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lying(s3, bucket):
    """What lies in the bucket, as another client sees it."""
    client = elsewhere.client_of(s3)
    return lambda: [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", ())]


@pytest.fixture
def line(s3, bucket, settings, monkeypatch):
    """A line to the bucket that may break; nobody waits long for it."""
    monkeypatch.setattr(adapter, "ANSWER_SECONDS", 1)
    with elsewhere.line_to(s3) as line:
        settings.FILES = elsewhere.url_of(line.address, bucket)
        yield line


def a_day_later(monkeypatch):
    monkeypatch.setattr(adapter, "ORPHAN_AFTER_SECONDS", -1)


def put(s3, bucket, sha256, content):
    elsewhere.client_of(s3).put_object(Bucket=bucket, Key=adapter.path_in_store(sha256), Body=content)


def test_content_lies_under_its_name_and_was_sent_with_its_checksum(line, tu, at, lying, files):
    document = documents.save(samples.pdf(2), name="a.pdf", actor=tu, at=at)
    digest = document.sha256
    assert lying() == [f"sha256/{digest[:2]}/{digest[2:4]}/{digest}"]
    checksum = base64.b64encode(bytes.fromhex(digest))
    assert b"x-amz-checksum-sha256: " + checksum in bytes(line.asked), "so that the storage may check what arrives"
    assert documents.read_document(document) == samples.pdf(2)
    assert files() == [], "nothing is left on this machine"


def test_a_large_file_goes_in_pieces(at, s3, bucket, lying):
    store, content = get_store(), bytes(range(256)) * (44 * 1024)
    staged = store.stage([content], name="a", limit_bytes=len(content))
    store.keep(staged)
    about = elsewhere.client_of(s3).head_object(Bucket=bucket, Key=lying()[0])
    assert about["ETag"].endswith('-3"'), "three pieces"
    assert store.is_sound(staged.sha256)
    with store.open(staged.sha256) as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == staged.sha256


def test_keeping_again_does_no_harm_and_mends(tu, at, s3, bucket, lying):
    document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    put(s3, bucket, document.sha256, b"something else")
    with pytest.raises(documents.Damaged):
        documents.read_document(document)
    documents.save(samples.pdf(), name="b.pdf", actor=tu, at=at)
    assert (documents.read_document(document), len(lying())) == (samples.pdf(), 1)


def test_missing_corrupt_and_orphaned_are_told(  # noqa: PLR0917 - one fixture each
    tu, at, s3, bucket, lying, monkeypatch
):
    kept, altered, gone = (documents.save(samples.pdf(n), name="a.pdf", actor=tu, at=at) for n in (1, 2, 3))
    put(s3, bucket, altered.sha256, b"x" + samples.pdf(2)[1:])
    elsewhere.client_of(s3).delete_object(Bucket=bucket, Key=adapter.path_in_store(gone.sha256))
    orphan = documents.prepare(samples.pdf(4), name="a.pdf")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"cannot be read|đọc"):
        call_command("documents", "check", "--purge", stdout=out)
    told = out.getvalue().splitlines()
    assert told[:3] == [f"missing {gone.sha256}", f"corrupt {altered.sha256}", f"orphaned {orphan.sha256}"]
    assert told[3] == "purged 0 files, 0 uploads", "it may be one that is being saved just now"
    for document in (altered, gone):
        with pytest.raises(documents.Damaged):
            documents.open_document(document)
    a_day_later(monkeypatch)
    assert purge_store(at=at) == 1
    assert sorted(lying()) == sorted(adapter.path_in_store(one.sha256) for one in (kept, altered))


def test_names_come_in_order_page_by_page(line, s3, bucket, monkeypatch):
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "5")
    digests = sorted(hashlib.sha256(bytes([n])).hexdigest() for n in range(12))
    for digest in digests:
        put(s3, bucket, digest, b"")
    elsewhere.client_of(s3).put_object(Bucket=bucket, Key="sha256/not-ours.txt", Body=b"")
    for after in ("", digests[0], digests[7], digests[11]):
        assert list(get_store().digests(after)) == [one for one in digests if one > after]
    assert bytes(line.asked).count(b"continuation-token") >= 2


@pytest.mark.usefixtures("bucket")
def test_the_worker_sweeps_a_slice_at_a_time(tu, at, monkeypatch):
    monkeypatch.setattr(upkeep, "_BATCH", 3)
    monkeypatch.setattr(upkeep, "_SECONDS", 0)
    kept = {documents.save(samples.pdf(n), name="a.pdf", actor=tu, at=at).sha256 for n in range(1, 4)}
    for n in range(20, 25):
        documents.prepare(samples.pdf(n), name="a.pdf")
    a_day_later(monkeypatch)
    gone, calls = 0, 0
    while not calls or upkeep._place()[1]:
        gone += sweep_store(at=at + timedelta(days=2))
        calls += 1
    assert (gone, set(get_store().digests())) == (5, kept)
    assert calls > 1


def test_what_is_being_removed_is_not_kept_by_halves(at, s3, bucket, lying, monkeypatch):
    """A removal between the sending and the look would lose the file: keeping refuses, and works the next time."""
    prepared = documents.prepare(samples.pdf(), name="a.pdf")
    mark = adapter._mark_of(prepared.sha256)
    elsewhere.client_of(s3).put_object(Bucket=bucket, Key=mark, Body=b"")
    with pytest.raises(documents.StoreAway):
        documents.prepare(samples.pdf(), name="a.pdf")
    monkeypatch.setattr(adapter, "MARK_LASTS", timedelta(seconds=-1))
    assert documents.prepare(samples.pdf(), name="a.pdf") == prepared, "a mark that a crash left holds nobody up"
    a_day_later(monkeypatch)
    assert get_store().remove_orphan(prepared.sha256) is True
    assert get_store().remove_orphan(prepared.sha256) is False
    assert lying() == [], "no mark stays"


def saving_refuses(refusal, tu, at, files):
    with pytest.raises(refusal):
        documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    assert (files(), Document.objects.count(), Blob.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize("fault", ["cut", "cut answer", "stalled"])
def test_a_broken_line_is_said_in_time_and_a_retry_does_it(fault, line, tu, at, files):
    setattr(
        line,
        *{"cut": ("cut_after", 300), "cut answer": ("cut_answer_after", 0), "stalled": ("is_stalled", True)}[fault],
    )
    saving_refuses(documents.StoreAway, tu, at, files)
    line.cut_after = line.cut_answer_after = -1
    line.is_stalled = False
    assert documents.read_document(documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)) == samples.pdf()


def test_a_line_cut_while_reading_gives_nothing_and_calls_nothing_damaged(line, tu, at, files):
    content = samples.pdf(1000)
    document = documents.save(content, name="a.pdf", actor=tu, at=at)
    line.cut_answer_after = len(content) // 2
    with pytest.raises(documents.StoreAway):
        documents.open_document(document)
    with pytest.raises(documents.StoreAway):
        check_store()
    with pytest.raises(CommandError):
        call_command("documents", "check", stdout=io.StringIO())
    assert files() == []
    line.cut_answer_after = -1
    assert documents.read_document(document) == content


def test_what_was_spoiled_on_its_way_is_never_served(line, tu, at):
    content = samples.pdf(1) + b"\n% a mark in the file"
    document = documents.save(content, name="a.pdf", actor=tu, at=at)
    line.spoil = (b"a mark in the file", b"another mark there")
    with pytest.raises(documents.Damaged):
        documents.open_document(document)


def test_storage_that_is_full_says_so(line, tu, at, files):
    said = b"<Error><Code>XMinioStorageFull</Code></Error>"
    line.answer = b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)
    saving_refuses(documents.NoSpace, tu, at, files)


def test_a_bucket_that_is_not_there_is_said_and_told_the_operator(  # noqa: PLR0917 - one fixture each
    s3, bucket, tu, at, files, settings, caplog
):
    settings.FILES = elsewhere.url_of(s3, "no-such-bucket")
    saving_refuses(documents.StoreAway, tu, at, files)
    assert "bucket of TINHSO_FILES" in caplog.text
    with pytest.raises(documents.StoreAway):
        get_store().open("0" * 64)
    with pytest.raises(documents.StoreAway):
        list(get_store().digests())
    assert elsewhere.SECRET not in caplog.text


def test_nobody_there_is_said(  # noqa: PLR0917 - one fixture each
    settings, bucket, tu, at, files, tu_client
):
    settings.FILES = elsewhere.url_of("127.0.0.1:1", bucket)
    saving_refuses(documents.StoreAway, tu, at, files)
    answer = tu_client.post("/tep/", {"file": io.BytesIO(samples.pdf())}, headers={"Accept": "application/json"})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (503, "documents.store_away")


def test_an_upload_whose_storage_is_away_is_finished_later(line, tu, at):
    content = samples.pdf(2)
    upload = uploads.begin_upload("a.pdf", len(content), actor=tu, at=at)
    uploads.append_to_upload(upload.id, io.BytesIO(content), offset=0, checksum=None, actor=tu, at=at)
    line.cut_after = 0
    with pytest.raises(documents.StoreAway):
        uploads.finish_upload(upload.id, actor=tu, at=at)
    line.cut_after = -1
    assert documents.read_document(uploads.finish_upload(upload.id, actor=tu, at=at)) == content


@pytest.mark.parametrize(
    "url",
    [
        "s3://host/bucket",
        "s3://key:secret@host",
        "s3://key:secret@host/a/b",
        "s3://key:secret@host:port/a",
        "s3://key:secret@host/a?regoin=x",
        "https://key:secret@host/a",
    ],
)
def test_a_setting_that_cannot_be_read_says_what_it_should_be(url):
    with pytest.raises(ImproperlyConfigured, match="s3://KEY:SECRET@host") as told:
        place_of(url)
    assert "key:secret" not in str(told.value)


def test_the_setting_is_read_whole():
    place = place_of("s3://us%65r:a%2Fb@s3.tinh.example/files")
    assert (place.endpoint, place.bucket, place.key, place.secret) == (
        "https://s3.tinh.example", "files", "user", "a/b",
    )  # fmt: skip
    assert place_of("s3://k:s@127.0.0.1:9000/b?secure=0&region=hcm").endpoint == "http://127.0.0.1:9000"


def fetched(line) -> int:
    return bytes(line.asked).count(b"GET /")


def test_parts_of_a_file_fetch_it_once(line, tu_client, people, at):
    content = samples.pdf(2)
    owner = actor_for(people[0], assurance="vneid:2", level=2, at=at)
    document = documents.save(content, name="a.pdf", actor=owner, at=at)
    before = fetched(line)
    for begin in (0, 100, 200, 300):
        part = tu_client.get(
            reverse("documents:read", args=[document.pk]), headers={"range": f"bytes={begin}-{begin + 99}"}
        )
        assert (part.status_code, b"".join(part.streaming_content)) == (206, content[begin : begin + 100])
    assert fetched(line) == before + 1
    assert documents.read_document(document) == content
    assert fetched(line) == before + 1


def test_a_copy_that_was_altered_is_fetched_anew(line, tu, at, files):
    document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    documents.open_document(document, again=True).close()
    (copy,) = files()
    assert (copy.parent.name, copy.name, copy.parent.stat().st_mode & 0o077) == ("near", document.sha256, 0)
    copy.write_bytes(b"%PDF-1.7 another" * 10)
    before = fetched(line)
    assert documents.read_document(document) == samples.pdf()
    assert fetched(line) == before + 1


def test_what_comes_back_spoiled_is_not_kept(line, tu, at, files):
    document = documents.save(samples.pdf(), name="a.pdf", actor=tu, at=at)
    line.spoil = (b"%PDF-1", b"%PDF-0")
    with pytest.raises(documents.Damaged):
        documents.open_document(document, again=True)
    assert files() == []


def test_copies_go_after_some_minutes_and_when_they_are_too_much(line, tu, at, files, monkeypatch):
    first, second = (documents.save(samples.pdf(n), name="a.pdf", actor=tu, at=at) for n in (1, 2))
    for one in (first, second):
        documents.open_document(one, again=True).close()
    assert len(files()) == 2
    monkeypatch.setattr(near, "MOST_BYTES", second.size_bytes)
    os.utime(get_store().root / "near" / first.sha256, (time.time() - 60, time.time() - 60))
    with documents.open_document(second) as held:
        assert [path.name for path in files()] == [second.sha256]
        monkeypatch.setattr(near, "KEPT_SECONDS", -1)
        get_store().sweep()
        assert files() == []
        assert held.read() == samples.pdf(2)
