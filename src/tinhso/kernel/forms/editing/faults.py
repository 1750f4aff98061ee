"""What is wrong with a form that is written, each with the question it is about; the same checks as at the load of a pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from tinhso.kernel.forms.definition import Problem, examine
from tinhso.kernel.forms.editing.outline import (
    MOST_QUESTIONS,
    Node,
    choices_of,
    holder_of,
    kind_of,
    node_at,
    outline,
    paths_of,
)
from tinhso.kernel.forms.words import Words

PLAIN = {
    "title": _("Write what it is called in Vietnamese."),
    "title_en": _("Write what it is called in English too."),
    "hint_en": _("Write the help in English too."),
    "steps": _("There is no question in it yet."),
    "choices_missing": _("Give the choices."),
    "choices": _("Give each choice a code, a Vietnamese and an English name."),
    "required": _("It says of “{name}”, which is not asked here any more."),
}
"""What a file is told by its keywords, said to somebody who sees no file."""
USED = _("“{path}” is not asked any more, but needed: {why}.")
SENSITIVE_LOST = _(
    "It is not marked as sensitive any more. What is given stays encrypted, because an earlier version marks it."
)
KIND_CHANGED = _(
    "It keeps its name but asks for something else ({old} before). A question that means something else is a new one."
)
CHOICE_GONE = _("The choice “{choice}” is gone. Dossiers of before keep it.")
WRONG_CODE = _("The form says that it belongs to “{other}”. It must be “{code}”.")
TOO_MANY = _("It has more than {most} questions.")


@dataclass(frozen=True, slots=True)
class Use:
    """What needs a question: its dotted path and, in words, for what."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class FormFault:
    """One sentence about a form or one of its questions; an error keeps it from being published."""

    path: str
    title: Words
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_error: bool = True
    problem: Problem | None = None

    def __str__(self) -> str:
        """Return the sentence in the reader's language."""
        if self.problem is not None and self.problem.code not in PLAIN:
            return str(self.problem)
        return gettext(self.text).format(**self.facts)


def find_faults(schema: Node, *, code: str, old: Node | None = None, uses: Iterable[Use] = ()) -> list[FormFault]:
    """
    Return what keeps a form from being published, then what to look at closely against the version in force (`old`).

    `uses` are the questions that other things lean on: fees, papers, bodies that read.
    """
    if len(outline(schema)) > MOST_QUESTIONS:
        return [FormFault("", Words(), TOO_MANY, {"most": MOST_QUESTIONS})]
    found = [_placed(schema, problem) for problem in examine(schema)[1]]
    if schema.get("x-procedure") and schema["x-procedure"] != code:
        found.append(FormFault("", Words(), WRONG_CODE, {"other": schema["x-procedure"], "code": code}))
    asked = paths_of(schema)
    found += [FormFault("", Words(), USED, {"path": use.path, "why": use.why}) for use in uses if use.path not in asked]
    return found + (_against(old, schema) if old is not None else [])


def _placed(schema: Node, problem: Problem) -> FormFault:
    """Return a problem at the question that its pointer leads to."""
    node: Any = schema
    path: list[str] = []
    parts = list(problem.path)
    while parts:
        inside = holder_of(node) if parts[:2] == ["items", "properties"] else node
        parts = parts[1:] if inside is not node else parts
        members = inside.get("properties") if isinstance(inside, Mapping) else None
        if (
            parts[:1] != ["properties"]
            or len(parts) == 1
            or not isinstance(members, Mapping)
            or parts[1] not in members
        ):
            break
        node = members[parts[1]]
        path.append(parts[1])
        parts = parts[2:]
        if not isinstance(node, Mapping):
            break
    title = Words.of(node, "title") if path and isinstance(node, Mapping) else Words()
    return FormFault(".".join(path), title, PLAIN.get(problem.code, ""), problem.facts, problem=problem)


def _against(old: Node, new: Node) -> list[FormFault]:
    found = []
    for row in outline(new):
        before = node_at(old, row.path)
        if before is None:
            continue
        if before.get("x-sensitive") and not row.sensitive:
            found.append(FormFault(row.path, row.title, SENSITIVE_LOST, is_error=False))
        if _answer_type(before) != _answer_type(row.node):
            found.append(FormFault(row.path, row.title, KIND_CHANGED, {"old": kind_of(before)}, is_error=False))
        kept = {str(each.get("const")) for each in choices_of(row.node)}
        gone = [each for each in choices_of(before) if str(each.get("const")) not in kept]
        found += [
            FormFault(row.path, row.title, CHOICE_GONE, {"choice": Words.of(each, "title")}, is_error=False)
            for each in gone
        ]
    return found


def _answer_type(node: Node) -> tuple[Any, Any]:
    return node.get("type"), node.get("format")
