"""What is typed on the pages where a form is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.forms.public import KINDS, LIMITS, Row, Told, condition_of, told
from tinhso.law.sensitive import sensitive_classes
from tinhso.modules.designer.forms import MOST_BYTES, SeenForm

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9.-]{1,59}$", _("Use 2 to 60 letters, digits, dots and dashes."))
KEY = RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("Use small Latin letters, digits and underscores, a letter first."))
CONDITIONS = 3
CHOSEN = ("radios", "select", "checkboxes")
COMPARED = ("radios", "select", "yes-no", "checkbox")
TRUTH = {"true": "true", "yes": "true", "co": "true", "có": "true", "false": "false", "no": "false", "không": "false"}
MOST_CHOICES = 20_000
LIMIT_LABELS = {
    "minLength": _("At least how many letters"),
    "maxLength": _("At most how many letters"),
    "minimum": _("Smallest number"),
    "maximum": _("Largest number"),
    "x-min": _("Earliest date"),
    "x-max": _("Latest date"),
    "maxItems": _("At most how many entries"),
}


def _text(label: Any, hint: Any = "", most: int = 500, *, needed: Any = "", lines: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=bool(needed), max_length=most,
        widget=forms.Textarea if lines else forms.TextInput, error_messages={"required": needed},
    )  # fmt: skip


class NewFormForm(forms.Form):
    """A form that there was not."""

    code = forms.CharField(
        label=_("Code"), validators=[CODE], help_text=_("The code of the procedure, for example 1.001193. It never changes."),
        error_messages={"required": _("Enter the code.")},
    )  # fmt: skip
    name = _text(_("Name in Vietnamese"), most=300, needed=_("Enter the name."))
    name_en = _text(_("Name in English"), most=300, needed=_("Enter the name."))


class FormFileForm(forms.Form):
    """The file of a form, and the one that the forms of its pack share."""

    file = forms.FileField(
        label=_("File of the form"), help_text=_("JSON as in the pack, at most 1 MB."),
        error_messages={"required": _("Choose a file.")},
    )  # fmt: skip
    common = forms.FileField(
        label=_("What the forms share"), required=False, help_text=_("_common.json, where the form names it.")
    )

    def _read(self, name: str) -> bytes:
        given = self.cleaned_data.get(name)
        if given and given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        return bytes(given.read()) if given else b""

    def clean_file(self) -> bytes:
        """Return what is in the file."""
        return self._read("file")

    def clean_common(self) -> bytes:
        """Return what is in the shared file."""
        return self._read("common")


class WordsForm(SeenForm):
    """What is said of the form as a whole."""

    title = _text(_("Name in Vietnamese"), most=300, needed=_("Enter the name."))
    title_en = _text(_("Name in English"), most=300, needed=_("Enter the name."))
    intro = _text(_("Words above the form, in Vietnamese"), most=2000, lines=True)
    intro_en = _text(_("Words above the form, in English"), most=2000, lines=True)
    number = _text(
        _("Number of the official form"), _("And the text that sets it, for example: TT 04/2020/TT-BTP."), 300
    )
    law = _text(_("Legal basis"), most=1000)
    declaration = _text(_("Declaration at the end, in Vietnamese"), most=2000, lines=True)
    declaration_en = _text(_("Declaration at the end, in English"), most=2000, lines=True)


class RuleForm(SeenForm):
    """A rule between answers."""

    check = _text(
        _("What must hold"), _("In CEL, for example: applicant.relation != 'mother' || mother.known"), 600,
        needed=_("Write the condition."),
    )  # fmt: skip
    at = forms.ChoiceField(label=_("At which question it is said"))
    message = _text(_("What is said where it does not, in Vietnamese"), needed=_("Write what is said."))
    message_en = _text(_("What is said where it does not, in English"), needed=_("Write what is said."))
    law = _text(_("Legal basis"))

    def __init__(self, rows: Sequence[Row], *args: Any, **kwargs: Any) -> None:
        """Offer the questions of the form."""
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = [  # type: ignore[attr-defined]
            (row.path, named(rows, row)) for row in rows if not row.is_step
        ]


def named(rows: Sequence[Row], row: Row) -> str:
    """Return a question with the step it stands in, to be told from others of its name."""
    step = next(each for each in rows if each.path == row.path.partition(".")[0])
    return f"{step.title} › {row.title}"


class StepWordsForm(SeenForm):
    """A step: its names and when it is asked."""

    title = _text(_("Name in Vietnamese"), most=300, needed=_("Enter the name."))
    title_en = _text(_("Name in English"), most=300, needed=_("Enter the name."))
    hint = _text(_("Help in Vietnamese"), most=1000, lines=True)
    hint_en = _text(_("Help in English"), most=1000, lines=True)
    required = forms.BooleanField(label=_("It must be filled in"), required=False)

    def __init__(self, schema: Mapping[str, Any], rows: Sequence[Row], path: str, *args: Any, **kwargs: Any) -> None:
        """Ask for what is said of the question at `path`; a path that is not there yet ends in a dash."""
        super().__init__(*args, **kwargs)
        self.schema, self.rows, self.path = schema, rows, path
        self._conditions()

    def _conditions(self) -> None:
        offered = [row for row in self.rows if row.kind in COMPARED and self._within_reach(row)]
        choices = [("", _("No condition")), *((row.path, named(self.rows, row)) for row in offered)]
        for number in range(CONDITIONS):
            self.fields[f"when_{number}"] = forms.ChoiceField(
                label=_("Asked only when the answer to"), choices=choices, required=False
            )
            self.fields[f"is_{number}"] = _text(
                _("is"), _("Codes of the answers with commas between; for yes or no write yes or no.")
            )
        self.fields["cel"] = _text(
            _("Another condition"), _("In CEL, instead of those above: what equalities cannot say."), 600
        )

    def _within_reach(self, row: Row) -> bool:
        """Tell whether a question can be named from here: not the entries of a list from outside of it."""
        lists = [each.path for each in self.rows if each.kind == "repeat" and row.path.startswith(f"{each.path}.")]
        return row.path != self.path and all(self.path.startswith(f"{path}.") for path in lists)

    @staticmethod
    def said_before(schema: Mapping[str, Any], path: str, when: str) -> dict[str, str]:
        """Return a condition as this form asks for it."""
        parts = told(schema, path, when) if when else []
        if parts is None or len(parts) > CONDITIONS:
            return {"cel": when}
        said = {}
        for number, part in enumerate(parts):
            said[f"when_{number}"], said[f"is_{number}"] = part.path, ", ".join(part.values)
        return said

    def clean(self) -> dict[str, Any]:
        """Join the equalities into one condition."""
        given = super().clean() or {}
        parts = []
        for number in range(CONDITIONS):
            path, typed = given.get(f"when_{number}"), given.get(f"is_{number}", "").strip()
            if path:
                parts.append(Told(path, self._values(number, path, typed)))
        if parts and given.get("cel"):
            self.add_error("cel", _("Give either equalities or this, not both."))
        given["when"] = given.get("cel") or (condition_of(self.schema, self.path, parts) if not self.errors else "")
        return given

    def _values(self, number: int, path: str, typed: str) -> tuple[str, ...]:
        row = next(each for each in self.rows if each.path == path)
        values = tuple(value.strip() for value in typed.split(",") if value.strip())
        known = [str(each.get("const")) for each in row.node.get("oneOf", [])]
        if row.kind in ("yes-no", "checkbox"):
            values = tuple(TRUTH.get(value.lower(), value) for value in values)
            known = ["true", "false"]
            values = values if len(values) == 1 else ("",)
        wrong = [value for value in values if value not in known]
        if wrong or not values:
            said = gettext("Write one or more of: {known}.").format(known=", ".join(known))
            self.add_error(f"is_{number}", said)
        return values

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed as texts by name."""
        skipped = (
            "seen",
            "cel",
            "key",
            "above",
            *(f"{each}_{n}" for each in ("when", "is") for n in range(CONDITIONS)),
        )
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped}


