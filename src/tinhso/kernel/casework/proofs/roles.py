"""Every role of a flow exists in every agency that will run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.casework.bpmn.graph import PEOPLE, Graph, Node
from tinhso.kernel.casework.proofs.faults import Fault, at_node
from tinhso.kernel.casework.proofs.refusals import way_to
from tinhso.kernel.organisation.public import ROLES

NO_PLACE = _("Nothing says which agency does “{element}” when {agencies} run this flow ({count} in all).")
NO_POST = _(
    "“{element}” is for the role {role}, and no post of {agencies} carries it ({count} in all): a case would stay there."
)
NOBODY = _(
    "Today nobody holds the role {role} for “{element}” in {count} agencies that will run this flow: {agencies}."
)
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Runner:
    """An agency that will run a flow, and which agency stands at each place of the flow then."""

    agency: str
    name: str
    places: Mapping[str, str] = field(hash=False)


def check_roles(
    graph: Graph,
    runners: Sequence[Runner],
    posts: Mapping[str, frozenset[str]],
    holders: Mapping[str, frozenset[str]] | None = None,
) -> list[Fault]:
    """
    Return the steps that nobody could do somewhere; agencies are named in the sentence, three at most.

    `posts`: roles that posts carry, `holders`: roles that somebody holds today; both by code of agency.
    """
    elements = {node.multi.element for node in graph.nodes.values() if node.multi}
    found: list[Fault] = []
    for node in graph.nodes.values():
        if node.kind not in PEOPLE or not node.role or node.agency in elements:
            continue
        at = {runner: _place(node, runner.places) for runner in runners}
        found += _told(graph, node, "no_place", [runner for runner, place in at.items() if not place])
        lacking = [runner for runner, place in at.items() if place and node.role not in posts.get(place, ())]
        found += _told(graph, node, "no_post", lacking)
        if holders is not None:
            empty = [
                runner for runner, place in at.items()
                if place and runner not in lacking and node.role not in holders.get(place, ())
            ]  # fmt: skip
            found += _told(graph, node, "nobody", empty)
    return found


_TEXTS = {"no_place": NO_PLACE, "no_post": NO_POST, "nobody": NOBODY}


def _told(graph: Graph, node: Node, code: str, runners: list[Runner]) -> list[Fault]:
    if not runners:
        return []
    named = ", ".join(runner.name for runner in runners[:SHOWN]) + ("…" if len(runners) > SHOWN else "")
    facts = {"role": ROLES.get(node.role, node.role), "agencies": named, "count": len(runners)}
    is_error = code != "nobody"
    return [at_node(node, code, _TEXTS[code], path=way_to(graph, node.id), is_error=is_error, **facts)]


def _place(node: Node, places: Mapping[str, str]) -> str:
    if node.agency:
        return places.get(node.agency, "")
    named = next((places[place] for place in (node.lane, node.role, "") if places.get(place)), "")
    codes = set(places.values())
    return named or (codes.pop() if len(codes) == 1 else "")
