"""
Claims of the VNeID sign-on, as `kernel.identity` understands them.

The claim names are those of the sandbox and of the digest in docs: `citizen_id`, `name`, `birthdate`, `gender`, `address`,
`phone_number`, `email`, and for a business `org_tax_code`, `org_name`; `acr` is `urn:vn:vneid:<level>`. When a contract
with the national platform names them otherwise, this file is what changes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from tinhso.base.text import nfc
from tinhso.kernel.identity.protocols import Identified, UnusableClaims

_ACR = re.compile(r"urn:vn:vneid:([123])")
_NUMBER = re.compile(r"[0-9]{12}")
SEXES = {"male": "male", "female": "female"}


class VNeID:
    """Reads the claims of VNeID."""

    def read(self, id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> Identified:
        """Return who came. Raises UnusableClaims when number, name or level is missing."""
        number = str(userinfo.get("citizen_id", ""))
        if not _NUMBER.fullmatch(number):
            raise UnusableClaims("citizen_id")
        name = nfc(str(userinfo.get("name", "")))
        if not name:
            raise UnusableClaims("name")
        level = _ACR.fullmatch(str(id_token.get("acr", "")))
        if level is None:
            raise UnusableClaims("acr")
        address = userinfo.get("address")
        return Identified(
            citizen_number=number,
            full_name=name,
            assurance=f"vneid:{level[1]}",
            level=int(level[1]),
            birth_on=_day(userinfo.get("birthdate")),
            sex=SEXES.get(str(userinfo.get("gender", "")), ""),
            address=nfc(str(address.get("formatted", ""))) if isinstance(address, Mapping) else "",
            phone=str(userinfo.get("phone_number", "")),
            email=str(userinfo.get("email", "")),
            tax_code=str(userinfo.get("org_tax_code", "")),
            business_name=nfc(str(userinfo.get("org_name", ""))),
        )


def _day(text: Any) -> date | None:
    """Return the birth date, None when it is absent or only a year (`1950`, OpenID Connect Core 5.1)."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
