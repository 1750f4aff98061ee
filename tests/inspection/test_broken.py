"""Scenarios that go wrong harm nobody else, and rule files that are wrong are not loaded."""

from __future__ import annotations

import shutil

import pytest
from tests.snapshot import PROVINCES, with_province

from tinhso.base.actors import system
from tinhso.kernel.journal.public import Delivery, Entry
from tinhso.kernel.organisation.pack import Pack
from tinhso.kernel.organisation.public import touch
from tinhso.modules.inspection.actions.pack import RulesPart
from tinhso.modules.inspection.models import Finding, Scenario, Standing
from tinhso.modules.inspection.queries import shown
from tinhso.modules.inspection.queries.back import check_back
from tinhso.modules.inspection.queries.standing import count_broken, rule
from tinhso.modules.onestop.actions import supplement
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
VAGUE = [{"reason": "missing", "text": "Nộp lại"}]
LOADER = system("loader")


@pytest.fixture
def pack(tmp_path):
    """Return a function that gives a pack with only this rule file."""

    def make(text):
        folder = tmp_path / "quang-nam"
        shutil.copytree(PROVINCES / "quang-nam" / "rules", folder / "rules", dirs_exist_ok=True)
        (folder / "rules" / "mot-cua.yaml").write_text(text)
        return Pack(folder, later(0))

    return make


def rules():
    return (PROVINCES / "quang-nam" / "rules" / "mot-cua.yaml").read_text()


def load(pack, at):
    from tinhso.base.acts import act

    @act
    def go():
        RulesPart().apply(pack, actor=LOADER, at=at)

    go()


def change(code, **fields):
    Scenario.objects.filter(code=code).update(**fields)
    touch()


def ask(who, minute=8):
    code = playing.taken(who)
    supplement.ask_for_supplement(code, VAGUE, actor=who.ha, at=later(minute))
    return code


def test_one_that_divides_by_zero_is_switched_off_and_harms_no_other(who, worked):
    change("asked-twice", condition="10 / supplement.at_reception > 1")
    for minute in range(5):
        ask(who)
        worked(later(9 + minute))
    standing = Standing.objects.get(pk="asked-twice")
    assert standing.state == "broken"
    assert "ZeroDivisionError" in standing.problem
    assert count_broken(later(20)) == 1
    assert Finding.objects.filter(code="asked-vaguely").count() == 5
    assert not Delivery.objects.exists()
    assert Entry.objects.filter(event="inspection.scenario_broken").count() == 1
    ask(who)
    worked(later(30))
    standing.refresh_from_db()
    assert standing.errors == 5


@pytest.mark.parametrize(
    "condition",
    ["supplement.gone > 1", "acts[3000].minutes > 1", "supplement.asked * 9223372036854775807 > 1 && 5 % 0 == 1"],
)
def test_whatever_a_condition_raises_is_its_own_failure(who, worked, condition):
    change("asked-twice", condition=condition)
    ask(who)
    worked(later(9))
    assert Standing.objects.get(pk="asked-twice").errors == 1
    assert Finding.objects.filter(code="asked-vaguely").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("supplement.asked > 1", "supplement.askd > 1", "supplement.askd"),
        ("supplement.asked > 1", "1 / 0 > 1", "ZeroDivisionError"),
        ("supplement.asked > 1", "supplement.asked", "đúng hoặc sai"),
        ("supplement.asked > 1", "supplement.asked >", "CEL"),
        ("supplement.asked > 1", "acts.map(a, a.minutes).size() > 1", "map"),
        ("supplement.asked > 1", "acts.all(a, acts.exists(b, a.minutes > b.minutes))", "exists"),
        ("supplement.asked > 1", " || ".join(["supplement.asked > 1"] * 40), "500"),
        ("supplement.asked > 1", "acts.exists(a, a.hours > 1)", "acts[].hours"),
        ("when: [onestop.supplement_asked]", "when: [onestop.supplement_begged]", "supplement_begged"),
        ("when: [onestop.supplement_asked]", "when: [inspection.found]", "inspection.found"),
        ("waiting: accepted", "waiting: godot", "godot"),
        ("{supplement.asked} người", "{supplement.asked.__class__} người", "__class__"),
        ("severity: high", "severity: terrible", "terrible"),
        ("from: 2018-06-21", "from: yesterday", "yesterday"),
        ("subject: dossier", "subject: letter", "letter"),
        ("code: asked-unlisted", "code: asked-twice", "asked-twice"),
    ],
)
def test_a_wrong_rule_file_is_refused_by_file_and_line(pack, old, new, said):
    text = rules()
    assert old in text
    # PyYAML reads the new text in quotes, as CEL may hold a colon
    quoted = f'"{new}"' if old == "supplement.asked > 1" else new
    faults = list(RulesPart().check(pack(text.replace(old, quoted, 1))))
    assert faults
    line = text[: text.index(old)].count("\n") + 1
    assert faults[0].file == "rules/mot-cua.yaml"
    assert abs(faults[0].line - line) <= 1, str(faults[0])
    assert said in faults[0].message, faults[0].message


def test_a_rule_file_changed_while_findings_are_open(who, worked, pack):
    ask(who)
    worked(later(9))
    finding = Finding.objects.get(code="asked-vaguely")
    changed = rules().replace("supplement.shortest_letters < 10", "supplement.shortest_letters < 3")
    plan = list(RulesPart().plan(pack(changed)))
    assert [str(change) for change in plan] == ["~ scenario asked-vaguely"]
    load(pack(changed), later(10))
    assert list(RulesPart().plan(pack(changed))) == []
    finding.refresh_from_db()
    page = shown.page_of(finding, seen_by=who.ha, at=later(11))
    assert page.finding.scenario.condition == "supplement.shortest_letters < 10"
    ask(who)
    worked(later(12))
    assert Finding.objects.filter(code="asked-vaguely").count() == 1
    assert Standing.objects.get(pk="asked-vaguely").found == 1


def test_a_scenario_that_is_gone_from_the_pack_finds_nothing_more(who, worked, pack):
    whole = rules()
    start = whole.index("  - code: asked-vaguely")
    end = whole.index("  - code: asked-late")
    load(pack(whole[:start] + whole[end:]), later(1))
    ask(who)
    worked(later(9))
    assert not Finding.objects.filter(code="asked-vaguely").exists()


def test_a_mended_scenario_comes_back_on_trial(who, worked, pack):
    Standing.objects.filter(pk="asked-vaguely").update(state="broken", problem="x")
    touch()
    load(pack(rules().replace("shortest_letters < 10", "shortest_letters < 11")), later(1))
    assert Standing.objects.get(pk="asked-vaguely").state == "shadow"


def test_tried_on_the_past_it_counts_and_writes_nothing(who, inspector):
    ask(who)
    playing.waiting(who)
    before = Entry.objects.count()
    tried = check_back(rule("asked-vaguely"), days=5, seen_by=inspector, at=later(400))
    assert (tried.looked, tried.found, tried.failed, tried.is_cut) == (2, 1, 0, False)
    assert Entry.objects.count() == before
    cut = check_back(rule("asked-vaguely"), days=5, seen_by=inspector, at=later(400), most=1)
    assert (cut.looked, cut.is_cut) == (1, True)


def test_the_whole_pack_still_loads(tmp_path):
    copy = tmp_path / "quang-nam"
    shutil.copytree(PROVINCES / "quang-nam" / "rules", copy / "rules")
    assert list(RulesPart().check(Pack(copy, later(0)))) == []
