"""What a form is made of, once read: steps, questions, choices, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tinhso.kernel.forms.expressions import Expression
from tinhso.kernel.forms.words import NO_WORDS, Words

GROUP, REPEAT = "group", "repeat"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be chosen."""

    value: str
    label: Words
    hint: Words = NO_WORDS


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition between answers: where it fails, `message` stands at `at`, resting on `law`."""

    check: Expression
    at: str
    """JSON Pointer of the question to mend, relative to the object that carries the rule."""
    message: Words
    law: str = ""


@dataclass(frozen=True, eq=False)
class Field:
    """One question, or a group of them (`group`, `repeat`)."""

    key: str
    widget: str
    schema: Mapping[str, Any]
    title: Words
    hint: Words
    required: bool
    children: tuple[Field, ...] = ()
    """Questions of a group, or of one entry of a repeated group."""
    choices: tuple[Choice, ...] = ()
    when: Expression | None = None
    compute: Expression | None = None
    prefill_when: Expression | None = None
    """When what is known of the applicant is filled in, here and below: the mother's name where the mother applies."""
    rules: tuple[Rule, ...] = ()
    messages: Mapping[str, Words] = field(default_factory=dict)
    item_title: Words = NO_WORDS
    section: Words = NO_WORDS
    after: tuple[str, ...] = ()
    multiple: bool = False
    """An array of values (ticked boxes, several files) rather than one."""

    @property
    def is_group(self) -> bool:
        """Tell whether it is an object of questions."""
        return self.widget == GROUP

    @property
    def is_repeat(self) -> bool:
        """Tell whether it is an array of objects of questions."""
        return self.widget == REPEAT

    @property
    def prefill(self) -> str:
        """Return the path in the prefill context, e.g. `person.full_name`; empty for none."""
        return str(self.schema.get("x-prefill", ""))

    @property
    def locked(self) -> bool:
        """Tell whether a prefilled answer is shown and cannot be changed here."""
        return bool(self.schema.get("x-locked", False))

    @property
    def lookup(self) -> str:
        """Return the key of the Lookup whose codes are the answers; empty for none."""
        return str(self.schema.get("x-lookup", "unit" if self.widget == "unit" else ""))

    @property
    def format(self) -> str:
        """Return the JSON Schema format, of the entry for an array."""
        inner = self.schema.get("items", {}) if self.multiple else self.schema
        return str(inner.get("format", ""))

    @property
    def max_items(self) -> int:
        """Return how many entries a repeated group or a list may have."""
        return min(int(self.schema.get("maxItems", 50)), 200)

    def child(self, key: str) -> Field | None:
        """Return the question of this key inside the group, or None."""
        return next((child for child in self.children if child.key == key), None)


@dataclass(frozen=True, eq=False)
class FormDefinition:
    """A form, read and checked. Two readings of the same text are the same form (`sha256`)."""

    code: str
    version: int
    sha256: str
    schema: Mapping[str, Any]
    """Self-contained JSON Schema 2020-12: what the API publishes and what a version keeps."""
    title: Words
    intro: Words
    declaration: Words
    steps: tuple[Field, ...]
    rules: tuple[Rule, ...]
    procedure: str = ""
    number: str = ""
    """Number of the official form and its regulation, printed at the top."""

    def step(self, key: str) -> Field | None:
        """Return the step of this key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    def fields(self) -> Iterator[tuple[tuple[str, ...], Field]]:
        """Yield every question with its path; entries of a repeated group have `*` in theirs."""
        for step in self.steps:
            yield from _walk(step, (step.key,))

    def field_at(self, pointer: str) -> Field | None:
        """Return the question that a JSON Pointer of an answer leads to, or None."""
        parts = [part for part in pointer.split("/") if part]
        found = self.step(parts[0]) if parts else None
        for part in parts[1:]:
            if found is None or (found.is_repeat and part.isdigit()) or (found.multiple and part.isdigit()):
                continue
            found = found.child(part)
        return found


def _walk(found: Field, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Field]]:
    yield path, found
    inner = (*path, "*") if found.is_repeat else path
    for child in found.children:
        yield from _walk(child, (*inner, child.key))
