"""What is typed on the pages of the administration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.identity.public import scope_choices
from tinhso.kernel.organisation.public import ROLES, Post

NEAR = ["%d/%m/%Y", "%Y-%m-%d"]
DATE_WRONG = _("Write the day as dd/mm/yyyy, for example 01/07/2025.")
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
YEAR_WRONG = _("Write a year from 1900 to 2100.")
USERNAME = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,63}$", _("Use 3 to 64 small letters, digits, dots and dashes."))
STAFF_CODE = RegexValidator(r"^[A-Za-z0-9._-]{2,20}$", _("Use 2 to 20 letters, digits, dots and dashes."))
PHONE = RegexValidator(r"^[0-9+ .]{8,20}$", _("Enter a phone number, for example 0905 123 456."))
TOKEN_DAYS = ((30, _("30 days")), (90, _("90 days")), (365, _("One year")))


class Day(forms.DateField):
    """A day near today, typed in one box; printed with `kind="near-date"`."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a date field takes; no day so far away that its moment, or the day after, cannot be told."""
        messages = {"invalid": DATE_WRONG, "required": _("Write the day.")}
        limits = [MinValueValidator(FIRST_DAY, YEAR_WRONG), MaxValueValidator(LAST_DAY, YEAR_WRONG)]
        super().__init__(input_formats=NEAR, error_messages=messages, validators=limits, **kwargs)


class ParticularsForm(forms.Form):
    """Particulars of an official; the staff code never changes."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=120, error_messages={"required": _("Enter the full name.")}
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=120)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=20, validators=[PHONE])


class OfficialForm(ParticularsForm):
    """A new official."""

    field_order = ("staff_code", "full_name", "email", "phone")
    staff_code = forms.CharField(
        label=_("Staff code"), max_length=20, validators=[STAFF_CODE], error_messages={"required": _("Enter the code.")}
    )


class AppointForm(forms.Form):
    """A post for an official."""

    post = forms.ChoiceField(label=_("Post"), error_messages={"required": _("Choose the post.")})
    valid_from = Day(label=_("First day"))
    valid_to = Day(label=_("Last day"), required=False, help_text=_("Leave empty when no end is set."))
    decision = forms.CharField(
        label=_("Decision number"),
        max_length=200,
        help_text=_("Number and date, for example 123/QĐ-UBND of 01/07/2025."),
        error_messages={"required": _("Write the number of the decision.")},
    )

    def __init__(self, *args: Any, posts: list[dict[str, Any]], **kwargs: Any) -> None:
        """Take the posts to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [("", _("Choose…")), *((row["value"], row["text"]) for row in posts)]  # type: ignore[attr-defined]


class ReformForm(forms.Form):
    """What becomes of a unit in a reform, or why that is left open."""

    answer = forms.ChoiceField(label=_("Choice made"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("What you compared, or why you leave it open. It stands in the journal."),
    )

    def __init__(self, *args: Any, answers: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the answers to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [*answers, ("", _("Leave it open; give the reason below"))]  # type: ignore[attr-defined]


class FiguresForm(forms.Form):
    """Of which days, and by which units, figures of before and after a reform are compared."""

    tu = Day(label=_("First day"))
    den = Day(label=_("Last day"))
    theo = forms.ChoiceField(label=_("By"), choices=(("moi", _("Units of now")), ("cu", _("Units of before"))))

    def clean(self) -> dict[str, Any]:
        """Refuse more than a year: everything in it is counted while the page waits."""
        given = super().clean() or {}
        first, last = given.get("tu"), given.get("den")
        if first and last and not first <= last <= first + timedelta(days=366):
            raise forms.ValidationError(_("Choose at most one year, the first day before the last."))
        return given


class EndForm(forms.Form):
    """How a tenure ends."""

    last_day = Day(label=_("Last day"))
    decision = forms.CharField(
        label=_("Decision number"), max_length=200, error_messages={"required": _("Write the number of the decision.")}
    )


class DelegateForm(forms.Form):
    """Authority of a post lent to somebody."""

    staff_code = forms.CharField(
        label=_("Staff code of who receives it"), max_length=20, error_messages={"required": _("Enter the code.")}
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )
    valid_from = Day(label=_("First day"))
    valid_to = Day(label=_("Last day"), required=False)
    decision = forms.CharField(
        label=_("Decision number"), max_length=200, error_messages={"required": _("Write the number of the decision.")}
    )

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        """Offer the roles of the post."""
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role, ROLES.get(role, role)) for role in post.roles]  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    """The name under which an official signs in."""

    username = forms.CharField(
        label=_("User name"), validators=[USERNAME], error_messages={"required": _("Enter the user name.")}
    )


