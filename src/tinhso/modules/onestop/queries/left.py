"""What a desk that ended leaves open: cash books, follow-up books, hand-over lists, bank statements."""

from __future__ import annotations

from django.db.models import Count as Number
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from tinhso.kernel.organisation.public import Count, Heirs
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import BookState, CashBook, HandOver, HandOverState, LineState, Statement, YearBook

UNSIGNED = (BookState.OPEN, BookState.CLOSED)
OPEN_LISTS = (HandOverState.DRAFT, HandOverState.SENT)


def cash_books(codes: list[str]) -> QuerySet[CashBook]:
    """Return cash books of desks of these agencies that nobody countersigned."""
    return CashBook.objects.filter(agency_code__in=codes, state__in=UNSIGNED)


def year_books(codes: list[str]) -> QuerySet[YearBook]:
    """Return follow-up books below these agencies that nobody signed."""
    return YearBook.objects.filter(head_code__in=codes, signed_at__isnull=True)


def lists(codes: list[str]) -> QuerySet[HandOver]:
    """Return hand-over lists that are being made or on their way, from or to these desks and agents."""
    return HandOver.objects.filter(Q(desk_code__in=codes) | Q(agent_code__in=codes), state__in=OPEN_LISTS)


def statements(codes: list[str]) -> QuerySet[Statement]:
    """Return bank statements of these agencies of which a line or a missing transfer waits for somebody."""
    waits = Q(lines__state__in=[LineState.OPEN, LineState.GIVE_BACK]) | Q(missing__is_open=True)
    return Statement.objects.filter(waits, agency_code__in=codes).distinct()


def count_cash_books(heirs: Heirs) -> list[Count]:
    """Return the cash books that are open or wait for the second signature, by desk: counted where the desk is now."""
    words = {
        BookState.OPEN: gettext_noop("Open: counted and closed where the desk is now"),
        BookState.CLOSED: gettext_noop("Closed: countersigned by the head of the successor"),
    }
    rows = cash_books(heirs.ended).values_list("desk_code", "agency_code", "state").annotate(n=Number("pk"))
    found = []
    for desk, agency, state, n in rows.order_by("desk_code", "state"):
        at_desk = state == BookState.OPEN
        heir = heirs.of(desk if at_desk else agency)
        held = _held(heirs, heir, access.CASH_DESK if at_desk else access.BOOK_SIGNERS)
        found.append(Count(desk, words[BookState(state)], n, heir, is_held=held))
    return found


def count_year_books(heirs: Heirs) -> list[Count]:
    """Return the follow-up books that end with their desk: closed and signed by the leader of the successor."""
    rows = year_books(heirs.ended).values_list("desk_code", "head_code").annotate(n=Number("pk")).order_by("desk_code")
    title = gettext_noop("Numbers end: closed and signed by the leader of the successor")
    return [
        Count(desk, title, n, heirs.of(head), is_held=_held(heirs, heirs.of(head), ("leader",)))
        for desk, head, n in rows
    ]


def count_lists(heirs: Heirs) -> list[Count]:
    """Return the hand-over lists that are open, by desk and state."""
    rows = lists(heirs.ended).values_list("desk_code", "state").annotate(n=Number("pk")).order_by("desk_code", "state")
    return [Count(desk, str(HandOverState(state).label), n, heirs.of(desk)) for desk, state, n in rows]


def count_statements(heirs: Heirs) -> list[Count]:
    """Return the bank statements with open differences, by agency: settled by the accountant of the successor."""
    rows = statements(heirs.ended).values_list("agency_code").annotate(n=Number("pk", distinct=True))
    title = gettext_noop("Differences open: settled by the accountant of the successor")
    return [
        Count(code, title, n, heirs.of(code), is_held=_held(heirs, heirs.of(code), ("accountant",)))
        for code, n in rows.order_by("agency_code")
    ]


def _held(heirs: Heirs, code: str, roles: tuple[str, ...]) -> bool:
    return any(heirs.is_held(code, role) for role in roles)
