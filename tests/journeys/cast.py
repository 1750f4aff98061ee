"""
Who and what takes part in the journeys of each province: services, people, posts, what is typed.

Journeys are written once and walked in every province, so what differs stands here and in the packs. The words on buttons
are the program's own English ones; `Cast.say` turns them into what the province's people read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from django.utils import translation
from django.utils.translation import gettext

from tinhso.base.clock import civil_date, now

Answers = Mapping[str, str]
Steps = tuple[tuple[str, Answers], ...]
"""What is typed step by step: the step's key, and the answers by name of field."""
LANGUAGES = ("vi", "en")


@cache
def say(language: str, text: str) -> str:
    """Return one of the program's own texts in a language. It must be one: a typing error is not looked for on a page."""
    with translation.override("vi"):
        known = gettext(text)
    assert known != text, f"not one of the program's texts: {text}"
    return known if language == "vi" else text


def day_fields(name: str, day: date) -> dict[str, str]:
    """Return what is typed into the three boxes of a date."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def days_from_now(count: int) -> date:
    """Return a day near today, which what is typed counts from."""
    return civil_date(now()) + timedelta(days=count)


@dataclass(frozen=True)
class Filing:
    """An application as a citizen makes it."""

    service: str
    agency: str
    """What is chosen as the place; empty where there is only one and nobody asks."""
    steps: Steps
    paper: str = ""
    """Code of the paper that is attached; none when empty."""


@dataclass(frozen=True)
class Birth:
    """A birth as it is told to the office: found in everyday words, typed on two devices."""

    filing: Filing
    search: str
    law: str
    """The text its page rests on."""
    left_at: str
    """Key of the step in which one is called away."""
    half: tuple[str, str]
    """What of that step was typed by then: field and answer."""
    child: str


@dataclass(frozen=True)
class Asked:
    """What the officer wants better, and what of the form must not be asked again."""

    pointer: str
    field: str
    answer: str
    untouched: tuple[str, ...]


@dataclass(frozen=True)
class Keys:
    """A step with one box that can be filled wrong."""

    filing: Filing
    step: str
    field: str
    wrong: str
    right: str


@dataclass(frozen=True)
class Counter:
    """Intake at the counter: what is looked for, who comes, what is counted, what it costs there."""

    search: str
    number: str
    name: str
    is_known: bool
    more: Answers
    fee: int
    cashier: str


@dataclass(frozen=True)
class Permit:
    """What is granted only after others were asked: the service, its papers, the people on its way."""

    service: str
    answers: Answers
    """What is counted, ticked and scanned at the counter; the scan's path is put where the value is empty."""
    declared: tuple[Answers, ...]
    """The declaration on paper, step by step, as the officer enters it."""
    desk: str
    head: str
    """Who assigns it; empty where whoever is free takes it."""
    worker: str
    worker_name: str
    asked: tuple[str, ...]
    """Who gives an opinion."""
    reviewer: str
    """The head who passes the proposal on, or sends it back."""
    leader: str
    leader_name: str
    clerk: str
    mark: str
    """What stands in the number of the result."""
    cashier: str


@dataclass(frozen=True)
class Staffing:
    """A post that an administrator fills, and who else has to do with it."""

    search: str
    """What is typed to find the agency."""
    agency: str
    post: str
    role: str
    own: str
    """Staff code of the administrator."""
    colleague: tuple[str, str]
    """Staff code and name of whom its authority is lent to."""


@dataclass(frozen=True)
class Cast:
    """One province as its journeys know it."""

    pack: str
    language: str
    """The one it begins in; a walk may change it."""
    code: str
    """Pattern of a dossier code."""
    absent: str
    """A code that no dossier has."""
    birth: Birth
    paid: Filing
    """An application that costs a fee and has a paper."""
    fee: int
    """What it costs online."""
    desk: str
    """Who receives it."""
    head: str
    """Who assigns it; empty where whoever is free takes it."""
    worker: str
    worker_name: str
    elsewhere: str
    """An official of another place, who may see none of it."""
    asked: Asked
    shared: Filing
    """An application that either of two officers can take."""
    shared_desk: str
    first: tuple[str, str]
    second: str
    counter: Counter
    keys: Keys
    typed: tuple[str, str, Answers]
    """For a session that ends: the step's key, the field looked at afterwards, what was typed."""
    permit: Permit
    staffing: Staffing
    flow: str
    """A flow of the pack."""
    personal: tuple[str, ...] = field(
        default=("Trần Thị Tư", "Tư", "049165000101", "0900000101", "900000101", "tu.tran@dan.example", "Thôn Mẫu 3")
    )

    def say(self, text: str) -> str:
        """Return one of the program's own texts in the language of this walk."""
        return say(self.language, text)

    def sum(self, dong: int) -> str:
        """Return an amount as pages write it."""
        return f"{dong:,}" if self.language == "en" else printed_sum(dong)


