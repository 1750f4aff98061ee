"""What a file really is, told by what is in it. The name is only what somebody called it."""

from __future__ import annotations

import errno
import lzma
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.base.text import nfc
from tinhso.kernel.documents.hidden import refuse_actions, refuse_hostile_members, refuse_second_file
from tinhso.kernel.documents.refusals import (
    Active,
    Incomplete,
    Locked,
    TooManyPages,
    TooManyPixels,
    Unreadable,
    WrongType,
)

if TYPE_CHECKING:
    from PIL import Image

HEAD_BYTES = 2048
_PDF_TAIL_BYTES = 4096
_MOST_MEMBERS = 10_000
_MOST_UNPACKED_BYTES = 1024 * 1024 * 1024
_UNSUSPECTED_BYTES = 64 * 1024 * 1024
_MOST_PACKED = 100
"""Times that an Office file may unpack to its own size, once it is more than nothing much: text packs to a tenth or so."""
_MANIFEST_BYTES = 1024 * 1024
_LONGEST_NAME = 255
_LONGEST_PURPOSE = 60
BROKEN_CONTAINER = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError),
    *(OSError, ValueError, OverflowError, RuntimeError, LookupError),
)
"""
How a damaged zip fails: in the words of zipfile and of each way to pack (bzip2: OSError; RuntimeError is
zipfile's word for "encrypted", NotImplementedError one of them).
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What was found: the kind, its media type, how many pages it has (None when it has none until printed)."""

    kind: str
    media_type: str
    pages: int | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that we know how to check: its media type, its suffixes (first is ours), how to look inside."""

    key: str
    media_type: str
    suffixes: tuple[str, ...]
    count_pages: Callable[[BinaryIO, str], int | None]


def clean_name(name: str) -> str:
    """Return a file name that is safe to keep and show: no folders, no control or direction marks, at most 255 letters."""
    bare = PurePosixPath(name.replace("\\", "/")).name
    seen = _plain(bare).strip(". ")
    path = PurePosixPath(seen)
    return _with_suffix(seen, path.suffix[:20]) if len(seen) > _LONGEST_NAME else seen or "tep"


def clean_purpose(purpose: str) -> str:
    """Return what a file is for, as its sender calls it: without control marks, at most 60 letters."""
    return _plain(purpose)[:_LONGEST_PURPOSE]


def name_for(name: str, content: Content) -> str:
    """Return the name with a suffix that tells the truth: a PNG called `x.jpg` becomes `x.png`."""
    path = PurePosixPath(name)
    suffixes = KINDS[content.kind].suffixes
    return name if path.suffix.lower() in suffixes else _with_suffix(path.stem, suffixes[0])


def _with_suffix(stem: str, suffix: str) -> str:
    """Return a name that ends in the suffix and fits its column."""
    return stem[: _LONGEST_NAME - len(suffix)] + suffix


def _plain(text: str) -> str:
    return nfc("".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"}))


def look_at(file: BinaryIO, *, name: str) -> Content:
    """
    Tell what the content is and check that it opens.

    Raises WrongType, Incomplete, Unreadable (Locked for a password), TooManyPixels, TooManyPages, Active, TwoInOne.
    Reads in pieces: a scan of 300 pages does not come into memory.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    key = _kind_of(file, head, name)
    if key not in settings.FILE_KINDS:
        raise _wrong_type(name, _name_of(head))
    kind = KINDS[key]
    if kind.count_pages is not _no_pages:
        refuse_second_file(file, name=name)
    file.seek(0)
    return Content(key, kind.media_type, kind.count_pages(file, name))


def _kind_of(file: BinaryIO, head: bytes, name: str) -> str:
    """Return the key of the kind, or raise WrongType with the name of what it is."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    # ISO 32000 readers allow junk before the header; only blanks and a byte order mark are harmless
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file, head, name)
    if head.startswith(_OLE):
        file.seek(0)
        # an Office file with a password is an OLE container around the encrypted package (MS-OFFCRYPTO 2.3.4.4)
        if "EncryptedPackage".encode("utf-16-le") in file.read(1024 * 1024):
            raise Locked(name=name)
    raise _wrong_type(name, _name_of(head))


def _office_kind(file: BinaryIO, head: bytes, name: str) -> str:
    """Tell Word, Excel and OpenDocument apart by their manifest. Raises WrongType, Incomplete, Unreadable, Active, TwoInOne."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as container:
            members = container.infolist()
            names = {member.filename for member in members}
            if _unpacks_to_too_much(members, file.seek(0, 2)):
                raise _wrong_type(name, _("an archive that unpacks to too much"))
            if any(member.flag_bits & 1 for member in members):
                raise Locked(name=name)
            if any(_MACRO.search(member) for member in names):
                raise _wrong_type(name, _("an Office file with macros"))
            key = _manifest_kind(container, names)
            if key:
                refuse_hostile_members(container, head, name=name)
    except zipfile.BadZipFile as error:
        raise Incomplete(name=name) from error
    except BROKEN_CONTAINER as error:
        if getattr(error, "errno", None) == errno.EIO:
            raise  # the disk, not the file
        raise Unreadable(name=name) from error
    if not key:
        raise _wrong_type(name, _("a zip archive"))
    return key


def _unpacks_to_too_much(members: list[zipfile.ZipInfo], packed_bytes: int) -> bool:
    unpacked = sum(member.file_size for member in members)
    is_bomb = unpacked > _UNSUSPECTED_BYTES and unpacked > _MOST_PACKED * packed_bytes
    return len(members) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED_BYTES or is_bomb


