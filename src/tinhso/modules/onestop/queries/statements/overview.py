"""Statements as the accountant reads them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import require
from tinhso.base.refusals import Text
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import Dossier, Found, LineState, MissingAtBank, Statement, StatementLine
from tinhso.modules.onestop.queries.fees import owed
from tinhso.modules.onestop.queries.paging import PAGE, Keys, Page, moment, page_of

NEWEST: Keys = {"imported_at": moment, "id": UUID}
IN_ORDER: Keys = {"number": int, "id": UUID}
WAY_NAMES: dict[LineState, Text] = {
    LineState.ATTACHED: _("It pays the fee of a dossier"),
    LineState.GIVE_BACK: _("The bank is to give it back"),
    LineState.GIVEN_BACK: _("The bank gave it back"),
    LineState.NOTED: _("It is explained"),
}


def statements_of(actor: Actor, *, after: str = "", limit: int = PAGE) -> Page[Statement]:
    """Return the statements of the actor's accounts, newest first, each with how many differences are open."""
    require(access.keeps_accounts, actor)
    rows = Statement.objects.filter(agency_code__in=access.own_and_before(actor, ("accountant",)))
    waiting = Count("lines", filter=Q(lines__state__in=[LineState.OPEN, LineState.GIVE_BACK]))
    return page_of(rows.annotate(waiting=waiting), NEWEST, after=after, limit=limit, newest=True)


def get_statement(statement_id: UUID, *, seen_by: Actor) -> Statement:
    """Return a statement. Raises NotFound alike for absent and hidden."""
    found = Statement.objects.filter(pk=statement_id).first()
    if found is None or not _sees(seen_by, found):
        raise access.hidden(seen_by)
    return found


def get_line(line_id: UUID, *, seen_by: Actor) -> StatementLine:
    """Return a line with its statement and payment. Raises NotFound alike for absent and hidden."""
    rows = StatementLine.objects.select_related("statement", "payment__dossier")
    line = rows.filter(pk=line_id).first()
    if line is None or not _sees(seen_by, line.statement):
        raise access.hidden(seen_by)
    return line


def get_missing(payment_id: UUID, *, seen_by: Actor) -> MissingAtBank:
    """Return a transfer that the bank does not know. Raises NotFound alike for absent and hidden."""
    rows = MissingAtBank.objects.select_related("statement", "payment__dossier")
    missing = rows.filter(pk=payment_id).first()
    if missing is None or not _sees(seen_by, missing.statement):
        raise access.hidden(seen_by)
    return missing


def counts_of(statement: Statement) -> list[dict[str, object]]:
    """Return for each class how many lines, how much money, and how many of them are open. One statement."""
    rows = StatementLine.objects.filter(statement=statement).values("found")
    waiting = Count("id", filter=Q(state__in=[LineState.OPEN, LineState.GIVE_BACK]))
    found = {row["found"]: row for row in rows.annotate(n=Count("id"), sum=Sum("amount_vnd"), waiting=waiting)}
    return [
        {"code": kind.value, "name": kind.label, "n": row["n"], "sum": int(row["sum"]), "waiting": row["waiting"]}
        for kind in Found
        if (row := found.get(kind.value))
    ]


def differences_of(statement: Statement, wanted: str, *, after: str = "", limit: int = PAGE) -> Page[StatementLine]:
    """Return the lines of one class, or all that differ, in the order of the file."""
    rows = StatementLine.objects.filter(statement=statement).select_related("payment__dossier")
    rows = rows.filter(found=wanted) if wanted in Found.values else rows.exclude(state=LineState.SETTLED)
    return page_of(rows, IN_ORDER, after=after, limit=limit)


def missing_of(statement: Statement) -> list[MissingAtBank]:
    """Return the transfers of the days of a statement that the bank did not know then, open ones first."""
    rows = MissingAtBank.objects.filter(statement=statement).select_related("payment__dossier")
    return list(rows.order_by("-is_open", "payment_id")[:500])


def ways_of(line: StatementLine) -> list[tuple[str, Text]]:
    """Return how a line can be resolved as it stands."""
    if line.amount_vnd < 0:
        ways = [LineState.NOTED]
    elif line.state == LineState.GIVE_BACK:
        ways = [LineState.GIVEN_BACK, LineState.NOTED]
    else:
        ways = [LineState.ATTACHED, LineState.GIVE_BACK, LineState.NOTED]
    return [(way.value, WAY_NAMES[way]) for way in ways]


def proposed_for(line: StatementLine) -> list[dict[str, object]]:
    """Return the dossiers that the text of a line names, each with what it owes now. One statement where any is named."""
    rows = Dossier.objects.filter(code__in=line.proposed).order_by("code") if line.proposed else ()
    return [{"code": row.code, "owed": owed(row), "fits": owed(row) == line.amount_vnd} for row in rows]


def may_attach(line: StatementLine) -> bool:
    """Tell whether a line can pay a dossier: money that left cannot."""
    return LineState.ATTACHED in dict(ways_of(line))


def _sees(actor: Actor, statement: Statement) -> bool:
    return access.keeps_accounts(actor) and statement.agency_code in access.own_and_before(actor, ("accountant",))
