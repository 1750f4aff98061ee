"""Surveys: made, drawn by a seed that is kept, asked, reminded, replaced from the reserve, closed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.casework.public import Contact, case_measures
from tinhso.kernel.forms.public import NoSuchForm, latest_version
from tinhso.kernel.identity.public import notify
from tinhso.kernel.journal.public import record
from tinhso.kernel.privacy.public import has_consent
from tinhso.law.quality.survey import quotas
from tinhso.modules.quality import access
from tinhso.modules.quality.models import Cell, Invitation, Survey, Turn
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import agency_of, day_of
from tinhso.modules.quality.queries.sampling import drawn, strata_of

PURPOSE = "quality.survey"
"""What people consent to before anybody asks them."""
REMIND_AFTER = timedelta(days=5)
SILENT_AFTER = timedelta(days=5)
"""After the reminder."""
BATCH = 50
MOST = 20_000
MOST_RESERVE = 400
ASK = gettext_noop("You were drawn by lot: tell us how it was to apply for “{service}”. It takes two minutes.")
REMIND = gettext_noop(
    "We still would like to know how it was to apply for “{service}”. This link replaces the one before."
)


class SurveyOver(Refusal):
    """It has an end."""

    code = "quality.survey_over"
    text = _("This survey is over. Thank you for wanting to answer.")


class SurveyDrawn(Refusal):
    """A sample is drawn once: drawing again until it pleases is no sample."""

    code = "quality.survey_drawn"
    text = _("The sample of this survey was drawn already.")


class NobodyToAsk(Refusal):
    """No population."""

    code = "quality.nobody_to_ask"
    text = _("No dossier was settled in this period. Choose another one.")


@act
def make_survey(
    title: str, form_code: str, period: Period, *, agency_code: str, size: int, reserve: int, ends_at: datetime,
    actor: Actor, at: datetime,
) -> Survey:  # fmt: skip
    """Make a survey over the dossiers settled in a period, at an agency and all below it. Raises BadInput."""
    require(access.can_run_surveys, actor)
    agency = agency_of(agency_code, day_of(period, at))
    faults = []
    if not title.strip():
        faults.append(Fault("/title", _("Give the survey a title.")))
    if not 1 <= size <= MOST:
        faults.append(Fault("/size", _("Say how many answers are wanted, at most 20,000.")))
    if not 0 <= reserve <= MOST_RESERVE:
        faults.append(Fault("/reserve", _("The reserve is a share of the sample, at most 400%.")))
    if ends_at <= at:
        faults.append(Fault("/ends", _("The survey must end after today.")))
    try:
        version = latest_version(form_code)
    except NoSuchForm as no:
        faults.append(Fault("/form", str(no)))
    if faults:
        raise BadInput(faults=faults)
    survey = Survey.objects.create(
        title=title.strip()[:200], form_code=form_code, form_version=version, first=period.first, last=period.last,
        agency_code=agency.code, size=size, reserve=reserve, seed=secrets.token_hex(16), ends_at=ends_at,
        created_by=actor.name, created_at=at,
    )  # fmt: skip
    record("quality.survey_made", survey, actor=actor, at=at, size=size, form=form_code, seed=survey.seed)
    return survey


@act
def draw_sample(survey_id: UUID, *, actor: Actor, at: datetime) -> int:
    """
    Draw the sample by quota from each stratum, and a reserve behind it. Returns how many were drawn.

    Whoever has the seed and the dossiers draws the same again. Raises SurveyOver, SurveyDrawn, NobodyToAsk.
    """
    require(access.can_run_surveys, actor)
    survey = open_survey(survey_id, at)
    if survey.drawn_at is not None:
        raise SurveyDrawn
    strata = strata_of(survey, at)
    if not strata:
        raise NobodyToAsk
    wanted = quotas({key: stratum.population for key, stratum in strata.items()}, survey.size)
    numbers = {key: quota + ceil(quota * survey.reserve / 100) for key, quota in wanted.items()}
    cells = {
        key: Cell(
            survey=survey, key=key, level=stratum.level, field=stratum.field, population=stratum.population,
            units=stratum.units, quota=wanted[key],
        )
        for key, stratum in strata.items()
    }  # fmt: skip
    Cell.objects.bulk_create(cells.values())
    rows = [
        Invitation(
            cell=cells[key], case_code=code, agency_code=agency, place=number,
            turn=Turn.DRAWN if number < wanted[key] else Turn.RESERVE,
        )
        for key, codes in drawn(survey, numbers, at).items()
        for number, (code, agency) in enumerate(codes)
    ]  # fmt: skip
    Invitation.objects.bulk_create(rows, batch_size=500)
    survey.drawn_at = at
    survey.save(update_fields=["drawn_at"])
    record("quality.survey_drawn", survey, actor=actor, at=at, drawn=len(rows), strata=len(cells), seed=survey.seed)
    return len(rows)


@act
def ask_some(survey_id: UUID, *, actor: Actor, at: datetime, limit: int = BATCH) -> int:
    """
    Ask who was drawn, remind who did not answer, and let the reserve of the same stratum step in for who stays silent.

    Only who consented is asked; who did not is replaced, and counted as such. Returns how many were asked or reminded.
    """
    require(lambda who: by_system(who) or access.can_run_surveys(who), actor)
    survey = open_survey(survey_id, at)
    mine = Invitation.objects.select_for_update(of=("self",)).filter(cell__survey=survey)
    silent = list(mine.filter(turn=Turn.REMINDED, reminded_at__lt=at - SILENT_AFTER)[:limit])
    for one in silent:
        _replace(one, Turn.SILENT)
    remind = list(mine.filter(turn=Turn.ASKED, asked_at__lt=at - REMIND_AFTER).order_by("id")[:limit])
    ask = list(mine.filter(turn=Turn.DRAWN, interviewer_key="").order_by("cell_id", "place")[:limit])
    contacts = case_measures().contacts([one.case_code for one in (*remind, *ask)])
    asked = [_ask(one, contacts.get(one.case_code), actor=actor, at=at) for one in (*remind, *ask)]
    record("quality.survey_asked", survey, actor=actor, at=at, asked=sum(asked), silent=len(silent))
    return sum(asked)


@act
def close_survey(survey_id: UUID, *, actor: Actor, at: datetime) -> Survey:
    """Close a survey: no link opens any more, what was answered stays. Raises SurveyOver."""
    require(access.can_run_surveys, actor)
    survey = open_survey(survey_id, at)
    survey.closed_at = at
    survey.save(update_fields=["closed_at"])
    Invitation.objects.filter(cell__survey=survey).exclude(turn=Turn.ANSWERED).update(token_hash="")
    record("quality.survey_closed", survey, actor=actor, at=at)
    return survey


def open_survey(survey_id: UUID, at: datetime) -> Survey:
    """Return a survey, locked, that goes on. Raises NotFound, SurveyOver."""
    survey = Survey.objects.select_for_update().filter(pk=survey_id).first()
    if survey is None:
        raise NotFound
    if survey.closed_at is not None or survey.ends_at <= at:
        raise SurveyOver
    return survey


def hash_of(token: str) -> str:
    """Return what is kept of the token of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def _ask(one: Invitation, contact: Contact | None, *, actor: Actor, at: datetime) -> bool:
    """Send the link, for the first time or again; tell whether it was sent. A new link ends the one before."""
    if contact is None or not has_consent(contact.holder, PURPOSE, at=at):
        _replace(one, Turn.BARRED)
        return False
    token = secrets.token_urlsafe(24)
    again = one.turn == Turn.ASKED
    one.token_hash = hash_of(token)
    if again:
        one.turn, one.reminded_at = Turn.REMINDED, at
    else:
        one.turn, one.asked_at = Turn.ASKED, at
    one.save(update_fields=["turn", "token_hash", "asked_at", "reminded_at"])
    notify(
        contact.holder, text=REMIND if again else ASK,
        facts={"service": contact.service, "service_en": contact.service_en or contact.service},
        link=reverse("quality:answer", args=[token]), address=contact.email,
        event_id=uuid5(one.id, "again" if again else "first"), actor=actor, at=at,
    )  # fmt: skip
    return True


def _replace(one: Invitation, turn: Turn) -> None:
    """Note why somebody does not answer, and let the next of the reserve of the same stratum step in."""
    one.turn, one.token_hash = turn, ""
    one.save(update_fields=["turn", "token_hash"])
    rows = Invitation.objects.select_for_update().filter(cell_id=one.cell_id, turn=Turn.RESERVE)
    if nxt := rows.order_by("place").first():
        nxt.turn = Turn.DRAWN
        nxt.save(update_fields=["turn"])


def replace_declined(one: Invitation) -> None:
    """Let the reserve step in for somebody who does not want to answer."""
    _replace(one, Turn.DECLINED)
