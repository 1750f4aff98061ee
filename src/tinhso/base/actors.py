"""Who acts. An actor is made at a door from a proven session and handed down; nothing below a door looks for one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of subject stands behind an act; the journal keeps this word for ever."""

    CITIZEN = "citizen"
    BUSINESS = "business"
    OFFICIAL = "official"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Holding:
    """One post held at this moment: where, as what, and on whose delegation when it is not one's own."""

    agency: str
    """Code of the agency (QĐ 20/2020/QĐ-TTg), e.g. `H47.12`."""
    agency_path: tuple[str, ...]
    """Codes from the province down to the agency itself, so that "below H47" is a comparison, not a query."""
    post: str
    roles: frozenset[str]
    delegated_by: str = ""
    """Name of the official who delegated this authority; empty when the post is one's own."""


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Somebody who may act, with how sure we are of it.

    `key` is stable and unique (`citizen:049...` never: it holds an opaque id, not a personal number).
    `assurance` says how they proved who they are (`vneid:2`, `password+totp`, `passkey`, `token`, `system`);
    `level` orders it: 0 nobody, 1 self-declared or password, 2 VNeID level 2 or password with a second factor,
    3 hardware-bound.
    """

    kind: ActorKind
    key: str
    name: str
    assurance: str = "none"
    level: int = 0
    holdings: tuple[Holding, ...] = ()
    scopes: frozenset[str] | None = None
    """Scopes of the bearer token the actor came with; None when they came by a session and are not narrowed."""
    person_id: str = ""
    """Id of the person or business in `kernel.identity`, empty for officials and systems."""
    session: str = ""
    facts: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def is_official(self) -> bool:
        """Tell whether this is an official who holds at least one post now."""
        return self.kind is ActorKind.OFFICIAL and bool(self.holdings)

    @property
    def is_applicant(self) -> bool:
        """Tell whether this is a signed-in citizen or business."""
        return self.kind in (ActorKind.CITIZEN, ActorKind.BUSINESS)

    @property
    def agencies(self) -> frozenset[str]:
        """Return the codes of the agencies in which the actor holds a post."""
        return frozenset(holding.agency for holding in self.holdings)

    def has_role(self, *roles: str, agency: str | None = None) -> bool:
        """Tell whether any holding (in `agency`, if given) carries one of the roles. For `access.py` only."""
        return any(
            not holding.roles.isdisjoint(roles)
            for holding in self.holdings
            if agency is None or holding.agency == agency
        )

    def has_role_for_province(self, *roles: str) -> bool:
        """Tell whether a holding at the root of the province carries one of the roles. For `access.py` only."""
        return any(len(held.agency_path) == 1 and not held.roles.isdisjoint(roles) for held in self.holdings)

    def agencies_with(self, roles: Iterable[str]) -> frozenset[str]:
        """Return the agencies where the actor carries one of the roles: the filter of a worklist."""
        wanted = frozenset(roles)
        return frozenset(h.agency for h in self.holdings if not h.roles.isdisjoint(wanted))


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, key="anonymous", name="")


def system(name: str) -> Actor:
    """Return the named system actor (`worker`, `sealer`, `loader`, `demo`): one more door, with no roles."""
    return Actor(kind=ActorKind.SYSTEM, key=f"system:{name}", name=name, assurance="system", level=3)
