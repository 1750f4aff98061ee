"""
Files in a bucket of storage that speaks S3: several machines share one store, under the names of the folder.

A file is written, hashed and looked at on this machine's disk first (`Staging`); only whole and clean content leaves it.
What comes back is hashed before anybody sees it. `settings.FILES` says where the bucket is:
`s3://KEY:SECRET@host[:port]/bucket?region=…&secure=0|1`.

A file that is kept again is sent again: that freshens its date, and mends it should it have been altered. Whoever removes
an unused file sets up a mark before it looks at the date, and whoever keeps one looks for the mark after sending: whichever
comes first, one of the two sees the other. (S3 answers every reading with what was written last, since December 2020.)
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tinhso.adapters.near import Near
from tinhso.kernel.documents.refusals import Damaged, NoSpace, StoreAway
from tinhso.kernel.documents.store import (
    CHUNK_BYTES,
    ORPHAN_AFTER_SECONDS,
    Staged,
    Staging,
    no_space_is_a_refusal,
    path_in_store,
)

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import S3Store as Bucket

log = logging.getLogger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 3, 10
"""How long to wait for a connection, and for the whole of one request: a piece of a file at most."""
RETRIES = 1
PIECE_BYTES = 5 * CHUNK_BYTES
"""The least that S3 takes as a piece of a file sent in several."""
PIECES_AT_ONCE = 2
MARK_LASTS = timedelta(minutes=2)
"""Longer than any removal can take: an older mark was left by a crash."""
_DIGEST_LETTERS = 64
_FULL = ("507 Insufficient", "StorageFull", "QuotaExceeded", "InsufficientStorage")
_NO_BUCKET = "NoSuchBucket"


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket and how to reach it."""

    endpoint: str
    bucket: str
    region: str
    key: str
    secret: str


def place_of(url: str) -> Place:
    """Read the setting. Raises ImproperlyConfigured, without telling the secret."""
    form = "TINHSO_FILES must be s3://KEY:SECRET@host[:port]/bucket?region=…&secure=1"
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise ImproperlyConfigured(form) from error
    asked = parse_qs(parts.query)
    bucket = parts.path.strip("/")
    is_whole = parts.scheme == "s3" and parts.hostname and parts.username and parts.password
    if not is_whole or not bucket or "/" in bucket or set(asked) - {"region", "secure"}:
        raise ImproperlyConfigured(form)
    scheme = "http" if asked.get("secure", ["1"])[-1] in {"0", "false", "no"} else "https"
    return Place(
        endpoint=f"{scheme}://{parts.hostname}{port}",
        bucket=bucket,
        region=asked.get("region", ["us-east-1"])[-1],
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
    )


