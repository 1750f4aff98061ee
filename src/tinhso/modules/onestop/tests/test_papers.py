"""Papers: what they say, that they fit, that the right one is chosen, what they cost."""

import io
import json
import re
import subprocess
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given
from hypothesis import settings as cases
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pypdf import PdfReader

from tinhso.base.actors import Actor, ActorKind, system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.casework.public import LegalBasis, Service, Task, TaskState
from tinhso.kernel.documents.public import issue_signing_key, render_pdf, sign_pdf, signing_key_of, verify_pdf
from tinhso.kernel.forms.public import load_form, parse_form, publish_forms
from tinhso.kernel.journal.public import new_id
from tinhso.kernel.organisation.public import Agency, Official, Post, Tenure
from tinhso.kernel.organisation.stamp import touch
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import (
    Dossier,
    DossierFile,
    DueChange,
    FileOrigin,
    MoneyState,
    Payment,
    PaymentMethod,
    PaymentState,
    Result,
    SupplementRequest,
)
from tinhso.modules.onestop.queries import papers
from tinhso.modules.onestop.queries.papers import parts
from tinhso.modules.onestop.queries.papers.letters import question_at
from tinhso.modules.onestop.queries.papers.results import answers_said

pytestmark = pytest.mark.django_db
FORMS = Path(__file__).parents[5] / "provinces" / "quang-nam" / "forms"
FILED = datetime(2022, 11, 22, 9, 14, tzinfo=CIVIL_ZONE)
DUE = datetime(2022, 12, 13, 17, 0, tzinfo=CIVIL_ZONE)
LATER = FILED + timedelta(days=3)
PT_PER_MM = 72 / 25.4
LONG = "Nguyễn Phước Bảo Hoàng Thị Công Tằng Tôn Nữ Khánh Huyền Trang Ngọc Minh Anh Thư Quỳnh Hương Giang"
UNBROKEN = "KhôngCóDấuCách" * 12
SERVICE = Service(
    code="1.013225",
    name="Cấp giấy phép xây dựng nhà ở riêng lẻ",
    legal=(
        LegalBasis("50/2014/QH13", "Luật Xây dựng"),
        LegalBasis("175/2024/NĐ-CP", ""),
        LegalBasis("99/2025/NĐ-CP", ""),
    ),
)


@pytest.fixture
def minh_an(db):
    """Hội An, its ward Minh An, the ward's desk, its chair and vice chair."""
    rows = [
        ("H47", "Ủy ban nhân dân tỉnh Quảng Nam", "committee", "province", ""),
        ("H47.32", "Ủy ban nhân dân thành phố Hội An", "committee", "district", "H47"),
        ("H47.32.04", "Phòng Quản lý đô thị thành phố Hội An", "division", "district", "H47.32"),
        ("H47.32.15", "Bộ phận Tiếp nhận và Trả kết quả thành phố Hội An", "desk", "district", "H47.32"),
        ("H47.32.20", "Ủy ban nhân dân phường Minh An", "committee", "commune", "H47.32"),
        ("H47.32.20.01", "Bộ phận Tiếp nhận và Trả kết quả phường Minh An", "desk", "commune", "H47.32.20"),
    ]
    for code, name, kind, level, parent in rows:
        steps = code.split(".")
        path = "/".join(".".join(steps[: n + 1]) for n in range(len(steps)))
        unit = "20398" if level == "commune" else ""
        Agency.objects.create(
            code=code,
            name=name,
            name_en=name,
            kind=kind,
            level=level,
            parent_code=parent,
            path=path,
            unit_code=unit,
            folded="",
            valid_from=date(2021, 1, 1),
        )
    for code, title, name in [("chair", "Chủ tịch", "Trần Văn Minh"), ("vice", "Phó Chủ tịch", "Võ Đình Phước")]:
        official = Official.objects.create(id=new_id(), staff_code=code, full_name=name, folded="")
        post = f"H47.32.20/{code}"
        Post.objects.create(
            code=post,
            agency_code="H47.32.20",
            title=title,
            title_en=title,
            roles=["leader"],
            valid_from=date(2021, 1, 1),
        )
        Tenure.objects.create(post_code=post, official=official, valid_from=date(2021, 1, 1))
    touch()


