"""Conditions in CEL (Common Expression Language): compiled once, evaluated on the variables of the case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.base import cel
from tinhso.base.refusals import Refusal

MAX_EXPRESSION = 500
"""Longest expression accepted, in characters. CEL has no loops, so length bounds the work."""
MAX_MACROS = 2
"""Most `all`, `exists`, `map`, `filter` in one expression: nested, each multiplies the work."""

_WRAPPED = re.compile(r"^[$#]\{(.*)\}$", re.DOTALL)
_MACROS = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")
_OUTCOME = re.compile(r"""\boutcome\s*==\s*(?:"([^"\\]+)"|'([^'\\]+)')""")


class BadExpression(Refusal):
    """An expression that is not CEL, or longer or deeper than allowed."""

    code = "casework.bad_expression"
    text = _("“{expression}” is not an expression that can be used: {problem}")
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ConditionFailed(Refusal):
    """An expression could not be evaluated on this case; nothing was changed."""

    code = "casework.condition_failed"
    text = _(
        "The flow cannot decide at “{where}”: “{expression}” has no answer here ({problem}). Tell your administrator."
    )


def bare(text: str) -> str:
    """Return the expression without the `${…}` that some editors write around it."""
    stripped = text.strip()
    match = _WRAPPED.match(stripped)
    return match.group(1).strip() if match else stripped


@lru_cache(maxsize=4096)
def _program(text: str) -> Any:
    if len(text) > MAX_EXPRESSION:
        raise BadExpression(expression=text[:60] + "…", problem=f"> {MAX_EXPRESSION}")
    if len(_MACROS.findall(text)) > MAX_MACROS:
        raise BadExpression(expression=text, problem=f"all, exists, map, filter > {MAX_MACROS}")
    try:
        return cel.compile(text)
    except ValueError as error:
        raise BadExpression(expression=text, problem=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return line.split("ERROR: ")[-1]


def check(text: str) -> None:
    """Raise BadExpression unless the text is CEL within the limits."""
    _program(text)


def variables_of(text: str) -> frozenset[str]:
    """Return the names of the variables that an expression speaks of."""
    return frozenset(_program(text).variables())


def evaluate(text: str, variables: Mapping[str, Any], *, where: str = "") -> Any:
    """Return the value of an expression. Raises BadExpression, ConditionFailed."""
    program = _program(text)
    known = {name: variables[name] for name in program.variables() if name in variables}
    try:
        return program.execute(known)
    except (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise ConditionFailed(where=where, expression=text, problem=_first_line(error)) from error


def is_true(text: str, variables: Mapping[str, Any], *, where: str = "") -> bool:
    """Tell whether a condition holds. Raises ConditionFailed when its value is neither true nor false."""
    value = evaluate(text, variables, where=where)
    if not isinstance(value, bool):
        raise ConditionFailed(where=where, expression=text, problem=f"{value!r}")
    return value


def outcomes_in(text: str) -> list[str]:
    """Return the codes with which the expression compares `outcome`: the buttons of the step before."""
    return [double or single for double, single in _OUTCOME.findall(text)]
