"""What is wrong, as one line that names the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

NOTES = frozenset({"year_detached", "files_elsewhere"})
"""Kinds that are told and are no damage."""


class Finding(NamedTuple):
    """One thing that is wrong: of which kind, in which row, and what was seen against what had to be."""

    kind: str
    row: str
    text: str

    @property
    def is_note(self) -> bool:
        """Tell whether this is how the operator arranged it: told, and no fault."""
        return self.kind in NOTES

    def __str__(self) -> str:
        return f"{self.kind}: {self.row}: {self.text}"


type Findings = Iterator[Finding]
