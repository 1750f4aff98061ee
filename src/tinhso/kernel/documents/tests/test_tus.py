"""The protocol as a client drives it, over a real connection; what breaks, breaks for real."""

import base64
import errno
import fcntl
import hashlib
import io
import os
import shutil
import socket
import time
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from tinhso.base.actors import ANONYMOUS
from tinhso.base.refusals import SignInNeeded
from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents import uploads
from tinhso.kernel.documents.models import Document
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.documents.tests.test_contents import scan

PDF = samples.pdf(3)
TOKEN = "a" * 32


def meta(**pairs):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


class Tus:
    """A client that speaks tus 1.0.0 with the cookies of a signed-in person."""

    def __init__(self, server, client):
        self.session = client.cookies["phien"].value
        self.http = httpx.Client(
            base_url=server.url,
            cookies={"phien": self.session, "csrftoken": TOKEN},
            headers={"Tus-Resumable": "1.0.0", "X-CSRFToken": TOKEN},
        )

    def create(self, whole, name="đơn.pdf", **more):
        headers = {"Upload-Length": str(len(whole)), "Upload-Metadata": meta(filename=name, purpose="component")}
        return self.http.post("/tep/tus/", headers={**headers, **more.pop("headers", {})}, **more)

    def patch(self, href, offset, content, **headers):
        known = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.http.patch(href, headers={**known, **headers}, content=content)

    def offset(self, href):
        return int(self.http.head(href).headers["Upload-Offset"])


@pytest.fixture
def tus(live_server, tu_client):
    client = Tus(live_server, tu_client)
    with client.http:
        yield client


def test_what_the_server_can_do_is_said(tus):
    told = tus.http.options("/tep/tus/", headers={"Tus-Resumable": ""})
    assert (told.status_code, told.headers["Tus-Version"]) == (204, "1.0.0")
    assert told.headers["Tus-Extension"] == "creation,creation-with-upload,checksum,termination,expiration"
    assert told.headers["Tus-Max-Size"] == str(100 * 1024 * 1024)
    assert "sha1" in told.headers["Tus-Checksum-Algorithm"]


@pytest.mark.usefixtures("either_store")
def test_a_file_in_three_pieces_becomes_a_document(tus):
    made = tus.create(PDF)
    href = made.headers["Location"]
    assert (made.status_code, tus.offset(href)) == (201, 0)
    assert "Upload-Expires" in made.headers
    for begin, end in ((0, 100), (100, 500), (500, len(PDF))):
        told = tus.patch(href, begin, PDF[begin:end])
        assert (told.status_code, told.headers["Upload-Offset"]) == (204, str(end))
    document = Document.objects.get(pk=told.headers["Upload-Document"])
    assert (document.name, document.purpose, document.pages) == ("đơn.pdf", "component", 3)
    assert documents.read_document(document) == PDF
    again = tus.http.head(href)
    assert again.headers["Upload-Document"] == str(document.pk)
    assert (again.headers["Upload-Offset"], again.headers["Cache-Control"]) == (str(len(PDF)), "no-store")
    assert Document.objects.count() == 1


@pytest.mark.usefixtures("either_store")
def test_created_with_all_of_it_at_once(tus):
    told = tus.create(PDF, headers={"Content-Type": "application/offset+octet-stream"}, content=PDF)
    assert (told.status_code, told.headers["Upload-Offset"]) == (201, str(len(PDF)))
    assert Document.objects.get(pk=told.headers["Upload-Document"]).pages == 3


def test_what_it_is_for_is_cleaned_before_it_is_kept(tus):
    told = tus.create(PDF, headers={"Upload-Metadata": meta(filename="a.pdf", purpose="comp\0onent")})
    done = tus.patch(told.headers["Location"], 0, PDF)
    assert Document.objects.get(pk=done.headers["Upload-Document"]).purpose == "component"


def test_a_connection_cut_in_the_middle_goes_on_where_it_stopped(tus, live_server):
    content = scan(40)
    href = tus.create(content).headers["Location"]
    where = urlsplit(href)
    head = (
        f"PATCH {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(content)}\r\n"
        f"Cookie: phien={tus.session}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n\r\n"
    )
    sent = len(content) // 2
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(head.encode() + content[:sent])
    until = time.monotonic() + 10
    while (arrived := tus.offset(href)) < sent and time.monotonic() < until:
        time.sleep(0.02)
    assert arrived == sent
    told = tus.patch(href, arrived, content[arrived:])
    document = Document.objects.get(pk=told.headers["Upload-Document"])
    assert (document.pages, document.sha256) == (40, hashlib.sha256(content).hexdigest())


