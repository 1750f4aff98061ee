"""
Closing pieces so that only the holder of the recovery key can open them; the machine that backs up cannot.

Two files. The machine's (`backup-key.json` in the data folder) holds the public half of an X25519 pair and a secret for
names and seals; the recovery key holds the private half and the same secret. A piece is AES-256-GCM in blocks of 64 KiB
under a key of its own (X25519 with a fresh pair, HKDF-SHA256), each block bound to its number, to whether it is the last
(so nothing can be cut off) and to the name of the piece (so no piece can stand for another).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tinhso.site.backup.refusals import BadKey, KeyThere, NoKey

MACHINE_KEY = "backup-key.json"
BLOCK = 64 * 1024
_TAG = 16
_MAGIC = b"TSB1"
_HEAD = len(_MAGIC) + 32


class Unsealable(Exception):  # noqa: N818 - an answer; who asked knows which piece it is
    """A piece that does not open: cut short, changed, or sealed for another key or under another name."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """What the machine knows: how to close, name and sign; not how to open."""

    public: bytes
    secret: bytes

    @classmethod
    def of_machine(cls, data: Path) -> Self:
        """Read the machine's key. Raises NoKey, BadKey."""
        path = data / MACHINE_KEY
        if not path.exists():
            raise NoKey(path=path, data=data)
        facts = _read(path, "public")
        return cls(facts["public"], facts["secret"])

    @property
    def fingerprint(self) -> str:
        """Return what tells one key from another, for people to compare."""
        return hashlib.sha256(self.public).hexdigest()[:16]

    def name_of(self, sha256: bytes) -> str:
        """Return the name of the piece with this content: the same each time, and telling nothing without the secret."""
        return hmac.digest(self._derived(b"names"), sha256, "sha256").hex()

    def sign(self, content: bytes) -> str:
        """Return the seal over a run's facts."""
        return hmac.digest(self._derived(b"runs"), content, "sha256").hex()

    def holds(self, content: bytes, seal: str) -> bool:
        """Tell whether the facts are those that were sealed."""
        return hmac.compare_digest(self.sign(content), seal)

    def close(self, content: Iterable[bytes], name: str) -> Iterator[bytes]:
        """Yield the piece that holds the content under a name."""
        own = X25519PrivateKey.generate()
        head = own.public_key().public_bytes_raw()
        cipher = _cipher(own.exchange(X25519PublicKey.from_public_bytes(self.public)), head, self.public)
        yield _MAGIC + head
        number, waiting = 0, b""
        for chunk in content:
            waiting += chunk
            while len(waiting) > BLOCK:
                yield cipher.encrypt(_nonce(number, is_last=False), waiting[:BLOCK], name.encode())
                number, waiting = number + 1, waiting[BLOCK:]
        yield cipher.encrypt(_nonce(number, is_last=True), waiting, name.encode())

    def _derived(self, what: bytes) -> bytes:
        return HKDF(SHA256(), 32, None, b"tinhso backup " + what).derive(self.secret)


def sealed_size(size: int) -> int:
    """Return how many bytes a piece has that holds a content of so many: a head, and a tag for each block."""
    return _HEAD + size + _TAG * max(1, -(-size // BLOCK))


@dataclass(frozen=True, slots=True)
class Opener:
    """What the recovery key knows: everything the machine does, and how to open."""

    private: bytes
    sealer: Sealer

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Read a recovery key. Raises BadKey."""
        facts = _read(path, "private")
        public = X25519PrivateKey.from_private_bytes(facts["private"]).public_key().public_bytes_raw()
        return cls(facts["private"], Sealer(public, facts["secret"]))

    def open(self, piece: IO[bytes], name: str) -> Iterator[bytes]:
        """Yield the content of a piece. Raises Unsealable, at the latest at its end."""
        head = piece.read(_HEAD)
        if len(head) < _HEAD or not head.startswith(_MAGIC):
            raise Unsealable
        theirs = head[len(_MAGIC) :]
        shared = X25519PrivateKey.from_private_bytes(self.private).exchange(X25519PublicKey.from_public_bytes(theirs))
        cipher = _cipher(shared, theirs, self.sealer.public)
        number, block = 0, piece.read(BLOCK + _TAG)
        while True:
            following = piece.read(BLOCK + _TAG)
            try:
                yield cipher.decrypt(_nonce(number, is_last=not following), block, name.encode())
            except (InvalidTag, ValueError) as error:
                raise Unsealable from error
            if not following:
                return
            number, block = number + 1, following


def make_keys(recovery: Path, data: Path) -> str:
    """Make a pair of keys, the machine's and the recovery key, and return their fingerprint. Raises KeyThere."""
    machine = data / MACHINE_KEY
    for path in (machine, recovery):
        if path.exists():
            raise KeyThere(path=path)
    private, secret = X25519PrivateKey.generate(), secrets.token_bytes(32)
    public = private.public_key().public_bytes_raw()
    # the recovery key first: a machine that seals for a key that nobody has would be the worst of all
    _write(recovery, {"tinhso_recovery_key": 1, "private": private.private_bytes_raw().hex(), "secret": secret.hex()})
    data.mkdir(parents=True, exist_ok=True)
    _write(machine, {"tinhso_backup_key": 1, "public": public.hex(), "secret": secret.hex()})
    return Sealer(public, secret).fingerprint


def _write(path: Path, facts: dict[str, object]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path, half: str) -> dict[str, bytes]:
    try:
        facts = json.loads(path.read_bytes())
        found = {name: bytes.fromhex(facts[name]) for name in (half, "secret")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadKey(path=path) from error
    if any(len(value) != 32 for value in found.values()):  # noqa: PLR2004 - bytes of a key
        raise BadKey(path=path)
    return found


def _cipher(shared: bytes, theirs: bytes, ours: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, theirs + ours, b"tinhso backup piece").derive(shared))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])
