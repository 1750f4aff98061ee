"""Acts of a reform: prepare its questions, decide one, hand on a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.base.registry import registry
from tinhso.kernel.journal.public import new_id, record
from tinhso.kernel.organisation import access, events
from tinhso.kernel.organisation.reform.heirs import Heirs
from tinhso.kernel.organisation.reform.loans import Carrier
from tinhso.kernel.organisation.reform_models import Outcome, Reform, ReformQuestion, ReformState
from tinhso.kernel.organisation.stamp import touch

if TYPE_CHECKING:
    from tinhso.kernel.organisation.pack.plan import Header

_ASKED = ("kind", "text", "agency", "candidates", "names", "proposal", "evidence")


class NotACandidate(Refusal):
    """The answer is not among those that the question allows."""

    code = "organisation.not_a_candidate"
    text = _("“{answer}” is not among the answers to this. Choose one that is listed, or postpone it with a reason.")


class ReasonNeeded(Refusal):
    """Postponing is a decision as well."""

    code = "organisation.reason_needed"
    text = _("Say why this is left open: it stands in the journal.")


class ReformInForce(Refusal):
    """What was decided is carried out."""

    code = "organisation.reform_in_force"
    text = _(
        "The reform “{pack}” is in force, and this was decided on {day}. A later change is a succession of its own."
    )


class NothingRuns(Refusal):
    """The reform is not in force yet, or all was handed on."""

    code = "organisation.nothing_runs"
    text = _("The reform “{pack}” is not in force yet, or everything was handed on already.")


@act
def prepare_reform(
    pack: str, province_code: str, header: Header, questions: Sequence[ReformQuestion], *, actor: Actor, at: datetime
) -> Reform:
    """Enter a reform and its questions, so that a person can answer; what was answered stays answered."""
    require(access.can_load_pack, actor)
    given = {
        "effective": header.start,
        "laws": list(header.laws),
        "keeper": header.keeper,
        "fields": dict(header.fields),
    }
    # locked: of two that prepare it at once the second sees what the first asked
    reform, is_new = Reform.objects.select_for_update().get_or_create(
        pack=pack, defaults={"id": new_id(), "province_code": province_code, "prepared_at": at, **given}
    )
    for name, value in given.items():
        setattr(reform, name, value)
    reform.save(update_fields=list(given))
    known = {row.key: row for row in ReformQuestion.objects.filter(reform=reform)}
    new = [row for row in questions if row.key not in known]
    for row in new:
        row.reform = reform
    ReformQuestion.objects.bulk_create(new)
    for row in questions:
        if row.key in known:
            _refresh(known[row.key], row)
    ReformQuestion.objects.filter(reform=reform).exclude(key__in=[row.key for row in questions]).delete()
    record(events.REFORM_PREPARED.key, reform, actor=actor, at=at, new=is_new, questions=len(questions))
    return reform


def _refresh(kept: ReformQuestion, asked: ReformQuestion) -> None:
    """Take over how the pack asks now; an answer that is no longer possible is asked for again."""
    for name in _ASKED:
        setattr(kept, name, getattr(asked, name))
    if kept.answer and kept.answer not in kept.candidates:
        kept.outcome, kept.answer = Outcome.OPEN, ""
    kept.save()


@act
def decide_question(
    question: ReformQuestion, *, answer: str = "", reason: str = "", actor: Actor, at: datetime
) -> ReformQuestion:
    """
    Say what becomes of a unit, or, without an answer, that it is left open and why.

    May be changed until the reform is in force. Raises NotACandidate, ReasonNeeded, ReformInForce.
    """
    require(access.can_decide_reform, actor)
    row = ReformQuestion.objects.select_for_update().get(pk=question.pk)
    reform = question.reform
    if reform.loaded_at is not None and row.outcome == Outcome.DECIDED:
        raise ReformInForce(pack=reform.pack, day=f"{civil_date(row.decided_at or at):%d/%m/%Y}")
    if answer and answer not in row.candidates:
        raise NotACandidate(answer=answer)
    if not answer and not reason.strip():
        raise ReasonNeeded
    row.outcome = Outcome.DECIDED if answer else Outcome.POSTPONED
    row.answer, row.reason = answer, reason.strip()[:500]
    row.decided_by, row.decided_at = actor.name[:200], at
    row.save()
    record(
        events.REFORM_DECIDED.key, reform, actor=actor, at=at, question=row.key, answer=answer, reason=row.reason,
        proposal=row.proposal,
    )  # fmt: skip
    return row


@act
def hand_on(pack: str, heirs: Heirs, *, actor: Actor, at: datetime) -> bool:
    """
    Hand on one batch of what runs in agencies that ended; tell whether anything may be left.

    One act: what is handed on and how far it is are kept together, so that whoever goes on after a crash neither misses nor
    repeats anything. Raises NothingRuns.
    """
    require(access.can_load_pack, actor)
    reform = Reform.objects.select_for_update().get(pack=pack)
    if reform.state != ReformState.RUNNING or reform.effective > civil_date(at):
        raise NothingRuns(pack=pack)
    carriers = registry.of(Carrier)
    keys = [carrier.key for carrier in carriers]
    place = keys.index(reform.carrier) if reform.carrier in keys else 0
    for carrier in carriers[place:]:
        reform.carrier = carrier.key
        done = carrier.hand_on(heirs, limit=carrier.batch, actor=actor, at=at) if carrier.hand_on else 0
        if done:
            reform.handed[carrier.key] = reform.handed.get(carrier.key, 0) + done
            reform.save(update_fields=["carrier", "handed"])
            record(events.REFORM_HANDED_ON.key, reform, actor=actor, at=at, what=carrier.key, count=done)
            return True
    reform.state, reform.done_at, reform.carrier = ReformState.DONE, at, ""
    reform.save(update_fields=["state", "done_at", "carrier"])
    touch()
    record(events.REFORM_DONE.key, reform, actor=actor, at=at, handed=reform.handed)
    return False