@pytest.fixture
def forms(minh_an):
    """Publish three real forms of the province."""
    common = json.loads((FORMS / "_common.json").read_text())
    codes = ("1.001193", "1.013225", "1.001612")
    made = [parse_form(code, json.loads((FORMS / f"{code}.json").read_text()), common=common) for code in codes]
    publish_forms(made, actor=system("loader"), at=FILED - timedelta(days=30))


def a_dossier(**changes):
    """Return a dossier of Minh An that was taken in on FILED; not kept by any act, papers only read."""
    return Dossier.objects.create(
        **{
            "code": "H47.32.20-221122-0001",
            "service_code": "1.013225",
            "service_name": SERVICE.name,
            "agency_code": "H47.32.20",
            "agency_name": "Ủy ban nhân dân phường Minh An",
            "desk_code": "H47.32.20.01",
            "way": "direct",
            "state": NationalState.PROCESSING,
            "owner_key": "person:1",
            "submitter_key": "person:1",
            "applicant_name": "Lê Thị Mỹ Hạnh",
            "applicant_folded": "le thi my hanh",
            "applicant_number": "049190001234",
            "applicant_phone": "0905123218",
            "applicant_address": "41 Lý Thường Kiệt, phường Minh An, thành phố Hội An",
            "components": [
                {"code": "QSDD", "name": "Giấy chứng nhận quyền sử dụng đất", "originals": 0, "copies": 1},
                {"code": "BVTK", "name": "Bản vẽ thiết kế xây dựng", "originals": 2, "copies": 0},
            ],
            "submitted_at": FILED,
            "received_at": FILED,
            "clock_from": FILED,
            "limit_amount": Decimal("15.00"),
            "limit_unit": "working_day",
            "due_at": DUE,
            "form_number": 1,
            "fee_vnd": 75000,
            "money": MoneyState.PAID,
            **changes,
        }
    )


def a_result(dossier, **changes):
    return Result.objects.create(
        **{
            "dossier": dossier,
            "kind": "grant",
            "title": "Giấy phép xây dựng",
            "number": "12/GPXD",
            "proposed_by": "Hà Văn Tín",
            "proposed_at": FILED,
            "data": {"note": "ý kiến nội bộ của chuyên viên"},
            **changes,
        }
    )


def printed(paper, at=FILED):
    """Return the text of a paper (spaces as one), its pages, and its bytes; nothing may lie outside its margins."""
    pdf = render_pdf(*paper, at=at)
    boxes = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    for page in boxes.split("<page ")[1:]:
        width, height = (float(re.search(rf'{side}="([0-9.]+)"', page)[1]) for side in ("width", "height"))
        left, right, edge = (14, 10, 4) if width < 500 else (30, 15, 4)
        for word in re.finditer(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', page):
            x0, y0, x1, y1 = (float(word[n]) for n in range(1, 5))
            inside = x0 >= left * PT_PER_MM - 1 and x1 <= width - right * PT_PER_MM + 1
            assert inside, f"beyond the margin: {word[5]} {x0:.0f}-{x1:.0f} of {width:.0f}"
            assert y0 >= edge * PT_PER_MM, f"above the page: {word[5]}"
            assert y1 <= height - edge * PT_PER_MM, f"below the page: {word[5]}"
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = " ".join(" ".join(page.extract_text().replace("\u200b", "").split()) for page in pages)
    return text, pages, pdf


def fonts_of(pages):
    fonts = {}
    for page in pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            file = inner["/FontDescriptor"].get_object()
            fonts[str(inner["/BaseFont"])] = any(key in file for key in ("/FontFile2", "/FontFile3"))
    return fonts


def test_form_01_says_what_was_promised(minh_an):
    dossier = a_dossier(case_id=new_id(), postponed_at=LATER)
    DueChange.objects.create(dossier=dossier, at=LATER, was=DUE, became=DUE + timedelta(days=5), by="x", reason="bão")
    text, pages, pdf = printed(papers.paper_of("01", dossier, LATER))
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "UBND PHƯỜNG MINH AN BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ PHƯỜNG MINH AN",
        "Số: 0001/TNHS",
        "Minh An, ngày 22 tháng 11 năm 2022",
        "Mã hồ sơ: H47.32.20-221122-0001",
        "Bản vẽ thiết kế xây dựng 02",
        "15 ngày làm việc",
        "09 giờ 14 phút, ngày 22/11/2022",
        "17 giờ 00 phút, ngày 13/12/2022",
        "75.000 đồng (đã nộp)",
        "Quét mã để theo dõi hồ sơ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "Phiếu in từ hệ thống; nội dung đối chiếu theo mã QR.",
    ):
        assert words in text
    assert len(pages) == 1
    fonts = fonts_of(pages)
    assert fonts
    assert all(fonts.values())
    assert any("Tinos" in name for name in fonts)
    assert [name for name, _v, _r in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf)))] == ["reception"]


