"""
What somebody typed when their session had ended, kept until they have signed in again.

Only text fields are kept (a browser does not send a file twice), for thirty minutes, in the browser's own session.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

MOST_BYTES = 200_000
KEPT_SECONDS = 30 * 60
_SESSION = "kept_form"


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form to send again: where to, and its fields."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool


def keep_form(request: Any) -> str:
    """Keep the posted fields and return the address at which they can be sent again; without room, the form's own."""
    fields = [
        [name, value] for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    if sum(len(name) + len(value) for name, value in fields) > MOST_BYTES:
        return str(request.get_full_path())
    key = secrets.token_urlsafe(12)
    request.session[_SESSION] = {
        "key": key,
        "path": request.get_full_path(),
        "fields": fields,
        "files": bool(request.FILES),
        "until": int(request.at.timestamp()) + KEPT_SECONDS,
    }
    return reverse("identity:continue", args=[key])


def kept_form(request: HttpRequest, key: str, *, at: datetime) -> KeptForm | None:
    """Return the kept form of this key, or None when it is gone or too old."""
    kept = request.session.get(_SESSION)
    if not kept or kept["key"] != key or kept["until"] < at.timestamp():
        return None
    return KeptForm(kept["path"], [(name, value) for name, value in kept["fields"]], kept["files"])


def drop_kept_form(request: HttpRequest) -> None:
    """Forget the kept form."""
    request.session.pop(_SESSION, None)
