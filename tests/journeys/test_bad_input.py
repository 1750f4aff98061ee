"""What goes wrong in life: wrong numbers, sessions that end, files that are no files, two tabs, two officers."""

from __future__ import annotations

import re
from pathlib import Path

from .filing import accept, attach, begin, file, fill_in
from .walking import People, sign_in_citizen, walked

PARTS_OF_A_DRAFT = 4
"""Slashes in the address of a list of tasks."""


@walked("vi desk", "en phone")
def test_a_form_sent_from_two_tabs_is_one_dossier(both: People, scan: Path):
    tu = both.citizen()
    fill_in(tu, both.cast.paid, scan)
    draft, other = tu.path, tu.new_page()
    for page in (tu.page, other):
        page.goto(f"{both.house.url}{draft}kiem-tra/")
    codes = []
    for page in (tu.page, other):
        page.locator("main form button.govuk-button").last.click()
        page.wait_for_url("**/da-nop/**")
        codes.append(page.url)
    assert codes[0] == codes[1]


@walked("en desk", "vi phone")
def test_files_that_are_no_files_are_refused_and_nothing_else_is_lost(both: People, scan: Path, tmp_path: Path):
    tu = both.citizen()
    begin(tu, both.cast.paid)
    paper = both.cast.paid.paper
    empty, wolf = tmp_path / "trong.pdf", tmp_path / "giay.pdf"
    empty.write_bytes(b"")
    wolf.write_bytes(b"MZ\x90\x00" + b"\x00" * 600)
    attach(tu, paper, empty)
    assert tu.page.locator(".govuk-error-summary").count() == 1
    tu.answer({"files": str(scan)}).send()
    assert tu.path.count("/") == PARTS_OF_A_DRAFT
    attach(tu, paper, wolf)
    assert "giay.pdf" in tu.page.locator(".govuk-error-summary").inner_text()
    assert "giay-chung-sinh.pdf" in tu.text


@walked("en phone", "vi phone")
def test_a_wrong_number_is_said_at_its_field(both: People):
    desk = both.official(both.cast.desk).open(f"/mot-cua/tiep-nhan/moi/{both.cast.paid.service}/")
    desk.fill(citizen_number="04916500010", full_name="Trần Thị Tư").press(both.cast.say("Take in and accept"))
    assert "/tiep-nhan/moi/" in desk.path
    assert desk.page.locator(".govuk-error-summary").count() == 1
    assert desk.page.locator("[name=citizen_number][aria-invalid=true]").count() == 1
    assert desk.page.locator("[name=full_name]").input_value() == "Trần Thị Tư"


@walked("vi phone", "en desk")
def test_a_session_that_ends_loses_nothing_that_was_typed(both: People):
    key, looked_at, typed = both.cast.typed
    nam = both.stranger().open(f"/ho-so/nop/{both.cast.paid.service}/")
    sign_in_citizen(nam, "Lê Văn Nam")
    begin(nam, both.cast.paid)
    nam.go(f"/buoc/{key}/").answer(typed)
    nam.context.clear_cookies(name="phien")
    nam.page.locator("main form .govuk-button-group button").first.click()
    nam.page.wait_for_url("**/tai-khoan/login/**")
    nam.look()
    sign_in_citizen(nam, "Lê Văn Nam")
    if nam.page.url.partition("?")[0].split("/")[4] == "tiep-tuc":
        nam.press(re.compile("Tiếp tục|Gửi|Continue|Send"))
    nam.page.wait_for_url(re.compile(r"/ho-so/don/"))
    if "/buoc/" not in nam.path:
        nam.go(f"/buoc/{key}/")
    assert nam.page.locator(f'[name="{looked_at}"]').input_value() == typed[looked_at]


@walked("vi phone", "en phone")
def test_two_officers_cannot_take_the_same_dossier(both: People, scan: Path):
    cast = both.cast
    take, (first, name) = cast.say("Take this step"), cast.first
    code = file(both.citizen(), cast.shared, scan)
    accept(both, code, cast.shared_desk)
    one, other = both.official(first).open(f"/mot-cua/ho-so/{code}/"), both.official(cast.second)
    other.open(f"/mot-cua/ho-so/{code}/")
    one.press(take)
    other.press(take)
    assert name in other.text
    assert other.page.get_by_role("button", name=take).count() == 0
