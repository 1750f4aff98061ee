"""What may be asked of an applicant: each thing with words, a reason and a place that the dossier has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import BadInput, Fault
from tinhso.kernel.forms.public import load_form
from tinhso.modules.onestop.models import Dossier, SupplementReason
from tinhso.modules.onestop.queries.services import service_filed


def checked_items(items: Sequence[Mapping[str, str]], dossier: Dossier) -> list[dict[str, str]]:
    """Return the items in their own form. Raises BadInput for one without words, or about what the dossier does not have."""
    if not items:
        raise BadInput(faults=[Fault("/items", _("List at least one thing to add or mend."))])
    faults = [
        Fault(f"/items/{index}/text", _("Say what the applicant must do."))
        for index, item in enumerate(items)
        if not str(item.get("text", "")).strip() or item.get("reason") not in SupplementReason.values
    ]
    for index, item in enumerate(items):
        faults += _misplaced(index, item, dossier)
    if faults:
        raise BadInput(faults=faults)
    return [
        {
            "pointer": str(item.get("pointer", "")),
            "component": str(item.get("component", "")),
            "reason": str(item["reason"]),
            "text": str(item["text"]).strip(),
        }
        for item in items
    ]


def _misplaced(index: int, item: Mapping[str, str], dossier: Dossier) -> list[Fault]:
    """Return a fault for a question or paper that the applicant could not answer: there is none such."""
    pointer, component = str(item.get("pointer", "")), str(item.get("component", ""))
    if pointer:
        form = load_form(dossier.form_code, dossier.form_version) if dossier.form_code else None
        parts = pointer.split("/")
        if form is None or parts[0] or not all(parts[1:]) or form.field_at(pointer) is None:
            return [Fault(f"/items/{index}/pointer", _("The declaration has no such question."), "pointer")]
    if component:
        service = service_filed(dossier)
        known = {each.code for each in service.components}
        if component not in known and not dossier.files.filter(component_code=component).exists():
            return [Fault(f"/items/{index}/component", _("This procedure does not ask for such a paper."), "component")]
    return []
