"""
Signing keys for demonstration and tests: a root, an issuer, and a key for each official, made here and worth nothing.

Every certificate says TEST in its name. A private key lies encrypted under its PIN (scrypt, AES-256-GCM) in a file only we
can read; the root's key is thrown away once the issuer is signed. A province in service names another `KEY_RING`: a
token, an HSM, or the government's certificate authority (Cục Chứng thực số và Bảo mật thông tin).
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from django.conf import settings

from tinhso.base.clock import civil
from tinhso.kernel.documents.public import KeyBlocked, NoKey, WeakPin, WrongPin

TRIES = 5
BLOCKED_FOR = timedelta(minutes=15)
REMEMBERED_FOR = timedelta(minutes=5)
RSA_BITS = 3072
"""128 bits of strength, as P-256 has (NIST SP 800-57 part 1, table 2); signing takes three milliseconds."""
_SHORTEST_PIN = 6
_ROOT_LIFE, _ISSUER_LIFE, _LEAF_LIFE = timedelta(days=3652), timedelta(days=3651), timedelta(days=730)
# a demonstration acts in the past too: its papers are signed by keys that were in force then
_BACKDATED = timedelta(days=366)
type PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_COUNTED = "01234567890 9876543210 abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class TestKey:
    """An official's key, unlocked, held in memory."""

    __test__ = False
    certificate: bytes
    chain: tuple[bytes, ...]
    private: PrivateKey

    def sign(self, data: bytes, digest: str) -> bytes:
        """Return the signature: RSA PKCS#1 v1.5, or ECDSA as DER."""
        algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[digest]
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), algorithm)
        return self.private.sign(data, ec.ECDSA(algorithm))


