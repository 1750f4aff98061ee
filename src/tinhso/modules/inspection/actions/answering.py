"""What people do with findings. Nobody closes their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.documents.public import link_many, list_own
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import get_official, holdings_of
from tinhso.modules.inspection import access, events
from tinhso.modules.inspection.actions.finding import answer_by
from tinhso.modules.inspection.models import UNDONE, Finding, FindingState, Standing, Verb, Word
from tinhso.modules.inspection.queries.findings import FILES_OF
from tinhso.modules.inspection.queries.posts import post_of

LONGEST = 4000
MOST_FILES = 5


class FindingClosed(Refusal):
    """Nothing is to be done about it any more."""

    code = "inspection.finding_closed"
    text = _("This finding is closed. Only an inspector of the province opens it again.")


class FindingOpen(Refusal):
    """It is not closed, so it cannot be opened again."""

    code = "inspection.finding_open"
    text = _("This finding is still open.")


class FindingErased(Refusal):
    """Nobody can judge what is not there any more."""

    code = "inspection.finding_erased"
    text = _("Names and words of this finding were erased in their time. It cannot be opened again.")


class OwnFinding(Refusal):
    """Nobody decides about a finding on an act of their own, or on their own answer."""

    code = "inspection.own_finding"
    text = _("This finding is about your own act or answer. Somebody else must close it.")
    status = 403


class NotThere(BadInput):
    """The official holds no post in the agency of the finding."""

    code = "inspection.not_there"
    text = _("This official holds no post in the agency of the finding. Choose a colleague there.")


def _locked(finding_id: UUID, actor: Actor) -> Finding:
    found = Finding.objects.select_for_update(of=("self",)).select_related("scenario").filter(pk=finding_id).first()
    if found is None or not access.can_see(actor, found):
        raise NotFound
    return found


def _open(finding_id: UUID, actor: Actor) -> Finding:
    finding = _locked(finding_id, actor)
    if not finding.is_undone:
        raise FindingClosed
    return finding


def _said(text: str) -> str:
    words = text.strip()
    if not words:
        raise BadInput(faults=[Fault("/text", _("Write why, in your own words."), "required")])
    if len(words) > LONGEST:
        raise BadInput(faults=[Fault("/text", _("This is too long. Shorten it."), "too_long")])
    return words


def _keep(finding: Finding, verb: Verb, text: str, actor: Actor, at: datetime, *fields: str) -> Word:
    finding.revision += 1
    finding.save(update_fields=[*fields, "state", "revision"])
    return Word.objects.create(
        finding=finding,
        verb=verb,
        text=text,
        by_key=actor.key,
        by_name=actor.name[:200],
        by_post=post_of(actor, finding.agency_code, at),
        at=at,
    )


def _attach(word: Word, files: Sequence[UUID], actor: Actor) -> int:
    """Attach the actor's own files to what they said. Returns how many."""
    if len(files) > MOST_FILES:
        raise BadInput(faults=[Fault("/files", _("Too many files: at most 5 go with an answer."))])
    own = list_own(files, seen_by=actor)
    if len(own) != len(set(files)):
        raise NotFound
    link_many([one.pk for one in own], FILES_OF, str(word.finding_id), str(word.pk))
    return len(own)


@act
def assign_finding(finding_id: UUID, official_id: UUID, *, actor: Actor, at: datetime) -> Finding:
    """Have an official of the agency answer a finding; their time begins now. Raises NotFound, FindingClosed, NotThere."""
    finding = _open(finding_id, actor)
    require(access.can_assign, actor, finding)
    official = get_official(official_id)
    if finding.agency_code not in _agencies_of(official_id, at):
        raise NotThere(faults=[Fault("/official_id", NotThere.text)])
    finding.assigned_key, finding.assigned_name = f"official:{official.id}", official.full_name
    finding.answer_by = answer_by(finding.scenario.answer_hours, finding.agency_code, at)
    _keep(finding, Verb.ASSIGNED, official.full_name, actor, at, "assigned_key", "assigned_name", "answer_by")
    record(events.ASSIGNED.key, finding, actor=actor, at=at, agency=finding.agency_code, to=finding.assigned_key)
    return finding


