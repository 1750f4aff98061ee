"""What pyHanko finds out about the signatures of a PDF, in our words."""

from __future__ import annotations

import io
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tinhso.kernel.documents.refusals import Unreadable
from tinhso.kernel.documents.signing import holder_of
from tinhso.kernel.documents.verification import SignatureReport

# signatures of officials are made for non-repudiation or plain digital signature; either will do
_FORMATS = {one.value for one in SigSeedSubFilter}
_BROKEN: dict[str, Any] = {"intact": False, "covers_whole_document": False, "modified_after": True, "trusted": False}
_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


def report_all(pdf: bytes, roots: list[bytes]) -> list[SignatureReport]:
    """
    Return a report for each signature: what `verification.verify_pdf` promises. Raises Unreadable.

    Files come from anybody: a damaged one fails in pyHanko and asn1crypto with whatever they trip over. A signature that
    cannot be read is told as one that is broken, after those that can; it hides none of the others.
    """
    trusted = [x509.Certificate.load(one) for one in roots]
    found: list[EmbeddedPdfSignature] = []
    broken: list[SignatureReport] = []
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        fields = [(name, field) for name, value, field in enumerate_sig_fields(reader, filled_status=True)
                  if value.get_object().get("/SubFilter") in _FORMATS]  # fmt: skip
    except Exception as error:
        raise Unreadable(name="PDF") from error
    for name, field in fields:
        try:
            one = EmbeddedPdfSignature(reader, field, name)
            if one.sig_object_type == "/Sig":
                found.append(one)
        except Exception as error:  # noqa: BLE001 - see above
            broken.append(_unreadable(name, error))
    return [*(_report(one, trusted) for one in sorted(found, key=lambda one: one.signed_revision)), *broken]


def _unreadable(field: str, error: Exception) -> SignatureReport:
    return SignatureReport(
        field=str(field), signer=None, signed_at=None, reason="", location="", **_BROKEN, fault=_fault(error)
    )


def _fault(error: Exception) -> str:
    return str(error) or type(error).__name__


def _report(found: EmbeddedPdfSignature, roots: list[x509.Certificate]) -> SignatureReport:
    try:
        base = _told_by(found)
    except Exception as error:  # noqa: BLE001 - see report_all
        return _unreadable(found.fq_name, error)
    try:
        return _judged(found, base, roots)
    except Exception as error:  # noqa: BLE001 - see report_all
        return SignatureReport(**base, **_BROKEN, fault=_fault(error))


def _told_by(found: EmbeddedPdfSignature) -> dict[str, Any]:
    """Return what a signature says of itself."""
    about = found.sig_object
    return {
        "field": found.field_name,
        "signer": holder_of(found.signer_cert.dump()),
        "signed_at": found.self_reported_timestamp,
        "reason": str(about.get("/Reason", "")),
        "location": str(about.get("/Location", "")),
    }


def _judged(found: EmbeddedPdfSignature, base: dict[str, Any], roots: list[x509.Certificate]) -> SignatureReport:
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail", moment=base["signed_at"]
    )
    status = validate_pdf_signature(found, context, key_usage_settings=_USAGE)
    return SignatureReport(
        **base,
        intact=bool(status.intact and status.valid),
        covers_whole_document=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        modified_after=status.modification_level
        not in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING),
        trusted=bool(status.trusted),
        fault="" if status.bottom_line else status.summary(),
    )
