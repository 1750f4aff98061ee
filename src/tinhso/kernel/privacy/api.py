"""One's own data, for programs."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponseBase
from ninja import Router

from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.privacy import access
from tinhso.kernel.privacy.views import archive_of

ARCHIVE = {
    "x-scope": access.SCOPE,
    "responses": {
        200: {
            "description": "The archive: data.json and files/",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
}

router = Router()


@router.post("", summary="Download everything that is held of me", openapi_extra=ARCHIVE)
def take_own_data(request: HttpRequest) -> HttpResponseBase:
    """Return an archive of all that is held of the sender. It is journalled, and given a few times a day."""
    return archive_of(cast("ActorRequest", request))
