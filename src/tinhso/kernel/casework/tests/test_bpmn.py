"""What can be loaded, and what is refused with which reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils.translation import override

from tinhso.kernel.casework.bpmn import BadFile, BrokenFlow, check_graph, compile_flow
from tinhso.kernel.casework.bpmn.conditions import MAX_EXPRESSION, BadExpression, check, evaluate
from tinhso.kernel.casework.bpmn.durations import parse_cycle, parse_duration, parse_within
from tinhso.kernel.casework.bpmn.graph import Outcome, Within
from tinhso.kernel.casework.bpmn.source import MAX_BYTES
from tinhso.kernel.casework.proof import check_flow, walk
from tinhso.kernel.casework.tests.drawing import Draw, approval, cycle, duration, each, message, one_step

FILES = Path(__file__).parent / "files"


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def codes(draw: Draw) -> set[str]:
    """Return the codes of the errors for which a drawing is refused; empty when it is not."""
    try:
        compile_flow(draw.xml())
    except BrokenFlow as no:
        return {finding.code for finding in no.findings if finding.is_error}
    return set()


def warnings(draw: Draw) -> set[str]:
    return {finding.code for finding in check_flow(compile_flow(draw.xml())) if not finding.is_error}


# — files of editors


def test_a_file_of_bpmn_io_with_pools_lanes_and_a_drawing() -> None:
    graph = compile_flow((FILES / "bpmn_io.bpmn").read_bytes())
    assert graph.name == "Cấp bản sao trích lục"
    assert graph.lanes == {"Bộ phận Một cửa": "reception", "leader": "leader"}
    receive, sign = graph.nodes["Activity_receive"], graph.nodes["Activity_sign"]
    assert (receive.name, receive.role, receive.agency) == ("Tiếp nhận hồ sơ", "reception", "desk")
    assert sign.role == "leader"
    assert sign.outcomes == (Outcome("Flow_5", "Ký"), Outcome("again", "Soát lại"))
    assert check_flow(graph) == []


def test_a_file_of_camunda_modeler_with_foreign_extensions() -> None:
    graph = compile_flow((FILES / "camunda_modeler.bpmn").read_bytes())
    ask, report = graph.nodes["Activity_ask"], graph.nodes["Activity_report"]
    assert (ask.role, ask.agency, ask.within) == ("processor", "agency", Within("3", "d"))
    assert ask.multi is not None
    assert (ask.multi.collection, ask.multi.element) == ("agencies", "agency")
    assert (report.role, report.form, report.within) == ("head", "report", Within("4", "h"))
    assert graph.flows["Flow_yes"].condition == "count >= 2"
    assert check_flow(graph) == []


def test_outcomes_come_from_the_gateway_after_the_step() -> None:
    graph = compile_flow(approval().xml())
    assert graph.nodes["Sign"].outcomes == (Outcome("approve", "Phê duyệt"), Outcome("correct", "Yêu cầu sửa"))
    assert graph.nodes["Receive"].outcomes == (Outcome("accept", "Tiếp nhận"), Outcome("no", "Từ chối"))
    assert graph.nodes["Process"].outcomes == ()


def test_outcomes_may_be_written_on_the_step() -> None:
    draw = one_step(t_outcomes="agree:Đồng ý|Agree, disagree")
    assert compile_flow(draw.xml()).nodes["A"].outcomes == (
        Outcome("agree", "Đồng ý", "Agree"),
        Outcome("disagree", "disagree"),
    )


# — files that are refused whole


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Document is empty"),
        (b"not xml", "Start tag expected"),
        (b"<a/>", "<a>"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "no process"),
        (b" " * (MAX_BYTES + 1), "kB"),
    ],
    ids=["empty", "text", "other xml", "no process", "too large"],
)
def test_what_is_not_a_flow_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        compile_flow(data)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("leader")
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "' + secret.as_uri().encode() + b'">]>'
    body = one_step().xml().split(b"?>", 1)[1].replace(b"Do A", b"&e;")
    with pytest.raises(BadFile):
        compile_flow(head + body)


def test_many_entities_do_not_blow_up() -> None:
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    head += b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9))
    body = one_step().xml().split(b"?>", 1)[1].replace(b"Do A", b"&a8;")
    with pytest.raises(BadFile):
        compile_flow(head + b"]>" + body)


# — flows that would leave a case stuck


def broken() -> dict[str, Draw]:
    no_start = Draw()
    no_start.chain(no_start.user("A"), no_start.end())
    unreachable = one_step()
    unreachable.chain(unreachable.user("Lost"), "End")
    dead_end = one_step()
    dead_end.parallel("Split")
    dead_end.chain("A", "Split", dead_end.user("Stops"))
    no_condition = Draw()
    no_condition.start()
    no_condition.user("A")
    no_condition.exclusive("G")
    no_condition.end("E1")
    no_condition.end("E2")
    no_condition.chain("Start", "A", "G")
    no_condition.flow("G", "E1", 'outcome == "x"')
    no_condition.flow("G", "E2")
    endless = one_step()
    endless.exclusive("G", default="Back")
    endless.node("intermediateThrowEvent", "T")
    endless.chain("A", "G", "T")
    endless.flow("T", "G", id="Round")
    endless.flow("G", "End", "x > 1")
    endless.lines = [line.replace('default="Back"', 'default="Flow_4"') for line in endless.lines]
    trap = one_step()
    trap.parallel("S")
    trap.user("T1")
    trap.user("T2")
    trap.chain("A", "S", "T1", "T2", "T1")
    trap.flow("S", "End")
    nobody = Draw()
    nobody.chain(nobody.start(), nobody.user("A", t_role=""), nobody.end())
    no_service = Draw()
    no_service.chain(no_service.start(), no_service.node("serviceTask", "A"), no_service.end())
    within = one_step(t_within="two days")
    timer = Draw()
    timer.chain(timer.start(), timer.node("intermediateCatchEvent", "A", duration("tomorrow")), timer.end())
    loose = one_step()
    loose.flow("A", "Nowhere")
    twice = one_step()
    twice.user("A")
    cel = approval()
    cel.lines = [line.replace("outcome == ", "outcome = ") for line in cel.lines]
    long = one_step(name="x" * 301)
    border = one_step()
    border.border("B", "End", duration("PT1H"))
    border.chain("B", border.end("E2"))
    return {
        "no_start": no_start, "unreachable": unreachable, "dead_end": dead_end, "no_condition": no_condition,
        "endless": endless, "cannot_end": trap, "no_role": nobody, "no_service": no_service, "bad_within": within,
        "bad_timer": timer, "loose_flow": loose, "same_id": twice, "bad_condition": cel, "wrong_border": border,
        "too_long": long,
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(broken()))
def test_a_broken_flow_is_refused_for_its_own_reason(code: str) -> None:
    assert code in codes(broken()[code])


def test_a_sound_flow_is_clean() -> None:
    assert check_flow(compile_flow(approval().xml())) == []


def test_a_choice_joined_as_if_parallel_is_found_stuck() -> None:
    d = Draw()
    d.start()
    d.user("A")
    d.exclusive("G")
    d.user("B")
    d.user("C")
    d.parallel("J")
    d.chain("Start", "A", "G")
    d.flow("G", "B", 'outcome == "b"')
    d.flow("G", "C", 'outcome == "c"')
    d.chain("B", "J", d.end())
    d.chain("C", "J")
    graph = compile_flow(d.xml())
    assert [(finding.code, finding.element) for finding in walk(graph)] == [("stuck", "J")]


def test_parallel_branches_merged_by_a_choice_are_found_double() -> None:
    d = Draw()
    d.start()
    d.parallel("S")
    d.user("B")
    d.user("C")
    d.exclusive("M")
    d.user("After")
    d.chain("Start", "S", "B", "M", "After", d.end())
    d.chain("S", "C", "M")
    assert warnings(d) >= {"twice", "never_joined"}


def test_a_gateway_without_default_is_doubtful_unless_the_outcomes_cover_it() -> None:
    d = approval()
    assert "no_default" not in warnings(d)
    d.lines = [line.replace('outcome == "correct"', "amount &gt; 5") for line in d.lines]
    assert "no_default" in warnings(d)


def test_a_flow_too_wide_to_walk_is_said_to_be() -> None:
    d = Draw()
    d.parallel("S")
    d.parallel("J")
    d.chain(d.start(), "S")
    for n in range(14):
        d.chain("S", d.user(f"A{n}"), "J")
    d.chain("J", d.end())
    assert "not_walked" in warnings(d)


# — small readers


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("4h", Within("4", "h")),
        ("0.5d", Within("0.5", "d")),
        (" 2,50 d", Within("2.5", "d")),
        ("10d", Within("10", "d")),
    ],
)
def test_working_time(text: str, within: Within) -> None:
    assert parse_within(text) == within


@pytest.mark.parametrize("text", ["", "h", "0d", "-1d", "4m", "PT4H", "1e3h", "99999d"])
def test_what_is_not_working_time(text: str) -> None:
    with pytest.raises(ValueError):
        parse_within(text)


def test_durations_run_by_the_calendar() -> None:
    assert parse_duration("P1M").after(datetime(2026, 1, 31, 3, tzinfo=UTC)) == datetime(2026, 2, 28, 3, tzinfo=UTC)
    assert parse_duration("P1DT2H30M").after(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(
        2026, 1, 2, 2, 30, tzinfo=UTC
    )
    assert parse_cycle("R3/P1D") == (3, "P1D")
    for text in ("P", "PT", "1D", "P1H", "R/P1D", "-P1D"):
        with pytest.raises(ValueError):
            (parse_cycle if text.startswith("R") else parse_duration)(text)


def test_expressions_are_bounded() -> None:
    check("x > 1 && y.all(a, a == 1)")
    for text in ("x >", "a" * (MAX_EXPRESSION + 1), "a.map(b,b).map(c,c).map(d,d)", "((" * 200):
        with pytest.raises(BadExpression):
            check(text)
    assert evaluate("size(agencies) + 1", {"agencies": ["a"]}) == 2


def test_a_reminder_may_repeat() -> None:
    d = one_step()
    d.border("R", "A", cycle("R3/P1D"), interrupting=False)
    d.chain("R", d.end("E2"))
    timer = compile_flow(d.xml()).nodes["R"].timer
    assert timer is not None
    assert (timer.kind, timer.value, timer.repeat) == ("duration", "P1D", 2)


def test_a_flow_may_call_a_loaded_one() -> None:
    called = compile_flow(approval().xml())
    d = Draw("outer")
    d.chain(d.start(), d.node("callActivity", "Call", calledElement="approval"), d.end())
    graph = compile_flow(d.xml(), library={"approval": called}.get)
    assert graph.nodes["Call/Sign"].scope == "Call"
    assert check_graph(graph) == []


def test_message_and_collection_must_be_named() -> None:
    d = Draw()
    d.chain(d.start(), d.node("receiveTask", "A"), d.user("B", "<bpmn:multiInstanceLoopCharacteristics/>"), d.end())
    assert codes(d) == {"no_message", "no_collection"}
    assert message("paid")
    assert each("a", "b")
