"""Reports of communes: filled in by page, sheet and API, handed in, decided on, summed against plain SQL, closed; and what is refused."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
import sdmx
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from tests.doors import come_in
from tests.snapshot import with_province
from tests.world import account_of, at_now, token  # noqa: F401

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.base.sheets import read_rows, write_xlsx
from tinhso.kernel.journal.models import Entry
from tinhso.law.periods import read_period
from tinhso.modules.onestop.tests.playing import MINH_AN, later, official
from tinhso.modules.reporting.actions import telling
from tinhso.modules.reporting.models import Lock, Return, ReturnVersion, State
from tinhso.modules.reporting.queries import regimes
from tinhso.modules.reporting.queries.consolidated import consolidated

pytestmark = with_province
CODE, QUARTER = "chuyen-doi-so-xa", "2022-Q3"
FULL = {
    "ho_so/so": "1.200", "ho_so/luy_ke": "3.000", "truc_tuyen/so": "700", "truc_tuyen/luy_ke": "1.500", "can_bo/so": "22", "can_bo/luy_ke": "22",
    "ky_nang_so/so": "5", "ky_nang_so/luy_ke": "20", "ho_so/ghi_chu": "Số liệu một cửa",
}  # fmt: skip
AT = later(1)  # 28 November 2022


def fill(actor, given=None, *, unit=MINH_AN, seen=0, at=AT, period=QUARTER):
    return telling.fill(CODE, unit, period, FULL if given is None else given, seen=seen, actor=actor, at=at)


@pytest.fixture
def handed_in(who):
    report = fill(who.ha)
    return telling.submit(report.pk, seen=report.version, actor=who.ha, at=AT)


def test_a_quarter_covers_until_the_fourteenth_and_is_due_two_working_days_later(who):
    regime, period = regimes.get_regime(CODE), read_period(QUARTER)
    assert regimes.closes_on(period) == date(2022, 9, 14)
    assert regimes.due_on(regime, period, MINH_AN) == date(2022, 9, 16)
    assert regimes.latest_period(regime, date(2022, 11, 28)).key == "2022-Q3"
    assert regimes.latest_period(regime, date(2022, 12, 15)).key == "2022-Q4"


def test_only_committees_of_communes_report(who):
    units = regimes.units_of(regimes.get_regime(CODE), read_period(QUARTER), AT)
    assert {(each.level, each.kind) for each in units} == {("commune", "committee")}
    assert MINH_AN in {each.code for each in units}
    with pytest.raises(telling.NotReporting):
        fill(who.ha, unit="H47.32")
    for unit, period in (
        ("H99", QUARTER),
        (MINH_AN, "2022"),
        (MINH_AN, "2021-Q4"),
        (MINH_AN, "2099-Q1"),
        (MINH_AN, "x"),
    ):
        with pytest.raises(NotFound):
            fill(who.ha, unit=unit, period=period)


def test_filled_in_handed_in_given_back_and_approved_with_every_version(handed_in):
    clerk = official("kiemtra")
    back = telling.give_back(handed_in.pk, "Thiếu số của tháng 9", seen=handed_in.version, actor=clerk, at=later(2))
    assert (back.state, back.reason) == (State.RETURNED, "Thiếu số của tháng 9")
    ha = official("ha")
    again = fill(ha, {"ho_so/so": "1.250"}, seen=back.version, at=later(3))
    assert again.cells["ho_so"] == {"so": "1250", "luy_ke": "3000", "ghi_chu": "Số liệu một cửa"}
    sent = telling.submit(again.pk, seen=again.version, actor=ha, at=later(4))
    done = telling.approve(sent.pk, seen=sent.version, actor=clerk, at=later(5))
    assert (done.state, ReturnVersion.objects.count()) == (State.APPROVED, 6)
    assert list(ReturnVersion.objects.order_by("version").values_list("state", flat=True)) == [
        "draft", "submitted", "returned", "draft", "submitted", "approved",
    ]  # fmt: skip
    said = set(Entry.objects.filter(subject_type="report").values_list("event", flat=True))
    assert said == {"reporting.filled", "reporting.submitted", "reporting.returned", "reporting.approved"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ho_so/so", "nhiều"),
        ("ho_so/so", "-1"),
        ("ho_so/so", "1,5"),
        ("can_bo/luy_ke", "1.2.3"),
        ("ho_so/so", "9" * 40),
    ],
)
def test_text_in_a_number_is_told_by_its_cell_and_nothing_is_kept(who, name, typed):
    with pytest.raises(BadInput) as told:
        fill(who.ha, {**FULL, name: typed})
    assert [fault.pointer for fault in told.value.faults] == [f"/{name}"]
    assert not Return.objects.exists()


def test_what_is_missing_or_cannot_be_is_not_handed_in(who):
    report = fill(who.ha, {**FULL, "can_bo/so": "", "truc_tuyen/so": "1.300"})
    with pytest.raises(BadInput) as told:
        telling.submit(report.pk, seen=report.version, actor=who.ha, at=AT)
    assert [fault.pointer for fault in told.value.faults] == ["/can_bo/so", ""]
    warned = fill(who.ha, {"can_bo/so": "22", "truc_tuyen/so": "700", "ho_so/luy_ke": "900"}, seen=report.version)
    assert (
        telling.submit(warned.pk, seen=warned.version, actor=who.ha, at=AT).state == State.SUBMITTED
    )  # a warning is no hindrance


def test_of_two_at_once_the_second_is_told(who, handed_in):
    with pytest.raises(telling.FilledElsewhere):
        fill(who.ha, seen=0)
    clerk = official("kiemtra")
    telling.approve(handed_in.pk, seen=handed_in.version, actor=clerk, at=later(2))
    with pytest.raises(telling.FilledElsewhere):
        telling.approve(handed_in.pk, seen=handed_in.version, actor=official("long"), at=later(2))
    with pytest.raises(telling.NotNow):
        fill(who.ha, seen=handed_in.version + 1)


def test_nobody_decides_on_what_they_handed_in_nor_on_another_branch(who, handed_in):
    for actor in (who.ha, who.minh, who.hung, who.tu):
        with pytest.raises(Forbidden):
            telling.approve(handed_in.pk, seen=handed_in.version, actor=actor, at=later(2))
    with pytest.raises(Forbidden):
        fill(who.hung, seen=handed_in.version)


def test_together_against_plain_sql_and_who_is_missing_is_named(handed_in):
    telling.approve(handed_in.pk, seen=handed_in.version, actor=official("kiemtra"), at=later(2))
    regime, period = regimes.get_regime(CODE), read_period(QUARTER)
    found = consolidated(regime, period, at=later(3))
    with connection.cursor() as cursor:
        cursor.execute("select cells from reporting_return where state = 'approved'")
        rows = [json.loads(cells) if isinstance(cells, str) else cells for (cells,) in cursor.fetchall()]
    assert found.cells["ho_so"]["so"] == str(sum(int(each["ho_so"]["so"]) for each in rows)) == "1200"
    assert (len(found.counted), len(found.missing)) == (1, len(found.reporters) - 1)
    assert consolidated(regime, period, below="H47.31", at=later(3)).cells["ho_so"]["so"] == ""
    assert consolidated(regime, period, below="H47.32", at=later(3)).cells["ho_so"]["so"] == "1200"


def test_a_closed_period_is_closed_but_for_what_is_opened_again(handed_in, who):
    long = official("long")
    telling.approve(handed_in.pk, seen=handed_in.version, actor=long, at=later(2))
    with pytest.raises(Forbidden):
        telling.close(CODE, QUARTER, actor=who.minh, at=later(3))
    with pytest.raises(telling.NotNow):
        telling.close(CODE, "2022-Q4", actor=long, at=later(3))
    lock = telling.close(CODE, QUARTER, actor=long, at=later(3))
    assert MINH_AN not in lock.missing
    with pytest.raises(telling.NotNow):
        telling.close(CODE, QUARTER, actor=long, at=later(4))
    with pytest.raises(telling.Closed):
        _fill_as_leader(lock.missing[0])
    report = Return.objects.get(pk=handed_in.pk)
    with pytest.raises(BadInput):
        telling.reopen(report.pk, "", seen=report.version, actor=long, at=later(5))
    opened = telling.reopen(report.pk, "Sai số lũy kế", seen=report.version, actor=long, at=later(5))
    mended = fill(who.ha, {"ho_so/luy_ke": "3.100"}, seen=opened.version, at=later(6))
    mended = fill(who.ha, {"ho_so/luy_ke": "3.150"}, seen=mended.version, at=later(7))
    sent = telling.submit(mended.pk, seen=mended.version, actor=who.ha, at=later(8))
    assert telling.approve(sent.pk, seen=sent.version, actor=long, at=later(9)).cells["ho_so"]["luy_ke"] == "3150"
    assert Lock.objects.count() == 1


def _fill_as_leader(unit):
    """Fill in for an agency as who leads the province: they may for all below."""
    return fill(official("long"), unit=unit, at=later(4))


def sheet_of(browser):
    answer = browser.get(f"/bao-cao/{CODE}/{QUARTER}/{MINH_AN}/bieu/")
    return [list(row) for row in read_rows(io.BytesIO(b"".join(answer.streaming_content)), name="a.xlsx")]


def send(browser, rows, *, seen="0"):
    out = io.BytesIO()
    write_xlsx(out, rows)
    return browser.post(
        f"/bao-cao/{CODE}/{QUARTER}/{MINH_AN}/",
        {"verb": "sheet", "seen": seen, "file": SimpleUploadedFile("bieu.xlsx", out.getvalue())},
    )


def test_the_form_as_a_spreadsheet_goes_out_and_comes_in(who, at_now):  # noqa: F811
    at_now(AT)
    browser = come_in(Client(), account_of("ha"), at=AT, level=2)
    rows = sheet_of(browser)
    assert rows[0] == ["tinhso-bao-cao", CODE, QUARTER, MINH_AN]
    assert [row[0] for row in rows[4:]] == ["ho_so", "truc_tuyen", "can_bo", "ky_nang_so", "to_cong_nghe"]
    filled = [*rows[:4], *([row[0], row[1], row[2], "10", "20", "Ghi"] for row in reversed(rows[4:]))]
    assert send(browser, filled).status_code == 302
    assert Return.objects.get().cells["can_bo"] == {"so": "10", "luy_ke": "20", "ghi_chu": "Ghi"}
    wrong = [*rows[:4], ["ho_so", "", "", "mười", "20"]]
    answer = send(browser, wrong, seen="1")
    page = answer.content.decode()
    assert (answer.status_code, "D5:" in page, "mười" in page) == (422, True, True)
    assert Return.objects.get().version == 1
    for broken, words in (
        ([["khác"]], "không phải biểu"), ([[*rows[0][:2], "2022-Q2", MINH_AN], *rows[1:]], "2022-Q2"), ([*rows[:4], ["la", "", "", "1"]], "la"),
    ):  # fmt: skip
        answer = send(browser, broken, seen="1")
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    assert browser.post(f"/bao-cao/{CODE}/{QUARTER}/{MINH_AN}/", {"verb": "sheet", "seen": "1"}).status_code == 422


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_from_the_list_to_the_sum(who, at_now, language):  # noqa: F811
    at_now(AT)
    here = f"/bao-cao/{CODE}/{QUARTER}/"
    ha = come_in(Client(), account_of("ha"), at=AT, level=2)
    ha.cookies["ngon_ngu"] = language
    assert f"{here}{MINH_AN}/" in ha.get("/bao-cao/").content.decode()
    wrong = ha.post(f"{here}{MINH_AN}/", {**FULL, "ho_so/so": "nhiều", "verb": "submit", "seen": "0"})
    assert (wrong.status_code, 'value="nhiều"' in wrong.content.decode()) == (422, True)
    assert all(
        each in wrong.content.decode() for each in ('href="#c-ho_so-so"', 'id="c-ho_so-so"')
    )  # the way to what is wrong
    assert ha.post(f"{here}{MINH_AN}/", {**FULL, "verb": "submit", "seen": "0"}).status_code == 302
    assert Return.objects.get().state == State.SUBMITTED
    long = come_in(Client(), account_of("long"), at=AT, level=2)
    long.cookies["ngon_ngu"] = language
    assert 'value="approve"' in long.get(f"{here}{MINH_AN}/").content.decode()
    assert long.post(f"{here}{MINH_AN}/", {"verb": "approve", "seen": "2"}).status_code == 302
    assert Return.objects.get().state == State.APPROVED
    for path in (f"/bao-cao/{CODE}/", here, f"{here}tong-hop/", f"{here}tong-hop/?duoi=H47.32", f"{here}{MINH_AN}/"):
        page = long.get(path)
        assert page.status_code == 200, path
        assert b"{%" not in page.content
    assert "1.200" in long.get(f"{here}tong-hop/").content.decode().replace(",", ".")
    rows = list(
        read_rows(io.BytesIO(b"".join(long.get(f"{here}tong-hop/?dang=xlsx").streaming_content)), name="a.xlsx")
    )
    assert any(row[:1] and MINH_AN in row for row in rows)
    assert long.post(f"{here}dong/").status_code == 302
    assert Lock.objects.count() == 1
    for path in ("/bao-cao/khong-co/", f"/bao-cao/{CODE}/x/", f"{here}H99/", f"{here}tong-hop/?duoi=H99"):
        assert long.get(path).status_code == 404, path


def test_the_next_period_shows_what_was_reported_before(handed_in, at_now):  # noqa: F811
    at_now(later(days=25))
    browser = come_in(Client(), account_of("ha"), at=later(days=25), level=2)
    page = browser.get(f"/bao-cao/{CODE}/2022-Q4/{MINH_AN}/").content.decode()
    assert "kỳ trước: 1.200" in page


def test_statistics_programs_read_the_data_message(handed_in, at_now):  # noqa: F811
    telling.approve(handed_in.pk, seen=handed_in.version, actor=official("kiemtra"), at=later(2))
    at_now(later(5))
    browser = come_in(Client(), account_of("long"), at=later(5), level=2)
    answer = browser.get(f"/api/reports/{CODE}/{QUARTER}/data")
    assert answer.status_code == 200, answer.content
    message = sdmx.read_sdmx(io.BytesIO(answer.content), format="JSON")
    values = {str(each.key): float(each.value) for each in message.data[0].obs}
    assert 1200.0 in values.values()
