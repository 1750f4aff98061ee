"""The declaration (tờ khai) inside a dossier: what is missing or wrong in it."""

from __future__ import annotations

from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault
from tinhso.kernel.forms.public import load_form, validate_all
from tinhso.modules.onestop.models import Dossier


def declaration_faults(dossier: Dossier) -> list[Fault]:
    """
    Return every place of the declaration to mend; none when the service has no form.

    Judged as of the day it was handed in: what was right then is not made wrong by the days it took to settle. Answers that
    were found whole when they were written are not judged again.
    """
    if not dossier.form_code or dossier.is_declared_whole:
        return []
    form, on = load_form(dossier.form_code, dossier.form_version), civil_date(dossier.submitted_at)
    return validate_all(form, dossier.answers, on=on)
