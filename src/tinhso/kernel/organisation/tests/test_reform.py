"""A reform of a small province, sound and broken on purpose: what is refused, at which line, and what waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils.translation import override

from tinhso.base.actors import Actor, ActorKind, Holding, system
from tinhso.base.refusals import Forbidden
from tinhso.base.registry import PackPart
from tinhso.kernel.organisation.models import Agency, Succession, Tenure
from tinhso.kernel.organisation.pack import BadPack, load_pack
from tinhso.kernel.organisation.reform.actions import NotACandidate, ReasonNeeded, ReformInForce, decide_question
from tinhso.kernel.organisation.reform.loading import ReformUndecided, carry_on
from tinhso.kernel.organisation.reform.part import MovesPart, ReformPart
from tinhso.kernel.organisation.reform.queries import compared, heirs_of
from tinhso.kernel.organisation.reform.report import report
from tinhso.kernel.organisation.reform_models import Outcome, Reform, ReformQuestion, ReformState
from tinhso.kernel.organisation.tests.packs import AT, OWN, copy, edit, lent, load

pytestmark = pytest.mark.django_db
DAY, LATER = date(2025, 7, 1), datetime(2025, 7, 2, 2, 0, tzinfo=UTC)
PARTS = lent(*OWN, PackPart("reform", ReformPart(), order=25), PackPart("reform-moves", MovesPart(), order=35))
ADMIN = Actor(
    ActorKind.OFFICIAL, "official:1", "Quản trị", "password+totp", 2,
    (Holding("Y90", ("Y90",), "Y90/caretaker", frozenset({"admin"})),),
)  # fmt: skip
HEAD = """reform:
  from: 2025-07-01
  follows: nghich
  law: ["Nghich 1/2025"]
  keeper: Y91
