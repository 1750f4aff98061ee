"""
Short messages by HTTP, as the gateways of Vietnamese carriers and aggregators have it, in one plain protocol.

Out: `POST SMS_URL`, JSON {id, to, text, sent_at, signature}. In: the gateway posts a form {id, from, text, sent_at, signature}
to `/ho-so/tin-nhan/`. The signature is HMAC-SHA256, in hex, over the other fields, sorted by name and form-urlencoded.
2xx: taken, the same id again is one message; 4xx: never; anything else: later. An aggregator of another protocol needs another
adapter of these two methods.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx
from django.conf import settings

from tinhso.base import clock
from tinhso.base.posting import post
from tinhso.kernel.identity.protocols import MailRefused, MailUnavailable, OutgoingMail

TIMEOUT = 5.0
WHOLE_SECONDS = 10.0
LONGEST_ANSWER = 10_000
FRESH = timedelta(minutes=15)


class HttpSms:
    """Sends through `settings.SMS_URL`."""

    def send_all(self, mails: Sequence[OutgoingMail]) -> list[MailUnavailable | MailRefused | None]:
        """Send each and return, in the same order, None or why not; a gateway that is away is asked once a batch."""
        answers: list[MailUnavailable | MailRefused | None] = []
        for mail in mails:
            away = answers[-1] if answers and isinstance(answers[-1], MailUnavailable) else None
            answers.append(away or self._send(mail))
        return answers

    def _send(self, mail: OutgoingMail) -> MailUnavailable | MailRefused | None:
        message = {"id": mail.message_id, "to": mail.to, "text": mail.body, "sent_at": clock.now().isoformat()}
        message["signature"] = sign(message, settings.SMS_SECRET)
        try:
            answer = post(
                settings.SMS_URL, json=message, timeout=TIMEOUT, seconds=WHOLE_SECONDS, most_bytes=LONGEST_ANSWER
            )
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            return MailUnavailable(str(fault))
        if answer.is_success:
            return None
        said = f"{answer.status_code} {answer.text[:200]}"
        return MailRefused(said) if answer.is_client_error else MailUnavailable(said)

    def check_signature(self, incoming: Mapping[str, str], *, at: datetime) -> bool:
        """Tell whether a message that came in was signed by our gateway within the last minutes."""
        fields = dict(incoming)
        given = fields.pop("signature", "")
        if not hmac.compare_digest(given.encode(), sign(fields, settings.SMS_SECRET).encode()):
            return False
        try:
            return abs(at - datetime.fromisoformat(fields["sent_at"])) <= FRESH
        except (KeyError, ValueError, TypeError):
            return False


def sign(fields: Mapping[str, str], secret: str) -> str:
    """Return the signature of a message."""
    return hmac.new(secret.encode(), urlencode(sorted(fields.items())).encode(), hashlib.sha256).hexdigest()
