"""The desk looks at a group that an applicant claims to belong to: confirmed, or not, with a reason (S-07)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.journal.public import record
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.owing import count_fee_anew
from tinhso.modules.onestop.actions.steps import WrongState, locked_dossier, save
from tinhso.modules.onestop.models import ClaimState, Dossier, FeeClaim


@act
def confirm_claim(code: str, group: str, *, note: str = "", actor: Actor, at: datetime) -> FeeClaim:
    """
    Confirm that somebody belongs to a group that pays less. Raises NotFound, WrongState, FeeSettled, BadInput.

    Where no paper of the dossier shows it, `note` says by what it was seen.
    """
    dossier, claim = _claim(code, group, actor)
    papers = list(
        dossier.files.filter(component_code__in=claim.evidence, replaced_at=None).values_list("sha256", flat=True)
    )
    if not papers and not note.strip():
        text = _("No paper in the dossier shows it. Say what you have seen.")
        raise BadInput(faults=[Fault("/reason", text, "required")])
    _decide(dossier, claim, ClaimState.CONFIRMED, note, actor=actor, at=at)
    record(
        "onestop.claim_confirmed", dossier, actor=actor, at=at, group=group, law=claim.law, papers=papers,
        note=claim.reason,
    )  # fmt: skip
    return claim


@act
def refuse_claim(code: str, group: str, *, reason: str, actor: Actor, at: datetime) -> FeeClaim:
    """
    Not confirm a group: what it lowered the fee by is due. Nothing else of the dossier waits for it.

    Raises NotFound, WrongState, FeeSettled, BadInput without a reason.
    """
    dossier, claim = _claim(code, group, actor)
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason. The applicant reads exactly this."), "required")])
    _decide(dossier, claim, ClaimState.REFUSED, reason, actor=actor, at=at)
    record("onestop.claim_refused", dossier, actor=actor, at=at, group=group, law=claim.law, reason=claim.reason)
    return claim


def _claim(code: str, group: str, actor: Actor) -> tuple[Dossier, FeeClaim]:
    dossier = locked_dossier(code, actor)
    require(access.can_judge_claim, actor, dossier)
    claim = dossier.claims.filter(group=group).first()
    if claim is None:
        raise NotFound
    now = NationalState(dossier.state)
    if not now.is_open:
        raise WrongState(dossier=code, state=gettext(now.title))
    return dossier, claim


def _decide(dossier: Dossier, claim: FeeClaim, state: ClaimState, words: str, *, actor: Actor, at: datetime) -> None:
    claim.state, claim.reason = state, words.strip()[:1000]
    claim.decided_by, claim.decided_at = actor.name, at
    claim.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    save(dossier, *count_fee_anew(dossier, dossier.answers, actor=actor, at=at))
