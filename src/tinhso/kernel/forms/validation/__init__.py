"""Whether the answers are right, and if not, what to do where. The same for pages and for the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tinhso.base.refusals import Fault
from tinhso.kernel.forms.asked import prune
from tinhso.kernel.forms.definition import FormDefinition
from tinhso.kernel.forms.validation.checks import find_faults

__all__ = ["validate_all", "validate_step"]


def validate_all(form: FormDefinition, data: Mapping[str, Any], *, on: date, is_pruned: bool = False) -> list[Fault]:
    """
    Return every place to mend, in the order of the form. Answers to questions that are not asked do not count.

    `is_pruned` says that `data` comes from `prune` on the same day: it is then not done twice.
    """
    return find_faults(form, data if is_pruned else prune(form, data, on=on), on)


def validate_step(form: FormDefinition, step: str, data: Mapping[str, Any], *, on: date) -> list[Fault]:
    """Return the places to mend in one step; `data` holds the answers of all steps."""
    return [fault for fault in validate_all(form, data, on=on) if fault.pointer.split("/")[1:2] == [step]]
