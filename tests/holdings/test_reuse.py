"""A result is kept by itself, seen by its holder, read for a purpose only, and stands for a paper that is not asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.snapshot import with_province

from tinhso.base.actors import system
from tinhso.base.refusals import Forbidden
from tinhso.kernel.casework.public import IssuedResult, held_for
from tinhso.kernel.documents.public import can_read, get_document
from tinhso.kernel.journal.public import dispatch, entries
from tinhso.modules.holdings import access
from tinhso.modules.holdings.actions import keeping, reading
from tinhso.modules.holdings.models import Holding, Reading, SavedPapers, Source, State
from tinhso.modules.holdings.queries import held
from tinhso.modules.onestop.actions import applications, filing, money, processing, reception, reusing, supplement
from tinhso.modules.onestop.models import Dossier, DossierFile, FileOrigin
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, MINH_AN, later

pytestmark = with_province
WORKER = system("worker")
BIRTH, MARRIAGE = "1.001193", "KQ.G15.000032"
TU = "049185000123"


def deliver(at):
    while dispatch(at=at):
        pass


def certificate(who, *, number="15/2015", width=300, issued_on=date(2015, 3, 2), owner=TU):
    paper = playing.document(who.ha, width=width, name="ket-hon.pdf")
    return IssuedResult(
        dossier="", service="", owner_key=who.tu.key, owner_number=owner, owner_name="Nguyễn Thị Tư", type_code=MARRIAGE,
        title="Giấy chứng nhận kết hôn", title_en="Marriage certificate", number=number,
        issued_on=issued_on, agency=MINH_AN, issuer="UBND phường Minh An", document_id=paper.id, name=paper.name,
        size_bytes=paper.size_bytes, sha256=paper.sha256,
    )  # fmt: skip


def keep(who, **changes):
    return keeping.keep_result(certificate(who, **changes), Source.DOSSIER, actor=WORKER, at=AT)


def birth_draft(who):
    draft = applications.start_application(BIRTH, actor=who.tu, at=AT)
    applications.choose_agency(draft.id, MINH_AN, actor=who.tu, at=AT)
    return draft


def test_the_result_of_a_dossier_is_kept_once_it_is_paid(who):
    code = playing.issued(who)
    deliver(later(12))
    assert not Holding.objects.exists()
    money.take_payment(code, actor=who.hoa, at=later(12))
    deliver(later(13))
    deliver(later(14))
    one = Holding.objects.get()
    assert (one.owner_number, one.type_code, one.source, one.dossier_code) == (TU, "KQ.G15.000342", "dossier", code)
    assert one.sha256 == Dossier.objects.get(code=code).result.signed_sha256
    assert (one.version, one.state, one.valid_to) == (1, State.IN_FORCE, None)
    assert can_read(who.tu, get_document(one.document_id, seen_by=who.tu))


def test_the_same_paper_is_once_and_another_is_a_new_version(who):
    first, again, newer = keep(who), keep(who), keep(who, width=301)
    assert (first.id, newer.version) == (again.id, 2)
    first.refresh_from_db()
    assert first.state == State.REPLACED
    page = held.page_of(TU, on=AT.date())
    assert [(line.held.version, [one.version for one in line.older]) for line in page.lines] == [(2, [1])]
    assert [one.id for one in held_for(TU, [MARRIAGE], on=AT.date())] == [newer.id]


def test_only_its_holder_with_a_proven_identity_sees_it(who):
    keep(who)
    assert access.can_see_own_holdings(who.tu)
    assert not access.can_see_own_holdings(replace(who.tu, level=1))
    assert not access.can_see_own_holdings(playing.narrowed(who.tu, "dossier:read"))
    one = Holding.objects.get()
    assert held.may_read_document(who.tu, str(one.id))
    assert not held.may_read_document(who.neighbour, str(one.id))
    assert not held.may_read_document(replace(who.tu, level=1), str(one.id))
    assert not held.may_read_document(who.minh, str(one.id))


def test_an_official_reads_for_a_purpose_or_not_at_all(who):
    keep(who)
    with pytest.raises(reading.PurposeMissing):
        reading.read_holdings(TU, actor=who.ha, at=AT)
    with pytest.raises(reading.NotAtHand):
        reading.read_holdings(TU, dossier="H47.32.20-221128-9999", actor=who.ha, at=AT)
    with pytest.raises(reading.NoConsent):
        reading.read_holdings(TU, purpose=reading.ADVICE, actor=who.ha, at=AT)
    with pytest.raises(Forbidden):
        reading.read_holdings(TU, dossier="x", actor=who.admin, at=AT)
    assert not Reading.objects.exists()
    code = playing.taken(who)
    with pytest.raises(reading.NotAtHand):
        reading.read_holdings(TU, dossier=code, actor=who.hung, at=later(10))
    with pytest.raises(reading.NotAtHand):
        reading.read_holdings("049185000222", dossier=code, actor=who.ha, at=later(10))
    page = reading.read_holdings(TU, dossier=code, actor=who.ha, at=later(10))
    assert len(page.lines) == 1
    noted = Reading.objects.get()
    line = list(entries(("holdings-reading", str(noted.id))))[-1]
    assert (noted.reader_name, noted.why, noted.reference) == (who.ha.name, "dossier", code)
    assert TU not in str(line.facts)
    assert line.facts["for"] == code
    lines, _after = held.readings_of([TU])
    assert [(one.reader, one.reference, one.count) for one in lines] == [(who.ha.name, code, 1)]
    assert held.was_shown(who.ha, Holding.objects.get())
    assert not held.was_shown(who.minh, Holding.objects.get())


def test_what_is_held_is_offered_taken_and_counted(who):
    one, draft = keep(who), birth_draft(who)
    with pytest.raises(reusing.NotHeld):
        reusing.use_held(draft.id, "GCS", one.id, actor=who.tu, at=AT)
    taken = reusing.use_held(draft.id, "KH", one.id, actor=who.tu, at=AT)
    assert reusing.use_held(draft.id, "KH", one.id, actor=who.tu, at=AT).id == taken.id
    applications.remove_file(draft.id, taken.id, actor=who.tu, at=AT)
    assert get_document(one.document_id, seen_by=who.tu)
    reusing.use_held(draft.id, "KH", one.id, actor=who.tu, at=AT)
    other = playing.citizen("Lê Văn Xóm", "049185000222", "0905654321")
    stranger = applications.start_application(BIRTH, actor=other, at=AT)
    with pytest.raises(reusing.NotHeld):
        reusing.use_held(stranger.id, "KH", one.id, actor=other, at=AT)


def at_counter(who, one, code="KH", service=BIRTH, **changes):
    return reception.take_at_counter(
        service, MINH_AN, filing.Applicant(who.tu.key, who.tu.name, TU),
        components=[{"code": "GCS", "name": "Giấy chứng sinh", "originals": 2, "copies": 0}],
        held=[(code, one.id)], actor=who.lan, at=AT, **changes,
    )  # fmt: skip


def test_at_the_counter_it_stands_for_the_paper_and_asking_again_is_refused(who):
    one = keep(who)
    dossier = at_counter(who, one)
    file = DossierFile.objects.get(dossier=dossier)
    assert (file.origin, file.held_id, file.sha256) == (FileOrigin.HELD, one.id, one.sha256)
    deliver(later(1))
    deliver(later(2))
    row = SavedPapers.objects.get()
    assert (row.service_code, row.year, row.papers, row.dossiers) == (BIRTH, 2022, 1, 1)
    asked = [{"component": "KH", "reason": "missing", "text": "Nộp giấy chứng nhận kết hôn"}]
    officer = who.ha
    processing.take_dossier(dossier.code, playing.task_of(dossier.code).id, actor=officer, at=later(5))
    with pytest.raises(reusing.AlreadyHeld) as no:
        supplement.ask_for_supplement(dossier.code, asked, actor=officer, at=later(30))
    (fault,) = no.value.faults
    assert fault.pointer == "/items/0/component"
    assert "NĐ 45/2020/NĐ-CP" in str(fault.text)
    assert "15/2015" in str(fault.text)
    allowed = [{**asked[0], "reason": "unreadable"}]
    assert supplement.ask_for_supplement(dossier.code, allowed, actor=officer, at=later(31)).number == 1


def test_what_is_over_or_revoked_stands_for_nothing(who):
    one = keep(who)
    Holding.objects.filter(pk=one.pk).update(valid_to=date(2022, 11, 27))
    assert held_for(TU, [MARRIAGE], on=AT.date()) == []
    with pytest.raises(reusing.NotHeld):
        at_counter(who, one)
    two = keep(who, number="BC 999", width=302)
    with pytest.raises(Forbidden):
        keeping.revoke_result(two.id, reason="Sai", actor=who.ha, at=AT)
    keeping.revoke_result(two.id, reason="QĐ 12/QĐ-UBND", actor=who.minh, at=AT)
    assert held_for(TU, [MARRIAGE], on=AT.date()) == []
