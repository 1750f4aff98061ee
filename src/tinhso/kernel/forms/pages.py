"""What a step shows: one control for each question, ready for the templates in `forms/`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from tinhso.base.refusals import Fault, Text
from tinhso.kernel.forms.asked import Scope, computed, prune, root_scope
from tinhso.kernel.forms.conditions import on_page
from tinhso.kernel.forms.definition import Field, FormDefinition
from tinhso.kernel.forms.lookups import Found, label_of, options, remembering
from tinhso.kernel.forms.prefill import NO_PREFILL, Prefill
from tinhso.kernel.forms.reopened import Reopened
from tinhso.kernel.forms.values import Files, FileShown, as_typed, show, show_number, unit_of
from tinhso.kernel.forms.words import Words
from tinhso.web.components.fields import field_id
from tinhso.web.words import phone

KINDS: Final = {
    "text": "text", "textarea": "textarea", "radios": "radios", "select": "select", "checkboxes": "checkboxes",
    "date": "date", "partial-date": "date", "citizen-number": "number", "phone": "phone", "email": "email",
    "tax-code": "number", "number": "number", "money": "money", "yes-no": "radios", "checkbox": "checkboxes",
}  # fmt: skip
"""Our widgets as the kinds of the web component `field`."""
WIDTHS: Final = {"citizen-number": 20, "tax-code": 20, "phone": 20, "money": 20, "number": 10}
FEW_INLINE: Final = 2


@dataclass(frozen=True, slots=True)
class Control:
    """One question on a page; `shape` names the template `forms/controls/<shape>.html`."""

    shape: str
    name: str
    id: str
    label: Words | Text
    pointer: str
    kind: str = "text"
    hint: Words | str = ""
    error: Text = ""
    value: Any = ""
    options: Sequence[dict[str, Any]] = ()
    width: int | str = ""
    suffix: str = ""
    wrong: str = "all"
    optional: bool = False
    inline: bool = False
    multiple: bool = False
    maxlength: int | None = None
    rows: int = 4
    autocomplete: str = ""
    prefilled: Text = ""
    required: bool = False
    when: str = ""
    """JSON for the script that shows and hides; empty when the question is always asked."""
    controls: Sequence[Control] = ()
    entries: Sequence[Control] = ()
    files: Sequence[FileShown] = ()
    suggestions: Sequence[Found] = ()
    add: str = ""
    is_full: bool = False

    @property
    def described_by(self) -> str:
        """Return the ids of hint, source and error, for `aria-describedby`."""
        parts = (("hint", self.hint), ("source", self.prefilled), ("error", self.error))
        return " ".join(f"{self.id}-{part}" for part, given in parts if given)

    @property
    def template(self) -> str:
        """Return the template that draws it."""
        return f"forms/controls/{self.shape}.html"


@dataclass(frozen=True, slots=True)
class StepPage:
    """
    A step as a page shows it. Draw it with `{% include "forms/step.html" with page=page %}` inside a form.

    Where several steps stand on one page, draw each with `forms/part.html` and the error summary once, above them.
    """

    form: FormDefinition
    step: Field
    controls: Sequence[Control]
    faults: Sequence[Fault]
    number: int
    count: int
    has_files: bool
    focus: str = ""

    @property
    def title(self) -> Words:
        """Return the heading of the page."""
        return self.step.title

    @property
    def document_title(self) -> str:
        """Return the title of the browser window; the shell puts "Lỗi:" in front when something needs mending."""
        return f"{self.step.title} – {self.form.title}"

    @property
    def caption(self) -> str:
        """Return where in the form this is."""
        where = _("part {number} of {count} of the declaration").format(number=self.number, count=self.count)
        return f"{self.step.section} · {where}" if self.step.section else where[:1].upper() + where[1:]


@remembering()
def step_page(
    form: FormDefinition,
    step: str,
    data: Mapping[str, Any],
    *,
    on: date,
    faults: Sequence[Fault] = (),
    prefill: Prefill = NO_PREFILL,
    files: Files | None = None,
    focus: str = "",
    reopened: Reopened | None = None,
) -> StepPage:
    """
    Return what the page of a step shows; with `reopened`, only the questions that are open again.

    Raises LookupError when the step is not asked (or does not exist).
    """
    scope = root_scope(form, prune(form, data, on=on), on)
    shown = [each for each in form.steps if scope.allows(each.when)]
    found = next((each for each in shown if each.key == step), None)
    if found is None:
        raise LookupError(step)
    # what was typed last is what conditions are judged on, also where it is not saved yet
    maker = _Maker(found, {fault.pointer: fault.text for fault in faults}, prefill, files or {}, on, reopened)
    value = data.get(step)
    controls = maker.members(found, value, _Spot(step, f"/{step}", "", scope.within(value)))
    return StepPage(
        form=form,
        step=found,
        controls=controls,
        faults=faults,
        number=shown.index(found) + 1,
        count=len(shown),
        has_files=maker.has_files,
        focus=field_id(focus.replace(".", "/")) if focus else "",
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where on the page a question stands: its posted name, its pointer, the entry around it, what conditions see."""

    name: str
    pointer: str
    item: str
    scope: Scope

    def child(self, key: str) -> _Spot:
        return _Spot(f"{self.name}.{key}", f"{self.pointer}/{key}", self.item, self.scope)

    def within(self, value: Any) -> _Spot:
        return _Spot(self.name, self.pointer, self.item, self.scope.within(value))

    def entry(self, index: int, value: Any) -> _Spot:
        name = f"{self.name}.{index}"
        return _Spot(name, f"{self.pointer}/{index}", name, self.scope.within(value, item=True))