def test_form_01_counts_files_filed_online(minh_an):
    dossier = a_dossier(components=[], way="online", result_way="post", result_address="12 Trần Phú")
    for code, name, replaced in [("KH", "Giấy kết hôn", None), ("KH", "Giấy kết hôn", None), ("UQ", "Uỷ quyền", FILED)]:
        DossierFile.objects.create(
            dossier=dossier,
            component_code=code,
            component_name=name,
            document_id=new_id(),
            name="a.pdf",
            size_bytes=1,
            sha256="0" * 64,
            origin=FileOrigin.APPLICANT,
            replaced_at=replaced,
            added_at=FILED,
        )
    text, _pages, _pdf = printed(papers.paper_of("01", dossier, FILED))
    assert "1 Giấy kết hôn 02" in text
    assert "Uỷ quyền" not in text
    assert "bưu chính công ích: 12 Trần Phú" in text


def test_twenty_components_go_on_page_two_with_their_head(minh_an):
    rows = [{"code": str(n), "name": f"{LONG} số {n}", "originals": n, "copies": 1} for n in range(1, 21)]
    dossier = a_dossier(components=rows, applicant_name=LONG, applicant_address=UNBROKEN, applicant_email=UNBROKEN)
    text, pages, _pdf = printed(papers.paper_of("01", dossier, FILED))
    assert len(pages) == 4
    heads = [re.sub(r"\s+", " ", page.extract_text()).count("TT Tên giấy tờ") for page in pages]
    assert heads[:3] == [1, 1, 1]
    assert all(f"số {n} " in text for n in range(1, 21))
    assert UNBROKEN in text.replace(" ", "")
    dossier.components = [{**row, "name": f"Bản sao giấy tờ số {row['code']}"} for row in rows]
    assert len(printed(papers.taken_paper(dossier, FILED))[1]) == 2


def test_form_02_names_places_and_reasons(forms):
    dossier = a_dossier(form_code="1.001193", form_version=1)
    request = SupplementRequest.objects.create(
        dossier=dossier,
        number=7,
        items=[
            {"pointer": "", "component": "BVTK", "reason": "unreadable", "text": "Chụp lại rõ hơn"},
            {"pointer": "/child/birth_place", "component": "", "reason": "wrong", "text": "Ghi đủ ba cấp"},
        ],
        asked_by="Nguyễn Thị Lan",
        asked_phone="02353861234",
        asked_at=LATER,
        answer_by=date(2022, 12, 10),
    )
    text, pages, _pdf = printed(papers.paper_of("02", dossier, LATER))
    assert request.number == 7
    for words in (
        "Số: 0007/HDHS",
        "Bản vẽ thiết kế xây dựng Không đọc được Chụp lại rõ hơn",
        "Trẻ được khai sinh – Nơi sinh",
        "Bổ sung trước hết ngày: 10/12/2022",
        "Nguyễn Thị Lan, điện thoại 02353861234,",
        "ngày 25 tháng 11 năm 2022",
    ):
        assert words in text
    assert len(pages) == 1


