"""Reading of what triggers an event: messages and timers, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.kernel.casework.bpmn import conditions
from tinhso.kernel.casework.bpmn.durations import parse_cycle, parse_duration, parse_within
from tinhso.kernel.casework.bpmn.faults import Finding, unsupported
from tinhso.kernel.casework.bpmn.graph import Kind, Timer
from tinhso.kernel.casework.bpmn.source import Element, child, children, line, local, own, text

BAD_TIMER = _("“{element}” has a time that cannot be read: “{value}”. Write 4h or 2d of working time, or PT1H, P3D.")
NO_MESSAGE = _("“{element}” names no message.")

ALLOWED: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"", "messageEventDefinition"}),
    "endEvent": frozenset({"", "messageEventDefinition", "terminateEventDefinition"}),
    "intermediateCatchEvent": frozenset({"messageEventDefinition", "timerEventDefinition"}),
    "intermediateThrowEvent": frozenset({"", "messageEventDefinition"}),
    "boundaryEvent": frozenset({"messageEventDefinition", "timerEventDefinition"}),
}


@dataclass(slots=True)
class Trigger:
    """What an event waits for or does: `kind` is the local name of its definition, empty for a plain event."""

    kind: str = ""
    timer: Timer | None = None
    message: str = ""
    findings: list[Finding] = field(default_factory=list)


def read_trigger(event: Element, messages: Mapping[str, str]) -> Trigger:
    """Return the trigger of an event; what is wrong with it is in its findings."""
    tag, name, at = local(event), event.get("name", ""), line(event)
    element = event.get("id", "")
    definitions = [each for each in children(event) if local(each).endswith("EventDefinition")]
    if child(event, "eventDefinitionRef") is not None:
        return Trigger(findings=[unsupported("eventDefinitionRef", element, name, at, "sharedDefinition")])
    if len(definitions) > 1:
        return Trigger(findings=[unsupported("multipleEventDefinition", element, name, at)])
    definition = definitions[0] if definitions else None
    kind = local(definition) if definition is not None else ""
    if kind not in ALLOWED[tag]:
        return Trigger(kind, findings=[unsupported(kind or tag, element, name, at, _reason(tag, kind))])
    trigger = Trigger(kind)
    if kind == "messageEventDefinition" and definition is not None:
        trigger.message = message_of(event, definition, messages)
        if not trigger.message:
            trigger.findings.append(_finding("no_message", NO_MESSAGE, event))
    elif kind == "timerEventDefinition" and definition is not None:
        _read_timer(event, definition, trigger)
    return trigger


def _reason(tag: str, kind: str) -> str:
    if not kind:
        return "untriggered"
    if tag == "startEvent" and kind == "timerEventDefinition":
        return "startTimer"
    return kind


def message_of(element: Element, holder: Element, messages: Mapping[str, str]) -> str:
    """Return the name of the message: `messageRef`, else `tinhso:message`, else the element's own name."""
    referred = holder.get("messageRef", "").split(":")[-1]
    return messages.get(referred, "") or own(element, "message") or element.get("name", "")


def _finding(code: str, sentence: Text, event: Element, **facts: str) -> Finding:
    return Finding(code, sentence, event.get("id", ""), event.get("name", ""), line(event), facts=dict(facts))


def _read_timer(event: Element, definition: Element, trigger: Trigger) -> None:
    written = ""
    try:
        within = own(event, "within") or own(definition, "within")
        if within:
            written = within
            trigger.timer = _within_timer(within)
            return
        given = child(definition, "timeDuration", "timeDate", "timeCycle")
        written = text(given).strip("\"'")
        kind = local(given) if given is not None else ""
        if kind == "timeCycle":
            _read_cycle(event, written, trigger)
        elif kind == "timeDate":
            trigger.timer = _date_timer(written)
        else:
            trigger.timer = _duration_timer(written)
    except (ValueError, conditions.BadExpression):
        trigger.findings.append(_finding("bad_timer", BAD_TIMER, event, value=written))


def _within_timer(written: str) -> Timer:
    parse_within(written)
    return Timer("within", written)


def _duration_timer(written: str) -> Timer:
    if not written.startswith("P"):
        return _within_timer(written)
    parse_duration(written)
    return Timer("duration", written)


def _date_timer(written: str) -> Timer:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        expression = conditions.bare(written)
        conditions.check(expression)
        return Timer("expression", expression)
    if moment.tzinfo is None:
        raise ValueError(written)
    return Timer("date", written)


def _read_cycle(event: Element, written: str, trigger: Trigger) -> None:
    is_reminder = local(event) == "boundaryEvent" and event.get("cancelActivity", "true") == "false"
    if not is_reminder:
        element, name = event.get("id", ""), event.get("name", "")
        trigger.findings.append(unsupported("timeCycle", element, name, line(event), "cycleTimer"))
        return
    times, duration = parse_cycle(written)
    trigger.timer = Timer("duration", duration, repeat=times - 1)


def kind_of(tag: str, trigger: Trigger) -> Kind:
    """Return the node kind of an event element."""
    if tag == "intermediateCatchEvent":
        return Kind.CATCH_TIMER if trigger.kind == "timerEventDefinition" else Kind.CATCH_MESSAGE
    if tag == "intermediateThrowEvent":
        return Kind.THROW_MESSAGE if trigger.message else Kind.THROW
    return {"startEvent": Kind.START, "endEvent": Kind.END, "boundaryEvent": Kind.BOUNDARY}[tag]
