"""Who read a dossier, as its applicant is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.modules.onestop.models import Dossier, Reading
from tinhso.web.words import own

MOST = 200


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One official within one hour; agency and purpose in the language of the page."""

    hour: datetime
    reader: str
    agency: str
    purpose: str


def readings_of(dossier: Dossier) -> list[ReadingLine]:
    """Return who read a dossier, the latest first, two hundred at most. Two statements at most."""
    found = list(Reading.objects.filter(dossier=dossier).order_by("-hour", "reader_name")[:MOST])
    on = civil_date(found[0].hour) if found else None
    known = agencies_by_code({one.agency_code for one in found}, on) if on else {}
    names = {code: own(agency, "name") for code, agency in known.items()}
    return [
        ReadingLine(
            one.hour, one.reader_name, names.get(one.agency_code, one.agency_code), str(one.get_purpose_display())
        )
        for one in found
    ]
