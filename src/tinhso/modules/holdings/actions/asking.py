"""Asking a register that somebody else keeps, and keeping what it says as a result in force, for as long as it may stand."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil, civil_date
from tinhso.base.rows import insert, new
from tinhso.kernel.casework.public import (
    Extract,
    HeldResult,
    RegisterAnswer,
    RegisterAway,
    register_services,
)
from tinhso.kernel.documents.public import Prepared, link_many, prepare_made, render_pdf, save_made
from tinhso.kernel.journal.public import record
from tinhso.modules.holdings import access
from tinhso.modules.holdings.actions.keeping import replace
from tinhso.modules.holdings.models import Holding, OutsideRegister, Reading, Source, State, Why, result_key
from tinhso.modules.holdings.queries.held import SUBJECT, as_held, held_for, numbers_of, own_number
from tinhso.modules.holdings.queries.outside import asked_for, source_of

log = logging.getLogger(__name__)
NOTHING_SECONDS = 600
"""For how long a register that knew nothing of somebody is not asked about them again."""
SILENT_SECONDS = 30
"""For how long a register that did not answer is left alone: the next in the queue does not wait for it as well."""


def ask(number: str, codes: Collection[str], *, issue: str, actor: Actor, at: datetime) -> RegisterAnswer:
    """
    Ask the registers that answer for results of these codes, and keep what they say: `casework.Registers`.

    What a register said and still stands is not asked again. Outside of a transaction: a register may take seconds. Each
    question is journalled, and stands among the readings of whom it is about when an official asked. Raises Forbidden.
    """
    is_own = actor.is_applicant and number in numbers_of(own_number(actor))
    require(access.can_ask_registers, actor, is_own)
    found: list[HeldResult] = []
    nothing, silent = [], []
    for row in asked_for(codes):
        wanted = {code.upper() for code in codes} & {str(one).upper() for one in row.answers}
        kept = _of(row, held_for(number, wanted, on=civil_date(at)))
        if kept:
            found += kept
            continue
        outcome, said = _said(row, number, wanted, issue, actor)
        held = _keep(row, number, said, outcome, issue, actor=actor, at=at)
        found += held
        if outcome == "silent":
            silent.append(source_of(row))
        elif not held:
            nothing.append(source_of(row))
    return RegisterAnswer(tuple(found), tuple(nothing), tuple(silent))


def _said(
    row: OutsideRegister, number: str, wanted: Collection[str], issue: str, actor: Actor
) -> tuple[str, list[Extract]]:
    """Return how the register answered (found, nothing, silent) and what it said; it is not asked what it just answered."""
    services = register_services()
    marks = {"silent": f"holdings.register.{row.code}", "nothing": _mark(row.code, number)}
    known = cache.get_many(marks.values())
    for outcome, mark in marks.items():
        if services is None or mark in known:
            return outcome, []
    assert services is not None
    try:
        user = actor.key if actor.is_official else ""
        said = [one for one in services.ask(row.service, number, user=user, issue=issue) if one.type_code in wanted]
    except RegisterAway as away:
        log.warning("register %s: %s", row.code, away)
        cache.set(marks["silent"], 1, SILENT_SECONDS)
        return "silent", []
    if not said:
        cache.set(marks["nothing"], 1, NOTHING_SECONDS)
        return "nothing", []
    return "found", said


def _keep(
    row: OutsideRegister,
    number: str,
    said: Sequence[Extract],
    outcome: str,
    issue: str,
    *,
    actor: Actor,
    at: datetime,
) -> list[HeldResult]:
    """Set the papers before the act begins, then keep them in it."""
    papers = [
        (one, prepare_made(render_pdf("holdings/extract", _page(row, one, number, at), at=at), name=_name(row, one)))
        for one in said
        if one.valid_to is None or one.valid_to >= civil_date(at)
    ]
    return _kept(row, number, papers, outcome, issue, actor=actor, at=at)


@act
def _kept(
    row: OutsideRegister,
    number: str,
    papers: Sequence[tuple[Extract, Prepared]],
    outcome: str,
    issue: str,
    *,
    actor: Actor,
    at: datetime,
) -> list[HeldResult]:
    """Keep what a register said, each as a result with its paper, in the place of what it said before; journal the question."""
    is_own = actor.is_applicant
    require(access.can_ask_registers, actor, is_own)
    # two who ask at one moment: the second takes what the first has kept
    OutsideRegister.objects.select_for_update().get(pk=row.pk)
    held = [_hold(row, number, one, paper, actor=actor, at=at) for one, paper in papers]
    facts: dict[str, Any] = {
        "register": row.code,
        "outcome": outcome,
        "for": issue,
        "kept": [str(one.id) for one in held],
    }
    # not the number of its holder: what is journalled stays for ever
    record("holdings.register_asked", ("register", row.code), actor=actor, at=at, **facts)
    if not is_own:
        agency = next(iter(sorted(actor.agencies_with(access.OFFICE))), "")
        noted = new(
            Reading, owner_number=number, reader_key=actor.key, reader_name=actor.name, agency_code=agency,
            why=Why.REGISTER.value, reference=f"{row.code} {issue}"[:80], at=at, holdings=[str(one.id) for one in held],
        )  # fmt: skip
        insert(noted)
    return [as_held(one) for one in held]


def _hold(row: OutsideRegister, number: str, said: Extract, paper: Prepared, *, actor: Actor, at: datetime) -> Holding:
    key = result_key(number, said.type_code, said.number, said.issued_on, _issuer(row))
    last = Holding.objects.select_for_update().filter(key=key).order_by("-version").first()
    until = last_day(row, said, civil_date(at))
    if last is not None and last.state == State.IN_FORCE and last.valid_to == until:
        return last
    document = save_made(paper, purpose="extract", owner=_issuer(row), actor=actor, at=at)
    held = new(
        Holding,
        owner_number=number,
        owner_name="",
        source=Source.REGISTER,
        type_code=said.type_code,
        title=said.title,
        title_en=said.title_en,
        number=said.number,
        issued_on=said.issued_on,
        issuer_code=_issuer(row),
        issuer=said.issuer,
        valid_from=civil_date(at),
        valid_to=until,
        key=key,
        version=last.version + 1 if last else 1,
        document_id=document.id,
        document_name=document.name,
        size_bytes=document.size_bytes,
        sha256=document.sha256,
        kept_at=at,
    )
    if last is not None and last.state == State.IN_FORCE:
        replace(last, by=held.id, actor=actor, at=at)
    insert(held)
    link_many([held.document_id], SUBJECT, str(held.id))
    record(
        "holdings.result_kept", held, actor=actor, at=at, source=str(Source.REGISTER), type=held.type_code,
        sha256=held.sha256,
    )  # fmt: skip
    return held


def last_day(row: OutsideRegister, said: Extract, on: date) -> date:
    """Return the last day on which what a register said may stand for a paper: the register's, or ours, what comes first."""
    ours = on + timedelta(days=max(row.days, 1) - 1)
    return min(ours, said.valid_to) if said.valid_to else ours


def _of(row: OutsideRegister, held: Sequence[HeldResult]) -> list[HeldResult]:
    """Return what the register said itself, not results that are held besides."""
    rows = Holding.objects.filter(pk__in=[one.id for one in held], issuer_code=_issuer(row)) if held else ()
    own = {each.pk for each in rows}
    return [one for one in held if one.id in own]


def _issuer(row: OutsideRegister) -> str:
    return f"register:{row.code}"


def _mark(code: str, number: str) -> str:
    return f"holdings.register.{code}.{hashlib.sha256(number.encode()).hexdigest()[:32]}"


def _name(row: OutsideRegister, said: Extract) -> str:
    return f"trich-{row.code}-{said.type_code}.pdf".lower()


def _page(row: OutsideRegister, said: Extract, number: str, at: datetime) -> dict[str, Any]:
    return {
        "register": row.name,
        "keeper": row.keeper,
        "law": row.law,
        "title": said.title,
        "number": said.number,
        "issued_on": said.issued_on,
        "issuer": said.issuer,
        "holder": number,
        "until": last_day(row, said, civil_date(at)),
        "at": f"{civil(at):%H:%M %d/%m/%Y}",
        "lines": [{"label": label, "value": value} for label, value in said.lines],
    }
