"""People and accounts of the tests, made by acting."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from tinhso.base.actors import Actor, ActorKind, Holding, system
from tinhso.kernel.identity import actions
from tinhso.kernel.journal.public import Entry, new_id
from tinhso.kernel.organisation.public import Agency, Official, Post, Tenure

AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
PASSWORD = "mat-khau-dai-va-kho-1"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEMO = system("demo")
DESK = Actor(
    kind=ActorKind.OFFICIAL,
    key="official:desk",
    name="Lan",
    level=2,
    holdings=(Holding("H47.12", ("H47", "H47.12"), "P1", frozenset({"reception"})),),
)
ADMIN = Actor(
    kind=ActorKind.OFFICIAL,
    key="official:admin",
    name="Quản trị",
    level=2,
    holdings=(Holding("H47", ("H47",), "P2", frozenset({"admin"})),),
)
CITIZEN = Actor(kind=ActorKind.CITIZEN, key="person:nobody", name="Hùng", level=2, person_id="nobody")


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def lan(db):
    """Lan of the reception desk, who signs in by password."""
    official = Official.objects.create(
        id=new_id(), staff_code="CB001", full_name="Nguyễn Thị Lan", email="lan@tinh.example", demo=True
    )
    day = datetime(2020, 1, 1, tzinfo=UTC).date()
    Agency.objects.create(
        code="H47.12",
        name="Trung tâm",
        name_en="Centre",
        kind="centre",
        level="province",
        path="H47/H47.12",
        valid_from=day,
    )
    Post.objects.create(
        code="H47.12/TN",
        agency_code="H47.12",
        title="Tiếp nhận",
        title_en="Reception",
        roles=("reception",),
        valid_from=day,
    )
    Tenure.objects.create(post_code="H47.12/TN", official=official, valid_from=day)
    return actions.add_account("lan.nt", official_id=official.pk, password=PASSWORD, actor=DEMO, at=AT)


@pytest.fixture
def tu(db):
    """Bà Tư, known from the counter."""
    return actions.add_person(
        citizen_number="049165000123", full_name="Trần Thị Tư", email="tu@dan.example", actor=DEMO, at=AT
    )


@pytest.fixture
def tu_account(tu):
    return actions.add_account("tu", person=tu, actor=DEMO, at=AT)


def code_of(secret=SECRET, *, ahead=0):
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + ahead))


def enter(client, name="lan.nt", password=PASSWORD, **more):
    return client.post("/tai-khoan/login/", {"login": name, "password": password, **more})


def events():
    return list(Entry.objects.order_by("id").values_list("event", flat=True))
