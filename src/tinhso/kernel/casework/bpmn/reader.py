"""From the elements of one process to nodes and arrows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.base.text import nfc
from tinhso.kernel.casework.bpmn import conditions
from tinhso.kernel.casework.bpmn.durations import parse_within
from tinhso.kernel.casework.bpmn.events import ALLOWED, kind_of, message_of, read_trigger
from tinhso.kernel.casework.bpmn.faults import BadFile, Finding, unsupported
from tinhso.kernel.casework.bpmn.graph import ACTIVITIES, GATEWAYS, Flow, Graph, Kind, Multi, Node, Within
from tinhso.kernel.casework.bpmn.source import (
    CAMUNDA,
    MAX_NODES,
    Element,
    child,
    children,
    line,
    local,
    own,
    text,
)

TASKS = {
    "userTask": Kind.USER,
    "manualTask": Kind.MANUAL,
    "serviceTask": Kind.SERVICE,
    "sendTask": Kind.SEND,
    "receiveTask": Kind.RECEIVE,
}
GATES = {
    "exclusiveGateway": Kind.EXCLUSIVE,
    "parallelGateway": Kind.PARALLEL,
    "inclusiveGateway": Kind.INCLUSIVE,
}
PASSIVE = frozenset(
    """documentation extensionElements incoming outgoing laneSet sequenceFlow dataObject dataObjectReference
    dataStoreReference textAnnotation association group property ioSpecification dataInputAssociation
    dataOutputAssociation auditing monitoring supportedInterfaceRef resourceRole performer humanPerformer potentialOwner
    correlationSubscription supports""".split()  # noqa: SIM905 - reads as the list of words it is
)
"""What draws, explains or describes and does not run."""

LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})

BAD_WITHIN = _("“{element}” has a step time that cannot be read: “{value}”. Write 4h or 2d.")
BAD_CONDITION = _("The condition on “{element}” cannot be used: {problem}")
LOOSE_FLOW = _("The arrow “{element}” does not join two elements of the same process.")
TWICE = _("Two elements have the id “{element}”.")
NO_COLLECTION = _("“{element}” is repeated, but it does not say for each of what: give it tinhso:collection.")
NO_MESSAGE = _("“{element}” names no message.")
WRONG_BORDER = _("The event “{element}” is not on the border of a step or subprocess.")

CallResolver = Callable[[Element], Graph | None]


@dataclass(slots=True)
class Reading:
    """What has been read so far of one process."""

    messages: Mapping[str, str]
    call: CallResolver
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Lane name, role and agency place by node id."""
    findings: list[Finding] = field(default_factory=list)

    def say(self, code: str, sentence: Text, element: Element, **facts: str) -> None:
        """Note something wrong with an element."""
        name = element.get("name", "")
        self.findings.append(Finding(code, sentence, element.get("id", ""), name, line(element), facts=dict(facts)))

    def refuse(self, kind: str, element: Element, reason: str = "") -> None:
        """Note an element that is not supported."""
        name = element.get("name", "")
        self.findings.append(unsupported(kind, element.get("id", ""), name, line(element), reason))


def read_process(process: Element, messages: Mapping[str, str], call: CallResolver) -> Reading:
    """Return the nodes, arrows and lanes of a process, with everything that is wrong about them."""
    reading = Reading(messages, call)
    for lanes in children(process, "laneSet"):
        _read_lanes(reading, lanes, "", "")
    _read_scope(reading, process, "")
    _join_up(reading)
    return reading


def _read_lanes(reading: Reading, lanes: Element, role: str, agency: str) -> None:
    for lane in children(lanes, "lane"):
        name = lane.get("name", "") or lane.get("id", "")
        lane_role = own(lane, "role") or role or name
        lane_agency = own(lane, "agency") or agency
        reading.lanes[name] = lane_role
        for reference in children(lane, "flowNodeRef"):
            reading.places[text(reference)] = (name, lane_role, lane_agency)
        for inner in children(lane, "childLaneSet"):
            _read_lanes(reading, inner, own(lane, "role") or role, lane_agency)


def _read_scope(reading: Reading, holder: Element, scope: str) -> None:
    for element in children(holder):
        tag = local(element)
        if tag in PASSIVE or (scope and tag in LOOPS):
            continue
        if tag in TASKS:
            _add(reading, element, _read_task(reading, element, TASKS[tag], scope))
        elif tag in GATES:
            _add(reading, element, _node(reading, element, GATES[tag], scope))
        elif tag in ALLOWED:
            _add(reading, element, _read_event(reading, element, scope))
        elif tag == "subProcess":
            _read_subprocess(reading, element, scope)
        elif tag == "callActivity":
            _read_call(reading, element, scope)
        else:
            reading.refuse(tag, element)
    for element in children(holder, "sequenceFlow"):
        _read_flow(reading, element)
    check_size(reading.nodes)


