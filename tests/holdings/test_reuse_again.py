"""At a supplement, and by program: what is held is offered and taken as in a draft and at the counter, by the same act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from tests.doors import come_in
from tests.holdings.test_reuse import BIRTH, TU, WORKER, certificate, deliver, keep
from tests.snapshot import with_province
from tests.world import account_of, at_now, known_citizen  # noqa: F401

from tinhso.base.refusals import Forbidden
from tinhso.modules.holdings.actions import keeping
from tinhso.modules.holdings.models import Reading, SavedPapers, Source, State
from tinhso.modules.onestop.actions import filing, processing, reception, reusing, supplement
from tinhso.modules.onestop.models import Dossier, DossierFile, FileOrigin
from tinhso.modules.onestop.queries.held import offers_again
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, MINH_AN, later

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders", "at_now")]
MISSING = {"component": "KH", "reason": "missing", "text": "Nộp giấy chứng nhận kết hôn"}


def asked(who, item=MISSING, held=()):
    """Return the code of a dossier of which the marriage certificate is asked."""
    code = reception.take_at_counter(
        BIRTH, MINH_AN, filing.Applicant(who.tu.key, who.tu.name, TU),
        components=[{"code": "GCS", "name": "Giấy chứng sinh", "originals": 2, "copies": 0}],
        held=[("KH", one.id) for one in held], actor=who.lan, at=AT,
    ).code  # fmt: skip
    processing.take_dossier(code, playing.task_of(code).id, actor=who.ha, at=later(5))
    supplement.ask_for_supplement(code, [item], actor=who.ha, at=later(30))
    return code


def answer(code, held, *, actor, **changes):
    return supplement.answer_supplement(
        code, held=[("KH", one.id) for one in held], actor=actor, at=later(60), **changes
    )


def offered(code, actor):
    dossier = Dossier.objects.get(code=code)
    found = offers_again(dossier, dossier.supplements.get(answered_at=None), actor, on=AT.date())
    return {component: [one.id for one in held] for component, held in found.items()}


def test_a_supplement_is_answered_with_what_is_held_and_counted(who):
    code = asked(who)
    assert offered(code, who.tu) == {}
    one = keep(who)
    assert offered(code, who.tu) == {"KH": [one.id]}
    answer(code, [one, one], actor=who.tu)
    file = DossierFile.objects.get(dossier__code=code)
    assert (file.origin, file.held_id, file.document_id) == (FileOrigin.HELD, one.id, one.document_id)
    deliver(later(61))
    deliver(later(62))
    assert [(row.papers, row.dossiers) for row in SavedPapers.objects.all()] == [(1, 1)]


def test_a_newer_one_takes_the_place_of_what_is_over_and_the_dossier_is_counted_once(who):
    old = keep(who)
    code = asked(who, {**MISSING, "reason": "expired"}, held=[old])
    assert offered(code, who.tu) == {}
    with pytest.raises(reusing.NotHeld):
        answer(code, [old], actor=who.tu)
    newer = keep(who, width=301)
    assert offered(code, who.tu) == {"KH": [newer.id]}
    answer(code, [newer], actor=who.tu)
    assert DossierFile.objects.get(dossier__code=code, replaced_at=None).held_id == newer.id
    deliver(later(61))
    deliver(later(62))
    assert [(row.papers, row.dossiers) for row in SavedPapers.objects.all()] == [(2, 1)]


def test_what_the_officer_judged_and_set_aside_is_not_offered(who):
    one = keep(who)
    code = asked(who, {**MISSING, "reason": "wrong"})
    assert offered(code, who.tu) == {}
    with pytest.raises(reusing.NotHeld):
        answer(code, [one], actor=who.tu)


def test_what_the_applicant_handed_in_and_cannot_be_read_may_be_replaced_by_what_is_held(who):
    code = asked(who)
    supplement.answer_supplement(code, files=[("KH", playing.document(who.tu, width=320))], actor=who.tu, at=later(40))
    task = playing.task_of(code)
    processing.take_dossier(code, task.id, actor=who.ha, at=later(42)) if not task.assignee_official_id else None
    supplement.ask_for_supplement(code, [{**MISSING, "reason": "unreadable"}], actor=who.ha, at=later(45))
    one = keep(who)
    assert offered(code, who.tu) == {"KH": [one.id]}


def test_nobody_uses_what_is_not_theirs_or_over_or_not_asked(who):
    code, other = asked(who), "049185000222"
    one = keep(who)
    foreign = keeping.keep_result(certificate(who, owner=other, width=310), Source.DOSSIER, actor=WORKER, at=AT)
    with pytest.raises(reusing.NotHeld, match="Hãy nộp giấy tờ"):
        answer(code, [foreign], actor=who.tu)
    with pytest.raises(supplement.NotAsked):
        supplement.answer_supplement(code, held=[("GCS", one.id)], actor=who.tu, at=later(60))
    low = replace(who.tu, level=1)
    assert offered(code, low) == {}
    with pytest.raises(Forbidden):
        answer(code, [one], actor=low)
    keeping.revoke_result(one.id, reason="QĐ 12/QĐ-UBND", actor=who.minh, at=later(50))
    one.refresh_from_db()
    assert one.state == State.REVOKED
    with pytest.raises(reusing.NotHeld):
        answer(code, [one], actor=who.tu)
    assert Dossier.objects.get(code=code).supplements.get().answered_at is None


def test_who_filed_for_another_uses_the_papers_of_neither(who):
    code = asked(who)
    mine = playing.citizen("Lê Văn Xóm", "049185000222", "0905654321")
    Dossier.objects.filter(code=code).update(submitter_key=mine.key)
    one = keep(who)
    own = keeping.keep_result(certificate(who, owner="049185000222", width=310), Source.DOSSIER, actor=WORKER, at=AT)
    assert offered(code, mine) == {}
    for held in (one, own):
        with pytest.raises(reusing.NotHeld):
            answer(code, [held], actor=mine)


def test_the_page_of_the_applicant_offers_it_and_keeps_the_tick(who):
    code, mine = asked(who), come_in(Client(), known_citizen().account, at=AT, level=2)
    one = keep(who)
    address = f"/ho-so/bo-sung/{code}/"
    page = mine.get(address).content.decode()
    assert "Kho dữ liệu đã có, không phải nộp:" in page
    assert "15/2015" in page
    keeping.revoke_result(one.id, reason="QĐ 12/QĐ-UBND", actor=who.minh, at=AT)
    no = mine.post(address, {"held-KH": str(one.id), "note": "Tôi dùng bản đã có"})
    assert "không có trong kho dữ liệu" in no.content.decode()
    assert "Tôi dùng bản đã có" in no.content.decode()
    two = keep(who, number="16/2015", width=302)
    assert mine.post(address, {"held-KH": ["so-la", str(two.id)]}).status_code == 302
    assert DossierFile.objects.get(dossier__code=code).held_id == two.id


def test_the_counter_offers_it_journals_the_offer_and_takes_it(who):
    code, one = asked(who), keep(who)
    desk = come_in(Client(), account_of("lan"), at=AT, level=2)
    address = f"/mot-cua/nhan-bo-sung/{code}/"
    assert "15/2015" in desk.get(address).content.decode()
    noted = Reading.objects.get()
    assert (noted.reader_name, noted.owner_number, noted.reference) == (who.lan.name, TU, BIRTH)
    assert desk.post(address, {"held-KH": str(one.id)}).status_code == 302
    assert DossierFile.objects.get(dossier__code=code).held_id == one.id
