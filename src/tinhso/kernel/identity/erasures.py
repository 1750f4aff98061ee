"""What identity erases when its time is over (`base.personal.Erasure`); called within an act of `kernel.privacy`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from tinhso.base.actors import Actor
from tinhso.base.personal import Before
from tinhso.kernel.identity.models import FailedSignIn, Message, MessageState, Notice

GONE = _("What this notice said is no longer kept.")
"""Stands where a notice stood."""


def failed_sign_ins(before: Before) -> QuerySet[FailedSignIn]:
    """Return the failed tries of before."""
    return FailedSignIn.objects.filter(at__lt=before.moment).order_by("at")


def delete_sign_ins(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Delete these tries; return how many went."""
    return FailedSignIn.objects.filter(pk__in=keys).delete()[0]


def messages(before: Before) -> QuerySet[Message]:
    """Return what was sent before. What still waits, or is dead, stays."""
    return Message.objects.filter(_older(before), state=MessageState.SENT, sent_at__lt=before.moment).order_by("pk")


def delete_messages(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Delete these messages; return how many went."""
    return Message.objects.filter(pk__in=keys).delete()[0]


def notices(before: Before) -> QuerySet[Notice]:
    """Return the notices of before, read or not, that still say something."""
    return Notice.objects.filter(_older(before), at__lt=before.moment).exclude(text=GONE).order_by("pk")


def empty_notices(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Empty these notices; return how many. That somebody was told stays: the checker asks for it (`check-all`)."""
    return Notice.objects.filter(pk__in=keys).update(text=GONE, facts={}, link="")


def _older(before: Before) -> Q:
    """Return the condition on ids, which lie in the order of time: the old ones are found without reading the others."""
    if before.moment is None:
        return Q(pk__in=[])
    return Q(pk__lt=UUID(int=int(before.moment.timestamp() * 1000) << 80))
