import io
import random
import re
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from tinhso.base.refusals import Refusal
from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.contents import clean_name, look_at
from tinhso.kernel.documents.scanning import SignatureScanner
from tinhso.kernel.documents.tests import samples

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EXE = b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00" + b"\x00" * 500


@pytest.mark.parametrize(
    ("content", "name", "kept_as", "media_type", "pages"),
    [
        (samples.pdf(2), "a.pdf", "a.pdf", "application/pdf", 2),
        (samples.image("PNG"), "a.png", "a.png", "image/png", 1),
        (samples.image("JPEG"), "ảnh.JPEG", "ảnh.JPEG", "image/jpeg", 1),
        (samples.image("PNG"), "ảnh chụp.jpg", "ảnh chụp.png", "image/png", 1),
        (
            samples.docx(),
            "a.docx",
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            None,
        ),
        (samples.xlsx(), "a.xlsx", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", None),
        (samples.odt(), "a", "a.odt", "application/vnd.oasis.opendocument.text", None),
        (samples.pdf(password=""), "không mật khẩu.pdf", "không mật khẩu.pdf", "application/pdf", 1),
    ],
)
@pytest.mark.django_db
def test_what_we_take_is_known_by_its_content(  # noqa: PLR0917 - one column each
    content, name, kept_as, media_type, pages, tu, at
):
    document = documents.save(content, name=name, actor=tu, at=at)
    assert (document.name, document.media_type, document.pages) == (kept_as, media_type, pages)


@pytest.mark.parametrize(
    ("content", "refusal", "words"),
    [
        (b"", documents.Empty, "empty"),
        (EXE, documents.WrongType, "EXE"),
        (b"\x7fELF" + b"\x00" * 200, documents.WrongType, "Linux"),
        (samples.container({"a.txt": "x"}), documents.WrongType, "zip"),
        (b"<!DOCTYPE html><script>alert(1)</script>", documents.WrongType, "web|XML"),
        (b"GIF89a" + b"\x00" * 100, documents.WrongType, "GIF"),
        (b"Rar!\x1a\x07\x00" + b"\x00" * 100, documents.WrongType, "RAR"),
        ("chỉ là chữ\n".encode() * 10, documents.WrongType, "plain text"),
        (bytes(range(1, 255)) * 8, documents.WrongType, "."),
        (samples.docx({"word/vbaProject.bin": "x"}), documents.WrongType, "macro"),
        (samples.docx({"word/embeddings/run.exe": EXE}), documents.WrongType, "macro"),
        (samples.docx()[:-40], documents.Incomplete, "."),
        (samples.pdf(password="mật khẩu"), documents.Locked, "."),
        (samples.pdf(5)[:-200], documents.Incomplete, "."),
        (b"%PDF-1.7\nnothing here\nstartxref\n9999\n%%EOF\n", documents.Unreadable, "."),
        (samples.image("PNG")[:-300], documents.Incomplete, "."),
        (samples.image("JPEG")[:-3000], documents.Incomplete, "."),
        (b"\xff\xd8\xff" + b"\x00" * 500, documents.Unreadable, "."),
        (EICAR, documents.WrongType, "."),
        (samples.pdf().replace(b"startxref", b"%" + EICAR + b"\nstartxref"), documents.Infected, "Eicar"),
        (samples.docx({"word/media/x.bin": EICAR}), documents.Infected, "Eicar"),
    ],
)
@pytest.mark.django_db
def test_what_we_do_not_take_is_named_and_not_kept(  # noqa: PLR0917 - one column each
    content, refusal, words, tu, at, files
):
    with pytest.raises(refusal) as no:
        documents.save(content, name="đơn.pdf", actor=tu, at=at)
    assert type(no.value) is refusal
    with override("en"):
        assert re.search(words, str(no.value))
    assert "đơn.pdf" in str(no.value)
    assert files() == []


@pytest.mark.django_db
def test_a_file_above_the_limit_is_refused_while_it_arrives(tu, at, files, settings):
    settings.MAX_FILE_BYTES = 3 * 1024 * 1024
    read = []

    class Endless(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            read.append(len(buffer))
            buffer[:] = b"\x00" * len(buffer)
            return len(buffer)

    with pytest.raises(documents.TooLarge) as no:
        documents.save(Endless(), name="a.pdf", actor=tu, at=at)
    assert no.value.facts["limit"] == 3
    assert sum(read) <= 5 * 1024 * 1024
    assert files() == []


def test_too_many_points_are_refused_before_they_are_unpacked(settings):
    settings.MAX_IMAGE_PIXELS = 1_000_000
    out = io.BytesIO()
    Image.new("1", (2000, 1000)).save(out, "PNG")
    with pytest.raises(documents.TooManyPixels):
        look_at(out, name="a.png")
    settings.MAX_IMAGE_PIXELS = 80_000_000
    bomb = io.BytesIO()
    Image.new("1", (20_000, 4_500)).save(bomb, "PNG")
    tracemalloc.start()
    with pytest.raises(documents.TooManyPixels):
        look_at(bomb, name="a.png")
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def scan(pages):
    """A scan: a JPEG of its own on every page."""
    out = io.BytesIO()
    sheets = [Image.effect_noise((420, 594), 40 + number % 7) for number in range(5)]
    sheets[0].save(out, "PDF", save_all=True, append_images=[sheets[n % 5] for n in range(1, pages)], resolution=75)
    return out.getvalue()


@pytest.mark.django_db
def test_a_scan_of_300_pages_is_counted_without_coming_into_memory(tu, at, tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan(300))
    size = path.stat().st_size
    assert size > 10_000_000
    tracemalloc.start()
    with path.open("rb") as file:
        document = documents.save(file, name="scan.pdf", actor=tu, at=at)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (document.pages, document.size_bytes) == (300, size)
    assert peak < size / 2


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("tinhso.kernel.documents.contents._MOST_UNPACKED_BYTES", 5_000_000)
    bomb = io.BytesIO(samples.docx({"word/media/a.bin": b"\x00" * 6_000_000}))
    with pytest.raises(documents.WrongType):
        look_at(bomb, name="a.docx")


def test_a_broken_file_is_a_refusal_and_never_a_crash():
    whole = [
        samples.pdf(2),
        samples.image("PNG", (40, 30)),
        samples.image("JPEG", (40, 30)),
        samples.docx(),
        samples.odt(),
    ]

    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(whole), st.data())
    def broken(content, data):
        bad = bytearray(content)
        for _ in range(data.draw(st.integers(1, 8))):
            bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
        bad = bad[: data.draw(st.integers(1, len(bad)))]
        try:
            look_at(io.BytesIO(bytes(bad)), name="a")
        except Refusal:
            return  # any other exception fails the test

    broken()


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Tư\\đơn.pdf", "đơn.pdf"),
        ("hoá đơn\u202efdp.exe", "hoá đơnfdp.exe"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "tep"),
        ("...", "tep"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(given_name, kept):
    assert clean_name(given_name) == kept


@given(st.text())
@settings(max_examples=50)
def test_a_cleaned_name_is_clean(name):
    cleaned = clean_name(name)
    assert cleaned == clean_name(cleaned)
    assert 0 < len(cleaned) <= 255
    assert not set(cleaned) & set("/\\\x00\r\n\u202e")


def test_a_page_tree_that_loops_does_not_hang():
    from pypdf.generic import ArrayObject, NameObject

    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    pages = writer._root_object["/Pages"]
    pages.get_object()[NameObject("/Kids")] = ArrayObject([pages.indirect_reference] * 3)
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(documents.Unreadable):
        look_at(out, name="a.pdf")


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_office_file_is_refused_whatever_it_trips_over(packed, seed, tmp_path):
    rng = random.Random(seed)
    whole = samples.docx(extra={"word/media/image1.png": rng.randbytes(3000)}, packed=packed)
    path = tmp_path / "x.docx"
    for turn in range(150):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            broken[rng.randrange(4 if turn % 2 else len(whole) // 2, len(whole))] = rng.randrange(256)
        path.write_bytes(broken)
        for file in (io.BytesIO(broken), path.open("rb")):
            with file:
                with suppress(Refusal):
                    look_at(file, name="x.docx")
                assert SignatureScanner().scan(file) == ""


@pytest.mark.parametrize("name", ["a" * 255, "a" * 250 + ".jpeg", "đ" * 400, "a." + "b" * 300, ".pdf" * 100])
@pytest.mark.django_db
def test_a_long_name_fits_with_its_true_suffix(name, tu, at):
    document = documents.save(samples.pdf(), name=name, actor=tu, at=at)
    assert len(document.name) <= 255
    assert document.name.endswith(".pdf")
