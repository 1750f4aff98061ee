"""
The changes of a form, one by one: each takes the schema and gives another; the one given stays as it is.

What is typed about a question are plain texts by name (`answers_of` gives those of a question that there is). What a page
does not ask about stays as it was: messages, patterns, formulas. Saving a question as it is changes nothing.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.base.strict_json import read_json
from tinhso.kernel.forms.definition.vocabulary import BY_TYPE, widget_of
from tinhso.kernel.forms.editing.outline import (
    MOST_QUESTIONS,
    Node,
    choices_of,
    holder_of,
    kind_of,
    members_of,
    node_at,
    outline,
    paths_of,
)

KINDS: Final = {
    "text": _("Text of one line"),
    "textarea": _("Text of several lines"),
    "radios": _("One of a few choices"),
    "select": _("One of many choices"),
    "checkboxes": _("Several choices"),
    "yes-no": _("Yes or no"),
    "checkbox": _("A box to tick"),
    "date": _("A date"),
    "partial-date": _("A date, or only the year"),
    "citizen-number": _("Personal identification number"),
    "phone": _("Phone number"),
    "email": _("E-mail address"),
    "tax-code": _("Tax code"),
    "unit": _("A commune"),
    "number": _("A number"),
    "money": _("An amount in đồng"),
    "file": _("Files"),
    "group": _("A group of questions"),
    "repeat": _("A list of entries"),
}
"""The kinds of questions that are offered; a form may have another one (`lookup`), which stays."""
_MADE: Final[dict[str, dict[str, Any]]] = {
    "yes-no": {"type": "boolean"},
    "checkbox": {"type": "boolean"},
    "number": {"type": "integer"},
    "money": {"type": "integer"},
    "checkboxes": {"type": "array", "items": {"type": "string"}},
    "file": {"type": "array", "items": {"type": "string"}},
    "group": {"type": "object"},
    "repeat": {"type": "array", "items": {"type": "object"}},
}
CHOSEN: Final = ("radios", "select", "checkboxes")
LIMITS: Final = {
    "minLength": ("text", "textarea"),
    "maxLength": ("text", "textarea"),
    "minimum": ("number", "money"),
    "maximum": ("number", "money"),
    "x-min": ("date", "partial-date"),
    "x-max": ("date", "partial-date"),
    "maxItems": ("repeat", "file", "checkboxes"),
}
"""The limits that are asked about, and of which kinds of questions."""
_COUNTS: Final = ("minLength", "maxLength", "maxItems")
_PLAIN: Final = {
    "title": "title",
    "title_en": "x-title-en",
    "hint": "description",
    "hint_en": "x-description-en",
    "sensitive": "x-sensitive",
    "prefill": "x-prefill",
    "when": "x-when",
    "law": "x-law",
}
_KEY: Final = re.compile(r"[^a-z0-9]+")
MOST_DEEP: Final = 4
DEEPEST: Final = 40
LARGEST: Final = 1024 * 1024


class CannotEdit(Refusal):
    """What was typed makes no question, or there is none of this name."""

    code = "forms.cannot_edit"
    text = _("This cannot be written so: {why}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


NO_PLACE = _("There is no such question any more. Look at the form again.")
TAKEN = _("There is a question “{key}” here already. Give another name.")
TOO_MANY = _("A form that is edited here has at most {most} questions.")
TOO_DEEP = _("Groups inside groups go at most {most} deep.")
BAD_CHOICE = _("Line {line} of the choices: write code | Vietnamese | English, for example: mother | Mẹ | Mother.")
TWICE = _("The choice “{choice}” is given twice.")
NOT_WHOLE = _("“{typed}” is no number.")
NO_FILE = _("This is not the file of a form: it cannot be read as JSON ({reason}).")
TOO_LARGE = _("The file is larger than 1 MB.")
INTO_ITSELF = _("A group cannot be moved into itself.")


def _no(why: Any, **facts: Any) -> CannotEdit:
    return CannotEdit(why=str(why).format(**facts))


def read_form_file(given: bytes) -> dict[str, Any]:
    """Return the schema in a form's file as it stands there. Raises CannotEdit for what is no such file, or one too large."""
    if len(given) > LARGEST:
        raise _no(TOO_LARGE)
    try:
        read = read_json(given)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise _no(NO_FILE, reason=str(error)[:200]) from error
    if not isinstance(read, dict) or _is_deep(read):
        raise _no(NO_FILE, reason="{…}")
    _demand_room(read)
    return read


