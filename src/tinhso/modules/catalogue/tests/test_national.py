"""Reading the national portal's records: both shapes say the same, unknown stays unknown, free is only what is free."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tinhso.law.codes import procedure_code
from tinhso.modules.catalogue.actions.national import read_records, to_facts

DATA = Path(__file__).resolve().parents[6] / "shared" / "data" / "procedures"
real = [pytest.mark.shared_data, pytest.mark.skipif(not DATA.exists(), reason="no ../shared/data")]


def way(text, note="", time=None, unit=None):
    fees = [{"text": text, "note": note}] if text else []
    record = {"code": "1.000001", "name": "x", "ways": [{"way": "direct", "time": time, "unit": unit, "fees": fees}]}
    return to_facts(record)["ways"][0]


@pytest.mark.parametrize(
    ("text", "note", "vnd", "free", "council"),
    [
        ("Miễn phí", "", None, True, False),
        ("Miễn phí", "theo nghị quyết của HĐND tỉnh", None, False, True),
        ("Miễn phí", "8.000.000/lần", None, False, False),
        ("Miễn phí", "Không có.", None, True, False),
        ("Miễn phí", "do Hội đồng nhân dân cấp tỉnh quyết định", None, False, True),
        ("8.000 đồng", "", [8000], False, False),
        ("Phí: 1.500.000 VNĐ", "", [1_500_000], False, False),
        ("Không có thông tin", "", None, False, False),
        ("", "", None, False, False),
    ],
)
def test_what_a_way_costs(text, note, vnd, free, council):
    said = way(text, note)
    assert (said.get("vnd"), said.get("free", False), said.get("council", False)) == (vnd, free, council)


@pytest.mark.parametrize(
    ("time", "unit", "kept"),
    [
        (3, "working_day", (3.0, "working_day")),
        ("1,5", "day", (1.5, "day")),
        (7, "unspecified", (7.0, "unspecified")),
        (8, "hour", (8.0, "working_hour")),
        (None, None, (None, None)),
        ("", "day", (None, None)),
    ],
)
def test_how_long_a_way_takes(time, unit, kept):
    said = way("", time=time, unit=unit)
    assert (said.get("amount"), said.get("unit")) == kept


RAW = {
    "ma_thu_tuc": "1.001193",
    "ten_thu_tuc": "Đăng ký  khai sinh",
    "linh_vuc": "Hộ tịch",
    "cap_thuc_hien": "Cấp Xã, Cấp tỉnh".replace("Cấp Xã", "Cấp xã"),
    "doi_tuong_thuc_hien": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX)",
    "cach_thuc_thuc_hien": "Mô tảTrực tiếp1 Ngày làm việcPhí: 8.000 đồng(theo HĐND)Trực tuyến5Miễn phí",
    "thanh_phan_ho_so": "Tên giấy tờMẫu đơn, tờ khaiSố lượngTờ khai1 bản chính, 0 bản saoSổ2 bản sao",
    "ket_qua_xu_ly": "Giấy khai sinhMã: KQ.G15.000342Từ khóa gì đó",
}


def test_a_raw_page_is_parted_into_facts():
    facts = to_facts(RAW)
    assert (facts["code"], facts["name"], facts["levels"]) == ("1.001193", "Đăng ký khai sinh", ["commune", "province"])
    assert facts["subjects"] == ["Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)"]
    assert facts["ways"] == [
        {"way": "direct", "amount": 1.0, "unit": "working_day", "vnd": [8000], "council": True},
        {"way": "online", "amount": 5.0, "unit": "unspecified", "free": True},
    ]
    assert facts["results"] == [{"code": "KQ.G15.000342", "name": "Giấy khai sinh"}]
    ((first, second),) = [case["components"] for case in facts["cases"]]
    assert (first["name"], first["originals"]) == ("Tờ khai", 1)
    assert (second["name"], second["copies"]) == ("Sổ", 2)


def test_a_line_that_is_not_json_is_named(tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text('{"code": "1.000001"}\n\n{oops\n')
    with pytest.raises(ValueError, match=r"x\.jsonl:3"):
        list(read_records(file))


def test_records_come_gzipped_or_as_one_list(tmp_path):
    rows = [{"code": "1.000001"}, {"code": "1.000002"}]
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)
    (tmp_path / "b.json").write_text(json.dumps(rows))
    assert list(read_records(tmp_path / "a.jsonl.gz")) == list(read_records(tmp_path / "b.json")) == rows


def test_importing_twice_changes_nothing_and_a_part_leaves_the_rest(tmp_path, capsys):
    source, pack = tmp_path / "records.json", tmp_path / "pack"
    other = {**RAW, "ma_thu_tuc": "1.000002", "ten_thu_tuc": "Khai tử", "linh_vuc": "Việc khác"}
    source.write_text(json.dumps([RAW, other, {**RAW, "ma_thu_tuc": "1.000003", "cap_thuc_hien": "Cấp bộ"}]))

    def files():
        return {file.name: file.read_bytes() for file in (pack / "procedures" / "facts").glob("*.jsonl")}

    call_command("import_data", "procedures", str(source), pack=pack)
    first = files()
    assert sorted(first) == ["ho-tich.jsonl", "viec-khac.jsonl"]  # what a ministry does is not the province's
    assert "3 read, 2 new or changed, 2 in the pack (0 before)" in capsys.readouterr().out
    call_command("import_data", "procedures", str(source), pack=pack)
    assert files() == first
    assert "0 new or changed" in capsys.readouterr().out
    source.write_text(json.dumps([{**RAW, "ten_thu_tuc": "Đăng ký khai sinh lại"}]))
    call_command("import_data", "procedures", str(source), pack=pack)
    assert files()["viec-khac.jsonl"] == first["viec-khac.jsonl"]
    assert "khai sinh lại" in files()["ho-tich.jsonl"].decode()
    source.write_text("[{]")
    with pytest.raises(CommandError):
        call_command("import_data", "procedures", str(source), pack=pack)


def facts_of(name):
    return {facts["code"]: facts for facts in map(to_facts, read_records(DATA / name))}


@pytest.fixture(scope="module")
def both():
    return facts_of("national-procedures-raw.jsonl.gz"), facts_of("national-procedures-normalized.jsonl.gz")


class TestRealRecords:
    """2,541 records of the national portal, as crawled and as parsed by somebody else."""

    pytestmark = real

    def test_both_shapes_have_the_same_procedures(self, both):
        raw, parsed = both
        assert raw.keys() == parsed.keys()
        assert len(raw) == 2541
        assert [str(procedure_code(code)) for code in raw] == list(raw)

    def test_they_agree(self, both):
        """Where a record was flattened beyond recovery the two may differ; the share is measured and may only grow."""
        raw, parsed = both

        def share(same):
            return sum(same(raw[code], parsed[code]) for code in raw) / len(raw)

        def times(facts):
            return [(way["way"], way.get("amount"), way.get("unit")) for way in facts.get("ways", [])]

        def papers(facts):
            return sum(len(case["components"]) for case in facts.get("cases", []))

        assert share(lambda a, b: a["name"] == b["name"]) == 1
        assert share(lambda a, b: a["levels"] == b["levels"]) == 1
        assert share(lambda a, b: times(a) == times(b)) > 0.9
        assert share(lambda a, b: papers(a) == papers(b)) > 0.9

    def test_a_fee_that_the_council_sets_is_never_free(self, both):
        for facts in both:
            ways = [way for row in facts.values() for way in row.get("ways", [])]
            assert [way for way in ways if way.get("free") and way.get("council")] == []
            assert sum(way.get("council", False) for way in ways) > 150

    def test_a_time_has_a_unit_or_says_that_it_has_none(self, both):
        for facts in both:
            ways = [way for row in facts.values() for way in row.get("ways", [])]
            assert [way for way in ways if "amount" in way and "unit" not in way] == []
            assert {way.get("unit") for way in ways if "amount" not in way} <= {None, "unspecified"}
            assert any(way.get("unit") == "unspecified" for way in ways)
