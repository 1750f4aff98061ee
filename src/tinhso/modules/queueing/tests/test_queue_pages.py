"""The pages by Django's client: kiosk, ticket, hall, window, figures, booking, and the API."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.world import account_of, at_now  # noqa: F401

from tinhso.modules.queueing.models import Appointment, Ticket
from tinhso.modules.queueing.tests.hall import DESK, LINE

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
