"""Drafts of forms: their questions, what is wrong with them, what changes against the version in force, who needs what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from tinhso.base.refusals import Text
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import Service, ServiceCatalogue
from tinhso.kernel.forms.public import (
    KINDS,
    CannotEdit,
    FormChange,
    FormFault,
    FormVersion,
    NoSuchForm,
    Row,
    Use,
    compare_forms,
    condition_words,
    examine,
    find_faults,
    latest_version,
    list_forms,
    load_form,
    outline,
)
from tinhso.law.fees import MalformedFeeRule, read_fee_rule
from tinhso.modules.designer.models import Draft, DraftKind, DraftState
from tinhso.modules.designer.queries.drafts import get_draft, list_drafts

PAGE = 200
SHAPELESS = ("ref", "ref_depth", "type", "items")
"""Faults that leave nothing to show on a page: such a file is mended where it was written."""
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{1,59}")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table of questions, with what is asked for and when in words."""

    row: Row
    kind: Text
    when: str


def lines_of(schema: Mapping[str, Any]) -> list[Line]:
    """Return the table of the steps and questions of a form."""
    return [
        Line(row, KINDS.get(row.kind, row.kind), condition_words(schema, row.path, row.when) if row.when else "")
        for row in outline(schema)
    ]


def list_form_drafts(*, is_open: bool = True) -> list[Draft]:
    """Return drafts of forms without their files, last changed first. One statement."""
    return list_drafts(kind=DraftKind.FORM, is_open=is_open)


def get_form_draft(draft_id: UUID) -> Draft:
    """Return the draft of a form. Raises NotFound."""
    return get_draft(draft_id, DraftKind.FORM)


def schema_of(draft: Draft) -> dict[str, Any]:
    """Return what is written in a draft."""
    found: dict[str, Any] = json.loads(bytes(draft.xml))
    return found


def file_of(draft: Draft) -> str:
    """Return a draft as the pack keeps a form: checked ones self-contained, so that loading the file changes nothing."""
    schema, problems = examine(schema_of(draft))
    return json.dumps(schema_of(draft) if problems else schema, ensure_ascii=False, indent=2) + "\n"


def resolved(schema: Mapping[str, Any], common: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the code of an uploaded form and its schema with what it names put in place. Raises CannotEdit."""
    made, problems = examine(schema, common)
    shapeless = [each for each in problems if each.code in SHAPELESS or each.code.startswith("shape_")]
    members = made.get("properties")
    bare = members.values() if isinstance(members, Mapping) else ()
    shapeless += [
        each for each in problems if each.code == "steps" and not all(isinstance(one, Mapping) for one in bare)
    ]
    if shapeless:
        raise CannotEdit(why="; ".join(f"{each.pointer}: {each}" for each in shapeless[:3]))
    code = str(made.get("x-procedure") or made.get("$id") or "")
    if not CODE.fullmatch(code):
        raise CannotEdit(why=gettext("The file does not say whose form it is: write the code as “x-procedure”."))
    return code, made


def current_version(code: str) -> int:
    """Return the number of the form in force, 0 when there is none. One statement."""
    try:
        return latest_version(code)
    except NoSuchForm:
        return 0


def forms_in_force() -> list[FormVersion]:
    """Return the forms in force without their texts. One statement."""
    return list_forms()


def base_of(draft: Draft) -> Mapping[str, Any] | None:
    """Return the form that a draft is compared with: the one in force, of a published draft the one it replaced."""
    number = draft.base_version if draft.state == DraftState.PUBLISHED else current_version(draft.code)
    return load_form(draft.code, number).schema if number else None


def differences(draft: Draft) -> list[FormChange]:
    """Return in sentences what changes against the form in force; nothing for a form that there was not."""
    old = base_of(draft)
    made, problems = examine(schema_of(draft))
    return compare_forms(old, schema_of(draft) if problems else made) if old is not None else []


def faults_of(draft: Draft, on: date) -> list[FormFault]:
    """Return what is wrong with a draft, faults first: as a file, and for the procedures that use the form on a day."""
    found = find_faults(schema_of(draft), code=draft.code, old=base_of(draft), uses=uses_of(draft.code, on))
    return sorted(found, key=lambda fault: not fault.is_error)


def uses_of(code: str, on: date) -> list[Use]:
    """Return which questions of a form are needed by procedures: to reckon fees, to hold papers against, to be read."""
    return [use for service in services_of(code, on) for use in _uses(service)]


def _uses(service: Service) -> Iterator[Use]:
    said = {"name": service.name}
    if service.fee_rule:
        try:
            rule = read_fee_rule(service.fee_rule)
        except MalformedFeeRule:
            rule = None
        asked = [path for item in rule.items for path in (item.quantity, item.only_if)] if rule else []
        for path in [*asked, rule.group_answer if rule else ""]:
            if path:
                yield Use(path, gettext("the fee of “{name}” is reckoned by it").format(**said))
    for component in service.components:
        for shown in component.shows:
            path = shown.pointer.strip("/").replace("/", ".")
            yield Use(path, gettext("the paper “{paper}” is held against it").format(paper=component.name))
    for part in service.parts:
        for step in part.reads:
            yield Use(step, gettext("“{part}” reads this step in “{name}”").format(part=part.task or part.key, **said))


def services_of(code: str, on: date) -> Iterator[Service]:
    """Yield the procedures that ask by a form on a day."""
    for catalogue in registry.of(ServiceCatalogue):
        after = ""
        while catalogue.list is not None:
            found = catalogue.list(on=on, after=after, limit=PAGE)
            yield from (service for service in found if service.form_code == code)
            if len(found) < PAGE:
                break
            after = found[-1].code


def prefills(schema: Mapping[str, Any]) -> list[str]:
    """Return from where answers can be filled in: what this form and those in force name."""
    known = {str(row.node["x-prefill"]) for row in outline(schema) if row.node.get("x-prefill")}
    for form in list_forms():
        known |= {field.prefill for _path, field in load_form(form.code, form.version).fields() if field.prefill}
    return sorted(known)
