"""What is typed on the pages of the designer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.organisation.public import ROLES

MOST_BYTES = 2 * 1024 * 1024
NEAR = ["%d/%m/%Y", "%Y-%m-%d"]
CODE = RegexValidator(r"^[a-z][a-z0-9-]{1,59}$", _("Use 2 to 60 small letters, digits and dashes, a letter first."))
ENDINGS = (("", _("As its name says")), ("settled", _("The case is settled")), ("refused", _("It is refused")), ("stopped", _("It is stopped")))  # fmt: skip


class NewForm(forms.Form):
    """A flow that there was not."""

    code = forms.CharField(
        label=_("Code"), validators=[CODE], help_text=_("Procedures name the flow by it; it never changes."),
        error_messages={"required": _("Enter the code.")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name of the flow"), max_length=300, error_messages={"required": _("Enter the name.")}
    )


class FileForm(forms.Form):
    """A flow as a BPMN file."""

    file = forms.FileField(
        label=_("BPMN file"), help_text=_("BPMN 2.0, at most 2 MB."), error_messages={"required": _("Choose a file.")}
    )

    def clean_file(self) -> bytes:
        """Return what is in the file, if it is small enough."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        return bytes(given.read())


class SeenForm(forms.Form):
    """Which change of the draft was on the screen."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class DrawingForm(SeenForm):
    """What was drawn on the canvas."""

    xml = forms.CharField(max_length=MOST_BYTES, strip=False, widget=forms.HiddenInput)


class _Fields:
    """The questions about an element, those that its kind has."""

    @staticmethod
    def make() -> dict[str, forms.Field]:
        roles = [("", _("Choose"))] + [(role, title) for role, title in ROLES.items()]

        def text(label: Any, hint: Any = "", most: int = 300) -> forms.CharField:
            return forms.CharField(label=label, help_text=hint, required=False, max_length=most)

        return {
            "name": text(_("Name")),
            "role": forms.ChoiceField(label=_("Role"), choices=roles, required=False),
            "agency": text(
                _("Place"), _("Which agency: desk, office, agency, or a place that the procedure names."), 100
            ),
            "within": text(_("Time"), _("Working time: 4h or 2d."), 12),
            "outcomes": text(_("Ways to end"), _("For example: agree:Đồng ý, correct:Trả lại để sửa"), 500),
            "form": text(
                _("Screen"), _("With which screen of the one-stop shop it is done: receive, process, sign."), 100
            ),
            "service": text(_("Service"), _("The service that is called."), 100),
            "not_same_as": text(_("Not by who did"), _("Ids of steps, with spaces between."), 300),
            "condition": text(_("Condition"), _('In CEL, for example: outcome == "agree"'), 500),
            "legal": text(
                _("Legal basis"), _("Article and number of the text, for example: NĐ 61/2018/NĐ-CP Đ.17 k.1."), 500
            ),
            "ending": forms.ChoiceField(label=_("What this end means"), choices=ENDINGS, required=False),
            "most": text(_("At most how many times"), _("How often a case may take this way back."), 2),
        }


ASKED = {
    "userTask": ("name", "role", "agency", "within", "outcomes", "form", "not_same_as"),
    "manualTask": ("name", "role", "agency", "within", "outcomes", "form", "not_same_as"),
    "serviceTask": ("name", "service"),
    "sequenceFlow": ("name", "condition", "legal", "most"),
    "endEvent": ("name", "ending", "legal"),
    "boundaryEvent": ("name", "within"),
    "intermediateCatchEvent": ("name", "within"),
}


class PropertiesForm(SeenForm):
    """What is said of one element."""

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        """Ask what elements of this kind have."""
        super().__init__(*args, **kwargs)
        made = _Fields.make()
        for name in ASKED.get(kind, ("name",)):
            self.fields[name] = made[name]

    @property
    def values(self) -> dict[str, str]:
        """Return what was typed, without what only says what was seen."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class StepForm(PropertiesForm):
    """A new step and behind what it comes."""

    def __init__(self, places: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Offer the elements behind which a step can come."""
        super().__init__("userTask", *args, **kwargs)
        for name in ("form", "not_same_as", "outcomes"):
            del self.fields[name]
        self.fields["name"].required = self.fields["role"].required = True
        self.fields["after"] = forms.ChoiceField(label=_("Behind"), choices=places)
        self.order_fields(["seen", "after", "name", "role", "agency", "within"])

    @property
    def values(self) -> dict[str, str]:
        """Return the properties of the step."""
        return {name: value for name, value in super().values.items() if name != "after"}


class SendForm(SeenForm):
    """Why the flow changes."""

    note = forms.CharField(
        label=_("Why it changes"), max_length=1000, widget=forms.Textarea,
        error_messages={"required": _("Say why, for whoever approves.")},
    )  # fmt: skip


class ReturnForm(SeenForm):
    """What must be mended."""

    words = forms.CharField(
        label=_("What must be mended"), max_length=1000, widget=forms.Textarea,
        error_messages={"required": _("Say what must be mended.")},
    )  # fmt: skip


class ApproveForm(SeenForm):
    """From which day it holds."""

    effective_on = forms.DateField(
        label=_("In effect from"), input_formats=NEAR,
        error_messages={"required": _("Write the day."), "invalid": _("Write the day as dd/mm/yyyy, for example 01/07/2025.")},
    )  # fmt: skip
    at_once = forms.CharField(
        label=_("Why from today"), required=False, max_length=1000, widget=forms.Textarea,
        help_text=_("Only where it must hold from today: the text that demands it, with its article."),
    )  # fmt: skip


class RehearsalForm(forms.Form):
    """Which cases are sent through both flows, and how many people work at each post."""

    since = forms.DateField(label=_("Cases that began from"), input_formats=NEAR)
    until = forms.DateField(label=_("to"), input_formats=NEAR)
    absent_days = forms.FloatField(
        label=_("Working days an applicant takes to bring more papers"), min_value=0, max_value=100
    )

    def __init__(self, posts: list[tuple[str, str, str, int]], *args: Any, **kwargs: Any) -> None:
        """Ask for the people of each post: agency, role, its name in words, how many hold it now."""
        super().__init__(*args, **kwargs)
        self.posts = posts
        for number, (_agency, _role, name, people) in enumerate(posts):
            self.fields[f"post_{number}"] = forms.IntegerField(label=name, min_value=1, max_value=500, initial=people)

    @property
    def staff(self) -> list[tuple[str, str, int]]:
        """Return the people by agency and role."""
        return [
            (agency, role, self.cleaned_data[f"post_{number}"])
            for number, (agency, role, _name, _people) in enumerate(self.posts)
        ]
