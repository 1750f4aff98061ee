"""Forms of the account pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.identity.tokens import scope_choices

DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))


class TokenForm(forms.Form):
    """What an access token is for, what it may do, and how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=scope_choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(label=_("How long?"), choices=DAYS, coerce=int, initial=90)

    def until(self, at: datetime) -> datetime:
        """Return when the token ends."""
        return at + timedelta(days=self.cleaned_data["days"])


class ContactForm(forms.Form):
    """How to reach somebody: what they may change themselves."""

    phone = forms.RegexField(
        r"^[0-9+ .]{8,20}$",
        label=_("Phone"),
        required=False,
        error_messages={"invalid": _("Enter a phone number, for example 0905 123 456.")},
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
