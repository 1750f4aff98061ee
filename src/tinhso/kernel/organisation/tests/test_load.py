from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.base.actors import Actor, ActorKind, Holding, system
from tinhso.base.refusals import Forbidden
from tinhso.base.registry import PackPart
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation import public
from tinhso.kernel.organisation.models import (
    Agency,
    Delegation,
    Official,
    PackLoad,
    Post,
    ProvinceSettings,
    Stamp,
    Tenure,
)
from tinhso.kernel.organisation.pack import Change, load_pack
from tinhso.kernel.organisation.pack.dated import Wanted
from tinhso.kernel.organisation.pack.parts.organisation.agencies import SUCCESSION
from tinhso.kernel.organisation.tests.packs import AT, OWN, copy, edit, faults, lent, load

pytestmark = pytest.mark.django_db
AGENCIES, POSTS = "organisation/agencies.csv", "organisation/posts.csv"
OFFICIALS, TENURES = "organisation/officials.csv", "organisation/tenures.csv"
DELEGATIONS = "organisation/delegations.csv"


@pytest.fixture
def pack(tmp_path: Path):
    with override("en"):
        yield copy(tmp_path)


def state() -> list[object]:
    kept = (Agency, Post, Tenure, Official, ProvinceSettings, PackLoad, Stamp, Entry)
    return [list(model.objects.order_by("pk").values()) for model in kept]


def in_order(model: type[Agency | Delegation | Tenure]) -> list[dict[str, object]]:
    """In one order: PostgreSQL hands a changed row over last."""
    return list(model.objects.order_by("pk").values())


def test_a_pack_is_loaded_once_and_twice_changes_nothing(pack: Path) -> None:
    plan = load(pack)
    assert plan.counts()["organisation", "agency", "add"] == 9
    assert plan.counts()["province", "province", "add"] == 1
    after = state()
    again = load(pack, at=AT + timedelta(days=400))
    assert again.is_empty
    assert state() == after


def test_a_load_leaves_one_line_in_the_journal_and_its_plan(pack: Path) -> None:
    load(pack)
    entry = Entry.objects.get()
    kept = PackLoad.objects.get()
    assert (entry.event, entry.subject_type, entry.subject_key) == (
        "organisation.pack_loaded", "pack-load", str(kept.id),
    )  # fmt: skip
    assert entry.facts["digest"] == kept.digest
    assert {"part": "organisation", "kind": "agency", "verb": "add", "count": 9} in entry.facts["changes"]
    assert "organisation: + agency Y90.7.1" in kept.plan["lines"]


def test_a_dry_run_tells_and_changes_nothing(pack: Path) -> None:
    before = state()
    plan = load(pack, dry_run=True)
    assert Change("organisation", "add", "agency", "Y90.7") in plan.changes
    assert state() == before


def test_a_changed_row_is_withdrawn_and_written_anew(pack: Path) -> None:
    load(pack)
    edit(pack, AGENCIES, "Sở Mọi Việc,", "Sở Mọi Chuyện,")
    later = AT + timedelta(days=5)
    (change,) = load(pack, at=later).changes
    assert str(change) == "~ agency Y90.1 (name: Sở Mọi Việc → Sở Mọi Chuyện)"
    old, new = Agency.objects.filter(code="Y90.1").order_by("pk")
    assert (old.name, old.withdrawn_at, old.valid_to) == ("Sở Mọi Việc", later, None)
    assert (new.name, new.withdrawn_at) == ("Sở Mọi Chuyện", None)
    assert public.get_agency("Y90.1", date(2023, 1, 1)).name == "Sở Mọi Chuyện"
    assert load(pack, at=later).is_empty


