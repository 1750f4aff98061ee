"""
Conditions, rules and computed values in CEL (Common Expression Language): no loops, no side effects, always ends.

Names in an expression: each step by its key, `this` (the object in which the question stands), `item` (the entry of the
nearest repeated group), `today` (ISO date). An answer that is missing makes the whole expression unknown.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from tinhso.base import cel
from tinhso.law.identity_numbers import citizen_number, is_citizen_number

MAX_LENGTH: Final = 600
LOCAL_NAMES: Final = frozenset({"this", "item", "today"})
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_READ = re.compile(r"(?<![\w.])([a-zA-Z_]\w*)(?:\.([a-zA-Z_]\w*)(?![\w]*\())?")
"""A name, with the member that is read of it; none where the name is taken whole or a function of it is called."""
_PATH = re.compile(r"(?<![\w.])([a-z_]\w*)((?:\.[a-z_]\w*)+)(?![\w(])")


class Unknown:
    """The value of an expression that asks about something not answered (yet)."""


UNKNOWN: Final = Unknown()


class BadExpressionError(ValueError):
    """The expression is not CEL, is too long, or names something that does not exist."""


def _iso(text: object) -> date | None:
    """Return the date, or None for what is not a whole one: a raising function would be unknown as well, but noisy."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def age_on(born: object, on: object) -> int | None:
    """Return the age in whole years on a day; somebody born on 29 February comes of age on 1 March."""
    birth, day = _iso(born), _iso(on)
    if birth is None or day is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def days_between(first: object, last: object) -> int | None:
    """Return the calendar days from `first` to `last`; negative when `last` is earlier."""
    start, end = _iso(first), _iso(last)
    return None if start is None or end is None else (end - start).days


def number_matches(number: object, born: object, sex: object) -> bool | None:
    """Tell whether a personal number fits the date (or year) of birth and the sex; None when that cannot be told."""
    text = str(number)
    if not is_citizen_number(text):
        return None
    year = str(born)[:4]
    birth = date(int(year), 1, 1) if re.fullmatch(r"[12][0-9]{3}", year) else None
    return not citizen_number(text).mismatches(birth_on=birth, sex=str(sex))


def total(numbers: object) -> float | None:
    """Return the sum of a list of numbers, as CEL has none; None when one is not a number."""
    if not isinstance(numbers, list) or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        return None
    return float(sum(numbers))


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "age_on": age_on,
    "days_between": days_between,
    "number_matches": number_matches,
    "total": total,
}


@functools.lru_cache(maxsize=4096)
def _program(source: str) -> Any:
    if len(source) > MAX_LENGTH:
        raise BadExpressionError(f"> {MAX_LENGTH}")
    try:
        return cel.compile(source)
    except ValueError as error:
        raise BadExpressionError(str(error).splitlines()[0]) from error


@functools.lru_cache(maxsize=4096)
def _members_read(source: str, names: tuple[str, ...]) -> dict[str, frozenset[str] | None]:
    found: dict[str, set[str]] = {name: set() for name in names}
    whole = set()
    for match in _READ.finditer(_STRING.sub("''", source)):
        name, member = match.groups()
        if member is None:
            whole.add(name)
        elif name in found:
            found[name].add(member)
    return {name: None if name in whole else frozenset(members) for name, members in found.items()}


class Expression:
    """One CEL expression, compiled once. Raises BadExpressionError when it is not one."""

    __slots__ = ("_functions", "_members", "program", "source")

    def __init__(self, source: str) -> None:
        """Compile it."""
        self.source = source
        self.program = _program(source)
        self._members = _members_read(source, tuple(self.program.variables()))
        self._functions = {name: FUNCTIONS[name] for name in self.program.functions() if name in FUNCTIONS}

    def names(self) -> frozenset[str]:
        """Return the root names it reads (those that comprehensions bind are among them)."""
        return frozenset(self._members)

    def members(self) -> Mapping[str, frozenset[str] | None]:
        """Return which members it reads of each root name; None where it takes the name whole."""
        return self._members

    def paths(self) -> list[tuple[str, ...]]:
        """Return the dotted paths it reads, for checking that each leads to a question."""
        bare = _STRING.sub("''", self.source)
        return [(match[1], *match[2][1:].split(".")) for match in _PATH.finditer(bare)]

    def evaluate(self, scope: Mapping[str, Any]) -> Any:
        """Return its value, or UNKNOWN when it reads what is not there or is not of the expected kind."""
        try:
            return self.program.execute({**self._functions, **scope})
        except (LookupError, TypeError, ValueError, RuntimeError, ArithmeticError):
            return UNKNOWN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)