def test_forms_03_and_04(minh_an):
    refused = a_dossier(state=NationalState.NOT_ACCEPTED, closing_reason="Không thuộc thẩm quyền", finished_at=LATER)
    text, _pages, _pdf = printed(papers.paper_of("03", refused, LATER))
    assert "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ" in text
    assert "Không thuộc thẩm quyền" in text
    late = a_dossier(code="B-1", postponed_at=LATER, due_at=DUE + timedelta(days=2))
    DueChange.objects.create(dossier=late, at=LATER, was=DUE, became=late.due_at, by="x", reason="Bão số 5")
    text, _pages, _pdf = printed(papers.paper_of("04", late, LATER))
    assert "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in text
    assert "17 giờ 00 phút, ngày 13/12/2022" in text
    assert "17 giờ 00 phút, ngày 15/12/2022" in text
    assert "Lý do: Bão số 5" in text
    assert "phạm" not in text


def test_the_number_means_what_the_rule_of_the_day_says(minh_an):
    new = datetime(2025, 10, 1, 9, 0, tzinfo=CIVIL_ZONE)
    now = a_dossier(
        submitted_at=new,
        received_at=new,
        due_at=new,
        finished_at=new,
        state=NationalState.STOPPED,
        closing_reason="Người nộp không đến",
        postponed_at=new,
    )
    DueChange.objects.create(dossier=now, at=new, was=new, became=new, by="x", reason="y")
    assert "THÔNG BÁO Về việc dừng giải quyết hồ sơ" in printed(papers.paper_of("05", now, new))[0]
    assert "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN" in printed(papers.paper_of("04", now, new))[0]
    assert "PHIẾU KIỂM SOÁT" in printed(papers.paper_of("06", now, new))[0]
    then = a_dossier(code="old", state=NationalState.STOPPED, finished_at=LATER, closing_reason="x", stop_number=7)
    assert papers.paper_of("05", then, LATER)[0] == "onestop/control-sheet"
    stopped = papers.paper_of("stop", then, LATER)
    assert (stopped[0], stopped[1]["number"]) == ("onestop/form-stop", "0007")
    with pytest.raises(papers.NoSuchPaper):
        papers.paper_of("06", then, LATER)


@pytest.mark.parametrize("form", ["01", "02", "03", "04", "05", "06", "07", "receipt", "stop", "nothing", "../x"])
def test_a_dossier_that_was_only_filed_has_no_paper(form, minh_an):
    dossier = a_dossier(received_at=None, state=NationalState.FILED)
    with pytest.raises(papers.NoSuchPaper):
        papers.paper_of(form, dossier, FILED)


def a_step(case_id, name, agency, start, end, due, who):  # noqa: PLR0917 - a row of a table
    return {
        "case_id": case_id,
        "node_id": name,
        "name": name,
        "agency_code": agency,
        "role": "processor",
        "assignee_name": who,
        "state": TaskState.DONE if end else TaskState.OPEN,
        "created_at": start,
        "done_at": end,
        "due_at": due,
        "kind": "dossier",
        "subject_key": "x",
        "title": "x",
    }


@pytest.fixture
def case(minh_an):
    """A case whose three steps were handed on early, on the day and late, and a fourth that is open."""
    from tinhso.kernel.casework.public import Case, Flow

    flow = Flow.objects.create(
        code="f", version=1, name="f", xml=b"", graph={}, sha256="", published_at=FILED, published_by="x"
    )
    made = Case.objects.create(flow=flow, kind="dossier", subject_key="x", title="x", opened_at=FILED)
    hour, day = timedelta(hours=1), timedelta(days=1)
    desk, ward = "H47.32.20.01", "H47.32.20"
    steps = [
        ("Tiếp nhận", desk, FILED, FILED + hour, FILED + 2 * day, "Nguyễn Thị Lan"),
        ("Thẩm định", ward, FILED + hour, FILED + 5 * hour, FILED + 6 * hour, "Lê Thị Thu Hà"),
        ("Lãnh đạo ký", ward, FILED + 5 * hour, FILED + 3 * day, FILED + 6 * hour, "Trần Văn Minh"),
        ("Văn thư phát hành", ward, FILED + 3 * day, None, FILED + 4 * day, ""),
    ]
    for step in steps:
        Task.objects.create(**a_step(made.id, *step))
    return made


