"""The malware hook: a protocol, and the scanner that needs nothing installed."""

from __future__ import annotations

import errno
import zipfile
from typing import IO, BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from tinhso.kernel.documents.contents import BROKEN_CONTAINER
from tinhso.kernel.documents.store import read_chunks

# in two parts, or the scanners of those who download this file would take it away
_EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURES = {"Eicar-Test-Signature": _EICAR}
_DEEPEST_BYTES = 200 * 1024 * 1024


class MalwareScanner(Protocol):
    """Looks at content before it is kept. May speak to the outside: it is never called inside a transaction."""

    name: str

    def scan(self, file: BinaryIO) -> str:
        """Return the name of the malware found, empty when there is none. Raises ScannerAway when it cannot tell."""
        ...


class SignatureScanner:
    """
    Finds the EICAR test file, also inside zip containers (docx, xlsx, odt).

    It proves that the hook works; it does not protect. Behind a public portal name `adapters.clamd.ClamdScanner`.
    """

    name = "signatures"

    def scan(self, file: BinaryIO) -> str:
        """Return the name of the first signature found in the bytes or in what they unpack to."""
        file.seek(0)
        if found := _search(file, limit_bytes=0):
            return found
        file.seek(0)
        try:
            return _search_container(file)
        except BROKEN_CONTAINER as error:
            if getattr(error, "errno", None) == errno.EIO:
                raise  # the disk, not the file
            return ""


def _search_container(file: BinaryIO) -> str:
    left = _DEEPEST_BYTES
    with zipfile.ZipFile(file) as container:
        for member in container.infolist():
            if left <= 0:
                break
            with container.open(member) as inside:
                if found := _search(inside, limit_bytes=left):
                    return found
            left -= member.file_size
    return ""


def _search(file: IO[bytes], *, limit_bytes: int) -> str:
    overlap = max(map(len, SIGNATURES.values())) - 1
    tail, seen = b"", 0
    for chunk in read_chunks(file):
        window = tail + chunk
        for name, signature in SIGNATURES.items():
            if signature in window:
                return name
        tail = window[-overlap:]
        seen += len(chunk)
        if limit_bytes and seen > limit_bytes:
            break
    return ""


def get_scanner() -> MalwareScanner:
    """Return the scanner that the settings name (`MALWARE_SCANNER`)."""
    scanner: MalwareScanner = import_string(settings.MALWARE_SCANNER)()
    return scanner
