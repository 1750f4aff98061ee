"""Forms as they were published."""

from __future__ import annotations

import functools
import json

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound
from tinhso.kernel.forms.definition import FormDefinition, build
from tinhso.kernel.forms.models import FormVersion
from tinhso.kernel.organisation.public import remembered


class NoSuchForm(NotFound):
    """No form has this code, or not in this version."""

    code = "forms.no_such_form"
    text = _("The form {form} is not there. Check its code.")


def load_form(code: str, version: int | None = None) -> FormDefinition:
    """
    Return a form in one version, or in the one now in force. Raises NoSuchForm.

    Remembered until a form is published or withdrawn: then one statement, and a second for a version not read before.
    """
    return _read(code, *remembered(("form", code, version), lambda: _find(code, version)))


def _find(code: str, version: int | None) -> tuple[int, str]:
    rows = FormVersion.objects.filter(code=code)
    rows = rows.filter(withdrawn_at__isnull=True) if version is None else rows.filter(version=version)
    found = rows.values_list("version", "sha256").first()
    if found is None:
        raise NoSuchForm(form=code)
    return found


def latest_version(code: str) -> int:
    """Return the number of the version in force. Raises NoSuchForm."""
    found = FormVersion.objects.filter(code=code, withdrawn_at__isnull=True).values_list("version", flat=True).first()
    if found is None:
        raise NoSuchForm(form=code)
    return found


def list_forms() -> list[FormVersion]:
    """Return the forms in force, by code, without their texts."""
    return list(FormVersion.objects.filter(withdrawn_at__isnull=True).defer("schema").order_by("code"))


def list_versions(code: str) -> list[FormVersion]:
    """Return every version of a form, newest first, without the texts."""
    return list(FormVersion.objects.filter(code=code).defer("schema").order_by("-version"))


@functools.lru_cache(maxsize=512)
def _read(code: str, version: int, sha256: str) -> FormDefinition:
    # the fingerprint in the key keeps two databases, or a load rolled back, from sharing what is remembered
    schema = FormVersion.objects.values_list("schema", flat=True).get(code=code, version=version, sha256=sha256)
    return build(code, version, json.loads(schema))
