"""Checks a form's words before anything is built from them: every keyword, title, widget, reference and condition."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from tinhso.kernel.forms.definition import vocabulary as known
from tinhso.kernel.forms.definition.problems import Problems
from tinhso.kernel.forms.expressions import LOCAL_NAMES, BadExpressionError, Expression
from tinhso.kernel.forms.formats import is_bound
from tinhso.law.sensitive import sensitive_classes

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
Path = tuple[str, ...]


def check(schema: Mapping[str, Any], problems: Problems) -> None:
    """Note everything that is wrong with a form whose references are already put in place."""
    _keywords(schema, known.FORM, (), problems)
    _titles(schema, (), problems)
    if not schema.get("x-procedure"):
        problems.add((), "procedure")
    if "x-declaration" in schema:
        _pair(schema["x-declaration"], ("x-declaration",), "x-declaration", problems)
    steps = schema.get("properties")
    if not isinstance(steps, Mapping) or not steps:
        problems.add((), "steps")
        return
    for key, step in steps.items():
        path = ("properties", key)
        if not isinstance(step, Mapping) or step.get("type") != "object":
            problems.add(path, "steps")
            continue
        _question(key, step, path, problems)
        for name in step.get("x-after", []):
            if name not in steps:
                problems.add((*path, "x-after"), "after", name=name)
    _required(schema, (), problems)
    _Conditions(schema, problems).check()


def _keywords(node: Mapping[str, Any], allowed: frozenset[str], path: Path, problems: Problems) -> None:
    for keyword in node:
        if keyword not in allowed:
            problems.add((*path, keyword), "keyword", keyword=keyword)


def _titles(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if not node.get("title"):
        problems.add(path, "title")
    if not node.get("x-title-en"):
        problems.add(path, "title_en")
    if node.get("description") and not node.get("x-description-en"):
        problems.add(path, "hint_en")


def _pair(value: Any, path: Path, keyword: str, problems: Problems) -> None:
    if not isinstance(value, Mapping) or not value.get("vi") or not value.get("en"):
        problems.add(path, "pair", keyword=keyword)


def _question(key: str, node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if not _KEY.fullmatch(key) or key in LOCAL_NAMES:
        problems.add(path, "key", key=key)
    kind = node.get("type")
    if not isinstance(kind, str) or kind not in known.BY_TYPE:
        problems.add(path, "type")
        return
    _keywords(node, known.BY_TYPE[kind], path, problems)
    _titles(node, path, problems)
    _widget(node, kind, path, problems)
    _messages(node, path, problems)
    for keyword in ("x-item", "x-section", "x-unit"):
        if keyword in node:
            _pair(node[keyword], (*path, keyword), keyword, problems)
    if node.get("x-width", "full") not in known.WIDTHS:
        problems.add((*path, "x-width"), "width", width=node["x-width"], allowed=", ".join(sorted(known.WIDTHS)))
    _sensitive(node, path, problems)
    if "x-compute" in node and "x-prefill" in node:
        problems.add(path, "compute", name=key)
    if kind == "object":
        _object(node, path, problems)
    elif kind == "array":
        _array(node, path, problems)
    elif kind == "string":
        _string(node, path, problems)


def _sensitive(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if (named := node.get("x-sensitive")) is not None and named not in sensitive_classes():
        allowed = ", ".join(sorted(sensitive_classes()))
        problems.add((*path, "x-sensitive"), "sensitive", name=named, allowed=allowed)


def _widget(node: Mapping[str, Any], kind: str, path: Path, problems: Problems) -> None:
    widget = known.widget_of(dict(node))
    if widget not in known.WIDGETS[kind]:
        allowed = ", ".join(sorted(known.WIDGETS[kind]))
        problems.add((*path, "x-widget"), "widget", widget=widget, type=kind, allowed=allowed)
    chosen = node.get("items", {}) if kind == "array" else node
    if widget in {"radios", "select", "checkboxes"} and not isinstance(chosen.get("oneOf"), list):
        problems.add(path, "choices_missing")
    if widget == "lookup" and not node.get("x-lookup"):
        problems.add(path, "choices_missing")


def _messages(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    messages = node.get("x-messages", {})
    if not isinstance(messages, Mapping):
        problems.add((*path, "x-messages"), "messages")
        return
    for keyword, pair in messages.items():
        if not isinstance(pair, Mapping) or not pair.get("vi") or not pair.get("en"):
            problems.add((*path, "x-messages", keyword), "messages")


def _object(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    members = node.get("properties")
    if not isinstance(members, Mapping) or not members:
        problems.add(path, "steps")
        return
    for key, member in members.items():
        if isinstance(member, Mapping):
            _question(key, member, (*path, "properties", key), problems)
        else:
            problems.add((*path, "properties", key), "type")
    _required(node, path, problems)
    for name, others in node.get("dependentRequired", {}).items():
        for each in (name, *others):
            if each not in members:
                problems.add((*path, "dependentRequired"), "required", name=each)
    _branch(node, members, path, problems)
    for index, branch in enumerate(node.get("allOf", [])):
        at = (*path, "allOf", str(index))
        _keywords(branch, frozenset({"if", "then", "else", "$comment"}), at, problems)
        _branch(branch, members, at, problems)


def _branch(node: Mapping[str, Any], members: Mapping[str, Any], path: Path, problems: Problems) -> None:
    for keyword in ("if", "then", "else"):
        if keyword in node:
            _logic(node[keyword], members, (*path, keyword), problems)


def _logic(node: Any, members: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if not isinstance(node, Mapping):
        problems.add(path, "type")
        return
    _keywords(node, known.LOGIC, path, problems)
    for name in [*node.get("properties", {}), *node.get("required", [])]:
        if name not in members:
            problems.add(path, "required", name=name)


def _required(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    members = node.get("properties", {})
    for name in node.get("required", []):
        if name not in members:
            problems.add((*path, "required"), "required", name=name)
        elif isinstance(members[name], Mapping) and "x-compute" in members[name]:
            problems.add((*path, "required"), "compute", name=name)


def _array(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    items = node.get("items")
    if not isinstance(items, Mapping):
        problems.add(path, "items")
        return
    at = (*path, "items")
    if "x-sensitive" in items:
        problems.add((*at, "x-sensitive"), "sensitive_entry")
    if items.get("type") == "object":
        _keywords(items, known.BY_TYPE["object"], at, problems)
        _object(items, at, problems)
    elif items.get("type") == "string":
        _string(items, at, problems)
    else:
        problems.add(at, "type")


def _string(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if "format" in node and node["format"] not in known.FORMATS:
        problems.add((*path, "format"), "format", format=node["format"], allowed=", ".join(sorted(known.FORMATS)))
    if "pattern" in node:
        _pattern(node, path, problems)
    for keyword in ("x-min", "x-max"):
        if keyword in node and not is_bound(str(node[keyword])):
            problems.add((*path, keyword), "bound", bound=node[keyword])
    choices = node.get("oneOf", [])
    for index, choice in enumerate(choices if isinstance(choices, list) else []):
        named = isinstance(choice, Mapping) and isinstance(choice.get("const"), str)
        if not named or not choice.get("title") or not choice.get("x-title-en"):
            problems.add((*path, "oneOf", str(index)), "choices")


def _pattern(node: Mapping[str, Any], path: Path, problems: Problems) -> None:
    try:
        re.compile(str(node["pattern"]))
    except re.error as error:
        problems.add((*path, "pattern"), "pattern", reason=error)
    if "pattern" not in node.get("x-messages", {}):
        problems.add(path, "pattern_message")


class _Conditions:
    """Reads every CEL expression of the form and follows every path in it to a question."""

    def __init__(self, schema: Mapping[str, Any], problems: Problems) -> None:
        self.schema = schema
        self.problems = problems
        self.leans: dict[Path, set[Path]] = {}
        """For each question that is asked or computed on a condition: the questions that the condition reads."""

    def check(self) -> None:
        self.rules(self.schema, (), self.schema, {})
        for key, step in self.schema["properties"].items():
            if isinstance(step, Mapping):
                self.node(step, ("properties", key), self.schema, {})
        self.circles()

    def circles(self) -> None:
        """Note questions that wait for each other: none of them would ever be asked."""
        graph = {path: set(read) for path, read in self.leans.items()}
        for path in [*graph, *(each for read in self.leans.values() for each in read)]:
            for length in range(len(path) - 1, 0, -1):  # a question is asked only where the group around it is
                graph.setdefault(path[: length + 1], set()).add(path[:length])
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            ring = error.args[1]
            asked = next((path for path in ring if path in self.leans), ring[0])
            self.problems.add(
                _place(self.schema, asked), "circle", names=", ".join(".".join(path) for path in ring[1:])
            )

    def note(self, path: Path, keyword: str, parsed: Expression) -> None:
        """Keep which questions the condition of a question reads."""
        if keyword not in ("x-when", "x-compute"):
            return
        keys = _keys(path)
        above, entry = keys[:-1], _entry(path)
        for root, *rest in parsed.paths():
            base = {"this": above, "item": entry}.get(root, (root,))
            whole, node = [*base], self.at(base)
            for key in rest:
                members = _members(node)
                if key not in members:
                    break
                whole.append(key)
                node = members[key]
            if node is not None and tuple(whole) != above:
                self.leans.setdefault(keys, set()).add(tuple(whole))

    def at(self, keys: Path) -> Any:
        node: Any = self.schema
        for key in keys:
            node = _members(node).get(key)
        return node

    def node(self, node: Mapping[str, Any], path: Path, this: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        for keyword in ("x-when", "x-compute", "x-prefill-when"):
            if keyword in node:
                self.expression(node[keyword], keyword, (*path, keyword), this, item)
        if node.get("type") == "object":
            self.members(node, path, item)
        items = node.get("items")
        if isinstance(items, Mapping) and items.get("type") == "object":
            self.members(items, (*path, "items"), items)

    def members(self, node: Mapping[str, Any], path: Path, item: Mapping[str, Any]) -> None:
        self.rules(node, path, node, item)
        members = node.get("properties")
        for key, member in (members if isinstance(members, Mapping) else {}).items():
            if isinstance(member, Mapping):
                self.node(member, (*path, "properties", key), node, item)

    def rules(self, node: Mapping[str, Any], path: Path, this: Mapping[str, Any], item: Mapping[str, Any]) -> None:
        for index, rule in enumerate(node.get("x-rules", [])):
            at = (*path, "x-rules", str(index))
            if not isinstance(rule, Mapping):
                self.problems.add(at, "expression", keyword="x-rules", reason="")
                continue
            self.expression(rule.get("check", ""), "check", (*at, "check"), this, item)
            _pair(rule.get("message"), (*at, "message"), "message", self.problems)
            target = tuple(part for part in str(rule.get("at", "")).split("/") if part)
            if not self.leads(node, target):
                self.problems.add((*at, "at"), "name", name=rule.get("at", ""))

    def expression(
        self, source: Any, keyword: str, path: Path, this: Mapping[str, Any], item: Mapping[str, Any]
    ) -> None:
        try:
            parsed = Expression(str(source))
        except BadExpressionError as error:
            self.problems.add(path, "expression", keyword=keyword, reason=error)
            return
        self.note(path, keyword, parsed)
        roots = {**self.schema["properties"], "this": this, "item": item}
        for dotted in parsed.paths():
            if dotted[0] in roots and not self.leads(roots[dotted[0]], dotted[1:]):
                self.problems.add(path, "name", name=".".join(dotted))
        bound = set(re.findall(r"\.(?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,", parsed.source))
        for name in sorted(parsed.names() - set(roots) - LOCAL_NAMES - bound):
            self.problems.add(path, "name", name=name)

    @staticmethod
    def leads(node: Any, path: Path) -> bool:
        for key in path:
            members = node.get("properties") if isinstance(node, Mapping) else None
            if not isinstance(members, Mapping) or key not in members:
                return False
            node = members[key]
        return True


def _members(node: Any) -> Mapping[str, Any]:
    inside = node.get("items") if isinstance(node, Mapping) and node.get("type") == "array" else node
    found = inside.get("properties") if isinstance(inside, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _keys(path: Path) -> Path:
    """Return the names of the questions on the way of a pointer into the schema: what follows each `properties`."""
    return tuple(key for before, key in itertools.pairwise(path) if before == "properties")


def _entry(path: Path) -> Path:
    """Return the names down to the nearest list around a pointer; none where there is no list."""
    last = max((index for index, key in enumerate(path) if key == "items"), default=0)
    return _keys(path[:last])


def _place(schema: Mapping[str, Any], keys: Path) -> Path:
    """Return the pointer into the schema of a question by the names that lead to it."""
    path: Path = ()
    node: Any = schema
    for key in keys:
        path += (*(("items",) if isinstance(node, Mapping) and node.get("type") == "array" else ()), "properties", key)
        node = _members(node).get(key)
    return path
