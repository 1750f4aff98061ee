"""NUL in an address or in a form is refused at every door, and so is a name given twice, before anything is asked of the database."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.base.strict_json import read_json

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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/thu-tuc/", "/tra-cuu/", "/tai-khoan/login/", "/scim/v2/Users", "/no-such-page"]
)
def test_a_name_given_twice_in_an_address_is_refused(path):
    assert Client().get(f"{path}?q=a&q=b").status_code == 400
    assert Client().get(f"{path}?q=a&%71=a").status_code == 400, "the same name, written otherwise"
    assert Client().get(f"{path}?q=a&r=a").status_code != 400


@pytest.mark.django_db
def test_the_api_refuses_a_name_given_twice_and_sign_on_says_it_in_its_own_words():
    answer = Client().get("/api/procedures?q=a&q=b")
    assert (answer.status_code, answer.json()["code"]) == (400, "api.malformed")
    with pytest.raises(ValueError, match="twice"):
        read_json('{"a": [{"b": 1, "b": 2}]}')
    answer = Client().post("/oidc/token", "grant_type=a&grant_type=b", content_type="application/x-www-form-urlencoded")
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.django_db
def test_the_page_names_what_is_given_twice():
    page = Client(headers={"accept-language": "en"}).get("/?trang=1&trang=2").content.decode()
    assert "“trang” twice" in page


@pytest.mark.django_db
def test_of_a_field_in_a_form_the_last_counts():
    sent = "login=first&login=last&password=x"
    page = Client().post("/tai-khoan/login/", sent, content_type="application/x-www-form-urlencoded").content.decode()
    assert 'value="last"' in page
    assert 'value="first"' not in page
