"""A short message that came in is answered with what is public, and the question is journalled without the number."""

from __future__ import annotations

import uuid
from datetime import datetime

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.identity.public import queue_sms
from tinhso.kernel.journal.public import record

INCOMING = uuid.UUID("6f0c8f0a-6f51-5d0e-9a53-0b6f6d6b3a10")
"""Space of names of messages that come in: the same one told twice is one."""


@act
def answer_sms(message_id: str, number: str, answer: str, *, code: str, actor: Actor, at: datetime) -> None:
    """Queue the answer to a message, once; the journal has the code and the last three digits of the number."""
    require(by_system, actor)
    event = uuid.uuid5(INCOMING, message_id)
    queue_sms(number, answer, event_id=event, actor=actor, at=at)
    record("onestop.asked_by_sms", ("sms", str(event)), actor=actor, at=at, code=code, number=f"…{number[-3:]}")
