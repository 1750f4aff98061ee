"""Groups that applicants claim to belong to and that pay less: what was found about them, and by which papers they are shown (S-07)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tinhso.kernel.casework.public import Service
from tinhso.law.fees import Claim, claims_in, read_fee_rule
from tinhso.modules.onestop.models import ClaimState, Dossier, DossierFile, FeeClaim
from tinhso.modules.onestop.queries.fees import rules_of


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim with the papers in the dossier that show it; none is no fault, the officer may have seen it otherwise."""

    claim: FeeClaim
    papers: tuple[DossierFile, ...]


def claimed(service: Service, answers: Mapping[str, Any], way: str, *, on: date) -> list[Claim]:
    """Return the groups that these answers claim and that lower the fee; each once."""
    found: dict[str, Claim] = {}
    for rule in rules_of(service) if service.fee_rule else ():
        for one in claims_in(rule, {"answers": answers}, str(way), on):
            found.setdefault(one.group, one)
    return list(found.values())


def knows_groups(service: Service) -> bool:
    """Tell whether anybody pays less by belonging to a group."""
    return bool(service.fee_rule) and any(read_fee_rule(rule).group_answer for rule in rules_of(service))


def refused_groups(dossier: Dossier, service: Service) -> frozenset[str]:
    """Return the groups that the desk did not confirm. No statement where the fee knows no groups."""
    if not knows_groups(service):
        return frozenset()
    return frozenset(dossier.claims.filter(state=ClaimState.REFUSED).values_list("group", flat=True))


def claims_shown(dossier: Dossier, files: Sequence[DossierFile]) -> list[ClaimShown]:
    """Return the claims of a dossier, each with the papers that are there for it. One statement."""
    return [
        ClaimShown(claim, tuple(file for file in files if file.component_code in claim.evidence))
        for claim in dossier.claims.order_by("claimed_at", "group")
    ]
