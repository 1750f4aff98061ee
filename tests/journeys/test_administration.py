"""The administration: an official's working life, what an auditor reads and proves, what is stuck; on phone and desk."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator

from .house import PASSWORD
from .walking import People, Walker, walked

FLOW = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tinhso="urn:tinhso:bpmn" targetNamespace="x" id="d">
<process id="thu-di" name="Quy trình thử" tinhso:nameEn="Trial flow" isExecutable="true"><startEvent id="a"/>
<userTask id="b" name="Làm" tinhso:nameEn="Work" tinhso:role="processor" tinhso:within="2d"/><endEvent id="c"/>
<sequenceFlow id="f1" sourceRef="a" targetRef="b"/><sequenceFlow id="f2" sourceRef="b" targetRef="c"/></process></definitions>"""

UNWALKED = {"quang-nam": "phong-ban-nhanh", "nghich": "noi"}
"""A flow of each province on which no journey begins a dossier: it can be withdrawn while others walk."""


def enter(people: People, username: str = "quantri", path: str = "/quan-tri/") -> Walker:
    """Return somebody in the administration."""
    return people.official(username).open(path)


def faults(walker: Walker) -> Locator:
    """Return the list of what is wrong with a form."""
    return walker.page.locator(".govuk-error-summary li")


def find_person(walker: Walker, code: str) -> Walker:
    """Find an official by staff code and open the page."""
    return walker.open("/quan-tri/nguoi/").fill(q=code).press(walker.cast.say("Search")).follow(code)


@walked("vi desk", "en phone")
def test_an_official_is_entered_appointed_lends_and_leaves(both: People):
    say, wanted = both.cast.say, both.cast.staffing
    quantri = enter(both).follow(say("People and posts"))
    assert say("Nobody found") in quantri.fill(q="zzzz").press(say("Search")).text
    quantri.press(say("New official")).press(say("Enter the official"))
    assert faults(quantri).count() == 2
    quantri.fill(staff_code="TM-901", full_name="Tô Thị Mới", phone="12").press(say("Enter the official"))
    assert faults(quantri).count() == 1
    assert quantri.page.locator("[name=full_name]").input_value() == "Tô Thị Mới"
    quantri.fill(phone="0900 000 901").press(say("Enter the official"))
    assert say("Entered. Give them a post and an account.") in quantri.text
    find_person(quantri, "TM-901").follow(say("Correct particulars")).fill(full_name="Tô Thị Mới Toanh")
    assert "Tô Thị Mới Toanh" in quantri.press(say("Save")).text

    appoint(both, quantri)
    password = open_account(both, quantri)
    newcomer = sign_in_first(both, "tomoi", password)
    lend_and_take_back(both, quantri, wanted.colleague)

    find_person(quantri, "TM-901").press(say("New password"))
    quantri.fill(proved="card", note="05/03/2026").press(say("Give a new password"))
    assert quantri.page.locator("#mat-khau").inner_text() != password
    quantri.press(say("Back to the official")).press(say("Close the account")).press(say("Close the account"))
    assert faults(quantri).count() == 1
    quantri.fill(reason="Nghỉ dài ngày").press(say("Close the account"))
    assert say("Closed. Sessions and tokens stopped at once.") in quantri.text
    assert "/tai-khoan/login/" in newcomer.get("/tai-khoan/").url
    quantri.press(say("Open it again"))
    assert say("The account is open again.") in quantri.text

    quantri.follow(re.compile(say("End the tenure"))).press(say("End it"))
    assert faults(quantri).count() == 1
    quantri.fill(decision="03/QĐ-UBND").press(say("End it"))
    assert say("The tenure ends. Delegations by it end with it.") in quantri.text


def appoint(people: People, quantri: Walker) -> None:
    """Give the official whose page is open the post."""
    say, wanted = people.cast.say, people.cast.staffing
    quantri.press(say("Appoint")).fill(q="zzzz").press(say("Find its posts"))
    assert say("No post found that you may fill") in quantri.text
    quantri.fill(q=wanted.search).press(say("Find its posts")).press(say("Appoint"))
    assert faults(quantri).count() == 2
    quantri.fill(post=wanted.post, valid_from="32/01/2026", decision="01/QĐ-UBND").press(say("Appoint"))
    assert faults(quantri).count() == 1
    quantri.fill(valid_from="01/02/2026").press(say("Appoint"))
    assert say("Appointed.") in quantri.text
    assert "01/QĐ-UBND" in quantri.text
    quantri.follow(re.compile(".", re.DOTALL), within="main table th")
    assert quantri.path == f"/quan-tri/co-quan/{wanted.agency}/"
    assert "Tô Thị Mới Toanh" in quantri.text


def open_account(people: People, quantri: Walker) -> str:
    """Open an account for the newcomer; return the password that is shown once."""
    say = people.cast.say
    find_person(quantri, "TM-901").press(say("Open an account")).fill(username="quantri").press(say("Open the account"))
    assert faults(quantri).count() == 1
    quantri.fill(username="tomoi").press(say("Open the account"))
    password = quantri.page.locator("#mat-khau").inner_text()
    assert password not in quantri.press(say("Back to the official")).text
    return password


