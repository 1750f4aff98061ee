"""Mail leaves our queue by SMTP, reaches the mailbox, survives a dead server, and gives up where it must."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from django.utils.module_loading import import_string

from tinhso.base.actors import system
from tinhso.base.registry import Periodic, registry
from tinhso.kernel.identity.protocols import MailRefused, OutgoingMail
from tinhso.kernel.identity.public import Message, add_person, notify

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
EVENT = UUID("01900000-0000-7000-8000-000000000001")


def send(at=AT):
    return next(one for one in registry.of(Periodic) if one.key == "identity.mail").call(at=at)


def person(email):
    return add_person(citizen_number="049165000101", full_name="Trần Thị Tư", email=email, actor=system("demo"), at=AT)


def tell(email, event=EVENT):
    return notify(
        f"person:{person(email).pk}", text="Dossier {code} is ready.", facts={"code": "H1"}, link="/ho-so/H1/",
        event_id=event, at=AT,
    )  # fmt: skip


def mailbox(sandbox, to):
    return httpx.get(f"{sandbox.config.url}/mail/api/messages", params={"to": to}, trust_env=False).json()


def test_notice_arrives_as_mail(at_sandbox, settings):
    settings.PUBLIC_URL = "https://tinh.example"
    tell("tu@dan.example")
    assert send() == 1
    mail = mailbox(at_sandbox, "tu@dan.example")[0]
    message = Message.objects.get()
    assert mail["subject"] == "Dossier H1 is ready."
    assert "https://tinh.example/ho-so/H1/" in mail["body"]
    assert "Trần Thị Tư" in mail["body"]
    assert mail["message_id"].startswith(f"<{message.pk}@")
    assert (message.state, message.sent_at) == ("sent", AT)
    assert send() == 0
    page = httpx.get(f"{at_sandbox.config.url}/mail/{mail['id']}/", trust_env=False)
    assert "Trần Thị Tư" in page.text


def test_dead_server_puts_mail_off_and_then_it_goes(at_sandbox, settings):
    living = settings.SMTP
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.SMTP = f"127.0.0.1:{probe.getsockname()[1]}"
    tell("sau@dan.example")
    assert send() == 0
    message = Message.objects.get()
    assert (message.state, message.tries, message.next_at) == ("waiting", 1, AT + timedelta(minutes=1))
    assert message.last_fault
    assert send(AT + timedelta(seconds=59)) == 0
    message.refresh_from_db()
    assert message.tries == 1
    assert send(AT + timedelta(seconds=61)) == 0
    message.refresh_from_db()
    assert (message.tries, message.next_at) == (2, AT + timedelta(minutes=3, seconds=1))
    settings.SMTP = living
    assert send(AT + timedelta(minutes=4)) == 1
    assert len(mailbox(at_sandbox, "sau@dan.example")) == 1


def test_refused_recipient_is_dead_at_once(at_sandbox):
    tell("refuse@dan.example")
    assert send() == 0
    message = Message.objects.get()
    assert (message.state, message.tries) == ("dead", 1)
    assert message.last_fault.startswith("550")


def test_later_is_tried_ten_times_then_dead(at_sandbox):
    tell("later@dan.example")
    at = AT
    for _try in range(12):
        send(at)
        at += timedelta(hours=7)
    message = Message.objects.get()
    assert (message.state, message.tries) == ("dead", 10)
    assert message.last_fault.startswith("451")


def test_one_bad_mail_does_not_stop_the_others(at_sandbox):
    sender = import_string("tinhso.adapters.mail_smtp.SmtpSender")()
    mails = [
        OutgoingMail(f"<{n}@x>", to, "Xin chào", "Nội dung")
        for n, to in enumerate(["refuse@dan.example", "ok@dan.example"])
    ]
    answers = sender.send_all(mails)
    assert isinstance(answers[0], MailRefused)
    assert answers[1] is None
    assert len(mailbox(at_sandbox, "ok@dan.example")) == 1


def test_mailbox_shows_no_markup_of_a_mail(at_sandbox):
    mail = OutgoingMail("<1@x>", "markup@dan.example", "<script>alert(1)</script>", "<b>đậm</b>")
    import_string("tinhso.adapters.mail_smtp.SmtpSender")().send_all([mail])
    number = mailbox(at_sandbox, "markup@dan.example")[0]["id"]
    for path in ("/mail/", f"/mail/{number}/"):
        page = httpx.get(at_sandbox.config.url + path, trust_env=False)
        assert "&lt;script&gt;" in page.text
        assert "<script>" not in page.text
