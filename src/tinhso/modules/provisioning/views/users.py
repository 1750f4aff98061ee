"""Officials: /scim/v2/Users."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.provisioning import actions
from tinhso.modules.provisioning.actions import Wanted
from tinhso.modules.provisioning.queries import people
from tinhso.modules.provisioning.queries.schemas import USER, USER_ATTRIBUTES
from tinhso.modules.provisioning.views.doors import (
    Json,
    ScimError,
    check_version,
    door,
    has_schema,
    paging,
    sent,
    tell,
    tell_list,
    tell_resource,
)
from tinhso.modules.provisioning.views.patching import patched

LONGEST_ID = 200


@door("GET", "POST")
def users(request: ActorRequest) -> HttpResponse:
    """List officials, or enter one."""
    if request.method == "GET":
        start, count = paging(request)
        return tell_list(request, people.list_users(request.GET.get("filter", ""), start, count, request.at))
    wanted = _read(sent(request))
    account = actions.add_user(wanted, actor=request.actor, at=request.at)
    return tell_resource(request, people.user_of(people.get_user(str(account.official_id)), request.at), 201)


@door("GET", "PUT", "PATCH", "DELETE")
def user(request: ActorRequest, user_id: str) -> HttpResponse:
    """Tell about an official, change them, or let them go."""
    account = people.get_user(user_id)
    now = people.user_of(account, request.at)
    if request.method == "GET":
        return tell_resource(request, now)
    check_version(request, now)
    if request.method == "DELETE":
        actions.remove_user(account, actor=request.actor, at=request.at)
        return tell(None, 204)
    body = sent(request)
    wanted = _read(patched(now, body, USER_ATTRIBUTES) if request.method == "PATCH" else body, now)
    actions.change_user(account, wanted, actor=request.actor, at=request.at)
    return tell_resource(request, people.user_of(people.get_user(user_id), request.at))


def _read(body: Json, now: Json | None = None) -> Wanted:
    """Return what is wanted; what is said once stays. Raises ScimError."""
    low = {name.lower(): value for name, value in body.items()}
    if not has_schema(body, USER):
        raise ScimError(400, f"The schema {USER} is missing.", "invalidValue")
    username = _text(low, "userName").strip()
    if not username:
        raise ScimError(400, "userName is missing.", "invalidValue")
    if now and username.lower() != now["userName"].lower():
        raise ScimError(400, "userName cannot be changed.", "mutability")
    name = low.get("name") or {}
    if not isinstance(name, dict):
        raise ScimError(400, "name is an object.", "invalidValue")
    active = low.get("active", True)
    if isinstance(active, str) and active.lower() in ("true", "false"):
        active = active.lower() == "true"
    if not isinstance(active, bool):
        raise ScimError(400, "active is true or false.", "invalidValue")
    return Wanted(
        username=username,
        full_name=_text({part.lower(): value for part, value in name.items()}, "formatted") or username,
        email=_first(low.get("emails")),
        phone=_first(low.get("phonenumbers")),
        is_active=active,
        external_id=_external(low),
    )


def _text(low: Json, name: str) -> str:
    """Return a text among values by small name, empty for none. Raises ScimError."""
    value = low.get(name.lower()) or ""
    if not isinstance(value, str):
        raise ScimError(400, f"{name} is a text.", "invalidValue")
    return value


def _external(low: Json) -> str:
    text = _text(low, "externalId")
    if len(text) > LONGEST_ID:
        raise ScimError(400, f"externalId is longer than {LONGEST_ID} letters.", "invalidValue")
    return text


def _first(rows: Any) -> str:
    """Return the value that counts among several: the primary one, else the first."""
    if not rows:
        return ""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ScimError(400, "A list of objects is needed.", "invalidValue")
    best = next((row for row in rows if row.get("primary")), rows[0])
    return _text(best, "value")
