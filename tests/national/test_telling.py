"""What happens here is told to a national portal over HTTP: in order, once, whoever dies on the way; and days are compared."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of

from tinhso.base.actors import system
from tinhso.base.refusals import Forbidden, NotFound
from tinhso.base.registry import Periodic, registry
from tinhso.kernel.casework.public import PortalAway, national_portal
from tinhso.kernel.journal.public import dispatch, entries, seal
from tinhso.law.states import NationalState
from tinhso.modules.nationalportal.actions import comparing, telling
from tinhso.modules.nationalportal.models import CentralDossier, Difference, Message, Reconciliation
from tinhso.modules.onestop.actions import applications, reception
from tinhso.modules.onestop.actions.filing import Applicant
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.queries.services import WorkedElsewhere, get_fileable_service
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, later

pytestmark = with_province
WORKER = system("worker")
DAY = AT.date()
PASSPORT = "1.001456"


def hand_over(at=AT):
    while seal(at):
        pass
    while dispatch(at=at):
        pass


def tell(at):
    hand_over(at)
    return next(one for one in registry.of(Periodic) if one.key == "nationalportal.tell").call(at=at)


def known(portal, code=""):
    return httpx.get(f"{portal.config.url}/national/api/dossiers", params={"code": code}).json()


def test_a_dossier_is_told_with_each_step_and_who_did_it(portal, who):
    code = playing.returned(who)
    assert tell(later(60)) > 0
    assert tell(later(61)) == 0
    told = known(portal, code)
    (dossier,) = told["dossiers"]
    assert (dossier["MaTTHC"], dossier["TrangThaiHoSo"], dossier["KenhThucHien"]) == ("2.000635", 10, 2)
    assert (dossier["ChuHoSo"], dossier["MaDoiTuong"], dossier["LoaiDoiTuong"]) == ("Nguyễn Thị Tư", "049185000123", 1)
    assert dossier["NgayTiepNhan"] == "20221128090500"
    assert dossier["NgayHenTra"] == "20221129170000"
    assert dossier["DanhSachLePhi"][0]["Gia"] == 16_000
    assert dossier["DanhSachGiayToKetQua"][0]["TenGiayTo"]
    steps = told["steps"]
    assert [step["TrangThai"] for step in steps][:2] == [1, 2]
    assert steps[-1]["TrangThai"] == 10
    accepted = steps[1]
    assert (accepted["NguoiXuLy"], accepted["ThoiDiemXuLy"]) == (who.lan.name, "20221128090500")
    assert accepted["ChucDanh"] == "Công chức tiếp nhận và trả kết quả"
    assert accepted["NoiDungXuLy"] == "Đã tiếp nhận hồ sơ"
    assert steps[0]["NguoiXuLy"] == "", "an applicant is no officer"
    # of the applicant nothing lies in the queue
    assert "Nguyễn Thị Tư" not in str(list(Message.objects.values()))


def test_all_that_waits_of_a_dossier_goes_as_one_dossier_and_its_steps(portal, who):
    playing.accepted(who)
    tell(later(60))
    assert portal.asked.count("DongBoHoSoMC") == 1
    assert portal.asked.count("CapNhatTienDoHoSoMC") == 1


@pytest.mark.parametrize("mode", ["away", "garbled", "forgetful"])
def test_a_portal_that_does_not_answer_is_asked_again_later(portal, who, mode):
    code = playing.file(who.tu).code
    portal.mode = mode
    assert tell(later(1)) == 0
    assert {row.state for row in Message.objects.all()} == {"waiting"}
    assert all(row.fault for row in Message.objects.all())
    portal.mode = ""
    assert tell(later(1.5)) == 0, "it is left alone for a minute"
    assert tell(later(3)) == 2
    assert known(portal, code)["dossiers"]


def test_what_is_refused_is_parked_and_what_comes_behind_it_waits(portal, who):
    code = playing.file(who.tu).code
    portal.mode = "refuse"
    tell(later(1))
    assert [row.state for row in Message.objects.order_by("id")] == ["parked", "waiting"]
    assert "12 TTHC 2.000635 không tồn tại" in Message.objects.first().fault
    portal.mode = ""
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    other = playing.file(who.tu, at=later(6)).code
    tell(later(1000))
    assert {row.dossier_code for row in Message.objects.filter(state="sent")} == {other}
    telling.tell_again(code, actor=playing.official("quantri"), at=later(1001))
    tell(later(1002))
    assert not Message.objects.exclude(state="sent").exists()
    assert known(portal, code)["dossiers"][0]["TrangThaiHoSo"] == 2
    assert [step["TrangThai"] for step in known(portal, code)["steps"]] == [1, 2]


def test_a_worker_that_dies_after_telling_leaves_no_double(portal, who, monkeypatch):
    code = playing.file(who.tu).code
    settle = telling._settle
    monkeypatch.setattr(telling, "_settle", lambda *_given, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tell(later(1))
    monkeypatch.setattr(telling, "_settle", settle)
    assert tell(later(2)) == 0, "another may still have it in hand"
    assert tell(later(10)) == 2
    told = known(portal, code)
    assert (told["dossiers"][0]["times"], len(told["steps"])) == (2, 1)


def test_an_entry_that_comes_twice_is_told_once(portal, who):
    code = playing.file(who.tu).code
    hand_over()
    line = next(iter(entries(("dossier", code))))
    from tinhso.kernel.journal.dispatching import view  # as the dispatcher makes it
    from tinhso.modules.nationalportal import subscribers

    told = Message.objects.filter(entry_id=line.id)
    for _twice in range(2):
        subscribers.note(view(line, later(1)))
    assert sorted(row.kind for row in told) == ["dossier", "step"]


def test_what_was_erased_meanwhile_is_told_no_more(portal, who):
    code = playing.file(who.tu).code
    hand_over()
    Dossier.objects.filter(code=code).update(erased_at=later(1))
    assert tell(later(2)) == 2
    assert known(portal, code)["dossiers"] == []
    with pytest.raises(NotFound):
        telling.tell_again(code, actor=playing.official("quantri"), at=later(3))


def test_nobody_is_told_where_no_address_is_set(who, settings):
    settings.NATIONAL_URL = ""
    playing.file(who.tu)
    assert tell(later(1)) == 0
    assert not Message.objects.exists()


def test_a_day_that_agrees_has_no_differences_and_one_that_does_not_is_told_again(portal, who):
    one, two, three = (playing.file(who.tu, at=later(n)).code for n in range(3))
    tell(later(10))
    quantri = playing.official("quantri")
    found = comparing.compare_day(national_portal(), DAY, actor=quantri, at=later(11))
    assert (found.here, found.there, found.differences) == (3, 3, 0)
    portal.store.run("DELETE FROM national_dossier WHERE code = ?", one)
    Dossier.objects.filter(code=two).update(state=NationalState.PROCESSING)
    portal._keep(
        {"MaHoSo": "H47-221128-9999", "MaTTHC": "2.000635", "TrangThaiHoSo": 1, "NgayNopHoSo": "20221128090000"},
        central=False,
    )
    found = comparing.compare_day(national_portal(), DAY, actor=quantri, at=later(12))
    rows = {row.dossier_code: (row.kind, row.here, row.there) for row in Difference.objects.all()}
    assert rows == {one: ("there", 1, 0), two: ("state", 4, 1), "H47-221128-9999": ("here", 0, 1)}
    assert (found.here, found.there, found.differences) == (3, 3, 3)
    sent = comparing.send_differences(DAY, [*rows], actor=quantri, at=later(13))
    assert sent == 2, "what is not known here cannot be told"
    found = comparing.compare_day(national_portal(), DAY, actor=quantri, at=later(14))
    assert (found.differences, found.under_way) == (1, 2)
    tell(later(15))
    assert comparing.compare_day(national_portal(), DAY, actor=quantri, at=later(16)).differences == 1
    assert three not in {row.dossier_code for row in Difference.objects.all()}
    with pytest.raises(Forbidden):
        comparing.compare_day(national_portal(), DAY, actor=who.lan, at=later(17))
    with pytest.raises(Forbidden):
        comparing.send_differences(DAY, [one], actor=playing.official("kiemtra"), at=later(17))


def test_the_worker_compares_the_last_days_once_a_night(portal, who):
    playing.file(who.tu)
    tell(later(1))
    compare = next(one for one in registry.of(Periodic) if one.key == "nationalportal.compare")
    night = AT.replace(hour=2) + timedelta(days=1)
    assert compare.call(at=AT) == 0
    assert compare.call(at=night) == 7
    assert compare.call(at=night + timedelta(minutes=30)) == 0
    assert Reconciliation.objects.get(day=DAY).differences == 0
    sunday = AT.replace(hour=2) + timedelta(days=6)
    assert compare.call(at=sunday) == 60
    portal.mode = "away"
    assert compare.call(at=sunday + timedelta(days=1)) == 0


def test_a_procedure_of_a_central_system_is_shown_not_filed_and_its_dossiers_are_mirrored(portal, who):
    with pytest.raises(WorkedElsewhere) as no:
        get_fileable_service(PASSPORT, DAY)
    assert "dichvucong.bocongan.gov.vn" in str(no.value)
    shown = Client().get(reverse("catalogue:procedure", args=[PASSPORT])).content.decode()
    assert "https://dichvucong.bocongan.gov.vn" in shown
    for state in (1, 4):
        form = {
            "code": "G01-221128-0001",
            "service": PASSPORT,
            "agency": "H47.32",
            "state": state,
            "at": "20221128100000",
        }
        httpx.post(f"{portal.config.url}/national/file", data=form)
        found = comparing.compare_day(national_portal(), DAY, actor=WORKER, at=later(20))
        assert (found.there, found.differences) == (0, 0), "counted apart"
        mirrored = CentralDossier.objects.get()
        assert (mirrored.code, mirrored.service_code, mirrored.state) == ("G01-221128-0001", PASSPORT, state)
    # whoever has its code is led to where it stands, and told where to ask
    asked = Client().get(reverse("onestop:look_up"), {"ma": "g01-221128-0001"}, follow=True).content.decode()
    assert "Hộ chiếu" in asked or "hộ chiếu" in asked
    assert "https://dichvucong.bocongan.gov.vn" in asked
    assert "Đang xử lý" in asked
    assert Client().get(reverse("onestop:track", args=["G01-221128-9999"])).status_code == 404
    with pytest.raises(WorkedElsewhere):
        applications.start_application(PASSPORT, actor=who.tu, at=AT)
    with pytest.raises(WorkedElsewhere):
        reception.take_at_counter(
            PASSPORT, "H47.32.20", Applicant(key=who.tu.key, name=who.tu.name), components=[], actor=who.lan, at=AT
        )


def test_pages_for_who_looks_after_it_and_nobody_else(portal, who, at_now):
    code = playing.file(who.tu).code
    portal.mode = "refuse"
    tell(later(1))
    quantri, kiemtra, lan = (come_in(Client(), account_of(name), at=AT) for name in ("quantri", "kiemtra", "lan"))
    home, days = reverse("nationalportal:home"), reverse("nationalportal:days")
    for client in (quantri, kiemtra):
        page = client.get(home).content.decode()
        assert code in page
        assert "không tồn tại" in page
    for address in (home, days, reverse("nationalportal:central")):
        assert lan.get(address).status_code == 403
    again = reverse("nationalportal:tell_again")
    assert kiemtra.post(again, {"code": code}).status_code == 403
    portal.mode = ""
    assert quantri.post(again, {"code": code}).status_code == 302
    assert quantri.post(again, {"code": "KHONG"}).status_code == 404
    compare = reverse("nationalportal:compare")
    for wrong in ("", "40/40/2022", "01/01/2099"):
        assert quantri.post(compare, {"day": wrong}).status_code == 422
    portal.mode = "away"
    assert "không trả lời" in quantri.post(compare, {"day": "28/11/2022"}).content.decode()
    portal.mode = ""
    done = quantri.post(compare, {"day": "28/11/2022"})
    assert done["Location"] == reverse("nationalportal:day", args=["2022-11-28"])
    Message.objects.all().delete()
    quantri.post(compare, {"day": "28/11/2022"})
    page = quantri.get(done["Location"]).content.decode()
    assert f'value="{code}"' in page
    assert (
        quantri.post(reverse("nationalportal:send_differences", args=["2022-11-28"]), {"code": [code]}).status_code
        == 302
    )
    assert Message.objects.filter(dossier_code=code).count() == 1
    for bad in ("2022-13-45", "2021-01-01"):
        assert quantri.get(reverse("nationalportal:day", args=[bad])).status_code == 404


def test_wrong_answers_are_no_answers(portal, settings):
    settings.NATIONAL_SECRET = "another"
    cache.clear()
    with pytest.raises(PortalAway, match="403"):
        national_portal().filed_on(DAY)
    settings.NATIONAL_URL = "http://127.0.0.1:1/national"
    with pytest.raises(PortalAway):
        national_portal().filed_on(DAY)


def test_many_pages_of_a_day_are_read_to_the_end(portal, monkeypatch):
    monkeypatch.setattr("tinhso.sandbox.national.PAGE", 3)
    for number in range(8):
        row = {
            "MaHoSo": f"H47-221128-{number:04d}",
            "MaTTHC": "2.000635",
            "TrangThaiHoSo": 1,
            "NgayNopHoSo": "20221128090000",
        }
        portal._keep(row, central=False)
    assert len(national_portal().filed_on(DAY)) == 8
    assert national_portal().filed_on(date(2022, 11, 29)) == []


def test_what_waits_is_found_by_its_index(portal, who):
    if connection.vendor != "sqlite":
        pytest.skip("plans of SQLite")
    with connection.cursor() as cursor:
        query, values = telling._due(AT).query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {query}", values)
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "national_message_due" in plan
    assert "SCAN" not in plan, plan
