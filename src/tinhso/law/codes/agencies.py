"""
Identifiers of agencies in both schemes, and the way from one to the other.

QCVN 102:2016/BTTTT writes from the bottom up with noughts for "none" (`000.02.13.H53`); QĐ 20/2020/QĐ-TTg writes from
the top down without them (`H53.13.2`). Leading zeros differ between provinces: compare by `key`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tinhso.law.answer import Malformed
from tinhso.law.answer import msgid as _

QD20 = "QĐ 20/2020/QĐ-TTg"
QCVN102 = "QCVN 102:2016/BTTTT"
_LONGEST = 35
_ROOT = re.compile(r"[A-Z][0-9]{2}")
_GROUP = re.compile(r"[A-Z0-9]+")
_OLD = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Z][0-9]{2})")
_LEVELS = 4


class AgencyScheme(StrEnum):
    """How an identifier is written."""

    QCVN102 = "qcvn102"
    QD20 = "qd20"


class MalformedCode(Malformed):
    """An identifier that no scheme allows; real data has some (`000.1137.H53`)."""

    code = "law.malformed_agency_code"
    text = _("{text} is not an agency identifier. Write it as H53.13.2 or 000.02.13.H53.")
    law = QD20


@dataclass(frozen=True, slots=True)
class AgencyCode:
    """An identifier from the top down: root (`H53`), then a group for each level below."""

    groups: tuple[str, ...]
    scheme: AgencyScheme = AgencyScheme.QD20

    @property
    def root(self) -> str:
        """Return the level-1 code: the ministry (`G…`), people's committee (`H…`), people's council (`K…`)."""
        return self.groups[0]

    @property
    def level(self) -> int:
        """Return 1 for the root, 2 for what stands below it, and so on."""
        return len(self.groups)

    @property
    def parent(self) -> AgencyCode | None:
        """Return the identifier one level up, or None for the root."""
        return AgencyCode(self.groups[:-1], self.scheme) if self.level > 1 else None

    @property
    def key(self) -> str:
        """Return the form in which both schemes and all habits of leading zeros are the same: `H53.13.2`."""
        return ".".join(_bare(group) for group in self.groups)

    def qd20(self) -> str:
        """Return the identifier by QĐ 20/2020/QĐ-TTg; from the old scheme, without leading zeros (`H53.13.2`)."""
        return self.key if self.scheme is AgencyScheme.QCVN102 else ".".join(self.groups)

    def qcvn102(self) -> str:
        """Return the identifier by QCVN 102. Raises MalformedCode when it has no place there (too deep, too wide)."""
        second, third, fourth = (*(self.groups[1:]), "0", "0", "0")[:3]
        old = f"{_filled(fourth, 3)}.{_filled(third, 2)}.{_filled(second, 2)}.{self.root}"
        if self.level > _LEVELS or not _OLD.fullmatch(old) or agency_code(old).key != self.key:
            raise MalformedCode(text=".".join(self.groups))
        return old

    def __str__(self) -> str:
        return self.qcvn102() if self.scheme is AgencyScheme.QCVN102 else self.qd20()


def agency_code(text: str) -> AgencyCode:
    """Return an identifier written in either scheme. Raises MalformedCode (a ValueError)."""
    old = _OLD.fullmatch(text)
    if old:
        return AgencyCode(_from_old(text, old), AgencyScheme.QCVN102)
    groups = tuple(text.split("."))
    good = len(text) <= _LONGEST and _ROOT.fullmatch(groups[0]) and all(_GROUP.fullmatch(group) for group in groups)
    if not good:
        raise MalformedCode(text=text)
    return AgencyCode(groups)


def try_agency_code(text: str) -> AgencyCode | MalformedCode:
    """Return the identifier, or what is wrong with it: importers list the faults and go on."""
    try:
        return agency_code(text)
    except MalformedCode as fault:
        return fault


def _from_old(text: str, old: re.Match[str]) -> tuple[str, ...]:
    fourth, third, second, root = old.groups()
    groups = [second, third, fourth]
    while groups and not int(groups[-1]):
        groups.pop()
    if any(not int(group) for group in groups):
        # a level below "none": 000.02.00.H53
        raise MalformedCode(text=text)
    return (root, *groups)


def _bare(group: str) -> str:
    return str(int(group)) if group.isdigit() else group


def _filled(group: str, width: int) -> str:
    return _bare(group).zfill(width)
