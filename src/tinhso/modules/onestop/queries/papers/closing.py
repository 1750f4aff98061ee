"""The closing of a cash book as a paper, with room for both signatures."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from tinhso.kernel.documents.public import qr_svg
from tinhso.law.money import DENOMINATIONS, in_words
from tinhso.modules.onestop.models import BookState, CashBook, LineKind
from tinhso.modules.onestop.queries.cash import NotClosedYet, lines_of, totals_of
from tinhso.modules.onestop.queries.papers.parts import Paper, day, head, moment, paper


def closing_paper(book: CashBook) -> Paper:
    """Return the closing as it was signed. Raises NotClosedYet. Five statements."""
    if book.state == BookState.OPEN or book.closed_at is None:
        raise NotClosedYet
    totals = totals_of(book)
    page = settings.PUBLIC_URL + reverse("onestop:cash_book", args=[book.pk])
    return paper(
        "closing",
        {
            "head": head(book.desk_code, book.day),
            "number": book.number,
            "code": book.number,
            "track_url": page,
            "track_qr": qr_svg(page),
            "day": day(book.day),
            "opened": {"by": book.opened_by, "at": moment(book.opened_at)},
            "float": book.float_vnd or 0,
            "taken": totals.cash_taken,
            "voided": totals.cash_voided,
            "back": totals.cash_back,
            "transfers": totals.transfers,
            "expected": book.expected_vnd,
            "counted": book.counted_vnd,
            "counted_words": in_words(book.counted_vnd),
            "difference": book.difference_vnd,
            "reason": book.reason,
            "notes": [
                {"note": note, "count": book.counted[str(note)], "sum": note * book.counted[str(note)]}
                for note in DENOMINATIONS
                if str(note) in book.counted
            ],
            "receipts": [
                {
                    "number": line.receipt_number,
                    "dossier": line.dossier_code,
                    "kind": str(line.kind),
                    "method": line.method,
                    "amount": line.amount_vnd,
                    "reason": line.reason if line.kind == LineKind.VOIDED else "",
                }
                for line in lines_of(book)
            ],
            "closed": {"by": book.closed_by, "at": moment(book.closed_at)},
            "signed": {"by": book.signed_by, "at": moment(book.signed_at)},
        },
    )
