"""What the worker does for the data store: back-loads that came by the page, in a process beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from tinhso.base.actors import system
from tinhso.base.beside import beside
from tinhso.base.refusals import Refusal
from tinhso.modules.holdings.actions.backload import LoadedElsewhere, load
from tinhso.modules.holdings.actions.sending import sent_files
from tinhso.modules.holdings.actions.stopping import stop_batch
from tinhso.modules.holdings.models import Batch
from tinhso.modules.holdings.queries.batches import to_load

log = logging.getLogger(__name__)
WORKER = system("worker")


def load_some(*, at: datetime) -> bool:
    """See to it that what waits is being loaded; tell whether a process was started for it."""
    return bool(to_load(at)) and beside("backload", "--waiting")


def load_waiting(clock: Callable[[], datetime]) -> list[Batch]:
    """Load every back-load that waits, one after the other; one that cannot be loaded says so on its page."""
    done = []
    for batch in to_load(clock()):
        try:
            with sent_files(batch.id) as (sheet, files):
                done.append(load(batch, sheet, files, actor=WORKER, clock=clock))
        except LoadedElsewhere:
            log.info("%s is loaded elsewhere", batch.id)
        except Refusal as no:
            stop_batch(batch.id, str(no), actor=WORKER, at=clock())
    return done
