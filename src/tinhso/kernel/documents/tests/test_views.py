import base64
import hashlib
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.models import Document
from tinhso.kernel.documents.tests import samples

pytestmark = pytest.mark.django_db
PDF = samples.pdf(2)
PIN = "927415"


def hand_in(client, content=PDF, name="đơn đề nghị.pdf", **more):
    return client.post(
        "/tep/", {"file": SimpleUploadedFile(name, content), **more}, headers={"Accept": "application/json"}
    )


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def href(tu_client):
    return hand_in(tu_client).json()["href"]


@pytest.mark.usefixtures("either_store")
def test_a_plain_form_does_what_tus_does(tu_client):
    told = hand_in(tu_client, purpose="component")
    assert told.status_code == 201
    document = Document.objects.get(pk=told.json()["id"])
    assert told.json()["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (document.name, document.purpose, document.pages) == ("đơn đề nghị.pdf", "component", 2)


def test_a_form_goes_on_to_where_it_came_from_but_never_elsewhere(tu_client):
    told = hand_in(tu_client, next="/ho-so/1/?buoc=2")
    assert (told.status_code, told["Location"].split("document=")[0]) == (302, "/ho-so/1/?buoc=2&")
    for away in ("https://xau.example/", "//xau.example/"):
        assert hand_in(tu_client, next=away).status_code == 201


def test_a_refused_file_says_why(tu_client):
    told = hand_in(tu_client, b"MZ" + b"\x00" * 300)
    assert (told.status_code, told.json()["code"]) == (415, "documents.wrong_type")
    assert tu_client.post("/tep/", {}, headers={"Accept": "application/json"}).status_code == 422


@pytest.mark.usefixtures("either_store")
def test_the_file_comes_as_it_was_with_a_guard_around_it(tu_client, href):
    told = tu_client.get(href)
    assert (told.status_code, body(told), told["Content-Type"]) == (200, PDF, "application/pdf")
    assert told["Content-Length"] == str(len(PDF))
    assert told["Content-Disposition"] == "inline; filename*=utf-8''%C4%91%C6%A1n%20%C4%91%E1%BB%81%20ngh%E1%BB%8B.pdf"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in told["Content-Security-Policy"]
    assert told["Cache-Control"] == "private, no-cache"
    assert told["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(PDF).digest()).decode()}:"
    assert tu_client.get(href + "?save")["Content-Disposition"].startswith("attachment")
    head = tu_client.head(href)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(PDF)))


def test_office_files_are_always_saved_not_shown(tu_client):
    href = hand_in(tu_client, samples.docx(), "a.docx").json()["href"]
    assert tu_client.get(href)["Content-Disposition"] == 'attachment; filename="a.docx"'


@pytest.mark.usefixtures("either_store")
@pytest.mark.parametrize(
    ("asked", "status", "part", "told_range"),
    [
        ("bytes=0-9", 206, slice(0, 10), "bytes 0-9/{}"),
        ("bytes=100-", 206, slice(100, None), "bytes 100-{last}/{}"),
        ("bytes=-5", 206, slice(-5, None), "bytes {minus5}-{last}/{}"),
        ("bytes=0-999999", 200, slice(None), None),
        ("bytes=10-999999", 206, slice(10, None), "bytes 10-{last}/{}"),
        ("bytes=9-5", 200, slice(None), None),
        ("bytes=0-1,4-5", 200, slice(None), None),
        ("lines=0-1", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
        ("bytes=0-" + "9" * 5000, 200, slice(None), None),
    ],
)
def test_a_part_is_sent_when_a_part_is_asked(  # noqa: PLR0917 - one column each
    asked, status, part, told_range, tu_client, href
):
    told = tu_client.get(href, headers={"Range": asked})
    assert (told.status_code, body(told)) == (status, PDF[part])
    size = len(PDF)
    expected = told_range and told_range.format(size, last=size - 1, minus5=size - 5)
    assert told.get("Content-Range") == expected
    assert told["Content-Length"] == str(len(PDF[part]))


@pytest.mark.usefixtures("either_store")
def test_a_part_that_is_not_there(tu_client, href):
    for asked in (f"bytes={len(PDF)}-", "bytes=-0"):
        told = tu_client.get(href, headers={"Range": asked})
        assert (told.status_code, told["Content-Range"]) == (416, f"bytes */{len(PDF)}")


def test_an_unchanged_file_is_not_sent_again(tu_client, href):
    etag = tu_client.get(href)["ETag"]
    told = tu_client.get(href, headers={"If-None-Match": etag})
    assert (told.status_code, told.content) == (304, b"")
    assert tu_client.get(href, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    assert tu_client.get(href, headers={"Range": "bytes=0-1", "If-Range": etag}).status_code == 206


def test_a_neighbour_and_nobody_see_nothing(tu_client, neighbour, href, client):
    from django.test import Client

    for door in (href, href + "chi-tiet/"):
        for who in (neighbour, Client()):
            assert who.get(door, headers={"Accept": "application/json"}).status_code == 404


def test_the_page_about_a_file_shows_its_fingerprint(tu_client, href):
    told = tu_client.get(href + "chi-tiet/", headers={"Accept": "text/html"})
    assert told.status_code == 200
    assert hashlib.sha256(PDF).hexdigest() in told.content.decode().replace("<wbr>", "")
    assert "đơn đề nghị.pdf" in told.content.decode()
    assert tu_client.get(href + "chi-tiet/", headers={"Accept": "application/json"}).json()["pages"] == 2


def test_the_statements_do_not_grow_with_the_links(tu_client, href, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        body(tu_client.get(href))


def test_what_a_file_is_for_may_hold_nothing_unseen(tu_client):
    told = hand_in(tu_client, purpose="comp\aonent" + "x" * 100)
    assert told.status_code == 201
    assert Document.objects.get(pk=told.json()["id"]).purpose == "component" + "x" * 51


@pytest.mark.parametrize("asked", ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=0-" + "9" * 5000])
def test_a_range_with_endless_digits_gets_the_whole(asked, tu_client, href):
    told = tu_client.get(href, headers={"Range": asked})
    assert (told.status_code, body(told)) == (200, PDF)


def test_a_file_with_a_damaged_signature_can_still_be_looked_at(tu_client, minh, at):
    """Nobody reads who signed; the page says so, and tells of the signatures beside it as ever."""
    documents.get_key_ring().issue_key("official:minh", PIN, name="Trần Minh", organisation="T", staff_code="C", at=at)
    key = documents.signing_key_of(minh, pin=PIN, at=at)
    signed = documents.sign_pdf(PDF, key=key, at=at, visible=False)
    twice = documents.sign_pdf(signed, key=key, at=at, visible=False)
    begin, rng = twice.index(b"/Contents <") + len(b"/Contents <"), random.Random(1)
    for turn in range(12):
        broken = bytearray(twice)
        for _ in range(rng.randint(1, 8)):
            broken[begin + rng.randrange(3000)] = ord(rng.choice("0123456789abcdef"))
        if not turn:
            broken[begin : begin + 200] = b"0" * 200
        reports = documents.verify_pdf(bytes(broken))
        assert len(reports) == 2
        assert turn or [(report.signer, report.intact) for report in reports][1] == (None, False)
        page = tu_client.get(hand_in(tu_client, bytes(broken)).json()["href"] + "chi-tiet/")
        assert page.status_code == 200
        assert ("Không đọc được" in page.content.decode()) is (None in [report.signer for report in reports])
