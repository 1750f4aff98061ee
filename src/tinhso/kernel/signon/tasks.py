"""What the worker does for sign-on: ended sessions, news of sign-outs, keys, old rows."""

from __future__ import annotations

import time
from datetime import datetime

from tinhso.base.actors import system
from tinhso.base.posting import post
from tinhso.kernel.identity.public import account_of
from tinhso.kernel.journal.public import EntryView, once
from tinhso.kernel.signon import queries
from tinhso.kernel.signon.actions import grants, keys, news
from tinhso.kernel.signon.models import LogoutNews
from tinhso.kernel.signon.signing import logout_token

ACTOR = system("sign-on")
ROTATE_SECONDS = 90 * 86400
TIMEOUT_SECONDS = 5
"""For a whole answer of a system."""
ROUND_SECONDS = 10
"""After which no further system is told in one round: the rest of the worker waits."""
LONGEST_ANSWER = 64 * 1024


def leave_sessions(*, at: datetime) -> int:
    """Note sign-ins whose session has ended; returns how many."""
    found = queries.grants_without_session(at)
    for grant in found:
        grants.leave_session(grant, actor=ACTOR, at=at)
    return len(found)


def tell_logouts(*, at: datetime) -> int:
    """
    Tell systems that somebody signed out; returns how many took it. The network is asked outside of any act.

    One worker does everything: a system that does not take it is asked no more this round, and the round ends.
    """
    told, away = 0, set[str]()
    until = time.monotonic() + ROUND_SECONDS
    while found := queries.news_to_tell(at, besides=away):
        for one in found:
            if time.monotonic() > until:
                return told
            if one.grant.system_id in away:
                continue
            if fault := _tell(one, at):
                away.add(one.grant.system_id)
            news.note_told(one, fault, actor=ACTOR, at=at)
            told += not fault
    return told


def _tell(one: LogoutNews, at: datetime) -> str:
    import httpx  # half a second of a process that may never have to tell anybody

    form, uri = {"logout_token": logout_token(one.grant, at)}, one.grant.system.backchannel_uri
    try:
        answer = post(uri, data=form, timeout=TIMEOUT_SECONDS, seconds=TIMEOUT_SECONDS, most_bytes=LONGEST_ANSWER)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        return type(fault).__name__
    return "" if answer.is_success else f"HTTP {answer.status_code}"


def rotate(*, at: datetime) -> str | None:
    """Let the next key sign, ninety days after the last one began; returns the new one, None when it is not time."""
    now = queries.key_that_signs()
    if now and now.begins_at and (at - now.begins_at).total_seconds() < ROTATE_SECONDS:
        return None
    return keys.rotate_keys(actor=ACTOR, at=at).kid


def withdraw(*, at: datetime) -> int:
    """Withdraw keys whose last signature has expired; returns how many."""
    found = keys.keys_out_of_use(at)
    for key in found:
        keys.withdraw_key(key, actor=ACTOR, at=at)
    return len(found)


def clean(*, at: datetime) -> int:
    """Delete what is no longer needed; returns how many rows went."""
    return grants.forget_grants(actor=ACTOR, at=at)


def end_with_access(entry: EntryView) -> None:
    """End the sign-ins of an account that was closed, or whose access was ended, also those that need no session."""
    if not once(entry.id, "signon.end_with_access"):
        return
    account = account_of(str(entry.facts.get("of", "")))
    # an act that ends nothing asks and records nothing, and is refused: most people never signed in to another system
    if account is not None and queries.open_grants(entry.delivered_at).filter(account=account).exists():
        grants.end_grants_of_account(account, reason="access-ended", actor=ACTOR, at=entry.delivered_at)
