"""The pages by Django's client: kiosk, ticket, hall, window, figures, booking, and the API."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.doors import come_in
from tests.world import account_of, at_now  # noqa: F401

from tinhso.base.actors import ANONYMOUS
from tinhso.modules.queueing.actions import booking, tickets
from tinhso.modules.queueing.models import Appointment, Ticket
from tinhso.modules.queueing.tests.hall import AT, DESK, LINE
from tinhso.modules.queueing.tests.test_booking import SLOT

pytestmark = [
    pytest.mark.usefixtures("province", "at_now"), pytest.mark.xdist_group("province"), pytest.mark.django_db,
]  # fmt: skip


def page(client, name, *args, **query):
    response = client.get(reverse(f"queueing:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_from_the_kiosk_to_the_window_and_the_figures():
    nobody, lan, minh = Client(), come_in(Client(), account_of("lan")), come_in(Client(), account_of("minh"))
    assert DESK in page(nobody, "home")
    assert LINE in page(nobody, "kiosk", DESK)
    taken = nobody.post(reverse("queueing:kiosk", args=[DESK]), {"line": LINE, "priority": "elderly"})
    ticket = Ticket.objects.get()
    assert taken["Location"] == reverse("queueing:slip", args=[ticket.token])
    assert "<svg" in page(nobody, "slip", ticket.token)
    lan.post(reverse("queueing:open"), {"place": f"{DESK}:1"})
    assert re.search(r"<b>1 người chờ</b> · khoảng 10 phút", page(nobody, "home"))
    assert "A001" in page(nobody, "ticket", ticket.token)
    lan.post(reverse("queueing:call"))
    said = page(lan, "window")
    assert "A001" in said
    assert reverse("onestop:intake_service", args=["2.000635"]) in said
    wall = nobody.get(reverse("queueing:display", args=[DESK]))
    assert not wall.cookies
    assert "A001" in wall.content.decode()
    for word in ("came", "finish"):
        lan.post(reverse("queueing:act_on", args=[ticket.id]), {"act": word})
    assert Ticket.objects.get().state == "finished"
    assert DESK in page(minh, "today")
    behind = re.search(r'href="([^"]*/phieu/[^"]*ho-tich)"', page(minh, "figures", DESK))
    assert behind
    listed = minh.get(behind[1].replace("&amp;", "&")).content.decode()
    assert all(word in listed for word in ("A001", ">Xong<")), re.findall(r"<tbody>.*</tbody>", listed)
    assert "A001" not in page(minh, "tickets", DESK, ngay="2020-01-01")
    assert lan.get(reverse("queueing:tickets", args=[DESK])).status_code == 403
    csv = b"".join(minh.get(reverse("queueing:figures_csv", args=[DESK])).streaming_content).decode()
    assert ",ho-tich,1,1," in csv
    assert lan.get(reverse("queueing:figures", args=[DESK])).status_code == 403


def test_the_screen_of_the_hall_asks_for_what_changed_only():
    nobody, lan, address = Client(), come_in(Client(), account_of("lan")), reverse("queueing:display", args=[DESK])
    whole = nobody.get(address).content.decode()
    assert '<meta http-equiv="refresh"' in whole.partition("<noscript>")[2].partition("</noscript>")[0]
    assert 'http-equiv="refresh"' not in nobody.get(address, {"dung": ""}).content.decode()
    empty = nobody.get(address, {"phan": ""})
    assert "<html" not in empty.content.decode()
    same = nobody.get(address, {"phan": ""}, headers={"if-none-match": empty["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    nobody.post(reverse("queueing:kiosk", args=[DESK]), {"line": LINE})
    lan.post(reverse("queueing:open"), {"place": f"{DESK}:1"})
    lan.post(reverse("queueing:call"))
    called = nobody.get(address, {"phan": ""}, headers={"if-none-match": empty["ETag"]})
    assert called.status_code == 200
    once = re.search(r'data-call="([^"]+)" data-say="Mời số A 1 đến quầy 1."', called.content.decode())
    assert once
    lan.post(reverse("queueing:act_on", args=[Ticket.objects.get().id]), {"act": "again"})
    again = re.search(r'data-call="([^"]+)"', nobody.get(address, {"phan": ""}).content.decode())
    assert again
    assert again[1] != once[1], "a second call is sounded too"


BUDGETS = {"home": 4, "kiosk": 4, "display": 5, "window": 12, "today": 9, "figures": 13, "tickets": 10, "book": 2}
"""Statements of a page, however many wait; seven of an official's know who asks and what their bar shows."""


@pytest.mark.parametrize("name", BUDGETS)
def test_a_page_costs_the_same_however_many_wait(name):
    lan, minh = come_in(Client(), account_of("lan")), come_in(Client(), account_of("minh"))
    lan.post(reverse("queueing:open"), {"place": f"{DESK}:1"})
    client = {"window": lan, "today": minh, "figures": minh, "tickets": minh}.get(name, Client())
    address = reverse(f"queueing:{name}", args=[DESK] if name in ("kiosk", "display", "figures", "tickets") else [])
    counts = []
    for people in (1, 12):
        for _each in range(people):
            tickets.take_ticket(LINE, actor=ANONYMOUS, at=AT)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts == [BUDGETS[name]] * 2, [each["sql"][:90] for each in asked]


def test_an_appointment_is_booked_moved_kept_and_cancelled():
    nobody, line = Client(), reverse("queueing:book_line", args=[DESK, "ho-tich"])
    assert line in page(nobody, "book")
    shown = nobody.get(line).content.decode()
    days = re.findall(r"ngay=(\d{4}-\d\d-\d\d)", shown)
    slots = re.findall(r'name="slot" value="([^"]+)"', nobody.get(line, {"ngay": days[1]}).content.decode())
    for _person in range(2):
        nobody.post(line, {"slot": slots[0], "name": "Tư"})
    full = nobody.post(line, {"slot": slots[0]}).content.decode()
    assert f'value="{slots[1]}"' in full
    code = Appointment.objects.first().code
    assert code in page(nobody, "appointment", code.lower())
    nobody.post(f"{line}?doi={code}", {"slot": slots[2]})
    assert Appointment.objects.get(code=code).starts_at.isoformat() != slots[0]
    nobody.post(reverse("queueing:cancel", args=[code]))
    assert Appointment.objects.get(code=code).state == "cancelled"
    assert nobody.get(reverse("queueing:appointment", args=["KHONGCO"])).status_code == 404
    assert nobody.post(line, {"slot": "soon"}).status_code == 200


def test_programs_are_told_how_many_wait():
    answer = Client().get(f"/api/queue/{DESK}")
    assert answer["Cache-Control"] == "public, max-age=10"
    assert next((line["letter"], line["waiting"], line["wait_minutes"]) for line in answer.json()["lines"]) == (
        "A",
        0,
        None,
    )
    assert Client().get("/api/queue/H47.99").status_code == 404


@pytest.mark.parametrize("code", ["a/b", "../x", "%00", "..", "?"])
def test_any_code_is_looked_for_and_none_breaks_the_page(code):
    answer = Client().get(reverse("queueing:find"), {"ma": code}, follow=True)
    assert answer.status_code == 404


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_no_calendar_has_is_refused(moment):
    line = reverse("queueing:book_line", args=[DESK, "ho-tich"])
    assert Client().post(line, {"slot": moment}).status_code == 200
    code = booking.book(LINE, SLOT, actor=ANONYMOUS, at=AT).code
    assert Client().post(f"{line}?doi={code}", {"slot": moment}).status_code == 200
