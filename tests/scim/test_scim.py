"""
The staff system enters, moves and releases officials by SCIM, spoken by clients that others wrote.

scim2-tester asks over the wire what RFC 7643 and 7644 demand, attribute by attribute; the rest is what the province means
by it: who leaves has lost everything at once.
"""

from __future__ import annotations

import json
from datetime import timedelta

import httpx2
import pytest
from django.core.cache import cache
from django.test import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from tests.doors import come_in
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here
from tests.world import account_of

from tinhso.base.clock import civil_date, now
from tinhso.kernel.casework.public import Task, TaskState, take_task
from tinhso.kernel.identity.public import Account, actor_for, issue_token
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.public import Post, Tenure, holdings_of, touch
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401

pytestmark = with_province
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture(autouse=True)
def fresh():
    cache.clear()


def token_of(username: str, *scopes: str) -> str:
    account = account_of(username)
    actor = actor_for(account, assurance="password+totp", level=2, at=now())
    _row, text = issue_token(
        account, name="HR", scopes=scopes, expires_at=now() + timedelta(days=1), actor=actor, at=now()
    )
    return text


class Staff:
    """The staff system: JSON over Django's test client, with a token."""

    def __init__(self, token: str) -> None:
        self.http, self.token = Client(), token

    def ask(self, method: str, path: str, body=None, **headers: str):
        return self.http.generic(
            method,
            f"/scim/v2/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    def add(self, name: str = "tran.moi", **more):
        body = {"schemas": [USER], "userName": name, "name": {"formatted": "Trần Văn Mới"}, "active": True} | more
        return self.ask("POST", "Users", body)

    def patch(self, path: str, *operations, **headers: str):
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **headers)


@pytest.fixture
def staff():
    return Staff(token_of("quantri", "scim"))


