"""Who goes on with what: one snapshot of the successions, asked for each row that is handed on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tinhso.kernel.organisation.models import Agency, Kind, Post
from tinhso.law.succession import Link, NoHeir, Undecided, shares_of, successor

DESKS = (Kind.DESK, Kind.CENTRE)


@dataclass
class Heirs:
    """
    The successions of a reform as they stand on its first day.

    An agency without a succession of its own (a division, a desk, a branch) goes where its parent goes: a desk to the desk
    of the successor, a division to the one that does its work there, else to the successor itself.
    """

    on: date
    links: list[Link]
    before: dict[str, Agency]
    """Agencies that stood until the day before, by code."""
    after: dict[str, Agency]
    """Agencies that stand on the day, by code."""
    posts: list[Post]
    """Posts that stand on the day."""
    decided: Mapping[str, str] = field(default_factory=dict)
    keeper: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def ended(self) -> list[str]:
        """Return the codes of the agencies that no longer stand, sorted."""
        return sorted(set(self.before) - set(self.after))

    @cached_property
    def movable(self) -> list[str]:
        """Return the codes of ended agencies of which a living one has taken over, sorted."""
        return [code for code in self.ended if self.of(code) in self.after]

    @cached_property
    def by_unit(self) -> dict[str, str]:
        """Return the agency that governed an old unit, by the unit's statistics code."""
        rows = self.before.values()
        return {row.unit_code: row.code for row in rows if row.kind == Kind.COMMITTEE and row.unit_code}

    @cached_property
    def _below(self) -> dict[str, list[Agency]]:
        found: dict[str, list[Agency]] = {}
        for row in sorted(self.after.values(), key=lambda one: one.path):
            found.setdefault(row.parent_code, []).append(row)
        return found

    @cached_property
    def _roles(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for post in self.posts:
            found.setdefault(post.agency_code, set()).update(post.roles)
        return found

    @cached_property
    def _known(self) -> dict[tuple[str, str], str]:
        return {}

    def of(self, code: str, *, unit: str = "") -> str:
        """
        Return the living agency that goes on with what was `code`'s; `unit`: the old unit that the matter lies in.

        Empty only when nobody took over, which loading refuses.
        """
        if code in self.after or not code:
            return code
        key = (code, unit)
        if key not in self._known:
            self._known[key] = self._find(code, unit)
        return self._known[key]

    def _find(self, code: str, unit: str) -> str:
        row = self.before.get(code)
        if row is None or any(link.before == code for link in self.links):
            return self._linked(code, unit)
        above = self.of(row.parent_code, unit=unit)
        return self._beside(row, above) if above else ""

    def _linked(self, code: str, unit: str) -> str:
        place = self.of(self.by_unit[unit]) if unit in self.by_unit and self.by_unit[unit] != code else ""
        try:
            return successor(code, self.links, self.on, place=place, decided=self.decided.get(code, "")).value
        except Undecided:
            return self.keeper
        except NoHeir:
            return ""

    def _beside(self, row: Agency, above: str) -> str:
        if row.kind in DESKS:
            return self.desk_of(above)
        if row.kind == Kind.POSTAL:  # a post office takes in for the desk of its place
            near = (each.code for each in self._below.get(above, ()) if each.kind == Kind.POSTAL)
            return next(near, self.desk_of(above))
        wanted = {row.field, self.fields.get(row.field, "")} - {""}
        return next((each.code for each in self._below.get(above, ()) if each.field in wanted), above)

    def desk_of(self, code: str) -> str:
        """Return the desk that receives for a living agency."""
        for step in reversed(self.after[code].path_codes):
            if step in self.after and self.after[step].desk_code:
                return self.after[step].desk_code
        return code

    def for_roles(self, code: str, roles: Collection[str], *, field_of: str = "") -> str:
        """
        Return where these roles of what is now `code`'s are carried: there, below it, or in the agency above.

        In a small agency one officer did all its work, its successor has a division for it: the division of the same field
        first. The agency itself when nobody carries them all: `is_held` tells.
        """
        wanted = set(roles)
        if not code or wanted <= self._roles.get(code, set()):
            return code
        fields = {field_of, self.fields.get(field_of, "")} - {""}
        below = sorted(self._below.get(code, ()), key=lambda row: (row.field not in fields, row.code))
        above = self.after[code].parent_code if code in self.after else ""
        near = [*(row.code for row in below), above]
        return next((each for each in near if wanted <= self._roles.get(each, set())), code)

    def is_held(self, code: str, role: str) -> bool:
        """Tell whether an agency has a post with a role."""
        return role in self._roles.get(code, ())

    def field_of(self, code: str) -> str:
        """Return the field in which an old agency worked."""
        row = self.before.get(code)
        return row.field if row else ""

    @cached_property
    def divided_set(self) -> frozenset[str]:
        """Return the old agencies that several took over."""
        own = {link.before for link in self.links} & set(self.ended)
        return frozenset(code for code in own if len(shares_of(code, self.links, self.on)) > 1)

    def why(self, code: str, *, unit: str = "") -> str:
        """Return how the successor was found: `same`, `whole`, by `place`, `decided` by a person, `kept` until decided."""
        if code in self.after:
            return "same"
        divided = self.divided_above(code)
        if not divided:
            return "whole"
        place = self.of(self.by_unit[unit]) if unit in self.by_unit else ""
        if place in self.takers(divided):
            return "place"
        return "decided" if self.decided.get(divided) else "kept"

    def divided_above(self, code: str) -> str:
        """Return the agency whose succession says who goes on with an old agency, when several took it over; else empty."""
        row = self.before.get(code)
        while row is not None and not any(link.before == row.code for link in self.links):
            row = self.before.get(row.parent_code)
        return row.code if row is not None and row.code in self.divided_set else ""

    def takers(self, code: str) -> list[str]:
        """Return who took over from an agency, to their end, sorted."""
        return sorted(shares_of(code, self.links, self.on))


def posts_by_agency(posts: Iterable[Post]) -> dict[str, list[Post]]:
    """Return posts by the agency they are in, each list by code."""
    found: dict[str, list[Post]] = {}
    for post in sorted(posts, key=lambda one: one.code):
        found.setdefault(post.agency_code, []).append(post)
    return found
