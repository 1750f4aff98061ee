"""What the worker does for the privacy kernel."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import system
from tinhso.kernel.privacy.erasing import erase_due


def erase(*, at: datetime) -> int:
    """Erase what is due by the rules of retention; return how many rows went."""
    return sum(erase_due(actor=system("eraser"), at=at).values())