def printed_sum(dong: int) -> str:
    """Return an amount as papers and the gateway write it, in Vietnamese whatever the reader's language."""
    return f"{dong:,}".replace(",", ".")


MINH_AN, MINH_AN_WARD = "H47.32.20", "Phường Minh An"


def copies(count: int) -> Steps:
    """Return what bà Tư types to get copies of her own birth record."""
    record = {"record.event": "birth", "record.form": "extract", "record.registered_at": "UBND phường Minh An"}
    person = {"person.sex": "female", **day_fields("person.born_on", date(1965, 4, 12))}
    person |= {"person.address.line": "Thôn Mẫu 3", "person.address.unit": MINH_AN_WARD}
    return (
        ("applicant", {"applicant.address.unit": MINH_AN_WARD, "applicant.relation": "self"}),
        ("record", record),
        ("person", person),
        ("copies", {"copies.count": str(count)}),
    )


def grandchild() -> Steps:
    """Return what bà Tư types about her grandchild of three weeks."""
    mother = {"mother.known": "true", "mother.full_name": "Phạm Thị Hồng Nhung", "mother.born_on-year": "1995"}
    mother |= {"mother.ethnicity": "01", "mother.address.line": "Thôn Mẫu 5", "mother.address.unit": MINH_AN_WARD}
    child = {"child.full_name": "Lê Trần Bảo An", **day_fields("child.born_on", days_from_now(-21))}
    child |= {"child.sex": "female", "child.ethnicity": "01"}
    child |= {"child.birth_place": "Bệnh viện Đa khoa Hội An", "child.home_town": "Duy Vinh"}
    return (
        ("applicant", {"applicant.address.unit": MINH_AN_WARD, "applicant.relation": "grandparent"}),
        ("child", child),
        ("mother", mother),
        ("father", {"father.known": "false"}),
        ("papers", {"papers.proof": "certificate", "papers.number": "12/CS"}),
        ("wishes", {"wishes.wants_copies": "false"}),
    )


HOUSE = (
    {
        "owner.full_name": "Trần Thị Tư",
        "owner.citizen_number": "049165000101",
        "owner.address.line": "Thôn Mẫu 3",
        "owner.address.unit": MINH_AN_WARD,
        "owner.phone": "0900000101",
    },
    {
        "land.parcel": "12",
        "land.sheet": "7",
        "land.area": "150",
        "land.address.line": "Tổ 5",
        "land.address.unit": MINH_AN_WARD,
        "land.certificate": "CS 00012",
    },
    {"design.by": "self"},
    {
        "house.grade": "IV",
        "house.footprint": "80",
        "house.floors.0.name": "Tầng 1",
        "house.floors.0.area": "80",
        "house.storeys": "1",
        "house.height": "4,5",
    },
    {"schedule.months": "6", "schedule.neighbours": "false"},
)
COPIES = Filing("2.000635", MINH_AN, copies(2), "UQ")
QUANG_NAM = Cast(
    pack="quang-nam",
    language="vi",
    code=r"H47\.32\.20-\d{6}-\d{4}",
    absent="H47.32.20-000101-9999",
    birth=Birth(
        Filing("1.001193", MINH_AN, grandchild(), "GCS"),
        search="lam giay khai sinh",
        law="60/2014/QH13",
        left_at="mother",
        half=("mother.full_name", "Phạm Thị Hồng Nhung"),
        child="Lê Trần Bảo An",
    ),
    paid=COPIES,
    fee=16_000,
    desk="lan",
    head="",
    worker="ha",
    worker_name="Lê Thị Thu Hà",
    elsewhere="hung",
    asked=Asked(
        "/record/registered_at",
        "record.registered_at",
        "Ủy ban nhân dân phường Minh An",
        ("applicant.relation", "copies.count"),
    ),
    shared=COPIES,
    shared_desk="lan",
    first=("ha", "Lê Thị Thu Hà"),
    second="tin",
    counter=Counter("2.000635", "049165000101", "Trần Thị Tư", True, {"q-copies.count": "3"}, 24_000, "hoa"),
    keys=Keys(COPIES, "copies", "copies.count", "abc", "2"),
    typed=(
        "record",
        "record.registered_at",
        {"record.event": "marriage", "record.registered_at": "UBND phường Tân An, thành phố Hội An"},
    ),
    permit=Permit(
        "1.013225",
        {"c-QSDD": "1", "c-BVTK": "1", "f-BVTK": ""},
        declared=HOUSE,
        desk="mai",
        head="thanh",
        worker="bao",
        worker_name="Trần Quốc Bảo",
        asked=("son",),
        reviewer="thanh",
        leader="khanh",
        leader_name="Phan Gia Khánh",
        clerk="yen",
        mark="GPXD",
        cashier="cuc",
    ),
    staffing=Staffing("minh an", "H47.32.20", "H47.32.20/social", "processor", "QN-051", ("QN-003", "Lê Thị Thu Hà")),
    flow="mot-cap",
)

