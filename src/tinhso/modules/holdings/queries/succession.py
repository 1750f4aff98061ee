"""Back-loads that an agency leaves unfinished when a reform ends it, for its dry run: the successor goes on with them."""

from __future__ import annotations

from django.db.models import Count as Number

from tinhso.kernel.organisation.public import Count, Heirs
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Batch, BatchState

UNFINISHED = (BatchState.DRAFT, BatchState.LOADING, BatchState.WAITING)


def count_batches(heirs: Heirs) -> list[Count]:
    """Return the back-loads that are not in force, by agency and state: who may load for the successor sees and checks them."""
    rows = Batch.objects.filter(agency_code__in=heirs.ended, state__in=UNFINISHED).values_list("agency_code", "state")
    counted = rows.annotate(n=Number("pk")).order_by("agency_code", "state")
    found = []
    for code, state, n in counted:
        heir = heirs.of(code)
        held = any(heirs.is_held(heir, role) for role in access.LOADERS)
        found.append(Count(code, str(BatchState(state).label), n, heir, is_held=held))
    return found
