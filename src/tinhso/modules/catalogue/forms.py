"""What is typed about a procedure: forms made from what the editor asks (`queries/written/asked.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import list_flows
from tinhso.kernel.forms.public import list_forms
from tinhso.kernel.organisation.pack import as_date
from tinhso.modules.catalogue.queries.written.asked import LISTS, Ask, asks_of, pattern_of
from tinhso.modules.catalogue.queries.written.changing import answers_of
from tinhso.modules.catalogue.queries.written.comparing import LINED, lines_of

LONGEST, MOST_LINES = 1200, 200
MOST = 1_000_000_000_000
_PAIR = re.compile(r"\s*([a-z][a-z0-9_-]{0,39})\s*=\s*(\S.{0,79}?)\s*")
_SHOWN = re.compile(r"\s*((?:/[A-Za-z0-9_-]+)+)\s+(name|date|number|text)\s*")
NEAR = ["%Y-%m-%d", "%d/%m/%Y"]


class LinesField(forms.CharField):
    """Answers that are typed one a line: a list of words, of pairs, or of questions with how they are compared."""

    widget = forms.Textarea

    def __init__(self, ask: Ask, **kwargs: Any) -> None:
        """Take the question; its kind says what a line is."""
        super().__init__(required=False, max_length=LONGEST * 10, strip=True, **kwargs)
        self.ask = ask

    def prepare_value(self, value: Any) -> Any:
        """Return the lines of what stands in the document; what was typed comes back as it was."""
        return value if isinstance(value, str) or value is None else "\n".join(lines_of(self.ask, value))

    def clean(self, value: Any) -> Any:
        """Return the answer as the document has it."""
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("At most 200 lines."))
        if self.ask.kind == "lines":
            return lines
        pattern = _PAIR if self.ask.kind == "pairs" else _SHOWN
        found = [(line, pattern.fullmatch(line)) for line in lines]
        for line, match in found:
            if match is None:
                raise forms.ValidationError(
                    _("This line is not written like the example: “%(line)s”."), params={"line": line}
                )
        if self.ask.kind == "pairs":
            return {match[1]: match[2] for _line, match in found if match}
        return [{"pointer": match[1], "kind": match[2]} for _line, match in found if match]


class DayField(forms.DateField):
    """A day as people write it here: 28/11/2022."""

    def prepare_value(self, value: Any) -> Any:
        """Return the day of the document as it is written here; what was typed comes back as it was."""
        on = as_date(value) if isinstance(value, str) else value
        return f"{on:%d/%m/%Y}" if on else value


class WholeOrPartField(forms.DecimalField):
    """A number as people type it: 2,5 or 2.5."""

    def to_python(self, value: Any) -> Any:
        """Return the number."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def form_of(document: Mapping[str, Any], page: str, data: Any = None, *, is_new: bool = False) -> forms.Form:
    """Return the form of a block or row, or of a row that is to be put into the list `page`. Raises NotFound."""
    asks = LISTS[pattern_of(page)].asks if is_new and pattern_of(page) in LISTS else asks_of(page)
    if asks is None or (is_new and pattern_of(page) not in LISTS):
        raise NotFound
    answers = {ask.key: ask.default for ask in asks} if is_new else answers_of(document, page)
    made = forms.Form(data, initial={name_of(ask): answers[ask.key] for ask in asks})
    for ask in asks:
        made.fields[name_of(ask)] = _field(ask, answers[ask.key])
    return made


def read_answers(page: str, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed by the keys of the questions."""
    asks = LISTS[pattern_of(page)].asks if pattern_of(page) in LISTS else asks_of(page) or ()
    return {ask.key: cleaned[name_of(ask)] for ask in asks if name_of(ask) in cleaned}


def name_of(ask: Ask) -> str:
    """Return the name of the field of a question."""
    return f"a_{ask.key.replace('/', '_')}"


def _field(ask: Ask, answer: Any) -> forms.Field:
    hint = ask.hint or (_("For example 28/11/2022.") if ask.kind == "date" else "")
    said: dict[str, Any] = {"label": ask.label, "help_text": hint}
    if ask.kind in LINED:
        return LinesField(ask, **said)
    if ask.kind == "yes":
        return forms.BooleanField(required=False, **said)
    wrong = {
        "whole": _("Write a whole number."), "number": _("Write a number, such as 2 or 2,5."),
        "date": _("Enter the day as 28/11/2022."),
    }  # fmt: skip
    invalid = {"invalid": wrong[ask.kind]} if ask.kind in wrong else {}
    said |= {"required": ask.needed, "error_messages": {"required": _("Answer this."), **invalid}}
    makers: dict[str, Callable[[], forms.Field]] = {
        "whole": lambda: forms.IntegerField(min_value=0, max_value=MOST, **said),
        "number": lambda: WholeOrPartField(min_value=0, max_digits=12, decimal_places=2, **said),
        "date": lambda: DayField(input_formats=NEAR, **said),
        "words": lambda: forms.CharField(max_length=ask.most, widget=forms.Textarea, **said),
        "text": lambda: forms.CharField(max_length=ask.most, **said),
    }
    if ask.kind in makers:
        return makers[ask.kind]()
    return forms.ChoiceField(choices=_choices(ask, answer), **said)


def _choices(ask: Ask, answer: Any) -> list[tuple[str, Any]]:
    """Return what can be chosen; what stands in the document is always among it."""
    if ask.kind == "form":
        found = [(form.code, f"{form.code} {form.title}") for form in list_forms()]
    elif ask.kind == "flow":
        found = [(flow.code, f"{flow.name} ({flow.code})") for flow in list_flows()]
    else:
        found = [(key, str(words)) for key, words in ask.choices]
    if answer and answer not in dict(found):
        found.append((str(answer), str(answer)))
    return found if ask.default else [("", "–"), *found]