def sign_in_first(people: People, username: str, password: str) -> Walker:
    """Sign in for the first time, which leads to the second factor: without it nothing is administered or decided."""
    walker = people.stranger().open("/tai-khoan/login/?next=/mot-cua/")
    walker.fill(login=username, password=password)
    walker._leave(walker.page.locator("form:has([name=password]) button[type=submit]").first)
    assert walker.path == "/tai-khoan/2fa/"
    assert "/tai-khoan/2fa/" in walker.get("/mot-cua/").url
    walker._leave(walker.page.locator('main a[href*="totp/activate"]'))
    walker.fill(password=password)
    walker._leave(walker.page.locator("form:has([name=password]) button[type=submit]").first)
    assert walker.page.locator("[name=code]").count() == 1, walker.text
    return walker


def lend_and_take_back(people: People, quantri: Walker, colleague: tuple[str, str]) -> None:
    """Lend the authority of the post to a colleague, see it on both pages, take it back."""
    say, (code, name) = people.cast.say, colleague
    find_person(quantri, "TM-901").follow(re.compile(say("Delegate"))).press(say("Delegate"))
    assert faults(quantri).count() == 3
    quantri.fill(staff_code="KH-000", roles=people.cast.staffing.role, decision="02/QĐ-UBND").press(say("Delegate"))
    assert faults(quantri).count() == 1
    quantri.fill(staff_code=code).press(say("Delegate"))
    assert say("Delegated.") in quantri.text
    assert name in quantri.text
    assert "Tô Thị Mới Toanh" in find_person(quantri, code).text
    find_person(quantri, "TM-901").follow(re.compile(say("Take back"))).fill(reason="Đã về").press(say("Take back"))
    assert say("Taken back.") in quantri.text


@walked("en phone", "vi desk")
def test_a_token_is_given_and_taken(both: People):
    say, (code, _name) = both.cast.say, both.cast.staffing.colleague
    quantri = find_person(enter(both), code).press(say("Issue a token")).press(say("Issue"))
    assert faults(quantri).count() == 2
    quantri.fill(name="Máy của phường").press(say("Issue"))
    assert faults(quantri).count() == 1
    quantri.fill(scopes="dossier:read").press(say("Issue"))
    token = quantri.page.locator("#ma").inner_text()
    bearer = {"Authorization": f"Bearer {token}"}
    asked = f"{both.house.url}/api/dossiers/search?q=H47"
    stranger = both.stranger()
    assert stranger.context.request.get(asked, headers=bearer).status == 200
    quantri.open("/quan-tri/ma-truy-cap/").press(re.compile(f"^{say('Revoke')}.*Máy của phường"))
    assert say("The token is worthless from now on.") in quantri.text
    assert stranger.context.request.get(asked, headers=bearer).status == 401


@walked("vi phone", "en desk")
def test_a_flow_is_drafted_and_another_withdrawn(both: People, tmp_path: Path):
    say = both.cast.say
    file = tmp_path / "thu-di.bpmn"
    file.write_text(FLOW, encoding="utf-8")
    quantri = enter(both).follow(say("Flows")).press(say("Design of flows"), within="main")
    quantri.press(say("From a file")).fill(file=str(file)).press(re.compile(f"^{say('Upload')}$"))
    assert "/thiet-ke/ban-thao/" in quantri.path
    listed = enter(both).follow(say("Flows"))
    assert "thu-di" not in listed.text, "one person alone publishes nothing"
    quantri = listed.open(f"/quan-tri/quy-trinh/{UNWALKED[both.house.pack]}/1/")
    quantri.page.locator("main details summary").last.click()
    quantri.look().press(say("Withdraw"))
    assert say("Withdrawn. Running cases go on to their end.") in quantri.text


@walked("en phone", "vi desk")
def test_an_auditor_reads_everything_and_changes_nothing(both: People):
    cast, say = both.cast, both.cast.say
    kiemtra = enter(both, "kiemtra")
    for entry in ("People and posts", "Agencies", "Procedures", "Forms", "Flows", "Access tokens", "Settings in force"):
        kiemtra.open("/quan-tri/").follow(say(entry))
        assert kiemtra.page.locator("main table").count() >= 1 or entry == "Access tokens", entry
    find_person(kiemtra, cast.staffing.colleague[0])
    for act in ("Appoint", "New password", "Close the account", "Issue a token", "Correct particulars"):
        assert kiemtra.page.locator("main").get_by_text(say(act), exact=True).count() == 0, act
    kiemtra.open("/quan-tri/co-quan/").fill(q=cast.staffing.search).press(say("Search")).follow(cast.staffing.agency)
    assert cast.staffing.post in kiemtra.text
    kiemtra.open("/quan-tri/thu-tuc/").follow(say("Only shown"), within="body")
    kiemtra.open("/quan-tri/thu-tuc/").follow(say("Run here"), within="body").follow(cast.paid.service)
    assert say("Whole: dossiers can be filed, settled and returned here.") in kiemtra.text
    kiemtra.follow(cast.paid.service)
    kiemtra.open("/quan-tri/quy-trinh/").follow(cast.flow)
    assert kiemtra.page.get_by_role("button", name=say("Withdraw")).count() == 0
    assert kiemtra.get("/quan-tri/nguoi/moi/").status == 403
    for hidden in (both.official(cast.desk), both.stranger()):
        said = hidden.get("/quan-tri/so-cai/")
        assert said.status == 403 or "/tai-khoan/login/" in said.url


