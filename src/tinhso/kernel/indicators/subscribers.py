"""What the journal tells the indicators: a figure counts, or counts no more, so what depends on it is reckoned anew."""

from __future__ import annotations

from tinhso.base.actors import system
from tinhso.kernel.indicators.actions.reckoning import reckon_for
from tinhso.kernel.indicators.queries import looking_back
from tinhso.kernel.journal.public import EntryView
from tinhso.law.periods import read_period

WORKER = system("worker")
COUNTS = ("indicators.approved", "indicators.withdrawn")


def reckon(entry: EntryView) -> None:
    """
    Reckon what depends on a figure of a unit, in its period and in the later ones that look back at it.

    Repeatable: what is as it was is not written.
    """
    code, unit, period = (str(entry.facts[name]) for name in ("indicator", "unit", "period"))
    here = read_period(period)
    reckon_for([code], unit, here, actor=WORKER, at=entry.delivered_at)
    for later in looking_back(code, unit, here):
        reckon_for([code], unit, later, actor=WORKER, at=entry.delivered_at)
