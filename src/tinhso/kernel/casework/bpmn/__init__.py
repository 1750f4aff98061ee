"""BPMN 2.0 in, a graph out: the subset that runs, everything else refused with its element, line and reason."""

from tinhso.kernel.casework.bpmn.checks import check_graph
from tinhso.kernel.casework.bpmn.compiler import compile_flow
from tinhso.kernel.casework.bpmn.faults import BadFile, BrokenFlow, Finding, UnsupportedElement
from tinhso.kernel.casework.bpmn.graph import Flow, Graph, Kind, Node, Outcome, from_json

__all__ = [
    "BadFile",
    "BrokenFlow",
    "Finding",
    "Flow",
    "Graph",
    "Kind",
    "Node",
    "Outcome",
    "UnsupportedElement",
    "check_graph",
    "compile_flow",
    "from_json",
]