def test_the_control_sheet_tells_who_gave_what_to_whom_in_time(case):
    dossier = a_dossier(case_id=case.id)
    text, pages, _pdf = printed(papers.paper_of("control", dossier, LATER))
    for words in (
        "Giao: Bộ phận Tiếp nhận và Trả kết quả phường Minh An Tiếp nhận: Nguyễn Thị Lan",
        "Nhận: Ủy ban nhân dân phường Minh An Thẩm định: Lê Thị Thu Hà",
        "Văn thư phát hành (hạn 09:14 26/11/2022)",
    ):
        assert words in text
    assert [text.count(words) for words in ("Trước hạn", "Đúng hạn", "Quá hạn")] == [1, 1, 1]
    assert len(pages) == 1


def test_the_control_sheet_of_a_long_case_repeats_its_head(case):
    for n in range(30):
        at = FILED + timedelta(days=3, minutes=n)
        done = a_step(case.id, f"Bước {n}", "H47.32.20", at, at + timedelta(minutes=1), at, LONG)
        Task.objects.create(**done)
    text, pages, _pdf = printed(papers.paper_of("control", a_dossier(case_id=case.id), LATER))
    assert len(pages) > 3
    assert text.count("TT Giao – nhận") >= len(pages) - 1


def test_the_receipt_says_the_amount_in_words(minh_an):
    dossier = a_dossier(
        fee_vnd=1_205_000, fee_steps=[{"vi": "Lệ phí: 1.500.000 đồng"}, {"vi": "Nộp trực tuyến: giảm 295.000 đồng"}]
    )
    Payment.objects.create(
        dossier=dossier,
        order_code="TS0000",
        amount_vnd=1_205_000,
        method=PaymentMethod.CASH,
        state=PaymentState.PAID,
        payer_name="Lê Thị Mỹ Hạnh",
        taken_by="Trương Thị Hoa",
        receipt_number="BL22-H47.32.20.01-000001",
        created_at=FILED,
        settled_at=LATER,
    )
    text, pages, pdf = printed(papers.paper_of("receipt", dossier, LATER + timedelta(days=9)))
    for words in (
        "Số: BL22-H47.32.20.01-000001",
        "1.205.000 đồng",
        "(Bằng chữ: Một triệu hai trăm linh năm nghìn đồng)",
        "tiền mặt tại quầy",
        "Minh An, ngày 25 tháng 11 năm 2022",
        "giảm 295.000 đồng",
    ):
        assert words in text
    assert len(pages) == 1
    assert [name for name, _v, _r in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf)))] == ["cashier"]


PLACE = {"line": "41 Lý Thường Kiệt", "unit": "20398"}
BIRTH = {
    "applicant": {"full_name": "Lê Văn Tám", "citizen_number": "049190001234", "address": PLACE, "relation": "father"},
    "child": {
        "full_name": "Lê Bảo An",
        "born_on": "2022-04-15",
        "sex": "female",
        "ethnicity": "01",
        "nationality": "Việt Nam",
        "birth_place": "Bệnh viện Đa khoa Hội An",
        "home_town": "Hội An, Quảng Nam",
    },
    "mother": {
        "known": True,
        "full_name": "Trần Thị Tư",
        "born_on": "1995",
        "ethnicity": "26",
        "nationality": "Việt Nam",
        "address": PLACE,
    },
    "father": {"known": False},
    "papers": {"proof": "certificate"},
    "wishes": {"wants_copies": False},
}
PERMIT = {
    "owner": {
        "full_name": "Lê Thị Mỹ Hạnh",
        "citizen_number": "049190001234",
        "address": PLACE,
        "phone": "0905123218",
        "co_owners": [{"full_name": "Phan Văn Ba", "citizen_number": "001060000001"}],
    },
    "land": {"parcel": "12", "sheet": "3", "area": 120.5, "address": PLACE, "certificate": "CH 123456"},
    "design": {"by": "firm", "name": "Công ty A", "certificate": "QNA-001"},
    "house": {
        "grade": "III",
        "footprint": 80,
        "floors": [{"name": f"Tầng {n}", "area": 80} for n in range(1, 4)],
        "storeys": 3,
        "height": 11.5,
    },
    "schedule": {"months": 8, "neighbours": True},
}
BUSINESS = {
    "owner": {
        "full_name": "Lê Thị Mỹ Hạnh",
        "citizen_number": "049190001234",
        "born_on": "1990-02-01",
        "sex": "female",
        "ethnicity": "01",
        "nationality": "Việt Nam",
        "address": PLACE,
        "phone": "0905123218",
    },
    "founders": {
        "by": "household",
        "members": [
            {
                "full_name": "Phan Văn Ba",
                "citizen_number": "001060000001",
                "born_on": "1960-01-01",
                "sex": "male",
                "signs": True,
            }
        ],
    },
    "business": {
        "name": "Phở Hạnh",
        "address": PLACE,
        "phone": "0905123218",
        "starts_on": "2022-12-01",
        "workers": 3,
        "capital": 50_000_000,
    },
    "lines": {
        "list": [
            {"code": "5610", "name": "Nhà hàng và dịch vụ ăn uống", "main": True},
            {"code": "4711", "name": "Bán lẻ", "main": False},
        ]
    },
}
REAL = {
    "birth-certificate": ("1.001193", BIRTH),
    "construction-permit": ("1.013225", PERMIT),
    "household-business": ("1.001612", BUSINESS),
}


