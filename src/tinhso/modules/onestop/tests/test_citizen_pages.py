"""What the applicant reads: what is asked and why, where one files, nothing that is refused a page later."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.snapshot import with_province

from tinhso.base.actors import Actor
from tinhso.kernel.identity.public import Account
from tinhso.modules.onestop.actions import applications, money, processing, rating, supplement
from tinhso.modules.onestop.forms import LookupForm
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.queries.telling import facts_of
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
BIRTH = "1.001193"
BRING = "biên lai đến"
RECEIPT = "0G7M-2QXR-9HVD-40KT"


def page(actor: Actor, name: str, *args: Any, language: str = "vi", query: str = "", post: Any = None) -> str:
    client = Client()
    account, _new = Account.objects.get_or_create(
        person_id=actor.key.partition(":")[2], defaults={"username": "tu", "added_at": playing.AT}
    )
    come_in(client, account)
    client.cookies["ngon_ngu"] = language
    address = reverse(f"onestop:{name}", args=args) + query
    return (client.get(address) if post is None else client.post(address, post)).content.decode()


def test_what_is_asked_says_which_paper_and_why(who):
    said = page(who.tu, "dossier", playing.waiting(who))
    assert "Chụp lại văn bản ủy quyền" in said
    line = said[: said.index("Chụp lại văn bản ủy quyền")].rpartition("<li>")[2]
    assert "Văn bản ủy quyền" in line
    assert "không đọc được" in line.lower()


@pytest.mark.parametrize("online", [True, False])
def test_a_fee_that_goes_back_is_told_on_the_page(who, online):
    code = playing.file(who.tu).code
    if online:
        order = money.start_payment(code, actor=who.tu, at=playing.later(1))
        money.settle_payment(
            order.order_code, amount_vnd=order.amount_vnd, reference="1", actor=playing.GATEWAY, at=playing.later(2)
        )
    else:
        money.take_payment(code, actor=who.hoa, at=playing.later(1))
    page(who.tu, "withdraw", code, post={"reason": ""})
    said = page(who.tu, "dossier", code)
    assert "16.000" in said
    assert (BRING in said) is not online
    if online:
        money.note_refund(order.order_code, actor=playing.GATEWAY, at=playing.later(3))
    else:
        money.return_cash(code, actor=who.hoa, at=playing.later(3))
    assert BRING not in page(who.tu, "dossier", code)


def test_the_papers_that_came_to_be_are_listed_and_open(who):
    code = playing.taken(who)
    processing.postpone_result(code, to=date(2022, 12, 19), reason="Mưa lũ", actor=who.minh, at=playing.later(290))
    said = page(who.tu, "dossier", code)
    for name in ("taken", "apology"):
        assert reverse("onestop:paper", args=[name, code]) in said
    assert reverse("onestop:paper", args=["control", code]) not in said


def test_english_pages_name_agency_and_service_in_english(who):
    code = playing.accepted(who)
    dossier = Dossier.objects.get(code=code)
    assert dossier.agency_name_en
    assert dossier.agency_name_en in page(who.tu, "dossier", code, language="en").replace("&#x27;", "'")
    assert dossier.agency_name in page(who.tu, "dossier", code)
    facts = facts_of(dossier, {})
    assert (facts["service"], facts["service_en"]) == (dossier.service_name, dossier.service_name_en)


def test_the_check_page_tells_where_it_is_filed_and_hides_what_does_not_count(who):
    draft = playing.start(who.tu, delivery={"result_way": "direct", "address": "12 Trần Phú"})
    said = page(who.tu, "check", draft.id)
    assert "Ủy ban nhân dân phường Minh An" in said
    assert reverse("onestop:agency", args=[draft.id]) in said
    results = said[said.index("Cách nhận kết quả") :]
    assert "12 Trần Phú" not in results
    assert "Không nộp" in said
    assert "Câu trả lời nào cũng sửa được" not in said


def test_headings_of_the_task_list_tell_apart(who):
    draft = playing.start(who.tu)
    said = page(who.tu, "tasks", draft.id)
    headings = [re.sub(r"^\d+\. ", "", each) for each in re.findall(r"<h2[^>]*>(\d+\. [^<]*)</h2>", said)]
    assert len(headings) == len(set(headings)) > 3
    assert "Tờ khai: Người liên quan" in headings


def test_where_one_lives_is_proposed(who):
    draft = applications.start_application(BIRTH, actor=who.tu, at=playing.AT)
    said = page(who.tu, "agency", draft.id)
    unit = people.prefill_of(who.tu, playing.AT.date())["person"]["unit_code"]
    assert ("Chọn sẵn theo nơi cư trú" in said) == bool(unit)


@pytest.mark.parametrize(
    ("address", "split"),
    [
        ("12 Trần Phú, phường Minh An, thành phố Hội An, tỉnh Quảng Nam", ("12 Trần Phú", "20398")),
        ("Tổ 3, khối An Thắng, phường Minh An, tỉnh Quảng Nam", ("Tổ 3, khối An Thắng", "20398")),
        ("12 Trần Phú, phường Minh An, tỉnh Quảng Ngãi", ("12 Trần Phú, phường Minh An, tỉnh Quảng Ngãi", "")),
        ("Phường Mẫu, thành phố Hà Nội", ("Phường Mẫu, thành phố Hà Nội", "")),
        ("", ("", "")),
    ],
)
def test_a_known_address_falls_into_street_and_commune(who, address, split):
    from tinhso.kernel.forms.public import split_address

    assert split_address(address, playing.AT.date()) == split


def test_an_error_is_named_once_in_the_title(who):
    draft = playing.start(who.tu)
    said = page(who.tu, "step", draft.id, "copies", post={"copies.count": "nhiều"})
    title = said[said.index("<title>") : said.index("</title>")]
    assert title.count("Lỗi:") == 1
    assert "ví dụ 3" in said


def test_nothing_is_offered_that_is_refused_a_page_later(who):
    code = playing.file(who.tu).code
    assert "Đến cổng thanh toán" in page(who.tu, "pay", code)
    supplement.withdraw_dossier(code, reason="", actor=who.tu, at=later(2))
    assert "Đến cổng thanh toán" not in page(who.tu, "pay", code)
    playing.give_key(who.minh)
    over = playing.returned(who)
    assert 'name="score"' in page(who.tu, "rate", over)
    rating.rate_dossier(over, score=4, aspects={}, comment="", actor=who.tu, at=later(30))
    assert "Bạn đã đánh giá hồ sơ này rồi" in page(who.tu, "rate", over)


def test_a_code_of_the_journal_leads_to_the_journal(who):
    said = page(who.tu, "look_up", query=f"?ma={RECEIPT.lower()}")
    assert reverse("journal:receipt", args=[RECEIPT]) in said
    assert LookupForm({"ma": RECEIPT}).is_valid()


def test_the_counter_reads_names_in_its_language_too(who):
    lan = signed_in("lan")
    lan.cookies["ngon_ngu"] = "en"
    said = lan.get(reverse("onestop:intake_service", args=[BIRTH])).content.decode()
    assert "Certificate of birth from the hospital" in said
    assert "Giấy chứng sinh" not in said
    assert "Ủy ban nhân dân phường Minh An" not in said


def test_a_parent_who_applies_is_not_asked_again(who):
    draft = applications.start_application(
        BIRTH, answers={"mother": {"known": True, "nationality": "Việt Nam"}}, actor=who.tu, at=playing.AT
    )
    empty = page(who.tu, "step", draft.id, "mother")
    assert f'value="{who.tu.name}"' not in empty
    applications.save_step(draft.id, "applicant", {"relation": "mother"}, complete=False, actor=who.tu, at=playing.AT)
    assert f'value="{who.tu.name}"' in page(who.tu, "step", draft.id, "mother")
    assert f'value="{who.tu.name}"' not in page(who.tu, "step", draft.id, "father")


def test_what_was_typed_is_asked_about_before_it_is_lost(who):
    draft = playing.start(who.tu)
    assert "data-unsaved" in page(who.tu, "step", draft.id, "copies")
