"""The addresses of the design system, the pages of failure, and what the policy of contents demands of every template."""

import json
import logging
import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from tinhso.web import errors
from tinhso.web.look import NEUTRAL, Look

pytestmark = pytest.mark.django_db
SOURCE = Path(__file__).parents[2]


def said(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("language", "title"), [("vi", "Bộ thành phần"), ("en", "Component sheet")])
def test_the_sheet_in_both_languages(client: Client, language, title):
    client.cookies["ngon_ngu"] = language
    html = said(client.get("/design/"))
    assert f'<html lang="{language}"' in html
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in html
    vietnamese = re.search(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.sub(r"<[^>]+>", "", html))
    assert vietnamese  # names of people stay as they are
    assert ("Official site of" in html) == (language == "en")


def test_every_page_obeys_the_policy_without_inline_styles_or_scripts():
    """CSP has no 'unsafe-inline': a style attribute, a handler or an inline script would silently not work."""
    faults = []
    for file in sorted(SOURCE.rglob("templates/**/*.html")):
        text = re.sub(
            r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|\{%.*?%\}", "", file.read_text(), flags=re.DOTALL
        )
        for rule in (
            r"\sstyle\s*=",
            r"<style\b",
            r"\son[a-z]+\s*=\s*[\"']",
            r"<script\b(?![^>]*\b(?:src|type=\"application/json\"))",
            r"javascript:",
        ):
            faults += [f"{file.relative_to(SOURCE)}: {match.group(0).strip()}" for match in re.finditer(rule, text)]
    assert faults == []


def test_the_policy_is_sent(client: Client):
    policy = client.get("/design/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_choosing_a_language_keeps_it_and_goes_back(client: Client):
    response = client.post("/ngon-ngu/", {"language": "en", "next": "/design/"})
    assert (response.status_code, response["Location"]) == (302, "/design/")
    assert client.cookies["ngon_ngu"].value == "en"
    assert client.get("/ngon-ngu/").status_code == 405


def test_a_language_link_never_leads_elsewhere(client: Client):
    response = client.post("/ngon-ngu/", {"language": "en", "next": "https://evil.example/"})
    assert "evil" not in response["Location"]


def green(language: str) -> Look:
    return Look(name="tỉnh Nghịch", portal=f"Cổng {language}", tokens={"son-700": "#0b4f3e", "son-800": "#083b2e"})


def broken(language: str) -> Look:
    raise RuntimeError("no database")


def test_a_province_brings_its_names_and_colours(client: Client, settings):
    settings.WEB_PROVINCE = f"{__name__}.green"
    html = said(client.get("/design/"))
    stamp = green("vi").theme
    assert "<title>Bộ thành phần – Cổng vi</title>" in html
    assert f'href="/giao-dien/province.css?v={stamp}"' in html
    assert '<meta name="theme-color" content="#0b4f3e">' in html
    css = client.get(f"/giao-dien/province.css?v={stamp}")
    assert css["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "--cq-son-700:#0b4f3e" in said(css)
    assert client.get("/giao-dien/province.css?v=old")["Cache-Control"] == "no-cache"


def test_the_installable_site(client: Client):
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["theme_color"] == NEUTRAL.colour
    assert [(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]] == [
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    ]  # fmt: skip
    worker = client.get("/sw.js")
    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    kept = json.loads(re.search(r"const KEPT = (\[.*?\]);", said(worker)).group(1))
    assert reverse("web:offline") in kept
    assert all(path.startswith("/static/") for path in kept if path != reverse("web:offline"))


def test_the_offline_page_speaks_both_languages_and_of_nobody(client: Client):
    html = said(client.get("/ngoai-tuyen/"))
    assert "Không có mạng" in html
    assert "No network" in html
    assert "csrfmiddlewaretoken" not in html
    assert "cq-account" not in html


def test_a_longer_session_is_asked_for_by_post_only(client: Client):
    assert client.get("/phien/gia-han/").status_code == 405
    assert json.loads(client.post("/phien/gia-han/").content)["seconds"] > 0


def test_an_unknown_address_says_what_to_do_and_gives_a_code_that_is_in_the_log(client: Client, caplog):
    with caplog.at_level(logging.INFO, logger="tinhso.web.errors"):
        response = client.get("/khong-co/")
    assert response.status_code == 404
    assert "Không thấy trang này" in said(response)
    code = re.search(r'class="cq-code">([2-9A-Y]{3}-[2-9A-Y]{3})<', said(response)).group(1)
    assert any(code in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (errors.bad_request, 400),
        (lambda request: errors.forbidden(request, PermissionDenied()), 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_pages_of_failure_come_out_even_when_the_province_does_not(settings, language, answer, status):
    settings.WEB_PROVINCE = f"{__name__}.broken"
    with translation.override(language):
        response = answer(RequestFactory().get("/x/"))
        html = said(response)
    assert response.status_code == status
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert "cq-code" in html


def test_a_form_without_its_token_gets_our_page():
    response = Client(enforce_csrf_checks=True).post("/ngon-ngu/", {"language": "en"})
    assert response.status_code == 403
    assert "Biểu mẫu này đã mở quá lâu" in said(response)
