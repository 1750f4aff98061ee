"""
What is sealed in the tables opens: each text with the key ring, or the secret key, that lies beside the database.

Opened here by means of our own (AES-256-GCM, Fernet), as `docs/adr/0021-fields-that-are-sealed.md` describes the form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables, data

RING = "sealing-keys.json"
SECRET_KEY = "secret-key"  # noqa: S105 - the name of a file
SECOND_FACTOR = ("identity.second-factor",)
SIGNING = ("signon.signing-key", *SECOND_FACTOR)
"""What texts are sealed for. Keys of sign-on may still lie under the purpose of second factors."""
_NONCE = 12
_PARTS = 3


def secret_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secret keys that the site is given by its environment, the present one first."""
    given = [
        environment.get("TINHSO_SECRET_KEY", ""),
        *environment.get("TINHSO_SECRET_KEY_FALLBACKS", "").split(","),
    ]
    return tuple(key.strip() for key in given if key.strip())


def check_sealed(tables: Tables, folder: Path, given: Iterable[str] = ()) -> Findings:
    """Open every sealed text. `given`: secret keys besides the one in the folder."""
    ring, fault = _ring(folder / RING)
    if fault:
        yield Finding("unsealable", RING, fault)
    kept = folder / SECRET_KEY
    secrets = [*given, *([kept.read_text()] if kept.is_file() else [])]
    fernets = [_fernet(secret) for secret in secrets]
    for row, text, purposes in _texts(tables):
        if why := _refused(text, purposes, ring, fernets):
            yield Finding("unsealable", row, why)


def _texts(tables: Tables) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the rows with what is sealed in them, and what for."""
    for id_, kind, kept in tables.rows("SELECT id, type, data FROM mfa_authenticator ORDER BY id"):
        facts: Mapping[str, Any] = data(kept)
        for text in (facts.get("secret"), facts.get("seed"), *(facts.get("migrated_codes") or ())):
            if isinstance(text, str) and text:
                yield f"mfa_authenticator {id_} ({kind})", text, SECOND_FACTOR
    for kid, text in tables.rows("SELECT kid, sealed FROM signon_signingkey WHERE sealed <> '' ORDER BY kid"):
        yield f"signon_signingkey {kid}", text, SIGNING


def _ring(path: Path) -> tuple[dict[str, bytes], str]:
    """Return the keys by their ids, and what is wrong with the file; no file is an empty ring."""
    if not path.exists():
        return {}, ""
    try:
        return {one["id"]: base64.b64decode(one["secret"]) for one in json.loads(path.read_bytes())["keys"]}, ""
    except (ValueError, KeyError, TypeError) as error:
        return {}, f"cannot be read: {error}"


def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"tinhso second factor:" + secret.encode()).digest()))


def _refused(text: str, purposes: tuple[str, ...], ring: Mapping[str, bytes], fernets: list[Fernet]) -> str:
    """Return why a text does not open; empty when it does."""
    parts = text.split(".")
    if len(parts) != _PARTS or parts[0] != "s1":
        if any(_opens_fernet(fernet, text) for fernet in fernets):
            return ""
        return f"does not open with the secret key: is {SECRET_KEY}, or TINHSO_SECRET_KEY, the one of this database?"
    if parts[1] not in ring:
        return f"is sealed under the key {parts[1]}, which is not in {RING}"
    if any(_opens(ring[parts[1]], parts[1], parts[2], purpose) for purpose in purposes):
        return ""
    return f"does not open with the key {parts[1]} of {RING}"


def _opens_fernet(fernet: Fernet, text: str) -> bool:
    try:
        fernet.decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def _opens(secret: bytes, key_id: str, body: str, purpose: str) -> bool:
    try:
        sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        AESGCM(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], f"tinhso:s1:{key_id}:{purpose}".encode())
    except (InvalidTag, ValueError, binascii.Error):
        return False
    return True
