"""
A page that was posted, read into answers. What cannot be read is kept as it was typed, so that nobody types it twice.

Names on the page are pointers with dots, `me.address.line`, `me.children.0.name`, so that several steps can stand on one
page; a date is `me.born_on-day`, `-month`, `-year`; a repeated group says how many entries it shows in
`me.children-count`. The buttons `_add=me.children` and `_remove=me.children.1` change the number of entries,
`_drop=me.paper.<id>` takes away a file: all of it works without script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Protocol

from tinhso.base.refusals import Fault, Refusal
from tinhso.kernel.forms.asked import clean_text, prune
from tinhso.kernel.forms.definition import Field, FormDefinition
from tinhso.kernel.forms.formats import plain_number
from tinhso.kernel.forms.lookups import code_for, remembering
from tinhso.kernel.forms.prefill import NO_PREFILL, Prefill
from tinhso.kernel.forms.reopened import Reopened, answer_again
from tinhso.kernel.forms.validation import validate_step
from tinhso.kernel.forms.values import as_typed, read_date, read_number, show_number
from tinhso.kernel.forms.words import language

SaveFile = Callable[[Any, Field], str]
"""Stores an uploaded file for a question and returns its document id; may raise a Refusal, which is said at the question."""
BUTTONS: Final = ("_add", "_remove", "_drop")
MAX_TEXT: Final = 20_000


class Post(Protocol):
    """What a browser sent: Django's QueryDict and MultiValueDict, or `Sent` for anything else."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the last value of a name."""
        ...

    def getlist(self, key: str, /) -> Any:
        """Return every value of a name."""
        ...


class Sent(dict[str, list[Any]]):
    """Name and values, for what does not come from a browser (and for tests)."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return the last value of a name."""
        values = super().get(key)
        return values[-1] if values else default

    def getlist(self, key: str, /) -> list[Any]:
        """Return every value of a name."""
        return list(super().get(key) or [])


@dataclass(frozen=True, slots=True)
class Bound:
    """A page that was read: the answers of the whole form, the places to mend in this step, what the person wants."""

    data: dict[str, Any]
    faults: list[Fault]
    wants: str = "save"
    """`save`; or `edit` after a button that adds or removes an entry: show the page again, without faults."""
    focus: str = ""
    """Name of the element to go to when the page is shown again."""
    reopened: Reopened | None = None
    """Which questions are open, where only some were asked: more than before where something else became wrong."""

    @property
    def is_done(self) -> bool:
        """Tell whether the person wanted to go on and nothing in the step needs mending."""
        return self.wants == "save" and not self.faults


@remembering()
def bind(
    form: FormDefinition,
    step: str,
    post: Post,
    *,
    on: date,
    data: Mapping[str, Any] | None = None,
    files: Post | None = None,
    save_file: SaveFile | None = None,
    prefill: Prefill = NO_PREFILL,
    reopened: Reopened | None = None,
) -> Bound:
    """
    Read one posted step into the answers of the form. Raises LookupError for a step that the form does not have.

    `data` are the answers kept so far; those of other steps come back untouched. Locked answers that the prefill
    gives cannot be changed by posting something else, nor can what is not `reopened` of a form that was filed.
    """
    found = form.step(step)
    if found is None:
        raise LookupError(step)
    reader = _Reader(post, files, save_file, prefill, on)
    given = reader.group(found, step, f"/{step}")
    if reopened is not None:
        return _bind_again(form, {**(data or {}), step: given}, step, reader, reopened)
    answers = {**(data or {}), step: given}
    if reader.edits:
        return Bound(answers, [], "edit", reader.focus)
    faults = validate_step(form, step, answers, on=on)
    told = {fault.pointer for fault in reader.faults}
    return Bound(answers, [*reader.faults, *(fault for fault in faults if fault.pointer not in told)])


def _bind_again(form: FormDefinition, data: dict[str, Any], step: str, reader: _Reader, reopened: Reopened) -> Bound:
    others = {key: value for key, value in data.items() if key != step}
    again = answer_again(form, replace(reopened, kept={**reopened.kept, **others}), {step: data[step]}, on=reader.on)
    answers = {**data, step: again.answers[step]}
    if reader.edits:
        return Bound(answers, [], "edit", reader.focus, again.reopened)
    told = {fault.pointer for fault in reader.faults}
    mine = [fault for fault in again.faults if fault.pointer.split("/")[1] == step and fault.pointer not in told]
    found = [*again.beyond, *mine]
    return Bound(answers, [*reader.faults, *found], reopened=again.reopened)


