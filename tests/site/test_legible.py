"""NUL in an address or in a form is refused at every door, before anything is asked of the database."""

from __future__ import annotations

import pytest
from django.test import Client

PAGES = ["/", "/thu-tuc/", "/tra-cuu/", "/tai-khoan/login/", "/oidc/authorize", "/scim/v2/Users", "/no-such-page"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("query", ["?q=%00", "?%00=1", "?q=a%00b&q=c"])
def test_an_address_with_nul_is_refused(path, query):
    assert Client().get(f"{path}{query}").status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/%00/", "/thu-tuc/a%00b/"])
def test_a_path_with_nul_is_refused(path):
    assert Client().get(path).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("form", [{"login": "a\x00"}, {"a\x00": "1"}, {"login": ["a", "b\x00"]}])
def test_a_form_with_nul_is_refused(form):
    for content in ({}, {"content_type": "application/x-www-form-urlencoded"}):
        given = form if not content else "&".join(f"{name}=a%00" for name in form)
        assert Client().post("/tai-khoan/login/", given, **content).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "said"), [("vi", "ký tự"), ("en", "no letter (NUL)")])
def test_the_page_says_why_in_the_readers_language(language, said):
    page = Client(headers={"accept-language": language}).get("/?q=%00")
    assert said in page.content.decode()


@pytest.mark.django_db
def test_a_program_is_told_in_json_and_an_escaped_percent_is_no_nul():
    answer = Client(headers={"accept": "application/json"}).get("/?q=%00")
    assert answer.json()["code"] == "api.malformed"
    assert Client().get("/no-such-page?q=%2500").status_code == 404
