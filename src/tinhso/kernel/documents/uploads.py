"""
Files that arrive in pieces. How far one has come is the length of its file on disk: a restart loses nothing.

`<FILES_DIR>/uploads/<owner>/<id>/` holds `about.json` (what was announced) and `data` (what arrived). Another owner's
upload is simply not there. One connection at a time writes a file; the lock is the operating system's, so it is gone
with its process. What is left alone for `settings.UPLOAD_HOURS` is swept.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.conf import settings

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.refusals import Refusal
from tinhso.kernel.documents import access
from tinhso.kernel.documents.actions import prepare, save
from tinhso.kernel.documents.contents import clean_name, clean_purpose
from tinhso.kernel.documents.models import Document, as_id
from tinhso.kernel.documents.refusals import (
    Empty,
    NoSpace,
    ScannerAway,
    StoreAway,
    TooLarge,
    TooManyUploads,
    UnknownUpload,
    UploadBusy,
    UploadExpired,
    UploadUnfinished,
    WrongChecksum,
    WrongOffset,
)
from tinhso.kernel.documents.store import fsync_folder, make_folder, no_space_is_a_refusal

CHECKSUMS = ("sha1", "sha256", "md5")
_PIECE_BYTES = 256 * 1024
_SPARE_BYTES = 64 * 1024 * 1024
"""What must stay free on the disk beside an upload: the database lives there too."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as announced, and how far it has come."""

    id: str
    name: str
    size_bytes: int
    purpose: str
    expires_at: datetime
    document_id: str = ""
    """The document it became; empty until it is finished."""
    offset: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether every byte has arrived."""
        return self.offset == self.size_bytes


@dataclass(frozen=True, slots=True)
class Checksum:
    """The sum that the sender made of one piece."""

    algorithm: str
    value: bytes


def begin_upload(name: str, size_bytes: int, *, purpose: str = "", actor: Actor, at: datetime) -> Upload:
    """Announce a file. Raises SignInNeeded, Empty, TooLarge, TooManyUploads, NoSpace."""
    require(access.can_save, actor)
    name = clean_name(name)
    if size_bytes <= 0:
        raise Empty(name=name)
    if size_bytes > settings.MAX_FILE_BYTES:
        raise TooLarge(name=name, limit=settings.MAX_FILE_BYTES // (1024 * 1024))
    home = _home(actor)
    with no_space_is_a_refusal():
        make_folder(home)
        open_ones = sum(1 for one in home.iterdir() if (one / "data").exists())
        if open_ones >= settings.UPLOADS_PER_OWNER:
            raise TooManyUploads(count=open_ones)
        if shutil.disk_usage(home).free < size_bytes + _SPARE_BYTES:
            raise NoSpace
        upload = Upload(uuid.uuid4().hex, name, size_bytes, clean_purpose(purpose), _expiry(at))
        folder = home / upload.id
        folder.mkdir(mode=0o700)
        try:
            (folder / "data").touch(mode=0o600)
            _write_about(folder, upload)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        fsync_folder(home)
    return upload


def get_upload(upload_id: str, *, actor: Actor, at: datetime) -> Upload:
    """Return one of the actor's uploads and how far it has come. Raises UnknownUpload, UploadExpired."""
    return _read_about(_folder(upload_id, actor), at)


def append_to_upload(
    upload_id: str, piece: IO[bytes], *, offset: int, checksum: Checksum | None = None, actor: Actor, at: datetime
) -> Upload:
    """
    Add a piece that begins at `offset` and return how far the upload has come; it is on disk by then.

    A connection that breaks leaves what arrived, except under a checksum, where a piece counts whole or not at all.
    Raises UnknownUpload, UploadExpired, UploadBusy, WrongOffset, WrongChecksum, TooLarge, NoSpace.
    """
    folder = _folder(upload_id, actor)
    upload = _read_about(folder, at)
    if upload.is_whole:
        if offset != upload.size_bytes:
            raise WrongOffset(offset=upload.size_bytes)
        return upload
    with _held(folder, "r+b") as data:
        begin = data.seek(0, os.SEEK_END)
        if offset != begin:
            raise WrongOffset(offset=begin)
        try:
            with no_space_is_a_refusal():
                _copy(piece, data, upload, checksum)
        except (Refusal, _Broken):
            data.truncate(begin)
            os.fsync(data.fileno())
            raise
        moved = replace(upload, offset=data.tell(), expires_at=_expiry(at))
        _write_about(folder, moved)
    return moved


