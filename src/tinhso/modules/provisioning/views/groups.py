"""Posts: /scim/v2/Groups. Which posts there are is the province pack's to say; who holds them is said here too."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.provisioning import actions
from tinhso.modules.provisioning.queries import people
from tinhso.modules.provisioning.queries.schemas import GROUP_ATTRIBUTES
from tinhso.modules.provisioning.views.doors import (
    Json,
    ScimError,
    check_version,
    door,
    paging,
    sent,
    tell_list,
    tell_resource,
)
from tinhso.modules.provisioning.views.patching import patched

FROM_PACK = "Posts come from the province pack; only their members can be changed here."


@door("GET", "POST")
def groups(request: ActorRequest) -> HttpResponse:
    """List posts."""
    if request.method == "POST":
        raise ScimError(501, FROM_PACK)
    start, count = paging(request)
    return tell_list(request, people.list_groups(request.GET.get("filter", ""), start, count, request.at))


@door("GET", "PUT", "PATCH", "DELETE")
def group(request: ActorRequest, group_id: str) -> HttpResponse:
    """Tell about a post, or change who holds it."""
    post = people.find_post(group_id, request.at)
    now = people.group_of(post, request.at)
    if request.method == "GET":
        return tell_resource(request, now)
    if request.method == "DELETE":
        raise ScimError(501, FROM_PACK)
    check_version(request, now)
    body = sent(request)
    wanted = _members(patched(now, body, GROUP_ATTRIBUTES) if request.method == "PATCH" else body)
    actions.set_holders(post, wanted, actor=request.actor, at=request.at)
    return tell_resource(request, people.group_of(post, request.at))


def _members(body: Json) -> set[UUID]:
    rows = body.get("members") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ScimError(400, "members is a list of objects.", "invalidValue")
    # each is looked up: a member who is not known here would be appointed to nothing
    return {found for row in rows if (found := people.get_user(str(row.get("value"))).official_id)}
