"""The private halves of the keys that sign identities, as they lie in the database: sealed for this purpose only."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.base.registry import Sealed
from tinhso.kernel.identity.public import Unsealable, is_current, seal, unseal
from tinhso.kernel.signon.models import SigningKey

log = logging.getLogger(__name__)

PURPOSE: Final = "signon.signing-key"


class CannotSign(Refusal):
    """The key that signs identities lies under a sealing key that is not here."""

    code = "signon.cannot_sign"
    text = _("Identities cannot be signed now. Nothing was used up; try again later. The administrator must look.")
    status = HTTPStatus.SERVICE_UNAVAILABLE


def seal_key(pem: str) -> str:
    """Return a private key sealed."""
    return seal(pem, purpose=PURPOSE)


def open_key(sealed: str) -> str:
    """Return what `seal_key` was given; also what earlier versions sealed without a purpose of its own. Raises Unsealable."""
    try:
        return unseal(sealed, purpose=PURPOSE)
    except Unsealable:
        return unseal(sealed)


def open_to_sign(key: SigningKey) -> str:
    """Return the private half of a key. Raises CannotSign, and tells the operator why."""
    try:
        return open_key(key.sealed)
    except Unsealable as fault:
        log.exception("the signing key %s cannot be opened", key.kid)
        raise CannotSign from fault


def _reseal(key: SigningKey) -> list[str]:
    if is_current(key.sealed):
        return []
    try:
        key.sealed = seal_key(open_key(key.sealed))
    except Unsealable:
        # told by the count that follows; the row stays for whoever finds the key again
        return []
    return ["sealed"]


SIGNING_KEYS: Final = Sealed(
    "signon.signing-keys", lambda: SigningKey.objects.exclude(sealed=""), lambda key: [key.sealed], _reseal
)
