"""
Statements in camt.053 (ISO 20022 Bank-to-Customer Statement), any of its versions.

Read are booked entries in đồng: amount, credit or debit, day of booking, the bank's number, the text. An entry that stands for
several movements with amounts of their own is taken apart.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from lxml import etree

from tinhso.modules.onestop.queries.statements.lines import LARGEST, MOST_LINES, BadLine, BankLine, Reading
from tinhso.modules.onestop.queries.statements.tables import Unreadable

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053."


def read_camt(data: bytes, account: str) -> Reading:
    """Return the booked movements of an account. Raises Unreadable."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(gettext("it is no XML")) from error
    is_camt = (etree.QName(root).namespace or "").startswith(NAMESPACE)
    if root.getroottree().docinfo.internalDTD is not None or not is_camt:
        raise Unreadable(gettext("it is no camt.053"))
    reading, mine = Reading(), False
    for statement in root.iterfind("{*}BkToCstmrStmt/{*}Stmt"):
        if account not in (_text(statement, "Acct/Id/IBAN"), _text(statement, "Acct/Id/Othr/Id")):
            continue
        mine = True
        for entry in statement.iterfind("{*}Ntry"):
            if len(reading.lines) + len(reading.faults) >= MOST_LINES:
                raise Unreadable(gettext("it has more than %(most)d lines; split it") % {"most": MOST_LINES})
            try:
                reading.take(_line_of(entry), _entry(entry))
            except BadLine as bad:
                reading.take(_line_of(entry), bad)
    if not mine:
        raise Unreadable(gettext("it is about another account"))
    return reading


def _entry(entry: Any) -> list[BankLine]:
    if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) not in ("BOOK", ""):
        return []
    try:
        day = date.fromisoformat((_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))[:10])
    except ValueError as error:
        raise BadLine("day") from error
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    parts = details if len(details) > 1 and all(part.find("{*}Amt") is not None for part in details) else [entry]
    return [_line(entry, part, day) for part in parts]


def _line(entry: Any, part: Any, day: date) -> BankLine:
    amount = part.find("{*}Amt")
    if amount is None:
        raise BadLine("none")
    if amount.get("Ccy") != "VND":
        raise BadLine("currency")
    try:
        value = Decimal((amount.text or "").strip())
    except InvalidOperation as error:
        raise BadLine("amount") from error
    if not value.is_finite() or value != value.to_integral_value() or abs(value) >= LARGEST:
        raise BadLine("amount")
    if value <= 0:
        raise BadLine("negative" if value < 0 else "none")
    way = _text(part, "CdtDbtInd") or _text(entry, "CdtDbtInd")
    if way not in ("CRDT", "DBIT"):
        raise BadLine("amount")
    said = [found.text or "" for found in part.iterfind(".//{*}RmtInf/{*}Ustrd")] or [_text(entry, "AddtlNtryInf")]
    number = _text(part, "Refs/AcctSvcrRef") or _text(entry, "AcctSvcrRef")
    return BankLine(_line_of(entry), day, int(value) * (1 if way == "CRDT" else -1), " ".join(said)[:500], number[:100])


def _line_of(entry: Any) -> int:
    return int(entry.sourceline or 0)


def _text(element: Any, path: str) -> str:
    found = element.findtext("/".join(f"{{*}}{step}" for step in path.split("/")))
    return (found or "").strip()
