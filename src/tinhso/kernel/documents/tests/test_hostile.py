"""Files made to harm whoever opens them: refused with a word that says what to do, never a crash, never kept."""

import io
import struct
import zipfile
import zlib

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from tinhso.base.refusals import Refusal
from tinhso.kernel.documents import contents, hidden
from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.contents import clean_name, look_at
from tinhso.kernel.documents.tests import samples


def action(kind, **more):
    return DictionaryObject(
        {NameObject("/S"): NameObject(f"/{kind}"), **{NameObject(f"/{k}"): v for k, v in more.items()}}
    )


def script():
    return action("JavaScript", JS=TextStringObject("app.alert(1)"))


def pdf_with(change):
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    change(writer, page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def set_root(key, value):
    return lambda writer, _page: writer.root_object.__setitem__(NameObject(key), value)


def set_page(key, value):
    return lambda _writer, page: page.__setitem__(NameObject(key), value)


def annotation(**parts):
    return ArrayObject([DictionaryObject({NameObject(f"/{key}"): value for key, value in parts.items()})])


def chained(writer, _page):
    last = script()
    for _ in range(5):
        last = action("URI", URI=TextStringObject("https://a.example"), Next=last)
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(last)


def endless(writer, _page):
    first = action("URI", URI=TextStringObject("https://a.example"))
    reference = writer._add_object(first)
    first[NameObject("/Next")] = reference
    writer.root_object[NameObject("/OpenAction")] = reference


def reference(writer, thing):
    return writer._add_object(thing)


def fanned(writer, _page):
    """Twenty layers of actions, each followed by every action of the next: 8^20 ways through a file of two kilobytes."""
    layer = [reference(writer, action("URI", URI=TextStringObject("https://a.example"))) for _ in range(8)]
    for _ in range(18):
        above = ArrayObject(layer)
        layer = [
            reference(writer, action("URI", URI=TextStringObject("https://a.example"), Next=above)) for _ in "12345678"
        ]
    writer.root_object[NameObject("/OpenAction")] = layer[0]


def outlined(*, last, count=3):
    """A file whose outline has so many lines, of which the last does something; the lines turn in a circle."""

    def change(writer, _page):
        lines = [DictionaryObject({NameObject("/Title"): TextStringObject("x")}) for _ in range(count)]
        places = [reference(writer, line) for line in lines]
        for number, line in enumerate(lines):
            line[NameObject("/Next")] = places[(number + 1) % count]
        inner = DictionaryObject({NameObject("/Title"): TextStringObject("y"), NameObject("/A"): last})
        lines[-1][NameObject("/First")] = reference(writer, inner)
        writer.root_object[NameObject("/Outlines")] = DictionaryObject({NameObject("/First"): places[0]})

    return change


def widget(key):
    return set_page(
        "/Annots", annotation(Subtype=NameObject("/Widget"), AA=DictionaryObject({NameObject(f"/{key}"): script()}))
    )


RUNNING = {
    "script by opening": set_root("/OpenAction", script()),
    "program by opening": set_root("/OpenAction", action("Launch", F=TextStringObject("cmd.exe"))),
    "script by closing": set_root("/AA", DictionaryObject({NameObject("/WC"): script()})),
    "script by name": set_root(
        "/Names",
        DictionaryObject(
            {
                NameObject("/JavaScript"): DictionaryObject(
                    {NameObject("/Names"): ArrayObject([TextStringObject("a"), script()])}
                )
            }
        ),
    ),
    "script behind others": chained,
    "actions without end": endless,
    "script by turning the page": set_page("/AA", DictionaryObject({NameObject("/O"): script()})),
    "program by clicking": set_page("/Annots", annotation(Subtype=NameObject("/Link"), A=action("Launch"))),
    "opens what is attached": set_page("/Annots", annotation(Subtype=NameObject("/Link"), A=action("GoToE"))),
    "script by passing over": set_page(
        "/Annots", annotation(Subtype=NameObject("/Link"), AA=DictionaryObject({NameObject("/E"): script()}))
    ),
    "script by a line of the outline": outlined(last=script()),
    **{
        f"a field at its trigger {key}": widget(key) for key in ("E", "X", "D", "U", "Fo", "Bl", "PO", "PC", "PV", "PI")
    },
}


@pytest.mark.parametrize("kind", RUNNING)
@pytest.mark.django_db
def test_a_pdf_that_runs_something_is_refused(kind, tu, at, files):
    with pytest.raises(documents.Active) as no:
        documents.save(pdf_with(RUNNING[kind]), name="đơn.pdf", actor=tu, at=at)
    assert "đơn.pdf" in str(no.value)
    assert files() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda writer, _page: writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://a.example")),
        set_root("/OpenAction", action("GoTo", D=ArrayObject([NumberObject(0), NameObject("/Fit")]))),
        *(widget(key) for key in "KFVC"),
        set_page("/Annots", NumberObject(3)),
        set_root("/AA", NumberObject(3)),
        outlined(last=action("URI", URI=TextStringObject("https://a.example"))),
        fanned,
    ],
    ids=[
        "a link",
        "begins at a page",
        *(f"a field that computes by {key}" for key in "KFVC"),
        "annotations that are none",
        "triggers that are none",
        "an outline",
        "actions that lead to each other in many ways",
    ],
)
def test_a_pdf_that_only_shows_is_taken(change):
    assert look_at(io.BytesIO(pdf_with(change)), name="a.pdf").pages == 1


