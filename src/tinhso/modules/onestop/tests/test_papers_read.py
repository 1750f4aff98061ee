"""Who reads the papers of a dossier: whoever has a part in it, for as long as they have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.snapshot import with_province

from tinhso.base.refusals import NotFound
from tinhso.kernel.documents.public import get_document, list_own
from tinhso.modules.onestop.actions import filing, money, reception, results
from tinhso.modules.onestop.models import Dossier, DossierFile, FileOrigin, Result
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province


def left(actor):
    """Return an official whose tenure has ended."""
    return replace(actor, holdings=())


def reads(actor, document_id):
    try:
        get_document(document_id, seen_by=actor)
    except NotFound:
        return False
    return True


@pytest.fixture
def scanned(who):
    """A dossier taken at the counter with one scan of Lan's."""
    scan = playing.document(who.lan)
    reception.take_at_counter(
        playing.COPY,
        playing.MINH_AN,
        filing.Applicant.of(people.applicant(who.tu)),
        components=[],
        answers={"copies": {"count": 2}},
        scans=[("UQ", scan)],
        actor=who.lan,
        at=later(1),
    )
    return scan.pk


def test_a_receptionist_who_left_reads_no_more_what_they_scanned(who, scanned):
    assert DossierFile.objects.get().origin == FileOrigin.DESK
    assert reads(who.lan, scanned)
    assert not reads(left(who.lan), scanned)
    assert not reads(replace(who.hung, key=who.lan.key), scanned)  # the same person, at another agency now
    assert list_own([scanned], seen_by=who.lan) == []  # nor is it brought into another dossier as their own


def test_a_scan_that_was_not_used_stays_whose_it_is(who):
    scan = playing.document(who.lan)
    assert reads(left(who.lan), scan.pk)
    assert list_own([scan.pk], seen_by=who.lan) == [scan]


def test_a_leader_who_left_reads_no_more_what_they_signed(who):
    playing.signed(who)
    paper = Result.objects.get().signed_document_id
    assert (reads(who.minh, paper), reads(left(who.minh), paper)) == (True, False)


def test_the_applicant_reads_the_result_once_it_is_issued_and_paid_for(who):
    code = playing.signed(who)
    paper = Result.objects.get().signed_document_id
    assert get_document(paper, seen_by=who.minh).owner == "agency:H47.32.20"
    seen = [reads(who.tu, paper)]
    results.issue_result(code, actor=who.ngoc, at=later(11))
    seen.append(reads(who.tu, paper))
    money.take_payment(code, actor=who.hoa, at=later(12))
    seen.append(reads(who.tu, paper))
    assert seen == [False, False, True]
    assert not reads(who.neighbour, paper)


def test_an_applicant_keeps_what_they_attached(who):
    mine = playing.document(who.tu, width=300)
    code = playing.waiting(who)
    playing.supplement.answer_supplement(code, files=[("UQ", mine)], actor=who.tu, at=later(400))
    Dossier.objects.update(owner_key="person:somebody", submitter_key="person:somebody")
    assert reads(who.tu, mine.pk)
