"""
A write that is sent twice acts once (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header).

The key is claimed in the transaction of the act itself: of two requests at the same moment the second waits for the
first, and is given its answer. A refused act leaves nothing behind, so the same key may be tried again.
"""

from __future__ import annotations

import json
import logging
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
from tinhso.base.registry import Sealed
from tinhso.base.sealing import seals_answers
from tinhso.kernel.identity.models import KeptAnswer
from tinhso.kernel.identity.sealing import Unsealable, is_current, seal, unseal
from tinhso.kernel.journal.public import record

KEPT = timedelta(hours=24)
"""So long an answer is given again."""
LONGEST_KEY = 200
SEALED = "~sealed"
"""Where the sealed text of a body stands in which something is sensitive."""

log = logging.getLogger(__name__)


class KeyUsedOtherwise(Refusal):
    """The key belongs to another request of the same sender."""

    code = "identity.key_used_otherwise"
    text = _("This Idempotency-Key was used for another request. Make a new key for each new request.")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class AnswerLocked(Refusal):
    """The kept answer lies under a sealing key that is not here."""

    code = "identity.answer_locked"
    text = _(
        "This was done before, and its answer cannot be opened now. Read what came of it instead of sending it again."
    )
    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write is answered: the status and a JSON body; `again` when it was done before."""

    status: int
    body: Any
    again: bool = False


class _Claimed(Exception):  # noqa: N818 - not an error: somebody was first
    """Leave the act and its transaction: the key is taken."""


def act_once(
    do: Callable[[], tuple[int, Any]],
    *,
    key: str,
    request_hash: str,
    is_sensitive: Callable[[Any], bool] = lambda _body: False,
    actor: Actor,
    at: datetime,
) -> Answer:
    """
    Do a write and keep its answer under the sender's key; when the key has an answer already, return that instead.

    `do` calls acts and returns status and body (JSON values); it runs in one transaction with the claim of the key. An
    empty key keeps nothing; a body that `is_sensitive` is kept sealed. Two statements besides those of `do`. Raises
    KeyUsedOtherwise, AnswerLocked and whatever `do` raises.
    """
    try:
        return _claim_and_do(do, key, request_hash, is_sensitive=is_sensitive, actor=actor, at=at)
    except _Claimed:
        found = kept_answer(key=key, request_hash=request_hash, actor=actor)
    assert found is not None
    return found


def kept_answer(*, key: str, request_hash: str, actor: Actor) -> Answer | None:
    """Return the answer that is kept under the sender's key; None for none. Raises KeyUsedOtherwise, AnswerLocked."""
    kept = KeptAnswer.objects.filter(owner=actor.key, key=key).first() if key else None
    if kept is None:
        return None
    if kept.request_hash != request_hash:
        raise KeyUsedOtherwise
    return Answer(kept.status, _opened(kept), again=True)


@act
def _claim_and_do(
    do: Callable[[], tuple[int, Any]],
    key: str,
    request_hash: str,
    *,
    is_sensitive: Callable[[Any], bool],
    actor: Actor,
    at: datetime,
) -> Answer:
    if key and not _claim(actor.key, key, request_hash, at):
        raise _Claimed
    status, body = do()
    if key:
        kept = body
        if seals_answers() and is_sensitive(body):
            kept = {SEALED: seal(json.dumps(body), purpose=_purpose(actor.key, key))}
        KeptAnswer.objects.filter(owner=actor.key, key=key).update(status=status, body=kept)
    return Answer(status, body)


def _opened(kept: KeptAnswer) -> Any:
    if not (text := _text(kept)):
        return kept.body
    try:
        return json.loads(unseal(text, purpose=_purpose(kept.owner, kept.key)))
    except Unsealable as fault:
        log.exception("the kept answer of %s cannot be opened", kept.owner)
        raise AnswerLocked from fault


def _text(kept: KeptAnswer) -> str:
    return str(kept.body.get(SEALED, "")) if isinstance(kept.body, dict) else ""


def _purpose(owner: str, key: str) -> str:
    return f"identity.keptanswer:{owner}:{key}"


def _reseal(kept: KeptAnswer) -> list[str]:
    text, purpose = _text(kept), _purpose(kept.owner, kept.key)
    if is_current(text):
        return []
    try:
        kept.body = {SEALED: seal(unseal(text, purpose=purpose), purpose=purpose)}
    except Unsealable:
        # told by the count that follows, and gone within a day
        return []
    return ["body"]


KEPT_ANSWERS = Sealed(
    "identity.kept-answers",
    lambda: KeptAnswer.objects.filter(body__has_key=SEALED),
    lambda kept: [_text(kept)],
    _reseal,
)


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
