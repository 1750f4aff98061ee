"""Publishing flows: a file becomes a version on which new cases begin."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db.models import Max

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework import access
from tinhso.kernel.casework.actions.moving import service
from tinhso.kernel.casework.bpmn import BrokenFlow, Finding, compile_flow
from tinhso.kernel.casework.bpmn.compiler import Library
from tinhso.kernel.casework.bpmn.graph import Graph, Kind, from_json
from tinhso.kernel.casework.models import Flow, FlowState
from tinhso.kernel.casework.proof import UNKNOWN_SERVICE, check_flow
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import touch


def published_graph(code: str) -> Graph | None:
    """Return the graph of the published version of a flow: what a call activity takes in."""
    found = Flow.objects.filter(code=code, state=FlowState.PUBLISHED).values_list("graph", flat=True).first()
    return from_json(found) if found else None


def hash_of(xml: bytes, graph: Graph) -> str:
    """Return the SHA-256 of a flow: of the file and of what it became, the flows it calls included."""
    told = json.dumps(graph.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(xml + b"\0" + told.encode()).hexdigest()


def checked_graph(xml: bytes, library: Library = published_graph) -> Graph:
    """
    Return the graph of a file if a case can run through it: compiled, its steps walked through, its services lent.

    Raises BadFile, UnsupportedElement, BrokenFlow.
    """
    graph = compile_flow(xml, library=library)
    findings = check_flow(graph)
    for node in graph.nodes.values():
        if node.kind is Kind.SERVICE and service(node.service) is None:
            facts = {"service": node.service}
            findings.append(Finding("unknown_service", UNKNOWN_SERVICE, node.id, node.name, node.line, facts=facts))
    if any(finding.is_error for finding in findings):
        raise BrokenFlow(findings)
    return graph


def deploy_flow(xml: bytes, *, actor: Actor, at: datetime) -> Flow:
    """
    Publish a flow: the next version of its code, on which new cases begin. The same file again changes nothing.

    The code is the id of the process. Running cases stay on the version they began with. Raises BadFile,
    UnsupportedElement, BrokenFlow.
    """
    graph = checked_graph(xml)
    sha256 = hash_of(xml, graph)
    try:
        return _in_force(graph.code, sha256) or _publish(xml, graph, sha256, actor=actor, at=at)
    except _PublishedMeanwhile as same:
        return same.flow


class _PublishedMeanwhile(Exception):  # noqa: N818 - nothing went wrong
    """Somebody else put the same file in force while this one waited: the act ends without having done anything."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow.code)
        self.flow = flow


def _in_force(code: str, sha256: str) -> Flow | None:
    return Flow.objects.filter(code=code, state=FlowState.PUBLISHED, sha256=sha256).first()


@act
def _publish(xml: bytes, graph: Graph, sha256: str, *, actor: Actor, at: datetime) -> Flow:
    require(access.can_publish_flows, actor)
    touch()  # first: who publishes at the same moment waits here, and then counts this version
    if same := _in_force(graph.code, sha256):
        raise _PublishedMeanwhile(same)
    versions = Flow.objects.filter(code=graph.code)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    versions.filter(state=FlowState.PUBLISHED).update(state=FlowState.RETIRED, retired_at=at)
    flow = Flow.objects.create(
        code=graph.code,
        version=last + 1,
        name=graph.name,
        name_en=graph.name_en,
        xml=xml,
        graph=graph.as_json(),
        sha256=sha256,
        published_at=at,
        published_by=actor.name,
    )
    record("casework.flow_published", flow, actor=actor, at=at, version=flow.version, sha256=sha256)
    return flow


@act
def retire_flow(code: str, *, actor: Actor, at: datetime) -> Flow:
    """Let no new case begin on a flow; running cases go on. Raises NotFound."""
    require(access.can_publish_flows, actor)
    flow = Flow.objects.filter(code=code, state=FlowState.PUBLISHED).first()
    if flow is None:
        raise NotFound
    flow.state, flow.retired_at = FlowState.RETIRED, at
    flow.save(update_fields=["state", "retired_at"])
    touch()
    record("casework.flow_retired", flow, actor=actor, at=at, version=flow.version)
    return flow
