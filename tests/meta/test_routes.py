"""
Every address × everybody: what each is answered, held against one readable table, `routes.txt`.

A new route fails here until its line is written; a line that has changed fails until somebody has read it. Pages and the
API are asked alike, by people who are signed in; what tokens may is in tests/contract and tests/scim. The pages of the
sign-in library are the library's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, reverse
from tests.doors import come_in
from tests.meta.asked import everybody
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here
from tests.world import account_of, at_now, token  # noqa: F401

from tinhso.kernel.identity.public import ApiToken
from tinhso.kernel.journal.public import entries, receipt_code, seal
from tinhso.kernel.organisation.public import find_official
from tinhso.modules.onestop.actions import applications, statements
from tinhso.modules.onestop.models import CashBook, Dossier
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.banking import came, csv_of
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.playing import AT, COPY
from tinhso.modules.plan.actions.booking import Booked, book
from tinhso.modules.plan.actions.deciding import accept
from tinhso.modules.plan.actions.taking import look_at, take_in
from tinhso.modules.plan.actions.waiting import read_waiting
from tinhso.modules.plan.queries.plans import items_of

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders", "at_now")]
TABLE = Path(__file__).with_name("routes.txt")
ROLES = (
    "nobody", "low", "tu", "neighbour", "firm", "lan", "ha", "an", "minh", "ngoc", "hoa", "hung", "other", "past",
    "standin", "auditor", "quantri",
)  # fmt: skip
MOST = frozenset(("nobody", "low", "tu", "neighbour", "lan", "ha", "minh", "past", "quantri"))
"""Who is asked in every run: the others' answers, which mostly say the same, are looked at in a whole one."""
SOME = ("nobody", "tu", "lan")
PUBLIC = (
    "catalogue:", "portal:", "quality:public", "quality:answer", "web:", "journal:", "provisioning:", "signon:configuration", "signon:jwks", "signon:token",
    "signon:introspect", "signon:revoke", "signon:par", "signon:userinfo", "api:find_procedures", "api:get_form",
    "api:get_life_event", "api:get_procedure", "api:list_agencies", "api:list_fields", "api:list_life_events",
    "api:list_roots", "api:check_receipt", "api:prove_consistency", "api:api-root", "api:openapi-json",
)  # fmt: skip
"""What knows no roles, or no sessions but tokens only, is asked by some."""
ELSEWHERE = ("site",)
"""The page of the API, which ninja names twice."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a page, how it is asked, where the dossier stands, what each is answered."""

    route: str
    method: str
    station: str
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.route:<32}{self.method:<7}{self.station:<10}"
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


def signed_in(role: str) -> Client:
    """Return a browser in which somebody is signed in as their door leaves it: two factors, or VNeID."""
    if role == "nobody":
        return Client()
    level = 1 if role == "low" else 2
    return come_in(Client(), PEOPLE[role] if role in PEOPLE else account_of(role), at=AT, level=level)


PEOPLE: dict[str, Any] = {}
"""Accounts of those who are not in the pack under the name of their role."""


@pytest.fixture
def browsers(db):
    """A browser for everybody."""
    PEOPLE.update(everybody())
    made = {role: signed_in(role) for role in ROLES}
    for browser in made.values():
        browser.raise_request_exception = False
    return made


def a_plan() -> tuple[Any, Any, Any]:
    """Return a plan, a task of it and a booking of its money, by their ids."""
    keeper = playing.official("kiemtra")
    words = "III. NHIỆM VỤ\n\n- Xây dựng kho dữ liệu dùng chung."
    plan = take_in(look_at(words.encode(), "ke-hoach.txt"), unit="H47", actor=keeper, at=AT)
    read_waiting(lambda: AT)
    (line,) = items_of(plan)
    accept(plan.pk, [(line.pk, line.version)], actor=keeper, at=AT)
    moved = book(plan.pk, Booked("allocated", "2022", "5", "1/QĐ"), actor=keeper, at=AT)
    return plan.pk, line.pk, moved.pk


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
        self.at("returned")
        self.book = CashBook.objects.get()
        rows = csv_of([came("1", "không rõ")])
        self.plan, self.line, self.movement = a_plan()
        self.statement = statements.import_statement(rows, "", playing.MINH_AN, actor=playing.official("tho"), at=AT)

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
            "unit": "H47.32.20",
            "plan_id": self.plan,
            "regime": "chuyen-doi-so-xa",
            "period": "2022-Q3",
            "item_id": self.line,
            "movement_id": self.movement,
            "token_id": ApiToken.objects.first().pk,
            "slug": "ho-tich",
            "pack": "khong-co",
            "form": "01",
            "state": "dead",
            "version": 1,
            "key": "2.1" if space == "quality" else "khong-co",
            "upload_id": "khong-co",
            "system_id": "khong-co",
            "user_id": official.pk,
            "group_id": "H47~admin",
            "urn": "khong-co",
            "name": "User",
            "rest": "khong-co",
            "year": 2022,
            "kind": "csv",
            "what": "nhan",
            "desk": self.book.desk_code,
            "book_id": self.book.id,
            "statement_id": self.statement.id,
            "line_id": self.statement.lines.get().id,
            "payment_id": self.entry.id,
            "number": 1 if space == "documents" else self.book.lines.get().receipt_number,
            "code": self.at(station)
            if space == "onestop" or self.is_of_a_dossier(row.route)
            else self.code_of(row.route),
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

    def is_of_a_dossier(self, route: str) -> bool:
        """Tell whether an operation of the API is about one dossier."""
        return route.startswith("api:") and str(ROUTES[route].pattern).startswith(("dossiers/", "track/"))

    def code_of(self, route: str) -> str:
        """Return the code that a page of another package wants."""
        if route.startswith("journal:") or route == "api:check_receipt":
            return receipt_code(self.entry.id)
        wanted = {
            "administration:agency": "H47.32.20",
            "administration:flow": "mot-cap",
            "administration:flow_file": "mot-cap",
            "administration:withdraw_flow": "mot-cap",
            "catalogue:life_event": "co-con-nho",
            "designer:begin": "mot-cap",
            "identity:refusal": "onestop.not_your_step",
            "queueing:book_line": "ho-tich",
            "inspection:scenario": "asked-twice",
            "api:get_life_event": "co-con-nho",
        }
        if route.startswith("quality:"):
            return "H47.32.20"
        if route.startswith("operations:"):
            return "tinh" if route == "operations:arrange" else "mc.tiep_nhan"
        return wanted.get(route, COPY)


