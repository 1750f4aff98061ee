"""What identity asks of the outside: a sender of mail, and a source that says who a citizen is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One plain-text message. `message_id` is stable, so that a second delivery can be recognised."""

    message_id: str
    to: str
    subject: str
    body: str


class MailUnavailable(Exception):  # noqa: N818 - says what is, not that we erred
    """The mail server cannot be reached or says "later": try again."""


class MailRefused(Exception):  # noqa: N818
    """The mail server will never take this message: do not try again."""


class MailSender(Protocol):
    """Sends mail. Named by `settings.MAIL_SENDER`."""

    def send_all(self, mails: Sequence[OutgoingMail]) -> list[MailUnavailable | MailRefused | None]:
        """Send each and return, in the same order, None or why not. Never raises for a mail that fails."""
        ...


class SmsSender(Protocol):
    """Sends short messages: `to` a telephone number, `body` plain text, no subject. Named by `settings.SMS_SENDER`."""

    def send_all(self, mails: Sequence[OutgoingMail]) -> list[MailUnavailable | MailRefused | None]:
        """Send each and return, in the same order, None or why not. Never raises for a message that fails."""
        ...

    def check_signature(self, incoming: Mapping[str, str], *, at: datetime) -> bool:
        """Tell whether a message that came in was signed by our gateway just now."""
        ...


@dataclass(frozen=True, slots=True)
class Identified:
    """Who somebody is, as the source vouches for it."""

    citizen_number: str
    full_name: str
    assurance: str
    level: int
    birth_on: date | None = None
    sex: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    tax_code: str = ""
    """Tax code of the business on whose behalf they come; empty for themselves."""
    business_name: str = ""


class UnusableClaims(Exception):  # noqa: N818
    """The source answered, but not with what is needed; the message says what is missing."""


class CitizenSource(Protocol):
    """Reads the claims of the national sign-on. Named by `settings.CITIZEN_SOURCE`."""

    def read(self, id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> Identified:
        """Return who came. Raises UnusableClaims."""
        ...


def mail_sender() -> MailSender:
    """Return the mail sender that settings name."""
    return cast("MailSender", import_string(settings.MAIL_SENDER)())


def sms_sender() -> SmsSender:
    """Return the sender of short messages that settings name."""
    return cast("SmsSender", import_string(settings.SMS_SENDER)())


def citizen_source() -> CitizenSource:
    """Return the reader of claims that settings name."""
    return cast("CitizenSource", import_string(settings.CITIZEN_SOURCE)())
