"""Who files what, where and when: people, agencies, services, working hours, and how unevenly they are spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

PERSON_SHARE = 0.4
"""People for each dossier: some come again."""
SPAN_DAYS = 730
TOWARDS_COMMUNES = 0.71
COMMUNE_DEVIATION, DISTRICT_DEVIATION = 0.82, 1.0
SHARE_BY_WAY = {"normal": 0.90, "asked": 0.05, "refused": 0.03, "withdrawn": 0.02}
GAPS = {  # working minutes before each step: median and deviation of the logarithm
    "accept": (60, 0.8),
    "refuse": (90, 0.8),
    "assign": (60, 0.8),
    "take": (120, 0.9),
    "ask": (240, 0.8),
    "answer": (1200, 1.0),
    "withdraw": (400, 1.0),
    "propose": (400, 1.1),
    "review": (90, 0.8),
    "sign": (120, 0.9),
    "issue": (30, 0.7),
    "return": (480, 1.3),
}
KINDS = (  # level, service, where the pack has people, steps, deviation
    (
        "commune",
        "1.001193",
        "H47.32.20",
        ("file", "accept", "take", "propose", "sign", "issue", "return"),
        COMMUNE_DEVIATION,
    ),
    (
        "district",
        "1.001612",
        "H47.32",
        ("file", "accept", "assign", "propose", "review", "sign", "issue", "return"),
        DISTRICT_DEVIATION,
    ),
)
STUCK = 0.002
"""Share of steps that somebody forgets for two months."""
NAMES = Path(__file__).with_name("names.txt")
"""Family names with how many in a hundred bear them, middle names, given names."""
ROLES = ("reception", "head", "processor", "leader", "clerk")


@dataclass(slots=True)
class Agency:
    """Where dossiers go: an agency with its desk and division, and who works there."""

    agency: str
    agency_name: str
    desk: str
    office: str
    keys: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


class Hours:
    """The working minutes of the span, numbered, so that "so many working minutes later" is an addition."""

    def __init__(self, first: date, until: datetime) -> None:
        from tinhso.base.clock import CIVIL_ZONE
        from tinhso.kernel.organisation.public import calendar_for

        calendar = calendar_for(None, first)
        self.minutes: list[int] = []
        day = first
        while datetime.combine(day, datetime.min.time(), CIVIL_ZONE) <= until:
            for start, end in calendar.hours_on(day):
                begin = int(datetime.combine(day, start, CIVIL_ZONE).timestamp())
                stop = int(datetime.combine(day, end, CIVIL_ZONE).timestamp())
                self.minutes += range(begin, stop, 60)
            day += timedelta(days=1)
        last = int(until.timestamp())
        self.minutes = [minute for minute in self.minutes if minute < last]


class People:
    """People by number, made when they are first needed: names as frequent as they are, folded once."""

    def __init__(self, count: int) -> None:
        from tinhso.base.text import fold

        self.count = max(count, 1)
        surnames, middles, given = (line.split() for line in NAMES.read_text().splitlines())
        weighted = [word.partition(":") for word in surnames]
        self.surnames = [(name, fold(name)) for name, _colon, weight in weighted for _ in range(int(weight))]
        self.middles = [(name, fold(name)) for name in middles]
        self.given = [(name, fold(name)) for name in given]
        self.first_id = 0x01900000_0000_7000_8000 << 48

    def get(self, number: int) -> tuple[str, str, str, str, str]:
        """Return name, folded name, citizen number, telephone, id (32 hex digits)."""
        mixed = (number * 2654435761) & 0xFFFFFFFF
        surname = self.surnames[mixed % len(self.surnames)]
        middle = self.middles[(mixed >> 7) % len(self.middles)]
        given = self.given[(mixed >> 13) % len(self.given)]
        birth = 1950 + (mixed >> 19) % 55
        century = 0 if birth < 2000 else 2
        return (
            f"{surname[0]} {middle[0]} {given[0]}",
            f"{surname[1]} {middle[1]} {given[1]}",
            f"049{century + (mixed & 1)}{birth % 100:02d}{number % 1_000_000:06d}",
            f"09{number % 100_000_000:08d}",
            f"{self.first_id + number:032x}",
        )

    def rows(self, at: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of identity_person."""
        for number in range(self.count):
            name, folded, citizen, phone, key = self.get(number)
            yield key, citizen, name, folded, None, "", "", "", phone, "", "", at, at


PERSON = (
    "id citizen_number full_name name_folded birth_on sex address unit_code phone email verified_by added_at changed_at"
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A service as dossiers name it."""

    code: str
    name: str
    name_en: str
    folded: str
    form_code: str
    result_mark: str


def services(like: str, until: datetime) -> list[Offered]:
    """Return the services that run on the flow of this one at its level, the one itself first: the most asked for."""
    from tinhso.base.clock import civil_date
    from tinhso.base.registry import registry
    from tinhso.base.text import fold
    from tinhso.kernel.casework.public import ServiceCatalogue, get_service
    from tinhso.modules.catalogue.queries.procedures import in_force

    on = civil_date(until)
    model = get_service(like, on=on)
    codes = in_force(on).filter(complete=True).order_by("popular", "code").values_list("code", flat=True)
    known = [registry.one(ServiceCatalogue).get(code, on=on) for code in codes]
    found = [model, *(one for one in known if one.code != like)]
    return [
        Offered(one.code, one.name, one.name_en, fold(one.name), one.form_code, one.result_mark)
        for one in found
        if one.flow_code == model.flow_code and one.agency_rule.level == model.agency_rule.level
    ]


def where_played(service_code: str, code: str, until: datetime) -> Any:
    """Return the place of the pack where a way is played."""
    from _templates import Place

    from tinhso.base.clock import civil_date
    from tinhso.base.text import fold
    from tinhso.kernel.casework.public import get_service
    from tinhso.kernel.organisation.public import get_agency
    from tinhso.modules.onestop.queries.services import lanes

    on = civil_date(until)
    service, agency = get_service(service_code, on=on), get_agency(code, on)
    where = lanes(service, agency, on)
    return Place(
        service.code, service.name, service.name_en, fold(service.name), agency.code, agency.name, where["desk"],
        where["office"],
    )  # fmt: skip


def agencies(level: str, service_code: str, until: datetime) -> list[Agency]:
    """Return the agencies of a level, with desk, division, and an invented person in every post."""
    from tinhso.base.clock import civil_date
    from tinhso.kernel.casework.public import get_service
    from tinhso.kernel.organisation.public import list_agencies
    from tinhso.modules.onestop.queries.services import lanes

    on, made = civil_date(until), []
    service, people = get_service(service_code, on=on), People(100_000)
    for number, row in enumerate(list_agencies(on=on, level=level, kind="committee")):
        where = lanes(service, row, on)
        made.append(
            Agency(
                row.code,
                row.name,
                where["desk"],
                where["office"],
                {role: str(uuid5(NAMESPACE_URL, f"{row.code}/{role}")) for role in ROLES},
                {role: people.get(number * len(ROLES) + place)[0] for place, role in enumerate(ROLES)},
            )
        )
    return made
