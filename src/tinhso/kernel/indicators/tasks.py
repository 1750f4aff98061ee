"""What the worker does every so often: keep what modules count."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.kernel.indicators.actions import keeping
from tinhso.kernel.organisation.public import list_agencies

WORKER = system("worker")


def keep_lent(*, at: datetime) -> int:
    """Keep the lent figures of the province and of each agency in it; return how many changed."""
    roots = [each for each in list_agencies(on=civil_date(at)) if not each.parent_code]
    return sum(keeping.keep_lent(each.code, actor=WORKER, at=at) for each in roots if keeping.is_news(each.code, at))
