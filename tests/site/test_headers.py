"""What every answer tells the browser, and the names of cookies over https."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from tinhso.kernel.identity.limits import client_address
from tinhso.site.headers import PERMISSIONS, HostMessages

pytestmark = pytest.mark.django_db

OVER_HTTPS = """
import json, django
django.setup()
from django.test import Client
client = Client(enforce_csrf_checks=False, headers={"host": "localhost"})
answer = client.post("/ngon-ngu/", {"language": "en"}, secure=True, headers={"x-forwarded-proto": "https"})
from django.conf import settings
said = {
    "cookies": {name: dict(morsel) for name, morsel in answer.cookies.items()},
    "hsts": answer.headers.get("Strict-Transport-Security", ""),
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME],
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE],
    "messages": settings.MESSAGE_STORAGE,
    "debug": settings.DEBUG,
}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def over_https(tmp_path_factory):
    """What the settings for production make of an answer, in a process of its own."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.prod",
        "TINHSO_DATA": str(tmp_path_factory.mktemp("prod")),
        "TINHSO_SECRET_KEY": "only-for-tests-" + "x" * 40,
    }
    env.pop("TINHSO_HTTPS", None)
    done = subprocess.run(
        [sys.executable, "-c", OVER_HTTPS], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "address", ["/design/", "/healthz", "/giao-dien/province.css", "/nobody-here/", "/api/procedures"]
)
def test_every_answer_bears_the_headers(client: Client, address):
    answer = client.get(address)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Permissions-Policy"] == PERMISSIONS
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_the_policy_names_what_may_run_and_nothing_inline(client: Client):
    policy = dict(part.split(" ", 1) for part in client.get("/design/")["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in json.dumps(policy)


def test_no_power_of_the_browser_is_asked_for():
    assert "camera=()" in PERMISSIONS
    assert "geolocation=()" in PERMISSIONS
    assert "*" not in PERMISSIONS


def test_a_page_of_somebody_known_leaves_no_copy_and_a_public_one_may(client: Client):
    assert "Cache-Control" not in client.get("/design/").headers
    client.cookies[settings.SESSION_COOKIE_NAME] = "any"
    assert client.get("/design/")["Cache-Control"] == "no-store"


def test_what_a_view_says_of_copies_stays(client: Client):
    client.cookies[settings.SESSION_COOKIE_NAME] = "any"
    assert client.get("/sw.js")["Cache-Control"] == "no-cache"


def test_signing_out_clears_what_the_browser_kept(client: Client):
    assert client.post("/tai-khoan/logout/")["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/tai-khoan/logout/").headers


def test_over_https_cookies_bear_the_name_of_the_host(over_https):
    assert over_https["names"] == ["__Host-phien", "__Host-csrftoken", "__Host-ngon_ngu"]
    assert over_https["secure"] == [True, True, True]
    assert over_https["messages"].endswith("HostMessages")
    cookie = over_https["cookies"]["__Host-ngon_ngu"]
    # without these three a browser throws a cookie of that name away (RFC 6265bis §4.1.3.2)
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_over_https_the_browser_is_told_to_stay_there(over_https):
    assert over_https["hsts"] == "max-age=31536000; includeSubDomains"


def test_production_shows_no_insides(over_https):
    assert over_https["debug"] is False


def test_sentences_shown_once_bear_the_name_of_the_host_too(rf: RequestFactory):
    request = rf.get("/")
    request.session = {}
    kept = HostMessages(request)
    kept.add(20, "Đã gửi")
    answer = Client().get("/healthz")
    kept.update(answer)
    assert [(name, cookie["httponly"]) for name, cookie in answer.cookies.items()] == [("__Host-messages", True)]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "10.0.0.9", "198.51.100.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        (2, "1.2.3.4, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
        (1, "", "198.51.100.1"),
    ],
)
def test_what_a_reader_claims_to_come_from_is_not_believed(rf, settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR="198.51.100.1")) == address