HIVES = {"hives.count": "3", "hives.kind": "field", **day_fields("hives.since", date(2025, 2, 1))}
BEES = Filing("9.000001", "", (("hives", HIVES), ("keeper", {})), "MAP")
ENTRY = {"entry.register": "boats", "entry.year": "1999"}
ENTRY |= {"entry.wanted.0.number": "17a", "entry.wanted.0.copies": "2"}
TOWN_COPY = Filing("9.000002", "Y90.7", (("entry", ENTRY), ("who", {})))
# two at once, on a boat: a second entry in the list, and questions that follow from answers, in it and beside it
TWINS = {"newborns.children.0.name": "Lê Sóng", "newborns.children.0.weighed": "true"}
TWINS |= {"newborns.children.0.weight": "2900"}
TWINS |= {"newborns.children.1.name": "Lê Gió", "newborns.children.1.weighed": "false"}
ARRIVAL = {**day_fields("arrival.day", days_from_now(-3)), "arrival.place": "boat", "arrival.boat": "Cá Bay"}
NEWBORNS = Filing(
    "9.000003",
    "",
    (
        ("teller", {"teller.tie": "sailor"}),
        ("arrival", ARRIVAL),
        ("newborns", TWINS),
        ("naming", {"naming.way": "lot"}),
    ),
    "NOTE",
)
LANTERNS = (
    {"lanterns.count": "12", "lanterns.light": "wax", "lanterns.bucket": "true"},
    {
        "ropes.each.0.from": "7",
        "ropes.each.0.to": "8",
        "ropes.each.0.metres": "6.5",
        "ropes.each.1.from": "8",
        "ropes.each.1.to": "9",
        "ropes.each.1.metres": "4",
        "ropes.height": "4",
    },
    {**day_fields("nights.first", days_from_now(60)), **day_fields("nights.last", days_from_now(70))},
)
NGHICH = Cast(
    pack="nghich",
    language="en",
    code=r"Y90\.1/2\d{3}-\d{6}",
    absent="Y90.1/2000-000001",
    birth=Birth(
        NEWBORNS,
        search="sinh doi",
        law="By-law 4",
        left_at="newborns",
        half=("newborns.children.0.name", "Lê Sóng"),
        child="Lê Gió",
    ),
    paid=BEES,
    fee=90_000,
    desk="bich",
    head="thanh",
    worker="bao",
    worker_name="Đồng Giải Quyết",
    elsewhere="hung",
    asked=Asked("/hives/count", "hives.count", "5", ("keeper.full_name", "keeper.email")),
    shared=TOWN_COPY,
    shared_desk="lan",
    first=("ha", "Tạ Thu Lật"),
    second="doi",
    # nobody knows this person yet: the desk writes down who stands before it
    counter=Counter("honey", "049077000106", "Bling Nhất", False, {}, 60_000, "bich"),
    keys=Keys(TOWN_COPY, "who", "who.full_name", "x", "Trần Thị Tư"),
    typed=("hives", "hives.count", {"hives.count": "19"}),
    # nobody assigns, two are asked at once, the head sits in another agency, and who worked on it enters it in the book
    permit=Permit(
        "9.000004",
        {"q-lanterns.count": "12", "c-ROPE": "2", "f-ROPE": ""},
        declared=LANTERNS,
        desk="lan",
        head="",
        worker="ha",
        worker_name="Tạ Thu Lật",
        asked=("hung", "bao"),
        reviewer="thanh",
        leader="minh",
        leader_name="Quách Minh Trái",
        clerk="ha",
        mark="DEN",
        cashier="lan",
    ),
    staffing=Staffing("xuôi", "Y90.8", "Y90.8/leader", "leader", "NG-08", ("NG-10", "Cao Hùng Xuôi")),
    flow="thang",
)
CASTS = {cast.pack: cast for cast in (QUANG_NAM, NGHICH)}
