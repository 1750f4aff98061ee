"""A permit: assigned, looked at by another division, corrected, reviewed, signed, issued, handed over; or refused."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from .cast import Permit, say
from .filing import assign
from .house import PIN
from .walking import DESK, PHONE, People, Walker, walked


@walked("vi desk", "en phone")
def test_a_permit_goes_through_everybody(both: People, scan: Path, tmp_path: Path):
    """Each width is walked in both languages: some are on the other device, some read the other language, some both."""
    permit, other = both.cast.permit, both.other_language
    elsewhere = DESK if both.width == PHONE else PHONE
    code = take_in(both, scan, "049165000101")
    work = f"/mot-cua/ho-so/{code}/"
    if permit.head:
        assert permit.worker_name in assign(both, code, permit.head, permit.worker_name).text

    worker = both.official(permit.worker, elsewhere).open("/mot-cua/").follow(code)
    worker.press(worker.say("Ask for an opinion")).fill(reason="Có ai phản đối không?").press(worker.say("Ask"))
    for name in permit.asked:
        asked = both.official(name, elsewhere, language=other).open(work).press(say(other, "Give the opinion"))
        asked.fill(reason=f"Không ai phản đối: {name}.").press(asked.say("Send the opinion"))

    worker.open(work)
    assert [name for name in permit.asked if f"Không ai phản đối: {name}." not in worker.text] == []
    enter_declaration(worker, permit)
    propose(worker, code)
    reviewer = both.official(permit.reviewer, language=other).open(work)
    reviewer.press(reviewer.say("Send back for correction")).fill(reason="Ghi thêm số tầng.")
    reviewer.press(reviewer.say("Send back"))
    worker.open(work)
    assert "Ghi thêm số tầng." in worker.text
    propose(worker, code)
    reviewer.open(work).press(reviewer.say("Agree, pass on"))

    leader = both.official(permit.leader).open("/mot-cua/ky/").follow(code)
    leader.press(leader.say("Approve and sign")).fill(pin="135790").press(sign := re.compile(f"^{leader.say('Sign')}$"))
    assert leader.page.locator(".govuk-error-summary").count() == 1
    leader.fill(pin=PIN).press(sign)
    assert leader.path == "/mot-cua/ky/"

    clerk = both.official(permit.clerk, elsewhere, language=other).open(work)
    assert permit.mark in clerk.press(clerk.say("Enter in the book and issue")).text
    hand_over_paid(both, code)
    check_signature(both, code, tmp_path, permit.leader_name)


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


def enter_declaration(officer: Walker, permit: Permit) -> None:
    """Enter what was declared on paper, step by step."""
    officer.press(officer.say("Enter the declaration"))
    for answers in permit.declared:
        officer.answer(answers).press(officer.say("Save and continue"))
        assert officer.page.locator(".govuk-error-summary").count() == 0, officer.text
    assert "/mot-cua/ho-so/" in officer.path


REASON = "Chưa đủ điều kiện theo quy định."


def propose_refusal(people: People, code: str) -> None:
    """Have a refusal proposed with the reason that the applicant will read, and passed on to the leader."""
    permit, say = people.cast.permit, people.cast.say
    if permit.head:
        assign(people, code, permit.head, permit.worker_name)
    worker = people.official(permit.worker).open(f"/mot-cua/ho-so/{code}/").press(say("Propose the result"))
    worker.answer({"kind": "refusal", "reason": REASON}).press(say("Send up"))
    assert worker.path == f"/mot-cua/ho-so/{code}/", worker.text
    people.official(permit.reviewer).open(f"/mot-cua/ho-so/{code}/").press(say("Agree, pass on"))


def propose(officer: Walker, code: str) -> None:
    """Propose to grant it."""
    officer.press(officer.say("Propose the result")).answer({"kind": "grant"})
    officer.fill(note="Đủ điều kiện cấp phép.").press(officer.say("Send up"))
    assert officer.path == f"/mot-cua/ho-so/{code}/"


def hand_over_paid(people: People, code: str) -> None:
    """See that nothing is handed over before the fee is paid, take the fee, hand over."""
    permit, work = people.cast.permit, f"/mot-cua/ho-so/{code}/"
    desk = people.official(permit.desk).open(work).press(people.cast.say("Handed over"))
    unpaid = people.cast.say("The fee of {dossier} has not been paid. Take the payment, then hand over the result.")
    assert unpaid.format(dossier=code) in desk.text
    people.official(permit.cashier).open(work).press(people.cast.say("Taken in cash"))
    desk.open(work).press(people.cast.say("Handed over"))
    assert people.cast.say("Handed over. The dossier is closed.") in desk.text


def check_signature(people: People, code: str, tmp_path: Path, signer: str) -> None:
    """Have bà Tư fetch the result and a program that is not ours verify its signature."""
    tu = people.citizen().open(f"/ho-so/xem/{code}/")
    listed = tu.page.locator("main li", has_text=people.cast.say("Result, signed"))
    file = tmp_path / "ket-qua.pdf"
    file.write_bytes(tu.get(str(listed.get_by_role("link").first.get_attribute("href"))).body())
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert signer in said
    assert "Signature is Valid" in said
    assert "Total document signed" in said


@walked("en desk", "vi desk")
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
