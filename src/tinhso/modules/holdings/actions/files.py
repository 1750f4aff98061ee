"""The files of a back-load: in a folder, or in a zip that is never unpacked. Names come from a sheet and are not trusted."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from tinhso.base.sheets import BadSheetError

MOST_MEMBERS = 200_000
MOST_PACKED = 100
"""Times that a file may unpack to its own size, once it is more than nothing much: scans hardly pack at all."""
UNSUSPECTED = 8 * 1024**2


class NoFileError(LookupError):
    """There is no such file."""


class BadPathError(ValueError):
    """Not the bare name of a file in the folder: it would lead elsewhere."""


class BombError(ValueError):
    """A file that would unpack to far more than it is."""


class Files(Protocol):
    """Where the files of a sheet lie."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file. Raises NoFileError, BadPathError, BombError."""
        ...


def bare(name: str) -> str:
    """Return a relative name in plain form. Raises BadPathError for one that would lead out of the folder."""
    text = unicodedata.normalize("NFC", name.strip())
    parts = text.split("/")
    # a Windows drive or folder is taken for what it is, not for letters of a name
    if (
        not text
        or "\\" in text
        or ":" in text
        or any(part in ("", ".", "..") or part.startswith("~") for part in parts)
    ):
        raise BadPathError(name)
    if any(unicodedata.category(sign) in ("Cc", "Cf") for sign in text):
        raise BadPathError(name)
    return text


class Folder:
    """Files in a folder and the folders below it; links that lead out are not followed."""

    def __init__(self, root: Path) -> None:
        """Take the folder."""
        self.root = root.resolve()

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the folder."""
        wanted = bare(name)
        for form in ("NFC", "NFD"):
            path = (self.root / unicodedata.normalize(form, wanted)).resolve()
            if not path.is_relative_to(self.root):
                raise BadPathError(name)
            if path.is_file():
                return path.open("rb")
        raise NoFileError(name)


class Archive:
    """Files in a zip, each read where it lies; nothing is unpacked to the disk."""

    def __init__(self, file: IO[bytes]) -> None:
        """Look into the zip. Raises BadSheetError for one that is damaged or has too many files."""
        try:
            self.zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise BadSheetError("not a zip") from error
        members = [one for one in self.zip.infolist() if not one.is_dir()]
        if len(members) > MOST_MEMBERS:
            raise BadSheetError(f"more than {MOST_MEMBERS} files in the zip")
        self.members = {unicodedata.normalize("NFC", one.filename): one for one in members}

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the zip."""
        info = self.members.get(bare(name))
        if info is None:
            raise NoFileError(name)
        if info.flag_bits & 1 or info.file_size > settings.MAX_FILE_BYTES:
            raise BombError(name)
        if info.file_size > UNSUSPECTED and info.file_size > MOST_PACKED * max(info.compress_size, 1):
            raise BombError(name)
        return self.zip.open(info)


@contextmanager
def archive_of(file: IO[bytes]) -> Iterator[Archive]:
    """Open a zip and close it after."""
    archive = Archive(file)
    try:
        yield archive
    finally:
        archive.zip.close()