@dataclass
class _Maker:
    step: Field
    errors: Mapping[str, Text]
    prefill: Prefill
    files: Files
    on: date
    reopened: Reopened | None = None
    has_files: bool = False

    def members(self, group: Field, value: Any, spot: _Spot) -> tuple[Control, ...]:
        """Return the controls of a group; `spot` stands within it."""
        kept = value if isinstance(value, Mapping) else {}
        made = []
        for child in group.children:
            when, place = self.when(child, spot), spot.child(child.key)
            if not (when or spot.scope.allows(child.when)) or not self.is_open(child, place):
                continue
            control = self.control(child, kept.get(child.key), place, when)
            if control.controls or not (self.reopened and child.is_group):
                made.append(control)
        return tuple(made)

    def is_open(self, question: Field, place: _Spot) -> bool:
        return self.reopened is None or question.is_group or self.reopened.has(place.pointer)

    def when(self, question: Field, spot: _Spot) -> str:
        if question.when is None:
            return ""
        terms = on_page(question.when.source, step=self.step.key, this=spot.name, item=spot.item)
        if self.reopened and not all(self.reopened.has(f"/{term['name'].replace('.', '/')}") for term in terms):
            # what it depends on is not on this page, so that only the server can tell
            return ""
        return json.dumps(terms, ensure_ascii=False) if terms else ""

    def control(self, question: Field, value: Any, spot: _Spot, when: str) -> Control:
        common: dict[str, Any] = {
            "name": spot.name,
            "id": field_id(spot.pointer),
            "label": question.title,
            "pointer": spot.pointer,
            "hint": question.hint or "",
            "error": self.errors.get(spot.pointer, ""),
            "optional": not question.required and question.compute is None,
            "required": question.required,
            "when": when,
        }
        if question.is_group:
            return Control(shape="group", controls=self.members(question, value, spot.within(value)), **common)
        if question.is_repeat:
            return self.repeat(question, value, spot, common)
        if question.compute is not None:
            made = computed(question.compute, spot.scope)
            return Control(shape="shown", value=show(question, made, on=self.on), **common)
        return self.answer(question, value, common)

    def repeat(self, question: Field, value: Any, spot: _Spot, common: dict[str, Any]) -> Control:
        kept = [*value] if isinstance(value, list) else []
        kept += [{}] if question.required and not kept else []
        made = [self.entry(question, entry, spot.entry(index, entry), index) for index, entry in enumerate(kept)]
        add = _("Add another: {title}") if made else _("Add: {title}")
        words = add.format(title=(question.item_title or question.title).inside())
        return Control(shape="repeat", entries=made, is_full=len(made) >= question.max_items, add=words, **common)

    def entry(self, question: Field, value: Any, spot: _Spot, index: int) -> Control:
        return Control(
            shape="entry",
            name=spot.name,
            id=field_id(spot.pointer),
            label=f"{question.item_title or question.title} {index + 1}",
            pointer=spot.pointer,
            controls=self.members(question, value, spot),
            error=self.errors.get(spot.pointer, ""),
        )

    def answer(self, question: Field, value: Any, common: dict[str, Any]) -> Control:
        known = self.prefill.value(question)
        if question.locked and known is not None:
            # nothing is typed here, so there is nothing to hint at
            common |= {"hint": "", "prefilled": self.prefill.source(question)}
            return Control(shape="shown", value=show(question, known, on=self.on), **common)
        source = self.prefill.source(question) if self.prefill.says(question, value) else ""
        common |= {"prefilled": source, "multiple": question.multiple}
        if question.widget == "file":
            return self.file(question, value, common)
        if question.lookup:
            named = label_of(question.lookup, str(value), self.on) if value else None
            suggestions = options(question.lookup, self.on)
            return Control(shape="lookup", value=str(named or value or ""), suggestions=suggestions, **common)
        return Control(
            shape="field",
            kind=KINDS[question.widget],
            value=_typed(question, value),
            options=_options(question),
            width=_width(question),
            suffix="" if question.widget == "money" else unit_of(question),
            wrong=_wrong_boxes(value) if question.widget in {"date", "partial-date"} else "all",
            inline=question.widget == "yes-no" or len(question.choices) == FEW_INLINE,
            maxlength=question.schema.get("maxLength"),
            rows=6 if question.schema.get("maxLength", 0) > 1000 else 3,  # noqa: PLR2004 - a page of text
            autocomplete=str(question.schema.get("x-autocomplete", "")),
            **common,
        )

    def file(self, question: Field, value: Any, common: dict[str, Any]) -> Control:
        self.has_files = True
        given = value if isinstance(value, list) else [value] if value else []
        shown = [self.files.get(str(each), FileShown(str(each), _("File attached"))) for each in given]
        return Control(shape="file", files=shown, is_full=len(shown) >= question.max_items, **common)


