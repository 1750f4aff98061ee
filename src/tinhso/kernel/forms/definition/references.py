"""Shared definitions: `$ref` to a form's own `$defs` or to `_common.json`, put in place at load. Never from a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.kernel.forms.definition.problems import Problems

COMMON = "_common.json"
MAX_DEPTH = 12
_MERGED = ("properties", "x-messages")


def resolve(schema: Mapping[str, Any], common: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """
    Return the form with every `$ref` replaced by what it names, so that a kept version needs no other file.

    What stands beside a `$ref` wins over what it names; `properties` and `x-messages` are merged key by key, and
    `"key": null` in `properties` leaves a question out.
    """
    own = {f"#/$defs/{key}": value for key, value in _definitions(schema)}
    shared = {f"{COMMON}#/$defs/{key}": value for key, value in _definitions(common)}
    # inside _common.json a "#/$defs/…" means its own
    inner = {f"#/$defs/{key}": value for key, value in _definitions(common)} | own
    found = _Resolver({**inner, **shared}, problems).put(dict(schema), (), 0)
    return {key: value for key, value in found.items() if key != "$defs"}


def _definitions(schema: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what can be named: a definition that is no object is none, and whoever names it is told so."""
    given = schema.get("$defs")
    members = given.items() if isinstance(given, Mapping) else ()
    return [(key, value) for key, value in members if isinstance(value, Mapping)]


class _Resolver:
    def __init__(self, known: Mapping[str, Any], problems: Problems) -> None:
        self.known = known
        self.problems = problems

    def put(self, node: Any, path: tuple[str, ...], depth: int) -> Any:
        if isinstance(node, list):
            return [self.put(value, (*path, str(i)), depth) for i, value in enumerate(node)]
        if not isinstance(node, Mapping):
            return node
        if "$ref" in node:
            return self.replace(node, path, depth)
        return {key: value if key == "$defs" else self.put(value, (*path, key), depth) for key, value in node.items()}

    def replace(self, node: Mapping[str, Any], path: tuple[str, ...], depth: int) -> Any:
        named = str(node["$ref"])
        beside = {key: value for key, value in node.items() if key != "$ref"}
        if named not in self.known:
            self.problems.add(path, "ref", ref=named)
            return self.put(beside, path, depth)
        if depth >= MAX_DEPTH:
            self.problems.add(path, "ref_depth", ref=named)
            return beside
        return self.put(merged(self.known[named], beside), path, depth + 1)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with what `over` says instead; a None in `properties` takes the question out."""
    result = dict(base)
    for key, value in over.items():
        if key in _MERGED and isinstance(value, Mapping) and isinstance(result.get(key), Mapping):
            result[key] = _merge_members(result[key], value)
        else:
            result[key] = value
    return result


def _merge_members(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    members = dict(base)
    for key, value in over.items():
        if value is None:
            members.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(members.get(key), Mapping) and "$ref" not in value:
            members[key] = {**members[key], **value}
        else:
            members[key] = value
    return members
