"""Drawing BPMN in tests: a process as lines of Python, written out as the XML an editor would save."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tinhso="urn:tinhso:bpmn"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
"""
MESSAGES = {"paid": "Message_paid", "supplement": "Message_supplement", "opinion": "Message_opinion"}


def attributes(given: dict[str, object]) -> str:
    """Return XML attributes; `t_role` becomes `tinhso:role`."""
    return "".join(
        f" {('tinhso:' + name[2:]) if name.startswith('t_') else name}={quoteattr(str(value))}"
        for name, value in given.items()
        if value not in (None, "")
    )


@dataclass
class Draw:
    """A process that is being drawn. Every method returns the id of what it drew."""

    code: str = "P"
    name: str = "Flow"
    attrs: dict[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    role: str = "processor"

    def fresh(self, stem: str) -> str:
        self.numbers[stem] = self.numbers.get(stem, 0) + 1
        return f"{stem}_{self.numbers[stem]}"

    def node(self, tag: str, id: str = "", inner: str = "", **attrs: object) -> str:  # noqa: A002
        id = id or self.fresh(tag)  # noqa: A001
        self.lines.append(f"<bpmn:{tag} id={quoteattr(id)}{attributes(attrs)}>{inner}</bpmn:{tag}>")
        return id

    def start(self, id: str = "Start", inner: str = "") -> str:  # noqa: A002
        return self.node("startEvent", id, inner)

    def end(self, id: str = "End", inner: str = "") -> str:  # noqa: A002
        return self.node("endEvent", id, inner)

    def user(self, id: str, inner: str = "", **attrs: object) -> str:  # noqa: A002
        return self.node("userTask", id, inner, **{"name": f"Do {id}", "t_role": self.role, **attrs})

    def exclusive(self, id: str, default: str = "") -> str:  # noqa: A002
        return self.node("exclusiveGateway", id, default=default)

    def parallel(self, id: str) -> str:  # noqa: A002
        return self.node("parallelGateway", id)

    def inclusive(self, id: str, default: str = "") -> str:  # noqa: A002
        return self.node("inclusiveGateway", id, default=default)

    def border(self, id: str, on: str, inner: str, *, interrupting: bool = True) -> str:  # noqa: A002
        cancel = None if interrupting else "false"
        return self.node("boundaryEvent", id, inner, attachedToRef=on, cancelActivity=cancel)

    def sub(self, id: str, inside: Draw, inner: str = "", **attrs: object) -> str:  # noqa: A002
        return self.node("subProcess", id, inner + "\n".join(inside.lines), name=id, **attrs)

    def flow(self, source: str, target: str, condition: str = "", id: str = "", **attrs: object) -> str:  # noqa: A002
        id = id or self.fresh("Flow")  # noqa: A001
        inner = ""
        if condition:
            inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
        self.lines.append(
            f'<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"{attributes(attrs)}>{inner}</bpmn:sequenceFlow>'
        )
        return id

    def chain(self, *nodes: str) -> None:
        for source, target in pairwise(nodes):
            self.flow(source, target)

    def process(self) -> str:
        body = "\n".join(self.lines)
        named = attributes({"name": self.name, **self.attrs})
        return f'<bpmn:process id="{self.code}" isExecutable="true"{named}>\n{body}\n</bpmn:process>\n'

    def xml(self, *others: Draw) -> bytes:
        messages = "".join(f'<bpmn:message id="{key}" name="{name}"/>\n' for name, key in MESSAGES.items())
        called = "".join(other.process().replace('isExecutable="true"', 'isExecutable="false"') for other in others)
        return (HEAD + messages + self.process() + called + "</bpmn:definitions>\n").encode()


def message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{MESSAGES[name]}"/>'


def duration(text: str) -> str:
    return (
        "<bpmn:timerEventDefinition>"
        f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{text}</bpmn:timeDuration></bpmn:timerEventDefinition>'
    )


def cycle(text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:timeCycle>{text}</bpmn:timeCycle></bpmn:timerEventDefinition>"


def each(collection: str, element: str, *, sequential: bool = False, collect: str = "") -> str:
    """Return a repetition as the standard writes it, with our `collect` beside it."""
    more = attributes({"t_collect": collect, "isSequential": "true" if sequential else "false"})
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{more}><bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>"
        f'<bpmn:inputDataItem id="{element}" name="{element}"/></bpmn:multiInstanceLoopCharacteristics>'
    )


TERMINATE = "<bpmn:terminateEventDefinition/>"


def one_step(code: str = "one", **attrs: object) -> Draw:
    draw = Draw(code)
    draw.chain(draw.start(), draw.user("A", **attrs), draw.end())
    return draw


def approval(code: str = "approval") -> Draw:
    """The everyday flow: receive, process, sign or send back, return."""
    d = Draw(code, "Approval")
    d.start()
    d.user("Receive", t_role="reception", t_agency="desk", t_within="4h", t_form="receive", name="Tiếp nhận hồ sơ")
    d.exclusive("Checked", default="no")
    d.user("Process", t_role="processor", t_agency="office", t_within="2d", t_form="process", name="Thẩm định hồ sơ")
    d.user("Sign", t_role="leader", t_agency="agency", t_within="0.5d", t_form="sign", name="Ký duyệt kết quả")
    d.exclusive("Signed")
    d.user("Return", t_role="reception", t_agency="desk", t_form="return", name="Trả kết quả")
    d.end("Done")
    d.end("Refused")
    d.flow("Start", "Receive")
    d.flow("Receive", "Checked")
    d.flow("Checked", "Process", 'outcome == "accept"', name="Tiếp nhận")
    d.flow("Checked", "Refused", id="no", name="Từ chối")
    d.flow("Process", "Sign")
    d.flow("Sign", "Signed")
    d.flow("Signed", "Return", 'outcome == "approve"', name="Phê duyệt")
    d.flow("Signed", "Process", 'outcome == "correct"', name="Yêu cầu sửa")
    d.flow("Return", "Done")
    return d
