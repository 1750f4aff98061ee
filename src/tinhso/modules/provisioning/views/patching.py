"""PATCH (RFC 7644, 3.5.2): operations done on a resource as it is told; what comes out is then wanted."""

from __future__ import annotations

import copy
import re
from typing import Any, Final

from tinhso.base.strict_json import read_json
from tinhso.modules.provisioning.queries.schemas import PATCH
from tinhso.modules.provisioning.views.doors import Json, ScimError, has_schema

_PATH: Final = re.compile(
    r'(?:urn:[\w:.]+:)?(?P<name>[A-Za-z]\w*)(?:\[(?P<sub>\w+)\s+eq\s+(?P<value>"[^"]*"|true|false)\])?'
    r"(?:\.(?P<part>\$?\w+))?"
)
LONGEST_PATH: Final = 500
MOST_OPERATIONS: Final = 1000
VERBS: Final = ("add", "remove", "replace")


def patched(body: Json, request: Json, attributes: list[dict[str, Any]]) -> Json:
    """Return a resource with the operations of a request done. Raises ScimError."""
    operations = request.get("Operations", request.get("operations"))
    if not has_schema(request, PATCH) or not isinstance(operations, list):
        raise ScimError(400, f"A PATCH holds Operations and the schema {PATCH}.", "invalidSyntax")
    if len(operations) > MOST_OPERATIONS:
        raise ScimError(400, f"A PATCH holds {MOST_OPERATIONS} operations at most.", "tooMany")
    done = copy.deepcopy(body)
    for operation in operations:
        if not isinstance(operation, dict):
            raise ScimError(400, "An operation is an object.", "invalidSyntax")
        _do(done, operation, attributes)
        _check(done, attributes)
    return done


def _check(body: Json, attributes: list[dict[str, Any]]) -> None:
    """See that every value still has the shape of its attribute: the next operation leans on it. Raises ScimError."""
    for attribute in attributes:
        name, value = attribute["name"], body.get(attribute["name"])
        if value is None:
            body.pop(name, None)
        elif attribute["multiValued"]:
            if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
                raise ScimError(400, f"{name} is a list of objects.", "invalidValue")
        elif attribute["type"] == "complex" and not isinstance(value, dict):
            raise ScimError(400, f"{name} is an object.", "invalidValue")


def _do(body: Json, operation: Json, attributes: list[dict[str, Any]]) -> None:
    verb, path = str(operation.get("op", "")).lower(), operation.get("path")
    if verb not in VERBS:
        raise ScimError(400, f"op is one of {', '.join(VERBS)}.", "invalidSyntax")
    if path:
        _at(body, verb, str(path), operation.get("value"), attributes)
    elif verb == "remove":
        raise ScimError(400, "A remove needs a path.", "noTarget")
    elif not isinstance(operation.get("value"), dict):
        raise ScimError(400, "Without a path the value is an object.", "invalidValue")
    else:
        for name, value in operation["value"].items():
            if name != "schemas":
                _at(body, verb, name, value, attributes)


def _at(body: Json, verb: str, path: str, value: Any, attributes: list[dict[str, Any]]) -> None:
    found = _PATH.fullmatch(path) if len(path) <= LONGEST_PATH else None
    known = {one["name"].lower(): one for one in attributes}
    attribute = known.get(found["name"].lower()) if found else None
    if found is None or attribute is None:
        if found and found["name"].lower() == "externalid":
            attribute = {"name": "externalId", "mutability": "readWrite", "multiValued": False}
        else:
            raise ScimError(400, f"There is nothing at “{path[:80]}”.", "invalidPath")
    assert found is not None
    name = attribute["name"]
    fixed = attribute["mutability"] == "readOnly" or (
        attribute["mutability"] == "immutable" and (verb == "remove" or value != body.get(name))
    )
    if fixed or (verb == "remove" and attribute.get("required") and not found["part"]):
        raise ScimError(400, f"{name} cannot be changed.", "mutability")
    if attribute["multiValued"]:
        _in_list(body, verb, name, found, value)
    elif found["part"]:
        _part(body, verb, attribute, found["part"], value)
    elif verb == "remove":
        body.pop(name, None)
    elif isinstance(value, dict) and isinstance(body.get(name), dict):
        body[name] = {**body[name], **value}
    else:
        body[name] = value


def _part(body: Json, verb: str, attribute: Json, part: str, value: Any) -> None:
    subs = {one["name"].lower(): one for one in attribute.get("subAttributes", [])}
    sub = subs.get(part.lower())
    if sub is None:
        raise ScimError(400, f"There is nothing at “{attribute['name']}.{part}”.", "invalidPath")
    if verb == "remove":
        if sub["required"]:
            raise ScimError(400, f"{sub['name']} cannot be removed.", "mutability")
        body.get(attribute["name"], {}).pop(sub["name"], None)
    else:
        body.setdefault(attribute["name"], {})[sub["name"]] = value


def _in_list(body: Json, verb: str, name: str, found: re.Match[str], value: Any) -> None:
    rows: list[Json] = list(body.get(name, []))
    if found["sub"]:
        wanted = _value(found["value"])
        hit = [row for row in rows if row.get(found["sub"]) == wanted]
        if not hit and verb != "add":
            raise ScimError(400, f"Nothing in {name} fits.", "noTarget")
        if verb == "remove" and not found["part"]:
            body[name] = [row for row in rows if row not in hit]
            return
        for row in hit:
            _set(row, verb, found["part"], value)
        body[name] = rows
        return
    if found["part"]:
        for row in rows:
            _set(row, verb, found["part"], value)
        body[name] = [row for row in rows if row] if rows or verb == "remove" else [{found["part"]: value}]
        return
    given = value if isinstance(value, list) else [value] if value is not None else []
    if verb == "remove" and given:
        keys = [row.get("value") for row in given if isinstance(row, dict)]
        body[name] = [row for row in rows if row.get("value") not in keys]
    elif verb == "remove":
        body[name] = []
    elif verb == "add":
        body[name] = rows + [row for row in given if row not in rows]
    else:
        body[name] = given


def _value(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        raise ScimError(400, f"{text[:80]} is no value.", "invalidFilter") from None


def _set(row: Json, verb: str, part: str | None, value: Any) -> None:
    if verb == "remove":
        row.pop(part or "", None)
    elif part:
        row[part] = value
    elif isinstance(value, dict):
        row.update(value)
