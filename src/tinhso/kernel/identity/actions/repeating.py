"""
A write that is sent twice acts once (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header).

The key is claimed in the transaction of the act itself: of two requests at the same moment the second waits for the
first, and is given its answer. A refused act leaves nothing behind, so the same key may be tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.models import KeptAnswer
from tinhso.kernel.journal.public import record

KEPT = timedelta(hours=24)
"""So long an answer is given again."""
LONGEST_KEY = 200


class KeyUsedOtherwise(Refusal):
    """The key belongs to another request of the same sender."""

    code = "identity.key_used_otherwise"
    text = _("This Idempotency-Key was used for another request. Make a new key for each new request.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write is answered: the status and a JSON body; `again` when it was done before."""

    status: int
    body: Any
    again: bool = False


class _Claimed(Exception):  # noqa: N818 - not an error: somebody was first
    """Leave the act and its transaction: the key is taken."""


def act_once(do: Callable[[], tuple[int, Any]], *, key: str, request_hash: str, actor: Actor, at: datetime) -> Answer:
    """
    Do a write and keep its answer under the sender's key; when the key has an answer already, return that instead.

    `do` calls acts and returns status and body (JSON values); it runs in one transaction with the claim of the key. An
    empty key keeps nothing. Two statements besides those of `do`. Raises KeyUsedOtherwise and whatever `do` raises.
    """
    try:
        return _claim_and_do(do, key, request_hash, actor, at)
    except _Claimed:
        found = kept_answer(key=key, request_hash=request_hash, actor=actor)
    assert found is not None
    return found


def kept_answer(*, key: str, request_hash: str, actor: Actor) -> Answer | None:
    """Return the answer that is kept under the sender's key; None for none. Raises KeyUsedOtherwise."""
    kept = KeptAnswer.objects.filter(owner=actor.key, key=key).first() if key else None
    if kept is None:
        return None
    if kept.request_hash != request_hash:
        raise KeyUsedOtherwise
    return Answer(kept.status, kept.body, again=True)


@act
def _claim_and_do(do: Callable[[], tuple[int, Any]], key: str, request_hash: str, actor: Actor, at: datetime) -> Answer:
    if key and not _claim(actor.key, key, request_hash, at):
        raise _Claimed
    status, body = do()
    if key:
        KeptAnswer.objects.filter(owner=actor.key, key=key).update(status=status, body=body)
    return Answer(status, body)


def _claim(owner: str, key: str, request_hash: str, at: datetime) -> bool:
    """Put the key down and tell whether it was free; waits for another transaction that holds it."""
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO identity_keptanswer (owner, key, request_hash, status, body, at)"
            " VALUES (%s, %s, %s, 0, 'null', %s) ON CONFLICT (owner, key) DO NOTHING",
            [owner, key, request_hash, moment],
        )
        return bool(cursor.rowcount)


@act
def forget_answers(*, actor: Actor, at: datetime) -> int:
    """Delete answers older than a day and return how many went."""
    require(by_system, actor)
    gone, _kinds = KeptAnswer.objects.filter(at__lt=at - KEPT).delete()
    record("identity.cleaned", ("identity", "kept-answers"), actor=actor, at=at, gone=gone)
    return gone
