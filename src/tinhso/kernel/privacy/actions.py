"""Acts on personal data."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import within
from tinhso.kernel.journal.public import record
from tinhso.kernel.privacy import access
from tinhso.kernel.privacy.gathering import Gathered, gather

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
