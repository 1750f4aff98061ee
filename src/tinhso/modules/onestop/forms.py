"""What is typed on the one-stop pages themselves (the forms of procedures are `kernel.forms`)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.modules.onestop.actions.rating import ASPECTS, BEST, WORST
from tinhso.modules.onestop.models import BookNote, CauseClass, Dossier, DueChange, Finding, SupplementReason

REASON = Dossier.closing_reason.field.max_length
"""Longest reason that ends a dossier, in characters: a reason of refusal becomes one when the result is issued."""
SHORT_REASON = DueChange.reason.field.max_length
"""Longest reason for a new date, in characters."""

PHONE = RegexValidator(r"^0\d{9}$", _("A telephone number has 10 digits, for example 0905 123 456."))


class Phone(forms.CharField):
    """A Vietnamese telephone number; spaces, dots and +84 are taken as typed by hand."""

    default_validators = [PHONE]

    def to_python(self, value: Any) -> str:
        """Return the ten digits."""
        digits = "".join(c for c in str(value or "") if c.isdigit() or c == "+")
        if not digits:
            return str(value or "").strip()  # words, no number: the validator says so
        return "0" + digits[3:] if digits.startswith("+84") else digits


class OfficePhone(Phone):
    """A telephone of an office: a mobile, a landline of 11 digits with its area code, or a hotline."""

    default_validators = [
        RegexValidator(
            r"^(0\d{9,10}|1[89]00\d{4,6})$", _("Enter a telephone number, for example 0235 3861 234 or 1900 1234.")
        )
    ]


class DeliveryForm(forms.Form):
    """How the result is taken and where notices go."""

    result_way = forms.ChoiceField(
        label=_("How do you want the result?"),
        choices=[
            ("online", _("Electronic only, to my account")),
            ("direct", _("Electronic, and on paper at the one-stop desk")),
            ("post", _("Electronic, and on paper by post")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you want the result.")},
    )
    address = forms.CharField(
        label=_("Address for the post"), max_length=400, required=False, help_text=_("Only if it is sent by post")
    )
    phone = Phone(
        label=_("Telephone"), error_messages={"required": _("Enter a telephone number so that we can reach you.")}
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, error_messages={"invalid": _("Write the e-mail as ten@vidu.vn.")}
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the address where it is needed."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("result_way") == "post" and not data.get("address"):
            self.add_error("address", _("Enter the address to which the result is sent."))
        return data


class AgencyForm(forms.Form):
    """Who settles it, and which case it is."""

    agency = forms.ChoiceField(
        label=_("Agency that settles it"), error_messages={"required": _("Choose the agency that settles it.")}
    )
    case = forms.ChoiceField(
        label=_("Which case is yours?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the case that is yours.")},
    )

    def __init__(
        self, *args: Any, agencies: list[tuple[str, str]], cases: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Take the choices of the service."""
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [("", _("Choose…")), *agencies]  # type: ignore[attr-defined]
        if cases:
            self.fields["case"].choices = cases  # type: ignore[attr-defined]
        else:
            del self.fields["case"]


class RatingForm(forms.Form):
    """How satisfied the applicant was."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=[(n, n) for n in range(WORST, BEST + 1)],
        error_messages={"required": _("Choose one of the five faces.")},
    )
    comment = forms.CharField(label=_("Anything to add?"), widget=forms.Textarea, max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for each aspect as well."""
        super().__init__(*args, **kwargs)
        for name, text in ASPECTS.items():
            self.fields[name] = forms.TypedChoiceField(
                coerce=int,
                label=text,
                required=False,
                empty_value=None,
                choices=[(n, n) for n in range(WORST, BEST + 1)],
            )

    def aspects(self) -> dict[str, int]:
        """Return the aspects that were rated."""
        return {name: self.cleaned_data[name] for name in ASPECTS if self.cleaned_data.get(name)}


class ReasonForm(forms.Form):
    """A reason that somebody will read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON,
        widget=forms.Textarea,
        error_messages={"required": _("Write the reason. The applicant reads exactly this.")},
    )


class InnerForm(ReasonForm):
    """Words that stay among the offices: what to correct, what is asked, an opinion."""

    def __init__(self, *args: Any, label: str, required: str, **kwargs: Any) -> None:
        """Take the words of the field and of its absence."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].error_messages = {**self.fields["reason"].error_messages, "required": required}


