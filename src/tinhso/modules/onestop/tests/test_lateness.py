"""Lateness: the apology goes out by itself, once, and stays; the head says why; an extension is another thing."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.identity.public import Notice
from tinhso.kernel.journal.public import entries, new_id
from tinhso.modules.onestop import subscribers, tasks
from tinhso.modules.onestop.actions import lateness, processing, supplement
from tinhso.modules.onestop.actions.processing import DayOff, PostponedBefore, TooLateToPostpone
from tinhso.modules.onestop.models import Counter, Dossier, Lateness, LatenessBefore
from tinhso.modules.onestop.queries import papers
from tinhso.modules.onestop.queries.lateness import count_to_explain, to_explain
from tinhso.modules.onestop.queries.tracking import track
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import MINH_AN, later
from tinhso.modules.onestop.tests.test_asking import view_of
from tinhso.modules.onestop.tests.test_pages_budget import signed_in

pytestmark = with_province
WORKER = system("worker")


def run(at):
    return lateness.apologise_for_lateness(actor=WORKER, at=at)


def due(code):
    return Dossier.objects.get(code=code).due_at


def test_the_apology_goes_out_the_moment_after_the_due_moment_and_once(who):
    code = playing.taken(who)
    assert run(due(code)) == 0
    assert run(due(code) + timedelta(seconds=1)) == 1
    late, line = Lateness.objects.get(), playing.last_line(code)
    assert (late.number, late.due_at, late.stated_at, late.law) == (1, due(code), None, "NĐ 61/2018/NĐ-CP Đ.19 k.9")
    assert (line.event, line.actor_key) == ("onestop.lateness_apologised", WORKER.key)
    assert run(later(days=30)) == 0
    assert run(later()) == 0  # the clock jumped back
    assert run(later(days=30)) == 0
    assert Lateness.objects.count() == 1


def test_it_is_no_second_extension_and_takes_none_away_afterwards(who):
    code = playing.taken(who)
    processing.postpone_result(
        code, to=date(2022, 12, 5), reason="Mưa lũ", cause="disaster", actor=who.minh, at=later(10)
    )
    before = due(code)
    assert run(later(days=10)) == 1
    assert due(code) == before
    assert Dossier.objects.get().due_changes.count() == 1
    with pytest.raises(PostponedBefore):
        processing.postpone_result(code, to=date(2022, 12, 20), reason="Nữa", actor=who.minh, at=later(days=10))
    other = playing.taken(who)
    run(later(days=10))
    with pytest.raises(TooLateToPostpone):
        processing.postpone_result(other, to=date(2022, 12, 20), reason="Trễ", actor=who.minh, at=later(days=10))


def test_nothing_is_late_while_the_clock_stands_and_what_ended_is_not(who):
    waiting, filed, returned = playing.waiting(who), playing.file(who.tu).code, playing.returned(who)
    assert run(later(days=60)) == 0
    supplement.answer_supplement(
        waiting, files=[("UQ", playing.document(who.tu, width=301))], actor=who.tu, at=later(days=60)
    )
    assert run(later(days=60, minutes=1)) == 0  # counted anew
    assert run(later(days=90)) == 1
    assert run(later(days=99)) == 0
    assert set(Lateness.objects.values_list("dossier__code", flat=True)) == {waiting} - {filed, returned}


def test_the_head_says_why_and_everybody_reads_class_and_day_but_no_words(who):
    code = playing.taken(who)
    run(later(days=10))
    assert [late.dossier.code for late in to_explain(who.minh).rows] == [code]
    assert to_explain(who.ha).rows == []
    given = {"cause": "survey", "words": "Chờ ông Ba ký biên bản", "expected_on": date(2022, 12, 16)}
    with pytest.raises(Forbidden):
        lateness.state_lateness(code, **given, actor=who.ha, at=later(days=10))
    with pytest.raises(NotFound):
        lateness.state_lateness(code, **given, actor=who.hung, at=later(days=10))
    for wrong in ({"cause": "weather"}, {"words": "  "}, {"expected_on": date(2022, 12, 1)}):
        with pytest.raises(BadInput):
            lateness.state_lateness(code, **{**given, **wrong}, actor=who.minh, at=later(days=10))
    with pytest.raises(DayOff):
        lateness.state_lateness(code, **{**given, "expected_on": date(2022, 12, 18)}, actor=who.minh, at=later(days=10))
    lateness.state_lateness(code, **given, actor=who.minh, at=later(days=10))
    assert to_explain(who.minh).rows == []
    told = track(code).lateness
    assert (told.cause, told.expected_on) == ("survey", date(2022, 12, 16))


def test_the_public_page_says_that_no_cause_was_given_until_one_is(who, client):
    code = playing.taken(who)
    run(later(days=10))
    address = reverse("onestop:track", args=[code])
    said = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "has given no cause" in said
    lateness.state_lateness(
        code, cause="survey", words="Chờ ông Ba", expected_on=date(2022, 12, 16), actor=who.minh, at=later(days=10)
    )
    said = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "An inspection on the spot" in said
    assert "16/12/2022" in said
    assert "ông Ba" not in said


def test_what_was_told_stays_when_it_is_over(who):
    code = playing.taken(who)
    with pytest.raises(lateness.NotApologised):
        lateness.state_lateness(
            code, cause="law", words="x", expected_on=date(2022, 12, 16), actor=who.minh, at=later(20)
        )
    run(later(days=10))
    processing.stop_dossier(code, reason="Rút", actor=who.minh, at=later(days=11))
    with pytest.raises(lateness.OverAlready):
        lateness.state_lateness(
            code, cause="law", words="x", expected_on=date(2022, 12, 16), actor=who.minh, at=later(days=11)
        )
    assert track(code).lateness is not None


def test_the_letter_says_that_it_is_no_new_date(who):
    code = playing.taken(who)
    run(later(days=10))
    dossier = Dossier.objects.get(code=code)
    template, data = papers.paper_of("lateness", dossier, later(days=10))
    assert (template, data["number"], data["by_itself"], data["reason"]) == ("onestop/form-04", "0001", True, "")
    lateness.state_lateness(
        code, cause="survey", words="Chờ đo đạc", expected_on=date(2022, 12, 16), actor=who.minh, at=later(days=10)
    )
    _template, data = papers.paper_of("lateness", Dossier.objects.get(code=code), later(days=10))
    assert data["reason"] == "Chưa kiểm tra, xác minh thực địa xong. Chờ đo đạc"
    assert data["expected"] == "16/12/2022"


def test_the_letter_of_an_extension_is_read_before_it_goes_out(who):
    code = playing.taken(who)
    address, minh = reverse("onestop:postpone", args=[code]), signed_in("minh")
    given = {"cause": "disaster", "reason": "Mưa lũ", "to": "05/12/2022", "draft": "1"}
    before = Dossier.objects.values().get()
    answer = minh.post(address, given)
    assert answer.content.startswith(b"%PDF")
    assert Dossier.objects.values().get() == before
    assert b"%PDF" not in minh.post(address, {**given, "to": "04/12/2022"}).content[:8]  # a Sunday
    assert b"%PDF" not in minh.post(address, {**given, "cause": ""}).content[:8]
    page = minh.post(address, {"cause": "disaster", "reason": "Mưa lũ", "to": "05/12/2050"})
    assert page.status_code == 200


def many(code, count, *, at):
    """Write so many copies of a dossier, late at the same moment."""
    one = Dossier.objects.get(code=code)
    rows = []
    for n in range(count):
        rows.append(Dossier(**{field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}))
        rows[-1].pk, rows[-1].code, rows[-1].filed_from = new_id(), f"X-{n:05d}", None
        rows[-1].due_at, rows[-1].form_number, rows[-1].case_id = at, n + 2, None
    Dossier.objects.bulk_create(rows, batch_size=500)


def test_thousands_late_at_one_midnight_go_in_batches_of_few_statements(who):
    count = int(os.environ.get("TINHSO_LATE", "250"))
    code = playing.taken(who)
    many(code, count, at=later(days=2))
    with CaptureQueriesContext(connection) as seen:
        assert run(later(days=3)) == lateness.BATCH
    assert len(seen.captured_queries) <= 20
    count += 1  # the one that they were copied from
    assert tasks.apologise(at=later(days=3)) == count - lateness.BATCH
    numbers = list(Lateness.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, count + 1))
    assert Counter.objects.get(series=f"form04:{MINH_AN}:2022").value == count
    told = [list(entries(("dossier", f"X-{n:05d}")))[-1].event for n in (0, count - 2)]
    assert told == ["onestop.lateness_apologised"] * 2


def test_no_act_takes_an_apology_back():
    from tinhso.modules.onestop import access

    assert not [name for name in vars(access) if "apolog" in name or "withdraw_lateness" in name]


def late_twice(who):
    """Return a dossier that was late, waited for its applicant, was counted anew and is late again."""
    code = playing.taken(who)
    assert run(later(days=10)) == 1
    lateness.state_lateness(
        code, cause="survey", words="Chờ ông Ba", expected_on=date(2022, 12, 16), actor=who.minh, at=later(days=10)
    )
    supplement.ask_for_supplement(code, playing.UNREADABLE, phone="0235123456", actor=who.ha, at=later(days=11))
    supplement.answer_supplement(
        code, files=[("UQ", playing.document(who.tu, width=301))], actor=who.tu, at=later(days=12)
    )
    assert run(later(days=12)) == 0
    return code


def test_what_is_late_again_after_a_supplement_gets_another_apology_and_keeps_the_first(who, client):
    code = late_twice(who)
    assert due(code) > later(days=12)
    assert run(due(code)) == 0
    assert run(due(code) + timedelta(minutes=1)) == 1
    assert run(later(days=60)) == 0
    now, before = Lateness.objects.get(), LatenessBefore.objects.get()
    assert (now.number, now.stated_at, now.cause, before.number, before.cause) == (2, None, "", 1, "survey")
    assert (now.due_at, before.due_at < now.due_at) == (due(code), True)
    assert [late.dossier.code for late in to_explain(who.minh).rows] == [code]
    said = client.get(reverse("onestop:track", args=[code]), headers={"accept-language": "en"}).content.decode()
    assert "has given no cause" in said
    dossier = Dossier.objects.get(code=code)
    numbers = [papers.paper_of(name, dossier, later(days=60))[1]["number"] for name in ("lateness-1", "lateness-2")]
    assert numbers == ["0001", "0002"]
    for nothing in ("lateness-3", "lateness-0", "supplement-2"):
        with pytest.raises(papers.NoSuchPaper):
            papers.paper_of(nothing, dossier, later(days=60))
    shown = signed_in("lan").get(reverse("onestop:work", args=[code])).content.decode()
    assert reverse("onestop:paper", args=["lateness-1", code]) in shown


def test_a_cause_that_is_not_stated_in_time_is_told_to_the_head_once(who):
    code = playing.taken(who)
    run(due(code) + timedelta(minutes=1))
    owed = Lateness.objects.get().cause_by
    assert tasks.escalate(at=owed) == 0
    assert tasks.escalate(at=owed + timedelta(minutes=1)) == 1
    assert tasks.escalate(at=owed + timedelta(days=1)) == 0
    line = playing.last_line(code)
    assert line.event == "onestop.lateness_unexplained"
    for _twice in range(2):
        subscribers.tell_unexplained(view_of(line, line.event))
    told = list(Notice.objects.filter(event_id=line.id).values_list("recipient", flat=True))
    assert who.minh.key in told
    assert len(told) == len(set(told))
    assert who.ha.key not in told
    page = signed_in("minh").get(reverse("onestop:lateness"), headers={"accept-language": "en"}).content.decode()
    assert "The head was told" in page


def test_what_ended_without_a_cause_waits_for_none_any_more(who):
    code = playing.taken(who)
    run(later(days=10))
    processing.stop_dossier(code, reason="Rút", actor=who.minh, at=later(days=11))
    assert to_explain(who.minh).rows == []
    assert count_to_explain(who.minh) == 0
    assert tasks.escalate(at=later(days=20)) == 1
    assert Lateness.objects.get().over_at is not None
    assert not Notice.objects.filter(text__contains="no cause was stated").exists()
    assert tasks.escalate(at=later(days=20)) == 0
