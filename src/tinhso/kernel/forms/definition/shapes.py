"""Whether each keyword of a form holds the kind of value it must: everything after leans on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tinhso.kernel.forms.definition.problems import Problems


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_groups(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def _is_lists(value: Any) -> bool:
    return isinstance(value, Mapping) and all(_is_names(each) for each in value.values())


_KINDS: Final[tuple[tuple[str, Callable[[Any], bool], tuple[str, ...]], ...]] = (
    ("shape_text", lambda value: isinstance(value, str), (
        "title", "x-title-en", "description", "x-description-en", "type", "x-widget", "format", "pattern", "x-when", "x-compute",
        "$id", "$schema", "$ref", "x-prefill", "x-prefill-when", "x-lookup", "x-autocomplete", "x-procedure", "x-form-number", "x-width", "x-min", "x-max",
        "x-sensitive",
    )),
    ("shape_names", _is_names, ("required", "x-after")),
    ("shape_list", _is_groups, ("allOf", "x-rules", "oneOf")),
    ("shape_group", lambda value: isinstance(value, Mapping), ("properties", "items", "x-messages", "if", "then", "else")),
    ("shape_lists", _is_lists, ("dependentRequired",)),
    ("shape_whole", _is_whole, ("minLength", "maxLength", "minItems", "maxItems")),
    ("shape_number", _is_number, ("minimum", "maximum", "exclusiveMinimum", "multipleOf")),
    ("shape_truth", lambda value: isinstance(value, bool), ("uniqueItems", "x-locked", "x-free")),
)  # fmt: skip
_RULE: Final = ("check", "at")
SHAPES: Final = {keyword: (code, fits) for code, fits, keywords in _KINDS for keyword in keywords}


def check_shapes(node: Mapping[str, Any], path: tuple[str, ...], problems: Problems) -> None:
    """Note every keyword of a node, and of the nodes inside it, that holds another kind of value than it must."""
    for keyword, value in node.items():
        code, fits = SHAPES.get(keyword, ("", None))
        if fits is not None and not fits(value):
            problems.add((*path, keyword), code, keyword=keyword)
        elif keyword == "x-rules":
            _check_rules(value, (*path, keyword), problems)
        else:
            for key, inner in _inside(keyword, value):
                check_shapes(inner, (*path, keyword, *key), problems)


def _inside(keyword: str, value: Any) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield the nodes under a keyword, each with what leads to it."""
    if keyword == "properties":
        yield from (((key,), member) for key, member in value.items() if isinstance(member, Mapping))
    elif keyword in ("items", "if", "then", "else"):
        yield (), value
    elif keyword == "allOf":
        yield from (((str(index),), branch) for index, branch in enumerate(value))


def _check_rules(rules: list[Mapping[str, Any]], path: tuple[str, ...], problems: Problems) -> None:
    for index, rule in enumerate(rules):
        for word in _RULE:
            if not isinstance(rule.get(word, ""), str):
                problems.add((*path, str(index), word), "shape_text", keyword=word)
