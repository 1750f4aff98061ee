"""What a page may be told to have changed while it is open: modules lend topics, `site.live` carries them to browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LiveTopic:
    """
    Something that changes and that somebody watches, in parts with names: the work of each role in each agency.

    A browser hears the key and how many changes there were, never what they are; it hears of the parts that `may_hear`
    gives, asked when it connects and every minute.
    """

    key: str
    """What browsers know it by: lower-case letters."""
    changed: Callable[[Any], Iterable[str]]
    """Told an entry of the journal (`EntryView`); gives the parts that it changes."""
    may_hear: Callable[..., Iterable[str]]
    """Told the actor and what the page is about (a dossier's code, or nothing); gives the parts the actor may hear of."""
