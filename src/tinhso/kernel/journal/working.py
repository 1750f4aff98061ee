"""The worker's loop: every Periodic loan at its own pace, none able to stop the others."""

from __future__ import annotations

import heapq
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import Error, connections

from tinhso.base.registry import Periodic
from tinhso.base.watching import Watched, watching

_LONGEST_PAUSE = 60.0
"""Seconds: a loan that keeps failing is still tried this often (or at its own pace, if that is slower)."""
_SLOW = 20.0

_log = logging.getLogger(__name__)


class Loop:
    """
    Runs the loans until `stop` is set, each `seconds` after its last end, a tenth earlier or later.

    A loan is called with `at=`. One that raises is logged and waits twice as long each time. `clock` gives the moment;
    `beat` is called between two loans, and so says that the loop goes on.
    """

    def __init__(
        self,
        loans: Iterable[Periodic],
        *,
        clock: Callable[[], datetime],
        stop: threading.Event,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self.loans = list(loans)
        self.beat = beat
        self.clock = clock
        self.stop = stop
        self.failures: dict[str, int] = {}

    def run(self) -> None:
        """Go on until told to stop; the loan in hand is finished first."""
        start = time.monotonic()
        # spread the first calls, so that several workers started at once do not march in step
        due = [(start + _spread(min(loan.seconds, 5)) / 2, place) for place, loan in enumerate(self.loans)]
        heapq.heapify(due)
        while due and not self.stop.is_set():
            moment, place = due[0]
            if self.stop.wait(max(0.0, moment - time.monotonic())):
                return
            loan = self.loans[place]
            self.call(loan)
            self.beat()
            heapq.heapreplace(due, (time.monotonic() + self._pause(loan), place))

    def call(self, loan: Periodic) -> bool:
        """Call one loan now and return whether it went well."""
        began = time.monotonic()
        try:
            with watching(Watched("task", loan.key, uuid.uuid4().hex)):
                loan.call(at=self.clock())
        except Exception as error:  # noqa: BLE001 - one loan's bug must not stop the others; it is logged
            _log.exception("%s failed", loan.key)
            self.failures[loan.key] = self.failures.get(loan.key, 0) + 1
            if isinstance(error, Error):
                connections.close_all()  # the next call connects anew
            return False
        self.failures.pop(loan.key, None)
        if (took := time.monotonic() - began) > _SLOW:
            _log.warning("%s took %.0f s; the rest of the worker waited", loan.key, took)
        return True

    def _pause(self, loan: Periodic) -> float:
        failures = min(self.failures.get(loan.key, 0), 16)
        longest = max(_LONGEST_PAUSE, loan.seconds)
        return _spread(min(loan.seconds * 2**failures, longest))


def _spread(seconds: float) -> float:
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311 - spread, not secrecy
