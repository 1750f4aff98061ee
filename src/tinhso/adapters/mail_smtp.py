"""Mail by SMTP: one connection per batch, each message answered for itself."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from django.conf import settings

from tinhso.base.posting import Cut
from tinhso.kernel.identity.protocols import MailRefused, MailUnavailable, OutgoingMail

TIMEOUT_SECONDS = 10.0
"""For each piece of what the server says."""
WHOLE_SECONDS = 60.0
"""For coming in, and again for each mail: a server that says one byte at a time holds the worker no longer."""
PERMANENT = 500


class SmtpSender:
    """Sends through `settings.SMTP`."""

    def send_all(self, mails: Sequence[OutgoingMail]) -> list[MailUnavailable | MailRefused | None]:
        """Send each and return, in the same order, None or why not."""
        lines: list[socket.socket] = []
        try:
            with Cut(WHOLE_SECONDS) as cut:
                server = self._connect(cut, lines)
        except (OSError, ValueError, smtplib.SMTPException) as fault:
            _close(lines)
            return [MailUnavailable(str(fault)) for _mail in mails]
        try:
            return [self._send_in_time(server, lines[0], mail) for mail in mails]
        finally:
            # what it says to a goodbye changes nothing: these mails are sent, and must not be sent again
            with suppress(OSError, ValueError, smtplib.SMTPException), Cut(TIMEOUT_SECONDS) as cut:
                cut.watch(lines[0])
                server.quit()
            server.close()
            _close(lines)

    def _connect(self, cut: Cut, lines: list[socket.socket]) -> smtplib.SMTP:
        """Come in; `cut` and `lines` are given the connection before anything is said on it."""

        def tell(line: socket.socket) -> None:
            lines.append(line.dup())
            cut.watch(line)

        host, _colon, port = settings.SMTP.rpartition(":")
        kind = _Encrypted if settings.SMTP_TLS == "tls" else _Plain
        server = kind(tell, host, int(port))
        if settings.SMTP_TLS == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.SMTP_USER:
            server.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        return server

    def _send_in_time(
        self, server: smtplib.SMTP, line: socket.socket, mail: OutgoingMail
    ) -> MailUnavailable | MailRefused | None:
        with Cut(WHOLE_SECONDS) as cut:
            cut.watch(line)
            return self._send(server, mail)

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


class _Plain(smtplib.SMTP):
    """SMTP that shows its connection as soon as there is one."""

    def __init__(self, tell: Callable[[socket.socket], None], host: str, port: int, **given: Any) -> None:
        self._tell = tell
        super().__init__(host, port, timeout=TIMEOUT_SECONDS, **given)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), timeout)
        self._tell(line)
        return line


class _Encrypted(_Plain):
    """The same, encrypted from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = super()._get_socket(host, port, timeout)
        try:
            return ssl.create_default_context().wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise


def _close(lines: list[socket.socket]) -> None:
    for line in lines:
        line.close()


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
