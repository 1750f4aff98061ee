"""
Who and what takes part in the journeys of each province: services, people, posts, what is typed.

Journeys are written once and walked in every province, so what differs stands here and in the packs. The words on buttons
are the program's own English ones; `Cast.say` turns them into what the province's people read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.utils import translation
from django.utils.translation import gettext

Answers = Mapping[str, str]
Steps = tuple[tuple[str, Answers], ...]
"""What is typed step by step: the task's title in the list, and the answers by name of field."""


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


@dataclass(frozen=True)
class Filing:
    """An application as a citizen makes it."""

    service: str
    agency: str
    """What is chosen as the place; empty where there is only one and nobody asks."""
    steps: Steps
    paper: tuple[str, str] = ("", "")
    """Code and title of the paper that is attached; none when empty."""


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
    title: str
    number: str
    name: str
    is_known: bool
    more: Answers
    fee: str
    cashier: str


@dataclass(frozen=True)
class Permit:
    """What a leader signs after a head has assigned it: the service, its paper, the posts on its way."""

    service: str
    answers: Answers
    """What is ticked and scanned at the counter; the scan's path is put where the value is empty."""
    desk: str
    head: str
    worker: str
    worker_name: str
    reviews: bool
    """Whether the head passes the proposal on before the leader sees it."""
    leader: str
    clerk: str


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
    code: str
    """Pattern of a dossier code."""
    absent: str
    """A code that no dossier has."""
    paid: Filing
    """An application that costs a fee and has a paper."""
    fee: str
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
    """For a session that ends: the step's title, the field looked at afterwards, what was typed."""
    permit: Permit
    staffing: Staffing
    flow: str
    """A flow of the pack."""
    widths: tuple[int, int]
    """The width at which the administration is walked through, and a second one at which each page is looked at; or 0."""
    personal: tuple[str, ...] = field(
        default=("Trần Thị Tư", "Tư", "049165000101", "0900000101", "900000101", "tu.tran@dan.example", "Thôn Mẫu 3")
    )

    def say(self, text: str) -> str:
        """Return one of the program's own texts as people of this province read it."""
        return say(self.language, text)


MINH_AN, MINH_AN_WARD = "H47.32.20", "Phường Minh An"


def copies(count: int) -> Steps:
    """Return what bà Tư types to get copies of her own birth record."""
    record = {"record.event": "birth", "record.form": "extract", "record.registered_at": "UBND phường Minh An"}
    person = {"person.sex": "female", **day_fields("person.born_on", date(1965, 4, 12))}
    person |= {"person.address.line": "Thôn Mẫu 3", "person.address.unit": MINH_AN_WARD}
    return (
        ("Người yêu cầu", {"applicant.address.unit": MINH_AN_WARD, "applicant.relation": "self"}),
        ("Việc hộ tịch cần bản sao", record),
        ("Người được cấp", person),
        ("Bản sao", {"copies.count": str(count)}),
    )


COPIES = Filing("2.000635", MINH_AN, copies(2), ("UQ", "Văn bản ủy quyền"))
QUANG_NAM = Cast(
    pack="quang-nam",
    language="vi",
    code=r"H47\.32\.20-\d{6}-\d{4}",
    absent="H47.32.20-000101-9999",
    paid=COPIES,
    fee="16.000",
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
    counter=Counter(
        "2.000635", "trích lục", "049165000101", "Trần Thị Tư", True, {"q-copies.count": "3"}, "24.000", "hoa"
    ),
    keys=Keys(COPIES, "copies", "copies.count", "abc", "2"),
    typed=(
        "Việc hộ tịch cần bản sao",
        "record.registered_at",
        {"record.event": "marriage", "record.registered_at": "UBND phường Tân An, thành phố Hội An"},
    ),
    permit=Permit(
        "1.013225",
        {"c-QSDD": "1", "c-BVTK": "1", "f-BVTK": ""},
        desk="mai",
        head="thanh",
        worker="bao",
        worker_name="Trần Quốc Bảo",
        reviews=True,
        leader="khanh",
        clerk="yen",
    ),
    staffing=Staffing("minh an", "H47.32.20", "H47.32.20/social", "processor", "QN-051", ("QN-003", "Lê Thị Thu Hà")),
    flow="mot-cap",
    widths=(1440, 0),
)

HIVES = {"hives.count": "3", "hives.kind": "field", **day_fields("hives.since", date(2025, 2, 1))}
BEES = Filing("9.000001", "", (("The hives", HIVES), ("The keeper", {})), ("MAP", "Sketch of where the hives stand"))
ENTRY = {"entry.register": "boats", "entry.year": "1999"}
ENTRY |= {"entry.wanted.0.number": "17a", "entry.wanted.0.copies": "2"}
TOWN_COPY = Filing("9.000002", "Y90.7", (("The entry", ENTRY), ("Who asks", {})))
NGHICH = Cast(
    pack="nghich",
    language="en",
    code=r"Y90\.1/2\d{3}-\d{6}",
    absent="Y90.1/2000-000001",
    paid=BEES,
    fee="90,000",
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
    counter=Counter("honey", "bees", "049077000106", "Bling Nhất", False, {}, "60,000", "bich"),
    keys=Keys(TOWN_COPY, "who", "who.full_name", "x", "Trần Thị Tư"),
    typed=("The hives", "hives.count", {"hives.count": "19"}),
    permit=Permit(
        "9.000001",
        {"c-MAP": "1", "f-MAP": ""},
        desk="bich",
        head="thanh",
        worker="bao",
        worker_name="Đồng Giải Quyết",
        reviews=False,
        leader="khanh",
        clerk="yen",
    ),
    staffing=Staffing("xuôi", "Y90.8", "Y90.8/leader", "leader", "NG-08", ("NG-10", "Cao Hùng Xuôi")),
    flow="thang",
    widths=(390, 0),
)
CASTS = {cast.pack: cast for cast in (QUANG_NAM, NGHICH)}
