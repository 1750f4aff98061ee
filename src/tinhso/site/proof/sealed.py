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
from tinhso.site.proof.tables import Tables, data, key

RING = "sealing-keys.json"
SECRET_KEY = "secret-key"  # noqa: S105 - the name of a file
SECOND_FACTOR = ("identity.second-factor",)
SIGNING = ("signon.signing-key", *SECOND_FACTOR)
"""What texts are sealed for. Keys of sign-on may still lie under the purpose of second factors."""
IN_ANSWERS = "~sealed"
"""Where the sealed part of answers stands among the plain ones."""
_ANSWERS = (
    ("onestop_application", "answers", "onestop.application.answers"),
    ("onestop_dossier", "answers", "onestop.dossier.answers"),
    ("onestop_supplementrequest", "changed", "onestop.supplementrequest.changed"),
)
SALT = "~salt"
"""Among what is sealed with answers: what their fingerprint is made with."""
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


class Misfit(Exception):  # noqa: N818 - says what is, not that we erred
    """What is sealed has no place in the answers any more: they were changed without it."""


class Opener:
    """Opens the answers of dossiers with the ring that lies beside the database."""

    def __init__(self, folder: Path) -> None:
        self.ring, _fault = _ring(folder / RING)

    def answers(self, id_: Any, kept: Any) -> tuple[Any, str]:
        """
        Return the answers of a dossier whole, and their salt; None where they do not open, which `check_sealed` tells.

        Raises Misfit.
        """
        answers: dict[str, Any] = data(kept)
        text = answers.pop(IN_ANSWERS, "") if isinstance(answers, dict) else ""
        if not text:
            return answers, ""
        parts = text.split(".")
        if len(parts) != _PARTS or parts[1] not in self.ring:
            return None, ""
        words = _open(self.ring[parts[1]], parts[1], parts[2], _purpose("onestop.dossier.answers", id_))
        if words is None:
            return None, ""
        salt = ""
        try:
            for path, value in json.loads(words):
                if path == [SALT]:
                    salt = value
                else:
                    _put(answers, path, value)
        except (LookupError, TypeError, ValueError, AttributeError) as fault:
            raise Misfit from fault
        return answers, salt


def _put(answers: Any, path: list[Any], value: Any) -> None:
    place = answers
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    place[path[-1]] = value


def _purpose(column: str, id_: Any) -> str:
    return f"{column}:{key(id_).replace('-', '')}"


def _texts(tables: Tables) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the rows with what is sealed in them, and what for."""
    for id_, kind, kept in tables.rows("SELECT id, type, data FROM mfa_authenticator ORDER BY id"):
        facts: Mapping[str, Any] = data(kept)
        for text in (facts.get("secret"), facts.get("seed"), *(facts.get("migrated_codes") or ())):
            if isinstance(text, str) and text:
                yield f"mfa_authenticator {id_} ({kind})", text, SECOND_FACTOR
    for kid, text in tables.rows("SELECT kid, sealed FROM signon_signingkey WHERE sealed <> '' ORDER BY kid"):
        yield f"signon_signingkey {kid}", text, SIGNING
    yield from _in_answers(tables)


def _in_answers(tables: Tables) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the rows with sensitive answers, and with answers of the API that show some."""
    for table, column, named in _ANSWERS:
        for id_, kept in tables.rows(f"SELECT id, {column} FROM {table} WHERE {_holds(column)} ORDER BY id"):
            found = data(kept)
            for each in found if isinstance(found, list) else [found]:
                if text := each.get(IN_ANSWERS):
                    yield f"{table} {key(id_)}", text, (_purpose(named, id_),)
    query = f"SELECT owner, key, body FROM identity_keptanswer WHERE {_holds('body')} ORDER BY id"
    for owner, name, body in tables.rows(query):
        if isinstance(found := data(body), dict) and (text := found.get(IN_ANSWERS)):
            yield f"identity_keptanswer {owner}", text, (f"identity.keptanswer:{owner}:{name}",)


def _holds(column: str) -> str:
    """Return the condition that a JSON column holds a sealed text, in the words of either database."""
    return f"CAST({column} AS TEXT) LIKE '%\"{IN_ANSWERS}\"%'"


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
    return _open(secret, key_id, body, purpose) is not None


def _open(secret: bytes, key_id: str, body: str, purpose: str) -> bytes | None:
    """Return what is sealed, None where it does not open."""
    try:
        sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return AESGCM(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], f"tinhso:s1:{key_id}:{purpose}".encode())
    except (InvalidTag, ValueError, binascii.Error):
        return None
