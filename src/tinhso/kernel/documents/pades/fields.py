"""Empty signature fields where a template left room for them."""

from __future__ import annotations

import io
from typing import Any

from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pypdf import PdfReader

from tinhso.kernel.documents.pades.increments import Increment


def add_empty_fields(pdf: bytes, fields: list[dict[str, Any]]) -> bytes:
    """Add an empty signature field at each place the template named; typst counts from the top, PDF from the bottom."""
    heights = [float(page.mediabox.height) for page in PdfReader(io.BytesIO(pdf)).pages]
    writer = Increment(io.BytesIO(pdf))
    for field in fields:
        top = heights[field["page"] - 1] - field["y"]
        box = (field["x"], top - field["height"], field["x"] + field["width"], top)
        append_signature_field(
            writer, SigFieldSpec(field["name"], on_page=field["page"] - 1, box=tuple(round(side) for side in box))
        )
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()
