"""What becomes of officials' posts: who goes on in which post, and whom a person must appoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tinhso.kernel.organisation.models import Post, Tenure
from tinhso.kernel.organisation.reform.heirs import Heirs, posts_by_agency

SIGNS = "leader"
"""Who signs is elected or appointed to it: never moved by a rule."""


class Why(StrEnum):
    """Why somebody is moved, or is not."""

    NAMED = "named"
    SAME_ROLES = "same_roles"
    HAS_IT = "has_it"
    SIGNS = "signs"
    NO_POST = "no_post"
    NO_SEAT = "no_seat"


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one tenure."""

    official_id: str
    name: str
    post_from: str
    post_to: str
    why: Why

    @property
    def is_placed(self) -> bool:
        """Tell whether the official goes on with it."""
        return bool(self.post_to)


def plan_moves(
    tenures: Iterable[Tenure],
    before: Mapping[str, Post],
    heirs: Heirs,
    *,
    named: Mapping[str, str],
    taken: Collection[tuple[str, str]] = (),
) -> list[Move]:
    """
    Return what becomes of each tenure of an agency that ends.

    `named`: the new post by the old one, as the pack's `moves.csv` decides; else the post with the same roles, then the one
    with all of them. Who held posts in two agencies that became one holds the post once. `taken`: post and official of those
    who are appointed there already. One who finds no seat is left to a person.
    """
    posts = {post.code: post for post in heirs.posts}
    rooms = posts_by_agency(heirs.posts)
    held = set(taken)
    seats = Counter(post for post, _official in held)
    found: list[Move] = []
    for tenure in sorted(tenures, key=lambda one: (one.post_code not in named, one.post_code, str(one.official_id))):
        post, who = before[tenure.post_code], str(tenure.official_id)
        target, why = _target(post, heirs, rooms, named)
        if target and (target, who) in held:
            why = Why.HAS_IT
        elif target and seats[target] >= posts[target].seats:
            target, why = "", Why.NO_SEAT
        elif target:
            held.add((target, who))
            seats[target] += 1
        found.append(Move(who, tenure.official.full_name, tenure.post_code, target, why))
    return found


def _target(post: Post, heirs: Heirs, rooms: Mapping[str, list[Post]], named: Mapping[str, str]) -> tuple[str, Why]:
    if post.code in named:
        return named[post.code], Why.NAMED
    if SIGNS in post.roles:
        return "", Why.SIGNS
    room = heirs.of(post.agency_code)
    roles = set(post.roles)
    if not roles:
        return "", Why.NO_POST
    room = heirs.for_roles(room, roles, field_of=heirs.field_of(post.agency_code))
    fits = [each for each in rooms.get(room, ()) if roles <= set(each.roles) and SIGNS not in each.roles]
    fits.sort(key=lambda each: (set(each.roles) != roles, each.code))
    return (fits[0].code, Why.SAME_ROLES) if fits else ("", Why.NO_POST)
