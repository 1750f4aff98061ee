"""From a BPMN file to a graph that can run, or to the reasons why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tinhso.kernel.casework.bpmn.checks import check_graph
from tinhso.kernel.casework.bpmn.conditions import outcomes_in
from tinhso.kernel.casework.bpmn.faults import BadFile, BrokenFlow, Finding, UnsupportedElement, unsupported
from tinhso.kernel.casework.bpmn.graph import PEOPLE, Flow, Graph, Kind, Node, Outcome
from tinhso.kernel.casework.bpmn.reader import read_process
from tinhso.kernel.casework.bpmn.source import Element, check_ids, children, line, own, read_xml

Library = Callable[[str], Graph | None]
"""Returns the graph of a loaded flow by its code: what call activities may call beside the file's own processes."""


@dataclass(slots=True)
class _File:
    root: Element
    library: Library
    processes: dict[str, Element] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def compile_flow(xml: bytes, *, library: Library | None = None) -> Graph:
    """
    Return the graph of the (one executable) process in a BPMN 2.0 file.

    A called process is taken in as it is now: a running case never changes under the hands of those who do it. Raises
    BadFile, UnsupportedElement (every such element in its faults), BrokenFlow (what would leave a case stuck).
    """
    root = read_xml(xml)
    check_ids(root)
    file = _File(root, library or (lambda _code: None))
    file.processes = {process.get("id", ""): process for process in children(root, "process")}
    file.messages = {
        message.get("id", ""): message.get("name") or message.get("id") or "" for message in children(root, "message")
    }
    graph = _compile(file, _main(file), ())
    _raise(file.findings)
    _raise([finding for finding in check_graph(graph) if finding.is_error])
    return graph


def _raise(findings: list[Finding]) -> None:
    refused = [finding for finding in findings if finding.code == "unsupported"]
    if refused:
        raise UnsupportedElement(refused)
    if findings:
        raise BrokenFlow(findings)


def _main(file: _File) -> Element:
    """Return the process to run: the only one, the only executable one, or the only one that no other calls."""
    candidates = list(file.processes.values())
    if len(candidates) > 1:
        candidates = [process for process in candidates if process.get("isExecutable") == "true"] or candidates
    if len(candidates) > 1:
        called = {call.get("calledElement") for call in file.root.iter("{*}callActivity")}
        candidates = [process for process in candidates if process.get("id") not in called]
    if len(candidates) != 1:
        raise BadFile(reason=f"{len(candidates)} processes" if candidates else "no process")
    return candidates[0]


def _compile(file: _File, process: Element, above: tuple[str, ...]) -> Graph:
    code = process.get("id", "")

    def call(activity: Element) -> Graph | None:
        called = activity.get("calledElement", "").split(":")[-1]
        if called in (*above, code):
            name = activity.get("name", "")
            file.findings.append(unsupported("callActivity", activity.get("id", ""), name, line(activity), "callCycle"))
            return _EMPTY
        if called in file.processes:
            return _compile(file, file.processes[called], (*above, code))
        return file.library(called) if called else None

    reading = read_process(process, file.messages, call)
    file.findings += reading.findings
    graph = Graph(
        code=code,
        name=process.get("name", "") or _participant_name(file.root, code) or code,
        name_en=own(process, "nameEn"),
        nodes=reading.nodes,
        flows=reading.flows,
        lanes=reading.lanes,
    )
    written = {
        element.get("id", ""): own(element, "outcomes") for element in process.iter("{*}userTask", "{*}manualTask")
    }
    named = {node.id: _with_outcomes(graph, node, written.get(node.id, "")) for node in graph.nodes.values()}
    return replace(graph, nodes=named)


_EMPTY = Graph(code="", name="", nodes={}, flows={})


def _participant_name(root: Element, process: str) -> str:
    for participant in root.iter("{*}participant"):
        if participant.get("processRef") == process:
            return str(participant.get("name") or "")
    return ""


def _with_outcomes(graph: Graph, node: Node, written: str) -> Node:
    """Return a step with the ways it may end: as written on it, else as the gateway after it asks."""
    if node.kind not in PEOPLE or node.outcomes:
        return node
    asked = _asked_after(graph, node)
    if not written:
        return replace(node, outcomes=tuple(asked.values()))
    parts = [part.strip() for part in re.split(r"[,;]", written) if part.strip()]
    return replace(node, outcomes=tuple(_written(part, asked) for part in parts))


def _written(part: str, asked: dict[str, Outcome]) -> Outcome:
    """Return the outcome that `approve`, `approve:Phê duyệt` or `approve:Phê duyệt|Approve` stands for."""
    code, _colon, labels = (piece.strip() for piece in part.partition(":"))
    label, _bar, label_en = (piece.strip() for piece in labels.partition("|"))
    known = asked.get(code, Outcome(code, code))
    return Outcome(code, label or known.label, label_en or known.label_en)


def _asked_after(graph: Graph, node: Node) -> dict[str, Outcome]:
    """Return the outcomes that the conditions of the next gateway compare with, and one for its default arrow."""
    here = node
    for _hop in range(len(graph.nodes)):
        if len(here.outgoing) != 1:
            return {}
        here = graph.nodes[graph.flows[here.outgoing[0]].target]
        if here.kind not in (Kind.EXCLUSIVE, Kind.INCLUSIVE):
            return {}
        if len(here.outgoing) > 1:
            break
    arrows = [graph.flows[flow] for flow in here.outgoing]
    compared = {arrow.id: outcomes_in(arrow.condition) for arrow in arrows}
    if not any(compared.values()):
        return {}
    found: dict[str, Outcome] = {}
    for arrow in arrows:
        codes = compared[arrow.id] or ([arrow.id] if arrow.id == here.default and not arrow.condition else [])
        for code in codes:
            found.setdefault(code, _outcome(arrow, code, alone=len(codes) == 1))
    return found


def _outcome(arrow: Flow, code: str, *, alone: bool) -> Outcome:
    return Outcome(code, arrow.name or code, arrow.name_en) if alone else Outcome(code, code)
