"""
Conditions of scenarios: CEL within narrow limits, over described facts.

A condition runs in the worker for every act it looks at, and nothing can stop it halfway: no clock reaches into the compiled
extension. So what it may cost is bounded before it runs: it is short, walks through one list at most (which holds fifty
rows), `map` and `filter` are not let in (nested, they take minutes), nor is what would hide them (comments, raw and triple
strings), and a pattern is written out, short, without counted repetition, and not matched for each row of a list (within all
other limits four of them took 15 seconds).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base import cel
from tinhso.base.refusals import Text
from tinhso.kernel.casework.public import CaseFact

MAX_LETTERS = 500
MAX_DEPTH = 20
"""Brackets within brackets."""
MAX_PATTERNS = 3
MAX_PATTERN = 100
"""Letters of a pattern for `matches`."""
SLOW_SECONDS = 0.25
"""A condition that takes longer does not work: the acts behind it would wait."""

TOO_LONG = _("The condition has {length} letters; at most {most} are let in.")
TOO_DEEP = _("The condition has brackets more than {most} deep.")
NO_MACRO = _("“{macro}” is not let in: a condition walks through one list at most, with exists or all.")
NO_HIDING = _("Comments, raw strings and strings in three quotes are not let in: they could hide what is not let in.")
BAD_PATTERN = _(
    "A pattern for matches is written out in quotes, at most {most} letters long, without repetition in braces; at most"
    " {patterns} in a condition, and none where it walks through a list."
)
NOT_CEL = _("This is not a condition in CEL: {problem}")
UNKNOWN_FACT = _("The fact “{name}” is not known. Known near it: {known}.")
NOT_A_TRUTH = _("The condition gives {value}, and must give true or false.")
NO_ANSWER = _("The condition has no answer on an example: {problem}")

_CALLS_MATCHES = re.compile(r"\bmatches\b")
_RIGHT_MATCHES = re.compile(r"\.\s*matches\s*\(\s*\"\"\s*\)")
_STRINGS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_MACRO = re.compile(r"\.\s*(exists_one|exists|all|map|filter)\s*\(\s*([A-Za-z_]\w*)")
_PATH = re.compile(r"(?<![\w.)\]])([A-Za-z_]\w*+)((?:\s*\.\s*[A-Za-z_]\w*+(?!\s*\())*)")
_PATH_OF_LIST = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)$")
_WORDS = frozenset({"true", "false", "null", "in", "size", "has", "int", "uint", "double", "string", "bool", "matches"})


class Unfit(ValueError):  # noqa: N818 - says what the text is
    """A text that cannot be a condition; `text` and `facts` say why."""

    def __init__(self, text: Text, **facts: Any) -> None:
        """Keep why."""
        super().__init__(str(text))
        self.text, self.facts = text, facts

    @property
    def said(self) -> str:
        """Return why, whole."""
        return str(self.text).format(**self.facts)


class Failed(RuntimeError):  # noqa: N818 - says what happened
    """A condition that has no answer on these facts, or takes too long to give it."""


@lru_cache(maxsize=1024)
def _program(text: str) -> Any:
    if len(text) > MAX_LETTERS:
        raise Unfit(TOO_LONG, length=len(text), most=MAX_LETTERS)
    bare = _STRINGS.sub('""', text)
    if _depth(bare) > MAX_DEPTH:
        raise Unfit(TOO_DEEP, most=MAX_DEPTH)
    _refuse_hiding(bare)
    macros = [match.group(1) for match in _MACRO.finditer(bare)]
    for place, macro in enumerate(macros):
        if place or macro in ("map", "filter"):
            raise Unfit(NO_MACRO, macro=macro)
    _refuse_patterns(text, bare, walks=bool(macros))
    try:
        return cel.compile(text)
    except ValueError as error:
        raise Unfit(NOT_CEL, problem=str(error).splitlines()[0][-200:]) from error


def _refuse_hiding(bare: str) -> None:
    """Raise Unfit for what reads otherwise than it looks: what stands in strings is not searched for macros."""
    rest = bare.replace('""', "\x00")
    if "//" in rest or '"' in rest or "'" in rest or re.search(r"\w\x00|\x00\s*\x00", rest):
        raise Unfit(NO_HIDING)


def _refuse_patterns(text: str, bare: str, *, walks: bool) -> None:
    """Raise Unfit for patterns that could take long: what they cost grows with their letters and what they are held against."""
    called = len(_CALLS_MATCHES.findall(bare))
    if not called:
        return
    # which of the strings are patterns is not asked: all of them keep within the limits of one
    is_bad = any(len(each) > MAX_PATTERN or "{" in each for each in _STRINGS.findall(text))
    if walks or is_bad or called > MAX_PATTERNS or len(_RIGHT_MATCHES.findall(bare)) != called:
        raise Unfit(BAD_PATTERN, most=MAX_PATTERN, patterns=MAX_PATTERNS)


def _depth(text: str) -> int:
    depth = most = 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        most = max(most, depth)
    # `!!!!…` is read from within as well
    return max(most, max((len(run) for run in re.findall(r"[!-]+", text)), default=0))


def holds(text: str, facts: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds on these facts. Raises Failed, Unfit."""
    program = _program(text)
    began = time.perf_counter()
    try:
        value = program.execute(facts)
    except (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise Failed(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300]) from error
    if (took := time.perf_counter() - began) > SLOW_SECONDS:
        raise Failed(f"took {took:.2f} s")
    if not isinstance(value, bool):
        raise Failed(f"gives {value!r}"[:300])
    return value


