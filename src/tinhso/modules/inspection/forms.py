"""What is typed on the pages of inspection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.modules.inspection.actions.answering import LONGEST
from tinhso.modules.inspection.actions.switching import CHOICES


class WordForm(forms.Form):
    """Words about a finding."""

    text = forms.CharField(
        label=_("In your own words"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write why, in your own words.")},
    )


class AssignForm(forms.Form):
    """Who is to answer."""

    official_id = forms.ChoiceField(
        label=_("Who answers"),
        error_messages={"required": _("Choose an official."), "invalid_choice": _("Choose an official.")},
    )

    def __init__(self, *args: Any, officials: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the officials to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["official_id"].choices = [("", _("Choose…")), *officials]  # type: ignore[attr-defined]


class SwitchForm(forms.Form):
    """How a scenario is used from now on."""

    state = forms.ChoiceField(label=_("From now on"), choices=[(each.value, each.label) for each in CHOICES])
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("Kept in the journal."),
        error_messages={"required": _("Write the reason; it is journalled.")},
    )
