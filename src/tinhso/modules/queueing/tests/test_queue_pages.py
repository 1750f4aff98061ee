"""The pages by Django's client: kiosk, ticket, hall, window, figures, booking, and the API."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.world import account_of, at_now  # noqa: F401

from tinhso.base.actors import ANONYMOUS
from tinhso.modules.queueing.actions import booking
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
    assert wall["Refresh"] == "5"
    assert not wall.cookies
    assert "A001" in wall.content.decode()
    assert "Refresh" not in nobody.get(reverse("queueing:display", args=[DESK]), {"dung": ""})
    for word in ("came", "finish"):
        lan.post(reverse("queueing:act_on", args=[ticket.id]), {"act": word})
    assert Ticket.objects.get().state == "finished"
    assert DESK in page(minh, "today")
    page(minh, "figures", DESK)
    csv = b"".join(minh.get(reverse("queueing:figures_csv", args=[DESK])).streaming_content).decode()
    assert ",ho-tich,1,1," in csv
    assert lan.get(reverse("queueing:figures", args=[DESK])).status_code == 403


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
