"""Pages and API of inspection, as those use them who may."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.kernel.identity.public import Notice
from tinhso.modules.inspection.models import Finding
from tinhso.modules.onestop.actions import supplement
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province


@pytest.fixture
def found(who, worked):
    """Return the finding about a vague request; the worker has told everybody."""
    code = playing.taken(who)
    supplement.ask_for_supplement(code, [{"reason": "missing", "text": "Nộp lại"}], actor=who.ha, at=later(8))
    worked(later(9))
    worked(later(10))
    return Finding.objects.get(code="asked-vaguely")


def page(name, *args):
    return reverse(f"inspection:{name}", args=args)


def said(answer):
    return answer.content.decode()


def test_the_official_concerned_is_told_and_answers(found, who):
    notice = Notice.objects.filter(recipient=who.ha.key).latest("at")
    assert found.subject_key in str(notice.facts)
    ha = signed_in("ha")
    lists = said(ha.get(page("mine")))
    assert "Yêu cầu bổ sung không nói rõ phải làm gì" in lists
    text = said(ha.get(page("finding", found.pk)))
    assert "chỉ có 7 chữ cái" in text
    assert "Đ.17 k.1" in text
    assert "Kết luận: báo nhầm" not in text
    assert ha.post(page("act", found.pk, "answer"), {"text": ""}).status_code == 422
    answer = ha.post(page("act", found.pk, "answer"), {"text": "Đã gọi điện."}, follow=True)
    assert "Đã gọi điện." in said(answer)


def test_the_inspector_closes_it_and_sees_what_is_counted(found):
    inspector = signed_in("kiemtra")
    assert found.subject_key in said(inspector.get(page("home")))
    inspector.post(page("act", found.pk, "dismiss"), {"text": "Đủ rõ."})
    found.refresh_from_db()
    assert found.state == "false"
    assert found.subject_key in said(inspector.get(page("home") + "?trang-thai=false"))
    text = said(inspector.get(page("scenarios")))
    assert "Yêu cầu bổ sung hồ sơ quá một lần" in text
    text = said(inspector.get(page("scenario", "asked-vaguely")))
    assert "0 %" in text
    assert inspector.post(page("scenario", "asked-vaguely"), {"state": "off", "reason": ""}).status_code == 422
    inspector.post(page("scenario", "asked-vaguely"), {"state": "off", "reason": "Báo nhầm nhiều"})
    assert "Báo nhầm nhiều" in said(inspector.get(page("scenario", "asked-vaguely")))


def test_the_head_gives_it_to_a_colleague(found):
    minh = signed_in("minh")
    text = said(minh.get(page("finding", found.pk)))
    assert "Phạm Thị Ngọc" in text
    assert minh.post(page("assign", found.pk), {"official_id": ""}).status_code == 422
    ngoc = text.split("Phạm Thị Ngọc")[0].rpartition('value="')[2].partition('"')[0]
    minh.post(page("assign", found.pk), {"official_id": ngoc})
    found.refresh_from_db()
    assert found.assigned_name == "Phạm Thị Ngọc"


@pytest.mark.parametrize("username", ["hung", "lan"])
def test_others_see_neither_page_nor_list(found, username):
    other = signed_in(username)
    assert other.get(page("finding", found.pk)).status_code == 404
    assert found.subject_key not in said(other.get(page("home")))
    assert other.post(page("act", found.pk, "answer"), {"text": "x"}).status_code == 404
    assert other.get(page("scenarios")).status_code == 403


def test_lists_go_on_by_key(found, who, monkeypatch):
    from tinhso.modules.inspection.queries import findings

    monkeypatch.setattr(findings, "PAGE", 1)
    inspector = signed_in("kiemtra")
    first = said(inspector.get(page("home") + "?trang-thai=all"))
    following = first.partition("sau=")[2][:36]
    second = said(inspector.get(page("home") + f"?trang-thai=all&sau={following}"))
    names = {"Yêu cầu bổ sung không nói rõ phải làm gì", "Yêu cầu bổ sung không gắn với giấy tờ hay mục khai nào"}
    assert {name for name in names if name in first} ^ {name for name in names if name in second} == names


def test_by_api(found, who):
    ha, inspector = signed_in("ha"), signed_in("kiemtra")
    listed = ha.get("/api/findings?mine=true").json()
    assert {row["scenario"] for row in listed["items"]} == {"asked-vaguely", "asked-nowhere"}
    whole = ha.get(f"/api/findings/{found.pk}").json()
    assert whole["facts"]["supplement.shortest_letters"] == 7
    assert whole["may"] == ["answer", "contest"]

    def post(client, verb, key="", **body):
        address = f"/api/findings/{found.pk}/{verb}"
        head = {"Idempotency-Key": key} if key else {}
        return client.post(address, json.dumps(body), content_type="application/json", headers=head)

    assert post(ha, "close", text="xong", is_false=True).status_code == 403
    assert post(ha, "contest", text="Đủ rõ", key="a").json()["state"] == "contested"
    assert post(ha, "contest", text="Đủ rõ", key="a").headers["Idempotent-Replayed"] == "true"
    assert post(inspector, "close", text="Đủ rõ", is_false=True).json()["state"] == "false"
    assert post(inspector, "close", text="nữa", is_false=True).status_code == 409
    assert signed_in("hung").get(f"/api/findings/{found.pk}").status_code == 404
