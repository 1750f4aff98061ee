"""What the worker does for identity: mail out, old records away."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import system
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.protocols import mail_sender, sms_sender


def send_mail(*, at: datetime) -> int:
    """Send the mail that is due; returns how many went."""
    return actions.send_messages(mail_sender(), actor=system("mailer"), at=at)


def send_sms(*, at: datetime) -> int:
    """Send the short messages that are due; returns how many went."""
    return actions.send_messages(sms_sender(), channel="sms", actor=system("mailer"), at=at)


def clean(*, at: datetime) -> int:
    """Delete kept answers after a day; returns how many. What is personal goes by the rules of retention (`kernel.privacy`)."""
    return actions.forget_answers(actor=system("cleaner"), at=at)


def clean_sessions(*, at: datetime) -> int:
    """Delete sessions that have ended; returns how many went."""
    return actions.clean_sessions(actor=system("cleaner"), at=at)
