"""The tree of agencies, and one agency: identifiers, what it was called when, posts and who holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.public import (
    Agency,
    AgencyCode,
    Post,
    Tenure,
    agency_versions,
    children,
    identifiers_of,
    list_agencies,
    list_posts,
    list_tenures,
    search_agencies,
    successors,
)
from tinhso.modules.administration import access
from tinhso.modules.administration.queries.people import name_of, roles_said, title_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Branch:
    """One agency in the tree."""

    agency: Agency
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class View:
    """One agency whole, as it is on the day or, when it has ceased, as it was."""

    agency: Agency
    name: str
    is_open: bool
    versions: list[Agency]
    identifiers: list[AgencyCode]
    children: list[Branch]
    posts: list[dict[str, Any]]
    successors: list[Branch]


def list_branches(*, seen_by: Actor, text: str, after: str, at: datetime) -> tuple[list[Branch], str]:
    """
    Return a page of the tree (parents before children) and the path that the next begins after. One statement.

    With words: the agencies that have them, without pages. An administrator of agencies sees theirs and below.
    """
    on, mine = civil_date(at), access.part_of(seen_by)
    if text:
        return [
            branch(each) for each in search_agencies(text, on, limit=PAGE) if access.can_read_agency(seen_by, each)
        ], ""
    if mine is None:
        found = list_agencies(on=on, after=after, limit=PAGE + 1)
        return [branch(each) for each in found[:PAGE]], found[PAGE - 1].path if len(found) > PAGE else ""
    rows = [each for code in sorted(mine) for each in _below(code, on) if each.path > after]
    known = {each.path: each for each in rows}
    page = [known[path] for path in sorted(known)]
    return [branch(each) for each in page[:PAGE]], page[PAGE - 1].path if len(page) > PAGE else ""


def _below(code: str, on: Any) -> list[Agency]:
    top = [each for each in agency_versions(code) if each.holds_on(on)]
    return [*top, *list_agencies(on=on, below=code)]


def branch(agency: Agency) -> Branch:
    """Return an agency as the tree shows it."""
    return Branch(agency, name_of(agency), len(agency.path_codes) - 1)


def view_agency(code: str, *, seen_by: Actor, at: datetime) -> View:
    """Return one agency whole. Raises NotFound alike for absent and for hidden. Eight statements at most."""
    on, versions = civil_date(at), agency_versions(code)
    if not versions or not access.can_read_agency(seen_by, versions[0]):
        raise NotFound
    now = next((each for each in versions if each.holds_on(on)), None)
    shown = now or versions[0]
    taken_over = successors(code, on) if now is None else []
    return View(
        agency=shown,
        name=name_of(shown),
        is_open=now is not None,
        versions=versions,
        identifiers=identifiers_of(code),
        children=[branch(each) for each in children(code, on)],
        posts=_posts(list_posts(code, on), list_tenures(code, on)),
        successors=[branch(each) for each in taken_over if each.code != code],
    )


def _posts(posts: list[Post], tenures: list[Tenure]) -> list[dict[str, Any]]:
    holders: dict[str, list[Tenure]] = {}
    for tenure in tenures:
        holders.setdefault(tenure.post_code, []).append(tenure)
    return [
        {
            "code": post.code,
            "title": title_of(post),
            "roles": roles_said(post.roles),
            "seats": post.seats,
            "holders": holders.get(post.code, []),
            "free": max(0, post.seats - len(holders.get(post.code, []))),
        }
        for post in posts
    ]