class _Reader:
    def __init__(self, post: Post, files: Post | None, save_file: SaveFile | None, prefill: Prefill, on: date) -> None:
        self.post = post
        self.files = files
        self.save_file = save_file
        self.prefill = prefill
        self.on = on
        self.faults: list[Fault] = []
        self.focus = ""

    @property
    def edits(self) -> bool:
        """Tell whether a button was pressed that changes the page and does not send it."""
        return bool(self.focus) or any(self.post.get(button) for button in BUTTONS)

    def group(self, field: Field, name: str, pointer: str) -> dict[str, Any]:
        values = {
            child.key: self.answer(child, f"{name}.{child.key}", f"{pointer}/{child.key}") for child in field.children
        }
        return {key: value for key, value in values.items() if value is not None}

    def answer(self, field: Field, name: str, pointer: str) -> Any:
        if field.is_group:
            return self.group(field, name, pointer) or None
        if field.is_repeat:
            return self.entries(field, name, pointer)
        if field.locked and (given := self.prefill.value(field)) is not None:
            return given
        if field.compute is not None:
            return None
        if field.widget == "file":
            return self.file(field, name, pointer)
        return self.single(field, name)

    def single(self, field: Field, name: str) -> Any:
        if field.widget in {"date", "partial-date"}:
            boxes = (self.text(f"{name}-day"), self.text(f"{name}-month"), self.text(f"{name}-year"))
            return read_date(*boxes, partial=field.widget == "partial-date")
        if field.multiple:
            return [
                clean for each in self.post.getlist(name)[:200] if (clean := clean_text(str(each)[:MAX_TEXT]))
            ] or None
        text = clean_text(self.text(name), lines=field.widget == "textarea")
        if not text:
            return None
        return self.typed(field, text)

    def typed(self, field: Field, text: str) -> Any:
        kind = field.schema.get("type")
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if kind in {"integer", "number"}:
            return read_number(text, whole=kind == "integer", lang=language())
        if field.format in {"citizen-number", "tax-code"}:
            return plain_number(field.format, text)
        return code_for(field.lookup, text, self.on) if field.lookup else text

    def text(self, name: str) -> str:
        value = self.post.get(name, "")
        return str(value)[:MAX_TEXT] if value is not None else ""

    def entries(self, field: Field, name: str, pointer: str) -> list[dict[str, Any]]:
        shown = self.text(f"{name}-count")
        count = min(int(shown[:6]), field.max_items) if shown.isascii() and shown.isdigit() else 0
        found = [self.group(field, f"{name}.{index}", f"{pointer}/{index}") for index in range(count)]
        gone = self.text("_remove")
        for index in range(count):
            if gone == f"{name}.{index}":
                del found[index]
                self.focus = f"{name}-add"
                break
        if self.text("_add") == name and len(found) < field.max_items:
            found.append({})
            self.focus = f"{name}.{len(found) - 1}"
        return found

    def file(self, field: Field, name: str, pointer: str) -> Any:
        dropped = self.text("_drop")
        kept = [clean_text(str(each))[:64] for each in self.post.getlist(name)[:50]]
        if dropped.startswith(f"{name}.") and dropped[len(name) + 1 :] in kept:
            kept.remove(dropped[len(name) + 1 :])
            self.focus = name
        for upload in self.files.getlist(name) if self.files is not None and self.save_file is not None else ():
            assert self.save_file is not None
            try:
                identifier = self.save_file(upload, field)
            except Refusal as no:
                self.faults.append(Fault(pointer, str(no), no.code))
            else:
                kept = [*kept, identifier] if field.multiple else [identifier]
        kept = [each for each in kept if each]
        if field.multiple:
            return kept or None
        return kept[-1] if kept else None


def as_posted(form: FormDefinition, step: str, data: Mapping[str, Any], *, on: date) -> Sent:
    """Return what a browser would post for kept answers: the reverse of `bind`. For scripts and tests."""
    found = form.step(step)
    if found is None:
        raise LookupError(step)
    sent = Sent()
    _post_group(found, step, prune(form, data, on=on).get(step, {}), sent)
    return sent


def _post_group(group: Field, name: str, value: Any, sent: Sent) -> None:
    for child in group.children:
        given = value.get(child.key) if isinstance(value, Mapping) else None
        if given is not None:
            _post_answer(child, f"{name}.{child.key}", given, sent)


def _post_answer(found: Field, name: str, value: Any, sent: Sent) -> None:
    if found.is_group:
        _post_group(found, name, value, sent)
    elif found.is_repeat:
        sent[f"{name}-count"] = [str(len(value))]
        for index, entry in enumerate(value):
            _post_group(found, f"{name}.{index}", entry, sent)
    elif found.widget in {"date", "partial-date"}:
        for part, text in zip(("day", "month", "year"), as_typed(value), strict=True):
            sent[f"{name}-{part}"] = [text]
    elif isinstance(value, bool):
        sent[name] = ["true" if value else "false"]
    elif isinstance(value, list):
        sent[name] = [str(each) for each in value]
    else:
        sent[name] = [show_number(value) if isinstance(value, int | float) else str(value)]
