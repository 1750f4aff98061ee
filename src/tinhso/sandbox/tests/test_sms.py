"""Short messages leave our queue over the wire, survive a gateway that is away, and a wrong key is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from tinhso.base.actors import system
from tinhso.base.registry import Periodic, registry
from tinhso.kernel.identity.protocols import MailRefused, OutgoingMail
from tinhso.kernel.identity.public import Message, add_person, notify, sms_sender

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
EVENT = UUID("01900000-0000-7000-8000-000000000009")


def send(at):
    return next(one for one in registry.of(Periodic) if one.key == "identity.sms").call(at=at)


def test_a_notice_goes_by_sms_to_who_has_no_address(sandbox, settings):
    person = add_person(citizen_number="049165000101", full_name="Trần Thị Tư", actor=system("demo"), at=AT)
    for _twice in range(2):
        notify(
            f"person:{person.pk}",
            text="Kết quả “{code}” đã có – mời đến nhận",
            facts={"code": "H1"},
            phone="0905123456",
            event_id=EVENT,
            at=AT,
        )
    message = Message.objects.get()
    assert (message.channel, message.address, message.subject) == ("sms", "0905123456", "")
    assert message.body == 'Ket qua "H1" da co - moi den nhan'
    settings.SMS_URL = "http://127.0.0.1:1/sms/api/messages"
    assert send(AT) == 0
    settings.SMS_URL = f"{sandbox.config.url}/sms/api/messages"
    assert send(AT + timedelta(hours=1)) == 1
    assert send(AT + timedelta(hours=2)) == 0
    (kept,) = httpx.get(settings.SMS_URL).json()
    assert (kept["number"], kept["body"]) == ("0905123456", message.body)


def test_mail_goes_where_there_is_an_address_and_no_sms_then(sandbox):
    person = add_person(citizen_number="049165000101", full_name="Trần Thị Tư", actor=system("demo"), at=AT)
    notify(f"person:{person.pk}", text="Xin chào", address="tu@a.example", phone="0905123456", event_id=EVENT, at=AT)
    assert [message.channel for message in Message.objects.all()] == ["email"]


def test_a_wrong_key_or_number_is_refused_for_ever(sandbox, settings):
    settings.SMS_URL = f"{sandbox.config.url}/sms/api/messages"
    (bad,) = sms_sender().send_all([OutgoingMail("<a@b>", "không phải số", "", "x")])
    assert isinstance(bad, MailRefused)
    settings.SMS_SECRET = "another"
    (bad,) = sms_sender().send_all([OutgoingMail("<a@b>", "0905123456", "", "x")])
    assert "401" in str(bad)
