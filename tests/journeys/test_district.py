"""A permit of the city: assigned, looked at by another division, corrected, reviewed, signed, issued, handed over."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from .house import PIN
from .walking import People, Walker

OFFICE, DRAWINGS = "H47.32", "BVTK"


def test_a_permit_goes_through_the_whole_city(people: People, scan: Path, tmp_path: Path):
    code = take_in(people, scan, "049165000101")
    thanh = people.official("thanh").open(f"/mot-cua/ho-so/{code}/")
    thanh.press("Phân công")
    thanh.page.get_by_text("Trần Quốc Bảo").click()
    thanh.press("Phân công")
    assert "Trần Quốc Bảo" in thanh.text

    bao = people.official("bao").open("/mot-cua/").follow(code)
    bao.press("Lấy ý kiến").fill(reason="Thửa đất có tranh chấp không?").press("Gửi hỏi ý kiến")
    asked = people.official("son").open(f"/mot-cua/ho-so/{code}/")
    asked.press("Cho ý kiến").fill(reason="Thửa đất không có tranh chấp.").press("Gửi ý kiến")

    bao.open(f"/mot-cua/ho-so/{code}/")
    assert "Thửa đất không có tranh chấp." in bao.text
    enter_declaration(bao)
    propose(bao, code)
    thanh.open(f"/mot-cua/ho-so/{code}/").press("Trả lại để sửa")
    thanh.fill(reason="Ghi thêm số tầng.").press("Trả lại")
    bao.open(f"/mot-cua/ho-so/{code}/")
    assert "Ghi thêm số tầng." in bao.text
    propose(bao, code)
    thanh.open(f"/mot-cua/ho-so/{code}/").press("Đồng ý, chuyển tiếp")

    khanh = people.official("khanh").open("/mot-cua/ky/").follow(code).press("Duyệt và ký")
    khanh.fill(pin="135790").press("Ký")
    assert khanh.page.locator(".govuk-error-summary").count() == 1
    khanh.fill(pin=PIN).press("Ký")
    assert khanh.path == "/mot-cua/ky/"

    clerk = people.official("yen").open(f"/mot-cua/ho-so/{code}/").press("Vào sổ và phát hành")
    assert "GPXD" in clerk.text
    mai = people.official("mai").open(f"/mot-cua/ho-so/{code}/")
    hand_over_paid(people, mai, code)
    assert "Đã trả" in mai.text
    check_signature(people, code, tmp_path)


def take_in(people: People, scan: Path, number: str) -> str:
    """Take an application for a permit in at the city's counter; return its code."""
    mai = people.official("mai").open(f"/mot-cua/tiep-nhan/moi/1.013225/?so={number}")
    mai.answer({"c-QSDD": "1", f"c-{DRAWINGS}": "1", f"f-{DRAWINGS}": str(scan)}).press("Tiếp nhận hồ sơ")
    assert "/mot-cua/ho-so/" in mai.path, mai.text
    return mai.path.removeprefix("/mot-cua/ho-so/").strip("/")


DECLARED = (
    {
        "owner.full_name": "Trần Thị Tư",
        "owner.citizen_number": "049165000101",
        "owner.address.line": "Thôn Mẫu 3",
        "owner.address.unit": "Phường Minh An",
        "owner.phone": "0900000101",
    },
    {
        "land.parcel": "12",
        "land.sheet": "7",
        "land.area": "150",
        "land.address.line": "Tổ 5",
        "land.address.unit": "Phường Minh An",
        "land.certificate": "CS 00012",
    },
    {"design.by": "self"},
    {
        "house.grade": "IV",
        "house.footprint": "80",
        "house.floors.0.name": "Tầng 1",
        "house.floors.0.area": "80",
        "house.storeys": "1",
        "house.height": "4,5",
    },
    {"schedule.months": "6", "schedule.neighbours": "false"},
)


def enter_declaration(officer: Walker) -> None:
    """Enter what was declared on paper, step by step."""
    officer.press("Nhập tờ khai")
    for answers in DECLARED:
        officer.answer(answers).press("Lưu và tiếp tục")
        assert officer.page.locator(".govuk-error-summary").count() == 0, officer.text
    assert "/mot-cua/ho-so/" in officer.path


def refuse_to_grant(officer: Walker) -> None:
    """Propose to refuse it, with the reason that the applicant will read."""
    officer.press("Trình kết quả").answer({"kind": "refusal", "reason": "Đất chưa được phép xây nhà ở."}).press("Trình")


def propose(officer: Walker, code: str) -> None:
    """Propose to grant it."""
    officer.press("Trình kết quả").fill(note="Đủ điều kiện cấp phép.").press("Trình")
    assert officer.path == f"/mot-cua/ho-so/{code}/"


def hand_over_paid(people: People, mai: Walker, code: str) -> None:
    """See that nothing is handed over before the fee is paid, take the fee, hand over."""
    mai.press("Đã trả")
    assert "phí" in mai.page.locator(".cq-note").first.inner_text().lower()
    people.official("cuc").open(f"/mot-cua/ho-so/{code}/").press("Đã thu tiền mặt")
    mai.open(f"/mot-cua/ho-so/{code}/").press("Đã trả")


def check_signature(people: People, code: str, tmp_path: Path) -> None:
    """Have bà Tư fetch the result and a program that is not ours verify its signature."""
    tu = people.citizen().open(f"/ho-so/xem/{code}/")
    link = tu.page.locator("main li", has_text="Kết quả đã ký số").get_by_role("link").first.get_attribute("href")
    file = tmp_path / "ket-qua.pdf"
    file.write_bytes(tu.get(str(link)).body())
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Phan Gia Khánh" in said
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_a_leader_signs_two_at_once(people: People, scan: Path):
    codes = [take_in(people, scan, number) for number in ("049092000102", "049195000103")]
    thanh, bao = people.official("thanh"), people.official("bao")
    for code in codes:
        thanh.open(f"/mot-cua/phan-cong/{code}/")
        thanh.page.get_by_text("Trần Quốc Bảo").click()
        thanh.press("Phân công")
        refuse_to_grant(bao.open(f"/mot-cua/ho-so/{code}/"))
        thanh.open(f"/mot-cua/ho-so/{code}/").press("Đồng ý, chuyển tiếp")
    khanh = people.official("khanh").open("/mot-cua/ky/")
    for code in codes:
        khanh.page.locator(f'input[name=code][value="{code}"]').check()
    khanh.fill(pin=PIN).press("Ký các hồ sơ đã chọn")
    assert re.search(r"\b2\b", khanh.page.locator(".cq-note").first.inner_text())
    assert not any(code in khanh.text for code in codes)