def _manifest_kind(container: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        with container.open("[Content_Types].xml") as member:
            types = member.read(_MANIFEST_BYTES)
        for key, mark, part in _OOXML:
            if mark in types and part in names:
                return key
    if "mimetype" in names and "META-INF/manifest.xml" in names:
        with container.open("mimetype") as member:
            return _OPENDOCUMENT.get(member.read(100).strip(), "")
    return ""


def _pdf_pages(file: BinaryIO, name: str) -> int:
    """Count the pages, resolving page objects only, never their pictures. Raises Incomplete, Locked, Unreadable."""
    # half a second to import: only where a PDF comes in
    from pypdf import PdfReader

    size = file.seek(0, 2)
    file.seek(max(0, size - _PDF_TAIL_BYTES))
    if b"%%EOF" not in file.read():
        raise Incomplete(name=name)
    file.seek(0)
    try:
        reader = PdfReader(file)
        # many files are encrypted with an empty password, only to forbid printing; those open
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = 0 if locked else len(reader.pages)
        if pages:
            refuse_actions(reader, name=name)
    except (Active, TooManyPages):
        raise
    except Exception as error:
        # a broken PDF fails in pypdf with whatever it trips over (KeyError, RecursionError, ...)
        raise Unreadable(name=name) from error
    if locked:
        raise Locked(name=name)
    if not pages:
        raise Unreadable(name=name)
    return pages


def _png_page(file: BinaryIO, name: str) -> int:
    """Check every chunk's sum up to the end mark, without unpacking the picture."""
    with _opened_image(file, name, "PNG") as image:
        try:
            image.verify()
        except Exception as error:
            raise _broken_image(error, name) from error
    return 1


def _jpeg_page(file: BinaryIO, name: str) -> int:
    """Decode at an eighth of the size: enough to find a missing end, at 1/64 of the memory."""
    with _opened_image(file, name, "JPEG") as image:
        try:
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
        except Exception as error:
            raise _broken_image(error, name) from error
    return 1


def _opened_image(file: BinaryIO, name: str, kind: str) -> Image.Image:
    # only where a picture comes in
    from PIL import Image

    limit: int = settings.MAX_IMAGE_PIXELS
    too_many = TooManyPixels(name=name, limit=limit // 1_000_000)
    try:
        image = Image.open(file, formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_many from error
    except Exception as error:
        raise _broken_image(error, name) from error
    if image.width * image.height > limit:
        raise too_many
    return image


def _broken_image(error: Exception, name: str) -> Unreadable | Incomplete:
    cut = "truncated" in str(error).lower()
    return Incomplete(name=name) if cut else Unreadable(name=name)


def _no_pages(_file: BinaryIO, _name: str) -> None:
    """Say that this kind has no pages until it is printed."""


def _name_of(head: bytes) -> Text:
    """Return what a foreign file is, in words a person knows."""
    for mark, words in _FOREIGN:
        if head.startswith(mark):
            return words
    if head[4:8] == b"ftyp":
        return _("a film or a phone picture (HEIC, MP4)")
    if re.match(rb"\s*(<!doctype html|<html|<script|<svg|<\?xml)", head, re.IGNORECASE):
        return _("a web page or XML file")
    # only for what we turn away
    import puremagic

    guesses = puremagic.magic_string(head)
    if guesses and guesses[0].name:
        return format_lazy(_("another kind of file ({kind})"), kind=guesses[0].name)
    try:
        head[:-4].decode()
    except UnicodeDecodeError:
        return _("of a kind we do not know")
    return _("a plain text file")


def _wrong_type(name: str, found: Text) -> WrongType:
    allowed = ", ".join(KINDS[key].suffixes[0].lstrip(".").upper() for key in settings.FILE_KINDS)
    return WrongType(name=name, found=found, allowed=allowed)


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MACRO = re.compile(r"(^|/)vbaProject\.bin$|^Basic/|\.(exe|dll|scr|js|vbs|bat|cmd|ps1|jar|lnk)$", re.IGNORECASE)
_OOXML = (
    ("docx", b"wordprocessingml.document.main+xml", "word/document.xml"),
    ("xlsx", b"spreadsheetml.sheet.main+xml", "xl/workbook.xml"),
    ("pptx", b"presentationml.presentation.main+xml", "ppt/presentation.xml"),
)
_OPENDOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_FOREIGN: tuple[tuple[bytes, Text], ...] = (
    (b"MZ", _("a Windows program (EXE)")),
    (b"\x7fELF", _("a Linux program")),
    (b"\xca\xfe\xba\xbe", _("a program")),
    (b"\xcf\xfa\xed\xfe", _("a macOS program")),
    (b"#!", _("a script")),
    (_OLE, _("an old Office file (DOC, XLS)")),
    (b"Rar!", _("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", _("a 7-Zip archive")),
    (b"\x1f\x8b", _("a GZIP archive")),
    (b"GIF8", _("a GIF picture")),
    (b"BM", _("a BMP picture")),
    (b"II*\x00", _("a TIFF picture")),
    (b"MM\x00*", _("a TIFF picture")),
    (b"{\\rtf", _("an RTF file")),
)
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("pdf", "application/pdf", (".pdf",), _pdf_pages),
        Kind("png", "image/png", (".png",), _png_page),
        Kind("jpeg", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), _jpeg_page),
        Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",), _no_pages),
        Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",), _no_pages),
        Kind(
            "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",), _no_pages
        ),
        Kind("odt", "application/vnd.oasis.opendocument.text", (".odt",), _no_pages),
        Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", (".ods",), _no_pages),
    )
}
