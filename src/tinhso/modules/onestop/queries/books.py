"""Follow-up books: which there are, their lines by page and month, and what is printed of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import CIVIL_ZONE, civil
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.law.forms import form_for
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import BookNote, Dossier, Way, YearBook
from tinhso.modules.onestop.queries.paging import PAGE, Keys, Page, page_of

VOLUME = 400
"""Lines of one volume: some forty pages, set in a second or two and some ten megabytes of memory."""
MONTHS = 12
BY_YEAR: Keys = {"year": int, "desk_code": str}
BY_NUMBER: Keys = {"form_number": int}
KEEPS = ("reception", "head", "leader", "clerk")
SHOWN = (
    "id", "code", "form_number", "service_name", "applicant_name", "applicant_address", "applicant_phone",
    "agency_name", "received_at", "due_at", "finished_at", "returned_at", "way", "result_way", "state",
    "postponed_at", "apologised_at", "desk_code", "book_year",
)  # fmt: skip
WAYS = {Way.DIRECT: "Trực tiếp", Way.ONLINE: "Trực tuyến", Way.POST: "Bưu chính"}
HEAD = (
    "TT", "Mã hồ sơ", "Thủ tục hành chính", "Số hồ sơ (bộ)", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại",
    "Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả", "Phương thức nhận kết quả", "Ký nhận",
    "Ghi chú",
)  # fmt: skip
"""Columns of form 06 of TT 01/2018/TT-VPCP, 07 of TT 03/2025/TT-VPCP. On paper they are Vietnamese."""


def list_books(actor: Actor, *, after: str = "") -> Page[YearBook]:
    """Return the books that the actor may know of, the newest year first. One statement."""
    books = YearBook.objects.all()
    if not access.audits_books(actor):
        books = books.filter(
            Q(desk_code__in=access.own_and_before(actor, KEEPS))
            | Q(head_code__in=access.own_and_before(actor, ["leader"]))
        )
    return page_of(books, BY_YEAR, after=after, newest=True)


def get_book(desk_code: str, year: int, *, seen_by: Actor) -> YearBook:
    """Return a book whose lines the actor may read. Raises NotFound alike for absent and hidden."""
    book = YearBook.objects.filter(desk_code=desk_code, year=year).first()
    if book is None or not access.can_read_book(seen_by, book):
        raise access.hidden(seen_by)
    return book


def lines_of(book: YearBook, *, month: int = 0, after: str = "") -> Page[Dossier]:
    """Return a page of lines, of one month (1 to 12) or of the year. One statement by the index of the book."""
    rows = _lines(book)
    if month:
        if not 1 <= month <= MONTHS:
            raise NotFound
        first = datetime(book.year, month, 1, tzinfo=CIVIL_ZONE)
        rows = rows.filter(received_at__gte=first, received_at__lt=_next_month(first))
    return page_of(rows, BY_NUMBER, after=after, limit=PAGE)


def _next_month(first: datetime) -> datetime:
    return first.replace(year=first.year + first.month // MONTHS, month=first.month % MONTHS + 1)


def _lines(book: YearBook) -> QuerySet[Dossier]:
    return lines_in(book.desk_code, book.year).only(*SHOWN)


def lines_in(desk_code: str, year: int) -> QuerySet[Dossier]:
    """Return the lines of a book: also of dossiers that went on at another desk since, never those that came from one."""
    return Dossier.objects.filter(Q(desk_code=desk_code, book_desk="") | Q(book_desk=desk_code), book_year=year)


def notes_of(book: YearBook, numbers: range | list[int]) -> dict[int, list[BookNote]]:
    """Return the corrections beside these lines, in the order in which they were written. One statement."""
    found: dict[int, list[BookNote]] = {}
    within = BookNote.objects.filter(book=book)
    wanted = (
        within.filter(number__gte=numbers.start, number__lt=numbers.stop)
        if isinstance(numbers, range)
        else within.filter(number__in=numbers)
    )
    for note in wanted.order_by("at", "id"):
        found.setdefault(note.number, []).append(note)
    return found


def cells(dossier: Dossier, notes: list[BookNote], *, until: datetime | None = None) -> list[str]:
    """Return one line as the form prints it; what happened after `until`, when the book was closed, is not in it."""
    returned = dossier.returned_at if not until or (dossier.returned_at and dossier.returned_at <= until) else None
    said = [f"{note.text} ({note.by}, {civil(note.at):%d/%m/%Y})" for note in notes if not until or note.at <= until]
    if dossier.apologised_at and (not until or dossier.apologised_at <= until):
        said.insert(0, f"Đã xin lỗi vì quá hạn ngày {civil(dossier.apologised_at):%d/%m/%Y}")
    elif dossier.postponed_at and (not until or dossier.postponed_at <= until):
        said.insert(0, f"Đã hẹn lại ngày {civil(dossier.postponed_at):%d/%m/%Y}")
    where = [dossier.applicant_address, dossier.applicant_phone]
    return [
        str(dossier.form_number),
        dossier.code,
        dossier.service_name,
        "1",
        dossier.applicant_name,
        "; ".join(part for part in where if part),
        dossier.agency_name,
        _moment(dossier.received_at),
        _moment(dossier.due_at),
        _moment(returned),
        WAYS.get(Way(dossier.result_way), ""),
        dossier.applicant_name if returned else "",
        "; ".join(said),
    ]


def _moment(at: datetime | None) -> str:
    return f"{civil(at):%H:%M %d/%m/%Y}" if at else ""


def all_cells(book: YearBook, *, until: datetime | None = None) -> Iterator[list[str]]:
    """Yield every line of a book, some hundred in memory at once."""
    last = 0
    while rows := list(_lines(book).filter(form_number__gt=last).order_by("form_number")[:VOLUME]):
        notes = notes_of(book, range(rows[0].form_number, rows[-1].form_number + 1))
        for dossier in rows:
            yield cells(dossier, notes.get(dossier.form_number, []), until=until)
        last = rows[-1].form_number


def volume_lines(book: YearBook, first: int, last: int) -> list[list[str]]:
    """Return the lines of a volume as they stood when the book was closed. Two statements."""
    rows = _lines(book).filter(form_number__gte=first, form_number__lte=last).order_by("form_number")
    notes = notes_of(book, range(first, last + 1))
    return [cells(dossier, notes.get(dossier.form_number, []), until=book.closed_at) for dossier in rows]


def has_corrections(book: YearBook) -> bool:
    """Tell whether anything was written beside a line after the book was closed. One statement, none for an open book."""
    return bool(book.closed_at) and book.notes.filter(at__gt=book.closed_at).exists()


def notes_after_closing(book: YearBook) -> list[tuple[BookNote, Dossier | None]]:
    """Return what was written beside lines after the book was closed, by line, with the line. Two statements."""
    if not book.closed_at:
        return []
    notes = list(book.notes.filter(at__gt=book.closed_at).order_by("number", "at", "id"))
    lines = {row.form_number: row for row in _lines(book).filter(form_number__in={note.number for note in notes})}
    return [(note, lines.get(note.number)) for note in notes]


def books_to_print(limit: int) -> list[YearBook]:
    """Return closed books that are not printed whole, the longest closed first."""
    return list(YearBook.objects.filter(closed_at__isnull=False, drawn_at__isnull=True).order_by("closed_at")[:limit])


def desks_without_book(year: int) -> list[str]:
    """Return the desks that kept a book in the year before, have none of this year yet and stand to its end."""
    now = YearBook.objects.filter(year=year).values("desk_code")
    rows = YearBook.objects.filter(year=year - 1).exclude(desk_code__in=now).order_by("desk_code")
    desks = list(rows.values_list("desk_code", flat=True))
    standing = agencies_by_code(desks, date(year, 12, 31)) if desks else {}
    return [desk for desk in desks if desk in standing]


def form_of(book: YearBook) -> dict[str, str]:
    """Return rule, number and title of the form of the book: those of the first day of its year."""
    form = form_for("book", date(book.year, 1, 1)).value
    assert form is not None
    return {"rule": form.rule, "number": form.number, "title": form.title}


def last_number(book: YearBook) -> int:
    """Return the last number of a book: fixed once it is closed."""
    if book.closed_at:
        return book.lines
    return _lines(book).aggregate(last=Max("form_number"))["last"] or 0


STATES = {
    "open": _("Open"),
    "printing": _("Closed, being printed"),
    "to_sign": _("Closed, to be signed"),
    "signed": _("Closed and signed"),
}


def state_of(book: YearBook) -> str:
    """Return where a book stands: open, printing, to_sign, signed."""
    if not book.closed_at:
        return "open"
    if not book.drawn_at:
        return "printing"
    return "signed" if book.signed_at else "to_sign"


def may_read_book_papers(actor: Actor, key: str) -> bool:
    """Tell whether an actor may read the printed volumes of a book, `desk:year`."""
    desk, _colon, year = key.rpartition(":")
    book = YearBook.objects.filter(desk_code=desk, year=int(year)).first()
    return book is not None and access.can_read_book(actor, book)