def test_one_budget_holds_for_the_whole_of_a_file():
    """Every page shows the same long list of links: what is written once would be looked at a thousand times."""

    def crowded(writer, page):
        link = reference(writer, annotation(Subtype=NameObject("/Link"))[0])
        page[NameObject("/Annots")] = reference(writer, ArrayObject([link] * 1000))
        for _ in range(1000):
            writer.add_blank_page(9, 9)[NameObject("/Annots")] = page.raw_get("/Annots")

    with pytest.raises(documents.Active):
        look_at(io.BytesIO(pdf_with(crowded)), name="a.pdf")


def test_a_script_behind_the_last_page_looked_at_is_no_way_round(monkeypatch):
    monkeypatch.setattr(hidden, "_PAGES", 2)
    assert look_at(io.BytesIO(samples.pdf(2)), name="a.pdf").pages == 2
    with pytest.raises(documents.TooManyPages):
        look_at(io.BytesIO(samples.pdf(3)), name="a.pdf")


@pytest.mark.parametrize("behind", [b"x", b"\n%%EOF\n", b"PK\x05\x06" + b"\xff" * 30, b" " * 60_000])
def test_a_zip_that_does_not_end_with_the_file_is_refused(behind):
    box = samples.container({"a.class": "x"})
    for first in (samples.pdf() + box + b"%%EOF", samples.image("PNG") + box):
        with pytest.raises((documents.TwoInOne, documents.Incomplete)) as no:
            look_at(io.BytesIO(first + behind), name="a.pdf")
        assert no.type is documents.TwoInOne


@pytest.mark.parametrize(
    "first", [samples.pdf(), samples.image("PNG"), samples.image("JPEG")], ids=["pdf", "png", "jpeg"]
)
@pytest.mark.django_db
def test_a_zip_behind_another_file_is_refused(first, tu, at, files):
    box = samples.container({"META-INF/MANIFEST.MF": "Main-Class: Harm"})
    with pytest.raises((documents.TwoInOne, documents.Incomplete)):
        documents.save(first + box, name="a.pdf", actor=tu, at=at)
    assert files() == []


def test_a_zip_behind_a_pdf_that_ends_as_one_is_refused():
    box = bytearray(samples.container({"a.class": "x"}))
    box[-2:] = struct.pack("<H", 6)  # the end mark of the PDF as the comment of the archive
    with pytest.raises(documents.TwoInOne):
        look_at(io.BytesIO(samples.pdf() + bytes(box) + b"\n%%EOF"), name="a.pdf")


