"""
Where the contents of documents lie, seen from outside of the program: a folder, or a bucket of storage that speaks S3.

Both name a content by its SHA-256, `sha256/ab/cd/abcd…`. Nothing that is read here is believed: whoever asks hashes it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from tinhso.site.addresses import without_secrets
from tinhso.site.proof.tables import Unreadable

if TYPE_CHECKING:
    from obstore.store import S3Store

READ = 1024 * 1024
PIECE = 5 * READ
"""The least that S3 takes as a piece of a file sent in several."""
ANSWER_WITHIN = timedelta(seconds=30)
"""For one request: a page of names, or a piece of a content."""
_DIGEST_LETTERS = 64


class Away(Unreadable):
    """A bucket that does not answer as it should; the text says which and why, in both languages."""

    def __init__(self, *, place: str, why: str) -> None:
        super().__init__(
            f"Không đọc hoặc ghi được kho tệp {place} ({why}). Kiểm tra TINHSO_FILES và kho ấy rồi chạy lại.\n"
            f"The storage {place} cannot be read or written ({why}). Check TINHSO_FILES and that storage, then run again."
        )


@dataclass(frozen=True, slots=True)
class Lying:
    """One content that lies there: its name, its size, and for how many seconds."""

    digest: str
    size: int
    age: float


class Place(Protocol):
    """Where contents lie."""

    name: str
    """As it may be shown."""

    def lying(self) -> Iterator[Lying]:
        """Yield everything, in the order of names, as it is found. Raises Away."""
        ...

    def find(self, digest: str) -> Lying | None:
        """Return one content; None when there is none. Raises Away."""
        ...

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield a content. Raises FileNotFoundError when there is none, Away."""
        ...


class Folder:
    """Contents in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root, self.name = root, str(root)

    def path_of(self, digest: str) -> Path:
        """Return where a content lies."""
        return self.root / _key(digest)

    def lying(self) -> Iterator[Lying]:
        """Yield everything, one folder in memory at a time."""
        top = self.root / "sha256"
        for first in _names(top):
            for second in _names(top / first):
                for name in _names(top / first / second):
                    found = _lying(top / first / second / name)
                    if found:
                        yield found

    def find(self, digest: str) -> Lying | None:
        """Return one content."""
        path = self.path_of(digest)
        return _lying(path) if path.is_file() else None

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield a content."""
        with self.path_of(digest).open("rb") as file:
            while chunk := file.read(READ):
                yield chunk


class Bucket:
    """Contents in a bucket, by the URL of TINHSO_FILES. Raises Away for a URL that is none, and when it does not answer."""

    def __init__(self, url: str) -> None:
        self.name = without_secrets(url)
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        self._bucket = parts.path.strip("/")
        if parts.scheme != "s3" or not parts.hostname or not self._bucket:
            raise Away(place=self.name, why="s3://KEY:SECRET@host/bucket?region=…")
        is_open = asked.get("secure", ["1"])[-1] in {"0", "false", "no"}
        port = f":{parts.port}" if parts.port else ""
        self._endpoint = f"{'http' if is_open else 'https'}://{parts.hostname}{port}"
        self._region = asked.get("region", ["us-east-1"])[-1]
        self._key, self._secret = unquote(parts.username or ""), unquote(parts.password or "")

    def lying(self) -> Iterator[Lying]:
        """Yield everything, one page of names in memory at a time."""
        with self._asked():
            for page in self._client.list("sha256", chunk_size=1000):
                for found in page:
                    name = found["path"].rpartition("/")[2]
                    if len(name) == _DIGEST_LETTERS:
                        yield Lying(name, found["size"], time.time() - found["last_modified"].timestamp())

    def find(self, digest: str) -> Lying | None:
        """Return one content."""
        with self._asked():
            try:
                found = self._client.head(_key(digest))
            except FileNotFoundError as error:
                self._must_be(error)
                return None
        return Lying(digest, found["size"], time.time() - found["last_modified"].timestamp())

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield a content piece by piece, each asked for by itself: a time limit holds for a piece, however long the whole takes."""
        start, size = 0, 1
        while start < size:
            with self._asked():
                # not after its size first: only who is asked for a content says in words that there is no such bucket
                found = self._client.get(_key(digest), options={"range": (start, start + PIECE)})
                piece, size = bytes(found.bytes()), found.meta["size"]
            if len(piece) < min(PIECE, size - start):
                raise Away(place=self.name, why="an answer was cut short")
            start += len(piece)
            yield piece

    def put(self, digest: str, content: Path) -> None:
        """Send a content, which is there whole when this returns."""
        with self._asked():
            self._client.put(_key(digest), content, chunk_size=PIECE, max_concurrency=2)

    def _must_be(self, error: FileNotFoundError) -> None:
        """Tell a content that is not there from a bucket that is not. Raises Away for the second."""
        if "NoSuchBucket" in str(error):
            raise Away(place=self.name, why="NoSuchBucket") from error

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Turn whatever the storage would not do into Away, with its own first words."""
        from obstore.exceptions import BaseError

        try:
            yield
        except FileNotFoundError as error:
            self._must_be(error)
            raise
        except BaseError as error:
            raise Away(place=self.name, why=str(error).partition("\n")[0]) from error

    @cached_property
    def _client(self) -> S3Store:
        from obstore.store import S3Store  # who keeps files in a folder does not pay for it

        return S3Store(
            self._bucket,
            endpoint=self._endpoint,
            region=self._region,
            access_key_id=self._key,
            secret_access_key=self._secret,
            checksum_algorithm="SHA256",
            client_options={
                "allow_http": self._endpoint.startswith("http:"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": ANSWER_WITHIN,
            },
            retry_config={"max_retries": 2, "retry_timeout": ANSWER_WITHIN},
        )


def place_of(url: str, folder: Path) -> Folder | Bucket:
    """Return where contents lie: in the bucket of TINHSO_FILES, or where there is none in the folder."""
    return Bucket(url) if url else Folder(folder)


def _key(digest: str) -> str:
    return f"sha256/{digest[:2]}/{digest[2:4]}/{digest}"


def _lying(path: Path) -> Lying | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        # purged since its folder was read
        return None
    return Lying(path.name, stat.st_size, time.time() - stat.st_mtime)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
