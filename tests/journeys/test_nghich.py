"""The main job in the province that chose the opposite of everything: English first, its own codes, hours and names."""

from __future__ import annotations

import re
from pathlib import Path

from .filing import attach, begin, check_and_file, choose_delivery
from .house import PIN
from .walking import People

CODE = r"Y90\.1/2\d{3}-\d{6}"
HIVES = {"hives.count": "3", "hives.kind": "field", "hives.since-day": "1", "hives.since-month": "2"}


def test_a_permit_to_keep_bees(others: People, scan: Path):
    tu = others.citizen(language="en")
    tu.open("/thu-tuc/?q=honey").follow("Permit to keep bees")
    assert "12 working" in tu.text
    begin(tu, "9.000001")
    if tu.page.locator(".cq-tasks a", has_text="Where you apply").count():
        tu.follow(re.compile("Where you apply"))
        only = tu.page.locator('[name="agency"] option').last.get_attribute("value")
        tu.answer({"agency": str(only)}).send()
    tu.follow("The hives").answer({**HIVES, "hives.since-year": "2025"}).send()
    tu.follow("The keeper").send()
    attach(tu, "Sketch of where the hives stand", scan)
    choose_delivery(tu)
    code = check_and_file(tu)
    assert re.fullmatch(CODE, code)

    bich = others.official("bich", language="en").open("/mot-cua/tiep-nhan/").follow(code).press("Accept")
    assert "Accepted" in bich.text
    others.official("thanh", language="en").open(f"/mot-cua/phan-cong/{code}/")
    head = others.walkers[-1]
    head.page.get_by_text("Đồng Giải Quyết").click()
    head.press("Assign")
    bao = others.official("bao", language="en").open(f"/mot-cua/ho-so/{code}/")
    bao.press("Propose the result").press("Send up")
    khanh = others.official("khanh", language="en").open(f"/mot-cua/ky/{code}/")
    khanh.fill(pin=PIN).press("Sign")
    yen = others.official("yen", language="en").open(f"/mot-cua/ho-so/{code}/").press("Enter in the book and issue")
    assert "ONG" in yen.text
    tu.open(f"/ho-so/vi-sao/{code}/")
    assert "Counted" in tu.text

    hung = others.official("hung", language="en")
    hidden, absent = hung.get(f"/mot-cua/ho-so/{code}/"), hung.get("/mot-cua/ho-so/Y90.1/2000-000001/")
    assert (hidden.status, absent.status) == (404, 404)


def test_the_other_province_speaks_english_and_knows_nothing_of_the_first(others: People):
    reader = others.stranger(language="en").open("/")
    assert reader.page.locator("html").get_attribute("lang") == "en"
    assert "Nghich Services" in reader.page.inner_text("body")
    assert "Quảng Nam" not in reader.page.inner_text("body")
