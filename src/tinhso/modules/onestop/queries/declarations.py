"""The declaration (tờ khai) inside a dossier: what is missing or wrong in it."""

from __future__ import annotations

from datetime import date

from tinhso.base.refusals import Fault
from tinhso.kernel.forms.public import load_form, validate_all
from tinhso.modules.onestop.models import Dossier


def declaration_faults(dossier: Dossier, *, on: date) -> list[Fault]:
    """Return every place of the declaration to mend; none when the service has no form."""
    if not dossier.form_code:
        return []
    return validate_all(load_form(dossier.form_code, dossier.form_version), dossier.answers, on=on)
