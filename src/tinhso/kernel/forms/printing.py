"""The filled form on paper, to sign or to keep with the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.forms.definition import FormDefinition
from tinhso.kernel.forms.overview import answers_document
from tinhso.kernel.forms.values import Files


def render_form_pdf(
    form: FormDefinition,
    data: Mapping[str, Any],
    lang: str,
    *,
    at: datetime,
    files: Files | None = None,
    facts: Mapping[str, str] | None = None,
) -> bytes:
    """Return the answers as a PDF/A; the same answers at the same moment give the same file. `facts`: see `answers_document`."""
    document = answers_document(form, data, lang, on=civil_date(at), files=files, facts=facts)
    return render_pdf("forms/form", document, at=at)
