"""What a check answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is; the worst is the exit code of the verb."""

    FINE = 0
    MIND = 1
    BROKEN = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw, in Vietnamese and English; `do_…` says what to do about it, empty when nothing."""

    level: Level
    vi: str
    en: str
    do_vi: str = ""
    do_en: str = ""


def fine(vi: str, en: str) -> Finding:
    """Return that a thing is as it should be."""
    return Finding(Level.FINE, vi, en)


def mind(vi: str, en: str, do_vi: str, do_en: str) -> Finding:
    """Return that a thing should be looked at."""
    return Finding(Level.MIND, vi, en, do_vi, do_en)


def broken(vi: str, en: str, do_vi: str, do_en: str) -> Finding:
    """Return that a thing must be mended before the system is used."""
    return Finding(Level.BROKEN, vi, en, do_vi, do_en)
