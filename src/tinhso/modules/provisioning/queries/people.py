"""Officials and posts in the words of SCIM."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity.public import Account
from tinhso.kernel.organisation.public import Post, Tenure, agencies_by_code, get_post, holdings_of
from tinhso.modules.provisioning.models import Staff
from tinhso.modules.provisioning.queries.filtering import Field, where
from tinhso.modules.provisioning.queries.schemas import GROUP, LIST, MOST, USER

type Json = dict[str, Any]
USER_FIELDS: Final = {
    "userName": Field("username"),
    "externalId": Field("external_id"),
    "active": Field("is_active", is_flag=True),
    "id": Field("official_id", exact=True, read=lambda text: str(_uuid(text))),
    "displayName": Field("official__full_name"),
    "name.formatted": Field("official__full_name"),
    "emails.value": Field("official__email"),
    "emails": Field("official__email"),
}
GROUP_FIELDS: Final = {
    "displayName": Field("title"),
    "id": Field("code", exact=True, read=lambda text: text.replace("~", "/")),
}


def base() -> str:
    """Return the address below which everything lies."""
    return f"{str(settings.PUBLIC_URL).rstrip('/')}/scim/v2"


def group_id(post_code: str) -> str:
    """Return the id of a post in addresses: codes hold slashes."""
    return post_code.replace("/", "~")


def post_code_of(group: str) -> str:
    """Return the post that an id names."""
    return group.replace("~", "/")


def accounts() -> QuerySet[Account]:
    """Return the accounts of officials whom the staff system knows, with what it calls them: else their staff code."""
    gone = Staff.objects.filter(removed_at__isnull=False).values("official_id")
    rows = Account.objects.filter(official__isnull=False).exclude(official_id__in=gone)
    called = Staff.objects.filter(official_id=OuterRef("official_id")).values("external_id")[:1]
    rows = rows.annotate(external_id=Coalesce(Subquery(called), "official__staff_code"))
    return rows.select_related("official").order_by("official__staff_code")


def get_user(user_id: str) -> Account:
    """Return the account of an official by the official's id. Raises NotFound."""
    found = accounts().filter(official_id=_uuid(user_id)).first()
    if found is None:
        raise NotFound
    return found


def find_post(group: str, at: datetime) -> Post:
    """Return the post of a group's id, as it is today. Raises NotFound."""
    return get_post(post_code_of(group), civil_date(at))


def user_of(account: Account, at: datetime) -> Json:
    """Return an official as SCIM tells it, with its version."""
    official, on = account.official, civil_date(at)
    assert official is not None
    own = [holding.post for holding in holdings_of(official.pk, on) if not holding.delegated_by]
    found: Json = {
        "schemas": [USER],
        "id": str(official.pk),
        "userName": account.username,
        "name": {"formatted": official.full_name},
        "displayName": official.full_name,
        "active": account.is_active,
        "groups": [_link("Groups", group_id(code), get_post(code, on).title) for code in own],
    }
    # annotated by accounts()
    if called := str(getattr(account, "external_id", "")):
        found["externalId"] = called
    if official.email:
        found["emails"] = [{"value": official.email}]
    if official.phone:
        found["phoneNumbers"] = [{"value": official.phone}]
    return _with_meta(found, "User", "Users")


def group_of(post: Post, at: datetime) -> Json:
    """Return a post as SCIM tells it, with its version."""
    on = civil_date(at)
    agency = agencies_by_code({post.agency_code}, on).get(post.agency_code)
    held = Tenure.objects.on(on).filter(post_code=post.code).select_related("official").order_by("official__staff_code")
    known = set(accounts().filter(official_id__in=held.values("official_id")).values_list("official_id", flat=True))
    found: Json = {
        "schemas": [GROUP],
        "id": group_id(post.code),
        "displayName": f"{post.title} – {agency.name if agency else post.agency_code}",
        "members": [
            _link("Users", str(row.official_id), row.official.full_name) for row in held if row.official_id in known
        ],
    }
    return _with_meta(found, "Group", "Groups")


def list_users(text: str, start: int, count: int, at: datetime) -> Json:
    """Return one page of officials, by staff code. Raises BadFilter."""
    rows = accounts().filter(where(text, USER_FIELDS))
    return _page(rows, start, count, lambda row: user_of(row, at))


def list_groups(text: str, start: int, count: int, at: datetime) -> Json:
    """Return one page of posts, by code. Raises BadFilter."""
    rows = Post.objects.on(civil_date(at)).filter(where(text, GROUP_FIELDS)).order_by("code")
    return _page(rows, start, count, lambda row: group_of(row, at))


def holders(post: Post, at: datetime) -> set[UUID]:
    """Return who holds a post today."""
    return set(Tenure.objects.on(civil_date(at)).filter(post_code=post.code).values_list("official_id", flat=True))


def _page(rows: QuerySet[Any], start: int, count: int, tell: Any) -> Json:
    start, count = max(1, start), min(max(0, count), MOST)
    found = [tell(row) for row in rows[start - 1 : start - 1 + count]] if count else []
    return {
        "schemas": [LIST], "totalResults": rows.count(), "startIndex": start, "itemsPerPage": len(found),
        "Resources": found,
    }  # fmt: skip


def _link(kind: str, key: str, name: str) -> Json:
    return {"value": key, "$ref": f"{base()}/{kind}/{key}", "display": name}


def _with_meta(found: Json, kind: str, place: str) -> Json:
    """Add where a resource is and its version: a digest of all it tells."""
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:24]
    meta = {"resourceType": kind, "location": f"{base()}/{place}/{found['id']}", "version": f'W/"{digest}"'}
    return {**found, "meta": meta}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
