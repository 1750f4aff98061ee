"""Lists too long to print as choices: who lends them, and how what was typed finds its code."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from tinhso.base.registry import registry
from tinhso.base.text import fold
from tinhso.kernel.forms.words import Words

SHOWN = 400
_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("forms_lookups", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Read each list once while one page or one set of answers is worked on."""
    token = _memory.set(_memory.get() or {})
    try:
        yield
    finally:
        _memory.reset(token)


def remember[V](key: Hashable, make: Callable[[], V]) -> V:
    """Return what `make` gave before within `remembering()`, else what it gives now."""
    kept = _memory.get()
    if kept is None:
        return make()
    if key not in kept:
        kept[key] = make()
    return cast("V", kept[key])


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a list."""

    code: str
    label: Words
    names: tuple[str, ...] = ()
    """Shorter names that people type for it."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A list of codes with names, lent in a manifest: `find(text, on, limit)` and `label(code, on)` (None: no such code)."""

    key: str
    find: Callable[[str, date, int], Sequence[Found]]
    label: Callable[[str, date], Words | None]


def _lookup(key: str) -> Lookup | None:
    return next((each for each in registry.of(Lookup) if each.key == key), None)


def label_of(key: str, code: str, on: date) -> Words | None:
    """Return the name of a code, or None when the list has no such code."""
    lookup = _lookup(key)
    return lookup.label(code, on) if lookup else None


def options(key: str, on: date, text: str = "") -> Sequence[Found]:
    """Return entries to suggest, at most 400."""
    lookup = _lookup(key)
    return lookup.find(text, on, SHOWN) if lookup else ()


def code_for(key: str, typed: str, on: date) -> str:
    """Return the code that the typed words name, when they name exactly one; else the words as typed."""
    wanted = fold(typed)
    if not wanted or label_of(key, typed, on) is not None:
        return typed
    entries = options(key, on, typed)
    whole = [each for each in entries if wanted in {fold(each.label.vi), fold(each.label.en)}]
    # "Phường Minh An" is enough where only one ward has this name, though others hold the same letters
    named = [each for each in entries if wanted in {_first(each.label.vi), _first(each.label.en)}]
    bare = [each for each in entries if wanted in {fold(name) for name in each.names}]
    for found in (whole, named, bare, entries):
        if len(found) == 1:
            return found[0].code
    return typed


def _first(label: str) -> str:
    return fold(label.partition(",")[0])