def _typed(question: Field, value: Any) -> Any:
    if question.widget in {"date", "partial-date"}:
        day, month, year = as_typed(value)
        return {"day": day, "month": month, "year": year}
    if question.widget == "phone" and isinstance(value, str):
        return phone(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return show_number(value)
    if isinstance(value, list):
        return [str(each) for each in value]
    return "" if value is None or isinstance(value, Mapping) else str(value)


def _options(question: Field) -> list[dict[str, Any]]:
    if question.widget == "yes-no":
        return [{"value": "true", "text": _("Yes")}, {"value": "false", "text": _("No")}]
    if question.widget == "checkbox":
        return [{"value": "true", "text": question.title}]
    shown = [{"value": each.value, "text": each.label, "hint": each.hint or ""} for each in question.choices]
    empty = [{"value": "", "text": _("Choose")}] if question.widget == "select" else []
    return [*empty, *shown]


def _width(question: Field) -> int | str:
    named = str(question.schema.get("x-width", ""))
    return int(named) if named.isdigit() else WIDTHS.get(question.widget, "")


def _wrong_boxes(value: Any) -> str:
    parts = dict(zip(("day", "month", "year"), as_typed(value), strict=True))
    missing = [part for part, text in parts.items() if not text]
    if parts["year"] and len(parts["year"]) != 4:  # noqa: PLR2004 - digits of a year
        missing.append("year")
    return " ".join(missing) if missing else "all"
