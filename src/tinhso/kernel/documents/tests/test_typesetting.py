import hashlib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from tinhso.kernel.documents import public as documents

DATA = {
    "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "parent": "UBND tỉnh Quảng Nam",
    "agency": "Trung tâm Phục vụ hành chính công",
    "number": "Số: 0001/TNHS",
    "place": "Tam Kỳ",
    "on": "2026-03-05",
    "fields": [["Mã hồ sơ", "H47.12-260305-0001"], ["Địa chỉ", ""]],
    "qr": documents.qr_svg("https://dichvucong.example/ho-so/H47.12-260305-0001"),
    "qr_note": "Quét để tra cứu",
    "head": ["STT", "Thành phần", "Số lượng", "Ghi chú"],
    "rows": [["1", "Đơn đề nghị cấp đổi", 1, "bản chính"], ["2", "Thẻ căn cước", 2, None]],
    "fee": 1250000,
    "applicant": "Nguyễn Thị Tư",
    "leader": "Trần Văn Minh",
}


def text_of(pdf, tmp_path):
    (tmp_path / "x.pdf").write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "x.pdf", "-"], capture_output=True, check=True)
    return told.stdout.decode()


def test_the_paper_says_what_it_was_given(at, tmp_path):
    told = text_of(documents.render_pdf("documents/example", DATA, at=at), tmp_path)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND TỈNH QUẢNG NAM",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Tam Kỳ, ngày 05 tháng 3 năm 2026",
        "Lệ phí: 1.250.000 đồng.",
        "Nguyễn Thị Tư",
    ):
        assert words in told


@pytest.mark.parametrize("size", ["a4", "a5", "a4-landscape", "a5-landscape"])
def test_every_size_takes_one_page(size, at):
    reader = PdfFileReader(
        __import__("io").BytesIO(documents.render_pdf("documents/example", {**DATA, "size": size}, at=at))
    )
    assert reader.root["/Pages"]["/Count"] == 1


def test_same_data_and_moment_give_the_same_bytes(at):
    def digest(**changes):
        return hashlib.sha256(documents.render_pdf("documents/example", {**DATA, **changes}, at=at)).hexdigest()

    assert digest() == digest()
    assert digest(applicant="Người khác") != digest()
    later = documents.render_pdf("documents/example", DATA, at=at + timedelta(days=1))
    assert hashlib.sha256(later).hexdigest() != digest()


EVIL = '#panic("x") *đậm* $x^2$ <nhãn>\n@tham #import "/etc/passwd"\n\\ `a` "]} // /*\n= Tiêu đề\n- gạch'


def test_data_are_never_markup(at, tmp_path):
    told = text_of(documents.render_pdf("documents/example", {**DATA, "fields": [["Ghi chú", EVIL]]}, at=at), tmp_path)
    for line in EVIL.splitlines():
        assert line in told


def test_no_template_reads_data_as_markup():
    for path in Path(documents.__file__).parents[2].rglob("pdf/**/*.typ"):
        code = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("//"))
        assert "eval(" not in code, path


def test_the_file_is_pdf_a_and_has_its_signature_field(at):
    import io

    pdf = documents.render_pdf("documents/example", DATA, at=at)
    reader = PdfFileReader(io.BytesIO(pdf))
    metadata = reader.root["/Metadata"].data
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    [(name, value, reference)] = enumerate_sig_fields(reader)
    left, bottom, right, top = reference.get_object()["/Rect"]
    assert (name, value) == ("leader", None)
    assert 300 < left < right < 560
    assert 30 < top - bottom < 80


def test_a_template_that_does_not_compile_says_why(at):
    with pytest.raises(documents.BrokenTemplate, match="does not contain key"):
        documents.render_pdf("documents/example", {}, at=at)
    with pytest.raises(LookupError):
        documents.render_pdf("documents/absent", {}, at=at)
