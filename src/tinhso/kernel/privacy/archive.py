"""The archive as it is sent: made while it is read, so that a thousand scans need the memory of one piece."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from tinhso.base.clock import civil
from tinhso.base.refusals import Refusal
from tinhso.kernel.privacy.gathering import Gathered, PlacedFile

_PIECE_BYTES = 256 * 1024


class _Tray:
    """What the archive writes to: it only grows, and is emptied into the answer."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: what was written is there."""

    def empty(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def stream(gathered: Gathered, *, at: datetime) -> Iterator[bytes]:
    """
    Return the archive in pieces: README.txt, data.json, then the files.

    A file that cannot be read (gone or altered) leaves a note in its place: the rest is still whose it is.
    """
    tray = _Tray()
    words = json.dumps(gathered.data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    with zipfile.ZipFile(tray, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for name, text in (("README.txt", _readme()), ("data.json", words)):
            archive.writestr(_info(name, at), text.encode(), zipfile.ZIP_DEFLATED)
            yield tray.empty()
        for placed in gathered.files:
            yield from _sent(archive, tray, placed, at)
            yield tray.empty()
    yield tray.empty()


def _sent(archive: zipfile.ZipFile, tray: _Tray, placed: PlacedFile, at: datetime) -> Iterator[bytes]:
    try:
        content = placed.file.open()
    except Refusal as no:
        archive.writestr(_info(f"{placed.path}.txt", at), str(no).encode(), zipfile.ZIP_DEFLATED)
        return
    info = _info(placed.path, at)
    info.file_size = placed.file.size_bytes
    # stored as they are: scans and PDFs are compressed already
    with content, archive.open(info, "w") as place:
        while piece := content.read(_PIECE_BYTES):
            place.write(piece)
            yield tray.empty()


def _info(name: str, at: datetime) -> zipfile.ZipInfo:
    moment = civil(at)
    info = zipfile.ZipInfo(name, (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second))
    info.external_attr = 0o600 << 16
    return info


def _readme() -> str:
    lines: list[Any] = [
        _("This archive holds what the province's portal keeps of you, as of the moment in data.json."),
        _(
            "data.json: all data, for people and for programs. files/: the papers you gave and the results you were given."
        ),
        _("Keep it where only you can read it. Whoever has this archive can read everything in it."),
        _("Something is wrong or missing? Write to the agency of the dossier, or call the hotline of the portal."),
    ]
    return "\n".join(lines) + "\n"
