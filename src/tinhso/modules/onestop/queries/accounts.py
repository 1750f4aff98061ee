"""The account into which the fees of an agency are transferred, and the code that a bank's application reads (S-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.refusals import Refusal
from tinhso.kernel.organisation.public import find_agency, province
from tinhso.law.vietqr import Transfer, encode
from tinhso.modules.onestop import access


class NoAccount(Refusal):
    """The pack names no account for this agency."""

    code = "onestop.no_account"
    text = _("No account for transfers is entered for {agency}. Pay online or at the counter.")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of an agency, as the pack of the province names it."""

    agency: str
    bin: str
    bank: str
    number: str
    holder: str
    profile: str


def accounts_on(on: date) -> list[Account]:
    """Return the accounts of the province that are in use on a day."""
    day = on.isoformat()
    rows = province(on).settings.get("accounts", ())
    return [_account(row) for row in rows if row["from"] <= day <= row.get("to", "9999-12-31")]


def account_of(agency_code: str, on: date) -> Account | None:
    """Return the account of an agency, else of the nearest agency above it."""
    known = {account.agency: account for account in accounts_on(on)}
    agency = find_agency(agency_code, on=on) if known else None
    path = agency.path_codes if agency else [agency_code]
    return next((known[code] for code in reversed(path) if code in known), None)


def get_account(agency_code: str, on: date) -> Account:
    """Return the account of an agency. Raises NoAccount."""
    found = account_of(agency_code, on)
    if found is None:
        raise NoAccount(agency=agency_code)
    return found


def accounts_of(actor: Actor, on: date) -> list[Account]:
    """Return the accounts whose statements the actor reconciles."""
    return [account for account in accounts_on(on) if access.can_reconcile(actor, account.agency)]


def profile_of(account: Account, on: date) -> Mapping[str, Any]:
    """Return how the bank of an account writes statements; empty when the pack does not say."""
    found: Mapping[str, Any] = province(on).settings.get("statement_profiles", {}).get(account.profile, {})
    return found


def transfer_shown(account: Account, amount_vnd: int, reference: str) -> dict[str, Any]:
    """Return what a payer needs for a transfer: the code as a picture, and the same in words."""
    text = encode(Transfer(account.bin, account.number, amount_vnd, reference))
    return {"account": account, "amount": amount_vnd, "reference": reference, "code": text}


def _account(row: Mapping[str, Any]) -> Account:
    return Account(*(str(row[name]) for name in ("agency", "bin", "bank", "number", "holder", "profile")))
