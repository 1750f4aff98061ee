"""Pages of officials as they use them: what is typed is kept, what waits is seen, what is signed can be read before."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override
from pypdf import PdfReader
from tests.snapshot import with_province

from tinhso.kernel.casework.public import Filters, counts, worklist
from tinhso.kernel.identity.doors import first_page
from tinhso.kernel.identity.middleware import refusal_page
from tinhso.modules.onestop.actions import filing, money, processing, reception, results, supplement
from tinhso.modules.onestop.models import Dossier, Result, SupplementRequest
from tinhso.modules.onestop.queries import dossiers, people, shown, working
from tinhso.modules.onestop.queries.services import get_service
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province


def at(page: str, *args: str) -> str:
    return reverse(f"onestop:{page}", args=args)


def said(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [("en", "1 original, 0 copies", "2 originals, 1 copy"), ("vi", "1 bản chính, 0 bản sao", "2 bản chính, 1 bản sao")],
)
def test_papers_ticked_at_the_counter_are_named_and_counted_in_the_readers_language(who, language, first, second):
    dossier = Dossier.objects.get(pk=playing.file(who.tu).pk)
    one, two = get_service(playing.PERMIT, date(2022, 11, 28)).components[:2]
    dossier.service_code = playing.PERMIT
    dossier.components = [
        {"code": one.code, "name": one.name, "originals": 1, "copies": 0},
        {"code": two.code, "name": two.name, "originals": 2, "copies": 1},
        {"code": "GONE", "name": "Giấy tờ cũ", "originals": 1, "copies": 1},
    ]
    dossier.save(update_fields=["components", "service_code"])
    name = "name_en" if language == "en" else "name"
    with override(language):
        lines = working.handed_in(dossier)
    assert lines[:2] == [f"{getattr(one, name)}: {first}", f"{getattr(two, name)}: {second}"]
    assert one.name_en != one.name
    assert lines[2].startswith("Giấy tờ cũ: ")
    page = signed_in("lan").get(at("work", dossier.code), headers={"accept-language": language})
    assert all(escape(line) in said(page) for line in lines[:2])


def test_a_draft_that_was_filed_leads_to_its_dossier(who):
    draft = playing.start(who.tu)
    code = filing.file_application(
        draft.id, filing.Applicant.of(people.applicant(who.tu)), actor=who.tu, at=later(0)
    ).code
    answer = refusal_page(RequestFactory().get("/"), filing.AlreadyFiled(dossier=code))
    assert answer.status_code == 409
    assert f'href="{at("filed", code)}"' in said(answer)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_draft_is_the_paper_that_would_be_signed_without_a_number(who):
    code = playing.proposed(who)
    for username in ("ha", "minh"):
        response = signed_in(username).get(at("draft", code))
        assert response.headers["Content-Type"] == "application/pdf"
        words = text_of(response.content)
        assert "DỰ THẢO" in words
        assert who.tu.name in words
        assert "/TLHT-BS" not in words  # the number is given with the signature
    assert who.minh.name in words  # the leader reads the paper with the own name under it
    assert signed_in("hung").get(at("draft", code)).status_code == 404


def test_before_it_is_sent_up_the_officer_reads_the_draft_and_nothing_is_kept(who):
    code = playing.taken(who)
    ha = signed_in("ha")
    assert ha.get(at("draft", code)).status_code == 404
    refusal = ha.post(at("draft", code), {"kind": "refusal", "reason": "Không có trong sổ hộ tịch"})
    assert "Không có trong sổ hộ tịch" in text_of(refusal.content)
    assert not Result.objects.exists()


def test_once_signed_there_is_no_draft(who):
    assert signed_in("ha").get(at("draft", playing.signed(who))).status_code == 404


@pytest.mark.parametrize(("page", "username"), [("work", "ha"), ("sign", "minh"), ("work", "minh")])
def test_where_a_result_is_read_its_draft_is_one_press_away(who, page, username):
    code = playing.proposed(who)
    assert at("draft", code) in said(signed_in(username).get(at(page, code)))


def test_the_batch_links_each_draft_and_says_when_nothing_is_ticked(who):
    code = playing.proposed(who)
    minh = signed_in("minh")
    assert at("draft", code) in said(minh.get(at("signing")))
    page = said(minh.post(at("signing"), {"pin": playing.PIN}))
    assert "error-summary" in page
    assert "Đánh dấu các hồ sơ bạn muốn ký" in page


def test_the_hand_over_stands_once_on_the_page(who):
    page = said(signed_in("lan").get(at("work", playing.issued(who))))
    assert page.count("Trả kết quả</h2>") == 1


def test_a_refusal_without_a_reason_stays_on_the_form_with_all_that_was_typed(who):
    code = playing.taken(who)
    page = said(signed_in("ha").post(at("propose", code), {"kind": "refusal", "note": "Đã đối chiếu sổ gốc"}))
    assert "Đã đối chiếu sổ gốc" in page
    assert 'href="#id_reason"' in page or 'href="#reason"' in page
    assert not Result.objects.exists()


def test_a_grant_on_a_declaration_that_is_not_whole_keeps_what_was_typed(who):
    taken = reception.take_at_counter(
        playing.COPY,
        playing.MINH_AN,
        filing.Applicant.of(people.applicant(who.tu)),
        components=[],
        answers={"copies": {"count": 2}},
        actor=who.lan,
        at=playing.AT,
    )
    page = said(signed_in("ha").post(at("propose", taken.code), {"kind": "grant", "note": "Đã đối chiếu sổ gốc"}))
    assert "Đã đối chiếu sổ gốc" in page
    assert "error-summary" in page
    assert "/mot-cua/to-khai/" in page


@pytest.mark.parametrize(
    ("username", "page"),
    [("quantri", "/quan-tri/"), ("kiemtra", "/quan-tri/"), ("ha", "/mot-cua/"), ("hoa", "/mot-cua/thu-phi/")],
)
def test_everybody_lands_where_they_work_and_finds_back_from_the_home_page(who, username, page):
    assert first_page(playing.official(username)) == page
    home = said(signed_in(username).get("/"))
    assert f'href="{page}"' in home
    assert "Đăng nhập để xem" not in home
    assert f'href="{at("mine")}"' not in home


def test_only_who_signs_opens_the_page_for_signing(who):
    code = playing.proposed(who)
    assert [signed_in(name).get(at("sign", code)).status_code for name in ("lan", "ha", "minh")] == [403, 403, 200]


def test_the_cash_desk_lists_what_is_to_be_taken_and_given_back(who):
    filed, received = playing.file(who.tu).code, playing.accepted(who)
    paid = playing.file(who.tu).code
    money.take_payment(paid, actor=who.hoa, at=later(1))
    reception.refuse_dossier(paid, reason="Không thuộc thẩm quyền", actor=who.lan, at=later(2))
    hoa = signed_in("hoa")
    page = said(hoa.get(at("cash")))
    assert received in page
    assert paid in page
    assert filed not in page
    assert dossiers.menu_counts(who.hoa)["onestop:cash"] == 2
    assert at("cash") in said(hoa.get("/mot-cua/tim/"))
    assert at("worklist") + '"' not in said(hoa.get(at("cash")))


def test_after_the_fee_was_taken_the_receipt_is_printed(who):
    code = playing.issued(who)
    hoa = signed_in("hoa")
    page = said(hoa.post(at("take_payment", code), {"method": "cash"}, follow=True))
    assert at("paper", "receipt", code) in page


def test_the_office_prints_every_paper_that_exists(who):
    code = playing.taken(who)
    processing.postpone_result(code, to=date(2022, 12, 19), reason="Mưa lũ", actor=who.minh, at=later(290))
    supplement.ask_for_supplement(code, playing.UNREADABLE, actor=who.ha, at=later(300))
    stopped, refused = playing.stopped(who), playing.refused(who)
    lan = signed_in("lan")
    for dossier, kinds in (
        (code, ("taken", "supplement", "apology", "control")),
        (stopped, ("taken", "supplement", "stop", "control")),
        (refused, ("refused",)),
    ):
        page = said(lan.get(at("work", dossier)))
        for kind in ("taken", "supplement", "refused", "apology", "stop", "control", "receipt"):
            assert (at("paper", kind, dossier) in page) is (kind in kinds), kind
            if kind in kinds:
                assert lan.get(at("paper", kind, dossier)).status_code == 200


def test_a_number_at_the_counter_is_judged_as_the_form_judges_it(who):
    lan = signed_in("lan")
    address = reverse("onestop:intake_service", args=[playing.COPY])
    visit = {
        "citizen_number": "049185000123",
        "full_name": "Nguyễn Thị Tư",
        "agency": playing.MINH_AN,
        "result_way": "direct",
        **{f"c-{code}": "1" for code in ticked_at(address, lan)},
    }
    for typed in ("0", "", "-3", "9" * 25, "hai"):
        answer = lan.post(address, {**visit, "q-copies.count": typed})
        assert answer.status_code == 200, typed
        assert 'id="q-copies.count-error"' in answer.content.decode() or "copies.count" in answer.content.decode()
        assert not Dossier.objects.exists()
    posted = {**visit, "q-copies.count": "3", "result_way": "post"}
    assert "Nhập địa chỉ" in said(lan.post(address, posted))
    lan.post(address, {**posted, "address": "12 Trần Phú"})
    dossier = Dossier.objects.get()
    assert (dossier.fee_vnd, dossier.result_way, dossier.result_address) == (24_000, "post", "12 Trần Phú")


def ticked_at(address, lan):
    """Return the codes of the papers that the counter page asks for."""
    return re.findall(r'name="c-([^"]+)"', lan.get(address).content.decode())


def test_what_is_overdue_is_counted_as_overdue(who):
    code = playing.taken(who)
    due = Dossier.objects.get().due_at
    late = due + timedelta(days=2)
    tasks = worklist(who.ha, Filters(kind="dossier", bucket="overdue"), at=late).tasks
    assert [task.subject_key for task in tasks] == [code]
    assert counts(who.ha, at=late, kind="dossier")["overdue"] == 1


def test_the_officer_reads_what_was_asked_and_what_changed(who):
    code = playing.taken(who)
    mend = [{"pointer": "/copies/count", "reason": "wrong", "text": "Ghi đúng số bản"}]
    supplement.ask_for_supplement(code, mend, actor=who.ha, at=later(30))
    supplement.answer_supplement(
        code, answers={"copies": {"count": 7}}, note="Nhà tôi có bảy người", actor=who.tu, at=later(60)
    )
    page = said(signed_in("ha").get(at("work", code)))
    for words in ("Ghi đúng số bản", "<del>2", "<ins>7", "Nhà tôi có bảy người"):
        assert words in page


def test_a_dossier_not_yet_accepted_has_neither_a_day_of_receipt_nor_a_due_date(who):
    playing.file(who.tu)
    (row,) = working.rows([playing.task_of(Dossier.objects.get().code)], later(5))
    assert (row["received_at"], row["due"]) == (None, None)
    assert row["step_due"] is not None


def test_my_work_shows_mine_and_what_is_free_and_its_counts_add_up(who):
    mine, free, other = playing.taken(who), playing.accepted(who), playing.taken(who)
    task = playing.task_of(other)
    task.assignee_official_id, task.assignee_name = "somebody", "Đồng nghiệp"
    task.save()
    ha = signed_in("ha")
    page = ha.get(at("worklist"))
    assert mine in said(page)
    assert free in said(page)
    assert other not in said(page)
    total, *buckets = [item["count"] for item in page.context["filters"]]
    assert total == sum(buckets) == 2
    assert other in said(ha.get(at("worklist") + "?cua=others"))


def test_what_waits_is_counted_in_the_menu(who):
    playing.waiting(who)
    playing.proposed(who)
    assert dossiers.menu_counts(who.ha)["onestop:waiting"] == 1
    assert working.count_to_sign(who.minh) == 1


@pytest.mark.parametrize("end", ["refused", "asked"])
def test_a_step_that_ended_elsewhere_is_not_simply_done(who, end):
    if end == "refused":
        code = playing.refused(who)
    else:
        code = playing.file(who.tu).code
        supplement.ask_for_supplement(code, playing.UNREADABLE, actor=who.lan, at=later(5))
    steps = working.flow(dossiers.view_dossier(code, seen_by=who.lan), later(6))
    assert steps[0]["said"] in ("refused", "more papers asked for", "từ chối tiếp nhận", "yêu cầu bổ sung")


def test_asking_at_reception_does_not_say_that_the_clock_stands(who):
    code = playing.file(who.tu).code
    sent = {"item-0-text": "Chụp lại trang 2", "item-0-why": "unreadable", "item-0-place": "", "lines": "3"}
    page = said(signed_in("lan").post(at("supplement", code), sent, follow=True))
    assert "Thời hạn tạm dừng" not in page
    assert SupplementRequest.objects.get().items[0]["text"] == "Chụp lại trang 2"


def test_three_things_can_be_asked_at_first_and_more_one_by_one_up_to_twelve(who):
    code = playing.taken(who)
    ha, address = signed_in("ha"), at("supplement", code)
    assert said(ha.get(address)).count('name="item-') == 3 * 3
    page = said(ha.post(address, {"lines": "3", "more": "1", "item-0-text": "Đã gõ"}))
    assert page.count('name="item-') == 4 * 3
    assert "Đã gõ" in page
    last = said(ha.post(address, {"lines": "11", "more": "1"}))
    assert last.count('name="item-') == 12 * 3
    assert 'name="more"' not in last
    assert not SupplementRequest.objects.exists()


def test_a_telephone_that_is_none_is_not_printed_on_form_02(who):
    code = playing.taken(who)
    sent = {"item-3-text": "Chụp lại trang 2", "item-3-why": "unreadable", "lines": "4", "phone": "abc"}
    ha = signed_in("ha")
    page = said(ha.post(at("supplement", code), sent))
    assert "Chụp lại trang 2" in page
    assert not SupplementRequest.objects.exists()
    ha.post(at("supplement", code), {**sent, "phone": "0235 3861 234"})
    asked = SupplementRequest.objects.get()
    assert (asked.items[0]["text"], asked.asked_phone) == ("Chụp lại trang 2", "02353861234")


def test_who_took_the_result_is_shown_and_is_the_applicant_unless_said(who):
    code = playing.paid(who)
    lan = signed_in("lan")
    lan.post(at("return_result", code), {"taken_by": ""})
    page = said(lan.get(at("work", code)))
    assert "Người nhận" in page
    assert Result.objects.get().taken_by == who.tu.name


def test_a_finished_dossier_has_no_ring_and_tells_each_thing_once(who):
    code = playing.taken(who)
    found = Dossier.objects.get(code=code)
    assert working.clock(found, later(20)) is not None
    issued = playing.issued(who)
    assert working.clock(Dossier.objects.get(code=issued), later(20)) is None
    proposed = playing.proposed(who)
    results.number_result(proposed, actor=who.minh, at=later(10))
    results.number_result(proposed, actor=who.minh, at=later(11))
    payment = money.start_payment(proposed, actor=who.tu, at=later(12))
    money.note_gateway(payment.order_code, reference="R", pay_url="http://x/", actor=who.tu, at=later(12))
    view = dossiers.view_dossier(proposed, seen_by=who.ha)
    titles = [event["title"] for event in shown.timeline(view.history, view.dossier, own=False)]
    assert len(titles) == len(set(titles))


def test_a_step_is_never_due_after_its_dossier(who):
    code = playing.taken(who)
    dossier, task = Dossier.objects.get(code=code), playing.task_of(code)
    task.due_at = later(days=90)
    task.save()
    (row,) = working.rows([task], later(20))
    assert row["step_due"].at == dossier.due_at


def test_the_office_reads_the_number_of_the_applicant_whole(who):
    code = playing.taken(who)
    page = said(signed_in("ha").get(at("work", code)))
    assert "049185000123" in page
    assert "049******123" not in page


@pytest.mark.parametrize(
    ("way", "said_so"), [("post", "12 Trần Phú"), ("direct", "tại bộ phận Một cửa"), ("online", "Chỉ bản điện tử")]
)
def test_the_office_reads_how_the_result_is_taken(who, way, said_so):
    code = playing.accepted(who)
    Dossier.objects.filter(code=code).update(result_way=way, result_address="12 Trần Phú" if way == "post" else "")
    page = said(signed_in("ha").get(at("work", code)))
    assert "Cách nhận kết quả" in page
    assert said_so in page


def test_pages_of_a_dossier_that_was_returned_late_open_for_everybody(who):
    code = playing.proposed(who)
    late = later(days=9)
    playing.sign_plainly(code, actor=who.minh, at=late)
    results.issue_result(code, actor=who.ngoc, at=late)
    money.take_payment(code, actor=who.hoa, at=late)
    reception.return_result(code, actor=who.lan, at=late + timedelta(minutes=5))
    page = signed_in("lan").get(at("work", code), headers={"accept-language": "en"})
    assert "cq-chip--solid-late" in said(page)
    assert "late" in said(signed_in("minh").get(at("work", code), headers={"accept-language": "en"}))
    assert signed_in("lan").get(at("track", code)).status_code == 200
