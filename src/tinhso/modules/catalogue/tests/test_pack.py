"""Loading procedures: versions by date, nothing twice, faults with file and line, what is complete."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tinhso.base.refusals import NotFound
from tinhso.kernel.journal.public import Entry
from tinhso.modules.catalogue.models import LifeEvent, Procedure, Synonym
from tinhso.modules.catalogue.queries.procedures import get_service
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.modules.catalogue.tests.conftest import AT, FACTS, LOCAL

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (Procedure, LifeEvent, Synonym, Entry)]


def test_a_pack_is_loaded_once_and_twice_changes_nothing(pack):
    plan = pack.load()
    assert [(change.kind, change.verb) for change in plan.changes] == [("procedure", "add")]
    service = get_service("1.000001", on=TODAY)
    assert (service.name, service.name_en, service.complete) == (
        "Cấp giấy phép thả diều",
        "Licence to fly a kite",
        True,
    )
    assert [(way.way, way.limit_amount, way.limit_unit) for way in service.ways] == [("direct", 3, "working_day")]
    after = rows()
    assert pack.load(at=AT + timedelta(days=30)).is_empty
    assert rows() == after


def test_a_dry_run_changes_nothing(pack):
    before = rows()
    assert len(pack.load(dry_run=True).changes) == 1
    assert rows() == before


def test_a_changed_procedure_is_a_new_version_from_that_day(pack):
    pack.load()
    pack.local({**LOCAL, "name": "Cấp giấy phép thả diều sáo", "field": "Văn hóa"})
    later = AT + timedelta(days=10)
    pack.load(at=later)
    day = later.date()
    assert get_service("1.000001", on=day).name == "Cấp giấy phép thả diều sáo"
    assert get_service("1.000001", on=day - timedelta(days=1)).name == "Cấp giấy phép thả diều"
    old, new = Procedure.objects.order_by("pk")
    assert (old.valid_to, new.valid_from, new.valid_to) == (day - timedelta(days=1), day, None)
    assert [row.name for row in search_procedures("diều", on=day)] == ["Cấp giấy phép thả diều sáo"]
    assert [row.name for row in search_procedures("diều", on=TODAY)] == ["Cấp giấy phép thả diều"]
    pack.local({**LOCAL, "name": "Cấp giấy phép thả diều giấy", "field": "Văn hóa"})
    pack.load(at=later)  # corrected on the same day: who filed this morning keeps the version of this morning
    assert [row.name for row in search_procedures("diều", on=day)] == ["Cấp giấy phép thả diều giấy"]
    assert get_service("1.000001", on=day).name == "Cấp giấy phép thả diều giấy"
    assert get_service("1.000001", on=day, version=new.content[:16]).name == "Cấp giấy phép thả diều sáo"
    assert get_service("1.000001", on=day - timedelta(days=1)).name == "Cấp giấy phép thả diều"
    assert Procedure.objects.count() == 3
    assert [row.name for row in search_procedures("diều", on=day)] == ["Cấp giấy phép thả diều giấy"]


def test_before_it_was_in_force_there_was_none(pack):
    pack.local({**LOCAL, "valid_from": "2024-03-01"})
    pack.load()
    with pytest.raises(NotFound):
        get_service("1.000001", on=date(2024, 2, 29))
    assert get_service("1.000001", on=date(2024, 3, 1)).code == "1.000001"


@pytest.mark.parametrize(
    ("ways", "complete"),
    [
        ([{"way": "direct", "amount": 3.0, "unit": "working_day"}], True),
        ([{"way": "direct", "amount": 3.0, "unit": "unspecified"}], False),
        ([{"way": "direct", "amount": 3.0}], False),
        ([{"way": "direct"}], False),
        ([{"way": "direct", "amount": 3.0, "unit": "day"}, {"way": "online", "amount": 2.0}], False),
        ([], False),
    ],
)
def test_a_time_without_a_unit_keeps_it_from_being_filed(pack, ways, complete):
    pack.facts({**FACTS, "ways": ways})
    pack.load()
    assert get_service("1.000001", on=TODAY).complete is complete


@pytest.mark.parametrize("missing", ["agency", "flow"])
def test_without_agency_or_flow_it_is_only_shown(pack, missing):
    pack.local({key: value for key, value in LOCAL.items() if key != missing})
    pack.load()
    assert get_service("1.000001", on=TODAY).complete is False


def test_a_procedure_of_ones_own_names_the_text_it_rests_on(pack):
    pack.local({**LOCAL, "legal": [{"number": "7/2022/NQ-HĐND", "name": "về diều"}]})
    pack.load()
    assert [(b.number, b.name) for b in get_service("1.000001", on=TODAY).legal] == [("7/2022/NQ-HĐND", "về diều")]


def test_faults_name_file_and_line(pack):
    pack.facts(FACTS, "{not json", {**FACTS, "name": "Lần hai"}, {"name": "không mã"})
    pack.local({**LOCAL, "code": "1.000009"}, "1.000009.yaml")
    pack.local("code: '1.000001'\nname_en: Kite\nonline: maybe\nflow: mot-cap\n")
    found = pack.faults()
    facts = "procedures/facts/van-hoa.jsonl"
    assert {(file, line) for file, line, _text in found} == {
        (facts, 2),
        (facts, 3),
        (facts, 4),
        ("procedures/1.000001.yaml", 3),
        ("procedures/1.000009.yaml", 3),
    }
    assert len(found) == 5
    texts = " ".join(text for _file, _line, text in found)
    assert "1.000009" in texts
    assert "van-hoa.jsonl:2" in texts
    assert not Procedure.objects.exists()


def test_a_life_event_names_what_is_there(pack):
    pack.local([{"code": "diều", "title": "Chơi", "title_en": "Play", "icon": "wind"}], "life-events.yaml")
    assert [file for file, _line, _text in pack.faults()] == ["procedures/life-events.yaml"]
    good = {"code": "choi", "title": "Chơi", "title_en": "Play", "icon": "wind"}
    pack.local([{**good, "procedures": ["1.000001", "1.999999"]}], "life-events.yaml")
    ((file, _line, text),) = pack.faults()
    assert file == "procedures/life-events.yaml"
    assert "1.999999" in text
    pack.local([{**good, "procedures": ["1.000001"]}], "life-events.yaml")
    pack.local({"bay": ["thả diều"]}, "synonyms.yaml")
    pack.load()
    assert LifeEvent.objects.get().procedures == ["1.000001"]
    assert [row.code for row in search_procedures("cho con bay", on=TODAY)] == ["1.000001"]
