"""Builds the definition from a checked schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tinhso.kernel.forms.definition.fields import Choice, Field, FormDefinition, Rule
from tinhso.kernel.forms.definition.vocabulary import FORMAT_OF_WIDGET, widget_of
from tinhso.kernel.forms.expressions import Expression
from tinhso.kernel.forms.words import Words


def canonical(schema: Mapping[str, Any]) -> str:
    """Return the schema as text with sorted questions kept in order: the order of questions is part of a form."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def fingerprint(schema: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the self-contained schema, in hexadecimal."""
    return hashlib.sha256(canonical(schema).encode()).hexdigest()


def sealed(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with the formats that widgets imply written out and unasked keys refused."""
    result = dict(node)
    kind = result.get("type")
    if kind == "object":
        required = result.get("required", [])
        result["properties"] = {
            key: sealed({"minItems": 1, **child} if child.get("type") == "array" and key in required else child)
            for key, child in result.get("properties", {}).items()
        }
        result["additionalProperties"] = False
    elif kind == "array" and isinstance(result.get("items"), Mapping):
        items = dict(result["items"])
        if widget_of(result) == "file":
            items["format"] = "uuid"
        if items.get("type") == "string":
            result["uniqueItems"] = True
        result["items"] = sealed(items)
    elif kind == "string" and "format" not in result and (implied := FORMAT_OF_WIDGET.get(widget_of(result))):
        result["format"] = implied
    return result


def build(code: str, version: int, schema: Mapping[str, Any]) -> FormDefinition:
    """Return the form. The schema is resolved, checked and sealed."""
    required = schema.get("required", [])
    return FormDefinition(
        code=code,
        version=version,
        sha256=fingerprint(schema),
        schema=schema,
        title=Words.of(schema, "title"),
        intro=Words.of(schema, "description"),
        declaration=Words.from_pair(schema.get("x-declaration")),
        steps=tuple(_field(key, step, key in required) for key, step in schema["properties"].items()),
        rules=_rules(schema),
        procedure=str(schema.get("x-procedure", "")),
        number=str(schema.get("x-form-number", "")),
    )


def _field(key: str, node: Mapping[str, Any], required: bool) -> Field:
    items = node.get("items", {})
    holder = items if items.get("type") == "object" else node
    inner = holder.get("required", [])
    return Field(
        key=key,
        widget=widget_of(dict(node)),
        schema=node,
        title=Words.of(node, "title"),
        hint=Words.of(node, "description"),
        required=required,
        children=tuple(_field(name, child, name in inner) for name, child in holder.get("properties", {}).items()),
        choices=tuple(
            Choice(str(each["const"]), Words.of(each, "title"), Words.of(each, "description"))
            for each in (node.get("oneOf") or items.get("oneOf") or [])
        ),
        when=Expression(node["x-when"]) if "x-when" in node else None,
        compute=Expression(node["x-compute"]) if "x-compute" in node else None,
        prefill_when=Expression(node["x-prefill-when"]) if "x-prefill-when" in node else None,
        rules=_rules(holder),
        messages={name: Words.from_pair(pair) for name, pair in node.get("x-messages", {}).items()},
        item_title=Words.from_pair(node.get("x-item")),
        section=Words.from_pair(node.get("x-section")),
        after=tuple(node.get("x-after", ())),
        multiple=node.get("type") == "array" and items.get("type") == "string",
    )


def _rules(node: Mapping[str, Any]) -> tuple[Rule, ...]:
    return tuple(
        Rule(Expression(each["check"]), str(each["at"]), Words.from_pair(each["message"]), str(each.get("law", "")))
        for each in node.get("x-rules", [])
    )
