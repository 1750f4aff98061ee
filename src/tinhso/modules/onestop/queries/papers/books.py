"""The follow-up book on paper: volumes of some hundred lines, and the closing page that names and seals them."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.clock import civil, civil_date
from tinhso.modules.onestop.models import BookVolume, YearBook
from tinhso.modules.onestop.queries.books import HEAD, form_of, notes_after_closing, volume_lines
from tinhso.modules.onestop.queries.papers.parts import Paper, head, moment, paper


def volume_paper(book: YearBook, number: int, first: int, last: int) -> Paper:
    """Return one volume of a closed book (form 06 of TT 01/2018/TT-VPCP, 07 of TT 03/2025/TT-VPCP). Five statements."""
    assert book.closed_at is not None
    return paper(
        "book-volume",
        {
            "head": head(book.desk_code, civil_date(book.closed_at)),
            "form": form_of(book),
            "year": str(book.year),
            "volume": str(number),
            "columns": list(HEAD),
            "rows": volume_lines(book, first, last),
            "first": str(first),
            "last": str(last),
            "number": "",
            "closed": moment(book.closed_at),
        },
    )


def closing_paper(book: YearBook, volumes: list[BookVolume], *, signer: str) -> Paper:
    """Return the closing page: what was opened and closed, by whom, how many lines, and the hash of each volume."""
    assert book.closed_at is not None
    return paper(
        "book-closing",
        {
            "head": head(book.desk_code, civil_date(book.closed_at)),
            "form": form_of(book),
            "year": str(book.year),
            "number": "",
            "lines": str(book.lines),
            "opened": moment(book.opened_at),
            "opened_by": book.opened_by,
            "closed": moment(book.closed_at),
            "closed_by": book.closed_by,
            "signer": signer,
            "volumes": [
                {"number": str(one.number), "first": str(one.first), "last": str(one.last), "sha256": one.sha256}
                for one in volumes
            ],
        },
    )


def corrections_paper(book: YearBook, *, at: datetime) -> Paper:
    """Return the sheet that lies in a closed book: each correction of after closing, by whom and when. Four statements."""
    assert book.closed_at is not None
    return paper(
        "book-corrections",
        {
            "head": head(book.desk_code, civil_date(at)),
            "form": form_of(book),
            "year": str(book.year),
            "number": "",
            "closed": moment(book.closed_at),
            "until": moment(at),
            "sha256": book.sha256,
            "columns": ["TT", "Mã hồ sơ", "Thủ tục hành chính", "Nội dung đính chính", "Người ghi", "Thời điểm ghi"],
            "rows": [
                [
                    str(note.number),
                    line.code if line else "",
                    line.service_name if line else "",
                    note.text,
                    note.by,
                    f"{civil(note.at):%H:%M %d/%m/%Y}",
                ]
                for note, line in notes_after_closing(book)
            ],
        },
    )
