"""Somebody decides on a consent and takes their data, on a phone and at a desk: axe, no sideways scroll, a real download."""

from __future__ import annotations

import zipfile
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from tests.doors import come_in

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity.public import add_account, add_person
from tinhso.kernel.organisation.public import touch
from tinhso.kernel.privacy.models import Consent, RuleBook

LOADER = system("loader")
WORDS = {"vi": "Mời đánh giá", "en": "Being asked how it was"}
PURPOSE = {
    "key": "onestop.rating_invitation", "version": 1, "from": "2021-01-01", "title": WORDS, "text": WORDS, "data": WORDS,
    "verified": False,
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(320, "vi"), (390, "en"), (1440, "vi")])
def test_own_data_and_consent_on_every_width(look, live_server, width, language, tmp_path):
    cache.clear()
    touch()
    data = {"valid_from": "2021-01-01", "purposes": [PURPOSE]}
    RuleBook.objects.create(code="purposes", valid_from=date(2021, 1, 1), data=data)
    made = add_person(citizen_number="049165000123", full_name="Trần Thị Tư", actor=LOADER, at=now())
    account = add_account("tu", person=made, actor=LOADER, at=now())
    key = come_in(Client(), account).cookies["phien"].value
    seen = look("/", width=width, language=language)
    page = seen.page
    page.context.add_cookies([{"name": "phien", "value": key, "url": live_server.url}])
    page.goto(live_server.url + "/tai-khoan/dong-y/")
    assert page.locator("input[type=checkbox]").count() == 0
    assert (seen.violations(), seen.sideways()) == ([], 0)
    page.locator("main form button").click()
    page.wait_for_load_state()
    assert Consent.objects.get().withdrawn_at is None
    assert (seen.violations(), seen.sideways()) == ([], 0)
    page.goto(live_server.url + "/tai-khoan/du-lieu/")
    assert not page.get_by_role("checkbox").is_checked()
    page.locator("main form button").click()
    page.locator(".govuk-error-summary").wait_for()
    assert (seen.violations(), seen.sideways()) == ([], 0)
    page.get_by_role("checkbox").check()
    with page.expect_download() as sent:
        page.locator("main form button").click()
    sent.value.save_as(tmp_path / "own.zip")
    assert zipfile.ZipFile(tmp_path / "own.zip").namelist() == ["README.txt", "data.json"]
    assert seen.complaints == []
