"""What the pages of plans share: an act that is tried, and what is said when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _

from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest

KEPT = (401, 403, 404)
"""Refusals that the house answers with a page of their own."""


def tried(request: ActorRequest, do: Callable[[], Any], *, said: str = "", form: forms.Form | None = None) -> bool:
    """
    Do an act and tell whether it was done. A refusal is said above the page; its faults stand at the fields of a form.

    Raises what the house answers: not signed in, not allowed, not found.
    """
    try:
        do()
    except Refusal as no:
        if no.status in KEPT:
            raise
        if form is None or not _at_fields(form, no):
            messages.error(request, " ".join(str(fault.text) for fault in no.faults) or str(no))
        return False
    messages.success(request, said or _("Done. It stands in the journal."))
    return True


def _at_fields(form: forms.Form, no: Refusal) -> bool:
    """Put the faults of a refusal at the fields of a form; tell whether all of them found theirs."""
    named = [(fault.pointer.strip("/"), str(fault.text)) for fault in no.faults]
    if not named or any(name not in form.fields for name, _text in named):
        return False
    for name, text in named:
        form.add_error(name, text)
    return True
