"""Taking a text in: a file or pasted words. What it says is read by the worker; a person decides on it later."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.documents.public import Prepared, link, prepare, save
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import find_agency
from tinhso.modules.plan import access, events
from tinhso.modules.plan.models import Plan, PlanState
from tinhso.modules.plan.queries.reading.files import UnreadError, text_of

SUBJECT = "plan.text"
LARGEST = 30 * 1024**2
"""Bytes of a file."""
_KEPT = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff")
"""First bytes of files that are kept as they are; of a text and a web page the words are."""
UNREAD = {
    "not_text": _("This file holds no text that can be read. Give a PDF, a Word file (.docx), a web page or plain text (UTF-8)."),
    "damaged": _("This file is damaged and could not be opened. Save it anew, then give it again."),
    "empty": _("There are no words in it. Choose the file with the text of the plan."),
    "too_large": _("This is more than can be read: 400 pages or 3 million letters. Give the part that plans and directs."),
    "no_ocr": _("This is a scan, and the program that reads scans is not installed here. Give the file the text was written in."),
    "blank": _("No letter could be read on this scan. Scan it anew with 300 dots per inch, or give the file the text was written in."),
}  # fmt: skip
"""Why a file could not be read, with what to do."""


class KnownAlready(Refusal):
    """The same text was taken in before."""

    code = "plan.known_already"
    text = _("This text was taken in before, as “{name}”. Open it instead of giving it twice.")
    leads_to = ("plan:plan", "plan")


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, looked at before the act: bytes that are kept as a file, or words."""

    name: str
    digest: str
    words: str = ""
    prepared: Prepared | None = None


def look_at(content: bytes, name: str) -> Given:
    """
    Look at a file or pasted words before the act: what is kept as a file is checked, of the rest the words are taken.

    Raises BadInput with what to do, and what `documents.prepare` raises.
    """
    if len(content) > LARGEST:
        raise BadInput(faults=[Fault("/file", UNREAD["too_large"])])
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(_KEPT):
        return Given(name, digest, prepared=prepare(content, name=name))
    try:
        return Given(name, digest, words=text_of(content).text)
    except UnreadError as no:
        raise BadInput(faults=[Fault("/file", UNREAD[str(no)])]) from no


@act
def take_in(given: Given, *, unit: str, actor: Actor, at: datetime) -> Plan:
    """Take a text in for an agency; the worker reads it. Raises NotFound, Forbidden, KnownAlready."""
    agency = find_agency(unit, on=civil_date(at))
    if agency is None:
        raise NotFound
    require(access.can_keep_plan, actor, agency.path_codes)
    known = Plan.objects.filter(unit=agency.code, digest=given.digest)
    before = known.exclude(Q(state=PlanState.WITHDRAWN) | Q(state=PlanState.UNREAD)).first()
    if before is not None:
        raise KnownAlready(name=before.name, plan=before.pk)
    made = Plan(
        title=given.name[:1000], unit=agency.code, text=given.words, file_name=given.name[:300], digest=given.digest,
        taken_by=actor.name[:200], taken_at=at, changed_at=at,
    )  # fmt: skip
    if given.prepared is not None:
        made.document = _kept(given.prepared, made.pk, actor, at)
    made.save(force_insert=True)
    record(events.TAKEN.key, made, actor=actor, at=at, unit=agency.code, file=given.name[:200])
    return made


def _kept(prepared: Prepared, plan_id: UUID, actor: Actor, at: datetime) -> UUID:
    document = save(prepared, actor=actor, at=at, purpose="plan")
    link(document, SUBJECT, str(plan_id), actor=actor, at=at)
    return document.pk
