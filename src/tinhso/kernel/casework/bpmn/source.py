"""The BPMN file as XML: read without entities, without the network, and only up to a size."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tinhso.kernel.casework.bpmn.faults import BadFile

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
OWN = "urn:tinhso:bpmn"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 60
MAX_NODES = 2_000
"""Steps, events and gateways of a flow with all that it calls: a flow that calls another twice, and so on, grows very fast."""
_ID = re.compile(r"[^\W\d][\w.-]*")

Element = etree._Element  # noqa: SLF001 - lxml names its element class so
DEFINITIONS = f"{{{BPMN}}}definitions"


def read_xml(data: bytes) -> Element:
    """Return the `definitions` element. Raises BadFile for anything that is not plain, small BPMN 2.0."""
    if len(data) > MAX_BYTES:
        raise BadFile(reason=f"> {MAX_BYTES // 1024} kB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadFile(reason=str(error).splitlines()[0] if str(error) else "XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadFile(reason="DOCTYPE")
    if root.tag != DEFINITIONS:
        raise BadFile(reason=f"<{local(root)}>")
    if sum(1 for _each in root.iter()) > MAX_ELEMENTS:
        raise BadFile(reason=f"> {MAX_ELEMENTS} elements")
    if _depth(root) > MAX_DEPTH:
        raise BadFile(reason=f"depth > {MAX_DEPTH}")
    return root


def check_ids(root: Element) -> None:
    """Raise BadFile for an id that is no XML name: addresses, links and the journal name elements by it."""
    for element in root.iter():
        identity = element.get("id") if isinstance(element.tag, str) else None
        if identity is not None and not _ID.fullmatch(identity):
            raise BadFile(reason=f"id “{identity[:60]}”")


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def line(element: Element) -> int:
    """Return the line of the element's tag in the file."""
    number = element.sourceline
    return number if isinstance(number, int) else 0


def is_bpmn(element: Element) -> bool:
    """Tell whether an element belongs to the BPMN model (not to the drawing, nor to an editor's extension)."""
    return isinstance(element.tag, str) and etree.QName(element).namespace == BPMN


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the BPMN children of an element, those with one of the names if any are given."""
    for child in element:
        if is_bpmn(child) and (not names or local(child) in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """Return the first BPMN child with one of the names."""
    return next(children(element, *names), None)


def text(element: Element | None) -> str:
    """Return the text inside an element, stripped; empty for None."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def own(element: Element, name: str) -> str:
    """
    Return an attribute of ours: `tinhso:name` on the element, or on a `tinhso:*` child of its extensionElements.

    A third form is what generic property panels write: `<camunda:property name="tinhso:role" value="…"/>`.
    """
    direct = element.get(f"{{{OWN}}}{name}")
    if direct is not None:
        return direct.strip()
    extensions = child(element, "extensionElements")
    if extensions is None:
        return ""
    for extension in extensions.iter():
        if not isinstance(extension.tag, str):
            continue
        if etree.QName(extension).namespace == OWN and extension.get(name) is not None:
            return str(extension.get(name)).strip()
        if local(extension) == "property" and extension.get("name") == f"tinhso:{name}":
            return str(extension.get("value") or "").strip()
    return ""
