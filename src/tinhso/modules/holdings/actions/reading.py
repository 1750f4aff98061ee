"""An official reads what is held of somebody: for a purpose, and with a line in the journal, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.base.registry import registry
from tinhso.base.rows import insert, new
from tinhso.kernel.casework.public import DossierAtHand
from tinhso.kernel.identity.public import find_person
from tinhso.kernel.journal.public import record
from tinhso.kernel.privacy.public import has_consent
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Reading, Why
from tinhso.modules.holdings.queries.held import Page, mark_shown, page_of

ADVICE = "holdings.advice"
"""The purpose of consent for which an official may look without a dossier."""
LAW = "Luật 91/2025/QH15"
AGAIN = timedelta(hours=1)


class PurposeMissing(Refusal):
    """Nobody reads what is held of somebody without saying for what."""

    code = "holdings.purpose_missing"
    text = _("Say for what you read it: the code of the dossier at hand, or a purpose that the person consented to.")
    law = LAW
    status = 422


class NotAtHand(Refusal):
    """The dossier is not the official's to work on, or not this person's."""

    code = "holdings.not_at_hand"
    text = _("The dossier {dossier} is not one of this person that you work on. Check the code and the number.")
    law = LAW


class NoConsent(Refusal):
    """The person did not consent to it."""

    code = "holdings.no_consent"
    text = _("This person did not consent to being advised from the data store. Ask for the code of a dossier.")
    law = LAW


def read_holdings(
    number: str, *, dossier: str = "", purpose: str = "", after: str = "", actor: Actor, at: datetime
) -> Page:
    """
    Return what is held of the holder of a number, once it is journalled who read it and for what.

    For an hour the official may open the papers that were listed. Raises PurposeMissing, NotAtHand, NoConsent, Forbidden.
    """
    page = _read(number, dossier, purpose, after, actor=actor, at=at)
    mark_shown(actor, [one for line in page.lines for one in (line.held, *line.older)])
    return page


@act
def _read(number: str, dossier: str, purpose: str, after: str, *, actor: Actor, at: datetime) -> Page:
    """Return what is held, and journal the reading in the same act."""
    require(access.can_read_holdings, actor)
    why, reference = _purpose(number, dossier.strip(), purpose, actor, at)
    page = page_of(number, after=after, on=civil_date(at))
    shown = [one.id for line in page.lines for one in (line.held, *line.older)]
    _note(number, shown, why, reference, actor=actor, at=at)
    return page


@act
def note_offered(number: str, held: Sequence[UUID], service: str, *, actor: Actor, at: datetime) -> None:
    """Journal what an official was shown: at the counter for a procedure, or of a dossier at hand, by its code."""
    require(access.can_be_told_of_held, actor)
    is_at_hand = any(lent.is_at_hand(actor, service, number) for lent in registry.of(DossierAtHand))
    _note(number, list(held), Why.DOSSIER if is_at_hand else Why.COUNTER, service, actor=actor, at=at)


def note_offer(number: str, held: Sequence[UUID], service: str, *, actor: Actor, at: datetime) -> None:
    """Journal an offer unless it was within the hour: `casework.Holdings`. For doors, outside of an act."""
    if not was_noted(number, held, service, actor=actor, at=at):
        note_offered(number, held, service, actor=actor, at=at)


def was_noted(number: str, held: Sequence[UUID], service: str, *, actor: Actor, at: datetime) -> bool:
    """Tell whether this offer was journalled within the hour: a page that is loaded again writes nothing."""
    rows = Reading.objects.filter(reader_key=actor.key, owner_number=number, at__gt=at - AGAIN, reference=service)
    wanted = {str(one) for one in held}
    return any(wanted <= set(one.holdings) for one in rows)


def _purpose(number: str, dossier: str, purpose: str, actor: Actor, at: datetime) -> tuple[Why, str]:
    if dossier:
        if not any(lent.is_at_hand(actor, dossier, number) for lent in registry.of(DossierAtHand)):
            raise NotAtHand(dossier=dossier)
        return Why.DOSSIER, dossier
    if purpose != ADVICE:
        raise PurposeMissing
    person = find_person(number, seen_by=actor)
    if person is None or not has_consent(f"person:{person.pk}", ADVICE, at=at):
        raise NoConsent
    return Why.CONSENT, ADVICE


def _note(number: str, shown: list[UUID], why: Why, reference: str, *, actor: Actor, at: datetime) -> None:
    agency = next(iter(sorted(actor.agencies_with(access.OFFICE))), "")
    noted = new(
        Reading,
        owner_number=number,
        reader_key=actor.key,
        reader_name=actor.name,
        agency_code=agency,
        why=why.value,
        reference=reference,
        at=at,
        holdings=[str(one) for one in shown],
    )
    insert(noted)
    facts: dict[str, Any] = {"why": why.value, "for": reference, "shown": len(shown), "agency": agency}
    # the reading, not the number of its holder: what is journalled stays for ever
    record("holdings.results_read", ("holdings-reading", str(noted.id)), actor=actor, at=at, **facts)
