"""The words a form file may use. Whatever is not here is a fault at load: a misspelt keyword would silently do nothing."""

from __future__ import annotations

from typing import Final

ANNOTATIONS: Final = frozenset({
    "title", "x-title-en", "description", "x-description-en", "$comment", "examples",
})  # fmt: skip
FORM: Final = ANNOTATIONS | {
    "$schema", "$id", "$defs", "type", "properties", "required", "additionalProperties", "x-rules", "x-procedure",
    "x-form-number", "x-declaration", "x-law", "x-source",
}  # fmt: skip
FIELD: Final = ANNOTATIONS | {
    "$ref", "type", "x-widget", "x-when", "x-messages", "x-prefill", "x-prefill-when", "x-locked", "x-compute",
    "x-width", "x-law", "x-source", "x-sensitive", "default",
}  # fmt: skip
BY_TYPE: Final = {
    "object": FIELD
    | {
        "properties", "required", "additionalProperties", "if", "then", "else", "allOf", "dependentRequired",
        "x-rules", "x-section", "x-after",
    },
    "array": FIELD | {"items", "minItems", "maxItems", "uniqueItems", "x-item"},
    "string": FIELD
    | {
        "oneOf", "const", "minLength", "maxLength", "pattern", "format", "x-autocomplete", "x-lookup", "x-min", "x-max",
        "x-free",
    },
    "integer": FIELD | {"minimum", "maximum", "multipleOf", "x-unit"},
    "number": FIELD | {"minimum", "maximum", "exclusiveMinimum", "multipleOf", "x-unit"},
    "boolean": FIELD | {"const"},
}  # fmt: skip
LOGIC: Final = frozenset({"properties", "required", "const", "enum", "minimum", "maximum", "type", "not", "$comment"})
"""What may stand inside `if`, `then` and `else`: they judge, they do not ask."""

WIDGETS: Final = {
    "object": frozenset({"group"}),
    "array": frozenset({"repeat", "checkboxes", "file"}),
    "string": frozenset({
        "text", "textarea", "radios", "select", "date", "partial-date", "citizen-number", "phone", "email", "tax-code",
        "unit", "file", "lookup",
    }),
    "integer": frozenset({"number", "money"}),
    "number": frozenset({"number", "money"}),
    "boolean": frozenset({"yes-no", "checkbox"}),
}  # fmt: skip
FORMATS: Final = frozenset({
    "date", "partial-date", "email", "citizen-number", "vn-phone", "tax-code", "uuid", "unit",
})  # fmt: skip
FORMAT_OF_WIDGET: Final = {
    "date": "date", "partial-date": "partial-date", "citizen-number": "citizen-number", "phone": "vn-phone",
    "email": "email", "tax-code": "tax-code", "unit": "unit", "file": "uuid",
}  # fmt: skip
WIDGET_OF_FORMAT: Final = {kind: widget for widget, kind in FORMAT_OF_WIDGET.items()}
WIDTHS: Final = frozenset({"2", "3", "4", "5", "10", "20", "30", "one-third", "one-half", "two-thirds", "full"})
CHOICES_SHOWN_AS_RADIOS: Final = 6


def widget_of(schema: dict[str, object]) -> str:
    """Return the widget of a question: the one it names, else the one that its type and format suggest."""
    named = schema.get("x-widget")
    if isinstance(named, str):
        return named
    kind = str(schema.get("type", ""))
    if kind == "string":
        return _string_widget(schema)
    if kind == "array":
        items = schema.get("items")
        return "repeat" if isinstance(items, dict) and items.get("type") == "object" else "checkboxes"
    return {"object": "group", "boolean": "yes-no"}.get(kind, "number")


def _string_widget(schema: dict[str, object]) -> str:
    choices = schema.get("oneOf")
    if isinstance(choices, list):
        return "radios" if len(choices) <= CHOICES_SHOWN_AS_RADIOS else "select"
    length = schema.get("maxLength", 0)
    long = isinstance(length, int) and length > 200  # noqa: PLR2004 - more than two lines of a page
    return WIDGET_OF_FORMAT.get(str(schema.get("format", "")), "textarea" if long else "text")
