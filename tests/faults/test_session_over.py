"""The session ended while somebody was typing: after signing in again, nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from django.urls import reverse
from tests.faults.conftest import sign_in
from tests.snapshot import with_province

from tinhso.base.clock import now
from tinhso.modules.onestop.models import Application, Dossier
from tinhso.modules.onestop.tests import playing

pytestmark = with_province
TYPED = {"copies-count": "7", "copies.count": "7", "count": "7"}


def hidden_fields(page):
    """Return the fields that a page would send again."""
    found = re.findall(r"<input[^>]*>", page)
    named = {}
    for tag in found:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            named[unescape(name[1])] = unescape(value[1]) if value else ""
    return named


def end_session(browser):
    session = browser.session
    session["began_at"] = session["seen_at"] = int((now() - timedelta(hours=13)).timestamp())
    session.save()


def test_the_fourth_step_is_kept_until_they_are_back(tu, browser):
    draft = playing.start(tu.actor, at=now())
    address = reverse("onestop:step", args=[draft.id, "copies"])
    shown = browser.get(address).content.decode()
    (name,) = set(re.findall(r'name="(copies[^"]*count[^"]*)"', shown))
    end_session(browser)
    sent = browser.post(address, {name: "7"})
    assert sent.status_code == 302
    assert "/login/" in sent.headers["Location"]
    assert Application.objects.get().answers["copies"] == {"count": 2}
    kept = re.search(r"next=([^&]+)", sent.headers["Location"])[1].replace("%2F", "/")
    sign_in(browser, tu.account)
    again = browser.get(kept)
    assert again.status_code == 200
    fields = hidden_fields(again.content.decode())
    assert fields[name] == "7"
    saved = browser.post(address, fields)
    assert saved.status_code == 302
    assert Application.objects.get().answers["copies"] == {"count": 7}


def test_another_who_signs_in_at_the_same_machine_cannot_send_it(tu, browser):
    from tests.world import known_citizen

    neighbour = known_citizen("Lê Văn Xóm", "049185000222")
    draft = playing.start(tu.actor, at=now())
    address = reverse("onestop:step", args=[draft.id, "copies"])
    end_session(browser)
    browser.post(address, {"copies.count": "7"})
    sign_in(browser, neighbour.account)
    assert browser.post(address, {"copies.count": "7"}).status_code == 404
    assert Application.objects.get().answers["copies"] == {"count": 2}
    assert not Dossier.objects.exists()
