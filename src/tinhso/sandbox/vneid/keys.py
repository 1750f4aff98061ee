"""The provider's signing key: made once, kept in the data folder."""

from __future__ import annotations

import json
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


class Keys:
    """One RSA key for RS256, and the public set that clients check against."""

    def __init__(self, folder: Path) -> None:
        """Read the key, or make it."""
        path = folder / "vneid-key.json"
        if path.exists():
            self._key = RSAKey.import_key(json.loads(path.read_text()))
        else:
            self._key = RSAKey.generate_key(2048, auto_kid=True)
            folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(json.dumps(self._key.as_dict(private=True)))
        self._key.ensure_kid()

    def public(self) -> dict[str, object]:
        """Return the JSON Web Key Set (RFC 7517)."""
        found = KeySet([self._key]).as_dict(private=False)
        return {"keys": [{**key, "use": "sig", "alg": "RS256"} for key in found["keys"]]}

    def sign(self, claims: dict[str, object]) -> str:
        """Return the claims as a signed token."""
        return jwt.encode({"alg": "RS256", "kid": self._key.kid, "typ": "JWT"}, claims, self._key)

    def read(self, token: str) -> dict[str, object]:
        """Return the claims of a token we signed, however old. Raises joserfc's JoseError or ValueError."""
        return dict(jwt.decode(token, self._key, algorithms=["RS256"]).claims)
