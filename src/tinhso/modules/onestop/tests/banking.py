"""Statements as banks write them, made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

HEAD = ["Ngày giao dịch", "Số giao dịch", "Ghi có", "Ghi nợ", "Diễn giải"]


def csv_of(rows: Iterable[Sequence[object]]) -> bytes:
    """Return a .csv of the profile `chuan`: three lines of the bank's own, the head, the rows."""
    above = ["Ngân hàng Thử nghiệm", "Sao kê tài khoản 0473220001", ""]
    lines = [*above, ",".join(HEAD), *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    return ("\ufeff" + "\r\n".join(lines)).encode()


def came(amount: object, text: str, *, day: str = "28/11/2022", number: str = "") -> list[object]:
    """Return a row of money that came in."""
    return [day, number, amount, "", text]


def went(amount: object, text: str, *, day: str = "28/11/2022", number: str = "") -> list[object]:
    """Return a row of money that went out."""
    return [day, number, "", amount, text]


def xlsx_of(rows: Sequence[Sequence[object]]) -> bytes:
    """Return a small workbook: text as shared strings, numbers as numbers."""
    shared: list[str] = []

    def cell(place: int, row: int, value: object) -> str:
        name = f"{chr(ord('A') + place)}{row}"
        if isinstance(value, int | float):
            return f'<c r="{name}"><v>{value}</v></c>'
        shared.append(str(value))
        return f'<c r="{name}" t="s"><v>{len(shared) - 1}</v></c>'

    body = "".join(
        f'<row r="{number}">{"".join(cell(place, number, value) for place, value in enumerate(row) if value != "")}</row>'
        for number, row in enumerate(rows, 1)
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{body}</sheetData></worksheet>")
        book.writestr("xl/sharedStrings.xml", f"<sst {space}>{strings}</sst>")
    return out.getvalue()


def camt_of(entries: str, account: str = "0473220001") -> bytes:
    """Return a camt.053 with these entries."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(amount: str, text: str, *, way: str = "CRDT", currency: str = "VND", status: str = "BOOK") -> str:
    """Return an entry of a camt.053."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
        f"<BookgDt><Dt>2022-11-28</Dt></BookgDt><AcctSvcrRef>FT1</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>"
        f"{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