def result_of(template, at=LATER, signer="Trần Văn Minh", **changes):
    code, answers = REAL[template]
    dossier = a_dossier(form_code=code, form_version=1, answers=changes.pop("answers", answers))
    service = Service(code=code, name="x", result_template=template, legal=SERVICE.legal)
    return papers.result_paper(dossier, a_result(dossier, **changes), service, at, signer=signer)


def test_the_birth_certificate(forms):
    text, pages, pdf = printed(result_of("birth-certificate", title="Giấy khai sinh", number="3/GKS-UBND"))
    for words in (
        "GIẤY KHAI SINH",
        "Số: 3/GKS-UBND",
        "LÊ BẢO AN",
        "15/04/2022",
        "Ngày mười lăm tháng tư năm hai nghìn không trăm hai mươi hai",
        "Giới tính: Nữ Dân tộc: Kinh Quốc tịch: Việt Nam",
        "Năm sinh: 1995 Dân tộc: Cơ-tu",
        "41 Lý Thường Kiệt, phường Minh An",
        "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH",
        "Trần Văn Minh",
        "Quét mã để kiểm tra giấy này",
    ):
        assert words in text
    assert "nội bộ" not in text
    assert len(pages) == 1
    assert [name for name, _v, _r in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf)))] == ["leader"]


def test_the_construction_permit(forms):
    text, pages, _pdf = printed(result_of("construction-permit", signer="Võ Đình Phước"))
    for words in (
        "GIẤY PHÉP XÂY DỰNG",
        "Số: 12/GPXD",
        "Lê Thị Mỹ Hạnh, Phan Văn Ba",
        "240 m²",
        "Công ty A, chứng chỉ số QNA-001",
        "thửa đất số: 12, tờ bản đồ số 3, diện tích 120,5 m²".capitalize(),
        "CH 123456",
        "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH",
    ):
        assert words in text.replace("\u00a0", " ")
    assert "66,39 %" in text.replace("\u00a0", " ")
    assert len(pages) == 1


def test_the_certificate_of_a_household_business(forms):
    text, pages, _pdf = printed(result_of("household-business", title="Giấy chứng nhận"))
    for words in (
        "HỘ KINH DOANH PHỞ HẠNH",
        "1 Nhà hàng và dịch vụ ăn uống 5610 x",
        "50.000.000 đ",
        "1 Phan Văn Ba 01/01/1960 Nam 001060000001",
        "Các thành viên hộ gia đình",
    ):
        assert words in text.replace("\u00a0", " ")
    assert len(pages) == 1


def test_other_results_print_the_answers_without_ways_to_reach_people(forms):
    dossier = a_dossier(form_code="1.001612", form_version=1, answers=BUSINESS)
    text, _pages, _pdf = printed(papers.result_paper(dossier, a_result(dossier), SERVICE, LATER))
    assert "Phở Hạnh" in text
    assert "Luật Xây dựng (50/2014/QH13)" in text
    assert "các văn bản số 175/2024/NĐ-CP; 99/2025/NĐ-CP" in text
    assert "0905123218" not in text
    assert "nội bộ" not in text
    assert "TM. ỦY BAN NHÂN DÂN" in text


