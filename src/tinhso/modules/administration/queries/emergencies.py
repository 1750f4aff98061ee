"""Reads of roles that were taken in an emergency, with what was done in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import Emergency, list_emergencies
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.public import last_known_agency, province

MOST_ACTS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One emergency, told."""

    taken: Emergency
    agency: str
    role: str
    acts: int
    is_on: bool


def rows(*, seen_by: Actor, at: datetime) -> list[Row]:
    """Return the emergencies that the actor may see, newest first."""
    lang = "en" if (get_language() or "vi").startswith("en") else "vi"
    info = province(civil_date(at))
    found = []
    for taken in list_emergencies(seen_by=seen_by):
        agency = last_known_agency(taken.agency_code)
        name = (agency.name_en if lang == "en" else agency.name) if agency else taken.agency_code
        is_on = taken.began_at <= at < taken.over_at
        found.append(Row(taken, name, info.role_title(taken.role, lang), count_acts(taken), is_on))
    return found


def count_acts(taken: Emergency) -> int:
    """Return how many lines of the journal bear the mark of an emergency, up to two hundred."""
    lines = Entry.objects.filter(
        actor_key=f"official:{taken.official_id}", at__gte=taken.began_at, at__lte=taken.over_at
    ).values_list("facts", flat=True)
    return sum(facts.get("by_emergency") == str(taken.pk) for facts in lines[: MOST_ACTS * 5])