class S3Store(Staging):
    """The store in a bucket. Raises StoreAway in time when it does not answer; a retry of anything does no harm."""

    def keep(self, staged: Staged) -> None:
        """Send a staged file; it is kept, whole, when this returns. Raises NoSpace, StoreAway, and keeps nothing then."""
        with _away_is_a_refusal():
            _bucket().put(
                path_in_store(staged.sha256), staged.path, chunk_size=PIECE_BYTES, max_concurrency=PIECES_AT_ONCE
            )
            if not _has_arrived(staged):
                raise StoreAway
        self.drop(staged)

    def open(self, sha256: str, *, name: str = "", again: bool = False) -> BinaryIO:
        """
        Fetch content to a nameless file of this disk, verified on its way. Raises Damaged, StoreAway, NoSpace.

        With `again` a copy is kept near for whoever reads on; without, one is read if it is there.
        """

        def fetch(into: BinaryIO) -> None:
            if _fetched(sha256, into) != sha256:
                raise Damaged(name=name or sha256)

        near = Near(self.root)
        if copy := near.open(sha256):
            return copy
        with no_space_is_a_refusal():
            if again:
                return near.keep(sha256, fetch)
            self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = cast("BinaryIO", tempfile.TemporaryFile(dir=self.incoming))  # noqa: SIM115 - the caller closes it
            try:
                fetch(file)
            except BaseException:
                file.close()
                raise
        file.seek(0)
        return file

    def remove_orphan(self, sha256: str) -> bool:
        """Delete content untouched for a day, by the storage's own clock."""
        bucket, content, mark = _bucket(), path_in_store(sha256), _mark_of(sha256)
        with _away_is_a_refusal():
            bucket.put(mark, b"", use_multipart=False)
            try:
                # what the storage has just written tells its time: no clock is compared with another
                now = bucket.head(mark)["last_modified"]
                with suppress(FileNotFoundError):
                    if now - bucket.head(content)["last_modified"] > timedelta(seconds=ORPHAN_AFTER_SECONDS):
                        bucket.delete(content)
                        return True
            finally:
                bucket.delete(mark)
        return False

    def sweep(self) -> int:
        """Delete what a crash left, and copies that are no longer read."""
        Near(self.root).sweep()
        return super().sweep()

    def digests(self, after: str = "") -> Iterator[str]:
        """Return the name of everything in the bucket after this one, in order; one page in memory at a time."""
        begin = path_in_store(after) if after else None
        with _away_is_a_refusal():
            for page in _bucket().list("sha256", offset=begin, chunk_size=1000):
                names = (found["path"].rpartition("/")[2] for found in page)
                yield from (name for name in names if len(name) == _DIGEST_LETTERS and name > after)

    def is_sound(self, sha256: str) -> bool:
        """Fetch the content again and tell whether it is what its name says. Raises StoreAway."""
        return _fetched(sha256) == sha256


def _fetched(sha256: str, into: BinaryIO | None = None) -> str:
    """Fetch content, into a file if one is given, and return its digest; empty when there is none. Raises StoreAway."""
    digest = hashlib.sha256()
    try:
        for piece in _content(sha256):
            digest.update(piece)
            if into:
                into.write(piece)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _has_arrived(staged: Staged) -> bool:
    """Tell whether the bucket has it, and nobody was about to remove it. The mark is looked for first, see above."""
    marked_at = None
    with suppress(FileNotFoundError):
        marked_at = _bucket().head(_mark_of(staged.sha256))["last_modified"]
    try:
        kept = _bucket().head(path_in_store(staged.sha256))
    except FileNotFoundError:
        return False
    is_leaving = marked_at is not None and kept["last_modified"] - marked_at < MARK_LASTS
    return kept["size"] == staged.size_bytes and not is_leaving


def _mark_of(sha256: str) -> str:
    return f"leaving/{sha256}"


def _content(sha256: str) -> Iterator[bytes]:
    """Return content in pieces as it comes. Raises FileNotFoundError when there is none, StoreAway."""
    with _away_is_a_refusal():
        found: GetResult = _bucket().get(path_in_store(sha256))
        size = found.meta["size"]
        for piece in found.stream(min_chunk_size=CHUNK_BYTES):
            size -= len(piece)
            yield bytes(piece)
        if size > 0:
            raise StoreAway


@contextmanager
def _away_is_a_refusal() -> Iterator[None]:
    """Turn whatever the storage would not do into NoSpace or StoreAway, and tell the operator why."""
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError as error:
        if _NO_BUCKET not in str(error):
            raise
        log.warning("the bucket of TINHSO_FILES is not there")
        raise StoreAway from error
    except BaseError as error:
        said = str(error)
        if any(word in said for word in _FULL):
            raise NoSpace from error
        log.warning("the storage of files: %s", said.partition("\n")[0])
        raise StoreAway from error


def _bucket() -> Bucket:
    return _bucket_at(settings.FILES)


@lru_cache(maxsize=4)
def _bucket_at(url: str) -> Bucket:
    """Return the client of a bucket, one for a process. Imported here: who keeps files in a folder does not pay for it."""
    from obstore.store import S3Store as Bucket

    place = place_of(url)
    return Bucket(
        place.bucket,
        endpoint=place.endpoint,
        region=place.region,
        access_key_id=place.key,
        secret_access_key=place.secret,
        checksum_algorithm="SHA256",
        client_options={
            "allow_http": place.endpoint.startswith("http:"),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=ANSWER_SECONDS),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=ANSWER_SECONDS)},
    )