class QuestionForm(StepWordsForm):
    """A question: its kind, choices, limits, where its answer comes from."""

    def __init__(self, *args: Any, kind: str, prefills: Sequence[str], is_new: bool = False, **kwargs: Any) -> None:
        """Ask what questions of this kind have."""
        super().__init__(*args, **kwargs)
        known = dict(KINDS) if kind in KINDS or is_new else {kind: kind, **KINDS}
        self.fields["required"].label = _("It must be answered")
        self.fields["kind"] = forms.ChoiceField(label=_("What is asked for"), choices=list(known.items()))
        if is_new or kind in CHOSEN:
            self.fields["choices"] = _text(
                _("Choices"), _("One a line: code | Vietnamese | English, for example: mother | Mẹ | Mother"), MOST_CHOICES,
                lines=True,
            )  # fmt: skip
        for name, kinds in LIMITS.items():
            if kind in kinds:
                hint = _("2020-01-31, today, or today with a span: today-60d, today+1y.") if name[0] == "x" else ""
                self.fields[name] = _text(LIMIT_LABELS[name], hint, 20)
        classes = [("", _("Not sensitive")), *((each, each) for each in sorted(sensitive_classes()))]
        self.fields["sensitive"] = forms.ChoiceField(
            label=_("Sensitive data"), choices=classes, required=False,
            help_text=_("What the law calls sensitive is kept encrypted, each dossier's on its own."),
        )  # fmt: skip
        sources = [("", _("Nothing is known beforehand")), *((each, each) for each in prefills)]
        self.fields["prefill"] = forms.ChoiceField(label=_("Filled in from"), choices=sources, required=False)
        self.fields["locked"] = forms.BooleanField(label=_("Who applies cannot change it"), required=False)
        if is_new:
            self.fields["key"] = forms.CharField(
                label=_("Name in the data"), required=False, validators=[KEY],
                help_text=_("Made of the English name where you leave it empty; it never changes."),
            )  # fmt: skip
        self.order_fields(["seen", "title", "title_en", "kind", "required", "choices", "hint", "hint_en"])


class MoveForm(SeenForm):
    """Up, down, or into another step."""

    path = forms.CharField(max_length=300)
    by = forms.IntegerField(min_value=-1, max_value=1, required=False)
    into = forms.CharField(max_length=300, required=False)


class PathForm(SeenForm):
    """Which question."""

    path = forms.CharField(max_length=300)
