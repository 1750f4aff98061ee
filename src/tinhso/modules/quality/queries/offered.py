"""What the catalogue offers, counted by level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from tinhso.base.registry import registry
from tinhso.kernel.casework.public import OnlineLevel, Service, ServiceCatalogue
from tinhso.modules.quality.models import Offer

PAGE = 500
ALL = "all"


def count_offers(*, on: date, at: datetime) -> list[Offer]:
    """Return what is offered at each level and in all; empty where no catalogue lists itself. One statement for 500."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for service in _services(on):
        marks = (
            1,
            int(service.online is not OnlineLevel.NONE),
            int(_has_fee(service)),
            int(_is_complete(service)),
        )
        for level in {ALL, *service.level.replace(",", " ").split()}:
            sums[level] = [had + more for had, more in zip(sums[level], marks, strict=True)]
    return [
        Offer(level=level[:10], all=n[0], online=n[1], with_fee=n[2], complete=n[3], counted_at=at)
        for level, n in sorted(sums.items())
    ]


def _services(on: date) -> Iterator[Service]:
    lent = registry.one(ServiceCatalogue)
    after = ""
    while lent.list is not None and (some := lent.list(on=on, after=after, limit=PAGE)):
        yield from some
        after = some[-1].code


def _has_fee(service: Service) -> bool:
    return bool(service.fee_rule) or any(way.fee_text.strip() for way in service.ways)


def _is_complete(service: Service) -> bool:
    """Tell whether a procedure states name, ways, components, a limit and what comes of it (index 1.3, as far as it is lent)."""
    return bool(
        service.name and service.components and service.results and any(way.limit_amount for way in service.ways)
    )
