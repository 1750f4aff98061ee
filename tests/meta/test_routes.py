"""
Every page × everybody: what each is answered, held against one readable table, `routes.txt`.

A new route fails here until its line is written; a line that has changed fails until somebody has read it. What the API
answers is in tests/contract, the pages of the sign-in library are the library's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here
from tests.world import account_of, at_now, known_citizen, token  # noqa: F401

from tinhso.kernel.identity.public import ApiToken
from tinhso.kernel.journal.public import entries, receipt_code, seal
from tinhso.kernel.organisation.public import find_official
from tinhso.modules.onestop.actions import applications
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.playing import AT, COPY

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders", "at_now")]
TABLE = Path(__file__).with_name("routes.txt")
ROLES = ("nobody", "tu", "neighbour", "lan", "ha", "minh", "hung", "quantri")
PUBLIC, SOME = ("catalogue", "portal", "web", "journal"), ("nobody", "tu", "lan")
"""Pages that know no roles are asked by some only."""
ELSEWHERE = ("api", "site")
"""Namespaces that other tests walk."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a page, how it is asked, where the dossier stands, what each is answered."""

    route: str
    method: str
    station: str
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.route:<32}{self.method:<6}{self.station:<11}"
            + "".join(f"{code:<10}" for code in self.answers).rstrip()
        )


def read_table() -> list[Row]:
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, method, station, *answers = line.split()
            rows.append(Row(route, method, station, tuple(answers)))
    return rows


def named(patterns: Any, space: str = "") -> dict[str, URLPattern]:
    """Return every route of ours by its full name."""
    found: dict[str, URLPattern] = {}
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name and space:
                found[f"{space}:{pattern.name}"] = pattern
        else:
            found |= named(pattern.url_patterns, pattern.namespace or space)
    return found


ROUTES = {
    name: pattern for name, pattern in named(get_resolver().url_patterns).items() if not name.startswith(ELSEWHERE)
}


def signed_in(username: str) -> Client:
    """Return a browser in which somebody is signed in as their door leaves it: two factors, or VNeID."""
    account = account_of(username) if username not in ("tu", "neighbour") else CITIZENS[username].account
    client = Client()
    client.force_login(account)
    session, moment = client.session, AT.timestamp()
    session["began_at"] = session["seen_at"] = int(moment)
    if username in CITIZENS:
        session["vneid_level"] = 2
    else:
        session["account_authentication_methods"] = [
            {"method": "password", "at": moment, "username": "x"},
            {"method": "mfa", "type": "totp", "at": moment, "id": 1},
        ]
        session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    return client


CITIZENS: dict[str, Any] = {}


@pytest.fixture
def browsers(db):
    """A browser for everybody."""
    CITIZENS["tu"] = known_citizen()
    CITIZENS["neighbour"] = known_citizen("Lê Văn Xóm", "049185000222")
    made = {role: Client() if role == "nobody" else signed_in(role) for role in ROLES}
    for browser in made.values():
        browser.raise_request_exception = False
    return made


