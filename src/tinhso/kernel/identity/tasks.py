"""What the worker does for identity: mail out, old records away."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import system
from tinhso.kernel.identity import actions
from tinhso.kernel.identity.protocols import mail_sender


def send_mail(*, at: datetime) -> int:
    """Send the mail that is due; returns how many went."""
    return actions.send_messages(mail_sender(), actor=system("mailer"), at=at)


def clean(*, at: datetime) -> int:
    """Delete failed sign-ins after thirty days, kept answers after one, sent messages after ninety; returns how many."""
    cleaner = system("cleaner")
    gone = actions.clean_sign_ins(actor=cleaner, at=at) + actions.forget_answers(actor=cleaner, at=at)
    return gone + actions.forget_messages(actor=cleaner, at=at)


def clean_sessions(*, at: datetime) -> int:
    """Delete sessions that have ended; returns how many went."""
    return actions.clean_sessions(actor=system("cleaner"), at=at)
