"""
The national portal: what it is told of dossiers, and who can be asked about them.

Whoever keeps dossiers lends `NationalCases`; an adapter named by `settings.NATIONAL_PORTAL` speaks the services; the module
in between knows neither. Who the applicant is, is read when it is sent and kept nowhere on the way (NĐ 61/2018/NĐ-CP Đ.22;
the services and their fields as three independent systems use them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from tinhso.base.registry import registry
from tinhso.law.states import Channel, NationalState


@dataclass(frozen=True, slots=True)
class Asked:
    """Papers that were asked for (DanhSachHoSoBoSung)."""

    by: str
    what: str
    at: datetime
    answered_at: datetime | None
    due_before: datetime | None
    due_after: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """A result (DanhSachGiayToKetQua)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NationalDossier:
    """A dossier as it goes to the national portal. Moments in UTC."""

    code: str
    service: str
    field: str
    channel: Channel
    owner: str
    owner_number: str
    is_business: bool
    email: str
    phone: str
    title: str
    submitted_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    state: NationalState
    finished_at: datetime | None
    returned_at: datetime | None
    by_post: bool
    agency: str
    agency_name: str
    note: str
    papers: tuple[str, ...] = ()
    fee_vnd: int = 0
    fee_paid_online: bool = False
    supplements: tuple[Asked, ...] = ()
    results: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class NationalStep:
    """One step of the work, with who did it and when (NĐ 224/2026/NĐ-CP Đ.15)."""

    code: str
    by: str
    post: str
    at: datetime
    office: str
    what: str
    state: NationalState
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stands, here or there."""

    code: str
    agency: str
    service: str
    state: NationalState
    received_on: date
    """The day of filing, in the civil calendar: by it both sides are compared."""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NationalCases:
    """
    Dossiers of which the national portal is told, lent by the module that keeps them.

    `read(code)` gives one whole, None when it is gone or erased; `filed_on(day, after, limit)` where those filed on a civil
    day stand, by code.
    """

    key: str
    """The kind of subject, as the journal names it: `dossier`."""
    read: Callable[[str], NationalDossier | None]
    filed_on: Callable[[date, str, int], Sequence[Standing]]
    link: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class NationalKnown:
    """
    Which dossiers the national portal has taken, lent by who tells it.

    `of(codes)` gives True for those that it took, False for those that it was to be told of and has not taken; of others,
    and where nobody is told, nothing is known and they are left out. A line of the journal about (NATIONAL_SUBJECT, code) says that
    this may have changed.
    """

    key: str
    of: Callable[[Sequence[str]], Mapping[str, bool]]


NATIONAL_SUBJECT = "national"
"""The kind of subject under which the journal has what was told of a dossier, by its code."""


def known_nationally(codes: Sequence[str]) -> dict[str, bool]:
    """Return which of these dossiers the national portal has taken, as far as that is known."""
    found: dict[str, bool] = {}
    for loan in registry.of(NationalKnown):
        found |= loan.of(codes)
    return found


@dataclass(frozen=True, slots=True)
class MirroredCase:
    """A dossier that a central system works: here only where it stands is known, and when that was last heard."""

    code: str
    service: str
    agency: str
    state: NationalState
    filed_on: date
    due_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class MirroredCases:
    """Dossiers that live elsewhere, lent by who mirrors them; `find(code)` gives one, None where none is known."""

    key: str
    find: Callable[[str], MirroredCase | None]


def find_mirrored(code: str) -> MirroredCase | None:
    """Return a dossier of a central system by its code; None where nobody knows it."""
    return next((found for loan in registry.of(MirroredCases) if (found := loan.find(code))), None)


class PortalAway(Exception):  # noqa: N818 - an answer
    """It did not answer, or not so that one could read it: later."""


class PortalRefuses(Exception):  # noqa: N818 - an answer
    """It says no to this, and will say so again: a person has to look. The text is the portal's own."""


class NationalPortal(Protocol):
    """Speaks to the national portal. Telling twice is telling once. All raise PortalAway, PortalRefuses."""

    def tell_dossier(self, dossier: NationalDossier) -> None:
        """Tell of a dossier as it is now (DongBoHoSoMC)."""
        ...

    def tell_steps(self, steps: Sequence[NationalStep]) -> None:
        """Tell what was done, all of one dossier (CapNhatTienDoHoSoMC)."""
        ...

    def filed_on(self, day: date) -> list[Standing]:
        """Return what the portal knows of our agencies' dossiers filed on a day (TraCuuHoSo)."""
        ...


def national_portal() -> NationalPortal | None:
    """Return who speaks to the national portal; None where no address is set: then nobody is told."""
    if not settings.NATIONAL_URL:
        return None
    return cast("NationalPortal", import_string(settings.NATIONAL_PORTAL)())
