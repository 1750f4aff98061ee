"""Who listens to what: the changes of the last while, numbered, and the listeners that wait for the next ones."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

KEPT = 10_000
"""Changes remembered for browsers that come back."""
UNKNOWN = 0
"""How many changes there were is not known: the page should be looked at again."""

type Topics = Mapping[str, frozenset[str]]
"""By topic, the names of the parts that somebody may hear of."""


@dataclass(frozen=True, slots=True)
class Change:
    """A part that changed; `at` in seconds of the epoch, by the clock of whoever acted."""

    number: int
    name: str
    at: float


@dataclass(eq=False, slots=True)
class Listener:
    """One open page. What it has not been told yet is one number a topic, however much happens."""

    topics: Topics
    since: float
    """When the page was made, in seconds of the epoch: it shows what happened before."""
    waiting: dict[str, int] = field(default_factory=dict)
    """Changes by topic that it was not told yet."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, change: Change) -> None:
        """Note a change of a part it may hear of."""
        if change.at <= self.since:
            return
        for topic, names in self.topics.items():
            if change.name in names and self.waiting.get(topic) != UNKNOWN:
                self.waiting[topic] = self.waiting.get(topic, 0) + 1
        if self.waiting:
            self.woken.set()

    def hear_unknown(self) -> None:
        """Note that anything may have changed."""
        self.waiting = dict.fromkeys(self.topics, UNKNOWN)
        self.woken.set()

    def take(self) -> dict[str, int]:
        """Return what it was not told yet and forget it."""
        taken, self.waiting = self.waiting, {}
        self.woken.clear()
        return taken


class Hub:
    """The changes and the listeners of one process."""

    def __init__(self) -> None:
        """Begin knowing nothing."""
        self.listeners: dict[str, set[Listener]] = {}
        self.number = 0
        self._begin()

    def tell(self, name: str, at: float) -> None:
        """Tell everybody who may hear of this part."""
        change = Change(self.number + 1, name, at)
        self.number = change.number
        self.changes.append(change)
        for listener in self.listeners.get(name, ()):
            listener.hear(change)

    def lose(self) -> None:
        """Begin anew because changes were missed: everybody is told to look again."""
        self._begin()
        for listener in {one for some in self.listeners.values() for one in some}:
            listener.hear_unknown()

    def add(self, listener: Listener, last_id: str = "") -> None:
        """Take in a listener: what it missed since its last id, or since its page was made, waits for it."""
        for names in listener.topics.values():
            for name in names:
                self.listeners.setdefault(name, set()).add(listener)
        after = self._number_in(last_id)
        if after is None or (not last_id and listener.since < self.began):
            # a page is made a moment before it connects: only one from before our time may have missed something
            listener.hear_unknown()
            return
        for change in reversed(self.changes):
            if change.number <= after:
                break
            listener.hear(change)

    def remove(self, listener: Listener) -> None:
        """Forget a listener; twice is once."""
        for names in listener.topics.values():
            for name in names:
                some = self.listeners.get(name, set())
                some.discard(listener)
                if not some:
                    self.listeners.pop(name, None)

    @property
    def last_id(self) -> str:
        """Return the id of the newest change."""
        return f"{self.era}-{self.number}"

    def _begin(self) -> None:
        self.era, self.number, self.began = secrets.token_hex(4), 0, time.time()
        self.changes: deque[Change] = deque(maxlen=KEPT)

    def _number_in(self, last_id: str) -> int | None:
        """Return the number in an id of ours, 0 for none; None when we do not remember what came after it."""
        if not last_id:
            return 0
        era, _dash, number = last_id.partition("-")
        if era != self.era or not number.isdecimal() or len(number) > 15:  # noqa: PLR2004 - it is ours or it is not
            return None
        forgotten = self.changes[0].number - 1 if self.changes else 0
        return int(number) if int(number) >= forgotten else None