def _is_deep(read: Any) -> bool:
    """Tell whether a file goes deeper than any form does: what reads it goes down with it."""
    level = [read]
    for _depth in range(DEEPEST):
        level = [
            below
            for each in level
            for below in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]
        if not level:
            return False
    return True


def empty_form(code: str, title: str, title_en: str) -> dict[str, Any]:
    """Return a form without any step."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": code,
        "title": title,
        "x-title-en": title_en,
        "x-procedure": code,
        "type": "object",
        "properties": {},
        "required": [],
    }


def key_from(title: str) -> str:
    """Return a name for a question from its English title: small letters, digits, underscores."""
    plain = unicodedata.normalize("NFD", title.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return _KEY.sub("_", plain.lower()).strip("_")[:40].lstrip("0123456789_") or "question"


def answers_of(schema: Node, path: str) -> dict[str, Any]:
    """Return what there is to say of a question: texts by name. Raises CannotEdit when it is not there."""
    node, above = node_at(schema, path), node_at(schema, path.rpartition(".")[0])
    if not path or node is None or above is None:
        raise _no(NO_PLACE)
    kind = kind_of(node)
    said: dict[str, Any] = {name: str(node.get(keyword, "")) for name, keyword in _PLAIN.items()}
    said |= {name: str(node.get(name, "")) for name, kinds in LIMITS.items() if kind in kinds}
    said["kind"] = kind
    said["required"] = path.rpartition(".")[2] in holder_of(above).get("required", [])
    said["locked"] = node.get("x-locked") is True
    if kind in CHOSEN:
        said["choices"] = "\n".join(
            f"{each.get('const', '')} | {each.get('title', '')} | {each.get('x-title-en', '')}"
            for each in choices_of(node)
        )
    return said


def add_question(schema: Node, above: str, values: Mapping[str, Any], *, key: str = "") -> tuple[dict[str, Any], str]:
    """
    Put a question at the end of a step or group, or a step at the end of the form (`above` empty).

    Returns the form and the path of what is new. Raises CannotEdit.
    """
    made = copy.deepcopy(dict(schema))
    place = _held(made, above)
    members = place.setdefault("properties", {})
    name = key or _free(key_from(str(values.get("title_en") or values.get("title") or "")), members)
    if name in members:
        raise _no(TAKEN, key=name)
    if (above.count(".") + 1 if above else 0) > MOST_DEEP:
        raise _no(TOO_DEEP, most=MOST_DEEP)
    members[name] = {"type": "object", "properties": {}} if not above else {}
    path = f"{above}.{name}" if above else name
    _demand_room(made)
    return change_question(made, path, values if above else {**values, "kind": "group"}), path


def _free(key: str, members: Mapping[str, Any]) -> str:
    name, number = key, 2
    while name in members or name in ("this", "item", "today"):
        name, number = f"{key[:36]}_{number}", number + 1
    return name


def _held(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the object in which the questions of a step or group stand, to be changed. Raises CannotEdit."""
    node = node_at(schema, path)
    if node is None or (path and kind_of(node) not in ("group", "repeat")):
        raise _no(NO_PLACE)
    return holder_of(node)  # type: ignore[return-value]


def _demand_room(schema: Node) -> None:
    if len(outline(schema)) > MOST_QUESTIONS:
        raise _no(TOO_MANY, most=MOST_QUESTIONS)


