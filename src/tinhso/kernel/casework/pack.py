"""`flows/*.bpmn` of a province pack: each compiled and walked through before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.actions.flows import checked_graph, deploy_flow, hash_of, published_graph
from tinhso.kernel.casework.bpmn import BrokenFlow, UnsupportedElement
from tinhso.kernel.casework.bpmn.graph import Graph
from tinhso.kernel.casework.bpmn.source import read_xml
from tinhso.kernel.casework.models import Flow, FlowState
from tinhso.kernel.casework.proofs import check_refusals, check_soundness, read_notes
from tinhso.kernel.organisation.pack import Change, Fault, Pack
from tinhso.kernel.organisation.public import ROLES

SAME_CODE = _("The file {other} holds a flow of the same id, “{code}”. Give one of them another id.")
UNKNOWN_ROLE = _("“{element}” is for the role “{role}”, which is not one of: {roles}.")
FILES = "flows/*.bpmn"
_SHARED = "casework.flows"


class FlowPart:
    """Checks and loads the flows of a pack."""

    files = (FILES,)

    def check(self, pack: Pack) -> Iterable[Fault]:
        """
        Return what keeps a flow from running, by file and line, and roles that nobody can hold.

        Leaves those that run in `pack.shared["flows"]`, by code.
        """
        faults: list[Fault] = []
        reader = _Reader(pack)
        for name in pack.files(FILES):
            try:
                graph = reader.graph(name)
            except Refusal as no:
                faults += _as_faults(name, no)
                continue
            first = reader.by_code.setdefault(graph.code, name)
            if first != name:
                faults.append(Fault(name, 1, SAME_CODE, {"other": first, "code": graph.code}))
            faults += _unknown_roles(name, graph)
            faults += _unproved(pack, name, graph)
        pack.shared[_SHARED] = reader
        pack.shared["flows"] = {code: reader.done[name] for code, name in reader.by_code.items()}
        return faults

    def plan(self, pack: Pack) -> Iterable[Change]:
        """Return which flows would become a new version; a flow that is gone from the pack is left as it is."""
        known = dict(Flow.objects.filter(state=FlowState.PUBLISHED).values_list("code", "sha256"))
        for name, graph in _reader(pack).in_order():
            if known.get(graph.code) != hash_of(pack.path(name).read_bytes(), graph):
                yield Change("flows", "replace" if graph.code in known else "add", "flow", graph.code)

    def apply(self, pack: Pack, *, actor: Actor, at: datetime) -> None:
        """Publish what changed, called flows before those that call them."""
        for name, _graph in _reader(pack).in_order():
            deploy_flow(pack.path(name).read_bytes(), actor=actor, at=at)


def _reader(pack: Pack) -> _Reader:
    if _SHARED not in pack.shared:
        pack.shared[_SHARED] = _Reader(pack)
    return pack.shared[_SHARED]  # type: ignore[no-any-return]


class _Reader:
    """Compiles the files of a pack, each once; a flow may call another one of the pack, or one that is loaded."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.by_code: dict[str, str] = {}
        self.done: dict[str, Graph] = {}
        self.open: list[str] = []

    def graph(self, name: str) -> Graph:
        """Return the graph of a file. Raises what is wrong with it."""
        if name not in self.done:
            self.open.append(name)
            try:
                self.done[name] = checked_graph(self.pack.path(name).read_bytes(), self.library)
            finally:
                self.open.remove(name)
        return self.done[name]

    def library(self, code: str) -> Graph | None:
        """Return a flow that is called: of this pack by the id of its process, else a loaded one; never one above."""
        for name in self.pack.files(FILES):
            if code in _process_ids(self.pack, name):
                return None if name in self.open else self.graph(name)
        return published_graph(code)

    def in_order(self) -> list[tuple[str, Graph]]:
        """Return files and graphs so that a called flow comes before those that call it: they were finished first."""
        for name in self.pack.files(FILES):
            self.graph(name)
        return list(self.done.items())


def _process_ids(pack: Pack, name: str) -> set[str]:
    try:
        root = read_xml(pack.path(name).read_bytes())
    except Refusal:
        return set()
    return {process.get("id", "") for process in root.iter("{*}process")}


def _as_faults(name: str, no: Refusal) -> list[Fault]:
    if isinstance(no, BrokenFlow):
        return [Fault(name, finding.line or 1, str(finding)) for finding in no.findings if finding.is_error]
    if isinstance(no, UnsupportedElement):
        return [Fault(name, finding.line or 1, str(UnsupportedElement([finding]))) for finding in no.findings]
    return [Fault(name, 1, str(no))]


def _unproved(pack: Pack, name: str, graph: Graph) -> Iterable[Fault]:
    """Yield what the proofs say of the file alone: unsound courses, refusals without a law."""
    notes = read_notes(pack.path(name).read_bytes())
    for found in (*check_soundness(graph), *check_refusals(graph, notes)):
        if found.is_error and "/" not in found.element:
            yield Fault(name, found.line or 1, str(found))


def _unknown_roles(name: str, graph: Graph) -> Iterable[Fault]:
    for node in graph.steps():
        if node.role not in ROLES and "/" not in node.id:
            facts = {"element": node.name or node.id, "role": node.role, "roles": ", ".join(ROLES)}
            yield Fault(name, node.line or 1, UNKNOWN_ROLE, facts)
