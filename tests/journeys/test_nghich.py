"""The main job in the province that chose the opposite of everything: English first, its own codes, hours and names."""

from __future__ import annotations

import re
from pathlib import Path

from .filing import accept, assign, file
from .house import PIN
from .test_district import check_signature
from .walking import People


def test_a_permit_to_keep_bees(others: People, scan: Path, tmp_path: Path):
    cast = others.cast
    tu = others.citizen()
    tu.open("/thu-tuc/?q=honey").follow("Permit to keep bees")
    assert "12 working" in tu.text
    code = file(tu, cast.paid, scan)
    assert re.fullmatch(cast.code, code)

    accept(others, code)
    assign(others, code, cast.head, cast.worker_name)
    bao = others.official(cast.worker).open(f"/mot-cua/ho-so/{code}/")
    bao.press("Propose the result").answer({"kind": "grant"}).press("Send up")
    khanh = others.official("khanh").open(f"/mot-cua/ky/{code}/")
    khanh.press("Send back for correction").press("Send back")
    assert khanh.page.locator(".govuk-error-summary").count() == 1
    khanh.fill(reason="Say which meadow.").press("Send back")
    bao.open(f"/mot-cua/ho-so/{code}/")
    assert "Say which meadow." in bao.text
    bao.press("Propose the result").fill(note="The meadow by the mill.").press("Send up")
    khanh.open("/mot-cua/ky/").follow(code).press("Approve and sign")
    assert "The meadow by the mill." in khanh.text
    khanh.fill(pin=PIN).press(re.compile("^Sign$"))
    yen = others.official("yen").open(f"/mot-cua/ho-so/{code}/").press("Enter in the book and issue")
    assert "ONG" in yen.text

    desk = others.official(cast.desk).open(f"/mot-cua/ho-so/{code}/").press("Handed over")
    assert "fee" in desk.page.locator(".cq-note").first.inner_text().lower()
    # the same officer takes the money here; it was filed online, so the online price stands
    assert cast.sum(cast.fee) in desk.text
    desk.press("Taken in cash").press("Handed over")
    assert "Handed over. The dossier is closed." in desk.text
    check_signature(others, code, tmp_path, "Mạc Thị Ký")
    tu.open(f"/ho-so/vi-sao/{code}/")
    assert "Counted" in tu.text

    hung = others.official(cast.elsewhere)
    hidden, absent = hung.get(f"/mot-cua/ho-so/{code}/"), hung.get(f"/mot-cua/ho-so/{cast.absent}/")
    assert (hidden.status, absent.status) == (404, 404)


def test_the_other_province_speaks_english_and_knows_nothing_of_the_first(others: People):
    reader = others.stranger().open("/")
    assert reader.page.locator("html").get_attribute("lang") == "en"
    assert "Nghich Services" in reader.page.inner_text("body")
    assert "Quảng Nam" not in reader.page.inner_text("body")