def check_size(nodes: Sized) -> None:
    """Raise BadFile for more steps than a flow may have: what a call takes in is counted as often as it is called."""
    if len(nodes) > MAX_NODES:
        raise BadFile(reason=f"> {MAX_NODES} elements")


def _add(reading: Reading, element: Element, node: Node) -> None:
    if not node.id or node.id in reading.nodes:
        reading.say("same_id", TWICE, element)
    reading.nodes[node.id] = node


def _node(reading: Reading, element: Element, kind: Kind, scope: str) -> Node:
    identity = element.get("id", "")
    above = reading.nodes.get(scope)
    inherited = (above.lane, above.role, above.agency) if above else ("", "", "")
    lane, role, agency = reading.places.get(identity, inherited)
    return Node(
        id=identity,
        kind=kind,
        name=nfc(element.get("name", "")),
        name_en=own(element, "nameEn"),
        scope=scope,
        lane=lane,
        role=own(element, "role") or role,
        agency=own(element, "agency") or agency,
        within=_read_within(reading, element),
        default=element.get("default", ""),
        line=line(element),
    )


def _read_within(reading: Reading, element: Element) -> Within | None:
    written = own(element, "within")
    if not written:
        return None
    try:
        return parse_within(written)
    except ValueError:
        reading.say("bad_within", BAD_WITHIN, element, value=written)
        return None


def _read_task(reading: Reading, element: Element, kind: Kind, scope: str) -> Node:
    _refuse_rare(reading, element)
    node = replace(
        _node(reading, element, kind, scope),
        not_same_as=tuple(own(element, "not-same-as").replace(",", " ").split()),
        form=own(element, "form"),
        template=own(element, "template"),
        multi=_read_multi(reading, element),
        participant=own(element, "participant"),
    )
    if kind is Kind.SERVICE:
        written = own(element, "service") or element.get(f"{{{CAMUNDA}}}topic", "")
        given = element.get("implementation", "")
        return replace(node, service=written or ("" if given.startswith("##") else given))
    if kind in (Kind.SEND, Kind.RECEIVE):
        message = message_of(element, element, reading.messages)
        if not message:
            reading.say("no_message", NO_MESSAGE, element)
        return replace(node, message=message)
    return node


def _refuse_rare(reading: Reading, element: Element) -> None:
    if element.get("isForCompensation") == "true":
        reading.refuse("isForCompensation", element)
    if child(element, "standardLoopCharacteristics") is not None:
        reading.refuse("standardLoopCharacteristics", element)
    if element.get("default"):
        reading.refuse("conditionalFlow", element)


