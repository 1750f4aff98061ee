"""What people really upload: nothing at all, a program that calls itself a paper, three hundred scanned pages."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfWriter
from tests.snapshot import with_province

from tinhso.base.clock import now
from tinhso.kernel.documents.public import Document
from tinhso.modules.onestop.actions import applications
from tinhso.modules.onestop.models import ApplicationFile
from tinhso.modules.onestop.tests.playing import COPY, MINH_AN

pytestmark = with_province


@pytest.fixture
def page(tu):
    draft = applications.start_application(COPY, agency_code=MINH_AN, actor=tu.actor, at=now())
    return reverse("onestop:papers", args=[draft.id, "UQ"])


def give(browser, page, *files):
    return browser.post(page, {"files": [SimpleUploadedFile(name, content) for name, content in files]})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rỗng.pdf", b""),
        ("giấy.pdf", b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 5000),
        ("trang.pdf", b"<html><script>alert(1)</script></html>"),
        ("nửa.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog"),
    ],
)
def test_what_is_no_paper_is_refused_at_its_field_and_not_kept(browser, page, settings, name, content):
    answer = give(browser, page, (name, content))
    text = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert name in text
    assert not ApplicationFile.objects.exists()
    assert not Document.objects.exists()
    assert [path for path in settings.FILES_DIR.rglob("*") if path.is_file() and path.name != ".lock"] == []


def test_one_bad_file_does_not_take_the_good_one_with_it(browser, page):
    picture = io.BytesIO()
    Image.effect_noise((300, 300), 40).convert("RGB").save(picture, "JPEG")
    answer = give(browser, page, ("rỗng.pdf", b""), ("ảnh.jpg", picture.getvalue()))
    assert "rỗng.pdf" in answer.content.decode()
    assert [file.name for file in ApplicationFile.objects.all()] == ["ảnh.jpg"]


def test_a_scan_of_three_hundred_pages(browser, page):
    writer, out = PdfWriter(), io.BytesIO()
    for width in range(300):
        writer.add_blank_page(200 + width, 280)
    writer.write(out)
    answer = give(browser, page, ("sổ hộ khẩu cũ.pdf", out.getvalue()))
    assert answer.status_code == 302
    assert ApplicationFile.objects.get().name == "sổ hộ khẩu cũ.pdf"
    assert Document.objects.get().pages == 300
