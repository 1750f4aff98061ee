"""
What somebody typed when their session had ended, kept until they have signed in again.

Only text fields are kept (a browser does not send a file twice), for thirty minutes, in the browser's own session: a row
of the database that nobody signed for. So it is small, it ends soon, one address gets so many, and it never holds what
is typed to prove who one is. It may hold answers that the law calls sensitive: where those are sealed, so are its fields.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from tinhso.base.sealing import seals_answers
from tinhso.kernel.identity.limits import client_address, network_of, within
from tinhso.kernel.identity.sealing import Unsealable, seal, unseal

MOST_BYTES: Final = 32_000
KEPT_SECONDS: Final = 30 * 60
MOST_OF_ADDRESS: Final = 60
"""Forms kept for one address in half an hour: an office that loses its network, not a program that fills the disk."""
SECRETS: Final = frozenset({"pin", "otp", "one_time_code", "csrfmiddlewaretoken"})
"""Fields that prove who one is, and whatever is called a password; a test asks every field that is typed unseen."""
_SESSION = "kept_form"
_PURPOSE: Final = "identity.kept-form"


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form to send again: where to, and its fields."""

    path: str
    fields: list[tuple[str, str]]
    had_files: bool
    had_secrets: bool


def is_secret(name: str) -> bool:
    """Tell whether a field of this name, with or without the prefix of its form, is typed to prove who one is."""
    last = re.split(r"[-.]", name)[-1].lower()
    return last in SECRETS or "password" in last


def keep_form(request: Any) -> str:
    """Keep the posted fields and return the address at which they can be sent again; without room, the form's own."""
    posted = [[name, value] for name, values in request.POST.lists() for value in values]
    fields = [[name, value] for name, value in posted if not is_secret(name)]
    path = str(request.get_full_path())
    if len(path.encode()) + sum(len(name.encode()) + len(value.encode()) for name, value in fields) > MOST_BYTES:
        return path
    if not within("kept", network_of(client_address(request)), MOST_OF_ADDRESS, seconds=KEPT_SECONDS):
        return path
    key = secrets.token_urlsafe(12)
    request.session[_SESSION] = {
        "key": key,
        "path": path,
        "fields": seal(json.dumps(fields), purpose=_PURPOSE) if seals_answers() else fields,
        "files": bool(request.FILES),
        "secrets": any(name != "csrfmiddlewaretoken" and is_secret(name) for name, _value in posted),
        "until": int(request.at.timestamp()) + KEPT_SECONDS,
    }
    request.session.set_expiry(KEPT_SECONDS)
    return reverse("identity:continue", args=[key])


def kept_form(request: HttpRequest, key: str, *, at: datetime) -> KeptForm | None:
    """Return the kept form of this key, or None when it is gone or too old."""
    drop_old_form(request.session, at=at)
    kept = request.session.get(_SESSION)
    if not kept or kept["key"] != key:
        return None
    held = kept["fields"]
    if isinstance(held, str):
        try:
            held = json.loads(unseal(held, purpose=_PURPOSE))
        except Unsealable:
            return None
    fields = [(name, value) for name, value in held]
    return KeptForm(kept["path"], fields, kept["files"], kept.get("secrets", False))


def drop_kept_form(request: HttpRequest) -> None:
    """Forget the kept form."""
    request.session.pop(_SESSION, None)


def drop_old_form(session: SessionBase, *, at: datetime) -> None:
    """Forget a form that nobody came back for in time."""
    kept = session.get(_SESSION)
    if kept and kept["until"] < at.timestamp():
        del session[_SESSION]
