"""Putting a result into the data store, version by version; revoking one; counting papers that were not asked again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.base.rows import insert, new
from tinhso.kernel.casework.public import IssuedResult
from tinhso.kernel.documents.public import link_many
from tinhso.kernel.journal.public import record
from tinhso.law.reuse import last_day
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Holding, Source, State, result_key
from tinhso.modules.holdings.queries.held import SUBJECT


class NotInForce(Refusal):
    """It was replaced or revoked before."""

    code = "holdings.not_in_force"
    text = _("This result is not in force any more. There is nothing to revoke.")


@act
def keep_result(issued: IssuedResult, source: Source, *, actor: Actor, at: datetime) -> Holding:
    """
    Keep the result of a dossier, or a true copy, under the number of its holder; the same result again is a new version.

    For our own doors: what the journal told. The same document twice is once.
    """
    require(by_system, actor)
    key = result_key(issued.owner_number, issued.type_code, issued.number, issued.issued_on, issued.agency)
    last = Holding.objects.select_for_update().filter(key=key).order_by("-version").first()
    if last is not None and last.sha256 == issued.sha256:
        record("holdings.result_kept", last, actor=actor, at=at, again=True)
        return last
    held = new(
        Holding,
        owner_number=issued.owner_number,
        owner_name=issued.owner_name,
        source=source,
        type_code=issued.type_code.upper(),
        title=issued.title,
        title_en=issued.title_en,
        number=issued.number,
        issued_on=issued.issued_on,
        issuer_code=issued.agency,
        issuer=issued.issuer,
        valid_from=issued.issued_on,
        valid_to=last_day(issued.issued_on, issued.valid_months),
        key=key,
        version=last.version + 1 if last else 1,
        document_id=issued.document_id,
        document_name=issued.name,
        size_bytes=issued.size_bytes,
        sha256=issued.sha256,
        dossier_code=issued.dossier,
        component_code=issued.component,
        signed_by=issued.signed_by,
        original_kept=issued.original_kept,
        pages=issued.pages,
        kept_at=at,
    )
    if last is not None and last.state == State.IN_FORCE:
        replace(last, by=held.id, actor=actor, at=at)
    insert(held)
    link_many([held.document_id], SUBJECT, str(held.id))
    record(
        "holdings.result_kept", held, actor=actor, at=at, source=str(source), type=held.type_code, sha256=held.sha256
    )
    return held


def replace(old: Holding, *, by: UUID, actor: Actor, at: datetime) -> None:
    """Put a newer version in the place of one, within the act that runs."""
    Holding.objects.filter(pk=old.pk).update(state=State.REPLACED, state_at=at)
    record("holdings.result_replaced", old, actor=actor, at=at, by=str(by))


@act
def revoke_result(holding_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Holding:
    """Revoke a result that its agency issued: it stays, and stands for no paper any more. Raises NotFound, NotInForce, BadInput."""
    held = Holding.objects.select_for_update().filter(pk=holding_id).first()
    if held is None:
        raise NotFound
    require(access.can_revoke_result, actor, held.issuer_code)
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write why, with the decision that revokes it."))])
    if held.state != State.IN_FORCE:
        raise NotInForce
    held.state, held.state_at, held.state_reason = State.REVOKED, at, reason.strip()[:400]
    held.save(update_fields=["state", "state_at", "state_reason"])
    record("holdings.result_revoked", held, actor=actor, at=at)
    return held


@act
def count_saved(
    service: str, names: tuple[str, str], year: int, papers: int, *, dossiers: int = 1, actor: Actor, at: datetime
) -> None:
    """Add papers that were not asked for again to the counter of a procedure and year: one statement. For our own doors."""
    require(by_system, actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO holdings_savedpapers (service_code, year, service_name, service_name_en, papers, dossiers)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (service_code, year) DO UPDATE SET"
            " papers = holdings_savedpapers.papers + excluded.papers,"
            " dossiers = holdings_savedpapers.dossiers + excluded.dossiers",
            [service, year, *names, papers, dossiers],
        )
    record("holdings.papers_saved", ("service", service), actor=actor, at=at, papers=papers, year=year)
