"""One more signature in a PDF, by pyHanko: the field, the picture, the bytes."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tinhso.base.clock import civil
from tinhso.kernel.documents.pades.increments import Increment
from tinhso.kernel.documents.refusals import CannotSign
from tinhso.kernel.documents.signing import Holder, SigningKey
from tinhso.kernel.documents.typesetting import render_pdf

DIGEST = "sha256"
type Box = tuple[float, float, float, float]
_NOWHERE: Box = (0, 0, 0, 0)
_DEFAULT_BOX = (330, 40, 560, 105)
"""Lower right of the last page, in points, for papers without a field of their own."""


def add_signature(
    pdf: bytes,
    *,
    key: SigningKey,
    holder: Holder,
    reason: str,
    location: str,
    at: datetime,
    field: str,
    visible: bool,
) -> bytes:
    """Return the PDF with one more signature: what `signing.sign_pdf` promises. Raises CannotSign."""
    try:
        writer = Increment(io.BytesIO(pdf))
        if writer.prev.encrypted:
            raise CannotSign(name="PDF")
        name, spec = _field(writer.prev, field, visible=visible)
        box = (spec.box or _NOWHERE) if spec else _box_of(writer.prev, name)
        signer = _MomentSigner(
            PdfSignatureMetadata(
                field_name=name,
                md_algorithm=DIGEST,
                subfilter=SigSeedSubFilter.PADES,
                name=holder.name,
                reason=reason or None,
                location=location or None,
            ),
            _KeySigner(key),
            stamp_style=_stamp(box, holder, reason, location, at) if _has_room(box) else None,
            new_field_spec=spec,
        )
        signer.at = civil(at)
        signed: io.BytesIO = asyncio.run(signer.async_sign_pdf(writer))
    except (PdfError, SigningError) as error:
        raise CannotSign(name="PDF") from error
    return signed.getvalue()


class _MomentSigner(PdfSigner):
    """A PDF signer whose moment is given: nothing below a door reads the clock."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


class _KeySigner(Signer):
    """Lets pyHanko sign with any SigningKey. Its own SimpleSigner loads an RSA key anew for every signature."""

    def __init__(self, key: SigningKey) -> None:
        certificate = x509.Certificate.load(key.certificate)
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([x509.Certificate.load(one) for one in key.chain])
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self._key = key
        self._longest_signature = certificate.public_key.byte_size * 2 + 16

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign with the key; a dry run only asks how long a signature is."""
        if dry_run:
            return bytes(self._longest_signature)
        return self._key.sign(data, digest_algorithm)


class _Picture(PdfContent):
    """The first page of a PDF held in memory, as something to draw (pyHanko's own class wants a file)."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Import the page and return the operators that draw it."""
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)), page_ix=0)
        left, bottom, right, top = (float(side) for side in page.get_object()["/BBox"])
        self.resources.xobject["/Picture"] = page
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return b"/Picture Do"


def _field(reader: PdfFileReader, wanted: str, *, visible: bool) -> tuple[str, SigFieldSpec | None]:
    """Return the field to fill and, when it must be made, how."""
    names = {name: value for name, value, _ref in enumerate_sig_fields(reader)}
    if wanted:
        return wanted, None if wanted in names else _new_field(wanted, visible=visible)
    empty = [name for name, value in names.items() if value is None]
    if empty:
        return empty[0], None
    return f"signature-{len(names) + 1}", _new_field(f"signature-{len(names) + 1}", visible=visible)


def _new_field(name: str, *, visible: bool) -> SigFieldSpec:
    return SigFieldSpec(name, on_page=-1, box=_DEFAULT_BOX if visible else None)


def _stamp(box: Box, holder: Holder, reason: str, location: str, at: datetime) -> StaticStampStyle:
    """Return the picture of the signature, as large as its field: who, when, why."""
    left, bottom, right, top = box
    facts = {
        "width": abs(right - left),
        "height": abs(top - bottom),
        "name": holder.name,
        "organisation": holder.organisation,
        "reason": reason,
        "location": location,
        "at": civil(at).strftime("%d/%m/%Y %H:%M:%S %z"),
    }
    picture = _Picture(render_pdf("documents/stamp", facts, at=at, standard="1.7"))
    whole = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN,
        y_align=AxisAlignment.ALIGN_MIN,
        margins=Margins(0, 0, 0, 0),
        inner_content_scaling=InnerScaling.STRETCH_FILL,
    )
    return StaticStampStyle(background=picture, background_layout=whole, border_width=0, background_opacity=1)


def _has_room(box: Box) -> bool:
    left, bottom, right, top = box
    return left != right and bottom != top


def _box_of(reader: PdfFileReader, name: str) -> Box:
    for found, _value, reference in enumerate_sig_fields(reader):
        if found == name:
            left, bottom, right, top = (float(side) for side in reference.get_object()["/Rect"])
            return left, bottom, right, top
    return _NOWHERE
