"""A sample of a back-load for the second person: drawn by chance, so that whoever loads cannot know it."""

from __future__ import annotations

import math
import secrets

from tinhso.modules.holdings.models import Batch, Holding

SHARE = 0.02
LEAST, MOST = 5, 200


def sample_size(taken: int) -> int:
    """Return how many of the taken rows are looked at: one in fifty, five at least, two hundred at most."""
    return min(taken, max(LEAST, min(MOST, math.ceil(taken * SHARE))))


def choose_sample(batch: Batch) -> list[str]:
    """Return the ids of the holdings to look at. A statement for each, by the index of rows."""
    found: dict[str, int] = {}
    wanted = sample_size(batch.taken)
    rows = Holding.objects.filter(batch=batch)
    for _try in range(wanted * 4):
        if len(found) >= wanted:
            break
        start = secrets.randbelow(batch.rows_done + 1) + 2
        one = rows.filter(batch_row__gte=start).order_by("batch_row").values_list("id", "batch_row").first()
        if one:
            found[str(one[0])] = one[1] or 0
    if len(found) < wanted:
        for held, row in rows.order_by("batch_row").values_list("id", "batch_row")[: wanted * 2]:
            if len(found) < wanted:
                found.setdefault(str(held), row or 0)
    return sorted(found, key=lambda held: found[held])
