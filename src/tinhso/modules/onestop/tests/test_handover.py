"""Between post and desk: taken for the desk, listed, sent, checked off by the other side, never closed unchecked."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.documents.public import render_pdf
from tinhso.law.post import clock_start_by_post
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import handover, reception
from tinhso.modules.onestop.actions.filing import Applicant
from tinhso.modules.onestop.models import Dossier, HandOver, HandOverState, ItemState, Way
from tinhso.modules.onestop.queries import handover as reads
from tinhso.modules.onestop.queries.services import get_service
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import COPY, MINH_AN, later, official
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
POST = "H47.32.20.90"


@pytest.fixture
def buu(who):
    return official("buu")


def taken_by_post(buu, *, minutes=0):
    service = get_service(COPY, date(2022, 11, 28))
    papers = [
        {"code": one.code, "name": one.name, "originals": 1, "copies": 0} for one in service.components if one.required
    ]
    return reception.take_at_counter(
        COPY,
        MINH_AN,
        Applicant("person:00000000-0000-0000-0000-000000000001", "Võ Thị Xa", phone="0905000111"),
        components=papers,
        answers={"copies": {"count": 1}},
        agent=POST,
        actor=buu,
        at=later(minutes),
    )


def sent(buu, *codes):
    made = handover.begin_list("in", POST, actor=buu, at=later(20))
    for code in codes:
        handover.put_on_list(made.pk, code, papers="1 tờ khai, 1 bản sao", actor=buu, at=later(21))
    return handover.send_list(made.pk, tracking="EM123456789VN", actor=buu, at=later(22))


def items(made):
    return list(made.items.order_by("id"))


def test_the_post_takes_it_and_the_clock_starts_at_the_desk(who, buu):
    dossier = taken_by_post(buu)
    assert (dossier.way, dossier.agent_code, dossier.state) == (Way.POST, POST, NationalState.FILED)
    assert dossier.received_at is None
    with pytest.raises(NotFound):
        reception.accept_dossier(dossier.code, actor=buu, at=later(1))
    made = sent(buu, dossier.code)
    handover.check_item(made.pk, items(made)[0].pk, state="there", actor=who.lan, at=later(600))
    handover.close_list(made.pk, actor=who.lan, at=later(601))
    accepted = reception.accept_dossier(dossier.code, actor=who.lan, at=later(602))
    answer = clock_start_by_post(dossier.submitted_at, accepted.received_at)
    assert (answer.value, accepted.clock_from) == (later(602), later(602))
    assert clock_start_by_post(dossier.submitted_at, None).value is None


def test_only_the_agent_of_that_desk_takes_for_it(who, buu):
    for actor in (who.lan, who.hung, who.tu):
        with pytest.raises(Forbidden):
            taken_by_post(actor)
    service = get_service(COPY, date(2022, 11, 28))
    papers = [{"code": one.code, "name": one.name} for one in service.components if one.required]
    with pytest.raises(NotFound):
        reception.take_at_counter(
            COPY, "H47.32.21", Applicant("person:x", "A"), components=papers,
            answers={"copies": {"count": 1}}, agent=POST, actor=buu, at=later(),
        )  # fmt: skip
    assert not Dossier.objects.exists()


def test_a_list_is_numbered_checked_thing_by_thing_and_closed_by_the_other_side(who, buu):
    one, two = taken_by_post(buu).code, taken_by_post(buu, minutes=1).code
    made = sent(buu, one, two)
    assert (made.number, made.year, made.state) == (1, 2022, HandOverState.SENT)
    first, second = items(made)
    for actor in (buu,):
        with pytest.raises(Forbidden):
            handover.check_item(made.pk, first.pk, state="there", actor=actor, at=later(30))
        with pytest.raises(Forbidden):
            handover.close_list(made.pk, actor=actor, at=later(30))
    with pytest.raises(NotFound):
        handover.close_list(made.pk, actor=who.hung, at=later(30))
    handover.check_item(made.pk, first.pk, state="there", actor=who.lan, at=later(30))
    with pytest.raises(handover.Unchecked) as no:
        handover.close_list(made.pk, actor=who.lan, at=later(31))
    assert no.value.facts["count"] == 1
    with pytest.raises(BadInput):
        handover.check_item(made.pk, second.pk, state="missing", actor=who.lan, at=later(31))
    handover.check_item(made.pk, second.pk, state="missing", note="Không có trong túi", actor=who.lan, at=later(31))
    closed = handover.close_list(made.pk, actor=who.lan, at=later(32))
    assert (closed.closed_by, closed.sent_by) == (who.lan.name, buu.name)
    (travel,) = reads.travels_of(Dossier.objects.get(code=two), who.lan)
    assert (travel["item"].state, travel["is_amiss"], travel["may_open"]) == (ItemState.MISSING, True, True)
    assert not reads.travels_of(Dossier.objects.get(code=two), who.ha)[0]["may_open"]
    assert [dossier.code for dossier in reads.fitting(HandOver(direction="in", agent_code=POST))] == [two]
    third = handover.begin_list("in", POST, actor=buu, at=later(32))
    with pytest.raises(handover.OnAnotherList):
        handover.put_on_list(third.pk, one, actor=buu, at=later(32))
    handover.put_on_list(third.pk, two, actor=buu, at=later(32))
    before = playing.everything()
    for again in (
        lambda: handover.close_list(made.pk, actor=who.lan, at=later(33)),
        lambda: handover.send_list(made.pk, actor=buu, at=later(33)),
        lambda: handover.check_item(made.pk, first.pk, state="there", actor=who.lan, at=later(33)),
    ):
        with pytest.raises(handover.ListNotOpen):
            again()
    assert playing.everything() == before


def test_what_is_not_held_is_not_put_on_and_nothing_twice(who, buu):
    code = taken_by_post(buu).code
    made = handover.begin_list("in", POST, actor=buu, at=later(20))
    with pytest.raises(handover.ListEmpty):
        handover.send_list(made.pk, actor=buu, at=later(20))
    for other in (playing.file(who.tu).code, "X", ""):
        with pytest.raises(handover.NotForThisList):
            handover.put_on_list(made.pk, other, actor=buu, at=later(20))
    handover.put_on_list(made.pk, code, actor=buu, at=later(20))
    second = handover.begin_list("in", POST, actor=buu, at=later(20))
    with pytest.raises(handover.OnAnotherList):
        handover.put_on_list(second.pk, code, actor=buu, at=later(20))
    handover.take_off_list(made.pk, items(made)[0].pk, actor=buu, at=later(21))
    handover.put_on_list(second.pk, code, actor=buu, at=later(21))
    with pytest.raises(Forbidden):
        handover.begin_list("out", POST, actor=buu, at=later(21))
    with pytest.raises(NotFound):
        handover.begin_list("in", MINH_AN, actor=buu, at=later(21))


def test_results_go_the_other_way(who, buu):
    code = playing.issued(who)
    Dossier.objects.filter(code=code).update(result_way=Way.POST)
    made = handover.begin_list("out", POST, actor=who.lan, at=later(20))
    assert [dossier.code for dossier in reads.fitting(made)] == [code]
    handover.put_on_list(made.pk, code, papers="Bản sao", actor=who.lan, at=later(20))
    handover.send_list(made.pk, tracking="EM1VN", actor=who.lan, at=later(21))
    with pytest.raises(Forbidden):
        handover.close_list(made.pk, actor=who.lan, at=later(22))
    handover.check_item(made.pk, items(made)[0].pk, state="damaged", note="Ướt góc", actor=buu, at=later(22))
    handover.close_list(made.pk, actor=buu, at=later(23))
    shown = signed_in("lan").get(reverse("onestop:work", args=[code])).content.decode()
    assert "EM1VN" in shown
    assert reverse("onestop:handover", args=[made.pk]) in shown


def test_pages_of_both_sides_and_the_paper(who, buu):
    code = taken_by_post(buu).code
    made = sent(buu, code)
    template, data = reads.list_paper(made)
    assert render_pdf(template, data, at=later(30)).startswith(b"%PDF")
    page, post = reverse("onestop:handover", args=[made.pk]), signed_in("buu")
    assert code in post.get(page).content.decode()
    assert signed_in("hung").get(page).status_code == 404
    lan = signed_in("lan")
    answer = lan.post(
        reverse("onestop:handover_change", args=[made.pk, "kiem"]), {"item": items(made)[0].pk, "state": "there"}
    )
    assert answer.status_code == 302
    lan.post(reverse("onestop:handover_change", args=[made.pk, "nhan"]))
    assert HandOver.objects.get().state == HandOverState.CLOSED
    assert post.get(reverse("onestop:intake_service", args=[COPY])).status_code == 200
    assert post.get(reverse("onestop:work", args=[code])).status_code == 404
    assert post.get(reverse("onestop:inbox")).status_code == 403


def test_what_was_missing_and_went_again_is_not_found_on_the_first_list_too(who, buu):
    code = taken_by_post(buu).code
    first = sent(buu, code)
    (item,) = items(first)
    handover.check_item(first.pk, item.pk, state="missing", note="Không có", actor=who.lan, at=later(30))
    second = handover.begin_list("in", POST, actor=buu, at=later(31))
    handover.put_on_list(second.pk, code, actor=buu, at=later(31))
    with pytest.raises(handover.OnAnotherList):
        handover.check_item(first.pk, item.pk, state="there", actor=who.lan, at=later(32))
    handover.take_off_list(second.pk, items(second)[0].pk, actor=buu, at=later(33))
    assert handover.check_item(first.pk, item.pk, state="there", actor=who.lan, at=later(34)).state == "there"


def test_what_was_withdrawn_since_does_not_go_with_the_list(who, buu):
    one, two = taken_by_post(buu).code, taken_by_post(buu, minutes=1).code
    made = handover.begin_list("in", POST, actor=buu, at=later(20))
    for code in (one, two):
        handover.put_on_list(made.pk, code, actor=buu, at=later(20))
    Dossier.objects.filter(code=two).update(state=NationalState.WITHDRAWN)
    with pytest.raises(handover.NotForThisList) as no:
        handover.send_list(made.pk, actor=buu, at=later(21))
    assert no.value.facts["dossier"] == two
    handover.take_off_list(made.pk, items(made)[1].pk, actor=buu, at=later(22))
    assert handover.send_list(made.pk, actor=buu, at=later(23)).number == 1