@walked("en desk", "vi phone")
def test_an_auditor_proves_the_journal(both: People):
    say = both.cast.say
    kiemtra = enter(both, "kiemtra").follow(say("Journal"))
    kiemtra.fill(viec="onestop.*", den="40/40/2026").press(say("Search"))
    assert faults(kiemtra).count() == 1
    kiemtra.fill(viec="onestop.*", tu="01/01/2020", den="").press(say("Search"))
    rows = kiemtra.page.locator("main tbody tr")
    assert rows.count() >= 10
    assert all("onestop." in text for text in rows.all_inner_texts())
    kiemtra.page.locator("main tbody th a").last.click()
    kiemtra.page.wait_for_url(re.compile(r"/so-cai/[0-9a-f-]{36}/$"))
    kiemtra.look()
    assert re.search(say_proof(both), kiemtra.text), kiemtra.text
    kiemtra.page.locator('main a[href*="?loai="]').first.click()
    kiemtra.page.wait_for_url(re.compile(r"/quan-tri/so-cai/\?loai="))
    kiemtra.look()
    assert kiemtra.page.locator("main tbody tr").count() >= 1
    kiemtra.open("/quan-tri/so-cai/?viec=khong.co.viec.nay")
    assert say("No entry fits") in kiemtra.text
    kiemtra.open("/quan-tri/so-cai/").press(say("Proof of the journal")).press(say("Verify now"))
    assert say("Everything holds") in kiemtra.text


def say_proof(people: People) -> str:
    """Return the pattern of the sentence that tells where an entry stands in the log."""
    said = people.cast.say("Entry %(index)s of the log of %(size)s: its path leads to the published root.")
    return re.escape(said % {"index": "@", "size": "@"}).replace("@", r"[\d.,]+")


STUCK = """
from datetime import timedelta
from tinhso.base.clock import now
from tinhso.kernel.identity.models import Message
from tinhso.kernel.journal.models import Delivery, Entry, new_id
at = now()
entry = Entry.objects.filter(event__startswith="onestop.").order_by("id").first()
Delivery.objects.create(entry=entry, subscriber="onestop.tell_owner", subject_type=entry.subject_type,
    subject_key=entry.subject_key, attempts=9, error="ConnectionRefusedError: [Errno 111] Connection refused",
    next_at=at, dead_at=at)
Message.objects.create(event_id=new_id(), recipient="official:x", address="ket@dan.example", subject="Ket", body="Ket",
    state="dead", tries=9, next_at=at, queued_at=at, last_fault="450 4.2.1 mailbox is full")
Message.objects.create(event_id=new_id(), recipient="official:x", address="mai@dan.example", subject="Cho", body="Cho",
    state="waiting", tries=1, next_at=at + timedelta(days=9), queued_at=at, last_fault="450 4.2.1 mailbox is full")
"""


@walked("vi phone", "en desk")
def test_what_is_stuck_is_tried_again(both: People):
    say = both.cast.say
    both.house.django("shell", "--no-imports", "-c", STUCK)
    quantri = enter(both)
    assert say("Something waits for you") in quantri.text
    quantri.follow(say("Dead letters"))
    assert "Connection refused" in quantri.text
    quantri.press(re.compile(f"^{say('Try again')}"))
    assert say("It is tried again now.") in quantri.text
    assert say("No dead letters") in quantri.text
    quantri.follow(re.compile(say("Stuck steps")))
    assert say("No stuck steps") in quantri.text
    quantri.follow(re.compile(say("Waiting messages")))
    assert "mai@dan.example" in quantri.text
    quantri.follow(re.compile(say("Dead messages")))
    assert "mailbox is full" in quantri.text
    auditor = enter(both, "kiemtra", "/quan-tri/su-co/thu/dead/")
    assert auditor.page.locator("main").get_by_role("button").count() == 0
    quantri.press(re.compile(f"^{say('Send again')}"))
    assert say("It is sent again now.") in quantri.text
    for _second in range(60):
        if quantri.get(f"{both.house.sandbox}/mail/api/messages?to=ket@dan.example").json():
            return
        quantri.page.wait_for_timeout(1000)
    raise AssertionError("the message was not sent within a minute")


@walked("en desk", "vi phone")
def test_an_administrator_is_not_above_themselves(both: People):
    say = both.cast.say
    quantri = find_person(enter(both), both.cast.staffing.own)
    assert say("This is your own account: change its password on your account page.") in quantri.text
    assert PASSWORD not in quantri.text
    assert quantri.page.get_by_role("button", name=say("New password")).count() == 0
