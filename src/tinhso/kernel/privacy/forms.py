"""What is asked before personal data leaves the house."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TakeForm(forms.Form):
    """The step of confirmation."""

    sure = forms.BooleanField(
        label=_("This device is mine, and I want the archive on it"),
        error_messages={"required": _("Tick the box if you want the archive on this device.")},
    )
