"""Mail on its way out: claimed in a short act, sent outside of any transaction, then settled in a second act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity import access
from tinhso.kernel.identity.models import Message, MessageState
from tinhso.kernel.identity.protocols import MailRefused, MailSender, MailUnavailable, OutgoingMail, SmsSender
from tinhso.kernel.journal.public import record

BATCH = 50
LEASE = timedelta(minutes=5)
"""How long a claimed message is left alone; a worker that dies leaves it to the next one."""
MOST_TRIES = 10
"""One minute, two, four, … at most six hours apart: a server may be down for a day before a message is given up."""
LONGEST_WAIT = timedelta(hours=6)


class _Nothing(Exception):  # noqa: N818 - rolls back an act that found no work
    pass


EMAIL, SMS = "email", "sms"


def send_messages(sender: MailSender | SmsSender, *, channel: str = EMAIL, actor: Actor, at: datetime) -> int:
    """
    Send the next messages of a channel that are due and return how many went.

    A message that cannot go now is put off, twice as long each time; after ten tries, or when the server says
    never, it is dead (`retry_message` brings it back). Safe to run on two machines at once.
    """
    if not _due(channel, at).exists():
        return 0
    try:
        batch = _take(channel, actor=actor, at=at)
    except _Nothing:
        return 0
    host = settings.MAIL_FROM.rpartition("@")[2].strip(">")
    mails = [OutgoingMail(f"<{row.pk}@{host}>", row.address, row.subject, row.body) for row in batch]
    _settle(batch, sender.send_all(mails), actor=actor, at=at)
    return sum(row.state == MessageState.SENT for row in batch)


def _due(channel: str, at: datetime) -> QuerySet[Message]:
    return Message.objects.filter(state=MessageState.WAITING, next_at__lte=at, channel=channel)


@act
def _take(channel: str, *, actor: Actor, at: datetime) -> list[Message]:
    require(by_system, actor)
    due = _due(channel, at).order_by("next_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    batch = list(due[:BATCH])
    if not batch:
        raise _Nothing
    for row in batch:
        row.tries += 1
        row.next_at = at + LEASE
    Message.objects.bulk_update(batch, ["tries", "next_at"])
    record("identity.messages_taken", ("message", str(batch[0].pk)), actor=actor, at=at, count=len(batch))
    return batch


@act
def _settle(
    batch: Sequence[Message],
    answers: Sequence[MailUnavailable | MailRefused | None],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    require(by_system, actor)
    for row, answer in zip(batch, answers, strict=True):
        if answer is None:
            row.state, row.sent_at, row.last_fault = MessageState.SENT, at, ""
            continue
        row.last_fault = str(answer)[:300]
        row.next_at = at + wait_after(row.tries)
        if isinstance(answer, MailRefused) or row.tries >= MOST_TRIES:
            row.state = MessageState.DEAD
    Message.objects.bulk_update(batch, ["state", "sent_at", "last_fault", "next_at"])
    states = [str(row.state) for row in batch]
    counts: dict[str, Any] = {state: states.count(state) for state in MessageState.values}
    record("identity.messages_sent", ("message", str(batch[0].pk)), actor=actor, at=at, **counts)


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after that many tries: 1, 2, 4, … minutes, six hours at most."""
    return min(timedelta(minutes=2 ** (tries - 1)), LONGEST_WAIT)


@act
def retry_message(message_id: UUID, *, actor: Actor, at: datetime) -> Message:
    """Put a dead message back in the queue. Raises NotFound when there is no dead message of this id."""
    require(access.can_manage_accounts, actor)
    message = Message.objects.filter(pk=message_id, state=MessageState.DEAD).first()
    if message is None:
        raise NotFound
    message.state, message.tries, message.next_at = MessageState.WAITING, 0, at
    message.save(update_fields=["state", "tries", "next_at"])
    record("identity.message_retried", message, actor=actor, at=at)
    return message
