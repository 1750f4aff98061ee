"""How far counting has come, and whether the sums agree with the rows they are sums of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tinhso.kernel.casework.public import MOST_MEASURED, case_measures
from tinhso.law.quality.measured import KEPT, Counts
from tinhso.modules.quality.models import Case, Progress, Tally
from tinhso.modules.quality.queries.measuring import Key, changes, news


def is_built() -> bool:
    """Tell whether every dossier was counted once."""
    return Progress.objects.filter(built_at__isnull=False).exists()


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
    """Return the sums that disagree with a full count over the measured rows."""
    counted: dict[Key, Counts] = {}
    batch: list[Case] = []
    for row in Case.objects.order_by("code").iterator(chunk_size=2000):
        batch.append(row)
        if len(batch) == 2000:  # noqa: PLR2004 - as many as are read at once
            _into(counted, batch)
            batch = []
    _into(counted, batch)
    kept = {
        (row.span, row.first, row.agency_code, row.service_code): Counts(**{name: getattr(row, name) for name in KEPT})
        for row in Tally.objects.iterator(chunk_size=2000)
    }
    nothing = Counts()
    keys = sorted(kept.keys() | counted.keys())
    pairs = [(key, kept.get(key, nothing), counted.get(key, nothing)) for key in keys]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _into(counted: dict[Key, Counts], batch: list[Case]) -> None:
    for key, counts in changes([], batch).items():
        counted[key] = counted.get(key, Counts()) + counts


def stale_rows(at: datetime) -> Iterator[str]:
    """Yield the codes of dossiers that are not kept as they are now, all of them looked at."""
    lent, after = case_measures(), ""
    while codes := lent.walk(after, MOST_MEASURED):
        yield from (one.code for one in news(lent.read(codes), at))
        after = codes[-1]
