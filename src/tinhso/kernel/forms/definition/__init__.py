"""A form file read into a definition: references put in place, every word checked, questions built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinhso.base.refusals import BadInput
from tinhso.kernel.forms.definition.build import build, canonical, fingerprint, sealed
from tinhso.kernel.forms.definition.check import check
from tinhso.kernel.forms.definition.fields import Choice, Field, FormDefinition, Rule
from tinhso.kernel.forms.definition.problems import Problem, Problems
from tinhso.kernel.forms.definition.references import COMMON, resolve
from tinhso.kernel.forms.definition.shapes import check_shapes

__all__ = [
    "COMMON",
    "Choice",
    "Field",
    "FormDefinition",
    "Problem",
    "Rule",
    "build",
    "canonical",
    "examine",
    "fingerprint",
    "parse_form",
]


def examine(schema: Mapping[str, Any], common: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], list[Problem]]:
    """
    Return the self-contained schema and everything that is wrong with it.

    `common` is the content of the pack's `_common.json`. A schema with problems must not be built.
    """
    problems = Problems()
    if not isinstance(schema, Mapping):
        problems.add((), "steps")
        return {}, problems.found
    resolved = resolve(schema, common or {}, problems)
    check_shapes(resolved, (), problems)
    if not problems.found:
        check(resolved, problems)
    return (resolved if problems.found else sealed(resolved)), problems.found


def parse_form(
    code: str, schema: Mapping[str, Any], *, common: Mapping[str, Any] | None = None, version: int = 1
) -> FormDefinition:
    """Return the form that a schema describes. Raises BadInput with every fault and its JSON Pointer."""
    resolved, problems = examine(schema, common)
    if problems:
        raise BadInput(faults=[problem.fault() for problem in problems])
    return build(code, version, resolved)