def test_a_dated_change_keeps_both_names(pack: Path) -> None:
    row = "Y90.8,Uỷ ban nhân dân xã Xuôi,People's Committee of Xuoi Town,Xuoi,committee,commune,Y90,98002,Y90.8.1,,,,,,"
    edit(pack, AGENCIES, f"{row}2022-01-01,,", f"{row}2022-01-01,2024-12-31,")
    new = row.replace("xã Xuôi", "xã Mới")
    with (pack / AGENCIES).open("a", encoding="utf-8") as file:
        file.write(f"{new}2025-01-01,,Nghich 9/2024,true\n")
    load(pack)
    assert public.get_agency("Y90.8", date(2024, 12, 31)).name.endswith("xã Xuôi")
    assert public.get_agency("Y90.8", date(2025, 1, 1)).name.endswith("xã Mới")
    assert public.get_agency("Y90.8.1", date(2025, 1, 1)).path == "Y90/Y90.8/Y90.8.1"


def test_a_row_left_out_ends_the_day_before_and_stays_as_history(pack: Path) -> None:
    load(pack)
    edit(pack, TENURES, "Y90.7/leader,NG-02,2022-01-01,,Nghich 7/2022\n", "")
    later = AT + timedelta(days=10)
    (change,) = load(pack, at=later).changes
    assert str(change) == "- tenure Y90.7/leader NG-02"
    tenure = Tenure.objects.get(post_code="Y90.7/leader")
    assert (tenure.valid_to, tenure.withdrawn_at) == (date(2024, 6, 12), None)
    minh = public.find_official("NG-02")
    assert [h.post for h in public.holdings_of(minh.id, date(2024, 6, 12))] == ["Y90.7/leader"]
    assert public.holdings_of(minh.id, date(2024, 6, 13)) == ()
    assert load(pack, at=later).is_empty


def test_what_was_entered_by_hand_is_not_ended_by_a_load(pack: Path) -> None:
    load(pack)
    loader, official = system("loader"), public.find_official("NG-11")
    lan = Tenure.objects.get(post_code="Y90.7.1/welcome")
    public.appoint("Y90.7.1/welcome", official.id, valid_from=date(2024, 7, 1), decision="QĐ 1", actor=loader, at=AT)
    public.end_tenure(lan.pk, last_day=date(2024, 8, 1), decision="QĐ 2", actor=loader, at=AT)
    after = state()
    assert load(pack, at=AT + timedelta(days=90)).is_empty
    assert state() == after


def test_an_official_is_changed_in_place_and_the_journal_says_which_field(pack: Path) -> None:
    load(pack)
    before = public.find_official("NG-01")
    edit(pack, OFFICIALS, "Đinh Lan Ngược", "Đinh Thị Lan")
    load(pack, at=AT + timedelta(days=1))
    after = public.find_official("NG-01")
    assert (after.id, after.full_name) == (before.id, "Đinh Thị Lan")
    entry = Entry.objects.get(event="organisation.official_changed")
    assert (entry.subject_key, entry.facts) == (str(before.id), {"fields": ["full_name"], "by": "pack"})
    assert after.folded.startswith("dinh thi lan")


def test_one_failing_part_leaves_nothing(pack: Path) -> None:
    class Breaks:
        def check(self, _pack):
            return []

        def plan(self, _pack):
            return [Change("late", "add", "thing", "x")]

        def apply(self, _pack, **_who_and_when):
            raise RuntimeError("disk")

    before = state()
    with pytest.raises(RuntimeError, match="disk"):
        load(pack, more=(PackPart("late", Breaks(), order=90),))
    assert state() == before


def test_faults_of_any_part_stop_all_parts(pack: Path) -> None:
    line = edit(pack, "calendar.yaml", '["08:00", "12:00"]', '["12:00", "08:00"]')
    other = edit(pack, OFFICIALS, "Quách Minh Trái", "")
    before = state()
    found = faults(pack)
    assert [sentence.split(": ")[0] for sentence in found] == [f"calendar.yaml:{line}", f"{OFFICIALS}:{other}"]
    assert state() == before


def test_files_that_nothing_loads_are_told(pack: Path) -> None:
    (pack / "flows").mkdir()
    (pack / "flows" / "a.bpmn").write_text("<x/>")
    assert load(pack).unclaimed == ("flows/a.bpmn",)


