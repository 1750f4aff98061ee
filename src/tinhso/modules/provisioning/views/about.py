"""What the service says of itself (RFC 7644, 4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.provisioning.queries import schemas as tables
from tinhso.modules.provisioning.queries.people import base
from tinhso.modules.provisioning.views.doors import ScimError, door, tell


@door("GET")
def config(request: ActorRequest) -> HttpResponse:
    """Tell what is supported."""
    _no_filter(request)
    return tell(tables.service_config(base()))


@door("GET")
def schemas(request: ActorRequest) -> HttpResponse:
    """List the schemas."""
    _no_filter(request)
    return tell(_listed(tables.schemas(base())))


@door("GET")
def schema(_request: ActorRequest, urn: str) -> HttpResponse:
    """Tell one schema."""
    return tell(_one(tables.schemas(base()), urn))


@door("GET")
def resource_types(request: ActorRequest) -> HttpResponse:
    """List the types of resources."""
    _no_filter(request)
    return tell(_listed(tables.resource_types(base())))


@door("GET")
def resource_type(_request: ActorRequest, name: str) -> HttpResponse:
    """Tell one type of resources."""
    return tell(_one(tables.resource_types(base()), name))


@door("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(_request: ActorRequest, rest: str) -> HttpResponse:
    """Say that there is nothing, and that Bulk is not supported."""
    if rest.strip("/") in ("Bulk", "Me", ".search"):
        raise ScimError(501, f"{rest} is not supported.")
    raise ScimError(404, "There is nothing at this address.")


def _no_filter(request: ActorRequest) -> None:
    if "filter" in request.GET:
        raise ScimError(403, "This is not filtered.")


def _listed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    count = len(rows)
    return {
        "schemas": [tables.LIST], "totalResults": count, "startIndex": 1, "itemsPerPage": count, "Resources": rows,
    }  # fmt: skip


def _one(rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    found = next((row for row in rows if row["id"] == key), None)
    if found is None:
        raise ScimError(404, "There is nothing at this address.")
    return found
