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
    """Delete failed sign-ins older than thirty days and kept answers older than one; returns how many went."""
    cleaner = system("cleaner")
    return actions.clean_sign_ins(actor=cleaner, at=at) + actions.forget_answers(actor=cleaner, at=at)
