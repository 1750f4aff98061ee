"""Telling systems that somebody signed out: what came of it (Back-Channel Logout 1.0)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.signon.models import LogoutNews, NewsState

AGAIN_AFTER: Final = (60, 300, 1800, 7200, 21600)
"""Seconds to wait after each failure; after the last, it is given up and said so."""


@act
def note_told(news: LogoutNews, fault: str, *, actor: Actor, at: datetime) -> None:
    """Keep whether a system took the news: no fault, or why not; then it is told again later, five times."""
    require(by_system, actor)
    news.tries += 1
    news.fault = fault[:200]
    system = news.grant.system_id
    if not fault:
        news.state = NewsState.TOLD
        record("signon.logout_told", news.grant, actor=actor, at=at, system=system)
    else:
        again = news.tries <= len(AGAIN_AFTER)
        news.state = NewsState.WAITING if again else NewsState.GIVEN_UP
        if again:
            news.next_at = at + timedelta(seconds=AGAIN_AFTER[news.tries - 1])
        record("signon.logout_not_told", news.grant, actor=actor, at=at, system=system, tries=news.tries, again=again)
    news.save(update_fields=["tries", "fault", "state", "next_at"])
