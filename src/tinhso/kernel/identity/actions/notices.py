"""Telling people: a notice on the site and, where there is an address, a message by mail. Once per event and reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tinhso.base.actors import Actor, system
from tinhso.base.acts import act, anyone, by_system, require
from tinhso.base.refusals import NotFound, Text
from tinhso.base.text import sms
from tinhso.kernel.identity import access
from tinhso.kernel.identity.actions.messages import SMS
from tinhso.kernel.identity.models import Message, Notice
from tinhso.kernel.identity.queries import Reach, reach_of, render_text
from tinhso.kernel.journal.public import new_id, record


def notify(
    to: str,
    *,
    text: Text,
    facts: Mapping[str, Any] | None = None,
    link: str = "",
    subject: Text = "",
    body: Text = "",
    address: str = "",
    phone: str = "",
    event_id: UUID,
    at: datetime,
    actor: Actor | None = None,
) -> Notice:
    """
    Tell `to` (`person:<id>`, `official:<id>`, `business:<id>`) something, once per `event_id`, and return the notice.

    `text`, `subject` and `body` are English msgids with {facts}; the notice keeps them, so that it reads in the reader's
    language of that day. Mail goes to `address`, which they gave for this matter, else to that of their account or of
    their own; in the language of their account. `subject` defaults to `text`, `body` too. `link` is a path on this site.
    """
    known = Notice.objects.filter(event_id=event_id, recipient=to).first()
    if known:
        return known
    words = _Words(_msgid(text), _msgid(subject or text), _msgid(body or text), dict(facts or {}), link)
    return _tell(to, words, address, phone, event_id=event_id, actor=actor or system("notifier"), at=at)


class _Words:
    """What is said, before it is put into a language."""

    def __init__(self, text: str, subject: str, body: str, facts: dict[str, Any], link: str) -> None:
        self.text, self.subject, self.body, self.facts, self.link = text, subject, body, facts, link

    def mail(self, reach: Reach) -> tuple[str, str]:
        """Return subject and body in the reader's language."""
        with override(reach.language):
            lines = [_("Dear {name},").format(name=reach.name), "", render_text(self.body, self.facts)]
            if self.link:
                lines += ["", settings.PUBLIC_URL + self.link]
            lines += ["", "-- ", _("This message was sent by the province's portal. Do not reply to it.")]
            return " ".join(render_text(self.subject, self.facts).split())[:300], "\n".join(lines)

    def sms(self, reach: Reach) -> str:
        """Return what one short message holds, without marks, in the reader's language."""
        with override(reach.language):
            return sms(render_text(self.text, self.facts))


@act
def _tell(to: str, words: _Words, address: str, phone: str, *, event_id: UUID, actor: Actor, at: datetime) -> Notice:
    require(anyone, actor)
    notice = Notice(event_id=event_id, recipient=to, text=words.text, facts=words.facts, link=words.link, at=at)
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    reach = reach_of(to)
    address = address or reach.email
    if address:
        subject, body = words.mail(reach)
        message = Message(event_id=event_id, recipient=to, address=address, subject=subject, body=body)
        message.queued_at = message.next_at = at
        Message.objects.bulk_create([message], ignore_conflicts=True)
    elif phone:
        message = Message(
            event_id=event_id, recipient=to, channel=SMS, address=phone, subject="", body=words.sms(reach)
        )
        message.queued_at = message.next_at = at
        Message.objects.bulk_create([message], ignore_conflicts=True)
    kind, _colon, key = to.partition(":")
    record(
        "identity.notified",
        (kind, key),
        actor=actor,
        at=at,
        event=str(event_id),
        by_mail=bool(address),
        **_by_sms(address, phone),
    )
    return notice


def _by_sms(address: str, phone: str) -> dict[str, Any]:
    return {"by_sms": True} if phone and not address else {}


@act
def queue_mail(address: str, *, subject: str, body: str, actor: Actor, at: datetime) -> Message:
    """Queue one ready text for one address (what allauth writes: password reset, security notes)."""
    require(by_system, actor)
    message = Message(event_id=new_id(), recipient="account", address=address, body=body)
    message.subject = " ".join(subject.split())[:300]
    message.queued_at = message.next_at = at
    message.save(force_insert=True)
    record("identity.notified", message, actor=actor, at=at, by_mail=True)
    return message


@act
def queue_sms(to: str, text: str, *, event_id: UUID, actor: Actor, at: datetime) -> Message:
    """Queue one short message for a number: the answer to one that came in. Once per event."""
    require(by_system, actor)
    message = Message(event_id=event_id, recipient="phone", channel=SMS, address=to, subject="", body=sms(text))
    message.queued_at = message.next_at = at
    Message.objects.bulk_create([message], ignore_conflicts=True)
    record("identity.notified", message, actor=actor, at=at, by_sms=True)
    return message


@act
def read_notice(notice_id: UUID, *, actor: Actor, at: datetime) -> Notice:
    """Mark one notice as read. Raises NotFound for one that is not the actor's."""
    notice = Notice.objects.filter(pk=notice_id, recipient=actor.key).first()
    if notice is None:
        raise NotFound
    require(access.can_read_notices, actor, notice.recipient)
    notice.read_at = notice.read_at or at
    notice.save(update_fields=["read_at"])
    record("identity.notice_read", ("notice", str(notice.pk)), actor=actor, at=at)
    return notice


@act
def read_all_notices(*, actor: Actor, at: datetime) -> int:
    """Mark all of the actor's notices as read and return how many were not."""
    require(access.can_read_notices, actor, actor.key)
    count = Notice.objects.filter(recipient=actor.key, read_at__isnull=True).update(read_at=at)
    kind, _colon, key = actor.key.partition(":")
    record("identity.notice_read", (kind, key), actor=actor, at=at, count=count)
    return count


def _msgid(text: Text) -> str:
    """Return the English msgid of a lazy text: what is stored must not be in today's language."""
    with override(None):
        return str(text)
