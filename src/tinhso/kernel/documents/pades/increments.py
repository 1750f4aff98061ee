"""Adding to a PDF without touching what is in it, the same way each time."""

from __future__ import annotations

import hashlib
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class Increment(IncrementalPdfFileWriter):
    """
    An increment that leaves metadata alone and draws its file id from the content before it.

    pyHanko writes the machine's time into the metadata (rewriting what claims PDF/A) and takes a random id; then the same
    paper would not come out the same twice.
    """

    @classmethod
    def _handle_id(cls, prev: Any) -> ArrayObject:
        prev.stream.seek(0)
        second = ByteStringObject(hashlib.file_digest(prev.stream, "sha256").digest()[:16])
        first = prev.trailer["/ID"][0] if "/ID" in prev.trailer else second
        return ArrayObject([ByteStringObject(getattr(first, "original_bytes", first)), second])

    def _update_meta(self) -> None:
        """Leave the metadata as the maker of the paper wrote them."""
