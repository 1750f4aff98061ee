"""Texts taken in, read, looked through and held to: by whom, what of two people at once, what of a text that cannot be read."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from docx import Document
from tests.plan.conftest import PROVINCE, TEXT, lines
from tests.snapshot import with_province

from tinhso.base.refusals import BadInput, Forbidden, NotFound
from tinhso.kernel.indicators.public import list_every, promises_of
from tinhso.kernel.journal.models import Entry
from tinhso.modules.onestop.tests.playing import later, official
from tinhso.modules.plan.actions import deciding, tying
from tinhso.modules.plan.actions.taking import KnownAlready, look_at, take_in
from tinhso.modules.plan.models import Amount, Item, ItemState, Kind, PlanState, Way

pytestmark = with_province


@pytest.fixture
def keeper(who):
    """Return the auditor of the province, who keeps its plans."""
    return official("kiemtra")


@pytest.fixture
def plan(keeper, taken):
    return taken(keeper)


def versions(items):
    return [(each.pk, each.version) for each in items]


def test_what_a_text_says_is_proposed_and_nothing_counts_yet(plan):
    assert (plan.state, plan.kind, plan.number, str(plan.signed_on)) == (
        PlanState.REVIEW,
        "Kế hoạch",
        "100/KH-UBND",
        "2022-01-05",
    )
    assert [(each.kind, each.state) for each in lines(plan)].count((Kind.GOAL, ItemState.PROPOSED)) == 2
    assert {each.state for each in lines(plan)} == {ItemState.PROPOSED}
    share, count = lines(plan, Kind.GOAL)
    assert (share.value, share.unit, share.relation, share.by) == (60, "%", "at_least", "2022")
    assert (count.value, count.unit) == (400, "dịch vụ công trực tuyến")
    assert plan.text[share.first : share.last].strip("- ").startswith("Tối thiểu 60%")
    assert plan.cited == [{"kind": "Nghị quyết", "number": "33/NQ-HĐND", "on": "2020-09-17"}]


def test_agencies_are_those_of_the_province(plan):
    first, second = lines(plan, Kind.TASK)
    assert (first.who, first.lead, first.role, first.by, first.partners) == (
        "Sở Nội vụ",
        "H47.09",
        "leads",
        "2022-Q1",
        "Sở Tài chính",
    )
    assert (second.who, second.lead) == ("Các Sở, Ban, ngành", "")


def test_what_the_text_says_against_itself_is_told(plan):
    assert sorted((each["kind"], each["off"]) for each in plan.doubts) == [
        ("budget", "-1000000000"), ("parts", "-1"), ("share", "9.66666666666666666666666667"),
    ]  # fmt: skip


def test_money_is_one_whole_with_its_sources(plan):
    found = [
        (each.way, each.text, int(Amount.objects.get(item=each, year=0).vnd) // 10**9)
        for each in lines(plan, Kind.MONEY)
    ]
    assert found == [
        (Way.WHOLE, "Tổng kinh phí thực hiện", 100), (Way.SOURCE, "Ngân sách tỉnh", 60), (Way.SOURCE, "Ngân sách huyện", 39),
    ]  # fmt: skip


def test_accepted_refused_corrected_added_and_held_to(plan, keeper):
    share, count = lines(plan, Kind.GOAL)
    at = later(5)
    assert deciding.accept(plan.pk, versions([share]), actor=keeper, at=at) == 1
    deciding.refuse(plan.pk, versions([count]), actor=keeper, at=at)
    task = lines(plan, Kind.TASK)[1]
    mended = deciding.correct(
        task.pk, {"text": "Làm phần việc của mình", "lead": "H47.02", "by": "2022-Q4"}, seen=1, actor=keeper, at=at
    )
    assert (mended.state, mended.lead, mended.by, mended.read["text"][:9]) == (
        ItemState.CORRECTED,
        "H47.02",
        "2022-Q4",
        "Triển kha",
    )
    deciding.add(
        plan.pk,
        Kind.MONEY,
        {"text": "Đào tạo", "way": Way.PROJECT, "vnd-0": "1.000.000", "vnd-2022": "400.000"},
        actor=keeper,
        at=at,
    )
    made = Item.objects.get(plan=plan, state=ItemState.ADDED)
    assert (made.first, list(made.amounts.order_by("year").values_list("year", "vnd"))) == (
        None,
        [(0, 1_000_000), (2022, 400_000)],
    )
    with pytest.raises(deciding.StillToDecide):
        deciding.clear(plan.pk, seen=2, refuse_rest=False, actor=keeper, at=at)
    assert deciding.clear(plan.pk, seen=2, refuse_rest=True, actor=keeper, at=at).state == PlanState.HELD
    assert not Item.objects.filter(plan=plan, state=ItemState.PROPOSED).exists()
    said = set(Entry.objects.filter(subject_type="plan", subject_key=str(plan.pk)).values_list("event", flat=True))
    assert said >= {"plan.taken", "plan.read", "plan.decided", "plan.added", "plan.cleared"}


def test_of_two_who_decide_at_once_the_second_is_told(plan, keeper):
    (task, _other) = lines(plan, Kind.TASK)
    deciding.accept(plan.pk, versions([task]), actor=keeper, at=later(1))
    with pytest.raises(deciding.LookedAtElsewhere):
        deciding.refuse(plan.pk, versions([task]), actor=official("long"), at=later(1))
    with pytest.raises(deciding.LookedAtElsewhere):
        deciding.correct(task.pk, {"text": "Khác"}, seen=1, actor=official("long"), at=later(1))
    task.refresh_from_db()
    assert (task.state, task.text[:8]) == (ItemState.ACCEPTED, "Chủ trì,")


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"text": " ", "value": "60"}, {"/text"}),
        ({"value": "sáu mươi"}, {"/value"}),
        ({"value": ""}, {"/value"}),
        ({"value": "60", "by": "cuối năm"}, {"/by"}),
        ({"value": "60", "lead": "H99.99"}, {"/lead"}),
    ],
)
def test_what_cannot_be_is_told_by_field_and_changes_nothing(plan, keeper, given, fields):
    share = lines(plan, Kind.GOAL)[0]
    with pytest.raises(BadInput) as told:
        deciding.correct(share.pk, given, seen=1, actor=keeper, at=later(1))
    assert {fault.pointer for fault in told.value.faults} == fields
    share.refresh_from_db()
    assert (share.version, share.value) == (1, 60)


@pytest.mark.parametrize(
    ("name", "typed"), [("vnd-0", "1,5"), ("vnd-0", "-3"), ("vnd-3022", "5"), ("vnd-0", ""), ("vnd-2022", "9" * 16)]
)
def test_sums_are_whole_dong_of_a_year(plan, keeper, name, typed):
    with pytest.raises(BadInput):
        deciding.add(plan.pk, Kind.MONEY, {"text": "Mua", name: typed}, actor=keeper, at=later(1))


def test_whoever_keeps_no_plans_of_the_province_decides_nothing(plan, who):
    share = lines(plan, Kind.GOAL)[0]
    for actor in (who.lan, who.tu, official("kiemtra", scopes=frozenset({"plan:read"}))):
        with pytest.raises(Forbidden):
            deciding.accept(plan.pk, versions([share]), actor=actor, at=later(1))
    with pytest.raises(Forbidden):
        take_in(look_at(b"Ke hoach", "a.txt"), unit=PROVINCE, actor=who.lan, at=later(1))


def test_the_same_text_is_not_taken_in_twice_but_again_once_withdrawn(plan, keeper, taken):
    with pytest.raises(KnownAlready) as told:
        taken(keeper)
    assert told.value.facts["plan"] == plan.pk
    with pytest.raises(BadInput):
        deciding.withdraw(plan.pk, " ", actor=keeper, at=later(2))
    deciding.withdraw(plan.pk, "Nhận nhầm", actor=keeper, at=later(2))
    with pytest.raises(NotFound):
        deciding.withdraw(plan.pk, "Nhận nhầm", actor=keeper, at=later(2))
    with pytest.raises(deciding.NotOpen):
        deciding.accept(plan.pk, versions(lines(plan)[:1]), actor=keeper, at=later(3))
    assert taken(keeper).pk != plan.pk


@pytest.mark.parametrize("content", [b"", b"   \n", b"\xff\xfe\x00", b"\x00\x01\x02", b"x" * 3_000_001, b"\xc3\x28"])
def test_what_holds_no_text_is_refused_with_what_to_do(db, content):
    with pytest.raises(BadInput) as told:
        look_at(content, "a.txt")
    assert [fault.pointer for fault in told.value.faults] == ["/file"]


def word_file():
    word = Document()
    for line in TEXT.split("\n"):
        word.add_paragraph(line)
    word.add_paragraph("PHỤ LỤC")
    word.add_paragraph("Đơn vị tính: Triệu đồng")
    table = word.add_table(rows=0, cols=4)
    for row in (
        ("TT", "Nội dung", "Tổng", "Năm 2022"),
        ("1", "Đào tạo", "700", "700"),
        ("2", "Mua máy", "300", ""),
        ("", "Tổng cộng", "1.000", "700"),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def test_a_word_file_is_read_with_its_tables_and_kept(keeper, taken):
    plan = taken(keeper, word_file(), name="ke-hoach.docx")
    assert plan.document
    assert plan.number == "100/KH-UBND"
    projects = [
        (each.text, dict(each.amounts.values_list("year", "vnd")))
        for each in lines(plan, Kind.MONEY)
        if each.way == Way.PROJECT
    ]
    assert projects == [
        ("Đào tạo", {0: Decimal(700_000_000), 2022: Decimal(700_000_000)}),
        ("Mua máy", {0: Decimal(300_000_000)}),
    ]
    assert ("whole", "-99000000000") in {(each["kind"], each["off"]) for each in plan.doubts}


def test_a_web_page_is_read_without_its_scripts(keeper, taken):
    rows = "".join(f"<p>{line}</p>" for line in TEXT.split("\n") if line)
    plan = taken(
        keeper,
        f"<html><head><style>p {{}}</style></head><body><script>alert('80%')</script>{rows}</body></html>",
        name="a.html",
    )
    assert "alert" not in plan.text
    assert [each.value for each in lines(plan, Kind.GOAL)] == [60, 400]


def test_a_damaged_word_file_and_a_pdf_of_nothing_say_so(keeper, taken, monkeypatch):
    monkeypatch.setattr("tinhso.modules.plan.actions.waiting.can_be_read", lambda: False)
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    plan = taken(keeper, out.getvalue(), name="quet.pdf")
    assert (plan.state, plan.problem) == (PlanState.UNREAD, "no_ocr")


def test_a_goal_becomes_a_target_of_an_indicator_with_its_sentence(plan, keeper):
    share = lines(plan, Kind.GOAL)[0]
    chosen = next(each for each in list_every() if each.is_share and not each.query)
    leader = official("long")
    with pytest.raises(tying.NotHeldTo):
        tying.tie(share.pk, chosen.code, PROVINCE, "2022", seen=1, actor=leader, at=later(1))
    deciding.accept(plan.pk, versions([share]), actor=leader, at=later(1))
    tied = tying.tie(share.pk, chosen.code, PROVINCE, "2022", seen=2, actor=leader, at=later(2))
    assert (tied.indicator, tied.measured, tied.by) == (chosen.code, PROVINCE, "2022")
    (target,) = [each for each in promises_of(PROVINCE) if each.indicator_id == chosen.pk and each.period == "2022"]
    assert (target.value, target.source) == (60, "Kế hoạch số 100/KH-UBND")
    assert "Tối thiểu 60%" in target.sentence
