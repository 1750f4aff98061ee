"""Whatever the staff system sends gets an answer of SCIM, never a bug: cases that were bugs, and whatever comes to mind."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scim.test_scim import PATCH, USER, Staff, fresh, staff  # noqa: F401 - lent to the tests here
from tests.snapshot import province, snapshots, with_province  # noqa: F401 - lent to the tests here

from tinhso.kernel.organisation.public import Post
from tinhso.modules.provisioning.queries.filtering import BadFilter, where
from tinhso.modules.provisioning.queries.people import USER_FIELDS

pytestmark = with_province
MANY = int(os.environ.get("TINHSO_FUZZ", "60"))
ODD = "emails[value eq"
PATCHES = {
    "a text where a list is kept": [("replace", "emails", "x"), ("replace", f'{ODD} "a"].value', "b")],
    "a text where an object is kept": [("replace", "name", "x"), ("replace", "name.formatted", "b")],
    "a number where an object is kept": [("replace", "name", 7)],
    "an object where a text is kept": [("replace", "name.formatted", {"a": "b"})],
    "a list where a text is kept": [("replace", "externalId", ["a"])],
    "an address that is a list": [("replace", "emails", [{"value": ["a"]}])],
    "rows that are no objects": [("add", "emails", ["a", None, 3])],
    "an escape that JSON does not know": [("replace", rf'{ODD} "a\q"].value', "b")],
    "an escaped NUL in a path": [("replace", rf'{ODD} "\u0000"].value', "b")],
    "a path that is a list": [("replace", ["emails"], "b")],
    "a long path": [("replace", "urn:" + "a:" * 5000, "b")],
    "a verb that is an object": [({}, "emails", "b")],
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch_of_another_shape_is_refused(staff, case):  # noqa: F811
    user = staff.add(emails=[{"value": "a"}]).json()
    operations = [{"op": verb, "path": path, "value": value} for verb, path, value in PATCHES[case]]
    answer = staff.patch(f"Users/{user['id']}", *operations)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/scim+json"), answer.content
    assert staff.ask("GET", f"Users/{user['id']}").json() == user, "nothing moved"


def test_a_list_as_the_value_of_what_is_removed_fits_nothing(staff):  # noqa: F811
    user = staff.add(emails=[{"value": "a"}]).json()
    operation = {"op": "remove", "path": "emails", "value": [{"value": ["a"]}, {"value": {}}]}
    answer = staff.patch(f"Users/{user['id']}", operation)
    assert (answer.status_code, answer.json()["emails"]) == (200, [{"value": "a"}])


def test_more_operations_than_anybody_needs_are_refused(staff):  # noqa: F811
    user = staff.add().json()
    answer = staff.patch(f"Users/{user['id']}", *[{"op": "replace", "path": "active", "value": True}] * 1001)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")


@pytest.mark.parametrize("schemas", [None, 3, "x", {}, [None]])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_schemas_that_are_no_list_are_refused(staff, method, schemas):  # noqa: F811
    user = staff.add().json()
    path = "Users" if method == "POST" else f"Users/{user['id']}"
    answer = staff.ask(method, path, {"schemas": schemas, "userName": "tran.moi", "Operations": []})
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [r'"\u0000"', r'"\ud800"', "NaN", "1e999", "[" * 100_000, "9" * 5000, "\xff"])
def test_json_that_cannot_be_kept_is_refused(staff, body):  # noqa: F811
    sent = f'{{"schemas": ["{USER}"], "userName": "x.y", "externalId": {body}}}'.encode("latin-1")
    headers = {"Authorization": f"Bearer {staff.token}"}
    answer = staff.http.post("/scim/v2/Users", sent, content_type="application/scim+json", headers=headers)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")


QUERIES = {
    "attributes=userName.x": 200,
    "excludedAttributes=userName.x,schemas.x,id.y": 200,
    "attributes=groups.x,name.y.z,.,..": 200,
    "startIndex=100000000000000000000": 200,
    "count=100000000000000000000": 200,
    "startIndex=-100000000000000000000&count=-5": 200,
    "startIndex=x": 400,
    f"startIndex={'9' * 5000}": 400,
    r'filter=userName eq "\u0000"': 400,
    r'filter=userName eq "\ud800"': 400,
    "filter=userName eq NaN": 400,
}


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("path", ["Users", "Groups"])
def test_a_strange_query_is_answered(staff, query, path):  # noqa: F811
    wanted = QUERIES[query]
    # what posts have not, they are not filtered by
    assert staff.ask("GET", f"{path}?{query}".replace("userName", "displayName")).status_code == wanted
    user = staff.add().json()
    assert staff.ask("GET", f"Users/{user['id']}?{query}").status_code == 200


LONG = [
    "a" * 100_000, '"' * 20_001, 'userName eq "' + '\\"' * 20_000, "(" * 20_000, " " * 50_000 + "x", "not " * 9000,
    'userName eq "a" or ' * 5000 + 'userName eq "b"',
]  # fmt: skip


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:20].strip() or "blanks")
def test_a_long_filter_is_refused_at_once(text):
    began = time.process_time()
    with pytest.raises(BadFilter):
        where(text, USER_FIELDS)
    with suppress(BadFilter):
        where(text[:1000], USER_FIELDS)
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("text", ['userName eq "a" "', 'userName eq "a', '"', 'userName eq "a"\\', "userName eq"])
def test_a_filter_with_a_text_that_does_not_end_is_refused(text):
    with pytest.raises(BadFilter):
        where(text, USER_FIELDS)


def test_blanks_in_a_text_are_kept_and_between_words_do_not_matter():
    assert where('  userName  eq"a  b"\tand(active eq true) ', USER_FIELDS) == Q(username__iexact="a  b") & Q(
        is_active=True
    )


texts = st.sampled_from(["", "x", "x.y", "true", "a@b.c", "é" * 130, "\ud800", "\x00", USER, PATCH]) | st.text(
    max_size=8
)
names = st.sampled_from(
    [
        "userName",
        "name",
        "formatted",
        "emails",
        "value",
        "active",
        "externalId",
        "phoneNumbers",
        "primary",
        "schemas",
        "id",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=3),
    max_leaves=6,
)
emails = st.sampled_from(["emails", "phoneNumbers", "members", "name", "userName", "active", "groups"])
paths = st.builds(lambda name, rest: name + rest, emails, st.sampled_from(
    ["", ".value", ".formatted", ".x", '[value eq "a"]', '[value eq "a"].value', "[primary eq true].value", r'[value eq "\q"]']
)) | texts  # fmt: skip
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace"]) | values}, optional={"path": paths | values, "value": values}
)
patches = st.fixed_dictionaries({"schemas": st.just([PATCH]) | values, "Operations": st.lists(operations, max_size=4)})
bodies = st.fixed_dictionaries(
    {"schemas": st.just([USER])},
    optional=dict.fromkeys(("name", "emails", "active", "externalId", "phoneNumbers"), values)
    | {"userName": texts | values},
)
many = settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def is_answered(answer) -> None:
    assert answer.status_code < 500, answer.content
    assert answer["Content-Type"] == "application/scim+json"


@many
@given(patch=patches | values, with_addresses=st.booleans())
def test_whatever_is_patched(staff, patch, with_addresses):  # noqa: F811
    more = {"emails": [{"value": "a"}], "phoneNumbers": [{"value": "1"}]} if with_addresses else {}
    made = staff.add("tran.moi", **more)
    user = made.json() if made.status_code == 201 else staff.ask("GET", 'Users?filter=userName eq "tran.moi"').json()
    place = user["Resources"][0]["id"] if "Resources" in user else user["id"]
    is_answered(staff.ask("PATCH", f"Users/{place}", patch))
    group = Post.objects.order_by("code").first().code.replace("/", "~")
    is_answered(staff.ask("PATCH", f"Groups/{group}", patch))


@many
@given(body=bodies | values)
def test_whatever_is_entered_or_put(staff, body):  # noqa: F811
    is_answered(staff.ask("POST", "Users", body))
    lan = staff.ask("GET", 'Users?filter=userName eq "lan"').json()["Resources"][0]["id"]
    is_answered(staff.ask("PUT", f"Users/{lan}", body))