class WithdrawForm(forms.Form):
    """Why a dossier is withdrawn; nobody has to say."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON, widget=forms.Textarea, required=False)


class ProposeForm(forms.Form):
    """What an officer proposes: granted, or refused with a reason."""

    kind = forms.ChoiceField(
        label=_("Decision"),
        choices=[("grant", _("Grant, send up for signature")), ("refusal", _("Refuse, with a reason"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you propose.")},
    )
    note = forms.CharField(label=_("Opinion of the officer"), max_length=2000, widget=forms.Textarea, required=False)
    reason = forms.CharField(
        label=_("Reason of refusal (only if refused)"), max_length=REASON, widget=forms.Textarea, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where it is needed."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == "refusal" and not data.get("reason"):
            self.add_error("reason", _("Write the reason. The applicant reads exactly this."))
        return data


class LookupForm(forms.Form):
    """A dossier code, as printed on the receipt."""

    ma = forms.CharField(
        label=_("Dossier code"), max_length=60, error_messages={"required": _("Enter the code on your receipt.")}
    )

    def clean_ma(self) -> str:
        """Return the code as codes are written."""
        return str(self.cleaned_data["ma"]).strip().upper().replace(" ", "")


class SupplementItemForm(forms.Form):
    """One thing to add or mend."""

    place = forms.CharField(required=False)
    """`paper:<component code>` or `answer:<JSON Pointer>`; empty for the whole."""
    why = forms.ChoiceField(choices=SupplementReason.choices, required=False)
    text = forms.CharField(required=False, max_length=1000)

    def item(self) -> dict[str, str] | None:
        """Return the item, or None for an empty line."""
        kind, _colon, where = self.cleaned_data.get("place", "").partition(":")
        text = self.cleaned_data.get("text", "").strip()
        if not text and not where:
            return None
        return {
            "component": where if kind == "paper" else "",
            "pointer": where if kind == "answer" else "",
            "reason": self.cleaned_data.get("why") or "missing",
            "text": text,
        }


class AskerForm(forms.Form):
    """Whom the applicant may call about what is asked."""

    phone = OfficePhone(label=_("Telephone for questions"), required=False)


class PinForm(forms.Form):
    """The PIN of a signing key."""

    pin = forms.CharField(
        label=_("PIN of your signing key"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the PIN of your signing key.")},
    )


class FindingForm(forms.Form):
    """What an officer found on comparing a paper with the declaration."""

    finding = forms.ChoiceField(
        label=_("What do you find?"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the paper agrees with the declaration.")},
    )
    note = forms.CharField(label=_("What differs"), max_length=1000, required=False, widget=forms.Textarea)


class CopyForm(PinForm):
    """What is kept about a paper whose scan is signed as a true copy."""

    number = forms.CharField(label=_("Number on the paper"), max_length=60, required=False)
    issued_on = forms.DateField(
        label=_("Day of issue"), required=False, input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        error_messages={"invalid": _("Enter the day as 28/11/2022.")},
    )  # fmt: skip
    issuer = forms.CharField(label=_("Who issued it"), max_length=300, required=False)
    original_kept = forms.BooleanField(label=_("The office keeps the original"), required=False)
    field_order = ("number", "issued_on", "issuer", "original_kept", "pin")


class PostponeForm(ReasonForm):
    """A new date with an apology: the class of the cause, the words, the day."""

    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[("", _("Choose…")), *CauseClass.choices],
        error_messages={"required": _("Choose the cause."), "invalid_choice": _("Choose the cause.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=SHORT_REASON,
        widget=forms.Textarea,
        error_messages={"required": _("Write the reason. The applicant reads exactly this.")},
    )
    to = forms.DateField(
        label=_("New date"),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        error_messages={
            "required": _("Enter the new date, for example 28/11/2022."),
            "invalid": _("Enter the new date, for example 28/11/2022."),
        },
    )


class LatenessForm(forms.Form):
    """Why a result is late, and when it is expected."""

    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=[("", _("Choose…")), *CauseClass.choices],
        error_messages={"required": _("Choose the cause."), "invalid_choice": _("Choose the cause.")},
    )
    words = forms.CharField(
        label=_("In your words"),
        help_text=_("The applicant reads exactly this. Everybody who has the code reads the cause and the day only."),
        max_length=SHORT_REASON,
        widget=forms.Textarea,
        error_messages={"required": _("Write the reason. The applicant reads exactly this.")},
    )
    expected_on = forms.DateField(
        label=_("Expected on"),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        error_messages={
            "required": _("Enter the expected day, for example 28/11/2022."),
            "invalid": _("Enter the expected day, for example 28/11/2022."),
        },
    )


class HandOnForm(forms.Form):
    """Who goes on with a dossier of a divided agency, and why."""

    to = forms.ChoiceField(
        label=_("Who goes on with it"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one that is listed."), "invalid_choice": _("Choose one that is listed.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea,
        help_text=_("What tells that it is theirs. It stands in the journal."),
        error_messages={"required": _("Say why: it stands in the journal.")},
    )

    def __init__(self, *args: Any, takers: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take who took over."""
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = takers  # type: ignore[attr-defined]


class BookNoteForm(forms.Form):
    """A correction beside a line of the book."""

    number = forms.IntegerField(
        label=_("Line"),
        min_value=1,
        max_value=10_000_000,
        error_messages={"required": _("Enter the number of the line."), "invalid": _("Enter the number of the line.")},
    )
    text = forms.CharField(
        label=_("What is right"),
        max_length=BookNote.text.field.max_length,
        widget=forms.Textarea,
        error_messages={"required": _("Write what is right.")},
    )


class AskForm(InnerForm):
    """What another body is asked, and until when."""

    to = forms.DateField(
        label=_("Answer by"),
        required=False,
        error_messages={"invalid": _("Enter the date, for example 28/11/2022.")},
    )

    def __init__(self, *args: Any, days: int, **kwargs: Any) -> None:
        """Take how many working days count where no day is named."""
        super().__init__(*args, label=gettext("Question"), required=gettext("Write what you ask."), **kwargs)
        words = ngettext("Left empty: within %(days)d working day.", "Left empty: within %(days)d working days.", days)
        self.fields["to"].help_text = words % {"days": days}


class IntakeForm(forms.Form):
    """Who stands at the counter."""

    citizen_number = forms.CharField(
        label=_("Citizen number or tax code"),
        max_length=20,
        error_messages={"required": _("Enter the 12 digits of the identity card, or the tax code.")},
    )
    full_name = forms.CharField(
        label=_("Full name"), max_length=200, error_messages={"required": _("Enter the full name.")}
    )
    phone = Phone(label=_("Telephone"), required=False)
    address = forms.CharField(label=_("Address"), max_length=400, required=False)
    result_way = forms.ChoiceField(
        label=_("How is the result taken?"),
        choices=[("direct", _("At the counter")), ("post", _("By post")), ("online", _("Electronic only"))],
        initial="direct",
    )
