"""What is wrong, as one line that names the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong: of which kind, in which row, and what was seen against what had to be."""

    kind: str
    row: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.row}: {self.text}"


type Findings = Iterator[Finding]
