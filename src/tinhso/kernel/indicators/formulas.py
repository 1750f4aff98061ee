"""
Formulas of indicators: CEL over other indicators, which of them it needs, in which order they are reckoned, and units.

In a formula an indicator stands by its code (`dvc.truc_tuyen / dvc.tiep_nhan * 100`); `before(code)` is the same one of the
period before, `year_ago(code)` of the same period a year before, `target(code)` what was promised of it. Numbers are
decimals: `1` is `1.0`. What is missing makes what is reckoned from it missing; a division by nought gives no figure.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base import cel
from tinhso.base.refusals import Text

MAX_LETTERS = 2000
MAX_DEPTH = 30
"""Brackets within brackets."""
CODE = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*"
SHIFTS = "before|year_ago|target"
PLACES = 9
"""Decimals that are kept: a share of a million units is told apart."""

_CALL = re.compile(rf"\b({SHIFTS})\s*\(\s*({CODE})\s*\)")
_NAME = re.compile(rf"(?<![\w.]){CODE}(?![\w.])(?!\s*\()")
_NUMBER = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
_HIDING = re.compile(r"[\"'`\[\]{};@\\#]|//")
_KEPT = frozenset({"true", "false"})

TOO_LONG = _("The formula has {length} letters; at most {most} are let in.")
TOO_DEEP = _("The formula has brackets more than {most} deep.")
STRANGE = _("“{sign}” is not let in: a formula has indicators, numbers, + - * / and comparisons.")
NOT_CEL = _("This is not a formula: {problem}")
NOT_A_NUMBER = _("The formula gives {value}, and must give a number.")
UNKNOWN = _("There is no indicator “{code}”. Near it: {near}.")
NOTHING = _("The formula names no indicator.")
CIRCLE = _("These formulas need each other: {path}.")
UNITS_DIFFER = _(
    "“{left}” and “{right}” are added up or compared, but have different units: {left_unit} and {right_unit}."
)
UNIT_OTHER = _("The formula gives {found}, and the indicator is said to be in {said}.")


class Unfit(ValueError):  # noqa: N818 - says what the text is
    """A text that cannot be a formula; `text` and `facts` say why."""

    def __init__(self, text: Text, **facts: Any) -> None:
        """Keep why."""
        super().__init__(str(text))
        self.text, self.facts = text, facts

    @property
    def said(self) -> str:
        """Return why, whole, in the language of the page."""
        return str(self.text).format(**self.facts)


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """An indicator that a formula needs; `shift` empty: of the same period, else one of `SHIFTS`."""

    code: str
    shift: str = ""

    def __str__(self) -> str:
        """Return it as it stands in the formula."""
        return f"{self.shift}({self.code})" if self.shift else self.code


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that can be reckoned: what it needs, in the order of its variables."""

    text: str
    inputs: tuple[Input, ...]
    program: cel.Program

    @property
    def codes(self) -> frozenset[str]:
        """Return the indicators of the same period that must be reckoned before it."""
        return frozenset(each.code for each in self.inputs if not each.shift)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a formula gives: a figure, or what it lacks, or why there is none (`zero`: a division by nought; `error`)."""

    value: Decimal | None
    missing: tuple[Input, ...] = ()
    problem: str = ""


@lru_cache(maxsize=8192)
def read_formula(text: str) -> Formula:
    """Return a formula. Raises Unfit with a sentence that helps."""
    if len(text) > MAX_LETTERS:
        raise Unfit(TOO_LONG, length=len(text), most=MAX_LETTERS)
    if found := _HIDING.search(text):
        raise Unfit(STRANGE, sign=found[0])
    if _depth(text) > MAX_DEPTH:
        raise Unfit(TOO_DEEP, most=MAX_DEPTH)
    inputs: list[Input] = []

    def variable(wanted: Input) -> str:
        if wanted not in inputs:
            inputs.append(wanted)
        return f"V{inputs.index(wanted)}"

    # a variable begins with a capital, so that no code is taken for one
    plain = _CALL.sub(lambda found: variable(Input(found[2], found[1])), text)
    plain = _NAME.sub(lambda found: found[0] if found[0] in _KEPT else variable(Input(found[0])), plain)
    plain = _NUMBER.sub(r"\1.0", plain)
    if not inputs:
        raise Unfit(NOTHING)
    try:
        program = cel.compile(plain)
        tried = program.execute({f"V{place}": 1.0 + place for place in range(len(inputs))})
    except (RuntimeError, TypeError, ValueError) as error:
        raise Unfit(NOT_CEL, problem=_problem(error)) from error
    if isinstance(tried, bool) or not isinstance(tried, int | float):
        raise Unfit(NOT_A_NUMBER, value=str(tried))
    return Formula(text, tuple(inputs), program)


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _problem(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__


def reckon(formula: Formula, values: Mapping[Input, Decimal | None]) -> Reckoned:
    """Return what a formula gives on these figures; an input that is not there is missing."""
    missing = tuple(each for each in formula.inputs if values.get(each) is None)
    if missing:
        return Reckoned(None, missing)
    given = {f"V{place}": float(values[each] or 0) for place, each in enumerate(formula.inputs)}
    try:
        found = formula.program.execute(given)
    except (RuntimeError, TypeError, ValueError, OverflowError):
        return Reckoned(None, problem="error")
    if isinstance(found, bool) or not isinstance(found, int | float):
        return Reckoned(None, problem="error")
    if not math.isfinite(found):
        return Reckoned(None, problem="zero")
    return Reckoned(round(Decimal(repr(found) if isinstance(found, float) else found), PLACES))


def order(formulas: Mapping[str, Formula]) -> list[str]:
    """Return the codes of formulas, each after those it needs. Raises Unfit that names the circle."""
    needs = {code: formula.codes & formulas.keys() for code, formula in formulas.items()}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise Unfit(CIRCLE, path=" → ".join(reversed(error.args[1]))) from error


def touched_by(changed: Iterable[str], formulas: Mapping[str, Formula]) -> list[str]:
    """
    Return the formulas that depend on what changed, directly or by others, each after those it needs: no more is reckoned.

    What looks back (`before`, `year_ago`) or at a target depends on it as well. Raises Unfit for a circle.
    """
    users: dict[str, set[str]] = {}
    for code, formula in formulas.items():
        for each in formula.inputs:
            users.setdefault(each.code, set()).add(code)
    found: set[str] = set()
    queue = list(changed)
    while queue:
        for user in users.get(queue.pop(), ()):
            if user not in found:
                found.add(user)
                queue.append(user)
    return [code for code in order(formulas) if code in found]


def unknown_in(formula: Formula, known: Collection[str]) -> list[Unfit]:
    """Return what is wrong with the indicators that a formula names: those that nobody knows, with the nearest that are known."""
    from difflib import get_close_matches

    return [
        Unfit(UNKNOWN, code=code, near=", ".join(get_close_matches(code, list(known), n=3, cutoff=0.4)) or "–")
        for code in sorted({each.code for each in formula.inputs})
        if code not in known
    ]


# units ----------------------------------------------------------------------------------------------------------------

PURE = ""
"""The unit of a number without one: a share, a count of nothing in particular."""
PERCENT = "%"


class _NotPlain(Exception):  # noqa: N818 - never leaves this module
    """A formula with more than sums and products: units are not followed through it."""


def unit_fault(formula: Formula, units: Mapping[str, str], said: str) -> Unfit | None:
    """
    Return what is wrong with the units of a formula whose result is said to be in `said`; None where nothing is, or nobody can tell.

    Sums and comparisons ask for one unit on both sides; a quotient of one unit is a share, and a share is what per cent are of.
    Products of two units, conditions and powers are not followed.
    """
    names = {f"V{place}": each for place, each in enumerate(formula.inputs)}
    plain = _CALL.sub(lambda found: f"V{formula.inputs.index(Input(found[2], found[1]))}", formula.text)
    plain = _NAME.sub(
        lambda found: f"V{formula.inputs.index(Input(found[0]))}" if Input(found[0]) in formula.inputs else found[0],
        plain,
    )
    try:
        tree = ast.parse(plain.strip(), mode="eval").body
        found = _unit(tree, names, units)
    except (_NotPlain, SyntaxError, RecursionError):
        return None
    except Unfit as fault:
        return fault
    if found in (None, said) or {found, said} == {PURE, PERCENT}:
        return None
    return Unfit(UNIT_OTHER, found=found or _("a share"), said=said or _("a share"))


def _unit(node: ast.expr, names: Mapping[str, Input], units: Mapping[str, str]) -> str | None:
    """Return the unit of an expression; None: a number as it is written, which goes with any."""
    match node:
        case ast.Constant():
            return None
        case ast.Name():
            return units.get(names[node.id].code, PURE) if node.id in names else None
        case ast.UnaryOp():
            return _unit(node.operand, names, units)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return _same(node.left, node.right, names, units)
        case ast.BinOp(op=ast.Mult()):
            return _product(_unit(node.left, names, units), _unit(node.right, names, units))
        case ast.BinOp(op=ast.Div()):
            return _quotient(_unit(node.left, names, units), _unit(node.right, names, units))
    raise _NotPlain


def _product(left: str | None, right: str | None) -> str | None:
    free = [each for each in (left, right) if each not in (None, PURE, PERCENT)]
    if len(free) > 1:
        raise _NotPlain
    return free[0] if free else left if left is not None else right


def _quotient(left: str | None, right: str | None) -> str | None:
    if right in (None, PURE, PERCENT):
        return left
    if left != right:
        raise _NotPlain
    return PURE


def _same(left: ast.expr, right: ast.expr, names: Mapping[str, Input], units: Mapping[str, str]) -> str | None:
    one, other = _unit(left, names, units), _unit(right, names, units)
    if one is None or other is None or one == other:
        return one if one is not None else other
    raise Unfit(
        UNITS_DIFFER, left=_written(left, names), right=_written(right, names), left_unit=one or _("a share"),
        right_unit=other or _("a share"),
    )  # fmt: skip


def _written(node: ast.expr, names: Mapping[str, Input]) -> str:
    return re.sub(r"V\d+", lambda found: str(names.get(found[0], found[0])), ast.unparse(node))