@pytest.fixture
def world(own_folders, at_now, db):  # noqa: F811
    return World()


def answer(browser: Client, row: Row, address: str, typed: dict[str, str]) -> str:
    """Ask, undo what came of it, and tell the status, with where one is sent to."""
    undo = transaction.savepoint_create()
    try:
        if row.method == "GET":
            response = browser.get(address)
        elif row.route.startswith("api:"):
            response = browser.generic(row.method, address, "{}", content_type="application/json")
        else:
            response = browser.generic(row.method, address) if row.method != "POST" else browser.post(address, typed)
        if response.streaming:
            response.getvalue()
    finally:
        transaction.savepoint_rollback(undo)
    if response.status_code in (301, 302, 303):
        return "login" if "/login" in response.headers["Location"] else str(response.status_code)
    return str(response.status_code)


def told(row: Row, browsers: dict[str, Client], world: World, *, whole: bool) -> Row:
    address = world.address(row)
    typed = {"code": world.at(row.station)} if row.route in ("onestop:take", "onestop:give_back") else {}
    asked = SOME if row.route.startswith(PUBLIC) else ROLES
    known = dict(zip(ROLES, row.answers, strict=False))
    answers = [
        "." if role not in asked else known.get(role, "?") if role not in MOST and not whole
        else answer(browsers[role], row, address, typed)
        for role in ROLES
    ]  # fmt: skip
    return Row(row.route, row.method, row.station, tuple(answers))


def test_every_route_is_in_the_table():
    listed = {row.route for row in read_table()}
    assert sorted(ROUTES.keys() - listed) == []
    assert sorted(listed - ROUTES.keys()) == []


@pytest.mark.parametrize("method", ["GET", "POST", "OTHER"])
def test_everybody_is_answered_as_the_table_says(browsers, world, method, tmp_path, is_whole):
    cache.clear()  # what another test used up of a limit is not theirs
    rows = [row for row in read_table() if (row.method if row.method in ("GET", "POST") else "OTHER") == method]
    with override_settings(API_PER_MINUTE=6000):  # the whole table is asked in one frozen minute, much of it by nobody
        now = [told(row, browsers, world, whole=is_whole) for row in rows]
    (tmp_path / "routes.txt").write_text("\n".join(map(str, now)))
    assert "\n".join(map(str, now)) == "\n".join(map(str, rows))


def test_nobody_meets_an_error_of_ours():
    assert [str(row) for row in read_table() if any(code.startswith("5") for code in row.answers)] == []


def test_no_stranger_gets_at_a_dossier():
    """Of the pages of one dossier, whoever has nothing to do with it reads only what is public about it."""
    public = {"onestop:track", "onestop:why", "api:track_dossier", "api:explain_due_date", "api:get_queue"}
    own = {"onestop:begin", "onestop:intake_service", "onestop:cash_book", "api:get_cash_book"}
    for row in read_table():
        converters = ROUTES[row.route].pattern.converters
        about_one = row.route.startswith(("onestop:", "api:")) and converters and "." not in row.answers
        if about_one and row.route not in public | own and not {"plan_id", "regime"} & set(converters):
            seen = dict(zip(ROLES, row.answers, strict=True))
            for stranger in ("nobody", "low", "neighbour", "firm", "hung", "other", "past", "auditor", "quantri"):
                assert seen[stranger] in {"login", "401", "403", "404", "405", "302", "400", "422"}, str(row)
    assert Dossier.objects.count() == 0


def test_who_is_no_longer_in_office_may_what_a_stranger_may():
    """A tenure that ended yesterday opens nothing that the same person did not have as nobody in particular."""
    for row in read_table():
        seen = dict(zip(ROLES, row.answers, strict=True))
        if "." not in row.answers and row.route.startswith(("onestop:", "administration:", "api:")):
            assert seen["past"] != "200" or "200" in {seen["other"], seen["neighbour"]}, str(row)


def test_a_standin_may_what_was_delegated():
    """Who acts for the processor by delegation is answered like the processor, on every page of a dossier."""
    for row in read_table():
        if row.route.startswith("onestop:"):
            seen = dict(zip(ROLES, row.answers, strict=True))
            assert seen["standin"] == seen["ha"] or row.route in BY_NAME, str(row)


BY_NAME: set[str] = {"onestop:propose", "onestop:give_back", "onestop:demand_fee"}
"""Routes that ask who has taken the step, not who could: the delegate has not."""