def test_only_the_administrator_of_the_province_loads(pack: Path) -> None:
    def admin(*path: str) -> Actor:
        holding = Holding(path[-1], path, "p", frozenset({"admin"}))
        return Actor(ActorKind.OFFICIAL, "official:1", "A", holdings=(holding,))

    with pytest.raises(Forbidden):
        load_pack(pack, actor=admin("Y90", "Y90.7"), at=AT, lent=lent(*OWN))
    assert not load_pack(pack, actor=admin("Y90"), at=AT, lent=lent(*OWN)).is_empty


def test_a_pack_of_another_province_is_refused(pack: Path) -> None:
    load(pack)
    edit(pack, "province.yaml", "code: Y90", "code: Y91")
    for name in (AGENCIES, POSTS, TENURES, "calendar.yaml"):
        path = pack / name
        path.write_text(path.read_text(encoding="utf-8").replace("Y90", "Y91"), encoding="utf-8")
    assert faults(pack) == [
        "province.yaml:4: This database holds Y90. To load Y91 as its successor, add “continues: [Y90]”; else use another database."
    ]
    edit(pack, "province.yaml", "code: Y91", "code: Y91\ncontinues: [Y90]")
    assert load(pack).counts()["organisation", "agency", "end"] == 9


BROKEN: dict[str, tuple[str, str, str, str]] = {
    "missing key": ("province.yaml", "short: Nghịch\n", "", "province.yaml:3: “short” is missing here. Add it."),
    "unknown key": ("province.yaml", "short: Ngh", "shorty: 1\nshort: Ngh", "province.yaml:{line}: “shorty” is not known here. Known: …"),
    "wrong type": ("province.yaml", "hand_over: false", "hand_over: maybe", "province.yaml:{line}: “maybe” is not true or false."),
    "bad date": ("province.yaml", "valid_from: 2022-01-01", "valid_from: 2022-02-30", "province.yaml:{line}: “2022-02-30” is not a date. Write it as year-month-day, e.g. 2024-07-01."),
    "bad pattern": ("province.yaml", "{agency}/{yyyy}-{n:6}", "{agency}/{n:6}", "province.yaml:{line}: {{agency}}/{{n:6}} is not a usable pattern for dossier codes: …"),
    "unknown colour": ("province.yaml", "son-600:", "sonn-600:", "province.yaml:{line}: These colours cannot be used: sonn-600: not a token a province may set."),
    "overlapping choices": ("province.yaml", '  - {from: 2022-01-01, base: ["Nghich 1/2022", "Nghich 2/2022"]}', "  - {from: 2021-01-01, base: [a]}\n  - {from: 2022-01-01, base: [b]}", "province.yaml:{next}: This entry begins on 2022-01-01, before the one above it has ended. Give the one above an earlier “to”."),
    "calendar of nobody": ("calendar.yaml", "agency: Y90.3", "agency: Y90.99", "calendar.yaml:{line}: There is no agency “Y90.99” in organisation/agencies.csv."),
    "day without decision": ("calendar.yaml", ", source: Nghich 4/2022, hours", ", hours", "calendar.yaml:{line}: “source” is missing here. Add it."),
    "day twice": ("calendar.yaml", "date: 2025-03-15", "date: 2024-03-15", "calendar.yaml:{line}: 2024-03-15 is named twice. Keep one."),
    "hours crossed": ("calendar.yaml", '["08:00", "12:00"]', '["12:00", "08:00"]', "calendar.yaml:{line}: “12:00–08:00” ends before it begins, or begins before the one before it has ended."),
    "code twice": (AGENCIES, "Y90.8.1,Quầy dịch vụ xã Xuôi", "Y90.3,Nhà,House,,centre,province,Y90,98,,,,,,,2023-01-01,,,\nY90.8.1,Quầy dịch vụ xã Xuôi", "organisation/agencies.csv:{line}: “Y90.3” is already in line 5 for the same days. Codes are given once."),
    "unknown parent": (AGENCIES, "division,province,Y90.1,", "division,province,Y90.4,", "organisation/agencies.csv:{line}: Its parent “Y90.4” is not in this file. Add the parent, or correct the code."),
    "cycle": (AGENCIES, "department,province,Y90,", "department,province,Y90.1.1,", "organisation/agencies.csv:{line}: These agencies are each other's parents: Y90.1 → Y90.1.1 → Y90.1. One of them needs another parent."),
    "own parent": (AGENCIES, "centre,province,Y90,", "centre,province,Y90.3,", "organisation/agencies.csv:{line}: These agencies are each other's parents: Y90.3 → Y90.3. One of them needs another parent."),
    "no such tier": (AGENCIES, "desk,commune,Y90.7,", "desk,district,Y90.7,", "organisation/agencies.csv:{line}: This province has no tier “district”. Its tiers: province, commune."),
    "parent ended": (AGENCIES, "committee,commune,Y90,98001,Y90.7.1,,,,,,2022-01-01,,", "committee,commune,Y90,98001,Y90.7.1,,,,,,2022-01-01,2024-12-31,", "organisation/agencies.csv:7: Its parent “Y90.7” does not exist on 2025-01-01. End this row before, or name the parent from then on."),
    "unknown desk": (AGENCIES, "committee,commune,Y90,98001,Y90.7.1", "committee,commune,Y90,98001,Y90.7.2", "organisation/agencies.csv:{line}: There is no agency “Y90.7.2” in organisation/agencies.csv."),
    "unknown kind": (AGENCIES, "centre,province", "shop,province", "organisation/agencies.csv:{line}: “shop” is not one of: …"),
    "identifier taken": (AGENCIES, '19009000,"1 Harbour Road, Dao Nguoc",,', '19009000,"1 Harbour Road, Dao Nguoc",,Y90.7', "organisation/agencies.csv:6: The identifier “Y90.7” belongs to “Y90” already."),
    "crossed dates": (POSTS, "processor,5,2022-01-01,", "processor,5,2022-01-01,2021-01-01", "organisation/posts.csv:{line}: It ends on 2021-01-01, before it starts on 2022-01-01."),
    "unknown role": (POSTS, "head processor", "head prozessor", "organisation/posts.csv:{line}: There is no role “prozessor”. Roles: reception, processor, head, leader, clerk, cashier, accountant, admin, auditor, designer, lawyer, postal."),
    "post nowhere": (POSTS, "Y90.1.1/lead,Y90.1.1", "Y90.1.1/lead,Y90.1.9", "organisation/posts.csv:{line}: There is no agency “Y90.1.9” in organisation/agencies.csv."),
    "tenure of nobody": (TENURES, "Y90.7/leader,NG-02", "Y90.7/leader,NG-99", "organisation/tenures.csv:{line}: There is no official “NG-99” in organisation/officials.csv."),
    "tenure of nothing": (TENURES, "Y90.7/leader,", "Y90.7/leeder,", "organisation/tenures.csv:{line}: There is no post “Y90.7/leeder” in organisation/posts.csv."),
    "overlapping tenures": (TENURES, "Y90.7/worker,NG-03", "Y90.7/leader,NG-02", "organisation/tenures.csv:{line}: Quách Minh Trái holds “Y90.7/leader” already, see line 3. End that tenure first."),
    "seat taken": (TENURES, "Y90.1/leader,NG-05", "Y90.1.1/lead,NG-05", "organisation/tenures.csv:{line}: “Y90.1.1/lead” has 1 seat(s), and 2 officials hold it on 2022-01-01: see line 5."),
    "user name twice": (OFFICIALS, ",minh,", ",lan,", "organisation/officials.csv:{line}: “lan” belongs to the official in line 2 already."),
    "name too long": (OFFICIALS, "Quách Minh Trái", "Quách " * 21, f"organisation/officials.csv:{{line}}: “{('Quách ' * 21)[:59]}…” has 125 letters; at most 120 fit."),
    "bad flag": (OFFICIALS, "lan,,true", "lan,,yes", "organisation/officials.csv:{line}: “yes” is not true or false."),
    "no name": (OFFICIALS, "Quách Minh Trái", "", "organisation/officials.csv:{line}: “full_name” is empty. Fill it in."),
    "unknown column": (OFFICIALS, "phone,demo", "fax,demo", "organisation/officials.csv:1: “fax” is not known here. Known: …"),
}  # fmt: skip
"""What is broken: file, old and new text, what the loader says of it; `{line}` is the line of the edit, `…` any ending."""
BROKEN["malformed code"] = (
    AGENCIES, "People's Committee of Xuoi Town,Xuoi,committee,commune,Y90,98002,Y90.8.1,,,,,",
    "People's Committee of Xuoi Town,Xuoi,committee,commune,Y90,98002,Y90.8.1,,,,,000.1137.Y90",
    "organisation/agencies.csv:{line}: 000.1137.Y90 is not an agency identifier. Write it as H53.13.2 or 000.02.13.H53.",
)  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_each_fault_names_file_and_line_and_says_what_to_do(pack: Path, case: str) -> None:
    name, old, new, wanted = BROKEN[case]
    line = edit(pack, name, old, new)
    wanted = wanted.format(line=line, next=line + 1)
    found = faults(pack)
    if wanted.endswith("…"):
        found = [sentence[: len(wanted) - 1] for sentence in found]
        wanted = wanted[:-1]
    assert found == [wanted]
    assert not Agency.objects.exists()


