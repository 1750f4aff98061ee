"""What is typed on the pages of plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.modules.plan.models import Booking, Standing

NEAR = ["%d/%m/%Y", "%Y-%m-%d"]
DATE_WRONG = _("Write the day as dd/mm/yyyy, for example 01/07/2025.")


class GiveForm(forms.Form):
    """A text to take in: a file, or words that are pasted."""

    unit = forms.ChoiceField(label=_("Which agency holds to it"))
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, Word (.docx), a web page, plain text or a scan. Up to 30 MB."),
        allow_empty_file=True,
    )
    words = forms.CharField(
        label=_("Or paste the text"),
        required=False,
        max_length=3_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        strip=False,
    )

    def __init__(self, *args: Any, units: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the agencies to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("file") and not (found.get("words") or "").strip() and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste the text below."))
        return found


class ReportForm(forms.Form):
    """How far something is."""

    standing = forms.ChoiceField(
        label=_("How far it is"), choices=[(each.value, each.label) for each in Standing], widget=forms.RadioSelect
    )
    value = forms.CharField(
        label=_("The figure now"),
        required=False,
        max_length=40,
        help_text=_("As 1.234,5; leave it empty where there is none."),
    )
    said = forms.CharField(
        label=_("What was done, or what holds it up"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    on = forms.DateField(
        label=_("On which day"), required=False, input_formats=NEAR, error_messages={"invalid": DATE_WRONG}
    )


class BookForm(forms.Form):
    """Money that was allocated or paid out."""

    booking = forms.ChoiceField(
        label=_("What happened"), choices=[(each.value, each.label) for each in Booking], widget=forms.RadioSelect
    )
    vnd = forms.CharField(
        label=_("Sum in đồng"),
        max_length=40,
        help_text=_("As 1.250.000.000; with a minus before it where it was given back."),
    )
    year = forms.CharField(label=_("Budget year"), max_length=4)
    source = forms.ChoiceField(label=_("Source"), required=False)
    project = forms.ChoiceField(label=_("Project"), required=False)
    paper = forms.CharField(label=_("Decision or voucher"), max_length=300, help_text=_("Its number and day."))
    on = forms.DateField(
        label=_("On which day"), required=False, input_formats=NEAR, error_messages={"invalid": DATE_WRONG}
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=1000)

    def __init__(
        self, *args: Any, sources: list[tuple[str, str]], projects: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Take the lines of money to choose from."""
        super().__init__(*args, **kwargs)
        none = [("", _("Not told"))]
        self.fields["source"].choices = [*none, *sources]  # type: ignore[attr-defined]
        self.fields["project"].choices = [*none, *projects]  # type: ignore[attr-defined]


class TieForm(forms.Form):
    """The indicator that a goal or a reported figure is of."""

    indicator = forms.ChoiceField(label=_("Indicator"))
    measured = forms.CharField(label=_("Of which agency"), max_length=35, help_text=_("Its code, such as H47."))
    period = forms.CharField(
        label=_("For which period"), max_length=10, help_text=_("A year, quarter or month: 2025, 2025-Q4, 2025-06.")
    )

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the indicators to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = indicators  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the journal."),
        error_messages={"required": _("Say why: it stands in the journal.")},
    )
