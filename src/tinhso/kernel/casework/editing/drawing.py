"""
A drawing for a flow that has none, or one without arrows: left to right, by how far a step is from the beginning.

Editors on the canvas show only what has a place on it; files written by hand often have none.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from tinhso.kernel.casework.bpmn.source import Element, children, local, read_xml

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
NAMES = {"bpmndi": DI, "dc": DC, "di": DD}
SIZES = {"Event": (36, 36), "Gateway": (50, 50), "other": (110, 80)}
COLUMN, ROW, MARGIN = 170, 130, 40


@dataclass(slots=True)
class Box:
    """A rectangle on the canvas."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Return the height of its middle."""
        return self.y + self.height / 2


@dataclass(slots=True)
class _Level:
    """The elements of a process or a subprocess with their boxes, and the arrows between them."""

    nodes: dict[str, Element] = field(default_factory=dict)
    flows: list[Element] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    inside: dict[str, _Level] = field(default_factory=dict)


def with_drawing(xml: bytes) -> bytes:
    """Return the file with a drawing of every step and arrow; as it is when it has one already. Raises BadFile."""
    root = read_xml(xml)
    shown = {each.get("bpmnElement") for each in root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")}
    process = next(iter(children(root, "process")), None)
    if process is None:
        return xml
    wanted = [each.get("id") for each in process.iter() if _is_drawn(each)]
    if all(each in shown for each in wanted) or next(children(root, "collaboration"), None) is not None:
        return xml
    for diagram in list(root.iter(f"{{{DI}}}BPMNDiagram")):
        root.remove(diagram)
    plane = _plane(root, process.get("id", ""))
    _draw(plane, _arrange(process), 0, 0)
    etree.cleanup_namespaces(root, top_nsmap=NAMES)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _is_drawn(element: Element) -> bool:
    tag = local(element)
    return bool(element.get("id")) and (tag == "sequenceFlow" or _is_node(tag))


def _is_node(tag: str) -> bool:
    ends = ("Task", "Gateway", "subProcess", "callActivity")
    return tag == "task" or tag.endswith(ends) or (tag.endswith("Event") and tag != "conditionalEvent")


def _plane(root: Element, process: str) -> Element:
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", id=f"drawing_{process}")
    return etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", id=f"plane_{process}", bpmnElement=process)


def _arrange(holder: Element) -> _Level:
    level = _Level()
    for element in children(holder):
        tag = local(element)
        if tag == "sequenceFlow":
            level.flows.append(element)
        elif _is_node(tag) and element.get("id"):
            level.nodes[element.get("id", "")] = element
            if tag == "subProcess":
                level.inside[element.get("id", "")] = _arrange(element)
    ranks, rows = _ranks(level), dict[int, int]()
    x = dict.fromkeys(range(max(ranks.values(), default=0) + 1), 0.0)
    sizes = {name: _size(level, name) for name in level.nodes}
    start = 0.0
    for rank in x:
        x[rank] = start
        start += max((sizes[name][0] for name in ranks if ranks[name] == rank), default=0) + COLUMN - 110
    height = dict.fromkeys(x, 0.0)
    for name, rank in ranks.items():
        width, tall = sizes[name]
        widest = max(sizes[other][0] for other in ranks if ranks[other] == rank)
        row = max(ROW, tall + 50)
        level.boxes[name] = Box(x[rank] + (widest - width) / 2, height[rank] + (row - tall) / 2, width, tall)
        height[rank] += row
        rows[rank] = rows.get(rank, 0) + 1
    for name, element in level.nodes.items():
        if (carrier := level.boxes.get(element.get("attachedToRef", ""))) is not None:
            beside = sum(
                1 for other in level.boxes if level.nodes[other].get("attachedToRef") == element.get("attachedToRef")
            )
            level.boxes[name] = Box(carrier.x + 10 + 42 * beside, carrier.y + carrier.height - 18, 36, 36)
    return level


def _ranks(level: _Level) -> dict[str, int]:
    """Return how far each element is from the beginning, by the fewest arrows; events on a border have no rank of their own."""
    after: dict[str, list[str]] = {}
    entered: set[str] = set()
    for flow in level.flows:
        source = level.nodes.get(flow.get("sourceRef", ""))
        start = source.get("attachedToRef") if source is not None else None
        after.setdefault(str(start or flow.get("sourceRef", "")), []).append(flow.get("targetRef", ""))
        entered.add(flow.get("targetRef", ""))
    free = [name for name, element in level.nodes.items() if not element.get("attachedToRef")]
    found = {name: 0 for name in free if name not in entered} or ({free[0]: 0} if free else {})
    queue = list(found)
    for here in queue:
        for target in after.get(here, ()):
            if target not in found and target in free:
                found[target] = found[here] + 1
                queue.append(target)
    return found | {name: 0 for name in free if name not in found}


def _size(level: _Level, name: str) -> tuple[float, float]:
    if name in level.inside and level.inside[name].boxes:
        boxes = level.inside[name].boxes.values()
        return (
            max(box.x + box.width for box in boxes) + 2 * MARGIN,
            max(box.y + box.height for box in boxes) + 2 * MARGIN,
        )
    tag = local(level.nodes[name])
    return next((size for ending, size in SIZES.items() if tag.endswith(ending)), SIZES["other"])


def _draw(plane: Element, level: _Level, left: float, top: float) -> None:
    placed = {
        name: Box(box.x + left + MARGIN, box.y + top + MARGIN, box.width, box.height)
        for name, box in level.boxes.items()
    }
    for name, box in placed.items():
        shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{name}_di", bpmnElement=name)
        if name in level.inside:
            shape.set("isExpanded", "true")
        bounds = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, f"{{{DC}}}Bounds", {key: f"{value:g}" for key, value in bounds.items()})
        if name in level.inside:
            _draw(plane, level.inside[name], box.x, box.y)
    floor = max((box.y + box.height for box in placed.values()), default=0)
    backs = 0
    for flow in level.flows:
        source, target = placed.get(flow.get("sourceRef", "")), placed.get(flow.get("targetRef", ""))
        if source is None or target is None:
            continue
        back = target.x <= source.x
        backs += back
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{flow.get('id')}_di", bpmnElement=flow.get("id", ""))
        for x, y in _points(source, target, floor + 14 * backs if back else None):
            etree.SubElement(edge, f"{{{DD}}}waypoint", x=f"{x:g}", y=f"{y:g}")


def _points(source: Box, target: Box, floor: float | None) -> list[tuple[float, float]]:
    """Return the corners of an arrow: to the right, or down and back below everything."""
    if floor is not None:
        out, into = source.x + source.width / 2, target.x + target.width / 2
        return [(out, source.y + source.height), (out, floor), (into, floor), (into, target.y + target.height)]
    begin, end = (source.x + source.width, source.middle), (target.x, target.middle)
    if abs(begin[1] - end[1]) < 1:
        return [begin, end]
    turn = begin[0] + 20
    return [begin, (turn, begin[1]), (turn, end[1]), end]
