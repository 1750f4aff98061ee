"""Systems that people sign in to: registered, changed, closed; their secrets."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.kernel.signon import access
from tinhso.kernel.signon.actions.grants import end_grants_of_system
from tinhso.kernel.signon.models import ProofMethod, System
from tinhso.kernel.signon.scopes import SCOPES

FIELDS: Final = (
    "name", "name_en", "logo", "is_own", "proof", "redirect_uris", "post_logout_uris", "backchannel_uri", "scopes",
)  # fmt: skip
LARGEST_LOGO: Final = 32_768
_ID: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,58}[a-z0-9]")
_LOCAL: Final = {"localhost", "127.0.0.1", "::1"}
BAD_ID = _("Name the system with 3 to 60 small letters, digits, dots and hyphens, for example “land-register”.")
BAD_URI = _("{uri} is not an address of a system: it begins with https:// (or http://localhost), without “*” and “#”.")
NO_URI = _("Give at least one address to which people return after signing in.")
BAD_SCOPE = _("There is no scope “{scope}”. Known: {known}.")
BAD_PROOF = _("There is no way “{proof}” to prove oneself. Known: {known}.")
NO_NAME = _("Give the name in Vietnamese and in English.")
BAD_LOGO = _("The logo is a PNG image of at most 32 KB.")


class SystemIsOpen(Refusal):
    """Only a closed system is opened again: its secret goes."""

    code = "signon.system_is_open"
    text = _("The system “{system}” is open already. Nothing was changed.")


def digest_of(text: str) -> str:
    """Return the SHA-256 under which secrets, codes and tokens are kept: they hold 256 random bits, one round is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_faults(system_id: str, given: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a registration, by field."""
    faults = [] if _ID.fullmatch(system_id) else [Fault("/id", BAD_ID)]
    if not given["name"].strip() or not given["name_en"].strip():
        faults.append(Fault("/name", NO_NAME))
    if not given["redirect_uris"]:
        faults.append(Fault("/redirect_uris", NO_URI))
    for field in ("redirect_uris", "post_logout_uris", "backchannel_uri"):
        uris = [given[field]] if isinstance(given[field], str) else given[field]
        faults += [Fault(f"/{field}", str(BAD_URI).format(uri=uri)) for uri in uris if uri and not _is_address(uri)]
    known = ", ".join(SCOPES)
    faults += [
        Fault("/scopes", str(BAD_SCOPE).format(scope=scope, known=known))
        for scope in given["scopes"]
        if scope not in SCOPES
    ]
    if given["proof"] not in ProofMethod.values:
        text = str(BAD_PROOF).format(proof=given["proof"], known=", ".join(ProofMethod.values))
        faults.append(Fault("/proof", text))
    if given["logo"] and not _is_png(given["logo"]):
        faults.append(Fault("/logo", BAD_LOGO))
    return faults


def _is_address(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        return False
    plain = not parts.fragment and "*" not in uri and "#" not in uri and uri.isascii() and uri.isprintable()
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    return bool(host) and plain and safe and not parts.username and " " not in uri


def _is_png(logo: str) -> bool:
    head, _comma, data = logo.partition(",")
    try:
        image = base64.b64decode(data, validate=True)
    except ValueError:
        return False
    return head == "data:image/png;base64" and image.startswith(b"\x89PNG") and len(image) <= LARGEST_LOGO


@act
def register_system(
    system_id: str,
    *,
    name: str,
    name_en: str,
    redirect_uris: Iterable[str],
    scopes: Iterable[str] = ("openid",),
    is_own: bool = False,
    proof: str = ProofMethod.BASIC,
    post_logout_uris: Iterable[str] = (),
    backchannel_uri: str = "",
    logo: str = "",
    actor: Actor,
    at: datetime,
) -> System:
    """
    Register a system, or change one that is registered; a closed one stays closed. It has no secret until one is issued.

    Addresses are compared whole, letter by letter; `scopes` is the most that it may ask for. Raises BadInput.
    """
    require(access.can_register_systems, actor)
    given: dict[str, Any] = {
        "name": name.strip(), "name_en": name_en.strip(), "logo": logo, "is_own": is_own, "proof": str(proof),
        "redirect_uris": sorted(set(redirect_uris)), "post_logout_uris": sorted(set(post_logout_uris)),
        "backchannel_uri": backchannel_uri, "scopes": sorted({"openid", *scopes}),
    }  # fmt: skip
    if faults := find_faults(system_id, given):
        raise BadInput(faults=faults)
    given["sector"] = urlsplit(given["redirect_uris"][0]).hostname or ""
    known = System.objects.filter(pk=system_id).first()
    if known is None:
        system = System.objects.create(pk=system_id, added_at=at, **given)
        record("signon.system_registered", system, actor=actor, at=at, scopes=given["scopes"], is_own=is_own)
        return system
    # the subjects that a system knows people by hang on its sector: it stays, wherever the system moves
    given["sector"] = known.sector
    changed = sorted(field for field, value in given.items() if getattr(known, field) != value)
    for field in changed:
        setattr(known, field, given[field])
    # not is_open: a pack that is loaded again lets nobody in who was shut out by hand
    known.save(update_fields=changed)
    record("signon.system_changed", known, actor=actor, at=at, fields=changed)
    return known


@act
def issue_secret(system_id: str, *, actor: Actor, at: datetime) -> str:
    """Give a system a new secret and return it: it is not shown again, and the one before is worthless. Raises NotFound."""
    require(access.can_register_systems, actor)
    system = _known(system_id)
    secret = secrets.token_urlsafe(32)
    system.secret_digest = digest_of(secret)
    system.save(update_fields=["secret_digest"])
    record("signon.secret_issued", system, actor=actor, at=at)
    return secret


@act
def close_system(system_id: str, *, reason: str, actor: Actor, at: datetime) -> System:
    """Shut a system out: nobody signs in to it any more, and its tokens are worthless at once. Raises NotFound."""
    require(access.can_register_systems, actor)
    system = _known(system_id)
    system.is_open = False
    system.save(update_fields=["is_open"])
    end_grants_of_system(system, reason="closed", actor=actor, at=at)
    record("signon.system_closed", system, actor=actor, at=at, reason=reason)
    return system


@act
def reopen_system(system_id: str, *, reason: str, actor: Actor, at: datetime) -> System:
    """
    Let people sign in to a closed system again. It needs a new secret: why it was closed may be that somebody knew the old.

    Raises NotFound, SystemIsOpen.
    """
    require(access.can_register_systems, actor)
    system = _known(system_id)
    if system.is_open:
        raise SystemIsOpen(system=system_id)
    system.is_open, system.secret_digest = True, ""
    system.save(update_fields=["is_open", "secret_digest"])
    record("signon.system_reopened", system, actor=actor, at=at, reason=reason)
    return system


def _known(system_id: str) -> System:
    system = System.objects.filter(pk=system_id).first()
    if system is None:
        raise NotFound
    return system