def test_a_refusal_says_why(forms):
    dossier = a_dossier()
    result = a_result(dossier, kind="refusal", reason="Lô đất nằm trong hành lang bảo vệ.\nĐiều 93 Luật Xây dựng.")
    text, pages, _pdf = printed(papers.result_paper(dossier, result, SERVICE, LATER, signer="Trần Văn Minh"))
    assert "Về việc từ chối giải quyết hồ sơ" in text
    assert "Lô đất nằm trong hành lang bảo vệ. Điều 93 Luật Xây dựng." in text
    assert "22 tháng 11 năm 2022" in text
    assert len(pages) == 1


def test_a_pooled_post_or_a_stranger_signs_for_the_agency_only(forms):
    Post.objects.filter(code="H47.32.20/chair").update(title="Chủ tịch và Phó Chủ tịch")
    dossier = a_dossier()
    for signer in ("Trần Văn Minh", "Người Lạ", ""):
        _template, data = papers.result_paper(dossier, Result(kind="grant"), SERVICE, LATER, signer=signer)
        assert data["signer"] == {"name": signer, "lines": ["TM. Ủy ban nhân dân"]}


@pytest.mark.parametrize("template", sorted(REAL))
def test_results_fit_when_everything_is_as_long_as_it_may_be(template, forms):
    def grow(value):
        if isinstance(value, dict):
            return {key: grow(each) for key, each in value.items()}
        if isinstance(value, list):
            return [grow(value[0])] * 12
        return f"{LONG} {UNBROKEN}" if isinstance(value, str) and " " in value else value

    text, pages, _pdf = printed(result_of(template, answers=grow(REAL[template][1]), title=LONG, number="1" * 40))
    assert 1 < len(pages) <= 12
    assert UNBROKEN[:20] in text.replace(" ", "")


def test_a_character_without_a_glyph_becomes_a_box(minh_an):
    dossier = Dossier(code="x", desk_code="H47.32.20.01", closing_reason="Nhà 🏠 số 5 漢字 đủ dấu")
    assert "Nhà □ số 5 □□ đủ dấu" in printed(papers.refused_paper(dossier, FILED))[0]


@cases(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(blacklist_categories=["Cs", "Cc", "Co", "Cn"]), max_size=80))
@example(text="0\u20d0 đủ dấu")
def test_what_was_typed_is_printed_and_never_read_as_markup(text, minh_an):
    template, data = papers.refused_paper(Dossier(code="x", desk_code="H47.32.20.01", closing_reason=text), FILED)
    assert render_pdf(template, data, at=FILED).startswith(b"%PDF-")
    assert data["reason"].replace("\u200b", "") == text.replace("\u200b", "")


def test_where_and_who():
    assert parts._place(Agency(name="Ủy ban nhân dân thị xã Điện Bàn")) == "Điện Bàn"
    assert parts._place(Agency(name="Uỷ ban nhân dân Phường 3")) == "Phường 3"
    assert parts._place(Agency(name="Ủy ban nhân dân phường 3")) == "Phường 3"
    assert parts._place(Agency(name="UBND tỉnh Quảng Nam")) == "Quảng Nam"


def test_head_of_a_division_and_of_an_agency_that_is_no_more(minh_an):
    division = parts.head("H47.32.04", FILED.date())
    assert (division["above"], division["place"]) == ("UBND thành phố Hội An", "Hội An")
    assert parts.head("H47", FILED.date())["above"] == ""
    Agency.objects.filter(code="H47.32.20").update(valid_to=date(2022, 1, 1))
    assert parts.head("H47.32.20", FILED.date())["agency"] == "Ủy ban nhân dân\nphường Minh An"


def test_questions_are_named_by_their_pointers(forms):
    form = load_form("1.013225", 1)
    assert (
        question_at(form, "/house/floors/1/area")
        == "Nhà ở đề nghị cấp phép – Diện tích sàn từng tầng – 2 – Diện tích sàn"
    )
    assert question_at(form, "/nowhere/at/all") == ""
    assert question_at(None, "/x") == ""


