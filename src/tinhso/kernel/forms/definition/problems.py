"""What is wrong with a form file, each with the place it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import lazystr
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from tinhso.base.refusals import Fault

TEXTS: Final = {
    "keyword": _("The keyword “{keyword}” is not known here. Correct its spelling or remove it."),
    "type": _("Give a “type”: object, array, string, integer, number or boolean."),
    "widget": _("The widget “{widget}” cannot ask for a {type}. Use one of: {allowed}."),
    "format": _("The format “{format}” is not known. Use one of: {allowed}."),
    "title": _("Give a “title” in Vietnamese."),
    "title_en": _("Give an “x-title-en”: the title in English."),
    "hint_en": _("Give an “x-description-en”: the hint in English."),
    "ref": _("The reference “{ref}” leads nowhere. Only “#/$defs/…” and “_common.json#/$defs/…” can be used."),
    "ref_depth": _("The reference “{ref}” leads back to itself."),
    "expression": _("“{keyword}” is not a condition that can be read: {reason}."),
    "name": _("The condition names “{name}”, which is not a question of this form."),
    "circle": _("Whether it is asked depends on itself, by way of: {names}. Change one of these conditions."),
    "required": _("“{name}” is required but is not asked here."),
    "choices": _("Give each choice a “const” and a “title” with its “x-title-en”."),
    "choices_missing": _("Give the choices as “oneOf”, or name an “x-lookup”."),
    "pattern": _("The pattern cannot be read: {reason}."),
    "pattern_message": _("Give “x-messages” for “pattern”: nobody can guess what a pattern asks for."),
    "messages": _("Give the message in Vietnamese (“vi”) and in English (“en”)."),
    "bound": _("“{bound}” is not a date or “today” with a span such as “today-60d”, “today+1y”."),
    "width": _("The width “{width}” is not known. Use one of: {allowed}."),
    "steps": _("A form needs “properties”: one object per step, each with questions."),
    "key": _("Name the question with small Latin letters, digits and underscores; “{key}” cannot be used."),
    "pair": _("Give “{keyword}” in Vietnamese (“vi”) and in English (“en”)."),
    "procedure": _("Give “x-procedure”: the code of the procedure, the same as the file name."),
    "items": _("Give “items”: what one entry of the list is."),
    "after": _("“x-after” names “{name}”, which is not a step."),
    "shape_text": _("“{keyword}” must be a text."),
    "shape_names": _("“{keyword}” must be a list of names."),
    "shape_list": _("“{keyword}” must be a list of objects."),
    "shape_group": _("“{keyword}” must be an object."),
    "shape_lists": _("“{keyword}” must be an object whose values are lists of names."),
    "shape_whole": _("“{keyword}” must be a whole number, 0 or more."),
    "shape_number": _("“{keyword}” must be a number."),
    "shape_truth": _("“{keyword}” must be true or false."),
    "sensitive": _("The class “{name}” of sensitive data is not known. Use one of: {allowed}."),
    "sensitive_entry": _("Mark the list, or a question in its entries, as sensitive; not “items”."),
    "compute": _("“{name}” is computed, so it cannot be required or prefilled as well."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in a form file."""

    path: tuple[str, ...]
    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def pointer(self) -> str:
        """Return the JSON Pointer of the place."""
        return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in self.path)

    def __str__(self) -> str:
        return gettext(TEXTS[self.code]).format(**self.facts)

    def fault(self) -> Fault:
        """Return it as a fault in the reader's language."""
        return Fault(self.pointer, lazystr(self), f"forms.{self.code}")


class Problems:
    """Collects problems, so that one load names them all."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: list[Problem] = []

    def add(self, path: tuple[str, ...], code: str, **facts: Any) -> None:
        """Note one."""
        problem = Problem(path, code, facts)
        if problem not in self.found:
            self.found.append(problem)

    def faults(self) -> tuple[Fault, ...]:
        """Return them as faults."""
        return tuple(problem.fault() for problem in self.found)
