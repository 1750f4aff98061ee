"""
The key ring: small secrets encrypted in their columns (AES-256-GCM, NIST SP 800-38D), each with the id of its key.

The ring is the file `sealing-keys.json` of the data folder, readable by its owner only; the first key seals, all open. Other
processes see a new key with their next seal: they look whether the file changed. Without a file there is no ring yet.

Answers of forms are sealed once the ring says so (`seals_answers`): a program of before that runs beside would take what is
sealed for what nobody answered. It writes the ring without that word, so that going back to it goes back for answers too.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

MARK: Final = "s1"
"""Begins what is sealed in this form: `s1.<id of the key>.<nonce and ciphertext, base64url>`."""
PLAIN: Final = "plain"
"""Stands, where sealed texts are counted, for one that should be sealed and is not."""
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class Unsealable(ValueError):  # noqa: N818 - says what is, not that we erred
    """Sealed under a key that is not here, for another purpose, or changed since."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One key of the ring; `made_at` is ISO 8601 with offset."""

    id: str
    secret: bytes
    made_at: str

    def __repr__(self) -> str:
        """Return the id alone: a key must not get into a log."""
        return f"SealingKey({self.id})"


def ring_path() -> Path:
    """Return where the ring lies."""
    return Path(settings.DATA_DIR) / "sealing-keys.json"


def ring() -> tuple[SealingKey, ...]:
    """Return the keys, the one that seals first; none when no ring was made."""
    return _ring()[0]


def seals_answers() -> bool:
    """Tell whether answers of forms are sealed from now on: every program that runs can open them."""
    return _ring()[1]


def _ring() -> tuple[tuple[SealingKey, ...], bool]:
    path = ring_path()
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (), False
    return _read(str(path), stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int, _inode: int) -> tuple[tuple[SealingKey, ...], bool]:
    kept = json.loads(Path(path).read_text("utf-8"))
    keys = tuple(SealingKey(one["id"], base64.b64decode(one["secret"]), one["made_at"]) for one in kept["keys"])
    return keys, bool(keys) and kept.get("answers") is True


def add_key(*, at: datetime) -> SealingKey:
    """Make a key that seals from now on, answers too, put it first and return it. It is on disk by then."""
    made = SealingKey(f"{at:%y%m%d}{secrets.token_hex(3)}", secrets.token_bytes(_KEY_BYTES), at.isoformat())
    _write((made, *ring()), answers=True)
    return made


def begin_answers() -> None:
    """Have answers sealed from now on by the ring that is there: no program of before runs any more."""
    if ring() and not seals_answers():
        _write(ring(), answers=True)


def drop_key(key_id: str) -> None:
    """Take a key out of the ring for good; whoever calls has seen that nothing is sealed under it."""
    _write(tuple(key for key in ring() if key.id != key_id), answers=seals_answers())


def _write(keys: tuple[SealingKey, ...], *, answers: bool = False) -> None:
    described = [
        {"id": key.id, "secret": base64.b64encode(key.secret).decode(), "made_at": key.made_at} for key in keys
    ]
    path = ring_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"keys": described, "answers": answers}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def seal_text(text: str, *, purpose: str) -> str:
    """Return the text sealed by the first key, to be opened for this purpose only. Raises Unsealable without a ring."""
    keys = ring()
    if not keys:
        raise Unsealable("there is no key ring: run ./tinhso keys rotate")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(keys[0].secret).encrypt(nonce, text.encode(), _bound(keys[0].id, purpose))
    return f"{MARK}.{keys[0].id}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal_text(sealed: str, *, purpose: str) -> str:
    """Return what `seal_text` was given. Raises Unsealable."""
    key_id = sealed_under(sealed)
    key = next((one for one in ring() if one.id == key_id), None)
    if key is None:
        raise Unsealable(f"the key {key_id or 'of this text'} is not in the ring")
    body = sealed.rsplit(".", 1)[1]
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return AESGCM(key.secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(key_id, purpose)).decode()
    except (InvalidTag, ValueError, binascii.Error) as fault:
        raise Unsealable("changed since it was sealed, or sealed for another purpose") from fault


def sealed_under(sealed: str) -> str:
    """Return the id of the key that sealed a text; empty for what is in another form."""
    parts = sealed.split(".")
    return parts[1] if len(parts) == 3 and parts[0] == MARK else ""  # noqa: PLR2004 - mark, key, body


def _bound(key_id: str, purpose: str) -> bytes:
    return f"tinhso:{MARK}:{key_id}:{purpose}".encode()