def change_question(schema: Node, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Say something else of a question; names that `values` does not have stay as they are. Raises CannotEdit."""
    made = copy.deepcopy(dict(schema))
    node = node_at(made, path)
    if not path or node is None:
        raise _no(NO_PLACE)
    place, key = _held(made, path.rpartition(".")[0]), path.rpartition(".")[2]
    changed = _with_kind(dict(node), str(values.get("kind", "")))
    kind = widget_of(changed)
    for name, keyword in _PLAIN.items():
        if name in values:
            _say(changed, keyword, str(values[name]).strip())
    for name, kinds in LIMITS.items():
        if name in values and kind in kinds:
            _say(changed, name, _limit(name, str(values[name]).strip()))
    if "locked" in values:
        _say(changed, "x-locked", True if values["locked"] else "")
    if "choices" in values and kind in CHOSEN:
        _put_choices(changed, str(values["choices"]))
    place["properties"][key] = changed
    if "required" in values:
        _require(place, key, bool(values["required"]))
    return made


def _say(node: dict[str, Any], keyword: str, value: Any) -> None:
    if value == "":
        node.pop(keyword, None)
    elif node.get(keyword) != value:
        node[keyword] = value


def _limit(name: str, typed: str) -> int | float | str:
    if name.startswith("x-") or not typed:
        return typed
    try:
        number = float(typed.replace(",", "."))
        whole = int(number)
    except (ValueError, OverflowError) as error:
        raise _no(NOT_WHOLE, typed=typed[:40]) from error
    if name in _COUNTS and (whole != number or whole < 0):
        raise _no(NOT_WHOLE, typed=typed[:40])
    return whole if whole == number else number


def _with_kind(node: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a question as another kind: what the new one cannot have is gone."""
    if not kind or (node.get("type") and widget_of(node) == kind):
        return node
    made = copy.deepcopy(_MADE.get(kind, {"type": "string"}))
    allowed = BY_TYPE[made["type"]] - {"x-widget", "format", "minItems", "maxItems", "items", "additionalProperties"}
    kept = {name: value for name, value in node.items() if name in allowed and name not in made}
    unfit = {limit for limit, kinds in LIMITS.items() if kind not in kinds} | {"oneOf", "properties", "required"}
    found = {**made, "x-widget": kind, **{name: value for name, value in kept.items() if name not in unfit}}
    inside = found.get("items", found)
    if kind in CHOSEN and choices_of(node):
        inside["oneOf"] = choices_of(node)
    if kind in ("group", "repeat"):
        inside["properties"] = dict(members_of(node))
        inside["required"] = list(holder_of(node).get("required", []))
    return found


def _put_choices(node: dict[str, Any], typed: str) -> None:
    before = {each.get("const"): each for each in choices_of(node)}
    made: list[dict[str, Any]] = []
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - code, Vietnamese, English
            raise _no(BAD_CHOICE, line=number)
        if any(each["const"] == parts[0] for each in made):
            raise _no(TWICE, choice=parts[0])
        made.append({**before.get(parts[0], {}), "const": parts[0], "title": parts[1], "x-title-en": parts[2]})
    holder = node
    if node.get("type") == "array":
        holder = node["items"] = dict(node.get("items", {}))
    if made != holder.get("oneOf"):
        holder["oneOf"] = made


def _require(place: dict[str, Any], key: str, wanted: bool) -> None:
    required = [*place.get("required", [])]
    if wanted == (key in required):
        return
    place["required"] = [*required, key] if wanted else [name for name in required if name != key]
    node = place["properties"][key]
    if not wanted and node.get("minItems") == 1:
        del node["minItems"]  # what a required list implies


def remove_question(schema: Node, path: str) -> dict[str, Any]:
    """Take a step or a question out, and what says that it is required. Raises CannotEdit."""
    made = copy.deepcopy(dict(schema))
    if not path or node_at(made, path) is None:
        raise _no(NO_PLACE)
    above, _dot, key = path.rpartition(".")
    place = _held(made, above)
    del place["properties"][key]
    if key in place.get("required", []):
        place["required"] = [name for name in place["required"] if name != key]
    if not above:
        for step in made["properties"].values():
            if isinstance(step, dict) and key in step.get("x-after", []):
                step["x-after"] = [name for name in step["x-after"] if name != key]
    return made


def move_question(schema: Node, path: str, *, by: int = 0, into: str | None = None) -> tuple[dict[str, Any], str]:
    """Move a question up (`by` -1) or down (1) among its neighbours, or to the end of another step or group. Raises CannotEdit."""
    if not path or node_at(schema, path) is None:
        raise _no(NO_PLACE)
    above, _dot, key = path.rpartition(".")
    if into is not None and into != above:
        return _moved_into(schema, path, into)
    made = copy.deepcopy(dict(schema))
    place = _held(made, above)
    keys = list(place["properties"])
    at = keys.index(key)
    keys.insert(max(0, min(len(keys) - 1, at + by)), keys.pop(at))
    place["properties"] = {name: place["properties"][name] for name in keys}
    return made, path


def _moved_into(schema: Node, path: str, into: str) -> tuple[dict[str, Any], str]:
    above, _dot, key = path.rpartition(".")
    if not into or not above or into not in paths_of(schema):
        raise _no(NO_PLACE)
    if into == path or into.startswith(f"{path}."):
        raise _no(INTO_ITSELF)
    node = copy.deepcopy(node_at(schema, path))
    required = key in holder_of(node_at(schema, above) or {}).get("required", [])
    made = remove_question(schema, path)
    place = _held(made, into)
    members = place.setdefault("properties", {})
    if key in members:
        raise _no(TAKEN, key=key)
    members[key] = node
    if required:
        place["required"] = [*place.get("required", []), key]
    return made, f"{into}.{key}"


_FORM: Final = {
    "title": "title",
    "title_en": "x-title-en",
    "intro": "description",
    "intro_en": "x-description-en",
    "number": "x-form-number",
    "law": "x-law",
}


def change_form(schema: Node, values: Mapping[str, str]) -> dict[str, Any]:
    """Say something else of the form as a whole: names, words above it, the declaration below it, its official number."""
    made = copy.deepcopy(dict(schema))
    for name, keyword in _FORM.items():
        if name in values:
            _say(made, keyword, values[name].strip())
    if "declaration" in values:
        pair = {"vi": values["declaration"].strip(), "en": values.get("declaration_en", "").strip()}
        _say(made, "x-declaration", pair if any(pair.values()) else "")
    return made


def change_rule(schema: Node, index: int | None, values: Mapping[str, str]) -> dict[str, Any]:
    """Put a rule between answers into the form, or another text in place of one (`index`). Raises CannotEdit."""
    made = copy.deepcopy(dict(schema))
    rules = made.setdefault("x-rules", [])
    if index is not None and not 0 <= index < len(rules):
        raise _no(NO_PLACE)
    rule = dict(rules[index]) if index is not None else {}
    rule |= {"check": values["check"].strip(), "at": "/" + values["at"].strip().strip("/").replace(".", "/")}
    pair = {"vi": values["message"].strip(), "en": values["message_en"].strip()}
    if rule.get("message") != pair:
        rule["message"] = pair
    _say(rule, "law", values.get("law", "").strip())
    if index is None:
        rules.append(rule)
    else:
        rules[index] = rule
    return made


def remove_rule(schema: Node, index: int) -> dict[str, Any]:
    """Take a rule out of the form. Raises CannotEdit."""
    made = copy.deepcopy(dict(schema))
    rules = made.get("x-rules", [])
    if not 0 <= index < len(rules):
        raise _no(NO_PLACE)
    del rules[index]
    if not rules:
        del made["x-rules"]
    return made
