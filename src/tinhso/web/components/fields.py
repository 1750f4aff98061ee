"""
Questions: one tag for every kind of answer, with label, hint and error tied to the control (govuk markup).

`field` takes plain values; `form_field` takes a field of a Django form. The id of the first control is the id of the
field, so that `#id` in an error summary always lands on something that takes focus.
"""

# ruff: noqa: A002 - arguments are the names of attributes in templates: id, type, max, open
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.forms import BaseForm, BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinhso.base.refusals import Fault, Text
from tinhso.web.components import component

FieldKind = Literal[
    "text", "textarea", "select", "radios", "checkboxes", "date", "near-date", "file", "email", "phone", "money",
    "number", "code", "password", "search", "hidden",
]  # fmt: skip
Width = Literal["", 2, 3, 4, 5, 10, 20, 30]
BLANK: dict[str, str] = {"text": "", "hint": "", "value": ""}
INPUT: dict[str, dict[str, str]] = {
    "text": {"type": "text"},
    "email": {"type": "email", "autocomplete": "email", "spellcheck": "false"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
    "money": {"type": "text", "inputmode": "numeric"},
    "number": {"type": "text", "inputmode": "numeric"},
    "code": {"type": "text", "autocapitalize": "characters", "spellcheck": "false"},
    "near-date": {"type": "text", "inputmode": "numeric"},
    "password": {"type": "password", "autocomplete": "current-password", "spellcheck": "false"},
    "search": {"type": "search"},
}
_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")


def field_id(name_or_pointer: str) -> str:
    """Return the id of the control for a name or a JSON Pointer: `/mother/name` is `mother-name`."""
    return _NOT_ID.sub("-", name_or_pointer.strip("/")) or "form"


def _options(options: Iterable[Any], value: Any, base: str) -> list[dict[str, Any]]:
    """Return the options with what is chosen marked; pairs (value, text) or mappings with `hint`."""
    chosen = {str(v) for v in value} if isinstance(value, (list, tuple, set, frozenset)) else {str(value)}
    if value is None or value == "":
        chosen = set()
    made = []
    for place, option in enumerate(options or (), 1):
        item = {**BLANK, **option} if isinstance(option, Mapping) else {**BLANK, "value": option[0], "text": option[1]}
        item["id"] = base if place == 1 else f"{base}-{place}"
        item["on"] = str(item["value"]) in chosen or bool(item.get("checked"))
        made.append(item)
    return made


def _date_parts(value: Any) -> dict[str, str]:
    """Return day, month and year as typed, from a date, ISO text, dd/mm/yyyy or a mapping."""
    if isinstance(value, (date, datetime)):
        return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
    if isinstance(value, Mapping):
        return {part: str(value.get(part) or "") for part in ("day", "month", "year")}
    text = str(value or "")
    order = ("year", "month", "day") if "-" in text else ("day", "month", "year")
    pieces = [*re.split(r"[-/]", text), "", "", ""][:3]
    found = dict(zip(order, pieces, strict=True))
    return {part: found[part].lstrip("0") if part != "year" else found[part] for part in ("day", "month", "year")}


def _boxes(name: str, base: str, value: Any, wrong: str) -> list[dict[str, Any]]:
    parts = _date_parts(value)
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    return [
        {
            "name": f"{name}-{part}",
            "id": base if part == "day" else f"{base}-{part}",
            "label": labels[part],
            "value": parts[part],
            "width": 4 if part == "year" else 2,
            "wrong": wrong == "all" or part in wrong.split(),
        }
        for part in ("day", "month", "year")
    ]


@component("field")
def field(
    name: str,
    label: Text,
    *,
    kind: FieldKind = "text",
    value: Any = None,
    hint: Text = "",
    error: Text = "",
    wrong: str = "all",
    options: Iterable[Any] = (),
    id: str = "",
    optional: bool = False,
    heading: bool = False,
    hidden_label: bool = False,
    width: Width = "",
    rows: int = 4,
    maxlength: int | None = None,
    count: bool = False,
    accept: str = "",
    multiple: bool = False,
    autocomplete: str = "",
    inputmode: str = "",
    placeholder: Text = "",
    prefix: Text = "",
    suffix: Text = "",
    prefilled: Text = "",
    readonly: bool = False,
    required: bool = False,
    small: bool = False,
    inline: bool = False,
    current: Text = "",
    pieces: str = "",
) -> dict[str, Any]:
    """
    Ask one question.

    A date posts `<name>-day`, `<name>-month`, `<name>-year`; `wrong` names the boxes in error ("year" or "day month").
    `heading` makes the label the page's h1; `prefilled` names where the answer came from; `count` counts characters up to
    `maxlength`; `current` is the name of the file already given; `near-date` is one box dd/MM/yyyy. `pieces` is the
    address of a tus door: with scripts on, files go there piece by piece and the form posts `<name>-document` ids.
    """
    base = id or field_id(name)
    described = [f"{base}-{part}" for part, on in (("hint", hint), ("source", prefilled), ("error", error)) if on]
    extra = {**INPUT.get(kind, {}), **({"autocomplete": autocomplete} if autocomplete else {})}
    if inputmode:
        extra["inputmode"] = inputmode
    grouped = kind in ("radios", "checkboxes", "date")
    if kind == "money" and not suffix:
        suffix = "đ"
    if kind == "near-date" and isinstance(value, (date, datetime)):
        value = f"{value:%d/%m/%Y}"
    return {
        "name": name, "label": label, "kind": kind, "value": "" if value is None else value, "hint": hint, "error": error,
        "id": base, "optional": optional, "heading": heading, "hidden_label": hidden_label,
        "width": width or {"near-date": 10, "phone": 20, "money": 10}.get(kind, ""), "rows": rows,
        "maxlength": maxlength, "count": count, "accept": accept, "multiple": multiple, "placeholder": placeholder,
        "prefix": prefix, "suffix": suffix, "prefilled": prefilled, "readonly": readonly, "required": required,
        "small": small, "inline": inline, "described": " ".join(described), "extra": extra, "grouped": grouped,
        "numeric": kind in ("phone", "money", "number", "code", "near-date"),
        "options": _options(options, value, base) if kind in ("select", "radios", "checkboxes") else [],
        "boxes": _boxes(name, base, value, wrong if error else "") if kind == "date" else [],
        "single": kind == "checkboxes" and not label, "current": current, "pieces": pieces,
    }  # fmt: skip


def _kind_of(bound: BoundField) -> str:
    """Return the kind of question a form field asks, by its widget."""
    names = [cls.__name__ for cls in type(bound.field.widget).__mro__]
    for widget, kind in (
        ("HiddenInput", "hidden"), ("PasswordInput", "password"), ("CheckboxSelectMultiple", "checkboxes"),
        ("RadioSelect", "radios"), ("CheckboxInput", "checkboxes"), ("Select", "select"), ("Textarea", "textarea"),
        ("FileInput", "file"), ("ThreeBoxes", "date"), ("NearDateInput", "near-date"), ("EmailInput", "email"),
        ("NumberInput", "number"),
    ):  # fmt: skip
        if widget in names:
            return kind
    return "text"


@component("form_field", template="field")
def form_field(
    bound: BoundField,
    *,
    kind: FieldKind | Literal[""] = "",
    label: Text = "",
    hint: Text = "",
    width: Width = "",
    heading: bool = False,
    hidden_label: bool = False,
    rows: int = 4,
    count: bool = False,
    accept: str = "",
    autocomplete: str = "",
    inputmode: str = "",
    placeholder: Text = "",
    prefix: Text = "",
    suffix: Text = "",
    prefilled: Text = "",
    small: bool = False,
    inline: bool = False,
    show_optional: bool = True,
) -> dict[str, Any]:
    """Ask the question of a Django form's field; kind, label, hint, value, choices and errors come from the form."""
    chosen: Any = kind or _kind_of(bound)
    widget = bound.field.widget
    alone = chosen == "checkboxes" and not hasattr(widget, "choices")
    said = label or bound.label
    options: list[Any] = list(getattr(bound.field, "choices", ()) or getattr(widget, "choices", ()))
    value = bound.value()
    if alone:
        options, value = [{"value": "on", "text": said, "checked": bool(value)}], ("on" if value else "")
    return field(
        bound.html_name, "" if alone else said, kind=chosen, value=value, hint=hint or bound.help_text,
        error=" ".join(str(e) for e in bound.errors), options=options, id=bound.id_for_label or bound.auto_id,
        optional=show_optional and not bound.field.required and not alone, heading=heading, hidden_label=hidden_label,
        width=width, rows=rows, maxlength=getattr(bound.field, "max_length", None), count=count, accept=accept,
        multiple=getattr(widget, "allow_multiple_selected", False), autocomplete=autocomplete, inputmode=inputmode,
        placeholder=placeholder, prefix=prefix, suffix=suffix, prefilled=prefilled, readonly=bound.field.disabled,
        small=small, inline=inline, wrong=getattr(bound.field, "wrong", "all"),
    )  # fmt: skip


@component("error_summary")
def error_summary(
    faults: Iterable[Any] = (), *, form: BaseForm | None = None, title: Text = "", lead: Text = ""
) -> dict[str, Any]:
    """
    List what must be mended, above the form; takes focus when the page opens. Prints nothing when nothing is wrong.

    `faults`: `Fault`s (pointer `/mother/name` links to `#mother-name`), or pairs (id, text).
    """
    found: list[tuple[str, Text]] = []
    for fault in faults or ():
        pair = (
            (field_id(fault.pointer) if fault.pointer else "", fault.text) if isinstance(fault, Fault) else tuple(fault)
        )
        found.append((str(pair[0]).lstrip("#"), pair[1]))
    if form is not None and form.errors:
        found += [("", str(text)) for text in form.non_field_errors()]
        for bound in form:
            found += [(bound.id_for_label or bound.auto_id, str(text)) for text in bound.errors]
    said = title or ngettext("There is {n} thing to fix", "There are {n} things to fix", len(found)).format(
        n=len(found)
    )
    return {"faults": found, "title": said, "lead": lead}