def test_delegations_and_successions_of_a_pack(pack: Path) -> None:
    (pack / "organisation" / "delegations.csv").write_text(
        "post,by_staff_code,to_staff_code,roles,valid_from,valid_to,decision\n"
        "Y90.7/leader,NG-02,NG-01,leader,2024-01-01,2024-12-31,Nghich 8/2024\n"
    )
    (pack / "organisation" / "successions.csv").write_text(
        "predecessor,successor,kind,valid_from,valid_to,decision\nY90.8,Y90.7,merger,2025-01-01,,Nghich 9/2024\n"
    )
    load(pack)
    lan = public.find_official("NG-01")
    lent = [h for h in public.holdings_of(lan.id, date(2024, 12, 31)) if h.delegated_by]
    assert [(h.agency, h.roles, h.delegated_by) for h in lent] == [("Y90.7", {"leader"}, "Quách Minh Trái")]
    assert [h.delegated_by for h in public.holdings_of(lan.id, date(2025, 1, 1))] == [""]
    assert [a.code for a in public.successors("Y90.8", date(2025, 1, 1))] == ["Y90.7"]
    assert load(pack).is_empty


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("Y90.9/leader,NG-02,NG-01,leader", ["There is no post “Y90.9/leader” in organisation/posts.csv."]),
        ("Y90.7/leader,NG-02,NG-99,leader", ["There is no official “NG-99” in organisation/officials.csv."]),
        (
            "Y90.7/leader,NG-03,NG-01,leader",
            ["“NG-03” does not hold “Y90.7/leader” on 2024-01-01, so cannot delegate it."],
        ),
        (
            "Y90.7/leader,NG-02,NG-01,admin",
            ["“Y90.7/leader” does not carry the role “admin”, so it cannot be delegated."],
        ),
    ],
)
def test_a_delegation_that_cannot_be(pack: Path, row: str, wanted: list[str]) -> None:
    (pack / "organisation" / "delegations.csv").write_text(
        f"post,by_staff_code,to_staff_code,roles,valid_from,valid_to,decision\n{row},2024-01-01,,Nghich 8/2024\n"
    )
    assert faults(pack) == [f"organisation/delegations.csv:2: {sentence}" for sentence in wanted]


