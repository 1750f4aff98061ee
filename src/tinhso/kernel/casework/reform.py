"""Open steps in agencies that end, for the dry run of a reform; they are handed on with what their case is about."""

from __future__ import annotations

from django.db.models import Count as Number

from tinhso.kernel.casework.models import LIVE, Task
from tinhso.kernel.organisation.public import Count, Heirs


def count_steps(heirs: Heirs) -> list[Count]:
    """Return how many steps are open in each agency that ends, by role, and whether a post of the successor does them."""
    rows = Task.objects.filter(state__in=LIVE, agency_code__in=heirs.ended).values_list("agency_code", "role")
    found = []
    for code, role, count in rows.annotate(n=Number("pk")).order_by("agency_code", "role"):
        heir = heirs.for_roles(heirs.of(code), (role,), field_of=heirs.field_of(code))
        found.append(Count(code, role, count, heir, is_held=heirs.is_held(heir, role)))
    return found