def finish_upload(upload_id: str, *, actor: Actor, at: datetime) -> Document:
    """
    Make a document of an upload that has arrived whole; the second time, return the same one.

    Raises UploadUnfinished, UploadBusy, and what `prepare` raises. What is refused for what it is, is deleted; a full disk
    or an absent scanner or storage leaves it to be finished later.
    """
    folder = _folder(upload_id, actor)
    upload = _read_about(folder, at)
    if not upload.is_whole:
        raise UploadUnfinished(name=upload.name, received=upload.offset, size=upload.size_bytes)
    made = _document_of(upload)
    if made is None:
        # read-only: what once went into the store can no longer be written to
        with _held(folder, "rb"):
            made = _document_of(upload) or _make_document(folder, upload, actor, at)
    _write_about(folder, replace(upload, document_id=str(made.pk)))
    (folder / "data").unlink(missing_ok=True)
    return made


def cancel_upload(upload_id: str, *, actor: Actor, at: datetime) -> None:
    """Forget an upload and what arrived of it. The document it became, if it did, stays. Raises UnknownUpload."""
    folder = _folder(upload_id, actor)
    _read_about(folder, at)
    shutil.rmtree(folder)


def purge_uploads(*, at: datetime) -> int:
    """Delete what was left alone for too long; return how many uploads went. Lent to the worker."""
    gone = 0
    for about in sorted(_root().glob("*/*/about.json")):
        try:
            _read_about(about.parent, at)
        except UnknownUpload:
            shutil.rmtree(about.parent, ignore_errors=True)
            gone += 1
    for home in _root().glob("*"):
        with suppress(OSError):  # not empty: somebody still has an upload there
            home.rmdir()
    return gone


class _Broken(Exception):  # noqa: N818 - the connection, not us
    """The connection broke within a piece that counts whole or not at all."""


def _copy(piece: IO[bytes], data: BinaryIO, upload: Upload, checksum: Checksum | None) -> None:
    """Write the piece after what is there and put it on disk."""
    room = upload.size_bytes - data.tell()
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    for chunk in _arriving(piece, strict=checksum is not None):
        room -= len(chunk)
        if room < 0:
            raise TooLarge(name=upload.name, limit=upload.size_bytes // (1024 * 1024))
        if digest:
            digest.update(chunk)
        data.write(chunk)
    data.flush()
    os.fsync(data.fileno())
    if checksum and digest and not secrets.compare_digest(digest.digest(), checksum.value):
        raise WrongChecksum


def _arriving(piece: IO[bytes], *, strict: bool) -> Iterator[bytes]:
    """Return what arrives until the end or until the connection breaks (Django's UnreadablePostError is an OSError)."""
    while True:
        try:
            chunk = piece.read(_PIECE_BYTES)
        except OSError as error:
            if strict:
                raise _Broken from error
            return
        if not chunk:
            return
        yield chunk


def _document_of(upload: Upload) -> Document | None:
    """Return the document that an upload became: they share their id, so finishing twice is once."""
    return Document.objects.select_related("blob").filter(pk=as_id(upload.id)).first()


def _make_document(folder: Path, upload: Upload, actor: Actor, at: datetime) -> Document:
    try:
        prepared = prepare(folder / "data", name=upload.name)
    except (NoSpace, ScannerAway, StoreAway):
        raise
    except Refusal:
        shutil.rmtree(folder)
        raise
    return save(prepared, actor=actor, at=at, purpose=upload.purpose, document_id=uuid.UUID(upload.id))


@contextmanager
def _held(folder: Path, mode: str) -> Iterator[BinaryIO]:
    """Open the data for us alone. Raises UploadBusy while another connection has it, or has just finished it."""
    try:
        data = cast("BinaryIO", (folder / "data").open(mode))
    except FileNotFoundError as error:
        raise UploadBusy from error
    with data:
        try:
            fcntl.flock(data, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UploadBusy from error
        yield data


def _root() -> Path:
    return Path(settings.FILES_DIR) / "uploads"


def _home(actor: Actor) -> Path:
    return _root() / hashlib.sha256(access.owner_key(actor).encode()).hexdigest()[:32]


def _folder(upload_id: str, actor: Actor) -> Path:
    require(access.can_save, actor)
    return _home(actor) / as_id(upload_id).hex


def _expiry(at: datetime) -> datetime:
    return at + timedelta(hours=settings.UPLOAD_HOURS)


def _read_about(folder: Path, at: datetime) -> Upload:
    try:
        about = json.loads((folder / "about.json").read_bytes())
    except FileNotFoundError as error:
        raise UnknownUpload from error
    about["expires_at"] = datetime.fromisoformat(about["expires_at"])
    upload = Upload(**about)
    if at >= upload.expires_at:
        raise UploadExpired
    try:
        return replace(upload, offset=(folder / "data").stat().st_size)
    except FileNotFoundError:
        return replace(upload, offset=upload.size_bytes)


def _write_about(folder: Path, upload: Upload) -> None:
    """Replace what is noted about an upload, whole."""
    noted = {**asdict(upload), "expires_at": upload.expires_at.isoformat()}
    draft = folder / f".about.{secrets.token_hex(4)}"
    with draft.open("x") as file:
        json.dump(noted, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / "about.json")
    fsync_folder(folder)
