"""What pyHanko finds out about the signatures of a PDF, in our words."""

from __future__ import annotations

import io

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tinhso.kernel.documents.refusals import Unreadable
from tinhso.kernel.documents.signing import holder_of
from tinhso.kernel.documents.verification import SignatureReport

# signatures of officials are made for non-repudiation or plain digital signature; either will do
_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


def report_all(pdf: bytes, roots: list[bytes]) -> list[SignatureReport]:
    """Return a report for each signature: what `verification.verify_pdf` promises. Raises Unreadable."""
    trusted = [x509.Certificate.load(one) for one in roots]
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    except (PdfError, ValueError) as error:
        raise Unreadable(name="PDF") from error
    return [_report(one, trusted) for one in found]


def _report(found: EmbeddedPdfSignature, roots: list[x509.Certificate]) -> SignatureReport:
    signed_at = found.self_reported_timestamp
    about = found.sig_object
    base = {
        "field": found.field_name,
        "signer": holder_of(found.signer_cert.dump()),
        "signed_at": signed_at,
        "reason": str(about.get("/Reason", "")),
        "location": str(about.get("/Location", "")),
    }
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail", moment=signed_at)
    try:
        status = validate_pdf_signature(found, context, key_usage_settings=_USAGE)
    except (SignatureValidationError, PdfError, ValueError) as error:
        return SignatureReport(
            **base, intact=False, covers_whole_document=False, modified_after=True, trusted=False, fault=str(error)
        )
    return SignatureReport(
        **base,
        intact=bool(status.intact and status.valid),
        covers_whole_document=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        modified_after=status.modification_level
        not in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING),
        trusted=bool(status.trusted),
        fault="" if status.bottom_line else status.summary(),
    )
