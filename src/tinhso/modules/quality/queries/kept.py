"""How far counting has come, and whether the sums agree with the rows they are sums of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tinhso.kernel.casework.public import MOST_MEASURED, case_measures
from tinhso.law.quality.measured import KEPT, Counts
from tinhso.modules.quality.models import Progress, Tally
from tinhso.modules.quality.queries.measuring import VERSION, Key, news
from tinhso.modules.quality.queries.recount import grains

FOLLOWER = "quality"
"""The name under which the journal knows how far the measures have come."""


def is_built() -> bool:
    """Tell whether every dossier was counted once."""
    return Progress.objects.filter(built_at__isnull=False).exists()


def is_outdated() -> bool:
    """Tell whether the kept measures are of an earlier version, which did not look at all that is measured now."""
    return Progress.objects.filter(built_at__isnull=False).exclude(version=VERSION).exists()


def is_counting() -> bool:
    """Tell whether dossiers are still being counted for the first time: figures are too low until then."""
    return not is_built()


@dataclass(frozen=True, slots=True)
class Difference:
    """A sum that is not what its rows add up to."""

    key: Key
    kept: Counts
    counted: Counts


def wrong_sums() -> list[Difference]:
    """Return the sums that disagree with a full count over the measured rows, by the database."""
    counted: dict[Key, Counts] = {}
    for grain in grains():
        for span, first, agency, service, _field, *numbers in grain.iterator(chunk_size=2000):
            counted[span, first, agency, service] = Counts(**dict(zip(KEPT, map(int, numbers), strict=True)))
    kept = {
        (row.span, row.first, row.agency_code, row.service_code): Counts(**{name: getattr(row, name) for name in KEPT})
        for row in Tally.objects.iterator(chunk_size=2000)
    }
    nothing = Counts()
    keys = sorted(kept.keys() | counted.keys())
    pairs = [(key, kept.get(key, nothing), counted.get(key, nothing)) for key in keys]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def stale_rows(at: datetime) -> Iterator[str]:
    """Yield the codes of dossiers that are not kept as they are now, all of them looked at."""
    lent, after = case_measures(), ""
    while codes := lent.walk(after, MOST_MEASURED):
        yield from (one.code for one in news(lent.read(codes), at))
        after = codes[-1]
