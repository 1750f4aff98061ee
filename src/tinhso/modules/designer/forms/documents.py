"""What is typed about documents that other modules lend."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tinhso.modules.designer.forms import SeenForm

PROCEDURE_CODE = RegexValidator(
    r"^\d\.\d{6}(\.[A-Z0-9.]{1,20})?$",
    _("Write the code like 1.012753, with the province’s own ending like 1.012753.H47."),
)


class NewDocumentForm(forms.Form):
    """A document that there was not."""

    code = forms.CharField(
        label=_("Code"), max_length=40, validators=[PROCEDURE_CODE],
        help_text=_("As the national database writes it; a procedure of the province’s own bears its ending."),
        error_messages={"required": _("Enter the code.")},
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=600, error_messages={"required": _("Enter the name.")})
    name_en = forms.CharField(label=_("Name in English"), max_length=600, required=False)


class RowForm(SeenForm):
    """Which row a button is about."""

    page = forms.CharField(max_length=200)
    by = forms.IntegerField(required=False, min_value=-1000, max_value=1000)
