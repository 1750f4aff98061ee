"""YAML to data and lines. Scalars follow the YAML 1.2 core schema: only true, false, null and plain numbers are typed."""

from __future__ import annotations

import re
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MERGE = "tag:yaml.org,2002:merge"


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class Broken(ValueError):  # noqa: N818 - says what is wrong with a file
    """The text is not YAML, or gives a key twice (then `key` is set)."""

    def __init__(self, line: int, problem: str, key: str = "") -> None:
        """Keep where and what."""
        super().__init__(problem)
        self.line, self.problem, self.key = line, problem, key


def parse(text: str) -> tuple[Any, dict[str, int]]:
    """Return the data of the only document in the text, and the line of each value by JSON Pointer. Raises Broken."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[str, int] = {}
        if node is None:
            return None, lines
        data = _build(loader, node, "", lines, set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Broken(mark.line + 1 if mark else 1, str(error.problem or error.context)) from error
    except yaml.YAMLError as error:
        raise Broken(1, str(error)) from error
    finally:
        loader.dispose()
    return data, lines


def _build(loader: Any, node: yaml.Node, at: str, lines: dict[str, int], above: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(at, line)
    if id(node) in above:
        raise Broken(line, "an alias that contains itself")
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_object(node)
    inside = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, child, f"{at}/{i}", lines, inside) for i, child in enumerate(node.value)]
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise Broken(key_node.start_mark.line + 1, "a key must be plain text")
        key = str(key_node.value)
        if key in built:
            raise Broken(key_node.start_mark.line + 1, "a key given twice", key)
        below = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
        lines[below] = key_node.start_mark.line + 1
        built[key] = _build(loader, value_node, below, lines, inside)
    return built