@pytest.mark.django_db(transaction=True)
def test_a_tester_that_others_wrote_finds_nothing(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    token = token_of("quantri", "scim")
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    with httpx2.Client(base_url=f"{live_server.url}/scim/v2", headers=headers, timeout=20) as http:
        results = check_server(SyncSCIMClient(http), resource_types=["User"])
    told = [f"{one.title}: {one.reason}" for one in results if one.status not in (Status.SUCCESS, Status.SKIPPED)]
    assert "\n".join(told) == ""
    assert sum(one.status == Status.SUCCESS for one in results) > 40


def test_somebody_joins_moves_and_leaves(staff):
    made = staff.add(externalId="CB777", emails=[{"value": "moi@tinh.example"}])
    assert made.status_code == 201, made.json()
    user = made.json()
    assert made["Location"].endswith(f"/scim/v2/Users/{user['id']}")
    group = Post.objects.filter(seats__gt=1).first() or Post.objects.first()
    Tenure.objects.filter(post_code=group.code).delete()
    touch()
    place = f"Groups/{group.code.replace('/', '~')}"
    joined = staff.patch(place, {"op": "add", "path": "members", "value": [{"value": user["id"]}]})
    assert joined.status_code == 200, joined.json()
    assert [row["value"] for row in joined.json()["members"]] == [user["id"]]
    assert [holding.post for holding in holdings_of(user["id"], civil_date(now()))] == [group.code]
    assert staff.ask("GET", f"Users/{user['id']}").json()["groups"][0]["value"] == group.code.replace("/", "~")
    left = staff.patch(place, {"op": "remove", "path": f'members[value eq "{user["id"]}"]'})
    assert left.json()["members"] == []
    assert holdings_of(user["id"], civil_date(now())) == ()


def test_who_is_made_inactive_loses_everything_at_once(staff, own_folders):  # noqa: F811
    lan = account_of("lan")
    browser = come_in(Client(), lan)
    assert browser.get("/mot-cua/").status_code == 200
    own = token_of("lan", "dossier:read")
    assert Client().get("/api/worklist", headers={"Authorization": f"Bearer {own}"}).status_code == 200
    who = playing.cast()
    task = Task.objects.get(pk=playing.last_task(playing.STATIONS["filed"](who)))
    take_task(task.pk, actor=who.lan, at=playing.AT)
    answer = staff.patch(f"Users/{lan.official_id}", {"op": "replace", "path": "active", "value": False})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["active"] is False
    assert answer.json()["groups"] == []
    assert browser.get("/mot-cua/").status_code == 302
    assert Client().get("/api/worklist", headers={"Authorization": f"Bearer {own}"}).status_code == 401
    assert holdings_of(lan.official_id, civil_date(now())) == ()
    task.refresh_from_db()
    assert (task.state, task.assignee_official_id) == (TaskState.OPEN, "")
    told = set(Entry.objects.values_list("event", flat=True))
    assert {
        "organisation.released", "identity.access_ended", "identity.account_closed", "casework.work_handed_back",
        "provisioning.user_changed",
    } <= told  # fmt: skip
    again = staff.patch(f"Users/{lan.official_id}", {"op": "replace", "value": {"active": True}})
    assert again.json()["active"] is True
    assert holdings_of(lan.official_id, civil_date(now())) == (), "posts are given anew, by a decision"


FILTERS = {
    'userName eq "LAN"': {"lan"},
    'userName sw "la"': {"lan"},
    'userName co "uantr"': {"quantri"},
    'userName eq "lan" or userName eq "ha"': {"lan", "ha"},
    'userName eq "lan" and active eq false': set(),
    '(userName eq "lan" or userName eq "ha") and active eq true': {"lan", "ha"},
    "not (active eq true)": set(),
    'externalId eq "QN-001" and not userName eq "nobody"': {"QN-001"},
}


@pytest.mark.parametrize("text", FILTERS)
def test_filters(staff, text):
    page = staff.ask("GET", f"Users?filter={text}").json()
    names = {row["userName"] for row in page["Resources"]} | {row["externalId"] for row in page["Resources"]}
    assert page["totalResults"] == (2 if len(FILTERS[text]) == 2 else len(FILTERS[text]))
    assert FILTERS[text] <= names


BAD = [
    "userName",
    "userName eq",
    'userName zz "x"',
    'password eq "x"',
    "userName eq lan",
    '(userName eq "x"',
    'active eq "x"',
]


@pytest.mark.parametrize("text", BAD)
def test_a_filter_that_cannot_be_read_is_said_so(staff, text):
    answer = staff.ask("GET", f"Users?filter={text}")
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


def test_pages(staff):
    whole = staff.ask("GET", "Users").json()
    page = staff.ask("GET", "Users?startIndex=2&count=2").json()
    assert page["totalResults"] == whole["totalResults"] == Account.objects.filter(official__isnull=False).count()
    assert [row["id"] for row in page["Resources"]] == [row["id"] for row in whole["Resources"][1:3]]
    assert staff.ask("GET", "Users?count=0").json()["Resources"] == []
    assert staff.ask("GET", "Users?count=x").status_code == 400


def test_a_version_that_is_not_the_last_is_refused(staff):
    user = staff.add().json()
    path, old = f"Users/{user['id']}", user["meta"]["version"]
    change = {"op": "replace", "path": "name.formatted", "value": "Trần Thị Mới"}
    changed = staff.patch(path, change, **{"If-Match": old})
    assert changed["ETag"] != old
    assert staff.patch(path, change, **{"If-Match": old}).status_code == 412
    assert staff.ask("GET", path, **{"If-None-Match": changed["ETag"]}).status_code == 304


REFUSED = {
    "a name twice": ("POST", "Users", {"schemas": [USER], "userName": "lan"}, 409, "uniqueness"),
    "no name": ("POST", "Users", {"schemas": [USER]}, 400, "invalidValue"),
    "no schema": ("POST", "Users", {"userName": "x.y"}, 400, "invalidValue"),
    "no JSON": ("POST", "Users", None, 400, "invalidSyntax"),
    "nobody": ("GET", "Users/0", None, 404, None),
    "bulk": ("POST", "Bulk", {}, 501, None),
    "a new post": ("POST", "Groups", {}, 501, None),
    "a strange place": ("GET", "Robots", None, 404, None),
    "a filter on schemas": ("GET", "Schemas?filter=x", None, 403, None),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_no_is_said_as_scim_says_it(staff, case, caplog):
    method, path, body, status, kind = REFUSED[case]
    answer = staff.ask(method, path, body)
    told = answer.json()
    assert (answer.status_code, told["status"], told.get("scimType")) == (status, str(status), kind)
    assert answer["Content-Type"] == "application/scim+json"
    assert [line for line in caplog.records if line.levelname == "ERROR"] == [], (
        "what is not done here by design is no fault"
    )


PATCHES = {
    "read only": ({"op": "replace", "path": "displayName", "value": "x"}, "mutability"),
    "another name to sign in": ({"op": "replace", "path": "userName", "value": "x.y"}, "mutability"),
    "nothing there": ({"op": "replace", "path": "shoeSize", "value": 43}, "invalidPath"),
    "remove without path": ({"op": "remove"}, "noTarget"),
    "a strange verb": ({"op": "move", "path": "active"}, "invalidSyntax"),
    "active in words": ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch_that_cannot_be_done_is_refused(staff, case):
    operation, kind = PATCHES[case]
    user = staff.add().json()
    answer = staff.patch(f"Users/{user['id']}", operation)
    assert (answer.status_code, answer.json()["scimType"]) == (400, kind)


@pytest.mark.parametrize(
    ("username", "scopes", "status"),
    [("quantri", ("dossier:read",), 403), ("lan", ("scim",), 403), ("minh", ("scim",), 403)],
)
def test_only_an_administrators_token_of_this_scope_comes_in(username, scopes, status):
    assert Staff(token_of(username, *scopes)).ask("GET", "Users").status_code == status
    assert Staff("tso_wrong").ask("GET", "Users").status_code == 401
    assert come_in(Client(), account_of("quantri")).get("/scim/v2/Users").status_code == 401


def test_a_token_does_not_shut_out_its_own_official(staff):
    own = account_of("quantri")
    answer = staff.patch(f"Users/{own.official_id}", {"op": "replace", "path": "active", "value": False})
    assert answer.status_code == 409
    own.refresh_from_db()
    assert own.is_active


def test_who_was_deleted_is_gone_there_and_kept_here(staff):
    user = staff.add().json()
    assert staff.ask("DELETE", f"Users/{user['id']}").status_code == 204
    assert staff.ask("GET", f"Users/{user['id']}").status_code == 404
    assert Account.objects.get(official_id=user["id"]).is_active is False
