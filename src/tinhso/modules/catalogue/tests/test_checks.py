"""What keeps procedures from being loaded: whatever would be offered and then fail whoever files it, with file and line."""

from __future__ import annotations

import shutil

import pytest
from django.utils.translation import override

from tinhso.base.actors import system
from tinhso.kernel.organisation.pack import BadPack, load_pack
from tinhso.modules.catalogue.models import Procedure
from tinhso.modules.catalogue.tests.conftest import AT, FACTS, LOCAL, PROVINCES

pytestmark = pytest.mark.django_db
BEES = "procedures/9.000001.yaml"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(PROVINCES / "nghich", tmp_path / "pack")


def edit(folder, was: str, becomes: str, name: str = BEES) -> int:
    """Replace a piece of a file that is there; return the line where it stands."""
    text = (folder / name).read_text()
    assert was in text
    (folder / name).write_text(text.replace(was, becomes, 1))
    return text[: text.index(was)].count("\n") + 1


def faults(folder) -> list[tuple[str, int, str]]:
    with pytest.raises(BadPack) as no:
        load_pack(folder, actor=system("loader"), at=AT, dry_run=True)
    with override("en"):
        return [(fault.file, fault.line, fault.message) for fault in no.value.found]


MAP = "  - {code: MAP,"
CASES = "cases:\n  - {code: new, name: Mới, name_en: New}\n"


@pytest.mark.parametrize(
    ("was", "becomes", "below", "says"),
    [
        pytest.param("flow: ", "flow: khong-co-", 0, "khong-co-", id="flow"),
        pytest.param("results:", "result_template: khong-co\nresults:", 0, "khong-co", id="template"),
        pytest.param("kind: charge", "kind: charge\n      quantity: hives.cnt", 1, "hives.cnt", id="question"),
        pytest.param("amount: 90000", "amount: nhiều", 0, "đồng", id="amount"),
        pytest.param("code: Y90.1,", "code: Y90.77,", 0, "No agency Y90.77 stands on 2024-06-03.", id="agency"),
        pytest.param("{code: Y90.1,", "{level: district,", 0, "level “district” and kind “committee”", id="level"),
        pytest.param("{code: Y90.1,", "{", 0, "“level” is missing", id="neither level nor code"),
        pytest.param("office: Y90.1.1", "office: Y90.9.9", 0, "No agency Y90.9.9", id="agency of a role"),
        pytest.param("office: Y90.1.1", "office: 'field:bees'", 0, "“bees”. Fields there: civil-status.", id="field"),
        pytest.param("office: Y90.1.1", "ofice: Y90.1.1", 0, "“ofice”. It has: agency, desk, office.", id="place"),
        pytest.param('way: online, source: "N', 'way: online, case: nope, source: "N', 0, "“nope”", id="case of a fee"),
        pytest.param("required: true}", "required: true, case: nope}", 0, "“nope”", id="case of a paper"),
        pytest.param("amount: 12,", "amount: 12, case: nope,", 0, "“nope”", id="case of a way"),
        pytest.param("results:", f"{CASES}{CASES[7:]}results:", 2, "“new” is given twice", id="case twice"),
        pytest.param(MAP, f"{MAP} name: X, name_en: Y}}\n{MAP}", 1, "“MAP” is given twice", id="paper twice"),
        pytest.param("way: direct, amount: 3", "way: online, amount: 3", 0, "“online” is given twice", id="way twice"),
        pytest.param("amount: 3, unit: day", "amount: 0.3, unit: month", 0, "not a whole number", id="part of a month"),
        pytest.param("popular: 1", "valid_from: soon", 0, "“soon” is not a date", id="first day"),
        pytest.param("popular: 1", "valid_from: 2024-02-30", 0, "is not a date", id="no such day"),
    ],
)
def test_what_would_fail_whoever_files_is_a_fault(folder, was, becomes, below, says):
    line = edit(folder, was, becomes)
    ((file, where, text),) = faults(folder)
    assert (file, where) == (BEES, line + below)
    assert says in text


def test_without_a_fee_it_cannot_be_filed(folder):
    text = (folder / BEES).read_text()
    (folder / BEES).write_text(text[: text.index("fee:")] + text[text.index("results:") :])
    line = text[: text.index("flow:")].count("\n") + 1
    ((file, where, said),) = faults(folder)
    assert (file, where) == (BEES, line)
    assert "fee: {free: true, source: …}" in said


def test_a_second_file_for_a_procedure_is_a_fault(folder):
    shutil.copy(folder / BEES, folder / "procedures" / "bees.yaml")
    assert faults(folder) == [
        ("procedures/bees.yaml", 2, f"Procedure 9.000001 is already in {BEES}. Keep one."),
    ]


AGENCIES = "organisation/agencies.csv"


def test_an_agency_that_ended_is_not_there(folder):
    edit(folder, "2022-01-01,,Nghich 6/2022,true\nY90.3", "2022-01-01,2024-06-02,Nghich 6/2022,true\nY90.3", AGENCIES)
    edit(folder, "2022-01-01,\nY90.1.1/worker", "2022-01-01,2024-06-02\nY90.1.1/worker", "organisation/posts.csv")
    assert {text for _file, _line, text in faults(folder)} == {
        "No agency Y90.1.1 stands on 2024-06-03. See organisation/agencies.csv."
    }


