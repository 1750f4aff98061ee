"""By when the desk passes on what it received: NĐ 61/2018/NĐ-CP Đ.18, where the province reckons it."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from tests.snapshot import with_province

from tinhso.base.clock import civil, now
from tinhso.modules.onestop.actions import reception
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.deadlines import pass_on_by
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
SAID = "Chuyển hồ sơ cho cơ quan giải quyết trước"


def test_the_desk_has_until_the_end_of_the_day_of_what_came_before_the_hour(who):
    dossier = Dossier.objects.get(code=playing.accepted(who))
    dossier.received_at = AT
    closing = AT.replace(hour=17)
    assert pass_on_by(dossier, later(5)) == closing
    assert pass_on_by(dossier, closing + timedelta(seconds=1)) is None
    dossier.received_at = AT.replace(hour=15, minute=1)
    assert civil(pass_on_by(dossier, dossier.received_at)).date() == (AT + timedelta(days=1)).date()
    dossier.received_at = None
    assert pass_on_by(dossier, AT) is None


def test_a_province_that_does_not_reckon_it_is_not_told(who, monkeypatch):
    dossier = Dossier.objects.get(code=playing.accepted(who))
    rules = {"deadline": {"hand_over": False, "cutoff": "15:00"}}
    monkeypatch.setattr("tinhso.modules.onestop.queries.deadlines.choices", lambda _at: rules)
    assert pass_on_by(dossier, later(5)) is None


def test_the_desk_reads_it_on_the_page_of_the_dossier_and_nobody_else_does(who):
    code = playing.file(who.tu).code
    page = reverse("onestop:work", args=[code])
    assert SAID not in signed_in("lan").get(page).content.decode()
    reception.accept_dossier(code, actor=playing.official("lan", at=now()), at=now())
    assert SAID in signed_in("lan").get(page).content.decode()
    assert SAID not in signed_in("ha").get(page).content.decode()