def test_a_pdf_before_an_office_file_is_refused():
    members = {"%PDF-1.7": "x", "[Content_Types].xml": "", "word/document.xml": ""}
    real = zipfile.ZipFile(io.BytesIO(samples.docx()))
    members |= {name: real.read(name) for name in real.namelist()}
    with pytest.raises(documents.TwoInOne):
        look_at(io.BytesIO(samples.container(members, zipfile.ZIP_STORED)), name="a.docx")


def test_a_pdf_that_speaks_of_zip_files_is_taken():
    assert look_at(
        io.BytesIO(samples.pdf().replace(b"startxref", b"% PK\x05\x06 and so on\nstartxref")), name="a.pdf"
    ).pages


LAUGHS = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "hahaha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/_rels/document.xml.rels", "docProps/core.XML"])
def test_xml_that_blows_up_is_refused(part, coding):
    with pytest.raises(documents.Active):
        look_at(io.BytesIO(samples.docx({part: LAUGHS.encode(coding)})), name="a.docx")


def test_xml_that_blows_up_is_refused_in_every_office_kind():
    kind = "application/vnd.oasis.opendocument.text"
    odt = {"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": LAUGHS}
    with pytest.raises(documents.Active):
        look_at(io.BytesIO(samples.container(odt)), name="a.odt")


def test_a_declaration_across_two_pieces_is_found():
    text = " " * (256 * 1024 - 4) + LAUGHS
    with pytest.raises(documents.Active):
        look_at(io.BytesIO(samples.docx({"word/document.xml": text})), name="a.docx")


def test_a_picture_that_holds_those_letters_is_no_xml():
    assert look_at(io.BytesIO(samples.docx({"word/media/a.png": b"<!ENTITY"})), name="a.docx").kind == "docx"


@pytest.mark.parametrize("member", ["../../etc/passwd", "word/../../x.xml", "..\\..\\windows\\x.xml"])
def test_a_member_that_leads_out_is_refused(member):
    with pytest.raises(documents.Unreadable):
        look_at(io.BytesIO(samples.docx({member: "x"})), name="a.docx")


def test_a_member_that_is_a_link_is_refused():
    out = io.BytesIO(samples.docx())
    with zipfile.ZipFile(out, "a") as box:
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        box.writestr(link, "/etc/passwd")
    with pytest.raises(documents.Unreadable):
        look_at(out, name="a.docx")


def test_what_unpacks_a_hundredfold_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = samples.docx({"word/media/a.bin": b"\x00" * (70 * 1024 * 1024)})
    monkeypatch.setattr(contents, "refuse_hostile_members", lambda *_a, **_k: pytest.fail("unpacked"))
    with pytest.raises(documents.WrongType):
        look_at(io.BytesIO(bomb), name="a.docx")


def test_a_size_that_lies_is_no_way_round():
    """A member that says it is small and unpacks to much stops where it said, and its sum is wrong."""
    honest = samples.docx({"word/media/a.bin": b"\x00" * (80 * 1024 * 1024)})
    size = struct.pack("<L", 80 * 1024 * 1024)
    with pytest.raises(Refusal):
        look_at(io.BytesIO(honest.replace(size, struct.pack("<L", 100))), name="a.docx")


def png(width, height):
    def chunk(kind, data):
        return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(2**31 - 1, 2**31 - 1), (100_000, 100_000), (2**31 - 1, 1), (9_001, 9_001)])
def test_a_picture_that_says_it_is_huge_is_refused(size):
    with pytest.raises((documents.TooManyPixels, documents.Unreadable)):
        look_at(io.BytesIO(png(*size)), name="a.png")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\a.pdf", "a.pdf"),
        ("/", "tep"),
        ("..", "tep"),
        ("a.pdf\x00.exe", "a.pdf.exe"),
        ("đơn\u202efdp.exe", "đơnfdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("\u200b\u200b", "tep"),
        ("C:\\a.pdf", "a.pdf"),
        ("....//....//a.pdf", "a.pdf"),
    ],
)
def test_a_name_leads_nowhere(given, kept):
    assert clean_name(given) == kept