continues: [Y90]
code: Y91
"""
AGENCIES = """code,name,name_en,kind,level,parent,unit_code,desk,field,valid_from,valid_to
Y91,Nghịch mới,New,committee,province,,98,Y91.3,,2025-07-01,
Y91.3,Nhà mới,New house,centre,province,Y91,98,,,2025-07-01,
Y91.1,Sở mới,New department,department,province,Y91,98,,everything,2025-07-01,
Y91.7,Xã Một,One,committee,commune,Y91,98001,Y91.7.1,,2025-07-01,
Y91.7.1,Quầy Một,One desk,desk,commune,Y91.7,98001,,,2025-07-01,
Y91.8,Xã Hai,Two,committee,commune,Y91,98002,Y91.8.1,,2025-07-01,
Y91.8.1,Quầy Hai,Two desk,desk,commune,Y91.8,98002,,,2025-07-01,
"""
SUCCESSIONS = """predecessor,successor,kind,share,valid_from,decision
Y90,Y91,merger,,2025-07-01,Nghich 1/2025
Y90.1,Y91.1,merger,,2025-07-01,Nghich 1/2025
Y90.7,Y91.7,split,0.5,2025-07-01,Nghich 1/2025
Y90.7,Y91.8,split,0.5,2025-07-01,Nghich 1/2025
"""
QUESTIONS = """key,kind,text,agency,candidates,proposal,evidence
xuoi,unmatched,Xã Suôi,Y91.8,Y90.8 Y90.7,Y90.8,Xã Hai: Xã Suôi
nguoc,split,Xã Ngược,Y90.7,Y91.7 Y91.8,Y91.7,one half each
"""
POSTS = """code,agency,title,title_en,roles,seats,valid_from
Y91/leader,Y91,Ký,Signs,leader,2,2025-07-01
Y91/admin,Y91,Quản,Cares,admin,1,2025-07-01
Y91.3/all,Y91.3,Đón,Welcomes,reception cashier,1,2025-07-01
Y91.7/worker,Y91.7,Làm,Works,processor clerk,1,2025-07-01
Y91.7.1/all,Y91.7.1,Đón,Welcomes,reception cashier,2,2025-07-01
Y91.8/worker,Y91.8,Làm,Works,processor clerk,3,2025-07-01
Y91.8.1/all,Y91.8.1,Đón,Welcomes,reception cashier,2,2025-07-01
"""
MOVES = "post_from,post_to,decision\nY90/leader,Y91/leader,Nghich 2/2025\nY90.1/leader,Y91/leader,Nghich 2/2025\n"


@pytest.fixture
def pack(tmp_path: Path):
    with override("en"):
        old = tmp_path / "nghich"
        old.mkdir()
        load(copy(old))
        (old / "retention.yaml").write_text("{}")
        new = tmp_path / "moi"
        new.mkdir()
        copy(new)
        edit(new, "province.yaml", "code: Y90\n", HEAD)
        edit(new, "calendar.yaml", "Y90.3", "Y91.3")
        files = {
            "agencies": AGENCIES,
            "successions": SUCCESSIONS,
            "questions": QUESTIONS,
            "posts": POSTS,
            "moves": MOVES,
        }
        files |= {"officials": "staff_code,full_name\n", "tenures": "post,staff_code,valid_from\n"}
        for name, text in files.items():
            (new / "organisation" / f"{name}.csv").write_text(text, encoding="utf-8")
        yield new


def put(folder: Path, *, at: datetime = LATER, dry_run: bool = False):
    return load_pack(folder, actor=system("loader"), at=at, dry_run=dry_run, lent=PARTS)


def decide(**answers: str) -> None:
    for row in ReformQuestion.objects.select_related("reform"):
        answer = answers.get(row.key, row.proposal)
        decide_question(row, answer=answer, reason="" if answer else "chờ nghị quyết", actor=ADMIN, at=LATER)


def prepared(folder: Path, **answers: str) -> Reform:
    with pytest.raises(ReformUndecided):
        put(folder)
    decide(**answers)
    put(folder)
    return Reform.objects.get()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("successions", "Y90.1,Y91.1", "Y90.5,Y91.1", "organisation/successions.csv:3: There is no agency “Y90.5”"),
        ("successions", "Y90.1,Y91.1,merger,", "Y90.1,Y91.1,split,0.5", "The shares of those who took over from Y90.1 sum to 0.5"),
        ("successions", "Y90,Y91,merger,,2025-07-01,Nghich 1/2025\n", "", "Nobody takes over from Y90 "),
        ("successions", "Y90.1,Y91.1,merger,,", "Y90.1,Y90,merger,,", "These agencies take over from each other") ,
        ("agencies", "Y91.8,Xã Hai", "Y90.8,Xã Hai", "A code never names another agency"),
        ("moves", "Y90/leader,Y91/leader", "Y90/nobody,Y91/leader", "There is no post “Y90/nobody”"),
        ("questions", "nguoc,split", "xuoi,split", "The question “xuoi” is already in line 2"),
    ],
)  # fmt: skip
def test_a_broken_reform_is_refused_at_its_line(pack, name, old, new, said):
    if "each other" in said:
        edit(pack, "organisation/successions.csv", "Y90,Y91,merger", "Y90,Y90.1,merger")
    edit(pack, f"organisation/{name}.csv", old, new)
    with pytest.raises(BadPack) as no:
        put(pack)
    assert any(said in str(fault) for fault in no.value.found), [str(fault) for fault in no.value.found]
    assert not Reform.objects.exists()


def test_nothing_is_loaded_before_a_person_spoke_and_only_an_administrator_may(pack):
    with pytest.raises(ReformUndecided) as no:
        put(pack)
    assert no.value.facts == {"count": 2}
    row = ReformQuestion.objects.get(key="xuoi")
    assert not Agency.objects.filter(code="Y91").exists()
    with pytest.raises(Forbidden):
        decide_question(row, answer="Y90.8", actor=system("worker"), at=LATER)
    with pytest.raises(NotACandidate):
        decide_question(row, answer="Y90.1", actor=ADMIN, at=LATER)
    with pytest.raises(ReasonNeeded):
        decide_question(row, actor=ADMIN, at=LATER)
    decide()
    put(pack)
    assert Succession.objects.filter(predecessor="Y90.8", successor="Y91.8").exists()
    with pytest.raises(ReformInForce):
        decide_question(ReformQuestion.objects.get(key="xuoi"), answer="Y90.7", actor=ADMIN, at=LATER)


def test_who_goes_on_with_what(pack):
    heirs = heirs_of(prepared(pack))
    assert heirs.of("Y90.8.1") == "Y91.8.1"
    assert heirs.of("Y90.1.1") == "Y91.1"
    assert heirs.of("Y90.3") == "Y91.3"
    assert (heirs.of("Y90.7"), heirs.why("Y90.7")) == ("Y91.7", "decided")
    assert heirs.of("Y90.7", unit="98002") == "Y91.8"
    assert (heirs.of("Y90.7.1", unit="98002"), heirs.why("Y90.7.1", unit="98002")) == ("Y91.8.1", "place")


def test_what_is_left_open_is_kept_by_the_keeper(pack):
    heirs = heirs_of(prepared(pack, nguoc="", xuoi=""))
    assert (heirs.of("Y90.7"), heirs.why("Y90.7")) == ("Y91", "kept")
    assert heirs.of("Y90.8") in heirs.after
    assert ReformQuestion.objects.filter(outcome=Outcome.POSTPONED).count() == 2


def test_officials_go_on_by_the_roles_of_their_posts(pack):
    prepared(pack)
    held = {(row.post_code, row.official.staff_code) for row in Tenure.objects.on(DAY).select_related("official")}
    # signed in two agencies that became one: once; one seat at the town, the second worker is left to a person
    assert ("Y91/leader", "NG-05") in held
    assert len([one for one in held if one[0] == "Y91/leader"]) == 1
    assert len([one for one in held if one[0] == "Y91.7/worker"]) == 1
    assert not any(post.startswith("Y90") for post, _staff in held)
    prospect = put(pack).prospect
    text = "\n".join(report(prospect, whole=True))
    assert "signs, so a person appoints" in text
    assert "Tạ Thu Lật" in text or "Song Thị Đôi" in text


def test_loaded_early_it_holds_from_its_day(pack):
    prepared_at = datetime(2025, 6, 1, 2, 0, tzinfo=UTC)
    with pytest.raises(ReformUndecided):
        put(pack, at=prepared_at)
    decide()
    put(pack, at=prepared_at)
    assert Agency.objects.on(date(2025, 6, 30)).filter(code="Y90.7").exists()
    assert not Agency.objects.on(DAY).filter(code="Y90.7").exists()
    carry_on(actor=system("worker"), at=prepared_at)
    assert Reform.objects.get().state == ReformState.RUNNING
    carry_on(actor=system("worker"), at=LATER)
    assert Reform.objects.get().state == ReformState.DONE


def test_loaded_twice_and_with_another_text_nothing_is_lost(pack):
    prepared(pack)
    before = list(Agency.objects.order_by("pk").values())
    assert put(pack).is_empty
    assert put(pack, at=AT.replace(year=2026)).is_empty
    assert list(Agency.objects.order_by("pk").values()) == before
    edit(pack, "organisation/agencies.csv", "Xã Hai,Two", "Xã Hai mới,Two")
    assert [change.key for change in put(pack).changes] == ["Y91.8"]


def test_figures_compare_both_ways(pack):
    reform = prepared(pack)
    now = compared(reform, {"Y90.7": 10, "Y90.8": 3, "Y91.8": 4})
    assert {code: (one.counted, one.estimated) for code, one in now.items()} == {"Y91.7": (0, 5), "Y91.8": (7, 5)}
    back = compared(reform, {"Y90.7": 10, "Y90.8": 3, "Y91.8": 4}, by_old=True)
    assert sum(one.value for one in back.values()) == 17
    assert back["Y90.7"].counted == 10
