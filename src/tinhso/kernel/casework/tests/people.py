"""Who acts in the tests, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from tinhso.base.actors import Actor, ActorKind, Holding, system

MONDAY = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
"""Monday 2 March 2026, 08:30 in Việt Nam."""
DESK, OFFICE, AGENCY = "H47.12.1", "H47.12.2", "H47.12"
AGENCIES = {"desk": DESK, "office": OFFICE, "agency": AGENCY}
LOADER = system("loader")


def official(name: str, *holdings: tuple[str, str]) -> Actor:
    """Return an official who holds roles in agencies: `("reception", DESK)`, ..."""
    held = tuple(
        Holding(agency=agency, agency_path=("H47", AGENCY, agency), post=f"{agency}/{role}", roles=frozenset({role}))
        for role, agency in holdings
    )
    return Actor(
        kind=ActorKind.OFFICIAL, key=f"official:{uuid5(NAMESPACE_OID, name)}", name=name, holdings=held, level=2
    )


LAN = official("Lan", ("reception", DESK))
HOA = official("Hoa", ("reception", DESK))
BINH = official("Bình", ("processor", OFFICE))
CHI = official("Chi", ("processor", OFFICE), ("head", OFFICE))
MINH = official("Minh", ("leader", AGENCY))
HUNG = official("Hùng", ("reception", "H47.99"), ("processor", "H47.99"), ("leader", "H47.99"))
TU = Actor(kind=ActorKind.CITIZEN, key="person:tu", name="Bà Tư", level=2)
