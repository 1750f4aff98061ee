"""
The difference between two versions of a form in sentences, for whoever approves it.

Nothing that differs is left out: what no sentence is made for is named as a detail. Empty for two that are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from tinhso.kernel.forms.editing.conditions import condition_words
from tinhso.kernel.forms.editing.outline import Node, Row, choices_of, holder_of, kind_of, members_of, node_at, outline
from tinhso.kernel.forms.editing.questions import KINDS, LIMITS
from tinhso.kernel.forms.words import Words

SENTENCES: Final = {
    "form_title": _("The form “{old}” is now called “{new}”."),
    "form_words": _("The words above the form change: “{new}”."),
    "form_declaration": _("The declaration below the form changes: “{new}”."),
    "form_other": _("Of the form as a whole, also changed: {names}."),
    "step_added": _("Step {number}, “{title}”, is new."),
    "step_gone": _("Step “{title}” is taken out with all its questions."),
    "question_required": _("Question “{title}” is added to step {number}, “{step}”; it must be answered."),
    "question_added": _("Question “{title}” is added to step {number}, “{step}”; it need not be answered."),
    "question_gone": _("Question “{title}” is taken out of step “{step}”."),
    "question_moved": _("Question “{title}” moves from “{old}” to “{new}”."),
    "order": _("The questions of “{title}” come in another order: {names}."),
    "steps_order": _("The steps come in another order: {names}."),
    "title": _("“{old}” is now called “{new}”."),
    "title_en": _("In English, “{title}” is now called “{new}” (before: “{old}”)."),
    "hint": _("The help beside “{title}” is now: “{new}”."),
    "hint_gone": _("The help beside “{title}” is taken out."),
    "required": _("“{title}” must be answered from now on."),
    "optional": _("“{title}” need not be answered any more."),
    "kind": _("“{title}” is asked as “{new}” (before: “{old}”)."),
    "choice_added": _("“{title}” offers one more choice: “{choice}”."),
    "choice_gone": _("“{title}” does not offer “{choice}” any more."),
    "choice_named": _("Of the choices of “{title}”, “{old}” is now called “{new}”."),
    "when": _("“{title}” is now asked only when {new}."),
    "when_changed": _("“{title}” is now asked only when {new} (before: when {old})."),
    "always": _("“{title}” is now always asked (before: only when {old})."),
    "sensitive": _("“{title}” is now kept as sensitive data ({new})."),
    "sensitive_gone": _("“{title}” is not marked as sensitive data any more ({old})."),
    "prefill": _("“{title}” is now filled in from “{new}”."),
    "prefill_gone": _("“{title}” is not filled in from “{old}” any more."),
    "locked": _("What is filled in at “{title}” cannot be changed by who applies."),
    "unlocked": _("What is filled in at “{title}” can be changed by who applies."),
    "limit": _("“{title}”: {limit} is now {new} (before: {old})."),
    "other": _("Of “{title}”, also changed: {names}."),
    "rule_added": _("New rule: “{new}”."),
    "rule_gone": _("A rule is taken out: “{old}”."),
}
LIMIT_NAMES: Final = {
    "minLength": _("the shortest answer"),
    "maxLength": _("the longest answer"),
    "minimum": _("the smallest number"),
    "maximum": _("the largest number"),
    "x-min": _("the earliest date"),
    "x-max": _("the latest date"),
    "maxItems": _("the most entries"),
}
NONE: Final = _("none")


@dataclass(frozen=True, slots=True)
class FormChange:
    """One thing that changes; `str()` says it in the reader's language."""

    code: str
    path: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence."""
        said = {name: _spoken(value) for name, value in self.facts.items()}
        return gettext(SENTENCES[self.code]).format(**said)


def _spoken(value: Any) -> str:
    if isinstance(value, tuple) and value and callable(value[0]):
        return str(value[0](*value[1:]))
    if isinstance(value, list):
        return ", ".join(_spoken(each) for each in value)
    return str(value)


def compare_forms(old: Node, new: Node) -> list[FormChange]:
    """Return what changes from one version of a form to another, in the order of the new one."""
    found = [*_whole(old, new)]
    before, after = ({row.path: row for row in outline(each)} for each in (old, new))
    moved = _moved(before, after)
    came_from = {there: here for here, there in moved.items()}
    for path, row in after.items():
        if path in before:
            found += _question(old, new, before[path], row)
        elif path in came_from:
            was = before[came_from[path]]
            found.append(_change("question_moved", row, old=_above(old, was), new=_above(new, row)))
            found += _question(old, new, was, row)
        else:
            found.append(_added(new, row))
    found += [_gone(old, row) for path, row in before.items() if path not in after and path not in moved]
    found += _orders(old, new, before, after)
    found += _rules("", old, new)
    return found


def _change(code: str, row: Row, **facts: Any) -> FormChange:
    return FormChange(code, row.path, {"title": row.title, **facts})


def _moved(before: Mapping[str, Row], after: Mapping[str, Row]) -> dict[str, str]:
    """Return which questions stand elsewhere now: the same name and the same words, once gone and once new."""
    gone, new = _identified(before, after), _identified(after, before)
    return {path: new[key] for key, path in gone.items() if key in new}


def _identified(rows: Mapping[str, Row], others: Mapping[str, Row]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    twice = set()
    for path, row in rows.items():
        key = (path.rpartition(".")[2], row.title.vi)
        if path in others or row.is_step or row.holds:
            continue
        twice |= {key} & set(found)
        found[key] = path
    return {key: path for key, path in found.items() if key not in twice}


def _above(schema: Node, row: Row) -> Words:
    return Words.of(node_at(schema, row.path.rpartition(".")[0]) or {}, "title")


def _place(schema: Node, row: Row) -> tuple[int, Words]:
    step = row.path.partition(".")[0]
    return list(members_of(schema)).index(step) + 1, Words.of(node_at(schema, step) or {}, "title")


def _added(new: Node, row: Row) -> FormChange:
    number, step = _place(new, row)
    if row.is_step:
        return _change("step_added", row, number=number)
    return _change("question_required" if row.required else "question_added", row, number=number, step=step)


def _gone(old: Node, row: Row) -> FormChange:
    return _change("step_gone", row) if row.is_step else _change("question_gone", row, step=_place(old, row)[1])


_SAID: Final = frozenset({
    "title", "x-title-en", "description", "x-description-en", "x-when", "x-sensitive", "x-prefill", "x-locked", "type",
    "x-widget", "format", "properties", "required", "x-rules", "items", "oneOf", "minItems", "uniqueItems",
    "additionalProperties", "$schema", "$id", "x-declaration", *LIMITS,
})  # fmt: skip
"""What has a sentence of its own, or follows from it."""


def _question(old: Node, new: Node, was: Row, row: Row) -> Iterator[FormChange]:
    a, b = was.node, row.node
    yield from _words(was, row)
    if was.required != row.required:
        yield _change("required" if row.required else "optional", row)
    if was.kind != row.kind:
        yield _change("kind", row, old=_kind(was.kind), new=_kind(row.kind))
    yield from _choice_changes(a, b, row)
    yield from _conditions(old, new, was, row)
    if was.sensitive != row.sensitive:
        yield _change("sensitive" if row.sensitive else "sensitive_gone", row, old=was.sensitive, new=row.sensitive)
    if a.get("x-prefill", "") != b.get("x-prefill", ""):
        said = {"old": a.get("x-prefill", ""), "new": b.get("x-prefill", "")}
        yield _change("prefill" if b.get("x-prefill") else "prefill_gone", row, **said)
    if bool(a.get("x-locked")) != bool(b.get("x-locked")):
        yield _change("locked" if b.get("x-locked") else "unlocked", row)
    for name in LIMITS:
        if a.get(name) != b.get(name):
            said = {"old": a.get(name, (gettext, NONE)), "new": b.get(name, (gettext, NONE))}
            yield _change("limit", row, limit=(gettext, LIMIT_NAMES[name]), **said)
    yield from _rest(a, b, row)
    yield from _rules(row.path, holder_of(a), holder_of(b))


def _words(was: Row, row: Row) -> Iterator[FormChange]:
    if was.title.vi != row.title.vi:
        yield _change("title", row, old=was.title, new=row.title)
    elif was.title.en != row.title.en:
        yield _change("title_en", row, old=was.title.en, new=row.title.en)
    hint = Words.of(row.node, "description")
    if Words.of(was.node, "description") != hint:
        yield _change("hint" if hint else "hint_gone", row, new=hint)


def _kind(kind: str) -> Any:
    return KINDS.get(kind, kind)


def _choice_changes(a: Node, b: Node, row: Row) -> Iterator[FormChange]:
    was, now = ({str(each.get("const")): each for each in choices_of(node)} for node in (a, b))
    for const, each in now.items():
        if const not in was:
            yield _change("choice_added", row, choice=Words.of(each, "title"))
        elif Words.of(was[const], "title") != Words.of(each, "title"):
            yield _change("choice_named", row, old=Words.of(was[const], "title"), new=Words.of(each, "title"))
    for const, each in was.items():
        if const not in now:
            yield _change("choice_gone", row, choice=Words.of(each, "title"))


def _conditions(old: Node, new: Node, was: Row, row: Row) -> Iterator[FormChange]:
    if was.when == row.when:
        return
    said = {
        "old": (condition_words, old, was.path, was.when),
        "new": (condition_words, new, row.path, row.when),
    }
    yield _change("always" if not row.when else "when_changed" if was.when else "when", row, **said)


def _rest(a: Node, b: Node, row: Row) -> Iterator[FormChange]:
    """Name what no sentence is made for, so that nothing is passed over."""
    names = sorted(name for name in {*a, *b} - _SAID if a.get(name) != b.get(name))
    if kind_of(a) == kind_of(b) and (a.get("type"), a.get("format")) != (b.get("type"), b.get("format")):
        names.append("type")
    inside = [_bare(holder_of(node)) if holder_of(node) is not node else _bare_items(node) for node in (a, b)]
    if inside[0] != inside[1]:
        names.append("items")
    if __plain_choices(a, b) != __plain_choices(b, a):
        names.append("oneOf")
    if names:
        yield _change("other", row, names=names)


def _bare(node: Node) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in _SAID}


def _bare_items(node: Node) -> Any:
    items = node.get("items")
    return {name: value for name, value in items.items() if name != "oneOf"} if isinstance(items, Mapping) else None


def __plain_choices(node: Node, other: Node) -> list[Any]:
    """Return the choices that both have, without their names: their order, their hints."""
    both = {each.get("const") for each in choices_of(other)}
    return [
        {name: value for name, value in each.items() if name not in ("title", "x-title-en")}
        for each in choices_of(node)
        if each.get("const") in both
    ]


def _whole(old: Node, new: Node) -> Iterator[FormChange]:
    before, after = Words.of(old, "title"), Words.of(new, "title")
    if before != after:
        yield FormChange("form_title", "", {"old": before, "new": after})
    words = Words.of(new, "description")
    if Words.of(old, "description") != words:
        yield FormChange("form_words", "", {"new": words})
    if old.get("x-declaration") != new.get("x-declaration"):
        yield FormChange("form_declaration", "", {"new": Words.from_pair(new.get("x-declaration"))})
    names = sorted(name for name in {*old, *new} - _SAID - {"$defs"} if old.get(name) != new.get(name))
    if names:
        yield FormChange("form_other", "", {"names": names})


def _orders(old: Node, new: Node, before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[FormChange]:
    """Say where the questions that stay come in another order."""
    places = [""] + [path for path, row in after.items() if row.holds and path in before]
    for place in places:
        was, now = members_of(node_at(old, place) or {}), members_of(node_at(new, place) or {})
        left = [key for key in was if key in now]
        if left == [key for key in now if key in was]:
            continue
        names: list[Any] = [Words.of(each, "title") for each in now.values()]
        title = Words.of(node_at(new, place) or {}, "title")
        yield FormChange("order" if place else "steps_order", place, {"title": title, "names": names})


def _rules(path: str, old: Node, new: Node) -> Iterator[FormChange]:
    was, now = ([each for each in node.get("x-rules", []) if isinstance(each, Mapping)] for node in (old, new))
    for each in now:
        if each not in was:
            yield FormChange("rule_added", path, {"new": _rule_words(each)})
    for each in was:
        if each not in now:
            yield FormChange("rule_gone", path, {"old": _rule_words(each)})


def _rule_words(rule: Node) -> str:
    said = Words.from_pair(rule.get("message"))
    return f"{said or ''} [{rule.get('check', '')}]"
