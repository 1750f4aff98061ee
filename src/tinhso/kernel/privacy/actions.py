"""Acts on personal data."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.identity.public import within
from tinhso.kernel.journal.public import record
from tinhso.kernel.privacy import access
from tinhso.kernel.privacy.consents import purposes
from tinhso.kernel.privacy.gathering import Gathered, gather
from tinhso.kernel.privacy.models import Consent

MOST_A_DAY = 5
_DAY_SECONDS = 86400


class TakenTooOften(Refusal):
    """The archive is work for the machine: a few a day are enough for everybody."""

    code = "privacy.taken_too_often"
    text = _("You have downloaded your data {most} times today. Try again tomorrow.")
    status = 429


def hand_out_own_data(*, actor: Actor, at: datetime) -> Gathered:
    """Gather all that is held of the actor, for them; that it was handed out is journalled. Raises TakenTooOften."""
    require(access.can_take_own_data, actor)
    if not within("own-data", actor.key, MOST_A_DAY, seconds=_DAY_SECONDS):
        raise TakenTooOften(most=MOST_A_DAY)
    # read before the act: nobody who writes waits for a long archive
    gathered = gather(actor, at=at)
    _note_handed_out(gathered, actor=actor, at=at)
    return gathered


@act
def _note_handed_out(gathered: Gathered, *, actor: Actor, at: datetime) -> None:
    require(access.can_take_own_data, actor)
    kind, _colon, key = actor.key.partition(":")
    record(
        "privacy.data_handed_out",
        (kind, key),
        actor=actor,
        at=at,
        parts=sorted(gathered.data["parts"]),
        files=len(gathered.files),
        bytes=sum(one.file.size_bytes for one in gathered.files),
    )


class WordsChanged(Refusal):
    """What was read is not what is in force now."""

    code = "privacy.words_changed"
    text = _("The text has changed since you opened the page. Read it again, then decide.")
    status = 409


@act
def give_consent(purpose: str, version: int, *, actor: Actor, at: datetime) -> Consent:
    """
    Consent to a purpose as it is worded now; twice is once. Raises NotFound, WordsChanged.

    `version` is that of the words that were on the screen. A consent to other words ends with this one.
    """
    require(access.can_decide_on_consent, actor)
    asked = next((one for one in purposes(civil_date(at)) if one.key == purpose), None)
    if asked is None:
        raise NotFound
    if asked.version != version:
        raise WordsChanged
    known = Consent.objects.select_for_update().filter(holder=actor.key, purpose=purpose, withdrawn_at=None).first()
    if known and (known.version, known.words_sha256) == (asked.version, asked.sha256):
        _record("privacy.consent_given", known, actor, at)
        return known
    if known:
        _end(known, at)
    given = Consent(holder=actor.key, purpose=purpose, version=asked.version, words_sha256=asked.sha256, given_at=at)
    given.save(force_insert=True)
    _record("privacy.consent_given", given, actor, at)
    return given


@act
def withdraw_consent(purpose: str, *, actor: Actor, at: datetime) -> Consent:
    """Withdraw a consent, whatever its words were: as easy as it was given. Raises NotFound when there is none."""
    require(access.can_decide_on_consent, actor)
    known = Consent.objects.select_for_update().filter(holder=actor.key, purpose=purpose, withdrawn_at=None).first()
    if known is None:
        raise NotFound
    _end(known, at)
    _record("privacy.consent_withdrawn", known, actor, at)
    return known


def _end(consent: Consent, at: datetime) -> None:
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])


def _record(event: str, consent: Consent, actor: Actor, at: datetime) -> None:
    kind, _colon, key = consent.holder.partition(":")
    record(
        event,
        (kind, key),
        actor=actor,
        at=at,
        purpose=consent.purpose,
        version=consent.version,
        words=consent.words_sha256,
    )