class World:
    """What the addresses of the routes are made of: drafts, dossiers at every station, people."""

    def __init__(self) -> None:
        self.who = playing.cast()
        self.draft = playing.start(self.who.tu)
        self.paper = playing.document(self.who.tu)
        self.file = applications.attach_file(self.draft.id, "UQ", self.paper, actor=self.who.tu, at=AT)
        self.codes: dict[str, str] = {}
        filed = self.at("filed")
        self.entry = list(entries(("dossier", filed)))[-1]
        while seal(AT):
            pass
        token(account_of("quantri"))

    def at(self, station: str) -> str:
        """Return the code of a dossier at a station."""
        if station not in self.codes:
            self.codes[station] = playing.STATIONS[station](self.who)
        return self.codes[station]

    def address(self, row: Row) -> str:
        space = row.route.split(":")[0]
        station = row.station if row.station != "-" else "filed"
        official = find_official("QN-001")
        known = {
            "application_id": self.draft.id,
            "file_id": self.file.id,
            "component": "UQ",
            "step": "copies",
            "document_id": self.paper.id,
            "entry_id": self.entry.id,
            "official_id": official.pk,
            "token_id": ApiToken.objects.first().pk,
            "slug": "ho-tich",
            "form": "01",
            "state": "dead",
            "version": 1,
            "key": "khong-co",
            "upload_id": "khong-co",
            "code": self.at(station) if space == "onestop" else self.code_of(row.route),
        }
        if "task_id" in ROUTES[row.route].pattern.converters:
            known["task_id"] = playing.last_task(self.at(station))
        wanted = ROUTES[row.route].pattern.converters
        given = {}
        for name, converter in wanted.items():
            fallback = 1 if type(converter).__name__ == "IntConverter" else self.entry.id
            given[name] = known.get(name, fallback)
        if row.route in ("onestop:begin", "onestop:intake_service"):
            given["code"] = COPY
        return reverse(row.route, kwargs=given)

    def code_of(self, route: str) -> str:
        """Return the code that a page of another package wants."""
        if route.startswith("journal:"):
            return receipt_code(self.entry.id)
        wanted = {
            "administration:agency": "H47.32.20",
            "administration:flow": "mot-cap",
            "administration:flow_file": "mot-cap",
            "administration:withdraw_flow": "mot-cap",
            "catalogue:life_event": "co-con-nho",
            "identity:refusal": "onestop.not_your_step",
        }
        return wanted.get(route, COPY)


@pytest.fixture
def world(own_folders, at_now, db):  # noqa: F811
    return World()


def answer(browser: Client, method: str, address: str, typed: dict[str, str]) -> str:
    """Ask, undo what came of it, and tell the status, with where one is sent to."""
    undo = transaction.savepoint_create()
    try:
        response = browser.get(address) if method == "GET" else browser.post(address, typed)
        if response.streaming:
            response.getvalue()
    finally:
        transaction.savepoint_rollback(undo)
    if response.status_code in (301, 302, 303):
        to = response.headers["Location"]
        return f"{response.status_code}{'login' if '/login' in to else ''}"
    return str(response.status_code)


def told(row: Row, browsers: dict[str, Client], world: World) -> Row:
    address = world.address(row)
    typed = {"code": world.at(row.station)} if row.route in ("onestop:take", "onestop:give_back") else {}
    asked = SOME if row.route.split(":")[0] in PUBLIC else ROLES
    answers = [answer(browsers[role], row.method, address, typed) if role in asked else "." for role in ROLES]
    return Row(row.route, row.method, row.station, tuple(answers))


def test_every_route_is_in_the_table():
    listed = {row.route for row in read_table()}
    assert sorted(ROUTES.keys() - listed) == []
    assert sorted(listed - ROUTES.keys()) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_is_answered_as_the_table_says(browsers, world, method, tmp_path):
    rows = [row for row in read_table() if row.method == method]
    now = [told(row, browsers, world) for row in rows]
    (tmp_path / "routes.txt").write_text("\n".join(map(str, now)))
    assert "\n".join(map(str, now)) == "\n".join(map(str, rows))


def test_nobody_meets_an_error_of_ours():
    assert [str(row) for row in read_table() if any(code.startswith("5") for code in row.answers)] == []


def test_no_stranger_gets_at_a_dossier():
    """Of the pages of one dossier, whoever has nothing to do with it reads only what is public about it."""
    public = {"onestop:track", "onestop:why"}
    own = {"onestop:begin", "onestop:intake_service"}
    for row in read_table():
        converters = ROUTES[row.route].pattern.converters
        if row.route.startswith("onestop:") and converters and row.route not in public | own:
            seen = dict(zip(ROLES, row.answers, strict=True))
            for stranger in ("nobody", "neighbour", "hung", "quantri"):
                assert seen[stranger] in {"302login", "401", "403", "404", "405", "302"}, str(row)
    assert Dossier.objects.count() == 0
