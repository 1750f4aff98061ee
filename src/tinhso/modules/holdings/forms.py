"""What is typed on the pages of the data store."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class LookForm(forms.Form):
    """Whose data is read, and for what."""

    number = forms.CharField(
        label=_("Identity number or tax code"),
        max_length=20,
        error_messages={"required": _("Enter the identity number or the tax code.")},
    )
    dossier = forms.CharField(
        label=_("Code of the dossier at hand"),
        max_length=60,
        required=False,
        help_text=_("A dossier of this person that you work on. The person sees this code beside your name."),
    )
    advice = forms.BooleanField(label=_("The person consented to being advised from the data store"), required=False)

    def clean_number(self) -> str:
        """Return the number without spaces and dots."""
        return "".join(sign for sign in str(self.cleaned_data["number"]) if sign not in " .")

    def clean_dossier(self) -> str:
        """Return the code as codes are written."""
        return str(self.cleaned_data["dossier"]).strip().upper()


class SendForm(forms.Form):
    """A sheet and its files."""

    agency = forms.ChoiceField(label=_("Agency that issued the results"))
    sheet = forms.FileField(
        label=_("Sheet (XLSX or CSV)"), error_messages={"required": _("Choose the sheet that you filled in.")}
    )
    archive = forms.FileField(
        label=_("Files (ZIP)"), error_messages={"required": _("Choose the zip with the scanned results.")}
    )

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the agencies of the actor."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """What the second person found."""

    note = forms.CharField(label=_("Remark"), max_length=1000, required=False, widget=forms.Textarea)


class RevokeForm(forms.Form):
    """Why a result is revoked."""

    reason = forms.CharField(
        label=_("Reason, with the decision that revokes it"),
        max_length=400,
        widget=forms.Textarea,
        error_messages={"required": _("Write why, with the decision that revokes it.")},
    )
