"""Putting forms in force and withdrawing them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import Refusal
from tinhso.kernel.forms import access
from tinhso.kernel.forms.definition import FormDefinition, canonical, parse_form
from tinhso.kernel.forms.models import FormVersion, Origin
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import touch


class AlreadyInForce(Refusal):
    """The text is the one in force: publishing it would make a version that says the same."""

    code = "forms.already_in_force"
    text = _("This text is already in force. Change the form, then publish it.")


@act
def publish_form(
    code: str, schema: Mapping[str, Any], *, common: Mapping[str, Any] | None = None, actor: Actor, at: datetime
) -> FormDefinition:
    """Put one form in force; its former version is withdrawn and kept. Raises BadInput, AlreadyInForce."""
    form = parse_form(code, schema, common=common)
    publish_forms([form], actor=actor, at=at)
    return form


@act
def publish_forms(
    forms: Collection[FormDefinition], *, actor: Actor, at: datetime, origin: Origin = Origin.PACK
) -> list[FormVersion]:
    """
    Put checked forms in force, in a handful of statements however many there are; unchanged ones are left alone.

    Raises AlreadyInForce when none of them says anything new.
    """
    require(access.can_publish_form, actor)
    touch()  # first: who publishes at the same moment waits here, and then counts this version
    codes = [form.code for form in forms]
    current = FormVersion.objects.filter(code__in=codes, withdrawn_at__isnull=True)
    in_force = dict(current.values_list("code", "sha256"))
    last = dict(FormVersion.objects.filter(code__in=codes).values_list("code").annotate(last=Max("version")))
    changed = [form for form in forms if in_force.get(form.code) != form.sha256]
    if not changed:
        raise AlreadyInForce
    FormVersion.objects.filter(code__in=[form.code for form in changed], withdrawn_at__isnull=True).update(
        withdrawn_at=at
    )
    rows = FormVersion.objects.bulk_create([_row(form, last.get(form.code, 0) + 1, at, origin) for form in changed])
    for row in rows:
        record("forms.form_published", row, actor=actor, at=at, sha256=row.sha256, title=row.title, origin=row.origin)
    return rows


@act
def withdraw_forms(codes: Collection[str], *, actor: Actor, at: datetime) -> None:
    """Take forms out of force; drafts and dossiers that use them still read them."""
    require(access.can_publish_form, actor)
    rows = list(FormVersion.objects.filter(code__in=codes, withdrawn_at__isnull=True).defer("schema"))
    FormVersion.objects.filter(id__in=[row.id for row in rows]).update(withdrawn_at=at)
    touch()
    for row in rows:
        record("forms.form_withdrawn", row, actor=actor, at=at)


def _row(form: FormDefinition, version: int, at: datetime, origin: Origin) -> FormVersion:
    return FormVersion(
        code=form.code,
        version=version,
        schema=canonical(form.schema),
        sha256=form.sha256,
        title=form.title.vi,
        title_en=form.title.en,
        procedure=form.procedure,
        published_at=at,
        origin=origin,
    )