def test_a_piece_that_does_not_follow_is_refused(tus):
    href = tus.create(PDF).headers["Location"]
    tus.patch(href, 0, PDF[:50])
    told = tus.patch(href, 60, PDF[60:])
    assert (told.status_code, told.json()["code"]) == (409, "documents.wrong_offset")
    assert tus.patch(href, 0, PDF[:50]).status_code == 409
    assert tus.offset(href) == 50
    assert tus.patch(href, 50, PDF[50:]).headers["Upload-Document"]


def test_a_piece_under_a_checksum_counts_whole_or_not_at_all(tus):
    href = tus.create(PDF).headers["Location"]
    for algorithm in ("sha1", "sha256", "md5"):
        right = base64.b64encode(hashlib.new(algorithm, PDF[:50]).digest()).decode()
        told = tus.patch(href, 0, PDF[:49] + b"?", **{"Upload-Checksum": f"{algorithm} {right}"})
        assert (told.status_code, tus.offset(href)) == (460, 0)
    told = tus.patch(href, 0, PDF[:50], **{"Upload-Checksum": f"md5 {right}"})
    assert (told.status_code, tus.offset(href)) == (204, 50)
    for wrong in ("crc32 AAAA", "sha1 nicht-base64!"):
        assert tus.patch(href, 50, PDF[50:], **{"Upload-Checksum": wrong}).status_code == 400


def test_more_than_was_announced_is_refused(tus):
    href = tus.create(PDF).headers["Location"]
    assert tus.patch(href, 0, PDF + b"more").status_code == 413
    assert tus.offset(href) == 0


@pytest.mark.usefixtures("either_store")
def test_a_wrong_file_is_refused_with_its_last_piece_and_forgotten(tus, files):
    program = b"MZ" + b"\x00" * 3000
    href = tus.create(program, "đơn.pdf").headers["Location"]
    told = tus.patch(href, 0, program)
    assert (told.status_code, told.json()["code"]) == (415, "documents.wrong_type")
    assert "EXE" in told.json()["detail_by_language"]["en"]
    assert tus.http.head(href).status_code == 404
    assert (files(), Document.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": str(101 * 1024 * 1024)}, 413),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "viele"}, 400),
        ({"Upload-Length": "9" * 5000}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": "filename ???"}, 400),
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "10"}, 412),
    ],
)
def test_what_cannot_be_announced(tus, headers, status, files):
    told = tus.http.post("/tep/tus/", headers=headers)
    assert told.status_code == status
    assert told.headers["Tus-Resumable"] == "1.0.0"
    assert files() == []


def test_what_is_no_piece_is_refused(tus):
    href = tus.create(PDF).headers["Location"]
    assert tus.patch(href, 0, PDF, **{"Content-Type": "application/pdf"}).status_code == 415
    assert tus.http.put(href).status_code == 405
    over = tus.http.post(
        href,
        headers={
            "X-HTTP-Method-Override": "PATCH",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        },
        content=PDF,
    )
    assert over.status_code == 204


def test_termination_forgets(tus, files):
    href = tus.create(PDF).headers["Location"]
    tus.patch(href, 0, PDF[:100])
    assert tus.http.delete(href).status_code == 204
    assert tus.http.head(href).status_code == 404
    assert tus.http.delete(href).status_code == 404
    assert files() == []


def test_another_persons_upload_is_not_there(tus, neighbour, live_server):
    href = tus.create(PDF).headers["Location"]
    other = Tus(live_server, neighbour)
    with other.http:
        assert other.http.head(href).status_code == 404
        assert other.patch(href, 0, PDF).status_code == 404
        assert other.http.delete(href).status_code == 404
    with httpx.Client(headers={"Tus-Resumable": "1.0.0"}) as nobody:
        assert nobody.head(href).status_code == 401
        assert nobody.patch(href, content=PDF).status_code == 403, "no token against forgery"
    assert tus.offset(href) == 0


def test_one_connection_at_a_time_writes(tus, settings):
    href = tus.create(PDF).headers["Location"]
    [data] = settings.FILES_DIR.glob("uploads/*/*/data")
    with data.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert tus.patch(href, 0, PDF).status_code == 423
    assert tus.patch(href, 0, PDF).status_code == 204


