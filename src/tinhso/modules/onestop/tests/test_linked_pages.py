"""Pages of a linked dossier, as officials, the applicant and anybody with the code see them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.base import clock
from tinhso.modules.onestop.models import Dossier, PartResult
from tinhso.modules.onestop.queries.participation import part_rows
from tinhso.modules.onestop.queries.working import count_to_sign
from tinhso.modules.onestop.tests import linked, playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province


@pytest.fixture
def code(who, monkeypatch):
    """The code of a linked dossier whose birth is registered; the doors read the second day."""
    monkeypatch.setattr(clock, "now", lambda: later(days=1))
    return linked.born(who)


def page(client: Client, name: str, code: str) -> str:
    answer = client.get(reverse(f"onestop:{name}", args=[code]), headers={"accept-language": "en"})
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_each_reader_sees_who_has_it(who, code):
    insurance = linked.part(code, "insurance").due_at
    for name, client in (("work", signed_in("ha")), ("work", signed_in("nam")), ("track", Client())):
        text = page(client, name, code)
        assert text.count("Has it now") == 2, name
        assert "Done its part" in text
        assert f"{insurance.astimezone(playing.AT.tzinfo):%Y-%m-%d}" in text
    anybody = page(Client(), "track", code)
    assert who.tu.name not in anybody
    assert "Nguyễn Bảo An" not in anybody
    why = page(Client(), "why", code)
    assert "Registers the child&#x27;s permanent residence" in why
    assert "not yet checked against the text" in why


def test_a_participants_officer_reads_its_part_of_the_declaration_and_no_more(who, code):
    text = page(signed_in("quan"), "work", code)
    assert "Bệnh viện đa khoa Hội An" in text
    assert "12 Trần Phú" not in text
    assert "12 Trần Phú" in page(signed_in("nam"), "work", code)


def test_a_part_is_proposed_corrected_and_signed_on_its_pages(who, code):
    officer, leader = signed_in("nam"), signed_in("cuong")
    playing.give_key(playing.official("cuong"))
    given = {"kind": "grant", "note": "Đủ điều kiện", "reason": ""}
    assert page(officer, "part_propose", code).count("Registers the child") == 1
    assert officer.post(reverse("onestop:part_propose", args=[code]), given).status_code == 302
    waiting = leader.get(reverse("onestop:signing")).content.decode()
    assert code in waiting
    assert 'name="code"' not in waiting, "a part is read and signed by itself"
    assert f"{reverse('onestop:part_draft', args=[code])}?phan=residence" in waiting
    assert count_to_sign(playing.official("cuong")) == 1
    assert code not in signed_in("tham").get(reverse("onestop:signing")).content.decode()
    assert "Đủ điều kiện" in page(leader, "part_sign", code)
    draft = leader.get(reverse("onestop:part_draft", args=[code]), {"phan": "residence"})
    assert draft.content.startswith(b"%PDF")
    assert signed_in("quan").get(reverse("onestop:part_draft", args=[code]), {"phan": "residence"}).status_code == 403
    assert leader.post(reverse("onestop:part_correct", args=[code]), {"reason": "Ghi rõ chủ hộ"}).status_code == 302
    assert officer.post(reverse("onestop:part_propose", args=[code]), given).status_code == 302
    wrong = leader.post(reverse("onestop:part_sign", args=[code]), {"pin": "000000"})
    assert wrong.status_code == 200
    assert not PartResult.objects.get().signed_at
    assert leader.post(reverse("onestop:part_sign", args=[code]), {"pin": playing.PIN}).status_code == 302
    result = PartResult.objects.get()
    assert (result.number, result.signed_by) == ("1/TBCT", playing.official("cuong").name)
    assert leader.get(reverse("onestop:part_sign", args=[code])).status_code in (302, 403)


def test_programs_read_who_takes_part(who, code):
    told = signed_in("ha").get(f"/api/dossiers/{code}").json()["participants"]
    assert [(each["key"], each["state"], each["late_seconds"]) for each in told] == [
        ("lead", "over", 0),
        ("residence", "running", 0),
        ("insurance", "running", 0),
    ]
    assert told[1]["agency_code"] == linked.POLICE
    assert sorted(signed_in("quan").get(f"/api/dossiers/{code}").json()["answers"]) == ["child", "insurance"]


def test_an_ordinary_dossier_costs_nothing_more(who, django_assert_num_queries):
    dossier = Dossier.objects.get(code=playing.accepted(who))
    with django_assert_num_queries(0):
        assert part_rows(dossier, later(days=1)) == []
