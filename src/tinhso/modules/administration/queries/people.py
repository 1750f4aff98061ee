"""Officials as an administrator sees them: their posts, by date; their account; where they are signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.identity.public import (
    Account,
    ApiToken,
    SessionSeen,
    accounts_of_officials,
    sessions_of,
    tokens_of,
)
from tinhso.kernel.organisation.public import (
    ROLES,
    Agency,
    Delegation,
    Official,
    Post,
    Tenure,
    agencies_by_code,
    delegations_of,
    find_official,
    get_official,
    latest_agencies,
    list_posts,
    page_officials,
    posts_by_code,
    search_agencies,
    tenures_of,
)
from tinhso.modules.administration import access

PAGE = 50
Paths = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One tenure as a page shows it."""

    tenure: Tenure
    title: str
    agency: str
    agency_code: str
    path: tuple[str, ...]
    roles: str
    state: str
    """`now`, `past` or `coming` on the day of the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """One official in the list."""

    official: Official
    held: list[Held]
    account: Account | None


@dataclass(frozen=True, slots=True)
class Card:
    """One official whole."""

    official: Official
    held: list[Held]
    account: Account | None
    delegations: list[Delegation]
    sessions: list[SessionSeen]
    tokens: list[ApiToken]
    paths: Paths
    posts: dict[str, Post] = field(default_factory=dict)


def english() -> bool:
    """Tell whether the reader reads English."""
    return (get_language() or "vi").startswith("en")


def name_of(row: Agency | None, code: str = "") -> str:
    """Return the name of an agency in the reader's language; the code when there is no such agency."""
    if row is None:
        return code
    return row.name_en if english() and row.name_en else row.name


def title_of(post: Post | None, code: str = "") -> str:
    """Return the title of a post in the reader's language; the code when there is no such post."""
    if post is None:
        return code
    return post.title_en if english() and post.title_en else post.title


def roles_said(roles: Iterable[str]) -> str:
    """Return roles in words."""
    return ", ".join(str(ROLES.get(role, role)) for role in roles)


def list_people(*, seen_by: Actor, text: str, after: str, at: datetime) -> tuple[list[Row], str]:
    """Return a page of officials and the key of the next one (empty: there is none). Five statements."""
    found = page_officials(on=civil_date(at), text=text, within=access.part_of(seen_by), after=after, limit=PAGE + 1)
    page = found[:PAGE]
    ids = [official.pk for official in page]
    held, _posts = held_by(ids, civil_date(at))
    accounts = accounts_of_officials(ids)
    rows = [
        Row(
            official,
            [each for each in held.get(official.pk, []) if each.state != "past"],
            accounts.get(official.pk),
        )
        for official in page
    ]
    return rows, page[-1].staff_code if len(found) > PAGE else ""


def held_by(ids: Iterable[UUID], on: date) -> tuple[dict[UUID, list[Held]], dict[str, Post]]:
    """Return what officials hold, held and will hold, by official; and the posts by code. Three statements."""
    tenures = tenures_of(ids)
    posts = posts_by_code({tenure.post_code for tenure in tenures})
    agencies = latest_agencies({post.agency_code for post in posts.values()})
    found: dict[UUID, list[Held]] = {}
    for tenure in tenures:
        post = posts.get(tenure.post_code)
        agency = agencies.get(post.agency_code) if post else None
        found.setdefault(tenure.official_id, []).append(
            Held(
                tenure=tenure,
                title=title_of(post, tenure.post_code),
                agency=name_of(agency, post.agency_code if post else ""),
                agency_code=post.agency_code if post else "",
                path=agency.path_codes if agency else (),
                roles=roles_said(post.roles) if post else "",
                state=_state(tenure, on),
            )
        )
    return found, posts


def _state(tenure: Tenure, on: date) -> str:
    if tenure.valid_from > on:
        return "coming"
    return "now" if tenure.holds_on(on) else "past"


def paths_of(held: list[Held], lent: Paths = ()) -> Paths:
    """
    Return where an official stands, for permissions: posts held or to come; once they have none, the last ones held.

    And what was delegated to them (`lent`). Who has left stays with the administrators they left.
    """
    current = [each.path for each in held if each.state != "past"]
    return (*(current or [each.path for each in held[:1]]), *lent)


def standing_of(official_id: UUID, at: datetime) -> Paths:
    """Return the paths of an official for permissions. Four statements, six when something was delegated to them."""
    held, _posts = held_by([official_id], civil_date(at))
    lent = lent_to(official_id, delegations_of(official_id), civil_date(at))
    return paths_of(held.get(official_id, []), lent)


def lent_to(official_id: UUID, delegations: Iterable[Delegation], on: date) -> Paths:
    """
    Return the paths of the posts in which an official acts for another, now or from a day to come.

    Also of those whose giver has left meanwhile: they come back with the giver. At most two statements.
    """
    codes = {
        row.post_code
        for row in delegations
        if row.to_official_id == official_id and (row.valid_to is None or row.valid_to >= on)
    }
    posts = posts_by_code(codes) if codes else {}
    agencies = latest_agencies({post.agency_code for post in posts.values()}) if posts else {}
    return tuple(agencies[post.agency_code].path_codes for post in posts.values() if post.agency_code in agencies)


def view_person(official_id: UUID, *, seen_by: Actor, at: datetime) -> Card:
    """Return one official whole. Raises NotFound alike for absent and for hidden. Eight to ten statements."""
    official = get_official(official_id)
    held, posts = held_by([official_id], civil_date(at))
    mine = held.get(official_id, [])
    delegations = delegations_of(official_id)
    paths = paths_of(mine, lent_to(official_id, delegations, civil_date(at)))
    if not access.can_read_official(seen_by, paths):
        raise NotFound
    account = accounts_of_officials([official_id]).get(official_id)
    may = access.can_manage_official(seen_by, paths)
    others = {row.post_code for row in delegations} - posts.keys()
    return Card(
        official=official,
        held=mine,
        account=account,
        delegations=delegations,
        sessions=sessions_of(account, seen_by=seen_by) if account and may else [],
        tokens=tokens_of(account, seen_by=seen_by) if account and may else [],
        paths=paths,
        posts=posts | (posts_by_code(others) if others else {}),
    )


def official_typed(staff_code: str) -> Official:
    """Return the official whose staff code was typed into a form. Raises BadInput at its field."""
    try:
        return find_official(staff_code)
    except NotFound:
        raise BadInput(faults=[Fault("/staff_code", _("Nobody has this staff code."))]) from None


def posts_to_fill(text: str, *, seen_by: Actor, at: datetime) -> list[dict[str, Any]]:
    """Return the posts of agencies found by name or code in which the actor may appoint: choices of a form."""
    on = civil_date(at)
    found = [each for each in search_agencies(text, on, limit=10) if access.can_staff_agency(seen_by, each)]
    return [
        {"value": post.code, "text": f"{title_of(post)} – {name_of(agency)}", "hint": roles_said(post.roles)}
        for agency in found
        for post in list_posts(agency.code, on)
    ]


def places_of(codes: Iterable[str], on: date) -> dict[str, str]:
    """Return names of agencies by code. One statement."""
    return {code: name_of(row) for code, row in agencies_by_code(codes, on).items()}
