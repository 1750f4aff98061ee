"""In which post somebody acts: what stands beside a name, as it was at that moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tinhso.base.actors import Actor, Holding
from tinhso.base.clock import civil_date
from tinhso.base.text import shorten
from tinhso.kernel.organisation.public import find_agency, holdings_of, posts_by_code
from tinhso.modules.inspection import access

LONGEST = 300
OFFICIAL_KEY = "official:"


def post_of(actor: Actor, agency: str, at: datetime) -> str:
    """Return the post in which an actor acts on a finding of an agency; empty for who holds none. Two statements at most."""
    return _said(actor.holdings, agency, at)


def post_of_official(key: str, agency: str, at: datetime) -> str:
    """Return the post in which an official (`official:<id>`) acted at an agency at a moment; empty where none is known."""
    if not key.startswith(OFFICIAL_KEY):
        return ""
    return _said(holdings_of(key.removeprefix(OFFICIAL_KEY), civil_date(at)), agency, at)


def _said(holdings: Iterable[Holding], agency: str, at: datetime) -> str:
    """Return title and agency of the nearest post: in the agency, below it, else that of an inspector, else the first."""
    held = sorted(holdings, key=lambda one: _distance(one, agency))
    if not held:
        return ""
    nearest = held[0]
    post = posts_by_code([nearest.post]).get(nearest.post)
    place = find_agency(nearest.agency, on=civil_date(at))
    words = [post.title if post else nearest.post, place.name if place else nearest.agency]
    if nearest.delegated_by:
        words.append(f"thay {nearest.delegated_by}")
    return shorten(", ".join(words), LONGEST)


def _distance(held: Holding, agency: str) -> tuple[int, bool]:
    if held.agency == agency:
        near = 0
    elif agency in held.agency_path:
        near = 1
    else:
        near = 2 if access.INSPECTOR in held.roles else 3
    return near, bool(held.delegated_by)