PROOFS = (
    ("card", _("I saw them and their identity card")),
    ("vneid", _("I saw them and their identity in the VNeID app")),
    ("head", _("The head of their agency brought them, or vouched for them in a signed paper")),
)
"""How an official who lost the way in proves who they are: as strictly as when the account was opened, never by telephone."""


class ProofForm(forms.Form):
    """Why an official gets a new way in, and how they proved who they are."""

    proved = forms.ChoiceField(
        label=_("How did they prove who they are?"),
        choices=PROOFS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they proved it. A call or a message proves nothing.")},
    )
    note = forms.CharField(
        label=_("Where and when, or the number of the paper"),
        max_length=200,
        help_text=_("Do not write the number of an identity card here: it stays in the journal."),
        error_messages={"required": _("Write where and when, or the number of the paper.")},
    )
    drop_second_factors = forms.BooleanField(
        label=_("They lost their second factor as well: take it away, the next sign-in asks for a new one"),
        required=False,
    )


class WhyForm(forms.Form):
    """A reason in words, or the number of a decision."""

    reason = forms.CharField(
        label=_("Reason or decision"), max_length=200, error_messages={"required": _("Write the reason.")}
    )


class EmergencyForm(forms.Form):
    """A role outside one's post, for hours and for a reason. What may be taken is the act's to say."""

    agency = forms.CharField(
        label=_("Code of the agency"), max_length=35, error_messages={"required": _("Enter the code of the agency.")}
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role, role) for role in ROLES], error_messages={"required": _("Choose the role.")}
    )
    hours = forms.IntegerField(label=_("For how many hours?"), min_value=1, initial=1)
    reason = forms.CharField(
        label=_("What happened, and why can nobody who holds the role act?"),
        max_length=300,
        error_messages={"required": _("Write the reason.")},
    )


class GiveTokenForm(forms.Form):
    """What an access token is for, what it may do, and how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=100, error_messages={"required": _("Say what for.")})
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=scope_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one scope.")},
    )
    days = forms.TypedChoiceField(label=_("How long?"), choices=TOKEN_DAYS, coerce=int, initial=90)

    def until(self, at: datetime) -> datetime:
        """Return when the token ends."""
        return at + timedelta(days=self.cleaned_data["days"])


class JournalForm(forms.Form):
    """What the journal is searched for."""

    loai = forms.CharField(
        label=_("Kind of subject"), required=False, max_length=60, help_text=_("For example dossier")
    )
    ma = forms.CharField(label=_("Key of the subject"), required=False, max_length=200)
    ai = forms.CharField(
        label=_("Who"), required=False, max_length=100, help_text=_("Key of the actor, for example official:…")
    )
    viec = forms.CharField(
        label=_("Event"), required=False, max_length=100, help_text=_("For example onestop.* or identity.signed_in")
    )
    tu = Day(label=_("From day"), required=False)
    den = Day(label=_("To day"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for both halves of a subject."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("loai")) != bool(data.get("ma")):
            self.add_error(
                "ma" if data.get("loai") else "loai", _("Give the kind and the key of the subject together.")
            )
        return data
