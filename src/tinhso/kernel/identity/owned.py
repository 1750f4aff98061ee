"""Whose account it is that asks, read with every request: one statement, in words put together once (`base.rows`)."""

from __future__ import annotations

from typing import Any

from tinhso.base.rows import fetch, key_value
from tinhso.kernel.identity.models import Account, ApiToken, Business, Person
from tinhso.kernel.organisation.models import Official

OWNERS = (
    " LEFT JOIN organisation_official ON organisation_official.id = identity_account.official_id"
    " LEFT JOIN identity_person ON identity_person.id = identity_account.person_id"
    " LEFT JOIN identity_business ON identity_business.id = identity_account.business_id"
)
TOKEN = "identity_apitoken JOIN identity_account ON identity_account.id = identity_apitoken.account_id"  # noqa: S105 - a join


def open_account(key: Any) -> Account | None:
    """Return an account with its owner; None for one that was closed or never was."""
    where = "identity_account.id = %s AND identity_account.is_active"
    found = fetch(
        f"identity_account{OWNERS} WHERE {where}", [key_value(Account, key)], Account, Official, Person, Business
    )
    return _with_owner(*found[0]) if found else None


def token_of(digest: str) -> ApiToken | None:
    """Return the token of a digest with its account and whose that is."""
    found = fetch(
        f"{TOKEN}{OWNERS} WHERE identity_apitoken.digest = %s", [digest], ApiToken, Account, Official, Person, Business
    )
    if not found:
        return None
    token: ApiToken = found[0][0]
    token.account = _with_owner(*found[0][1:])
    return token


def _with_owner(
    account: Account, official: Official | None, person: Person | None, business: Business | None
) -> Account:
    account.official, account.person, account.business = official, person, business
    return account
