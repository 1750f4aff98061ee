"""What differs between the kinds of drafts once they are written: what is demanded of them, what they change, how they come in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import Drafted, deploy_flow, drafted
from tinhso.kernel.forms.public import Origin, parse_form, publish_forms
from tinhso.modules.designer.actions.refusals import DocumentFaulty, FormFaulty, NotProved
from tinhso.modules.designer.models import Draft, DraftKind
from tinhso.modules.designer.queries import documents, forms
from tinhso.modules.designer.queries import drafts as flows
from tinhso.modules.designer.queries.documents import document_of
from tinhso.modules.designer.queries.proving import prove


@dataclass(frozen=True, slots=True)
class Kind:
    """How drafts of one kind are proved, compared and published."""

    demand_proof: Callable[[Draft, datetime], None]
    """Raises a Refusal unless it can come in force today."""
    differences: Callable[[Draft], Sequence[Any]]
    current_version: Callable[[str], int]
    publish: Callable[[Draft, Actor, datetime], int]
    """Puts it in force and returns the number of the version."""
    earliest: Callable[[date], date] = lambda day: day
    """The first day from which something approved on a day can hold."""
    is_announced: bool = False
    """It is published at once with the day from which it holds; else the worker publishes it on that day."""


def _flow_proof(draft: Draft, at: datetime) -> None:
    proof = prove(bytes(draft.xml), civil_date(at))
    if not proof.is_proved:
        raise NotProved(problem=proof.unreadable or "; ".join(str(fault) for fault in proof.errors[:3]))


def _publish_flow(draft: Draft, actor: Actor, at: datetime) -> int:
    return deploy_flow(bytes(draft.xml), actor=actor, at=at).version


def _form_proof(draft: Draft, at: datetime) -> None:
    errors = [fault for fault in forms.faults_of(draft, civil_date(at)) if fault.is_error]
    if errors:
        raise FormFaulty(problem="; ".join(f"{each.title}: {each}" if each.title else str(each) for each in errors[:3]))


def _publish_form(draft: Draft, actor: Actor, at: datetime) -> int:
    form = parse_form(draft.code, forms.schema_of(draft))
    return publish_forms([form], actor=actor, at=at, origin=Origin.PAGE)[0].version


def _document_kind(lent: Drafted) -> Kind:
    """Return the kind that another module lends."""

    def demand(draft: Draft, at: datetime) -> None:
        # agencies, forms and flows of the day from which it holds: a reform may lie between
        first = lent.earliest(civil_date(at))
        on = draft.effective_on if draft.effective_on and draft.effective_on >= civil_date(at) else first
        errors = [fault for fault in documents.whole_faults(lent, draft, on) if fault.is_error]
        if errors:
            raise DocumentFaulty(
                problem="; ".join(f"{each.where}: {each}" if each.where else str(each) for each in errors[:3])
            )

    def put_in_force(draft: Draft, actor: Actor, at: datetime) -> int:
        day = draft.effective_on or lent.earliest(civil_date(at))
        return lent.publish(draft.code, document_of(draft), day, base=draft.base_version, actor=actor, at=at)

    return Kind(demand, documents.differences, lent.current, put_in_force, lent.earliest, is_announced=True)


def kind_of(draft: Draft) -> Kind:
    """Return how drafts of its kind are proved, compared and published. Raises NotFound where nobody lends it any more."""
    if draft.kind in KINDS:
        return KINDS[draft.kind]
    lent = drafted(draft.kind)
    if lent is None:
        raise NotFound
    return _document_kind(lent)


KINDS: Final = {
    str(DraftKind.FLOW): Kind(_flow_proof, flows.differences, flows.current_version, _publish_flow),
    str(DraftKind.FORM): Kind(_form_proof, forms.differences, forms.current_version, _publish_form),
}
