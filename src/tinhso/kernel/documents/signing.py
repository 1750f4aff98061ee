"""
Signatures in PDF: PAdES B-B (ETSI EN 319 142-1), one visible field, and what can be said about the ones found.

The key never passes through here: a `SigningKey` signs bytes and shows its certificates. Where it lives (memory, token,
HSM, remote service) is an adapter's business. The picture of the signature is set by typst, so Vietnamese names are drawn
with the fonts of the house.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from tinhso.base.actors import Actor
from tinhso.base.clock import civil
from tinhso.kernel.documents.refusals import KeyNotValid


class SigningKey(Protocol):
    """A private key that signs when asked, with the certificates that vouch for it (DER)."""

    certificate: bytes
    chain: tuple[bytes, ...]
    """Issuers from the nearest up; the root may be left out."""

    def sign(self, data: bytes, digest: str) -> bytes:
        """Return the signature over `data` (hashed with `digest`): RSA PKCS#1 v1.5, or ECDSA as DER."""
        ...


class KeyRing(Protocol):
    """Where officials' keys are kept; the settings name one (`KEY_RING`)."""

    def open_key(self, owner: str, pin: str, *, at: datetime) -> SigningKey:
        """Return the key of an official (`actor.key`). Raises NoKey, WrongPin, KeyBlocked, KeyNotValid."""
        ...

    def has_key(self, owner: str) -> bool:
        """Tell whether the official has a key here."""
        ...

    def issue_key(self, owner: str, pin: str, *, name: str, organisation: str, staff_code: str, at: datetime) -> bytes:
        """Make a key for an official and return its certificate (DER). Raises WeakPin, CannotIssue."""
        ...

    def roots(self) -> tuple[bytes, ...]:
        """Return the root certificates (DER) against which our own signatures are checked."""
        ...


def get_key_ring() -> KeyRing:
    """Return the key ring that the settings name."""
    ring: KeyRing = import_string(settings.KEY_RING)()
    return ring


def signing_key_of(actor: Actor, *, pin: str, at: datetime) -> SigningKey:
    """Return the signing key of an official who gives the PIN. Raises NoKey, WrongPin, KeyBlocked, KeyNotValid."""
    return get_key_ring().open_key(actor.key, pin, at=at)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate names."""

    name: str
    organisation: str
    serial_number: str
    not_before: datetime
    not_after: datetime


def holder_of(certificate: bytes) -> Holder:
    """Return whom a certificate (DER) names: CN, O, serialNumber, and from when to when."""
    # read only where certificates are
    from asn1crypto import x509

    cert = x509.Certificate.load(certificate)
    subject = cert.subject.native
    return Holder(
        name=_one(subject.get("common_name")),
        organisation=_one(subject.get("organization_name")),
        serial_number=_one(subject.get("serial_number")),
        not_before=cert.not_valid_before,
        not_after=cert.not_valid_after,
    )


def sign_pdf(
    pdf: bytes,
    *,
    key: SigningKey,
    reason: str = "",
    location: str = "",
    at: datetime,
    field: str = "",
    visible: bool = True,
) -> bytes:
    """
    Return the PDF with one more signature, as an increment: earlier signatures stay good.

    `field` names an empty signature field to fill; left out, the first empty one, else a new one on the last page.
    Raises KeyNotValid outside the certificate's time, CannotSign for what cannot take a signature.
    """
    holder = holder_of(key.certificate)
    if not holder.not_before <= at <= holder.not_after:
        raise KeyNotValid(day=civil(at).strftime("%d/%m/%Y"))
    # pyHanko is slow to import, and few processes sign
    from tinhso.kernel.documents.pades.signatures import add_signature

    return add_signature(
        pdf, key=key, holder=holder, reason=reason, location=location, at=at, field=field, visible=visible
    )


def _one(value: Any) -> str:
    """Return the name part as one string: asn1crypto gives a list where a part occurs twice."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value or "")