def _agencies_of(official_id: UUID, at: datetime) -> set[str]:
    """Return where an official works: their agencies and those above, as a division works for its agency."""
    return {code for held in holdings_of(official_id, civil_date(at)) for code in (held.agency, *held.agency_path[1:])}


@act
def answer_finding(finding_id: UUID, text: str, *, files: Sequence[UUID] = (), actor: Actor, at: datetime) -> Finding:
    """
    Answer a finding: what happened and why, with files that the actor has saved (checked and scanned as every upload).

    Raises NotFound, FindingClosed, BadInput.
    """
    finding = _open(finding_id, actor)
    require(access.can_answer, actor, finding)
    if finding.state != FindingState.CONTESTED:  # whoever answers does not take back what another contests
        finding.state = FindingState.ANSWERED
    attached = _attach(_keep(finding, Verb.ANSWERED, _said(text), actor, at), files, actor)
    late = at > finding.answer_by
    record(events.ANSWERED.key, finding, actor=actor, at=at, agency=finding.agency_code, late=late, files=attached)
    return finding


@act
def contest_finding(finding_id: UUID, text: str, *, files: Sequence[UUID] = (), actor: Actor, at: datetime) -> Finding:
    """Contest a finding as the official concerned, with files as an answer. Raises NotFound, FindingClosed, BadInput."""
    finding = _open(finding_id, actor)
    require(access.can_contest, actor, finding)
    if not finding.words.filter(verb=Verb.CONTESTED).exists():  # each finding counts once
        Standing.objects.filter(pk=finding.code).update(contested=F("contested") + 1)
    finding.state = FindingState.CONTESTED
    attached = _attach(_keep(finding, Verb.CONTESTED, _said(text), actor, at), files, actor)
    record(events.CONTESTED.key, finding, actor=actor, at=at, agency=finding.agency_code, files=attached)
    return finding


@act
def close_finding(finding_id: UUID, text: str, *, is_false: bool, actor: Actor, at: datetime) -> Finding:
    """Close a finding as upheld or as a false alarm, and count which. Raises NotFound, FindingClosed, OwnFinding, BadInput."""
    finding = _open(finding_id, actor)
    require(access.can_close, actor, finding)
    answered = finding.words.filter(by_key=actor.key, verb__in=[Verb.ANSWERED, Verb.CONTESTED]).exists()
    if actor.key in (finding.concerned_key, finding.assigned_key) or answered:
        raise OwnFinding
    words = _said(text)
    finding.state = FindingState.FALSE if is_false else FindingState.UPHELD
    finding.closed_at, finding.closed_by = at, actor.name[:200]
    counted = "false" if is_false else "upheld"
    Standing.objects.filter(pk=finding.code).update(**{counted: F(counted) + 1})
    _keep(finding, Verb.FALSE if is_false else Verb.UPHELD, words, actor, at, "closed_at", "closed_by")
    record(events.CLOSED.key, finding, actor=actor, at=at, agency=finding.agency_code, false=is_false)
    return finding


@act
def reopen_finding(finding_id: UUID, text: str, *, actor: Actor, at: datetime) -> Finding:
    """Open a closed finding again; it counts neither as upheld nor as false then. Raises NotFound, FindingOpen, BadInput."""
    finding = _locked(finding_id, actor)
    require(access.can_reopen, actor, finding)
    if finding.state in UNDONE:
        raise FindingOpen
    if finding.erased_at is not None:
        raise FindingErased
    words = _said(text)
    counted = "false" if finding.state == FindingState.FALSE else "upheld"
    Standing.objects.filter(pk=finding.code).update(**{counted: F(counted) - 1})
    finding.state, finding.closed_at, finding.closed_by = FindingState.OPEN, None, ""
    finding.answer_by = answer_by(finding.scenario.answer_hours, finding.agency_code, at)
    _keep(finding, Verb.REOPENED, words, actor, at, "closed_at", "closed_by", "answer_by")
    record(events.REOPENED.key, finding, actor=actor, at=at, agency=finding.agency_code)
    return finding
