"""Callbacks from server to server: sent until the merchant says it has them, later and later, then given up."""

from __future__ import annotations

import time
from collections.abc import Callable
from sqlite3 import Row
from threading import Condition, Thread
from typing import Any

import httpx

from tinhso.sandbox.store import Store

TIMEOUT_SECONDS = 5.0


class Callbacks:
    """A queue in the store and one thread that sends from it."""

    def __init__(
        self, store: Store, message: Callable[[Any, str], dict[str, str]], retry_seconds: tuple[float, ...]
    ) -> None:
        """Send what `message(order, event_id)` makes; `retry_seconds` are the waits between tries."""
        self.store, self.message, self.retry_seconds = store, message, retry_seconds
        self._wake = Condition()
        self._stopped = False
        self._thread = Thread(target=self._run, name="payment-callbacks", daemon=True)

    def start(self) -> None:
        """Begin to send, with what a restart left over."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; what is left stays in the store."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join(TIMEOUT_SECONDS + 1)

    def queue(self, order: Row, *, times: int) -> None:
        """Have the merchant told how an order stands; `times` copies carry the same event id."""
        event_id = f"{order['reference']}-{order['events']}"
        for copy in range(times):
            self.store.run(
                "INSERT OR IGNORE INTO payment_callback (event_id, reference, state, next_at) VALUES (?, ?, ?, ?)",
                f"{event_id}#{copy}", order["reference"], order["state"], time.time() + copy * 0.05,
            )  # fmt: skip
        with self._wake:
            self._wake.notify()

    def _run(self) -> None:
        while True:
            for row in self.store.all("SELECT * FROM payment_callback WHERE done = 0 AND next_at <= ?", time.time()):
                self._send(row)
            with self._wake:
                if self._stopped:
                    return
                soonest = self.store.one("SELECT min(next_at) AS at FROM payment_callback WHERE done = 0")
                at = soonest["at"] if soonest else None
                self._wake.wait(max(0.01, at - time.time()) if at else None)

    def _send(self, row: Row) -> None:
        """Try once; put the next try off when the merchant does not say yes."""
        order = self.store.one("SELECT * FROM payment_order WHERE reference = ?", row["reference"])
        if order is None:
            self.store.run("DELETE FROM payment_callback WHERE event_id = ?", row["event_id"])
            return
        try:
            fields = self.message(order, row["event_id"].partition("#")[0])
            response = httpx.post(order["notify_url"], data=fields, timeout=TIMEOUT_SECONDS, trust_env=False)
            answer, done = str(response.status_code), response.is_success
        except httpx.HTTPError as fault:
            answer, done = type(fault).__name__, False
        tries = row["tries"] + 1
        given_up = tries > len(self.retry_seconds)
        wait = 0.0 if done or given_up else self.retry_seconds[tries - 1]
        self.store.run(
            "UPDATE payment_callback SET tries = ?, done = ?, next_at = ?, answer = ? WHERE event_id = ?",
            tries, int(done or given_up), time.time() + wait, answer, row["event_id"],
        )  # fmt: skip
