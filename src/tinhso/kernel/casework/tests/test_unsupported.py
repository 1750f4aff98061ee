"""Every element outside the subset is refused by its name, its line and its own reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from tinhso.kernel.casework.bpmn import UnsupportedElement, compile_flow
from tinhso.kernel.casework.bpmn.faults import REASONS
from tinhso.kernel.casework.tests.drawing import Draw, approval, cycle, duration


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def _task(tag: str, **attrs: object) -> Draw:
    d = Draw()
    d.chain(d.start(), d.node(tag, "X", name="Odd", **attrs), d.user("After"), d.end())
    return d


def _event(tag: str, inner: str) -> Draw:
    d = Draw()
    d.user("A")
    if tag == "boundaryEvent":
        d.chain(d.start(), "A", d.end())
        d.border("X", "A", inner)
        d.chain("X", d.end("E2"))
    elif tag == "startEvent":
        d.chain(d.start("X", inner), "A", d.end())
    elif tag == "endEvent":
        d.chain(d.start(), "A", d.end("X", inner))
    else:
        d.chain(d.start(), "A", d.node(tag, "X", inner), d.end())
    return d


def _definition(kind: str) -> str:
    return f"<bpmn:{kind}/>"


def _user(inner: str = "", **attrs: object) -> Draw:
    d = Draw()
    d.chain(d.start(), d.user("X", inner, **attrs), d.end())
    return d


def _conditional_flow() -> Draw:
    d = Draw()
    d.start()
    d.user("A")
    d.end()
    d.flow("Start", "A")
    d.flow("A", "End", "amount > 1", id="X")
    return d


def _feel() -> Draw:
    d = approval()
    d.lines = [line.replace('outcome == "approve"', '=outcome = "approve"') for line in d.lines]
    return d


_COMPLETION = (
    '<bpmn:multiInstanceLoopCharacteristics tinhso:collection="a"><bpmn:completionCondition>true'
    "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
)
_TWO = _definition("signalEventDefinition") + _definition("messageEventDefinition")

UNSUPPORTED = [
    pytest.param(_task("task"), "task", "task", id="task without a type"),
    pytest.param(_task("scriptTask"), "scriptTask", "scriptTask", id="script task"),
    pytest.param(_task("businessRuleTask"), "businessRuleTask", "businessRuleTask", id="business rule task"),
    pytest.param(_task("complexGateway"), "complexGateway", "complexGateway", id="complex gateway"),
    pytest.param(_task("eventBasedGateway"), "eventBasedGateway", "eventBasedGateway", id="event-based gateway"),
    pytest.param(_task("adHocSubProcess"), "adHocSubProcess", "adHocSubProcess", id="ad-hoc subprocess"),
    pytest.param(_task("transaction"), "transaction", "transaction", id="transaction"),
    pytest.param(_task("choreographyTask"), "choreographyTask", "choreographyTask", id="choreography"),
    pytest.param(_task("implicitThrowEvent"), "implicitThrowEvent", "other", id="anything else"),
    pytest.param(_task("subProcess", triggeredByEvent="true"), "eventSubProcess", "eventSubProcess", id="event subprocess"),
    pytest.param(_task("callActivity"), "callActivity", "callActivity", id="call without target"),
    pytest.param(_task("callActivity", calledElement="none"), "callActivity", "callActivity", id="call of nothing"),
    pytest.param(_task("callActivity", calledElement="P"), "callActivity", "callCycle", id="call of itself"),
    *(
        pytest.param(_event(tag, _definition(kind)), kind, kind, id=f"{tag} {kind}")
        for tag, kinds in {
            "startEvent": ["signalEventDefinition", "conditionalEventDefinition", "errorEventDefinition"],
            "endEvent": ["errorEventDefinition", "escalationEventDefinition", "signalEventDefinition",
                         "compensateEventDefinition", "cancelEventDefinition"],
            "intermediateCatchEvent": ["signalEventDefinition", "conditionalEventDefinition", "linkEventDefinition"],
            "intermediateThrowEvent": ["escalationEventDefinition", "linkEventDefinition", "compensateEventDefinition",
                                       "terminateEventDefinition"],
            "boundaryEvent": ["errorEventDefinition", "signalEventDefinition", "conditionalEventDefinition",
                              "escalationEventDefinition", "compensateEventDefinition", "cancelEventDefinition"],
        }.items()
        for kind in kinds
    ),
    pytest.param(_event("startEvent", duration("PT1H")), "timerEventDefinition", "startTimer", id="timer start"),
    pytest.param(_event("intermediateCatchEvent", ""), "intermediateCatchEvent", "untriggered", id="plain catch event"),
    pytest.param(_event("boundaryEvent", "<bpmn:eventDefinitionRef>e</bpmn:eventDefinitionRef>"), "eventDefinitionRef",
                 "sharedDefinition", id="shared trigger"),
    pytest.param(_event("boundaryEvent", _TWO), "multipleEventDefinition", "multipleEventDefinition", id="two triggers"),
    pytest.param(_event("intermediateCatchEvent", cycle("R3/PT1H")), "timeCycle", "cycleTimer", id="cycle waited at"),
    pytest.param(_event("boundaryEvent", cycle("R3/PT1H")), "timeCycle", "cycleTimer", id="cycle that interrupts"),
    pytest.param(_user(_definition("standardLoopCharacteristics")), "standardLoopCharacteristics",
                 "standardLoopCharacteristics", id="loop marker"),
    pytest.param(_user(_COMPLETION), "completionCondition", "completionCondition", id="completion condition"),
    pytest.param(_user(isForCompensation="true"), "isForCompensation", "isForCompensation", id="compensation step"),
    pytest.param(_conditional_flow(), "conditionalFlow", "conditionalFlow", id="condition after a step"),
    pytest.param(_user(default="Flow_2"), "conditionalFlow", "conditionalFlow", id="default after a step"),
    pytest.param(_feel(), "conditionExpression", "expressionLanguage", id="FEEL"),
]  # fmt: skip


@pytest.mark.parametrize(("draw", "kind", "reason"), UNSUPPORTED)
def test_an_unsupported_element_is_named_with_line_and_reason(draw: Draw, kind: str, reason: str) -> None:
    xml = draw.xml()
    with pytest.raises(UnsupportedElement) as no:
        compile_flow(xml)
    facts = no.value.facts
    assert facts["kind"] == kind
    assert facts["reason"] == str(REASONS[reason])
    assert facts["element"] in xml.decode().splitlines()[facts["line"] - 1]
    assert str(facts["line"]) in str(no.value)


def test_every_unsupported_element_is_told_at_once() -> None:
    d = Draw()
    d.chain(d.start(), d.node("scriptTask", "X"), d.node("task", "Y"), d.end())
    with pytest.raises(UnsupportedElement) as no:
        compile_flow(d.xml())
    assert [fault.pointer for fault in no.value.faults] == ["X", "Y"]


def test_every_reason_is_in_words_and_none_is_idle() -> None:
    used = {param.values[2] for param in UNSUPPORTED}
    assert set(REASONS) == used