def test_an_agency_for_which_no_desk_receives_is_a_fault(folder):
    rows = (folder / AGENCIES).read_text().splitlines()
    (folder / AGENCIES).write_text("\n".join(row.replace(",Y90.3,", ",,") for row in rows) + "\n")
    text = f"No one-stop desk receives for Y90.1. Name one in its row, or above it, in {AGENCIES}."
    found = [(file, said) for file, _line, said in faults(folder)]
    assert (BEES, text) in found
    assert {said for _file, said in found} == {text}


def test_the_form_of_the_terms_in_force_stays_until_their_last_day(folder):
    load_pack(folder, actor=system("loader"), at=AT)
    old, new = folder / "forms/9.000001.json", folder / "forms/9.000001-2025.json"
    kept = old.read_text()
    new.write_text(kept.replace('"x-procedure": "9.000001"', '"x-procedure": "9.000001-2025"'))
    old.unlink()
    edit(folder, 'form: "9.000001"', 'form: "9.000001-2025"')
    line = edit(folder, "popular: 1", "popular: 1\nvalid_from: 2025-01-01") + 1
    ((file, where, said),) = faults(folder)
    assert (file, where) == (BEES, line)
    assert said.startswith("Until 2025-01-01 the version loaded before is in force and asks by form 9.000001, which")
    old.write_text(kept)
    load_pack(folder, actor=system("loader"), at=AT)


def test_a_case_that_is_declared_may_be_named(folder):
    edit(folder, "required: true}", "required: true, case: new}")
    edit(folder, "results:", f"{CASES}results:")
    load_pack(folder, actor=system("loader"), at=AT)
    assert Procedure.objects.get(code="9.000001").complete


def test_a_life_event_is_given_once(folder):
    text = (folder / "procedures/life-events.yaml").read_text()
    (folder / "procedures/life-events.yaml").write_text(text + text)
    assert [(line, text) for _file, line, text in faults(folder)] == [
        (5, "“nuoi-ong” is given twice here. Keep one."),
        (6, "“tre-moi-sinh” is given twice here. Keep one."),
        (7, "“treo-den” is given twice here. Keep one."),
        (8, "“so-bo” is given twice here. Keep one."),
    ]


def test_faults_are_said_in_the_reader_s_language(folder):
    edit(folder, "amount: 3, unit: day", "amount: 0.3, unit: month")
    with pytest.raises(BadPack) as no:
        load_pack(folder, actor=system("loader"), at=AT)
    (fault,) = no.value.found
    assert [said(language, fault) for language in ("vi", "en")] == [
        "0,3 không phải số nguyên. Ngày, tháng, năm được tính tròn.",
        "0.3 is not a whole number. Days, months and years are counted whole.",
    ]


def said(language: str, fault) -> str:
    with override(language):
        return fault.message


def test_national_facts_whose_time_cannot_be_counted_keep_it_from_being_filed(pack):
    pack.facts({**FACTS, "ways": [{"way": "direct", "amount": 0.5, "unit": "month"}]})
    pack.local(LOCAL)
    pack.load()
    assert not Procedure.objects.get().complete


CENTRAL = "procedures/9.000006.yaml"


def test_what_a_central_system_works_is_not_worked_here_as_well(folder):
    line = edit(folder, "central:", "flow: mot-cap\ncentral:", CENTRAL)
    found = [(at, said) for name, at, said in faults(folder) if name == CENTRAL]
    assert any("so it has no flow here" in said for _at, said in found), found
    assert line > 1


def test_a_central_system_has_an_address_that_can_be_followed(folder):
    line = edit(folder, "https://", "ftp://", CENTRAL)
    assert (CENTRAL, line) in [(name, at) for name, at, _said in faults(folder)]


HONEY = "procedures/9.000005.yaml"


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        pytest.param("- key: keepers", "- key: strangers", "has no part of “strangers”", id="part that the flow lacks"),
        pytest.param("- key: keepers", "- key: strangers", "has a part of “keepers”", id="part of which nothing is said"),
        pytest.param("- key: keepers", "- key: strangers", "which agency “strangers” is", id="part without an agency"),
        pytest.param("- key: keepers", "- key: neighbour", "“neighbour” is given twice", id="part twice"),
        pytest.param("keepers: Y90.1}", "keepers: Y90.99}", "No agency Y90.99", id="agency that is not there"),
        pytest.param("amount: 20\n      unit: day", "amount: 90\n      unit: day", "wait longer", id="parts too long"),
        pytest.param("reads: [bees]", "reads: [wasps]", "no step wasps", id="step of the form"),
        pytest.param("result_mark: ONG", "result_template: khong-co", "no result template khong-co", id="template"),
        pytest.param("kind: fee\n", "kind: gift\n", "is fee (phí) or charge", id="fee of a part"),
        pytest.param("amount: 16\n", "amount: nhiều\n", "", id="limit"),
    ],
)  # fmt: skip
def test_what_would_fail_a_participant_is_a_fault(folder, was, becomes, says):
    edit(folder, was, becomes, HONEY)
    found = faults(folder)
    assert {file for file, _line, _text in found} == {HONEY}
    assert any(says in text for _file, _line, text in found), found
