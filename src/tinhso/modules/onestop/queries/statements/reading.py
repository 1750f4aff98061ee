"""A file of a bank, whatever its form, as lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from tinhso.modules.onestop.queries.accounts import Account
from tinhso.modules.onestop.queries.statements.camt import read_camt
from tinhso.modules.onestop.queries.statements.lines import MOST_BYTES, BadStatement, Reading
from tinhso.modules.onestop.queries.statements.tables import Unreadable, read_csv, read_xlsx


def read_statement(data: bytes, account: Account, profile: Mapping[str, Any]) -> Reading:
    """
    Return what a statement holds: .xlsx by its first bytes, camt.053 by its root, else .csv by the bank's profile.

    Raises BadStatement when the whole cannot be read. A line that cannot be read is told with its number.
    """
    try:
        reading = _by_form(data, account, profile)
    except Unreadable as why:
        raise BadStatement(account=account.number, why=str(why)) from why
    if not reading.lines:
        raise BadStatement(account=account.number, why=gettext("no line of it can be read"))
    return reading


def _by_form(data: bytes, account: Account, profile: Mapping[str, Any]) -> Reading:
    if len(data) > MOST_BYTES:
        raise Unreadable(gettext("it is larger than %(most)d MB") % {"most": MOST_BYTES // 1024 // 1024})
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return read_camt(data, account.number)
    if not profile:
        raise Unreadable(gettext("the pack has no profile for this bank"))
    return read_xlsx(data, profile) if data[:4] == b"PK\x03\x04" else read_csv(data, profile)
