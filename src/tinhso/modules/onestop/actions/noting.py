"""Writing down which groups an applicant claims to belong to. For acts that take in answers or change them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import Service
from tinhso.modules.onestop.models import ClaimState, Dossier, FeeClaim
from tinhso.modules.onestop.queries.claims import claimed, knows_groups


def note_claims(dossier: Dossier, service: Service, answers: Mapping[str, Any], at: datetime) -> None:
    """
    Note what is claimed by these answers and is not noted yet; what is claimed no more and nobody looked at goes.

    What was confirmed or refused stays: claimed again, it is what it was. No statement where the fee knows no groups.
    """
    if not knows_groups(service):
        return
    found = claimed(service, answers, dossier.way, on=civil_date(dossier.submitted_at))
    groups = [one.group for one in found]
    dossier.claims.filter(state=ClaimState.CLAIMED).exclude(group__in=groups).delete()
    known = set(dossier.claims.values_list("group", flat=True))
    FeeClaim.objects.bulk_create(
        FeeClaim(
            dossier=dossier,
            group=one.group,
            name=one.name[:300],
            name_en=one.name_en[:300],
            evidence=list(one.evidence),
            law=one.source[:300],
            claimed_at=at,
        )
        for one in found
        if one.group not in known
    )
