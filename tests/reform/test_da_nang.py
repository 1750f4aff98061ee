"""Quảng Nam becomes Đà Nẵng with two tiers while dossiers run: played once for this module, looked at by each test."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from django.test import override_settings
from tests.doors import come_in
from tests.snapshot import PROVINCES, with_province

from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
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
from tinhso.modules.onestop.actions import processing, reception
from tinhso.modules.onestop.models import AgencyChange, Application, DeliveryState, Dossier
from tinhso.modules.onestop.queries.dossiers import search_dossiers
from tinhso.modules.onestop.queries.succession import OPEN
from tinhso.modules.onestop.tests import playing

pytestmark = with_province
LOADER = system("loader")
EARLY = datetime(2025, 6, 20, 9, 0, tzinfo=CIVIL_ZONE)
AFTER = datetime(2025, 7, 2, 9, 0, tzinfo=CIVIL_ZONE)
DA_NANG = PROVINCES / "da-nang-2026"
PARTS = Registry()
PARTS.add("test", Module(slug="", title="", lends=[part for part in registry.of(PackPart) if part.order <= 35]))
HOI_AN_NEW, CENTRE = "H17.20410", "H17.20410.01"


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


def load(at: datetime, *, dry_run: bool = False):
    return load_pack(DA_NANG, actor=LOADER, at=at, dry_run=dry_run, lent=PARTS)


def refused(at: datetime) -> int:
    with pytest.raises(ReformUndecided) as no:
        load(at)
    return no.value.facts["count"]


def decide_all() -> None:
    admin = playing.official("quantri", at=EARLY)
    for row in ReformQuestion.objects.select_related("reform"):
        answer = row.proposal or row.candidates[0]
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
