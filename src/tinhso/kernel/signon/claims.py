"""What a system is told about somebody, scope by scope (Core 1.0, section 5.4). Nothing is told by default but `sub`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import Account, Person
from tinhso.kernel.organisation.public import agencies_by_code, get_post, holdings_of

ZONE = "Asia/Ho_Chi_Minh"


def claims_of(account: Account, scopes: Iterable[str], *, at: datetime) -> dict[str, Any]:
    """Return the claims that these scopes let out, as they are now; what is not known is left out."""
    makers = {
        "profile": _profile,
        "email": _email,
        "phone": _phone,
        "address": _address,
        "vn.citizen_id": _number,
        "vn.org": _posts,
    }
    found: dict[str, Any] = {}
    for scope in scopes:
        if scope in makers:
            found |= makers[scope](account, at)
    return {name: value for name, value in found.items() if value not in ("", None)}


def _owner(account: Account) -> Any:
    return account.official or account.person or account.business


def _profile(account: Account, _at: datetime) -> dict[str, Any]:
    owner = _owner(account)
    told: dict[str, Any] = {"name": str(owner), "locale": account.language, "zoneinfo": ZONE}
    if account.business:
        return told
    # Vietnamese names begin with the family's and end with one's own
    words = str(owner).split()
    told |= {"family_name": words[0], "given_name": words[-1], "middle_name": " ".join(words[1:-1])}
    if isinstance(owner, Person):
        told |= {
            "birthdate": owner.birth_on.isoformat() if owner.birth_on else "",
            "gender": str(owner.sex),
            "updated_at": int(owner.changed_at.timestamp()),
        }
    return told


def _email(account: Account, _at: datetime) -> dict[str, Any]:
    # people may change their own; an official's is entered by the administrator
    return {"email": account.reached_at, "email_verified": bool(account.official)} if account.reached_at else {}


def _phone(account: Account, _at: datetime) -> dict[str, Any]:
    phone = _owner(account).phone
    return {"phone_number": phone, "phone_number_verified": False} if phone else {}


def _address(account: Account, _at: datetime) -> dict[str, Any]:
    address = getattr(_owner(account), "address", "")
    return {"address": {"formatted": address, "country": "VN"}} if address else {}


def _number(account: Account, _at: datetime) -> dict[str, Any]:
    if account.person:
        return {"vn.citizen_id": account.person.citizen_number}
    return {"vn.tax_code": account.business.tax_code} if account.business else {}


def _posts(account: Account, at: datetime) -> dict[str, Any]:
    """Return the posts of an official on the civil day of `at`: a claim of a year ago says nothing of today."""
    if not account.official_id:
        return {}
    on = civil_date(at)
    held = holdings_of(account.official_id, on)
    agencies = agencies_by_code({holding.agency for holding in held}, on)
    rows = []
    for holding in held:
        post, agency = get_post(holding.post, on), agencies.get(holding.agency)
        row = {
            "agency": holding.agency,
            "agency_name": agency.name if agency else holding.agency,
            "post": holding.post,
            "title": post.title,
            "roles": sorted(holding.roles),
        }
        rows.append(row | ({"delegated_by": holding.delegated_by} if holding.delegated_by else {}))
    return {"vn.org": rows}
