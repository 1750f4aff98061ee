"""A permit: assigned, looked at by another division, corrected, reviewed, signed, issued, handed over; or refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .filing import assign
from .house import PIN
from .walking import People, Walker


def test_a_permit_goes_through_the_whole_city(people: People, scan: Path, tmp_path: Path):
    code = take_in(people, scan, "049165000101")
    thanh = assign(people, code, "thanh", "Trần Quốc Bảo")
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


def take_in(people: People, scan: Path, number: str, name: str = "") -> str:
    """Take an application for a permit in at the counter; return its code."""
    permit, say = people.cast.permit, people.cast.say
    desk = people.official(permit.desk).open(f"/mot-cua/tiep-nhan/moi/{permit.service}/?so={number}")
    if name:
        desk.fill(citizen_number=number, full_name=name)
    desk.answer({field: value or str(scan) for field, value in permit.answers.items()})
    desk.press(say("Take in and accept"))
    assert "/mot-cua/ho-so/" in desk.path, desk.text
    return desk.path.removeprefix("/mot-cua/ho-so/").strip("/")


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


REASON = "Chưa đủ điều kiện theo quy định."


def propose_refusal(people: People, code: str) -> None:
    """Have it assigned, a refusal proposed with the reason that the applicant will read, and passed on to the leader."""
    permit, say = people.cast.permit, people.cast.say
    assign(people, code, permit.head, permit.worker_name)
    worker = people.official(permit.worker).open(f"/mot-cua/ho-so/{code}/").press(say("Propose the result"))
    worker.answer({"kind": "refusal", "reason": REASON}).press(say("Send up"))
    assert worker.path == f"/mot-cua/ho-so/{code}/", worker.text
    if permit.reviews:
        people.official(permit.head).open(f"/mot-cua/ho-so/{code}/").press(say("Agree, pass on"))


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


def check_signature(people: People, code: str, tmp_path: Path, signer: str = "Phan Gia Khánh") -> None:
    """Have bà Tư fetch the result and a program that is not ours verify its signature."""
    tu = people.citizen().open(f"/ho-so/xem/{code}/")
    listed = tu.page.locator("main li", has_text=people.cast.say("Result, signed"))
    file = tmp_path / "ket-qua.pdf"
    file.write_bytes(tu.get(str(listed.get_by_role("link").first.get_attribute("href"))).body())
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert signer in said
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_a_leader_refuses_two_with_one_signature(both: People, scan: Path):
    cast, say = both.cast, both.cast.say
    codes = [
        take_in(both, scan, number, name)
        for number, name in (("049092000102", "Lê Văn Nam"), ("049195000103", "Phạm Thị Hồng Nhung"))
    ]
    for code in codes:
        propose_refusal(both, code)
    leader = both.official(cast.permit.leader).open("/mot-cua/ky/")
    for code in codes:
        leader.page.locator(f'input[name=code][value="{code}"]').check()
    leader.fill(pin="135790").press(say("Sign those ticked"))
    assert leader.page.locator(".govuk-error-summary").count() == 1
    for code in codes:
        leader.page.locator(f'input[name=code][value="{code}"]').check()
    leader.fill(pin=PIN).press(say("Sign those ticked"))
    assert say("%(n)d signed.") % {"n": 2} in leader.text
    assert not any(code in leader.text for code in codes)

    code = codes[0]
    clerk = both.official(cast.permit.clerk).open(f"/mot-cua/ho-so/{code}/").press(say("Enter in the book and issue"))
    assert say("Issued. The desk can hand it over.") in clerk.text
    nam = both.citizen("Lê Văn Nam").open(f"/ho-so/xem/{code}/")
    assert REASON in nam.text