def names_in(text: str) -> list[str]:
    """Return the facts that a condition speaks of, each once, in order; `acts[].event` for a row's. Raises Unfit."""
    _program(text)
    bare = _STRINGS.sub('""', text)
    rows: dict[str, str] = {}
    for match in _MACRO.finditer(bare):
        before = _PATH_OF_LIST.search(bare[: match.start()])
        rows[match.group(2)] = before.group(1) if before else ""
    found: list[str] = []
    for match in _PATH.finditer(bare):
        root, rest = match.group(1), re.sub(r"\s", "", match.group(2))
        if rest == "" and bare[match.end() :].lstrip().startswith("("):
            continue  # a function
        if root in _WORDS:
            continue
        found.append(f"{rows[root]}[]{rest}" if root in rows else root + rest)
    return list(dict.fromkeys(name for name in found if not name.endswith("[]")))


def groups_in(names: Iterable[str]) -> frozenset[str]:
    """Return the groups to which facts belong: what stands before the point."""
    return frozenset(re.split(r"[.\[]", name, maxsplit=1)[0] for name in names)


def check(text: str, facts: Iterable[CaseFact]) -> list[str]:
    """Return the facts that a condition speaks of. Raises Unfit when it is no condition over these facts."""
    known = {fact.name: fact for fact in facts}
    lists = {name.partition("[]")[0] for name in known if "[]" in name}
    names = names_in(text)
    for name in names:
        if name not in known and name not in lists:
            raise Unfit(UNKNOWN_FACT, name=name, known=_near(name, known))
    _try_out(text, known.values())
    return names


def _near(name: str, known: Iterable[str]) -> str:
    group = re.split(r"[.\[]", name, maxsplit=1)[0]
    near = [each for each in known if re.split(r"[.\[]", each, maxsplit=1)[0] == group]
    return ", ".join(near or sorted({re.split(r"[.\[]", each, maxsplit=1)[0] for each in known}))


_EXAMPLES: tuple[dict[str, Any], ...] = (
    {"text": "", "number": 0, "flag": False, "texts": []},
    {"text": "x", "number": 1, "flag": True, "texts": ["x"]},
    {"text": "x", "number": -3, "flag": False, "texts": ["x", "y"]},
)


def _try_out(text: str, facts: Iterable[CaseFact]) -> None:
    """Raise Unfit when it gives no truth on any example; on some it may have no answer (a division)."""
    problems = []
    for example in _EXAMPLES:
        try:
            holds(text, example_of(facts, example))
        except Failed as failed:
            problems.append(str(failed))
            if str(failed).startswith("gives "):
                raise Unfit(NOT_A_TRUTH, value=str(failed).removeprefix("gives ")) from failed
    if len(problems) == len(_EXAMPLES):
        raise Unfit(NO_ANSWER, problem=problems[0])


def example_of(facts: Iterable[CaseFact], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as a loan gives them, filled with a value for each kind."""
    made: dict[str, Any] = {}
    for fact in facts:
        if "[]." in fact.name:
            group, _bar, name = fact.name.partition("[].")
            made.setdefault(group, [{}])[0][name] = values[fact.kind]
        else:
            group, _bar, name = fact.name.partition(".")
            made.setdefault(group, {})[name] = values[fact.kind]
    return made


def value_of(name: str, facts: Mapping[str, Any]) -> Any:
    """Return the value of a fact by its name; None for one that is not there."""
    group, _bar, rest = name.partition(".")
    held = facts.get(group)
    return held.get(rest) if isinstance(held, Mapping) else None
