"""What the worker does: count what is there once, then keep in step with the journal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import MOST_MEASURED, case_measures
from tinhso.kernel.journal.public import Line, follow
from tinhso.modules.quality.actions import keeping, surveys
from tinhso.modules.quality.models import Offer, Progress
from tinhso.modules.quality.queries.answers import surveys_going_on
from tinhso.modules.quality.queries.kept import FOLLOWER, is_built, is_outdated
from tinhso.modules.quality.queries.measuring import news
from tinhso.modules.quality.queries.offered import count_offers

WORKER = system("worker")
SECONDS = 5.0
"""How long one run counts before other tasks have their turn."""
ANEW = timedelta(hours=20)


def keep_measures(*, at: datetime) -> int:
    """
    Measure what happened since the last run; and, until all dossiers were counted once, some more of those. Returns how many.

    The place in the journal is taken before the first counting begins: what happens meanwhile is measured afterwards.
    """
    if is_outdated():
        keeping.begin_again(actor=WORKER, at=at)
    done, until = 0, time.monotonic() + SECONDS
    told = [0]

    def tell(lines: Sequence[Line]) -> None:
        told[0] = _measure({line.entry.subject_key for line in lines if line.entry.subject_type in _kinds()}, at)

    while follow(FOLLOWER, tell, at=at, batch=MOST_MEASURED):
        done += told[0]
        if time.monotonic() > until:
            return done
    while not is_built() and time.monotonic() < until:
        done += count_some(at=at)
    return done


def count_some(*, at: datetime) -> int:
    """Count the dossiers that come next in the first counting. Returns how many of them were news."""
    lent = case_measures()
    walked = Progress.objects.values_list("walked", flat=True).first() or ""
    codes = lent.walk(walked, MOST_MEASURED)
    some = news(lent.read(codes), at) if codes else []
    keeping.keep_measures(
        some, walked=codes[-1] if codes else walked, is_whole=len(codes) < MOST_MEASURED, actor=WORKER, at=at
    )
    return len(some)


def _measure(codes: set[str], at: datetime) -> int:
    done, rest = 0, sorted(codes)
    while rest:
        some, rest = rest[:MOST_MEASURED], rest[MOST_MEASURED:]
        changed = news(case_measures().read(some), at)
        if changed:
            done += keeping.keep_measures(changed, actor=WORKER, at=at)
    return done


def _kinds() -> frozenset[str]:
    lent = case_measures()
    return lent.also | {lent.key}


def count_offer(*, at: datetime) -> int:
    """Count what the catalogue offers, once a day. Returns how many levels were counted."""
    if Offer.objects.filter(counted_at__gt=at - ANEW).exists():
        return 0
    offers = count_offers(on=civil_date(at), at=at)
    if offers:
        keeping.keep_offer(offers, actor=WORKER, at=at)
    return len(offers)


def ask_in_turn(*, at: datetime) -> int:
    """Ask and remind for each survey that was drawn and goes on, a few at a time. Returns how many were asked."""
    asked = 0
    for survey_id in surveys_going_on(at):
        try:
            asked += surveys.ask_some(survey_id, actor=WORKER, at=at)
        except surveys.SurveyOver:
            continue
    return asked
