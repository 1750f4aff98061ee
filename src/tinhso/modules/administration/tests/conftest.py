"""A province of three tiers with its administrators, made as the dull rows they are; sign-in as the door leaves it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.identity.public import account_of, actor_for, add_account
from tinhso.kernel.journal.public import Entry, new_id
from tinhso.kernel.organisation.public import Agency, Official, Post, Tenure
from tinhso.kernel.organisation.stamp import touch

DAY = date(2021, 1, 1)
AT = datetime(2022, 11, 22, 2, 0, tzinfo=UTC)
PASSWORD = "mat-khau-dai-va-kho-1"
AGENCIES = [
    ("H47", "Ủy ban nhân dân tỉnh Quảng Nam", "committee", "province"),
    ("H47.32", "Ủy ban nhân dân thành phố Hội An", "committee", "district"),
    ("H47.32.20", "Ủy ban nhân dân phường Minh An", "committee", "commune"),
    ("H47.47", "Ủy ban nhân dân huyện Núi Thành", "committee", "district"),
]
PEOPLE = [
    ("quan", "Quản Trị Tỉnh", "H47", ["admin"]),
    ("binh", "Bình Hội An", "H47.32", ["admin"]),
    ("kiem", "Kiểm Công Vụ", "H47", ["auditor"]),
    ("lan", "Nguyễn Thị Lan", "H47.32.20", ["reception"]),
    ("minh", "Trần Văn Minh", "H47.32.20", ["leader"]),
    ("khanh", "Lê Khánh", "H47", ["leader"]),
    ("hung", "Hùng Núi Thành", "H47.47", ["processor"]),
]


@pytest.fixture
def province(db):
    """Return the officials by name; each has a post of their own and an account."""
    for code, name, kind, level in AGENCIES:
        steps = code.split(".")
        path = "/".join(".".join(steps[: n + 1]) for n in range(len(steps)))
        Agency.objects.create(
            code=code,
            name=name,
            name_en=name,
            kind=kind,
            level=level,
            parent_code=path.rpartition("/")[0].rpartition("/")[2],
            path=path,
            folded=name.casefold(),
            valid_from=DAY,
        )
    return {key: an_official(key, name, agency, roles) for key, name, agency, roles in PEOPLE}


def an_official(key, name, agency="", roles=(), *, account=True):
    official = Official.objects.create(
        id=new_id(), staff_code=key.upper(), full_name=name, folded=f"{name} {key}".casefold(), username=key
    )
    if agency:
        post = f"{agency}/{key}"
        Post.objects.create(
            code=post,
            agency_code=agency,
            title=f"Chức vụ {key}",
            title_en=key,
            roles=list(roles),
            seats=2,
            valid_from=DAY,
        )
        Tenure.objects.create(post_code=post, official=official, valid_from=DAY)
    touch()
    if account:
        add_account(f"{key}.qn", official_id=official.pk, password=PASSWORD, actor=system("demo"), at=AT)
    return official


def actor(official):
    """Return an official as they come through the door with a second factor."""
    return actor_for(account_of(f"official:{official.pk}"), assurance="password+totp", level=2, at=AT)


@pytest.fixture
def enter():
    """Return a function that gives a browser in which an official is signed in with both factors."""

    def signed_in(official):
        client = Client()
        client.force_login(account_of(f"official:{official.pk}"))
        session = client.session
        moment = now().timestamp()
        session["account_authentication_methods"] = [
            {"method": "password", "at": moment, "username": "x"},
            {"method": "mfa", "type": "totp", "at": moment, "id": 1},
        ]
        session["account_authentication_methods_user"] = str(account_of(f"official:{official.pk}").pk)
        session["began_at"] = session["seen_at"] = int(moment)
        session.save()
        return client

    return signed_in


def journalled():
    return list(Entry.objects.order_by("id").values_list("event", flat=True))


def later(days):
    return AT.date() + timedelta(days=days)
