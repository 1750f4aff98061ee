"""Mail by SMTP: one connection per batch, each message answered for itself."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate

from django.conf import settings

from tinhso.kernel.identity.protocols import MailRefused, MailUnavailable, OutgoingMail

TIMEOUT_SECONDS = 10.0
PERMANENT = 500


class SmtpSender:
    """Sends through `settings.SMTP`."""

    def send_all(self, mails: Sequence[OutgoingMail]) -> list[MailUnavailable | MailRefused | None]:
        """Send each and return, in the same order, None or why not."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as fault:
            return [MailUnavailable(str(fault)) for _mail in mails]
        try:
            return [self._send(server, mail) for mail in mails]
        finally:
            # what it says to a goodbye changes nothing: these mails are sent, and must not be sent again
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        host, _colon, port = settings.SMTP.rpartition(":")
        if settings.SMTP_TLS == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, int(port), timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, int(port), timeout=TIMEOUT_SECONDS)
        if settings.SMTP_TLS == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.SMTP_USER:
            server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        return server

    def _send(self, server: smtplib.SMTP, mail: OutgoingMail) -> MailUnavailable | MailRefused | None:
        try:
            server.send_message(_message(mail))
        except smtplib.SMTPRecipientsRefused as fault:
            code, text = next(iter(fault.recipients.values()))
            return _answer(int(code), text)
        except smtplib.SMTPResponseException as fault:
            return _answer(fault.smtp_code, fault.smtp_error)
        except (OSError, smtplib.SMTPException) as fault:
            return MailUnavailable(str(fault))
        except ValueError as fault:
            # an address or subject that cannot be put into a header will not fit tomorrow either
            return MailRefused(str(fault))
        return None


def _message(mail: OutgoingMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.MAIL_FROM
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _answer(code: int, text: bytes | str) -> MailUnavailable | MailRefused:
    said = f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    return MailRefused(said) if code >= PERMANENT else MailUnavailable(said)
