"""The desk: acceptance, a supplement that asks for a field and a paper, intake at the counter, and who may see what."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from .cast import printed_sum
from .filing import accept, file, give_to_worker
from .walking import People, Walker, walked

DATE = r"\d{2}/\d{2}/\d{4}"


def due_date(people: People, walker: Walker, code: str) -> str:
    """Return the due date that anybody with the code may read."""
    walker.open(f"/ho-so/vi-sao/{code}/")
    due = walker.page.locator("tr", has_text=people.cast.say("Due on this day")).last
    return str(due.locator("th").inner_text())


def printed(walker: Walker, form: str, code: str) -> str:
    """Return the text of a paper's first page."""
    return PdfReader(BytesIO(walker.get(f"/ho-so/in/{form}/{code}/").body())).pages[0].extract_text()


@walked("en desk", "vi desk")
def test_a_supplement_is_asked_answered_and_moves_the_date(both: People, scan: Path, tmp_path: Path):
    cast, say = both.cast, both.cast.say
    asked, paper = cast.asked, cast.paid.paper
    tu = both.citizen()
    code = file(tu, cast.paid, scan)
    desk = accept(both, code)
    assert code in printed(desk, "01", code)
    before = due_date(both, desk, code)

    worker = give_to_worker(both, code).press(say("Ask for more papers"))
    # an empty list is sent back, with the focus on what to do
    worker.press(say("Ask, and stop the clock"))
    assert worker.page.locator(".govuk-error-summary").count() == 1
    worker.answer(
        {
            "item-0-place": f"answer:{asked.pointer}",
            "item-0-text": "Ghi lại cho đúng.",
            "item-1-place": f"paper:{paper}",
            "item-1-why": "unreadable",
            "item-1-text": "Chụp lại cho rõ.",
        }
    ).press(say("Ask, and stop the clock"))
    assert worker.path == f"/mot-cua/ho-so/{code}/"

    tu.open(f"/ho-so/xem/{code}/")
    assert "Ghi lại cho đúng." in tu.text
    assert code in printed(tu, "02", code)
    tu.press(say("Send it now"))
    assert tu.page.locator(f'[name="{asked.field}"]').count() == 1
    assert [name for name in asked.untouched if tu.page.locator(f'[name="{name}"]').count()] == []
    better = tmp_path / "chup-ro.pdf"
    better.write_bytes(scan.read_bytes())
    tu.answer({asked.field: asked.answer}).press(say("Send"))
    # the paper is still missing; what was typed stays
    assert tu.page.locator(f'[name="{asked.field}"]').input_value() == asked.answer
    tu.answer({f"file-{paper}": str(better)}).press(say("Send"))
    assert tu.path == f"/ho-so/xem/{code}/"
    assert "chup-ro.pdf" in tu.text

    assert due_date(both, tu, code) >= before


@walked("en phone", "vi phone")
def test_an_answer_after_a_week_moves_the_date_and_the_page_says_why(both: People):
    uoc, say = both.citizen("Huỳnh Đức Ước").open("/ho-so/"), both.cast.say
    code = uoc.page.locator("main .cq-code").first.inner_text()
    uoc.open(f"/ho-so/xem/{code}/").press(say("Send it now"))
    # nothing of the form is asked for: only the list of the officer stands here
    assert (
        uoc.page.locator("main input:visible, main select:visible, main textarea:visible:not([name=note])").count() == 0
    )
    uoc.press(say("Send"))
    assert uoc.path == f"/ho-so/xem/{code}/"
    uoc.follow(say("Why this date?"))
    assert say("The clock stood still") in uoc.text
    assert re.search(DATE + " → " + ".*" + DATE, uoc.text)


@walked("vi desk", "en phone")
def test_a_dossier_is_taken_in_at_the_counter(both: People, scan: Path):
    cast, say, visit = both.cast, both.cast.say, both.cast.counter
    paper = cast.paid.paper
    desk = both.official(cast.desk).open("/mot-cua/tiep-nhan/")
    desk.press(say("New dossier at the counter")).fill(q=visit.search).press(say("Find"))
    desk.go(f"/moi/{cast.paid.service}/").fill(so=visit.number).press(say("Find"))
    assert desk.page.locator("[name=full_name]").input_value() == (visit.name if visit.is_known else "")
    if not visit.is_known:
        desk.fill(citizen_number=visit.number, full_name=visit.name, phone="0900000106")
    desk.answer({f"c-{paper}": "1", f"f-{paper}": str(scan), **visit.more}).press(say("Take in and accept"))
    code = desk.path.removeprefix("/mot-cua/ho-so/").strip("/")
    assert re.fullmatch(cast.code, code), desk.text
    assert "giay-chung-sinh.pdf" in desk.text
    assert visit.name in desk.text
    form = printed(desk, "01", code)
    assert code in form
    assert visit.name in form

    cashier = both.official(visit.cashier).open(f"/mot-cua/ho-so/{code}/")
    assert cast.sum(visit.fee) in cashier.text
    cashier.press(say("Taken in cash"))
    assert re.search(say("Taken. Receipt %(number)s.") % {"number": r"\S+"}, cashier.text)
    assert printed_sum(visit.fee) in printed(cashier, "receipt", code)

    hung = both.official(cast.elsewhere)
    assert hung.get(f"/mot-cua/ho-so/{code}/").status == 404
    assert hung.get(f"/mot-cua/ho-so/{cast.absent}/").status == 404
    hung.open(f"/mot-cua/tim/?q={code}")
    assert code not in hung.page.locator("table, .cq-empty").first.inner_text()