def test_answers_are_words(forms):
    told = answers_said(a_dossier(form_code="1.001193", form_version=1, answers=BIRTH))
    assert told["said"]["/child/sex"] == "Nữ"
    assert told["said"]["/mother/address/unit"] == "Phường Minh An, thành phố Hội An"
    assert "/mother/born_on@letters" not in told["said"]


@pytest.mark.parametrize("name", ["01", "control", "receipt", "02"])
def test_papers_cost_eight_statements_at_most(name, forms, case):
    named = [{"code": "ZZ", "name": "Giấy tờ", "originals": 1, "copies": 0}]
    dossier = a_dossier(case_id=case.id, form_code="1.001193", form_version=1, components=named)
    DueChange.objects.create(dossier=dossier, at=LATER, was=DUE, became=DUE, by="x", reason="y")
    SupplementRequest.objects.create(
        dossier=dossier,
        number=7,
        items=[{"pointer": "/child/sex", "component": "ZZ", "reason": "wrong", "text": "x"}],
        asked_by="x",
        asked_at=FILED,
    )
    Payment.objects.create(
        dossier=dossier, order_code="1", amount_vnd=1, method="cash", state=PaymentState.PAID, created_at=FILED
    )
    papers.paper_of(name, dossier, FILED)
    with CaptureQueriesContext(connection) as seen:
        papers.paper_of(name, dossier, FILED)
    assert len(seen) <= 8, [query["sql"] for query in seen.captured_queries]


def test_a_result_costs_eight_statements_at_most(forms):
    dossier = a_dossier(form_code="1.001193", form_version=1, answers=BIRTH)
    result = a_result(dossier)
    papers.result_paper(dossier, result, SERVICE, LATER, signer="Trần Văn Minh")
    with CaptureQueriesContext(connection) as seen:
        papers.result_paper(dossier, result, SERVICE, LATER, signer="Trần Văn Minh")
    assert len(seen) <= 8, [query["sql"] for query in seen.captured_queries]


def test_the_qr_leads_to_the_public_page(minh_an):
    dossier = a_dossier(code="H47/2022/0001")
    _template, data = papers.paper_of("01", dossier, FILED)
    assert data["track_url"] == f"{settings.PUBLIC_URL}/ho-so/tra-cuu/H47/2022/0001/"
    assert data["track_qr"].startswith("<svg")


def test_every_template_that_a_pack_names_is_there(db):
    provinces = FORMS.parents[1]
    named = {
        (path.name, line.split(":")[1].strip().strip('"'))
        for path in provinces.glob("*/procedures/*.yaml")
        for line in path.read_text().splitlines()
        if line.startswith("result_template:")
    }
    assert len(named) >= len(REAL)
    folder = Path(parts.__file__).parents[2] / "pdf"
    for where, template in named:
        assert (folder / f"{template.removeprefix('onestop/')}.typ").is_file(), f"{where}: {template}"


@pytest.mark.parametrize("template", sorted(REAL))
def test_a_result_takes_the_leaders_visible_signature(template, forms, tmp_path, settings):
    settings.KEYS_DIR = tmp_path
    leader = Official.objects.get(staff_code="chair")
    key = f"official:{leader.pk}"
    issue_signing_key(
        key,
        "274935",
        name=leader.full_name,
        organisation="UBND phường Minh An",
        staff_code="chair",
        actor=system("demo"),
        at=LATER,
    )
    actor = Actor(kind=ActorKind.OFFICIAL, key=key, name=leader.full_name, level=2)
    signed = sign_pdf(
        render_pdf(*result_of(template), at=LATER),
        key=signing_key_of(actor, pin="274935", at=LATER),
        reason="Ký kết quả",
        at=LATER,
    )
    [report] = verify_pdf(signed)
    assert report.field == "leader"
    assert report.is_good
    text = subprocess.run(["pdftotext", "-", "-"], input=signed, capture_output=True, check=True).stdout.decode()
    assert "Ký bởi: Trần Văn Minh" in text
