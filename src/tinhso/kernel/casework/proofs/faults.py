"""A fault that a proof found: what, where, and a course of a case on which it happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tinhso.base.refusals import Text
from tinhso.kernel.casework.bpmn.faults import Finding
from tinhso.kernel.casework.bpmn.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong (an error keeps the flow from being published) or that could not be proved (a warning)."""

    code: str
    text: Text
    element: str = ""
    name: str = ""
    line: int = 0
    is_error: bool = True
    path: tuple[str, ...] = ()
    """Ids of the nodes that a case passes on its way to the fault: the counter-example."""
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """Return the sentence in the active language."""
        return str(self.text).format(element=self.name or self.element, **self.facts)


def of_finding(finding: Finding, *, is_error: bool | None = None, path: tuple[str, ...] = ()) -> Fault:
    """Return a finding of the checks on the graph as a fault."""
    return Fault(
        finding.code,
        finding.text,
        finding.element,
        finding.name,
        finding.line,
        finding.is_error if is_error is None else is_error,
        path,
        finding.facts,
    )


def at_node(
    node: Node, code: str, text: Text, *, path: Iterable[str] = (), is_error: bool = True, **facts: Any
) -> Fault:
    """Return a fault of one node."""
    return Fault(code, text, node.id, node.name, node.line, is_error, tuple(path), facts)


def path_in_words(graph: Graph, path: Iterable[str]) -> list[str]:
    """Return the names of the steps and events on a course; gateways and what has no name are left out."""
    named = (graph.nodes[each].name for each in path if each in graph.nodes)
    return [name for name in named if name]
