"""Somebody signs in to a system of others in a real browser: the policy of our pages lets their forms lead there."""

from __future__ import annotations

import http.server
import threading

import pytest
from django.core.cache import cache
from django.test import Client
from tests.doors import come_in

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity.public import add_account, add_person
from tinhso.kernel.signon.actions import systems

LOADER = system("loader")


@pytest.fixture
def elsewhere():
    """A server of the other system, which answers anything."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>elsewhere</title>back")

        def log_message(self, *_arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1440])
def test_consent_is_asked_and_leads_back(look, live_server, settings, elsewhere, width):
    cache.clear()
    settings.PUBLIC_URL = live_server.url
    back = f"{elsewhere}/back"
    systems.register_system(
        "shop", name="Cửa hàng", name_en="Shop", redirect_uris=[back], scopes=["profile"], actor=LOADER, at=now()
    )
    made = add_person(citizen_number="049165000123", full_name="Trần Thị Tư", actor=LOADER, at=now())
    account = add_account("tu", person=made, actor=LOADER, at=now())
    key = come_in(Client(), account).cookies["phien"].value
    seen = look("/", width=width)
    seen.page.context.add_cookies([{"name": "phien", "value": key, "url": live_server.url}])
    question = (
        f"/oidc/authorize?client_id=shop&redirect_uri={back}&response_type=code&scope=openid+profile&state=s"
        f"&code_challenge={'c' * 43}&code_challenge_method=S256"
    )
    seen.page.goto(live_server.url + question)
    assert "Cửa hàng" in seen.page.title()
    assert seen.violations() == []
    seen.page.get_by_role("button", name="Đồng ý và tiếp tục").click()
    seen.page.wait_for_url(f"{back}?code=*")
    assert seen.complaints == []
    seen.page.goto(live_server.url + "/tai-khoan/he-thong/")
    assert "Cửa hàng" in seen.page.content()
    assert seen.violations() == []
