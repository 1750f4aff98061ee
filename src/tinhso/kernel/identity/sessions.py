"""
What a browser's session holds: who, how proved, since when.

A session ends after `TINHSO_SESSION_MINUTES` of rest, and after twelve hours in any case. Activity is written down at
most every four minutes, not at every page: less than the five minutes at which pages warn.
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import ANONYMOUS, Actor
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.actions.sign_in import LONGEST_SESSION
from tinhso.kernel.identity.kept import drop_old_form
from tinhso.kernel.identity.models import Account
from tinhso.kernel.identity.queries import actor_for, assurance_of

LONGEST = LONGEST_SESSION
RENEW_SECONDS = 240


class SecondFactorNeeded(Refusal):
    """An official has proved a password only."""

    code = "identity.second_factor_needed"
    text = _("Add a second factor to your account first: a one-time code or a passkey.")
    status = 403


class SecondFactorSealed(Refusal):
    """What a code is compared with does not open: the site's keys are not those that sealed it."""

    code = "identity.second_factor_sealed"
    text = _(
        "This server cannot read your second factor: its keys are missing. Call your administrator; no code is right."
    )
    status = 503


class ActorRequest(HttpRequest):
    """A request as views see it: its actor and its moment are known."""

    actor: Actor
    at: datetime


def actor_of(request: HttpRequest, *, at: datetime) -> Actor:
    """Return the actor of the session, ANONYMOUS when nobody is signed in."""
    user = request.user
    if not isinstance(user, Account):
        return ANONYMOUS
    assurance, level = session_assurance(request, user)
    return actor_for(user, assurance=assurance, level=level, at=at, session=request.session.session_key or "")


def session_assurance(request: HttpRequest, account: Account) -> tuple[str, int]:
    """Return how this session was proved and its level."""
    records = get_authentication_records(request, account)
    return assurance_of(records, vneid_level=int(request.session.get("vneid_level", 1)))


def came_by(request: HttpRequest, account: Account, method: str) -> bool:
    """Tell whether a step of this sign-in was of this method, as the library calls it: VNeID is a `socialaccount`."""
    return any(record.get("method") == method for record in get_authentication_records(request, account))


def begin(request: HttpRequest, account: Account, *, at: datetime) -> None:
    """Note the start of a signed-in session, and whether a second factor must be enrolled first."""
    request.session["began_at"] = request.session["seen_at"] = int(at.timestamp())
    # a form that was kept for somebody who was not signed in had made the session short
    request.session.set_expiry(None)
    _assurance, level = session_assurance(request, account)
    needed = bool(account.official_id) and settings.SECOND_FACTOR and level < 2  # noqa: PLR2004 - see Actor.level
    request.session["needs_second_factor"] = needed


def seconds_left(session: SessionBase, *, at: datetime) -> int:
    """Return how many seconds the session still has if nothing happens: 0 or less when it is over."""
    now = int(at.timestamp())
    by_rest = int(session.get("seen_at", now)) + settings.SESSION_COOKIE_AGE
    by_length = int(session.get("began_at", now)) + int(LONGEST.total_seconds())
    return min(by_rest, by_length) - now


def renew(request: HttpRequest, *, at: datetime) -> None:
    """Count this request as activity, unless the page asked by itself (header `X-Passive`)."""
    now, session = int(at.timestamp()), request.session
    if "X-Passive" in request.headers:
        return
    if "seen_at" not in session or now - int(session["seen_at"]) >= RENEW_SECONDS:
        session["seen_at"] = now
        drop_old_form(session, at=at)
        session.setdefault("began_at", now)
