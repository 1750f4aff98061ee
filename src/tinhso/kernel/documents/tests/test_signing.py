import io
import subprocess
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from pyhanko.pdf_utils.generic import NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from tinhso.kernel.documents import public as documents
from tinhso.kernel.documents.tests import samples
from tinhso.kernel.documents.tests.test_typesetting import DATA

PIN = "927415"


@pytest.fixture
def ring(at):
    ring = documents.get_key_ring()
    ring.issue_key(
        "official:minh",
        PIN,
        name="Trần Văn Minh",
        organisation="Trung tâm Phục vụ hành chính công",
        staff_code="CB-0017",
        at=at,
    )
    return ring


@pytest.fixture
def key(ring, minh, at):
    return documents.signing_key_of(minh, pin=PIN, at=at)


@pytest.fixture
def paper(at):
    return documents.render_pdf("documents/example", DATA, at=at)


def pdfsig(pdf, folder):
    """What poppler says, with nobody's certificates but those in the file."""
    (folder / "signed.pdf").write_bytes(pdf)
    told = subprocess.run(
        ["pdfsig", folder / "signed.pdf"],
        capture_output=True,
        check=False,
        text=True,
        env={"HOME": str(folder), "TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )
    return told.stdout


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_another_program_says_the_signature_is_valid(  # noqa: PLR0917 - fixtures
    kind, ring, minh, at, paper, tmp_path
):
    ring.issue_key(
        "official:minh", PIN, name="Trần Văn Minh", organisation="TTPVHCC", staff_code="CB-1", at=at, kind=kind
    )
    key = documents.signing_key_of(minh, pin=PIN, at=at)
    told = pdfsig(documents.sign_pdf(paper, key=key, reason="Phê duyệt", location="Tam Kỳ", at=at), tmp_path)
    held = x509.load_der_x509_certificate(key.certificate).public_key()
    assert held.key_size >= (3072 if kind == "rsa" else 256), "128 bits of strength"
    assert "Signature Validation: Signature is Valid." in told
    assert "Signer Certificate Common Name: Trần Văn Minh" in told
    assert "Signature Type: ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    assert "Signing Time: Mar 05 2026 02:00:00" in told


def test_tampering_is_found_by_us_and_by_another_program(key, at, paper, tmp_path):
    signed = bytearray(documents.sign_pdf(paper, key=key, at=at))
    place = signed.index(b"/Producer") if b"/Producer" in signed else signed.index(b"/MediaBox")
    signed[place + 1 : place + 2] = b"Q"
    assert "Signature Validation: Digest Mismatch." in pdfsig(bytes(signed), tmp_path)
    [report] = documents.verify_pdf(bytes(signed))
    assert (report.intact, report.is_good) == (False, False)


def test_the_report_says_who_when_and_why(key, at, paper):
    signed = documents.sign_pdf(paper, key=key, reason="Phê duyệt kết quả", location="Tam Kỳ", at=at)
    [report] = documents.verify_pdf(signed)
    assert (report.signer.name, report.signer.serial_number) == ("Trần Văn Minh", "CB-0017")
    assert report.signer.organisation == "Trung tâm Phục vụ hành chính công"
    assert (report.signed_at, report.reason, report.location) == (at, "Phê duyệt kết quả", "Tam Kỳ")
    assert (report.field, report.intact, report.trusted, report.is_good) == ("leader", True, True, True)
    assert (report.covers_whole_document, report.modified_after, report.fault) == (True, False, "")
    [stranger] = documents.verify_pdf(signed, roots=[])
    assert (stranger.intact, stranger.trusted, stranger.is_good) == (True, False, False)
    assert documents.verify_pdf(paper) == []


def test_a_second_signature_leaves_the_first_one_good(ring, key, at, paper, hung):
    ring.issue_key("official:hung", PIN, name="Lê Văn Hùng", organisation="Sở", staff_code="CB-2", at=at)
    once = documents.sign_pdf(paper, key=key, at=at)
    other = documents.signing_key_of(hung, pin=PIN, at=at)
    first, second = documents.verify_pdf(documents.sign_pdf(once, key=other, at=at + timedelta(hours=1)))
    assert (first.is_good, first.covers_whole_document, first.field) == (True, False, "leader")
    assert (second.is_good, second.covers_whole_document, second.signer.name) == (True, True, "Lê Văn Hùng")


def test_a_page_changed_after_signing_is_told(key, at, paper):
    writer = IncrementalPdfFileWriter(io.BytesIO(documents.sign_pdf(paper, key=key, at=at)))
    page = writer.prev.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(90)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    [report] = documents.verify_pdf(out.getvalue())
    assert (report.intact, report.modified_after, report.is_good) == (True, True, False)


def test_the_signature_is_seen_on_paper_with_its_marks(key, at, paper, tmp_path):
    signed = documents.sign_pdf(paper, key=key, reason="Phê duyệt kết quả giải quyết", at=at)
    (tmp_path / "x.pdf").write_bytes(signed)
    told = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, check=True, text=True).stdout
    told = " ".join(told.split())
    assert "Ký bởi: Trần Văn Minh" in told
    assert "Thời gian ký: 05/03/2026 09:00:00 +0700" in told
    assert "Lý do: Phê duyệt kết quả giải quyết" in told


def test_pdf_a_is_still_claimed_and_the_seen_signature_can_be_left_out(key, at, paper):
    signed = documents.sign_pdf(paper, key=key, at=at)
    assert PdfFileReader(io.BytesIO(signed)).root["/Metadata"].data == (
        PdfFileReader(io.BytesIO(paper)).root["/Metadata"].data
    )
    [report] = documents.verify_pdf(documents.sign_pdf(samples.pdf(), key=key, at=at, visible=False))
    assert report.is_good


def test_a_paper_without_a_field_gets_one_on_its_last_page(key, at):
    signed = documents.sign_pdf(samples.pdf(3, width=600), key=key, at=at)
    fields = PdfFileReader(io.BytesIO(signed)).root["/AcroForm"]["/Fields"]
    assert [str(field.get_object()["/T"]) for field in fields] == ["signature-1"]
    assert documents.verify_pdf(signed)[0].is_good


def test_the_key_opens_by_its_pin_and_blocks_after_five_wrong_ones(ring, minh, at):
    for left in (4, 3, 2, 1):
        with pytest.raises(documents.WrongPin) as no:
            documents.signing_key_of(minh, pin="000001", at=at)
        assert no.value.facts["left"] == left
    with pytest.raises(documents.KeyBlocked):
        documents.signing_key_of(minh, pin="000001", at=at)
    with pytest.raises(documents.KeyBlocked):
        documents.signing_key_of(minh, pin=PIN, at=at + timedelta(minutes=14))
    assert documents.signing_key_of(minh, pin=PIN, at=at + timedelta(minutes=16))


def test_a_remembered_key_still_asks_for_the_right_pin(key, minh, at):
    assert documents.signing_key_of(minh, pin=PIN, at=at) is key
    with pytest.raises(documents.WrongPin):
        documents.signing_key_of(minh, pin="123987", at=at)


def test_private_keys_lie_sealed_for_our_eyes_only(ring, settings, hung, at):
    found = [path for path in (settings.KEYS_DIR).rglob("*") if path.is_file() and path.name != ".lock"]
    assert sorted(path.suffix for path in found) == [".der", ".der", ".json", ".pem"]
    assert {path.stat().st_mode & 0o777 for path in found} == {0o600}
    sealed = next(path for path in found if path.suffix == ".json").read_text()
    assert "TEST" in sealed
    assert PIN not in sealed
    with pytest.raises(documents.NoKey):
        documents.signing_key_of(hung, pin=PIN, at=at)


@pytest.mark.parametrize("pin", ["12345", "111111", "123456", "987654"])
def test_an_easy_pin_is_refused(pin, at):
    with pytest.raises(documents.WeakPin):
        documents.get_key_ring().issue_key("official:x", pin, name="X", organisation="Y", staff_code="Z", at=at)


def test_no_signature_outside_the_time_of_the_certificate(key, paper, at):
    with pytest.raises(documents.KeyNotValid):
        documents.sign_pdf(paper, key=key, at=at + timedelta(days=800))


def test_what_is_no_pdf_or_is_locked_cannot_be_signed(key, at):
    for content in (b"not a pdf", samples.pdf(password="x")):
        with pytest.raises(documents.CannotSign):
            documents.sign_pdf(content, key=key, at=at)
    with pytest.raises(documents.Unreadable):
        documents.verify_pdf(b"not a pdf")


def test_at_is_a_moment_with_its_zone(key, paper):
    with pytest.raises(TypeError):
        documents.sign_pdf(paper, key=key, at=datetime(2026, 3, 5))
