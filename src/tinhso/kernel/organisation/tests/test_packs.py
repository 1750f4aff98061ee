"""The packs we ship: sound, whole, and loaded in seconds."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tools import make_quang_nam

from tinhso.kernel.organisation import public
from tinhso.kernel.organisation.models import Agency, Official, Post, Tenure
from tinhso.kernel.organisation.tests.packs import NGHICH, QUANG_NAM, ROOT, load
from tinhso.law.codes import agency_code

pytestmark = pytest.mark.django_db
BEFORE, AFTER = date(2024, 12, 31), date(2025, 1, 1)
UNITS = ROOT.parent / "shared" / "data" / "admin-units" / "units-pre-2025-07.json"


def numbers(on: date) -> dict[str, int]:
    committees = public.list_agencies(on=on, kind="committee")
    return {level: sum(agency.level == level for agency in committees) for level in ("province", "district", "commune")}


def check_every_committee_can_work(on: date) -> None:
    roles: dict[str, set[str]] = {}
    for post in Post.objects.on(on):
        roles.setdefault(post.agency_code, set()).update(post.roles)
    agencies = {agency.code: agency for agency in Agency.objects.on(on)}
    for agency in agencies.values():
        if agency.kind == "committee":
            assert {"leader", "clerk"} <= roles[agency.code], agency
            assert roles[agency.desk_code] >= {"reception", "cashier"}, agency
        if agency.kind == "committee" and agency.level == "commune":
            assert "processor" in roles[agency.code], agency
        if agency.kind == "division":
            assert {"head", "processor"} <= roles[agency.code], agency
        assert all(code in agencies for code in agency.path_codes), agency
    assert set(roles) <= set(agencies)


def test_quang_nam_as_its_report_counts_it_and_after_the_mergers() -> None:
    with CaptureQueriesContext(connection) as queries:
        plan = load(QUANG_NAM)
    assert len(plan.changes) > 5000
    assert len(queries) < 100
    assert numbers(BEFORE) == {"province": 1, "district": 18, "commune": 241}
    assert numbers(AFTER) == {"province": 1, "district": 17, "commune": 233}
    assert len([a for a in public.children("H47", BEFORE) if a.level == "province" and a.kind != "vertical"]) == 20
    assert load(QUANG_NAM).is_empty
    for on in (BEFORE, AFTER, date(2026, 11, 22)):
        check_every_committee_can_work(on)


def governing(level: str, unit_code: str, on: date, **more: str) -> Agency:
    """The agency that governs a unit on a day."""
    return Agency.objects.on(on).get(**{"level": level, "unit_code": unit_code, "kind": "committee", **more})


def test_quang_nam_through_the_mergers() -> None:
    load(QUANG_NAM)
    son_vien = public.search_agencies("ubnd xa son vien", BEFORE)[0]
    assert [a.name for a in public.successors(son_vien.code, AFTER)] == ["Ủy ban nhân dân xã Quế Lộc"]
    assert public.find_agency(son_vien.code, on=AFTER) is None
    assert public.last_known_agency(son_vien.code).unit_code == "20672"
    nong_son = governing("district", "519", BEFORE)
    assert [a.unit_code for a in public.successors(nong_son.code, AFTER)] == ["509"]
    renamed = governing("commune", "20821", BEFORE), governing("commune", "20821", AFTER)
    assert [a.name for a in renamed] == ["Ủy ban nhân dân xã Bình Định Bắc", "Ủy ban nhân dân xã Bình Định"]
    assert renamed[0].code == renamed[1].code


def test_quang_nam_finds_its_way_by_both_identifiers_and_by_work() -> None:
    load(QUANG_NAM)
    minh_an = governing("commune", "20398", AFTER)
    assert minh_an.path == "H47/H47.32/H47.32.20"
    for identifier in ("H47.32.20", agency_code("H47.32.20").qcvn102()):
        assert public.get_agency(identifier, AFTER) == minh_an
    assert public.get_agency("H47.1", AFTER).code == "H47.01"
    assert public.desk_for("H47.14.02", AFTER).code == "H47.01.05"
    assert public.desk_for("H47.32.04", AFTER).code == "H47.32.15"
    for desk in ("H47.01.05", "H47.32.15", "H47.32.20.01"):
        served = public.served_by(desk, AFTER)
        assert {public.desk_for(agency.code, AFTER).code for agency in served} == {desk}
    assert {"H47", "H47.14", "H47.14.02"} <= {agency.code for agency in public.served_by("H47.01.05", AFTER)}
    assert public.served_by("H47.32.04", AFTER) == []
    assert public.division_for("H47.32", "construction", AFTER).name == "Phòng Quản lý đô thị thành phố Hội An"
    assert public.division_for("H47.32.20", "civil-status", AFTER) == minh_an
    branch = governing("district", "503", AFTER, kind="branch", field="land-registration")
    assert public.desk_for(branch.code, AFTER).code == "H47.32.15"
    assert public.search_agencies("phuong minh an", AFTER)[0] == minh_an
    assert public.search_agencies("Phường MINH an", AFTER)[0] == minh_an
    check_the_cast_holds_what_the_stories_need_and_hung_is_elsewhere()


def check_the_cast_holds_what_the_stories_need_and_hung_is_elsewhere() -> None:
    cast = {official.username: official for official in public.list_officials(demo=True)}
    held = {name: public.holdings_of(official.id, AFTER) for name, official in cast.items()}
    assert all(held.values())
    assert [(h.agency, h.roles) for h in held["lan"]] == [("H47.32.20.01", {"reception"})]
    assert [(h.agency, h.roles) for h in held["minh"]] == [("H47.32.20", {"leader"})]
    assert held["quantri"][0].roles == {"admin"}
    assert held["kiemtra"][0].roles == {"auditor"}
    assert not any("H47.32" in holding.agency_path for holding in held["hung"])
    assert [o.username for o in public.who_holds("H47.32.20", "leader", AFTER)] == ["minh", "phuoc"]


def test_nghich_is_the_contrary() -> None:
    load(NGHICH)
    on = date(2026, 6, 1)
    assert numbers(on) == {"province": 1, "district": 0, "commune": 2}
    assert len(public.list_agencies(on=on)) < 10
    held = {
        role for official in Official.objects.all() for h in public.holdings_of(official.id, on) for role in h.roles
    }
    assert held == set(public.ROLES)
    names = {row["full_name"] for row in csv.DictReader((QUANG_NAM / "organisation" / "officials.csv").open())}
    assert names.isdisjoint(Official.objects.values_list("full_name", flat=True))
    assert Tenure.objects.count() == 19


def test_every_invented_official_is_marked() -> None:
    for folder in (NGHICH, QUANG_NAM):
        with (folder / "organisation" / "officials.csv").open(encoding="utf-8") as file:
            assert {row["demo"] for row in csv.DictReader(file)} == {"true"}


@pytest.mark.shared_data
@pytest.mark.skipif(not UNITS.exists(), reason="the list of units is not here")
def test_the_shipped_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    make_quang_nam.write(make_quang_nam.make(json.loads(UNITS.read_text(encoding="utf-8"))), tmp_path)
    for name in make_quang_nam.COLUMNS:
        assert (tmp_path / f"{name}.csv").read_bytes() == (QUANG_NAM / "organisation" / f"{name}.csv").read_bytes(), (
            name
        )