def _read_multi(reading: Reading, element: Element) -> Multi | None:
    loop = child(element, "multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    if child(loop, "completionCondition") is not None:
        reading.refuse("completionCondition", element)
    item = child(loop, "inputDataItem")
    named = (item.get("name") or item.get("id") or "") if item is not None else ""
    collection = conditions.bare(
        own(loop, "collection")
        or own(element, "collection")
        or loop.get(f"{{{CAMUNDA}}}collection", "")
        or _data_name(loop, text(child(loop, "loopDataInputRef")))
        or text(child(loop, "loopCardinality"))
    )
    if not collection:
        reading.say("no_collection", NO_COLLECTION, element)
        return None
    try:
        conditions.check(collection)
    except conditions.BadExpression as no:
        reading.say("bad_condition", BAD_CONDITION, element, problem=str(no))
    return Multi(
        collection=collection,
        element=own(loop, "element") or loop.get(f"{{{CAMUNDA}}}elementVariable", "") or named or "item",
        sequential=loop.get("isSequential") == "true",
        collect=own(loop, "collect"),
    )


def _data_name(loop: Element, reference: str) -> str:
    """Return the name of the data object that a reference points at, or the reference itself."""
    if not reference:
        return ""
    for tag in ("dataObjectReference", "dataObject", "dataInput"):
        for data in loop.getroottree().getroot().iter(f"{{*}}{tag}"):
            if data.get("id") == reference:
                return str(data.get("name") or reference)
    return reference


def _read_event(reading: Reading, element: Element, scope: str) -> Node:
    trigger = read_trigger(element, reading.messages)
    reading.findings += trigger.findings
    tag = local(element)
    node = replace(
        _node(reading, element, kind_of(tag, trigger), scope),
        timer=trigger.timer,
        message=trigger.message,
        template=own(element, "template"),
        within=None,
        terminate=trigger.kind == "terminateEventDefinition",
    )
    if tag != "boundaryEvent":
        return node
    return replace(
        node,
        attached_to=element.get("attachedToRef", ""),
        interrupting=element.get("cancelActivity", "true") != "false",
    )


def _read_subprocess(reading: Reading, element: Element, scope: str) -> None:
    if element.get("triggeredByEvent") == "true":
        reading.refuse("eventSubProcess", element)
        return
    _refuse_rare(reading, element)
    node = replace(
        _node(reading, element, Kind.SUBPROCESS, scope),
        multi=_read_multi(reading, element),
        participant=own(element, "participant"),
    )
    _add(reading, element, node)
    for lanes in children(element, "laneSet"):
        _read_lanes(reading, lanes, "", "")
    _read_scope(reading, element, node.id)


def _read_call(reading: Reading, element: Element, scope: str) -> None:
    _refuse_rare(reading, element)
    node = replace(
        _node(reading, element, Kind.SUBPROCESS, scope),
        multi=_read_multi(reading, element),
        participant=own(element, "participant"),
    )
    _add(reading, element, node)
    called = reading.call(element)
    if called is None:
        reading.refuse("callActivity", element)
        return
    nodes, flows = inline(called, node)
    reading.nodes |= nodes
    check_size(reading.nodes)
    reading.flows |= flows
    reading.lanes = {**called.lanes, **reading.lanes}


def inline(called: Graph, caller: Node) -> tuple[dict[str, Node], dict[str, Flow]]:
    """Return the nodes and arrows of a called flow as the inside of the calling node, their ids behind its id."""

    def inner(identity: str) -> str:
        return f"{caller.id}/{identity}" if identity else ""

    nodes = {}
    for node in called.nodes.values():
        nodes[inner(node.id)] = replace(
            node,
            id=inner(node.id),
            scope=inner(node.scope) or caller.id,
            role=node.role or caller.role,
            lane=node.lane or caller.lane,
            agency=node.agency or caller.agency,
            incoming=tuple(map(inner, node.incoming)),
            outgoing=tuple(map(inner, node.outgoing)),
            not_same_as=tuple(map(inner, node.not_same_as)),
            default=inner(node.default),
            attached_to=inner(node.attached_to),
        )
    flows = {
        inner(flow.id): replace(flow, id=inner(flow.id), source=inner(flow.source), target=inner(flow.target))
        for flow in called.flows.values()
    }
    return nodes, flows


def _read_flow(reading: Reading, element: Element) -> None:
    source, target = element.get("sourceRef", ""), element.get("targetRef", "")
    flow = Flow(
        id=element.get("id", ""),
        source=source,
        target=target,
        name=nfc(element.get("name", "")),
        name_en=own(element, "nameEn"),
        outcome=own(element, "outcome"),
        line=line(element),
    )
    if not flow.id or flow.id in reading.flows:
        reading.say("same_id", TWICE, element)
    reading.flows[flow.id] = replace(flow, condition=_read_condition(reading, element, flow))


def _read_condition(reading: Reading, element: Element, flow: Flow) -> str:
    written = child(element, "conditionExpression")
    condition = own(element, "condition") or conditions.bare(text(written))
    language = (written.get("language", "") if written is not None else "").lower()
    if condition.startswith("=") or (language and "cel" not in language):
        reading.refuse("conditionExpression", element, "expressionLanguage")
        return ""
    if not condition and flow.outcome:
        condition = f'outcome == "{flow.outcome}"'
    if condition:
        try:
            conditions.check(condition)
        except conditions.BadExpression as no:
            reading.say("bad_condition", BAD_CONDITION, element, problem=str(no))
            return ""
    return condition


def _join_up(reading: Reading) -> None:
    """Give each node its arrows, in the order of the file, and note what hangs loose."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in reading.flows.values():
        source, target = reading.nodes.get(flow.source), reading.nodes.get(flow.target)
        if source is None or target is None or source.scope != target.scope:
            if not _is_known(reading, flow):
                reading.findings.append(Finding("loose_flow", LOOSE_FLOW, flow.id, flow.name, flow.line))
            continue
        if flow.condition and source.kind not in GATEWAYS:
            reading.findings.append(unsupported("conditionalFlow", flow.id, flow.name, flow.line))
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    for node in list(reading.nodes.values()):
        joined = replace(node, incoming=tuple(incoming.get(node.id, ())), outgoing=tuple(outgoing.get(node.id, ())))
        reading.nodes[node.id] = joined
        if node.kind is Kind.BOUNDARY:
            carrier = reading.nodes.get(node.attached_to)
            if carrier is None or carrier.kind not in ACTIVITIES or carrier.scope != node.scope:
                finding = Finding("wrong_border", WRONG_BORDER, node.id, node.name, node.line)
                reading.findings.append(finding)


def _is_known(reading: Reading, flow: Flow) -> bool:
    """Tell whether an end of the arrow is an element that was refused already: one complaint is enough."""
    refused = {finding.element for finding in reading.findings if finding.code == "unsupported"}
    return flow.source in refused or flow.target in refused
