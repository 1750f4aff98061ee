"""Scans are read beside the worker, page by page; a bad page has its clear outcome, a kill costs one page."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader

from tinhso.base.actors import Actor, ActorKind, system
from tinhso.base.refusals import NotFound
from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents import readings
from tinhso.kernel.documents.models import Document, Rendition
from tinhso.kernel.documents.scans import pages, tools
from tinhso.kernel.documents.scans.pages import PageRead, Word

pytestmark = pytest.mark.django_db
AT = datetime(2022, 11, 28, 2, 0, tzinfo=UTC)
WORKER = system("worker")
needs_tools = pytest.mark.skipif(bool(tools.missing_tools()), reason="tesseract and its Vietnamese are not installed")
WHITE = (827, 1169)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, settings):
    settings.DATA_DIR = tmp_path


def citizen(key="1"):
    return Actor(ActorKind.CITIZEN, f"person:{key}", "Nguyễn Thị Tư", "vneid:2", 2)


def lines(*, shade=0, ground=255):
    """Return a page with level lines of marks, as text lies."""
    picture = Image.new("L", WHITE, ground)
    pen = ImageDraw.Draw(picture)
    for row in range(120, 1000, 40):
        for column in range(90, 720, 30):
            pen.rectangle((column, row, column + 18, row + 14), fill=shade)
    return picture


def saved(picture, *, name="scan.png", actor=None):
    out = io.BytesIO()
    if isinstance(picture, list):
        picture[0].save(out, format="PDF", save_all=True, append_images=picture[1:], resolution=100)
        name = "scan.pdf"
    else:
        picture.save(out, format="PNG")
    return documents.save(documents.prepare(out.getvalue(), name=name), actor=actor or citizen(), at=AT)


def read(document):
    readings.ask_readings([document.pk], actor=WORKER, at=AT)
    readings.read_waiting(lambda: AT)
    return Rendition.objects.get(document=document)


@pytest.mark.parametrize(
    ("picture", "outcome"),
    [
        (Image.new("L", WHITE, 250), "blank"),
        (Image.new("L", WHITE, 30), "dark"),
        (lines(), "read"),
        (lines(shade=215, ground=250), "blank"),
    ],
)
def test_a_page_is_judged_before_it_is_read(picture, outcome):
    assert pages.judge(picture) == outcome


@pytest.mark.parametrize("angle", [-3.0, -1.0, 0.0, 2.0, 5.0])
def test_a_page_is_straightened(angle):
    crooked = lines().rotate(-angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert abs(pages.skew_of(crooked) - angle) <= 0.5


def test_a_blank_scan_says_so_and_costs_no_reading(monkeypatch):
    monkeypatch.setattr(pages, "run", lambda *_a, **_k: pytest.fail("a program was run"))
    found = read(saved(Image.new("L", WHITE, 250)))
    assert (found.outcome, found.pages, found.searchable) == ("blank", 1, None)
    assert [page.outcome for page in readings.found_on(found)] == ["blank"]


def test_asked_twice_is_read_once_and_what_is_no_picture_never():
    one = saved(lines())
    assert readings.ask_readings([one.pk], actor=WORKER, at=AT) == 1
    assert readings.ask_readings([one.pk], actor=WORKER, at=AT) == 0


def fake(monkeypatch, *, dies_at=0):
    """Read pages without a program; the process ends while it reads the page `dies_at`."""
    seen = []

    def page(_source, _media, number, folder):
        seen.append(number)
        if number == dies_at and len(seen) <= dies_at:
            raise KeyboardInterrupt
        (folder / "x").write_bytes(b"")
        return PageRead("read", confidence=90.0, words=[Word("chữ", 90.0, 1, 1, 5, 5)]), b""

    monkeypatch.setattr(readings, "read_page", page)
    return seen


def test_killed_half_way_it_goes_on_with_the_page_it_was_at(monkeypatch):
    document, seen = saved([lines(), lines(), lines()]), fake(monkeypatch, dies_at=2)
    readings.ask_readings([document.pk], actor=WORKER, at=AT)
    with pytest.raises(KeyboardInterrupt):
        readings.read_waiting(lambda: AT)
    assert readings.read_waiting(lambda: AT) == 1
    assert seen == [1, 2, 2, 3]
    found = Rendition.objects.get()
    assert (found.outcome, found.pages) == ("read", 3)
    assert readings.read_waiting(lambda: AT) == 0


def test_a_page_that_kills_whoever_reads_it_is_given_up(monkeypatch):
    document = saved(lines())
    readings.ask_readings([document.pk], actor=WORKER, at=AT)

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(readings, "read_page", die)
    for _time in range(readings.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            readings.read_waiting(lambda: AT)
    assert readings.read_waiting(lambda: AT) == 1
    assert Rendition.objects.get().outcome == "failed"


def test_of_a_bundle_the_first_pages_are_read(monkeypatch):
    monkeypatch.setattr(readings, "MOST_PAGES", 2)
    document, seen = saved([lines()] * 3), fake(monkeypatch)
    assert (read(document).outcome, seen) == ("part", [1, 2])


def test_a_program_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(tools.ToolError):
        tools.run("sleep", "5", folder=tmp_path, seconds=1)
    with pytest.raises(tools.ToolError):
        tools.run("python3", "-c", "x = bytearray(5 * 10**9)", folder=tmp_path)


def test_without_the_programs_nothing_breaks(monkeypatch):
    monkeypatch.setattr(readings, "missing_tools", lambda: ["tesseract-ocr"])
    saved_one = saved(lines())
    readings.ask_readings([saved_one.pk], actor=WORKER, at=AT)
    monkeypatch.setattr(readings, "beside", lambda *_words: pytest.fail("started"))
    assert readings.read_some(at=AT) is False


def test_what_was_made_of_a_file_goes_with_it(monkeypatch):
    document = saved(lines())
    fake(monkeypatch)
    found = read(document)
    assert found.searchable is not None
    with pytest.raises(NotFound):
        readings.searchable_of(document, seen_by=citizen("2"))
    assert readings.searchable_of(document, seen_by=citizen()) == found.searchable
    documents.discard(document, actor=citizen(), at=AT)
    assert not Rendition.objects.exists()
    assert not Document.objects.exists()


@needs_tools
def test_a_vietnamese_page_upside_down_and_crooked_is_read():
    text = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "GIẤY CHỨNG SINH", "Nguyễn Thị Tư", "ngày 02 tháng 03 năm 1985"]
    picture = written(text)
    found = read(saved(picture.rotate(182, fillcolor=255)))
    (page,) = readings.found_on(found)
    assert (found.outcome, page.turned) == ("read", 180)
    assert documents.compare("name", "Nguyễn Thị Tư", [page]).outcome == documents.SAME
    assert documents.compare("date", "1985-03-02", [page]).outcome == documents.SAME
    with documents.open_document(found.searchable) as file:
        assert "CHỨNG SINH" in PdfReader(file).pages[0].extract_text()
    assert readings.page_picture(Document.objects.get(pk=found.document_id), 1, seen_by=citizen())[:2] == b"\xff\xd8"


def written(text):
    found = [path for folder in settings.FONT_DIRS for path in Path(folder).rglob("*.ttf") if "Tinos" in path.name]
    font = ImageFont.truetype(str(next(path for path in found if "Italic" not in path.name)), 40)
    picture = Image.new("L", (1100, 900), 255)
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(text * 2):
        pen.text((90, 80 + row * 90), line, font=font, fill=0)
    return picture