def test_an_agency_whose_parent_moves_needs_a_row_of_its_own(pack: Path) -> None:
    old = "Y90.7,Uỷ ban nhân dân xã Ngược,People's Committee of Nguoc Town,Nguoc,committee,commune,Y90,98001,Y90.7.1,,,,,,"
    line = edit(pack, AGENCIES, f"{old}2022-01-01,,", f"{old}2022-01-01,2024-12-31,")
    moved = old.replace(",Y90,98001", ",Y90.1,98001")
    with (pack / AGENCIES).open("a", encoding="utf-8") as file:
        file.write(f"{moved}2025-01-01,,Nghich 9/2024,true\n")
    assert faults(pack) == [
        f"organisation/agencies.csv:{line + 1}: “Y90.7” stands elsewhere in the tree from 2025-01-01. Give “Y90.7.1” a row that begins that day."
    ]


def test_the_root_bears_the_code_of_the_province(pack: Path) -> None:
    edit(pack, "province.yaml", "code: Y90", "code: Y91")
    assert faults(pack) == ["organisation/agencies.csv:1: No agency is without a parent. One must be the root, “Y91”."]


def test_the_command_says_what_it_did_and_fails_with_every_fault(pack: Path, capsys) -> None:
    call_command("load", str(pack), "--dry-run", "--lang", "en")
    assert not Agency.objects.exists()
    told = capsys.readouterr().out.splitlines()
    assert "organisation: + agency Y90.7" in told
    assert told[-1].endswith(" changes would be made. Nothing was changed.")
    edit(pack, OFFICIALS, "Quách Minh Trái", "")
    edit(pack, POSTS, "head processor", "head prozessor")
    with pytest.raises(CommandError) as caught:
        call_command("load", str(pack), "--lang", "en")
    assert caught.value.returncode == 1
    assert str(caught.value) == "Nothing was loaded. Places in the pack to mend: 1."
    assert capsys.readouterr().err == "organisation/officials.csv:3: “full_name” is empty. Fill it in.\n"


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    with override("en"):
        assert faults(tmp_path) == ["province.yaml:1: There is no such folder, or it holds no province.yaml."]


