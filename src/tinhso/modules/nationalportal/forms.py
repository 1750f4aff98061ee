"""What is typed on the pages."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

NEAR = ["%d/%m/%Y", "%Y-%m-%d"]
FIRST_DAY = date(2000, 1, 1)


class DayForm(forms.Form):
    """A day to compare."""

    day = forms.DateField(
        label=_("Day"),
        input_formats=NEAR,
        error_messages={
            "required": _("Write the day."),
            "invalid": _("Write the day as dd/mm/yyyy, for example 01/07/2025."),
        },
        validators=[MinValueValidator(FIRST_DAY, _("Write a year from 2000 on."))],
    )

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        """Take the civil day of today: what is still to come cannot be compared."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.today = today

    def clean_day(self) -> date:
        """Refuse a day that has not come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day