@pytest.mark.django_db
class TestUploads:
    """What the door does not show."""

    def begin(self, tu, at, content=PDF):
        return uploads.begin_upload("đơn.pdf", len(content), actor=tu, at=at)

    def test_abandoned_uploads_expire_and_are_swept(self, tu, at, files):
        upload = self.begin(tu, at)
        later = at + timedelta(hours=20)
        uploads.append_to_upload(upload.id, io.BytesIO(PDF[:10]), offset=0, actor=tu, at=later)
        assert uploads.purge_uploads(at=at + timedelta(hours=25)) == 0, "it was worked on meanwhile"
        gone = at + timedelta(hours=45)
        with pytest.raises(uploads.UploadExpired):
            uploads.get_upload(upload.id, actor=tu, at=gone)
        assert uploads.purge_uploads(at=gone) == 1
        assert files() == []
        with pytest.raises(uploads.UnknownUpload):
            uploads.get_upload(upload.id, actor=tu, at=at)

    def test_a_full_disk_keeps_what_was_there_before(self, tu, at, monkeypatch):
        upload = self.begin(tu, at)
        uploads.append_to_upload(upload.id, io.BytesIO(PDF[:100]), offset=0, actor=tu, at=at)

        class Full(io.BytesIO):
            def read(self, size=-1):
                monkeypatch.setattr("os.fsync", full)
                return super().read(size)

        def full(_handle):
            monkeypatch.undo()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with pytest.raises(documents.NoSpace):
            uploads.append_to_upload(upload.id, Full(PDF[100:]), offset=100, actor=tu, at=at)
        assert uploads.get_upload(upload.id, actor=tu, at=at).offset == 100

    def test_no_upload_begins_that_will_not_fit(self, tu, at, monkeypatch, files):
        nearly_full = shutil.disk_usage("/")._replace(free=10)
        monkeypatch.setattr("shutil.disk_usage", lambda _path: nearly_full)
        with pytest.raises(documents.NoSpace):
            self.begin(tu, at)
        assert files() == []

    def test_an_owner_has_only_so_many(self, tu, hung, at, settings):
        settings.UPLOADS_PER_OWNER = 2
        first = self.begin(tu, at)
        self.begin(tu, at)
        with pytest.raises(uploads.TooManyUploads):
            self.begin(tu, at)
        self.begin(hung, at)
        uploads.cancel_upload(first.id, actor=tu, at=at)
        self.begin(tu, at)

    def test_unfinished_is_not_finished_and_finished_twice_is_once(self, tu, at, files):
        upload = self.begin(tu, at)
        with pytest.raises(uploads.UploadUnfinished):
            uploads.finish_upload(upload.id, actor=tu, at=at)
        uploads.append_to_upload(upload.id, io.BytesIO(PDF), offset=0, actor=tu, at=at)
        one = uploads.finish_upload(upload.id, actor=tu, at=at)
        two = uploads.finish_upload(upload.id, actor=tu, at=at)
        assert (one, Document.objects.count()) == (two, 1)
        assert [path.name for path in files()] == [one.sha256, "about.json"]

    @pytest.mark.usefixtures("either_store")
    def test_a_crash_at_any_point_of_finishing_can_be_finished(self, tu, at, monkeypatch):
        class PowerCut(Exception):  # noqa: N818 - what it is called
            pass

        def cut(*_args, **_kwargs):
            raise PowerCut

        for place in ("prepare", "save", "_write_about"):
            upload = self.begin(tu, at)
            uploads.append_to_upload(upload.id, io.BytesIO(PDF), offset=0, actor=tu, at=at)
            with monkeypatch.context() as patch:
                patch.setattr(uploads, place, cut)
                with pytest.raises(PowerCut):
                    uploads.finish_upload(upload.id, actor=tu, at=at)
            document = uploads.finish_upload(upload.id, actor=tu, at=at)
            assert documents.read_document(document) == PDF
        assert Document.objects.count() == 3

    def test_an_absent_scanner_leaves_it_to_be_finished_later(self, tu, at, settings):
        upload = self.begin(tu, at)
        uploads.append_to_upload(upload.id, io.BytesIO(PDF), offset=0, actor=tu, at=at)
        ours = settings.MALWARE_SCANNER
        settings.MALWARE_SCANNER, settings.CLAMD = "tinhso.adapters.clamd.ClamdScanner", "127.0.0.1:1"
        with pytest.raises(documents.ScannerAway):
            uploads.finish_upload(upload.id, actor=tu, at=at)
        settings.MALWARE_SCANNER = ours
        assert uploads.finish_upload(upload.id, actor=tu, at=at).pages == 3

    def test_nobody_uploads_nothing(self, at):
        with pytest.raises(SignInNeeded):
            uploads.begin_upload("a.pdf", 10, actor=ANONYMOUS, at=at)
        with pytest.raises(SignInNeeded):
            uploads.get_upload("../../x", actor=ANONYMOUS, at=at)

    def test_an_id_is_not_a_path(self, tu, at):
        for bad in ("..", "../x", "", "%2e%2e", "/etc/passwd"):
            with pytest.raises(uploads.UnknownUpload):
                uploads.get_upload(bad, actor=tu, at=at)