@dataclass(frozen=True, slots=True)
class _Authority:
    """Somebody who signs certificates, and until when."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    end: datetime

    def certify(
        self,
        subject: x509.Name,
        public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
        *,
        begin: datetime,
        end: datetime,
    ) -> x509.CertificateBuilder:
        """Return a certificate in the making: whose it is, from when to when, and who vouches for it."""
        issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(issuer_id, critical=False)
        )


@dataclass(frozen=True, slots=True)
class _Unlocked:
    proof: bytes
    key: TestKey
    until: datetime


_process_secret = secrets.token_bytes(32)
_unlocked: dict[Path, _Unlocked] = {}
_lock = threading.Lock()


class TestKeyRing:
    """Keys in `settings.KEYS_DIR/test`. Made on first use; the root stays the same for the life of the data folder."""

    __test__ = False

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.KEYS_DIR) / "test"

    def roots(self) -> tuple[bytes, ...]:
        """Return our TEST root, or nothing where no key was ever issued."""
        path = self.folder / "root.der"
        return (path.read_bytes(),) if path.exists() else ()

    def ends(self) -> Iterator[datetime]:
        """Yield when each certificate ends: the authorities' and the officials'."""
        for path in self.folder.glob("*.der"):
            yield x509.load_der_x509_certificate(path.read_bytes()).not_valid_after_utc
        for path in self.folder.glob("officials/*.json"):
            certificate = bytes.fromhex(json.loads(path.read_bytes())["certificate"])
            yield x509.load_der_x509_certificate(certificate).not_valid_after_utc

    def has_key(self, owner: str) -> bool:
        """Tell whether the official has a key."""
        return self._path(owner).exists()

    def issue_key(
        self,
        owner: str,
        pin: str,
        *,
        name: str,
        organisation: str,
        staff_code: str,
        at: datetime,
        kind: str = "ec",
    ) -> bytes:
        """Make a key (`ec` P-256 or `rsa` 3072) and its certificate, in place of an earlier one. Raises WeakPin."""
        if len(pin) < _SHORTEST_PIN or len(set(pin)) == 1 or pin.lower() in _COUNTED:
            raise WeakPin
        with self._locked():
            private = _new_ec() if kind == "ec" else rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
            certificate = _leaf(self._issuer(at), private, _name(name, organisation, staff_code), at)
            der = certificate.public_bytes(Encoding.DER)
            _write(self._path(owner), json.dumps(_sealed(private, der, pin, owner)).encode())
        return der

    def open_key(self, owner: str, pin: str, *, at: datetime) -> TestKey:
        """Return the key if the PIN is right. After five wrong ones in a row it is blocked for a quarter of an hour."""
        path, proof = self._path(owner), hmac.digest(_process_secret, pin.encode(), "sha256")
        if not path.exists():
            raise NoKey
        with _lock:
            known = _unlocked.get(path)
        if known and at < known.until and hmac.compare_digest(known.proof, proof):
            return known.key
        with self._locked():
            key = self._unlock(path, pin, owner, at)
        with _lock:
            _unlocked[path] = _Unlocked(proof, key, at + REMEMBERED_FOR)
        return key

    def _unlock(self, path: Path, pin: str, owner: str, at: datetime) -> TestKey:
        kept: dict[str, Any] = json.loads(path.read_bytes())
        until = datetime.fromisoformat(kept["blocked_until"]) if kept["blocked_until"] else None
        if until and at < until:
            raise KeyBlocked(until=civil(until).strftime("%H:%M %d/%m/%Y"))
        try:
            der = _cipher(pin, bytes.fromhex(kept["salt"])).decrypt(
                bytes.fromhex(kept["nonce"]), bytes.fromhex(kept["key"]), owner.encode()
            )
        except InvalidTag as error:
            raise self._count_wrong(path, kept, at) from error
        if kept["wrong"]:
            _write(path, json.dumps({**kept, "wrong": 0, "blocked_until": ""}).encode())
        private = load_der_private_key(der, None)
        if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise TypeError(f"{path} holds a {type(private).__name__}")
        issuer = (self.folder / "issuer.der").read_bytes()
        return TestKey(bytes.fromhex(kept["certificate"]), (issuer, *self.roots()), private)

    def _count_wrong(self, path: Path, kept: dict[str, Any], at: datetime) -> WrongPin | KeyBlocked:
        with _lock:
            _unlocked.pop(path, None)
        wrong = kept["wrong"] + 1
        until = at + BLOCKED_FOR if wrong >= TRIES else None
        changed = {**kept, "wrong": 0 if until else wrong, "blocked_until": until.isoformat() if until else ""}
        _write(path, json.dumps(changed).encode())
        if until:
            return KeyBlocked(until=civil(until).strftime("%H:%M %d/%m/%Y"))
        return WrongPin(left=TRIES - wrong)

    def _issuer(self, at: datetime) -> _Authority:
        """Return the issuing authority, made (with its root) the first time."""
        if not (self.folder / "issuer.pem").exists():
            _write_authorities(self.folder, at)
        key = load_pem_private_key((self.folder / "issuer.pem").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the TEST issuer has an EC key")
        certificate = x509.load_der_x509_certificate((self.folder / "issuer.der").read_bytes())
        return _Authority(certificate.subject, key, certificate.not_valid_after_utc)

    def _path(self, owner: str) -> Path:
        return self.folder / "officials" / f"{hashlib.sha256(owner.encode()).hexdigest()[:32]}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write_authorities(folder: Path, at: datetime) -> None:
    """Make the root and the issuer. The root's key is thrown away: there is one issuer, and no other."""
    root, issuer = (
        _Authority(
            _name(f"TEST {what} CA - Tỉnh Số (không có giá trị pháp lý)", "TEST - Tỉnh Số"), _new_ec(), at + life
        )
        for what, life in (("Root", _ROOT_LIFE), ("Issuing", _ISSUER_LIFE))
    )
    for file, one, depth in (("root.der", root, 1), ("issuer.der", issuer, 0)):
        builder = root.certify(one.name, one.key.public_key(), begin=at - _BACKDATED, end=one.end)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        _write(folder / file, builder.sign(root.key, hashes.SHA256()).public_bytes(Encoding.DER))
    # last, because its presence says that the authorities are complete
    _write(folder / "issuer.pem", issuer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _leaf(issuer: _Authority, private: PrivateKey, subject: x509.Name, at: datetime) -> x509.Certificate:
    end = min(at + _LEAF_LIFE, issuer.end)
    builder = issuer.certify(subject, private.public_key(), begin=at - _BACKDATED, end=end)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    return builder.sign(issuer.key, hashes.SHA256())


def _name(common: str, organisation: str, serial: str = "") -> x509.Name:
    parts = [
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, organisation[:64]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "TEST"),
        (NameOID.COMMON_NAME, common[:64]),
        (NameOID.SERIAL_NUMBER, serial[:64]),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})


def _new_ec() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _sealed(private: PrivateKey, certificate: bytes, pin: str, owner: str) -> dict[str, Any]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {
        "what": "TEST signing key, no legal value",
        "owner": owner,
        "certificate": certificate.hex(),
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "key": _cipher(pin, salt).encrypt(nonce, der, owner.encode()).hex(),
        "wrong": 0,
        "blocked_until": "",
    }


def _cipher(pin: str, salt: bytes) -> AESGCM:
    """Return the cipher that a PIN opens: scrypt makes each guess cost 32 MB and about a tenth of a second."""
    return AESGCM(hashlib.scrypt(pin.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32))


def _write(path: Path, content: bytes) -> None:
    """Replace a file whole, readable by us alone from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
