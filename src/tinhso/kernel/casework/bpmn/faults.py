"""What a flow file may be refused for: each element named, with its line and a reason that a designer can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Fault, Refusal, Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a flow: an error stops it from being published, a warning does not."""

    code: str
    text: Text
    element: str = ""
    name: str = ""
    line: int = 0
    is_error: bool = True
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        return str(self.text).format(element=self.name or self.element, **self.facts)

    def as_fault(self) -> Fault:
        """Return it as a place to mend; the pointer is the element's id."""
        return Fault(pointer=self.element, text=str(self), code=self.code)


class BadFile(Refusal):
    """The file is not BPMN that may be read: too large, not XML, with a DTD, without a process."""

    code = "casework.bad_file"
    text = _("This file cannot be read as a BPMN 2.0 flow: {reason}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class UnsupportedElement(Refusal):
    """The file uses an element of BPMN that this platform does not run. All such elements are in `faults`."""

    code = "casework.unsupported_element"
    text = _("Line {line}: “{name}” ({kind}) cannot be used. {reason}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep every such element; the first fills the sentence."""
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(
            faults=[finding.as_fault() for finding in self.findings],
            element=first.element,
            name=first.name or first.element,
            kind=first.facts["kind"],
            line=first.line,
            reason=str(first),
        )


class BrokenFlow(Refusal):
    """The file can be read, but a case could not run through it; `findings` says where and why."""

    code = "casework.broken_flow"
    text = _("This flow cannot be published yet: {problem}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep every finding; the first error fills the sentence."""
        self.findings = tuple(findings)
        first = next(finding for finding in self.findings if finding.is_error)
        super().__init__(
            faults=[finding.as_fault() for finding in self.findings if finding.is_error],
            problem=str(first),
            line=first.line,
            element=first.element,
        )


CALL_NEEDS_TARGET = _(
    "A call activity must name, in calledElement, a process of this file or a loaded flow, never one that calls it."
)
UNTYPED_TASK = _("A task without a type is nobody's work: make it a user, manual, service, send or receive task.")

REASONS: dict[str, Text] = {
    "task": UNTYPED_TASK,
    "scriptTask": _("Flows hold no program code: make it a service task and name a service the platform lends."),
    "businessRuleTask": _("Decision tables are not run here: put the rule in the conditions of a gateway."),
    "complexGateway": _("Its activation rule has no agreed meaning: use an inclusive or a parallel gateway."),
    "eventBasedGateway": _("Put the waiting on a step with boundary timer and boundary message events instead."),
    "adHocSubProcess": _("Steps without an order cannot be followed: draw the order, or use an inclusive gateway."),
    "transaction": _("A transaction subprocess needs compensation, which is not run: use an ordinary subprocess."),
    "eventSubProcess": _("Put the event on the border of an ordinary subprocess instead."),
    "signalEventDefinition": _("A signal reaches every case at once: use a message, which reaches one case."),
    "errorEventDefinition": _("Draw the failing outcome as a branch of a gateway instead."),
    "escalationEventDefinition": _("Use a non-interrupting boundary timer to call a superior in."),
    "compensateEventDefinition": _("What was done is undone by an act of its own: draw the step that does it."),
    "conditionalEventDefinition": _("Nobody watches variables: use a message when the fact becomes known."),
    "linkEventDefinition": _("Draw the arrow itself."),
    "cancelEventDefinition": _("Cancel events belong to transactions, which are not run: use a terminate end event."),
    "multipleEventDefinition": _("Give one event one trigger: draw one event for each."),
    "startTimer": _("Cases are started by people: use a plain or a message start event."),
    "terminateEventDefinition": _("Terminate belongs on an end event."),
    "standardLoopCharacteristics": _("Draw the way back with a gateway, so that one sees what ends the loop."),
    "completionCondition": _("All instances are done before the flow goes on: decide after them, with a gateway."),
    "isForCompensation": _("Steps of compensation are never reached here: draw the step in the flow."),
    "callActivity": CALL_NEEDS_TARGET,
    "callCycle": _("The flow calls itself, directly or through another one."),
    "conditionalFlow": _("A condition on an arrow out of a step is easily overlooked: put a gateway after the step."),
    "choreographyTask": _("Choreographies are not run."),
    "cycleTimer": _("A repeating timer is only for a reminder: a non-interrupting event on the border of a step."),
    "expressionLanguage": _('Conditions are written in CEL, for example: outcome == "approve".'),
    "untriggered": _("An event that waits needs a message or a timer."),
    "sharedDefinition": _("Define the trigger inside the event, not by reference."),
    "other": _("It is outside the part of BPMN that this platform runs."),
}


def unsupported(kind: str, element: str, name: str, line: int, reason: str = "") -> Finding:
    """Return the finding that an element is not supported; `reason` is a key of REASONS, by default the kind's."""
    text = REASONS.get(reason or kind, REASONS["other"])
    return Finding("unsupported", text, element=element, name=name, line=line, facts={"kind": kind})
