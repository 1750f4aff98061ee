"""A plan that is held to: what is reported of it, its money against plain SQL, its report, who may; in pages, API and papers."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from docx import Document
from pypdf import PdfReader
from tests.doors import come_in
from tests.plan.conftest import PROVINCE, lines
from tests.snapshot import with_province
from tests.world import account_of, at_now  # noqa: F401

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.law.forecast import Risk
from tinhso.law.indicators import Standing as Figure
from tinhso.law.periods import read_period
from tinhso.modules.onestop.tests.playing import later, official
from tinhso.modules.plan.actions import booking, deciding, reporting
from tinhso.modules.plan.actions.booking import Booked
from tinhso.modules.plan.models import Item, Kind, Movement, Progress, Standing, Way
from tinhso.modules.plan.queries import lent
from tinhso.modules.plan.queries import plans as read
from tinhso.modules.plan.queries.money import money_of
from tinhso.modules.plan.queries.prospects import goals_of, is_late
from tinhso.modules.plan.queries.reports import report_of
from tinhso.modules.plan.queries.standing import agencies_of
from tinhso.modules.plan.queries.word import as_docx

pytestmark = with_province


@pytest.fixture
def keeper(who):
    return official("kiemtra")


@pytest.fixture
def plan(keeper, taken):
    """Return a plan of which everything was accepted."""
    made = taken(keeper)
    deciding.accept(made.pk, [(each.pk, each.version) for each in lines(made)], actor=keeper, at=later(1))
    deciding.clear(made.pk, seen=made.version, refuse_rest=False, actor=keeper, at=later(1))
    made.refresh_from_db()
    return made


def tell(item, standing, keeper, **more):
    item.refresh_from_db()
    return reporting.report(item.pk, standing, seen=item.version, actor=keeper, at=later(2), **more)


def test_the_newest_day_stands_whatever_was_told_last(plan, keeper):
    task = lines(plan, Kind.TASK)[0]
    tell(task, Standing.DONE, keeper, on=date(2022, 3, 20))
    tell(task, Standing.GOING, keeper, on=date(2022, 2, 1), said="Đang làm")
    task.refresh_from_db()
    assert (task.standing, Progress.objects.filter(item=task).count()) == (Standing.DONE, 2)


@pytest.mark.parametrize(
    ("standing", "more", "field"),
    [
        ("", {}, "/standing"),
        (Standing.STUCK, {}, "/said"),
        (Standing.DROPPED, {"said": "  "}, "/said"),
        (Standing.GOING, {"on": date(2100, 1, 1)}, "/on"),
        (Standing.GOING, {"value": "nhiều"}, "/value"),
    ],
)
def test_what_cannot_be_reported_is_told_by_field(plan, keeper, standing, more, field):
    task = lines(plan, Kind.TASK)[0]
    with pytest.raises(BadInput) as told:
        tell(task, standing, keeper, **more)
    assert [fault.pointer for fault in told.value.faults] == [field]
    assert not Progress.objects.exists()


def test_who_works_where_the_task_lies_reports_on_it_and_nobody_else(plan, who):
    task = lines(plan, Kind.TASK)[0]
    with pytest.raises(Forbidden):
        reporting.report(task.pk, Standing.DONE, seen=task.version, actor=who.lan, at=later(2))
    deciding.correct(
        task.pk, {"text": task.text, "lead": "H47.32.20"}, seen=task.version, actor=official("kiemtra"), at=later(2)
    )
    task.refresh_from_db()
    assert reporting.report(task.pk, Standing.DONE, seen=task.version, actor=who.minh, at=later(3)).by_name
    with pytest.raises(deciding.LookedAtElsewhere):
        reporting.report(task.pk, Standing.STUCK, said="x", seen=task.version, actor=who.minh, at=later(3))


def test_a_task_is_late_from_the_day_after_its_quarter(plan):
    task = lines(plan, Kind.TASK)[0]
    assert task.by == "2022-Q1"
    assert is_late(task, later(0))  # November 2022
    task.standing = Standing.DONE
    assert not is_late(task, later(0))
    (first, *_rest) = agencies_of(plan, later(0))
    assert (first.name, first.late, first.all) == ("Sở Nội vụ", 1, 1)


def test_a_goal_is_expected_by_its_own_reports(plan, keeper):
    count = next(each for each in lines(plan, Kind.GOAL) if each.unit != "%")
    for day, value in (
        (date(2022, 2, 1), "40"),
        (date(2022, 4, 1), "80"),
        (date(2022, 6, 1), "120"),
        (date(2022, 8, 1), "160"),
    ):
        tell(count, Standing.GOING, keeper, on=day, value=value)
    found = next(each for each in goals_of(plan, at=later(0)) if each.item == count)
    assert (found.value, found.standing, found.risk, found.is_over) == (160, Figure.MISSED, Risk.MISSES, False)
    assert 240 < found.expected.value < 280
    before = next(each for each in goals_of(plan, at=later(days=-200)) if each.item == count)
    assert before.value == 80


def money(plan, keeper, *rows):
    sources = {each.text: each for each in lines(plan, Kind.MONEY) if each.way == Way.SOURCE}
    for kind, year, vnd, source in rows:
        given = Booked(kind, year, vnd, "QĐ 1/QĐ-UBND", date(2022, 5, 1), str(sources[source].pk) if source else "")
        booking.book(plan.pk, given, actor=keeper, at=later(3))


def test_money_against_plain_sql_and_what_is_overdrawn(plan, keeper):
    money(
        plan, keeper, ("allocated", "2022", "50.000.000.000", "Ngân sách tỉnh"), ("disbursed", "2022", "20.000.000.000", "Ngân sách tỉnh"),
        ("disbursed", "2022", "-1.000.000.000", "Ngân sách tỉnh"), ("disbursed", "2022", "3.000.000.000", "Ngân sách huyện"), ("allocated", "2023", "7", ""),
    )  # fmt: skip
    found = money_of(plan)
    with connection.cursor() as cursor:
        cursor.execute("select booking, sum(vnd) from plan_movement where taken_back_at is null group by booking")
        sums = {kind: int(vnd) for kind, vnd in cursor.fetchall()}
    assert {"allocated": int(found.whole.allocated[0]), "disbursed": int(found.whole.disbursed[0])} == sums
    province, district = found.sources
    assert (province.disbursed[0], province.share()) == (19_000_000_000, Decimal(19) * 100 / 60)
    assert (district.overdrawn(), found.unnamed_sources.allocated[0], found.years) == (3_000_000_000, 7, (2022, 2023))
    assert [(each.kind, each.year, int(each.off)) for each in found.disagreements] == [("sources", 0, -1_000_000_000)]
    assert money_of(plan, until=date(2022, 4, 30)).whole.allocated == {}


def test_a_booking_is_taken_back_with_a_reason_and_stays_to_be_seen(plan, keeper, who):
    money(plan, keeper, ("allocated", "2022", "5", "Ngân sách tỉnh"))
    moved = Movement.objects.get()
    with pytest.raises(Forbidden):
        booking.take_back(moved.pk, "sai", actor=who.lan, at=later(4))
    with pytest.raises(BadInput):
        booking.take_back(moved.pk, " ", actor=keeper, at=later(4))
    booking.take_back(moved.pk, "Ghi nhầm năm", actor=keeper, at=later(4))
    with pytest.raises(NotFound):
        booking.take_back(moved.pk, "nữa", actor=keeper, at=later(4))
    assert (money_of(plan).whole.allocated, Movement.objects.count()) == ({}, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"vnd": "một tỷ"}, "/vnd"), ({"vnd": "0"}, "/vnd"), ({"vnd": "1,5"}, "/vnd"), ({"vnd": "9" * 16}, "/vnd"), ({"year": "22"}, "/year"),
        ({"paper": " "}, "/paper"), ({"booking": "spent"}, "/booking"), ({"on": date(2100, 1, 1)}, "/on"), ({"source": "x"}, "/source"),
        ({"project": "01a20d6f-49ed-77ae-b60a-b5ef93a1c6b2"}, "/project"),
    ],
)  # fmt: skip
def test_what_cannot_be_booked_is_told_by_field(plan, keeper, changed, field):
    given = {"booking": "allocated", "year": "2022", "vnd": "5", "paper": "QĐ 1", **changed}
    with pytest.raises(BadInput) as told:
        booking.book(plan.pk, Booked(**given), actor=keeper, at=later(3))
    assert [fault.pointer for fault in told.value.faults] == [field]


def test_the_report_as_pdf_and_word_says_what_the_page_says(plan, keeper, at_now):  # noqa: F811
    at_now(later(5))
    money(plan, keeper, ("allocated", "2022", "50.000.000.000", "Ngân sách tỉnh"))
    task = lines(plan, Kind.TASK)[0]
    tell(task, Standing.STUCK, keeper, said="Chưa có giảng viên")
    made = report_of(plan, read_period("2022-Q4"), at=later(5))
    assert made["tasks"]["summary"].startswith("2 nhiệm vụ: 0 hoàn thành")
    assert any("Chưa có giảng viên" in each for each in made["troubles"])
    words = "\n".join(each.text for each in Document(io.BytesIO(as_docx(made))).paragraphs)
    assert "III. KINH PHÍ" in words
    assert "đã giao 50.000" in words
    browser = come_in(Client(), account_of("long"), at=later(5), level=2)
    answer = browser.get(f"/ke-hoach/{plan.pk}/bao-cao/?ky=2022-Q4&dang=pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "BÁO CÁO" in text
    assert "50.000" in text
    word = browser.get(f"/ke-hoach/{plan.pk}/bao-cao/?ky=2022-Q4&dang=docx")
    assert Document(io.BytesIO(word.content)).tables
    assert browser.get(f"/ke-hoach/{plan.pk}/bao-cao/?ky=hom-qua").status_code == 404


def test_a_report_of_the_past_knows_nothing_of_what_came_later(plan, keeper):
    task = lines(plan, Kind.TASK)[0]
    tell(task, Standing.DONE, keeper, on=date(2022, 9, 1))
    early = report_of(plan, read_period("2022-Q2"), at=later(5))
    late = report_of(plan, read_period("2022-Q3"), at=later(5))
    assert "0 hoàn thành" in early["tasks"]["summary"]
    assert "1 hoàn thành" in late["tasks"]["summary"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_opens(plan, keeper, at_now, language):  # noqa: F811
    at_now(later(5))
    money(plan, keeper, ("allocated", "2022", "5", "Ngân sách tỉnh"))
    browser = come_in(Client(), account_of("kiemtra"), at=later(5), level=2)
    browser.cookies["ngon_ngu"] = language
    here = f"/ke-hoach/{plan.pk}/"
    item = lines(plan, Kind.GOAL)[0]
    sum_of = lines(plan, Kind.MONEY)[0]
    for path in (
        "/ke-hoach/", "/ke-hoach/?q=100&loai=plan", "/ke-hoach/?trang-thai=review", "/ke-hoach/moi/", "/ke-hoach/viec/", "/ke-hoach/viec/?cua=tat-ca&trang-thai=all",
        here, f"{here}van-ban/", f"{here}van-ban/?cho=99999999", f"{here}tien/", f"{here}tien/?nam=2022", f"{here}tien/?dang=csv", f"{here}bao-cao/",
        f"{here}soat/", f"{here}soat/?trang-thai=all&loai=goal", f"{here}soat/them/?loai=money", f"{here}soat/them/?loai=task", f"{here}muc/{item.pk}/",
        f"{here}muc/{item.pk}/sua/", f"{here}muc/{sum_of.pk}/", f"{here}muc/{sum_of.pk}/sua/",
    ):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.content[:1500])
        assert b"{%" not in answer.content
    for path in (f"{here}soat/them/?loai=x", f"/ke-hoach/{item.pk}/", f"{here}muc/{plan.pk}/"):
        assert browser.get(path).status_code == 404, path


def test_a_text_is_given_by_the_page_and_looked_through(keeper, at_now):  # noqa: F811
    at_now(later(5))
    browser = come_in(Client(), account_of("kiemtra"), at=later(5), level=2)
    empty = browser.post("/ke-hoach/moi/", {"unit": PROVINCE, "words": "  "})
    assert empty.status_code == 422
    given = browser.post(
        "/ke-hoach/moi/",
        {"unit": PROVINCE, "words": "II. MỤC TIÊU\n\n- Tối thiểu 60% hồ sơ được nộp trực tuyến đến năm 2025."},
    )
    assert given.status_code == 302
    assert "Đang đọc văn bản" in browser.get(given.url).content.decode()
    from tinhso.modules.plan.actions.waiting import read_waiting

    read_waiting(lambda: later(5))
    (item,) = Item.objects.all()
    page = browser.get(f"{given.url}soat/").content.decode()
    assert f'value="{item.pk}:1" checked' in page
    browser.post(f"{given.url}soat/", {"verb": "accept", "item": f"{item.pk}:1"})
    wrong = browser.post(f"{given.url}muc/{item.pk}/sua/", {"text": "Hồ sơ", "value": "sáu mươi", "seen": "2"})
    assert (wrong.status_code, "sáu mươi" in wrong.content.decode()) == (422, True)
    browser.post(
        f"{given.url}muc/{item.pk}/sua/", {"text": "Hồ sơ", "value": "65,5", "unit": "%", "by": "2025", "seen": "2"}
    )
    item.refresh_from_db()
    assert (item.value, item.state, item.text) == (Decimal("65.5"), "corrected", "Hồ sơ")
    browser.post(f"{given.url}soat/xong/", {"seen": "2"})
    assert read.get_plan(item.plan_id).state == "held"
    done = browser.post(
        f"{given.url}muc/{item.pk}/", {"verb": "report", "standing": "going", "value": "40", "seen": str(item.version)}
    )
    assert done.status_code == 302
    assert "40%" in browser.get(f"{given.url}muc/{item.pk}/").content.decode()


def test_who_sees_plans_and_who_does_not(plan, who, at_now):  # noqa: F811
    at_now(later(5))
    lan = come_in(Client(), account_of("lan"), at=later(5), level=2)
    here = f"/ke-hoach/{plan.pk}/"
    assert lan.get(here).status_code == 200
    assert lan.get("/ke-hoach/moi/").status_code == 403
    assert lan.get(f"{here}soat/them/?loai=task").status_code == 403
    assert (
        lan.post(f"{here}tien/", {"booking": "allocated", "vnd": "5", "year": "2022", "paper": "x"}).status_code == 403
    )
    assert Client().get(here).status_code in (302, 403)


def test_what_plans_lend_to_the_indicators_against_plain_sql(plan, keeper):
    money(plan, keeper, ("disbursed", "2022", "20.000.000.000", "Ngân sách tỉnh"))
    task = lines(plan, Kind.TASK)[0]
    month = read_period("2022-11")
    found = lent.count(PROVINCE, month, later(5))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from plan_item where kind = 'task' and state in ('accepted', 'corrected', 'added') and standing not in ('done', 'dropped')"
        )
        (undone,) = cursor.fetchone()
    assert found[PROVINCE]["open"].value == undone == 2
    assert (found[PROVINCE]["late"].value, found["H47.09"]["late"].value) == (1, 1)
    assert "disbursed" not in found[PROVINCE]  # the plan gives no money by year
    assert lent.reasons("late", PROVINCE, month, later(5)) == [("Sở Nội vụ", 1)]
    tell(task, Standing.DONE, keeper, on=date(2022, 11, 20))
    assert lent.count(PROVINCE, month, later(5))["H47.09"]["done"].value == 100
    assert lent.count("H47.32", month, later(5)) == {}
    assert lent.count(PROVINCE, read_period("2022-10"), later(5)) == {}  # nobody held to it yet
    whole = next(each for each in lines(plan, Kind.MONEY) if each.way == Way.WHOLE)
    given = {"text": whole.text, "way": Way.WHOLE, "vnd-0": "100.000.000.000", "vnd-2022": "40.000.000.000"}
    deciding.correct(whole.pk, given, seen=whole.version, actor=keeper, at=later(6))
    assert lent.count(PROVINCE, month, later(7))[PROVINCE]["disbursed"].value == 50


def test_a_lent_figure_opens_down_to_its_tasks(plan, at_now):  # noqa: F811
    at_now(later(5))
    browser = come_in(Client(), account_of("long"), at=later(5), level=2)
    page = browser.get(lent.link("late", PROVINCE, read_period("2022-11"))).content.decode()
    assert all(each.text[:30] in page for each in lines(plan, Kind.TASK))
    of_one = browser.get(lent.link("late", "H47.09", read_period("2022-11"))).content.decode()
    assert [each.text[:30] in of_one for each in lines(plan, Kind.TASK)] == [True, False]
    assert browser.get("/ke-hoach/viec/?co-quan=H99").status_code == 404


def test_tasks_come_by_their_last_day_and_those_without_one_last(plan, keeper):
    first, second = lines(plan, Kind.TASK)
    assert [each.pk for each in read.tasks_of(None, state="open")[0]] == [first.pk, second.pk]
    deciding.correct(first.pk, {"text": first.text, "by": ""}, seen=first.version, actor=keeper, at=later(2))
    deciding.correct(second.pk, {"text": second.text, "by": "2022-06"}, seen=second.version, actor=keeper, at=later(2))
    found = read.tasks_of(None, state="open")[0]
    assert [(each.pk, each.due) for each in found] == [(second.pk, date(2022, 6, 30)), (first.pk, None)]
