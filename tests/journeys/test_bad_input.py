"""What goes wrong in life: wrong numbers, sessions that end, files that are no files, two tabs, two officers."""

from __future__ import annotations

import re
from pathlib import Path

from .filing import MINH_AN, answer_step, attach, begin, choose_agency, choose_delivery, copies, file_copies
from .walking import PHONE, People, Walker, sign_in_citizen

PARTS_OF_A_DRAFT = 4
"""Slashes in the address of a list of tasks."""


def ready_to_file(walker: Walker) -> str:
    """Fill a whole application up to "check"; return the path of its list of tasks."""
    begin(walker, "2.000635")
    choose_agency(walker, MINH_AN)
    for title, answers in copies(1).values():
        answer_step(walker, title, answers)
    choose_delivery(walker)
    return walker.path


def test_a_form_sent_from_two_tabs_is_one_dossier(people: People):
    tu = people.citizen()
    draft = ready_to_file(tu)
    other = tu.new_page()
    for page in (tu.page, other):
        page.goto(f"{people.house.url}{draft}kiem-tra/")
    codes = []
    for page in (tu.page, other):
        page.locator("main form button.govuk-button").last.click()
        page.wait_for_url("**/da-nop/**")
        codes.append(page.url)
    assert codes[0] == codes[1]


def test_files_that_are_no_files_are_refused_and_nothing_else_is_lost(people: People, scan: Path, tmp_path: Path):
    tu = people.citizen()
    begin(tu, "1.001193")
    empty, wolf = tmp_path / "trong.pdf", tmp_path / "giay.pdf"
    empty.write_bytes(b"")
    wolf.write_bytes(b"MZ\x90\x00" + b"\x00" * 600)
    attach(tu, "Giấy chứng sinh", empty)
    assert tu.page.locator(".govuk-error-summary").count() == 1
    tu.answer({"files": str(scan)}).send()
    assert tu.path.count("/") == PARTS_OF_A_DRAFT
    attach(tu, "Giấy chứng sinh", wolf)
    assert "giay.pdf" in tu.page.locator(".govuk-error-summary").inner_text()
    assert "giay-chung-sinh.pdf" in tu.text


def test_a_wrong_number_is_said_at_its_field(people: People):
    lan = people.official("lan").open("/mot-cua/tiep-nhan/moi/2.000635/")
    lan.fill(citizen_number="04916500010", full_name="Trần Thị Tư").press("Tiếp nhận hồ sơ")
    assert "/tiep-nhan/moi/" in lan.path
    assert lan.page.locator(".govuk-error-summary").count() == 1
    assert lan.page.locator("[name=full_name]").input_value() == "Trần Thị Tư"


def test_a_session_that_ends_loses_nothing_that_was_typed(people: People):
    nam = people.stranger(PHONE).open("/ho-so/nop/2.000635/")
    sign_in_citizen(nam, "Lê Văn Nam")
    nam.press(re.compile("^(Bắt đầu|Làm hồ sơ mới)"))
    choose_agency(nam, MINH_AN)
    nam.follow("Việc hộ tịch cần bản sao")
    nam.answer({"record.event": "marriage", "record.registered_at": "UBND phường Tân An, thành phố Hội An"})
    nam.context.clear_cookies(name="phien")
    nam.page.locator("main form .govuk-button-group button").first.click()
    nam.page.wait_for_url("**/tai-khoan/login/**")
    nam.look()
    sign_in_citizen(nam, "Lê Văn Nam")
    if nam.page.url.partition("?")[0].split("/")[4] == "tiep-tuc":
        nam.press(re.compile("Tiếp tục|Gửi"))
    nam.page.wait_for_url(re.compile(r"/ho-so/don/"))
    if "/buoc/" not in nam.path:
        nam.follow("Việc hộ tịch cần bản sao")
    assert nam.page.locator('[name="record.registered_at"]').input_value() == "UBND phường Tân An, thành phố Hội An"


def test_two_officers_cannot_take_the_same_dossier(people: People, scan: Path):
    code = file_copies(people.citizen(), scan)
    people.official("lan").open(f"/mot-cua/ho-so/{code}/").press("Tiếp nhận")
    ha, tin = people.official("ha").open(f"/mot-cua/ho-so/{code}/"), people.official("tin")
    tin.open(f"/mot-cua/ho-so/{code}/")
    ha.press("Nhận việc này")
    tin.press("Nhận việc này")
    assert "Lê Thị Thu Hà" in tin.text
    assert tin.page.get_by_role("button", name="Nhận việc này").count() == 0
