"""Steps of a flow file: their properties read and written, a step put in, a step taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _
from lxml import etree

from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.bpmn import conditions
from tinhso.kernel.casework.bpmn.durations import parse_within
from tinhso.kernel.casework.bpmn.faults import BadFile
from tinhso.kernel.casework.bpmn.source import (
    BPMN,
    OWN,
    Element,
    check_ids,
    child,
    children,
    local,
    own,
    read_xml,
    text,
)
from tinhso.kernel.casework.editing.drawing import DI

XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = ("role", "agency", "within", "form", "service", "outcomes", "not-same-as", "legal", "ending", "most")
STEPS = ("userTask", "manualTask")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML 1.0 file may hold."""


class CannotChange(Refusal):
    """What was asked cannot be written into this flow."""

    code = "casework.cannot_change"
    text = _("“{element}” cannot be changed so: {reason}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


NO_ELEMENT = _("it is not in this flow any more")
BAD_TIME = _("write a time as 4h or 2d")
BAD_CONDITION = _("the condition is not an expression that can be used")
BAD_LETTERS = _("it holds characters that cannot be written in a file; type it anew")
NOT_A_STEP = _("it is not a step that people do")
NOT_SIMPLE = _("more than one way leads to it or away from it; change it in the drawing")


@dataclass(frozen=True, slots=True)
class Properties:
    """What can be said of an element beside its place in the drawing; `kind` is its tag."""

    id: str
    kind: str
    name: str = ""
    role: str = ""
    agency: str = ""
    within: str = ""
    form: str = ""
    service: str = ""
    outcomes: str = ""
    not_same_as: str = ""
    legal: str = ""
    ending: str = ""
    most: str = ""
    condition: str = ""


CHANGEABLE = tuple(each.name for each in fields(Properties) if each.name not in ("id", "kind"))


def properties_of(xml: bytes) -> dict[str, Properties]:
    """Return the properties of all elements of the processes that have any, by id. Raises BadFile."""
    found: dict[str, Properties] = {}
    for process in children(read_xml(xml), "process"):
        for element in process.iter(f"{{{BPMN}}}*"):
            if (identity := element.get("id")) and (_is_flow_element(element)):
                found[identity] = _properties(element)
    return found


def process_named(xml: bytes) -> tuple[str, str]:
    """Return id and name of the process in a file, of the executable one where there are several. Raises BadFile."""
    root = read_xml(xml)
    check_ids(root)
    processes = list(children(root, "process"))
    processes.sort(key=lambda process: process.get("isExecutable") != "true")
    if not processes or not processes[0].get("id"):
        raise BadFile(reason="no process")
    return processes[0].get("id", ""), processes[0].get("name", "") or processes[0].get("id", "")


def _is_flow_element(element: Element) -> bool:
    tag = local(element)
    return tag == "sequenceFlow" or tag.endswith(("Task", "Gateway", "Event", "subProcess", "callActivity", "task"))


def _properties(element: Element) -> Properties:
    ours = {name.replace("-", "_"): own(element, name) for name in OURS}
    condition = own(element, "condition") or conditions.bare(text(child(element, "conditionExpression")))
    return Properties(
        id=element.get("id", ""), kind=local(element), name=element.get("name", ""), condition=condition, **ours
    )


def change_element(xml: bytes, element: str, values: Mapping[str, str]) -> bytes:
    """Return the file with properties of one element changed; an empty text takes one away. Raises CannotChange."""
    root = read_xml(xml)
    found = _find(root, element)
    for key, value in values.items():
        written = value.strip()
        if _UNWRITABLE.search(written):
            raise CannotChange(element=element, reason=BAD_LETTERS)
        if key == "name":
            found.set("name", written)
        elif key == "condition":
            _set_condition(found, element, written)
        elif key in CHANGEABLE:
            _check(element, key, written)
            _set_own(found, key.replace("_", "-"), written)
    return _written(root)


def _check(element: str, key: str, value: str) -> None:
    if key == "within" and value:
        try:
            parse_within(value)
        except ValueError as error:
            raise CannotChange(element=element, reason=BAD_TIME) from error


def _set_own(element: Element, name: str, value: str) -> None:
    """Write an attribute of ours, and take it away wherever an editor put it besides."""
    key = f"{{{OWN}}}{name}"
    extensions = child(element, "extensionElements")
    for each in list(extensions.iter()) if extensions is not None else ():
        if not isinstance(each.tag, str) or each is extensions:
            continue
        parent = each.getparent()
        if etree.QName(each).namespace == OWN and each.get(name) is not None:
            del each.attrib[name]
        elif local(each) == "property" and each.get("name") == f"tinhso:{name}" and parent is not None:
            parent.remove(each)
    if value:
        element.set(key, value)
    elif key in element.attrib:
        del element.attrib[key]


def _set_condition(element: Element, name: str, value: str) -> None:
    if value:
        try:
            conditions.check(value)
        except conditions.BadExpression as error:
            raise CannotChange(element=name, reason=BAD_CONDITION) from error
    for old in list(children(element, "conditionExpression")):
        element.remove(old)
    _set_own(element, "condition", "")
    if value:
        made = etree.SubElement(element, f"{{{BPMN}}}conditionExpression")
        made.set(f"{{{XSI}}}type", "bpmn:tFormalExpression" if element.nsmap.get("bpmn") else "tFormalExpression")
        made.text = value


def add_step(xml: bytes, after: str, values: Mapping[str, str]) -> tuple[bytes, str]:
    """
    Return the file with a new step behind another element, and the id of the step. Raises CannotChange.

    What came behind comes behind the new step; the drawing is made anew when the file is next opened on the canvas.
    """
    root = read_xml(xml)
    before = _find(root, after)
    holder = before.getparent()
    if holder is None or local(before) in ("endEvent", "sequenceFlow") or local(before).endswith("Gateway"):
        raise CannotChange(element=after, reason=NOT_SIMPLE)
    taken = {str(each.get("id")) for each in root.iter() if isinstance(each.tag, str)}
    fresh = (f"step_{n}" for n in range(1, 2 * len(taken) + 2))
    step = next(name for name in fresh if not {name, f"to_{name}"} & taken)  # its arrow may be left when a step is gone
    made = etree.Element(f"{{{BPMN}}}userTask", id=step)
    before.addnext(made)
    for flow in _flows(holder, "sourceRef", after):
        flow.set("sourceRef", step)
    etree.SubElement(holder, f"{{{BPMN}}}sequenceFlow", id=f"to_{step}", sourceRef=after, targetRef=step)
    _forget_drawing(root)
    return change_element(_written(root), step, {key: values[key] for key in values if key in CHANGEABLE}), step


def remove_step(xml: bytes, element: str) -> bytes:
    """Return the file without a step; what led to it leads on to what came behind it. Raises CannotChange."""
    root = read_xml(xml)
    found = _find(root, element)
    holder = found.getparent()
    if holder is None or local(found) not in STEPS:
        raise CannotChange(element=element, reason=NOT_A_STEP)
    out = _flows(holder, "sourceRef", element)
    if len(out) != 1 or any(each.get("attachedToRef") == element for each in holder):
        raise CannotChange(element=found.get("name") or element, reason=NOT_SIMPLE)
    for flow in _flows(holder, "targetRef", element):
        flow.set("targetRef", out[0].get("targetRef", ""))
    for each in (found, out[0]):
        holder.remove(each)
    _forget(root, element, out[0].get("id", ""))
    _forget_drawing(root)
    return _written(root)


def _flows(holder: Element, end: str, element: str) -> list[Element]:
    return [flow for flow in children(holder, "sequenceFlow") if flow.get(end) == element]


def _forget(root: Element, *ids: str) -> None:
    """Take away what names an element that is gone: places in lanes, lists of arrows, steps kept apart."""
    for each in list(root.iter(f"{{{BPMN}}}flowNodeRef", f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing")):
        parent = each.getparent()
        if (each.text or "").strip() in ids and parent is not None:
            parent.remove(each)
    key = f"{{{OWN}}}not-same-as"
    for each in root.iter():
        if isinstance(each.tag, str) and (apart := each.get(key)):
            left = [name for name in re.split(r"[,\s]+", apart) if name and name not in ids]
            _set_own(each, "not-same-as", " ".join(left))


def _forget_drawing(root: Element) -> None:
    for diagram in list(root.iter(f"{{{DI}}}BPMNDiagram")):
        root.remove(diagram)
    for tag in ("incoming", "outgoing"):  # a courtesy of editors, wrong once arrows move
        for each in list(root.iter(f"{{{BPMN}}}{tag}")):
            parent = each.getparent()
            if parent is not None:
                parent.remove(each)


def _find(root: Element, element: str) -> Element:
    for process in children(root, "process"):
        for each in process.iter(f"{{{BPMN}}}*"):
            if each.get("id") == element and _is_flow_element(each):
                return each
    raise CannotChange(element=element, reason=NO_ELEMENT)


def _written(root: Element) -> bytes:
    etree.cleanup_namespaces(root, top_nsmap={"tinhso": OWN}, keep_ns_prefixes=["bpmn", "xsi"])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
