"""What can be said about the signatures found in a PDF: who, when, whether it still is what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tinhso.kernel.documents.signing import Holder, get_key_ring


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature of a PDF. Trust it only when `is_good`."""

    field: str
    signer: Holder | None
    """None when the signature is too broken to tell."""
    signed_at: datetime | None
    """The moment claimed by the signer; no time-stamp authority vouches for it (PAdES B-B)."""
    reason: str
    location: str
    intact: bool
    """The signed bytes are what was signed, and the signature over them is right."""
    covers_whole_document: bool
    """Nothing was added to the file after this signature."""
    modified_after: bool
    """Something was added after it that is neither a further signature nor a field filled in."""
    trusted: bool
    """The certificate leads to one of the roots and was in force at the moment of signing."""
    fault: str = ""
    """What pyHanko says is wrong, in English, for experts."""

    @property
    def is_good(self) -> bool:
        """Tell whether the signature is intact, trusted, and the document still says what was signed."""
        return self.intact and self.trusted and not self.modified_after


def verify_pdf(pdf: bytes, *, roots: Iterable[bytes] | None = None) -> list[SignatureReport]:
    """
    Return a report for each signature, oldest first; empty when there is none.

    `roots` are the trusted root certificates (DER), by default those of our key ring. Asks no revocation service:
    it never speaks to the network. Raises Unreadable for what is no PDF.
    """
    # pyHanko is slow to import, and few processes check signatures
    from tinhso.kernel.documents.pades.reports import report_all

    return report_all(pdf, list(get_key_ring().roots() if roots is None else roots))
