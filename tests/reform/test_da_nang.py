"""Quảng Nam becomes Đà Nẵng with two tiers while dossiers run: played once for this module, looked at by each test."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from tests.doors import come_in
from tests.money.ledger import HereTables
from tests.snapshot import PROVINCES, with_province

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.base.registry import Module, PackPart, Registry, registry
from tinhso.kernel.casework.models import LIVE, Case, Task
from tinhso.kernel.identity.public import Account
from tinhso.kernel.journal.public import entries
from tinhso.kernel.organisation.models import Agency, Tenure
from tinhso.kernel.organisation.pack import BadPack, load_pack
from tinhso.kernel.organisation.reform.actions import ReformInForce, decide_question
from tinhso.kernel.organisation.reform.loading import ReformUndecided, carry_on
from tinhso.kernel.organisation.reform_models import Outcome, QuestionKind, Reform, ReformQuestion, ReformState
from tinhso.law.states import NationalState
from tinhso.modules.onestop.actions import (
    books,
    by_hand,
    closing,
    filing,
    handover,
    money,
    processing,
    reception,
    supplement,
)
from tinhso.modules.onestop.models import (
    AgencyChange,
    Application,
    BookState,
    CashBook,
    DeliveryState,
    Dossier,
    HandOver,
    HandOverState,
    SupplementRequest,
    YearBook,
)
from tinhso.modules.onestop.queries import cash, people
from tinhso.modules.onestop.queries.books import lines_in
from tinhso.modules.onestop.queries.dossiers import get_dossier, search_dossiers
from tinhso.modules.onestop.queries.succession import OPEN
from tinhso.modules.onestop.tests import linked, playing
from tinhso.modules.onestop.tests.test_actions_desk import PAPERS
from tinhso.modules.queueing.actions import booking
from tinhso.modules.queueing.models import Appointment, Line, Ticket
from tinhso.modules.queueing.tests.hall import LINE, take
from tinhso.site.proof.numbers import check_numbers

pytestmark = with_province
LOADER = system("loader")
EARLY = datetime(2025, 6, 20, 9, 0, tzinfo=CIVIL_ZONE)
AFTER = datetime(2025, 7, 2, 9, 0, tzinfo=CIVIL_ZONE)
DA_NANG = PROVINCES / "da-nang-2026"
PARTS = Registry()
PARTS.add("test", Module(slug="", title="", lends=[part for part in registry.of(PackPart) if part.order <= 35]))
HOI_AN_NEW, CENTRE = "H17.20410", "H17.20410.01"
DESK, POST, KEEPER = "H47.32.20.01", "H47.32.20.90", "H17.01"


@dataclass
class Played:
    """What was there before, and how the loads answered."""

    codes: dict[str, str]
    rows: dict[str, dict[str, object]]
    places: dict[object, dict[str, str]]
    waiting: int
    dry: object
    early_batches: int
    again: object


@pytest.fixture(scope="module")
def played(province, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reform")
    kept = override_settings(DATA_DIR=folder, FILES_DIR=folder / "files", KEYS_DIR=folder / "keys")
    with django_db_blocker.unblock(), kept:
        yield play()


def play() -> Played:
    who = playing.cast()
    made = {
        name: getattr(playing, name)(who) for name in ("accepted", "taken", "waiting", "proposed", "issued", "returned")
    }
    made["filed"] = playing.file(who.tu).code
    leave_open(who, made)
    playing.start(who.neighbour)
    dry = load(EARLY, dry_run=True)
    assert not Reform.objects.exists()
    waiting = refused(EARLY)
    decide_all()
    load(EARLY)
    before = {row["code"]: row for row in Dossier.objects.values()}
    early = carry_on(actor=LOADER, at=EARLY)
    places = {case.pk: dict(case.agencies) for case in Case.objects.all()}
    carry_on(actor=LOADER, at=AFTER)
    return Played(made, before, places, waiting, dry, early, load(AFTER))


def leave_open(who, made: dict[str, str]) -> None:
    """Leave at a desk what a desk has on an evening: money, a parcel, people who wait; and dossiers of a divided city."""
    made["cashed"] = playing.file(who.tu).code
    money.take_payment(made["cashed"], actor=who.hoa, at=playing.later(10))
    handover.begin_list("in", POST, actor=playing.official("buu"), at=playing.later(11))
    take()
    booked = booking.book(LINE, booking_slot(), actor=who.tu, at=playing.AT)
    made["booked"] = booked.code
    made["linked"] = linked.born(who)
    made["permit"] = reception.take_at_counter(
        playing.PERMIT, playing.HOI_AN, filing.Applicant.of(people.applicant(who.tu)),
        components=PAPERS, answers={"work": {"floors": 2}}, scans=(), actor=playing.official("mai"), at=playing.AT,
    ).code  # fmt: skip


def booking_slot() -> datetime:
    return playing.AT.replace(hour=10) + timedelta(days=1)


def load(at: datetime, *, dry_run: bool = False):
    return load_pack(DA_NANG, actor=LOADER, at=at, dry_run=dry_run, lent=PARTS)


def refused(at: datetime) -> int:
    with pytest.raises(ReformUndecided) as no:
        load(at)
    return no.value.facts["count"]


def decide_all() -> None:
    admin = playing.official("quantri", at=EARLY)
    for row in ReformQuestion.objects.select_related("reform"):
        answer = "" if row.agency == playing.HOI_AN else row.proposal or row.candidates[0]
        decide_question(row, answer=answer, reason="đã đối chiếu", actor=admin, at=EARLY)


def test_what_nobody_decided_keeps_everything_as_it_is(played):
    assert played.waiting == 30
    assert ReformQuestion.objects.filter(kind=QuestionKind.UNMATCHED).count() == 13


def test_the_whole_pack_is_without_fault():
    with suppress(ReformUndecided):  # what a person has to decide is no fault of the pack
        load_pack(DA_NANG, actor=LOADER, at=EARLY, dry_run=True)


def test_the_dry_run_says_what_becomes_of_each(played):
    found = played.dry.prospect
    fate = {code: heir for code, _name, heir in found.agencies}
    assert (fate["H47.32.20"], fate["H47.14"], fate["H47.32.20.01"]) == (HOI_AN_NEW, "H17.14", CENTRE)
    counted = {(each.agency, each.state): each.count for _title, each in found.counts}
    assert counted["H47.32.20", NationalState.PROCESSING.title] >= 2
    assert counted["H47.32.20", "Draft"] == 1
    assert {move.post_to for move in found.moves if move.post_from == "H47.32.20/chair"} == {"H17.20410/chair"}


def test_loaded_early_it_waits_for_its_day(played):
    assert played.early_batches == 0


def test_every_dossier_in_flight_has_one_living_agency_and_the_code_it_had(played):
    living = set(Agency.objects.on(AFTER.date()).values_list("code", flat=True))
    assert set(Dossier.objects.values_list("code", flat=True)) == set(played.rows)
    for dossier in Dossier.objects.filter(state__in=OPEN):
        assert {dossier.agency_code, dossier.desk_code, dossier.office_code} <= living, dossier.code
        was = played.rows[dossier.code]
        for name in ("due_at", "submitted_at", "state", "service_version", "limit_amount", "answers", "fee_vnd"):
            assert getattr(dossier, name) == was[name], name
    assert Dossier.objects.get(code=played.codes["taken"]).agency_code == HOI_AN_NEW
    tasks = Task.objects.filter(state__in=LIVE).values_list("agency_code", flat=True)
    assert set(tasks) <= living


def test_a_result_is_handed_over_where_the_desk_is_now_and_stays_who_settled_it(played):
    dossier = Dossier.objects.get(code=played.codes["issued"])
    assert dossier.delivery == DeliveryState.READY
    assert (dossier.desk_code, dossier.agency_code) == (CENTRE, "H47.32.20")
    over = Dossier.objects.get(code=played.codes["returned"])
    assert (over.desk_code, over.agency_code) == ("H47.32.20.01", "H47.32.20")


def test_who_had_a_step_goes_on_with_it(played):
    task = playing.task_of(played.codes["taken"])
    assert (task.agency_code, task.assignee_name) == (HOI_AN_NEW, "Lê Thị Thu Hà")
    ha = playing.official("ha", at=AFTER)
    processing.propose_result(played.codes["taken"], actor=ha, at=AFTER)
    lan = playing.official("lan", at=AFTER)
    reception.accept_dossier(played.codes["filed"], actor=lan, at=AFTER)
    assert Dossier.objects.get(code=played.codes["filed"]).state == NationalState.ACCEPTED


def test_an_official_of_two_agencies_that_became_one_holds_one_post(played):
    held = Tenure.objects.on(AFTER.date()).filter(post_code="H17.20410/officer", official__username="tin")
    assert held.count() == 1


def test_the_change_is_told_in_the_dossier_and_kept(played):
    lines = [line.event for line in entries(("dossier", played.codes["accepted"]))]
    assert lines.count("onestop.dossier_handed_on") == 1
    kept = AgencyChange.objects.get(dossier__code=played.codes["accepted"])
    assert (kept.agency_was, kept.agency_became, kept.why) == ("H47.32.20", HOI_AN_NEW, "whole")


def test_a_draft_names_the_agency_that_took_over(played):
    assert Application.objects.get(state="draft").agency_code == HOI_AN_NEW


def test_loaded_twice_is_once(played):
    assert played.again.is_empty
    reform = Reform.objects.get()
    assert (reform.state, reform.handed["onestop.dossiers"]) == (ReformState.DONE, AgencyChange.objects.count())
    assert carry_on(actor=LOADER, at=AFTER) == 0


def test_the_pack_of_before_is_no_longer_loaded(played):
    with pytest.raises(BadPack) as no:
        load_pack(PROVINCES / "quang-nam", actor=LOADER, at=AFTER, lent=PARTS)
    assert [fault.line for fault in no.value.found] == [4]


def test_officers_find_what_their_predecessors_closed(played):
    lan = playing.official("lan", at=AFTER)
    found = {dossier.code for dossier in search_dossiers("Nguyễn Thị Tư", seen_by=lan)}
    assert played.codes["returned"] in found


def test_what_is_decided_stays_decided(played):
    row = ReformQuestion.objects.select_related("reform").filter(outcome=Outcome.DECIDED).first()
    admin = replace(playing.official("quantri", at=AFTER))
    with pytest.raises(ReformInForce):
        decide_question(row, answer=row.candidates[-1], actor=admin, at=AFTER)


def test_an_administrator_sees_decides_and_compares(played, client, monkeypatch):
    monkeypatch.setattr("tinhso.base.clock.now", lambda: AFTER)
    browser = come_in(client, Account.objects.get(username="quantri"), at=AFTER)
    page = browser.get("/quan-tri/sap-xep/da-nang-2026/")
    assert page.status_code == 200
    assert "Xã Axan" in page.content.decode()
    row = ReformQuestion.objects.get(text="Xã Axan")
    assert "Ủy ban nhân dân xã A Xan" in browser.get(f"/quan-tri/sap-xep/da-nang-2026/{row.pk}/").content.decode()
    refused = browser.post(f"/quan-tri/sap-xep/da-nang-2026/{row.pk}/", {"answer": row.candidates[-1], "reason": ""})
    assert refused.status_code == 422
    file = browser.get("/quan-tri/sap-xep/da-nang-2026/quyet-dinh.csv").content.decode()
    assert file.count("\n") == 31
    days = {"tu": "01/11/2022", "den": "31/12/2022"}
    now = browser.get("/quan-tri/sap-xep/da-nang-2026/so-lieu/", {**days, "theo": "moi"}).content.decode()
    assert HOI_AN_NEW in now
    before = browser.get("/quan-tri/sap-xep/da-nang-2026/so-lieu/", {**days, "theo": "cu"}).content.decode()
    assert "H47.32.20" in before


def test_a_line_stays_in_the_book_that_gave_its_number_and_the_successor_closes_it(played):
    old = YearBook.objects.get(desk_code=DESK, year=2022)
    assert old.head_code == HOI_AN_NEW
    numbers = sorted(lines_in(DESK, 2022).values_list("form_number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert lines_in(DESK, 2022).filter(desk_code=CENTRE).exists()
    lan = playing.official("lan", at=AFTER)
    reception.accept_dossier(played.codes["filed"], actor=lan, at=AFTER)
    assert [(row.code, row.form_number) for row in lines_in(CENTRE, 2025)] == [(played.codes["filed"], 1)]
    closed = books.close_book(DESK, 2022, actor=playing.official("minh", at=AFTER), at=AFTER)
    assert closed.lines == len(numbers)
    assert books.last_working_day(DESK, 2025, AFTER) == AFTER.date() - timedelta(days=2)


def test_the_independent_check_finds_no_gap_after_the_reform_and_a_true_one(played):
    assert [str(each) for each in check_numbers(HereTables())] == []
    lan, ha = (playing.official(name, at=AFTER) for name in ("lan", "ha"))
    reception.accept_dossier(played.codes["filed"], actor=lan, at=AFTER)
    processing.take_dossier(
        played.codes["accepted"], playing.first_task(played.codes["accepted"]).id, actor=ha, at=AFTER
    )
    asked = supplement.ask_for_supplement(played.codes["accepted"], playing.UNREADABLE, actor=ha, at=AFTER)
    assert asked.number == 1, "the desk that took over counts from its own beginning"
    assert [str(each) for each in check_numbers(HereTables())] == []
    of_before = SupplementRequest.objects.filter(dossier__code=played.codes["waiting"])
    assert of_before.update(number=7) == 1
    found = [str(each) for each in check_numbers(HereTables())]
    assert any(f"form02:{DESK}:2022" in each for each in found), found


def test_the_drawer_of_a_desk_that_ended_is_counted_where_it_is_now_and_no_book_is_opened_there(played):
    book = CashBook.objects.get(desk_code=DESK)
    assert (book.agency_code, book.state) == (HOI_AN_NEW, BookState.OPEN)
    hoa, minh = playing.official("hoa", at=AFTER), playing.official("minh", at=AFTER)
    assert book in cash.waiting_books(hoa, AFTER)
    with pytest.raises(closing.DeskEnded):
        closing.open_book(DESK, float_vnd=0, actor=hoa, at=AFTER)
    with pytest.raises(NotFound):
        closing.close_book(book.id, counted={}, actor=playing.official("hung", at=AFTER), at=AFTER)
    expected = cash.expected_in(book)
    closing.close_book(book.id, counted={1000: expected // 1000}, actor=hoa, at=AFTER)
    assert closing.sign_book(book.id, actor=minh, at=AFTER).state == BookState.SIGNED


def test_a_parcel_on_its_way_is_received_by_the_desk_of_now(played):
    parcel = HandOver.objects.get()
    assert (parcel.agent_code, parcel.desk_code) == ("H17.20410.90", CENTRE)
    lines = [line.event for line in entries(("handover", str(parcel.pk)))]
    assert lines.count("onestop.left_handed_on") == 1


def test_who_waits_at_a_desk_that_ended_is_sent_home_and_told(played):
    assert not Line.objects.filter(desk_code=DESK, is_active=True).exists()
    assert Ticket.objects.get(desk_code=DESK).state == "left"
    booked = Appointment.objects.get(code=played.codes["booked"])
    assert booked.state == "cancelled"
    told = [line.event for line in entries(("appointment", str(booked.pk)))]
    assert told == ["queueing.appointment_booked", "queueing.appointment_cancelled"]


def test_the_dry_run_counts_what_desks_leave(played):
    counted = {(each.agency, str(each.state)): each for _title, each in played.dry.prospect.counts}
    cash_book = counted[DESK, "Open: counted and closed where the desk is now"]
    assert (cash_book.count, cash_book.heir, cash_book.is_held) == (1, CENTRE, True)
    assert counted[DESK, str(HandOverState.DRAFT.label)].count == 1
    assert counted[DESK, "Appointment, cancelled and told"].count == 1
    assert counted[DESK, "Ticket, leaves the line"].count == 1
    assert played.dry.prospect.unheld == []


def test_each_part_of_a_linked_dossier_goes_on_with_its_own_clock(played):
    code = played.codes["linked"]
    police, cards = linked.part(code, "residence"), linked.part(code, "insurance")
    assert (police.agency_code, cards.agency_code) == ("H17.90", "H17.91")
    assert [each["agency"] for each in police.before] == [linked.POLICE]
    assert police.ended_at is None
    assert police.due_at is not None
    assert {"H17.90", "H17.91"} <= set(Dossier.objects.get(code=code).shared_with.split())
    others = (playing.official(name, at=AFTER) for name in ("nam", "quan"))
    for who, task in zip(others, ("residence", "insurance"), strict=True):
        assert get_dossier(code, seen_by=who).code == code, task


def test_a_dossier_of_a_divided_city_waits_with_the_keeper_until_a_person_gives_it_on(played, client, monkeypatch):
    code, admin = played.codes["permit"], playing.official("quantri", at=AFTER)
    kept = Dossier.objects.get(code=code)
    assert (kept.agency_code, AgencyChange.objects.get(dossier=kept).why) == (KEEPER, "kept")
    given = {"reason": "công trình ở Hội An", "at": AFTER}
    for nobody in (playing.official("minh", at=AFTER), playing.official("quantri", at=AFTER, level=1)):
        with pytest.raises(Forbidden):
            by_hand.hand_on_by_hand(code, HOI_AN_NEW, actor=nobody, **given)
    with pytest.raises(by_hand.NotATaker):
        by_hand.hand_on_by_hand(code, "H17.20335", actor=admin, **given)
    with pytest.raises(BadInput):
        by_hand.hand_on_by_hand(code, HOI_AN_NEW, actor=admin, reason=" ", at=AFTER)
    with pytest.raises(NotFound):  # a whole one: its agency had one successor
        by_hand.hand_on_by_hand(played.codes["accepted"], HOI_AN_NEW, actor=admin, **given)
    monkeypatch.setattr("tinhso.base.clock.now", lambda: AFTER)
    browser = come_in(client, Account.objects.get(username="quantri"), at=AFTER)
    assert code in browser.get("/mot-cua/sap-xep/").content.decode()
    page = browser.get(f"/mot-cua/sap-xep/{code}/").content.decode()
    assert HOI_AN_NEW in page
    assert kept.applicant_name not in page
    assert browser.post(f"/mot-cua/sap-xep/{code}/", {"to": HOI_AN_NEW}).status_code == 422
    assert browser.post(f"/mot-cua/sap-xep/{code}/", {"to": HOI_AN_NEW, "reason": "ở Hội An"}).status_code == 302
    moved = Dossier.objects.get(code=code)
    assert (moved.agency_code, moved.desk_code, moved.due_at) == (HOI_AN_NEW, CENTRE, kept.due_at)
    assert (moved.book_desk, moved.form_number) == ("H47.32.15", kept.form_number)
    (task,) = Task.objects.filter(case_id=moved.case_id, state__in=LIVE)
    assert task.agency_code.startswith(HOI_AN_NEW)
    assert code not in browser.get("/mot-cua/sap-xep/").content.decode()
    lines = [line.event for line in entries(("dossier", code))]
    assert lines.count("onestop.handed_on_by_hand") == 1
    with pytest.raises(by_hand.HandedOnBefore):
        by_hand.hand_on_by_hand(code, HOI_AN_NEW, actor=admin, **given)