def test_every_sentence_has_its_vietnamese_with_the_same_facts() -> None:
    folder = Path(public.__file__).parent
    entries = polib.pofile(str(folder / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
    assert len(entries) > 90
    for entry in entries:
        assert entry.msgstr, entry.msgid
        assert set(re.findall(r"{\w+}", entry.msgstr)) == set(re.findall(r"{\w+}", entry.msgid)), entry.msgid


days = st.dates(date(2023, 1, 1), date(2025, 12, 31))
rows = st.dictionaries(
    st.tuples(st.sampled_from("AB"), st.sampled_from("CD"), days), st.sampled_from(["x", "y"]), max_size=5
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(rows, days), min_size=1, max_size=4).map(lambda loads: sorted(loads, key=lambda load: load[1]))
)
def test_whatever_is_loaded_twice_is_nothing_and_nothing_is_erased(db, loads) -> None:
    SUCCESSION.model.objects.all().delete()
    seen: dict[int, tuple] = {}
    for given_rows, today in loads:
        wanted = [
            Wanted((a, b), day, None, {"kind": "merger", "decision": text}) for (a, b, day), text in given_rows.items()
        ]
        at = datetime(today.year, today.month, today.day, 3, tzinfo=UTC)
        SUCCESSION.apply(
            SUCCESSION.steps(wanted, today),
            at,
            today,
            lambda i: {"predecessor": i.key[0], "successor": i.key[1], **i.fields},
        )
        assert SUCCESSION.steps(wanted, today) == []
        stand = {(r.predecessor, r.successor, r.valid_from): r for r in SUCCESSION.model.objects.standing()}
        for key, text in given_rows.items():
            assert (stand[key].decision, stand[key].valid_to) == (text, None)
        for key, row in stand.items():
            assert key in given_rows or row.valid_to < today
        now = {r.pk: (r.predecessor, r.successor, r.valid_from, r.decision) for r in SUCCESSION.model.objects.all()}
        assert all(now[pk] == what for pk, what in seen.items())
        seen = now


LAST = date(2024, 6, 2)


def spans(post: str, code: str) -> list[tuple[date, date | None]]:
    official = public.find_official(code)
    rows = Tenure.objects.standing().filter(post_code=post, official=official).order_by("valid_from")
    return [(row.valid_from, row.valid_to) for row in rows]


@pytest.fixture
def dismissed(pack: Path) -> tuple[Path, str, str, Tenure]:
    """A pack, a row of it, and its tenure, which somebody has ended by hand."""
    load(pack)
    row = next(line for line in (pack / TENURES).read_text().splitlines() if line.startswith("Y90.7.1/welcome,NG-01,"))
    tenure = Tenure.objects.get(post_code="Y90.7.1/welcome", official__staff_code="NG-01")
    public.end_tenure(tenure.pk, last_day=LAST, decision="QĐ cách chức", actor=system("loader"), at=AT)
    return pack, row, row.split(",")[2], tenure


@pytest.mark.parametrize(
    ("columns", "end"),
    [
        pytest.param({4: "Nghich 9/2022"}, LAST, id="a letter of the decision"),
        pytest.param({3: "2030-01-01"}, LAST, id="a later end"),
        pytest.param({3: "2024-05-01"}, date(2024, 5, 1), id="an end that is earlier still"),
        pytest.param({2: "2022-02-01"}, LAST, id="another beginning"),
    ],
)
def test_what_was_ended_by_hand_stays_ended_when_its_row_is_edited(dismissed, columns, end) -> None:
    pack, row, _start, tenure = dismissed
    cells = row.split(",")
    for place, value in columns.items():
        cells[place] = value
    edit(pack, TENURES, row, ",".join(cells))
    (change,) = load(pack, at=AT + timedelta(days=1)).changes
    assert change.verb == "replace"
    assert spans("Y90.7.1/welcome", "NG-01") == [(date.fromisoformat(cells[2]), end)]
    assert public.holdings_of(tenure.official_id, date(2024, 6, 5)) == ()
    assert load(pack, at=AT + timedelta(days=2)).is_empty
    edit(pack, TENURES, ",".join(cells), row)
    load(pack, at=AT + timedelta(days=3))
    assert public.holdings_of(tenure.official_id, date(2024, 6, 7)) == ()


def test_another_appointment_after_the_end_is_another_one(dismissed) -> None:
    pack, row, start, tenure = dismissed
    cells = row.split(",")
    again = [*cells[:2], "2024-06-10", *cells[3:]]
    edit(pack, TENURES, row, ",".join([*cells[:3], "2024-06-02", *cells[4:]]) + "\n" + ",".join(again))
    load(pack, at=AT + timedelta(days=1))
    expected = [(date.fromisoformat(start), LAST), (date(2024, 6, 10), None)]
    assert spans("Y90.7.1/welcome", "NG-01") == expected
    assert [held.post for held in public.holdings_of(tenure.official_id, date(2024, 6, 10))] == ["Y90.7.1/welcome"]


def delegated(pack: Path) -> Delegation:
    """A delegation of the pack that begins on the day of AT."""
    head = "post,by_staff_code,to_staff_code,roles,valid_from,valid_to,decision"
    row = "Y90.7/leader,NG-02,NG-11,leader,2024-06-03,,Nghich 8/2024"
    (pack / DELEGATIONS).write_text(f"{head}\n{row}\n", encoding="utf-8")
    load(pack)
    return Delegation.objects.standing().get()


def test_a_delegation_taken_back_on_its_first_day_stays_taken_back(pack: Path) -> None:
    made = delegated(pack)
    public.revoke_delegation(made.pk, decision="QĐ thu hồi", actor=system("loader"), at=AT)
    assert load(pack, at=AT + timedelta(days=1)).is_empty
    text = (pack / DELEGATIONS).read_text()
    (pack / DELEGATIONS).write_text(text.replace(made.decision, "Nghich sửa"), encoding="utf-8")
    assert load(pack, at=AT + timedelta(days=2)).is_empty
    assert not Delegation.objects.standing().filter(to_official=made.to_official, post_code=made.post_code)


def test_what_was_ended_before_the_column_was_there_is_told_by_the_journal(dismissed) -> None:
    pack, *_rest, tenure = dismissed
    public.revoke_delegation(delegated(pack).pk, decision="QĐ thu hồi", actor=system("loader"), at=AT)
    after = in_order(Tenure), in_order(Delegation)
    for kind in (Tenure, Delegation):
        kind.objects.update(ended_at=None)
    import_module("tinhso.kernel.organisation.migrations.0002_ended_by_hand").mark(apps, None)
    assert (in_order(Tenure), in_order(Delegation)) == after
    assert Tenure.objects.exclude(ended_at=None).get() == tenure
