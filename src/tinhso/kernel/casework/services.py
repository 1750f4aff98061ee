"""
A public service as casework needs it: what is asked, how long it may take, what it costs, which flow carries it.

The catalogue lends a `ServiceCatalogue`; whoever opens cases asks it by code and date. Neither knows the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from tinhso.base.registry import registry


class WayKind(StrEnum):
    """How an application comes in (cách thức thực hiện)."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class OnlineLevel(StrEnum):
    """How much of it can be done online (NĐ 42/2022/NĐ-CP): the whole, a part, nothing."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to apply, with its own limit and fee."""

    way: WayKind
    limit_amount: Decimal | None = None
    limit_unit: str = "unspecified"
    """A value of `law.working_time.Unit`: working_day, day, working_hour, month, year, unspecified."""
    fee_text: str = ""
    note: str = ""
    case: str = ""
    """Code of the ServiceCase it is for; empty for all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A declared answer that a paper shows as well: where it was declared, and how the two are compared."""

    pointer: str
    """JSON Pointer into the answers, e.g. `/person/full_name`."""
    kind: str = "text"
    """name, date, number or text: `kernel.documents.comparing`."""


@dataclass(frozen=True, slots=True)
class Component:
    """One paper of the application (thành phần hồ sơ)."""

    code: str
    name: str
    name_en: str = ""
    note: str = ""
    note_en: str = ""
    originals: int = 0
    copies: int = 0
    required: bool = True
    case: str = ""
    """Code of the ServiceCase it is asked in; empty for all."""
    form_file: str = ""
    group_heading: str = ""
    """Heading under which the catalogue lists it, when the paper is one of a group."""
    satisfied_by: tuple[str, ...] = ()
    """Codes of results that stand for it: who holds one is not asked for the paper (MaKetQuaThayThe)."""
    shows: tuple[Shown, ...] = ()
    """What was declared and stands on this paper: compared once it is scanned."""


@dataclass(frozen=True, slots=True)
class ServiceCase:
    """A case of the procedure in which other papers are asked (trường hợp)."""

    code: str
    name: str
    name_en: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class ResultType:
    """What the applicant receives (kết quả thực hiện)."""

    code: str
    name: str
    name_en: str = ""
    paper_required: bool = False
    valid_months: int = 0
    """For how long it holds from the day of issue; 0: until it is replaced or revoked."""


@dataclass(frozen=True, slots=True)
class AgencyRule:
    """Which agency is competent: that of this `level` where the applicant's matter lies, or one named by `agency`."""

    level: str = ""
    """province, district, commune: the level of the competent agency."""
    kind: str = ""
    """Kind of agency at that level, e.g. `department`; empty for the people's committee."""
    agency: str = ""
    """Code of the one competent agency, when there is only one."""
    roles: dict[str, str] = dataclasses.field(default_factory=dict, hash=False)
    """Agency code or kind by place in the flow (lane or `tinhso:agency`), where it is not the competent one."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One agency's part of a case that several settle: what it does, in what time, on what base.

    In a service `agency` is empty; whoever opens the case names it by the place of the same key.
    """

    key: str
    role: str = "participant"
    agency: str = ""
    task: str = ""
    task_en: str = ""
    limit_amount: Decimal | None = None
    limit_unit: str = "unspecified"
    law: str = ""
    verified: bool = False
    position: int = 0
    """Parts of the same position run side by side, a higher one after the lower ones."""
    procedure: str = ""
    """Code of the procedure that this part is, when filed alone."""
    result: ResultType | None = None
    result_mark: str = ""
    result_template: str = ""
    reads: tuple[str, ...] = ()
    """Steps of the one form that the part needs; empty: all."""
    fee_rule: dict[str, Any] = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A legal document the procedure rests on."""

    number: str
    name: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ResultTemplate:
    """A template of a result paper that a module lends: a procedure of a pack names its key in `result_template`."""

    key: str


@dataclass(frozen=True, slots=True)
class Central:
    """The system of a ministry that works a procedure: here it is only shown, and its dossiers are mirrored."""

    system: str
    system_en: str
    url: str


@dataclass(frozen=True, slots=True)
class Service:
    """A procedure as it stands on one day. A dossier keeps the version of the day it was received."""

    code: str
    name: str
    field: str = ""
    """Name of the field (lĩnh vực)."""
    name_en: str = ""
    field_en: str = ""
    level: str = ""
    agency_rule: AgencyRule = AgencyRule()
    ways: tuple[Way, ...] = ()
    cases: tuple[ServiceCase, ...] = ()
    components: tuple[Component, ...] = ()
    results: tuple[ResultType, ...] = ()
    legal: tuple[LegalBasis, ...] = ()
    form_code: str = ""
    flow_code: str = ""
    fee_rule: dict[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    """Data for `law.fees.compute_fee`."""
    result_template: str = ""
    result_mark: str = ""
    """Mark of the result in the clerk's book, e.g. `GP-UBND`."""
    parts: tuple[Part, ...] = ()
    """Who takes part, the lead among them, where several agencies settle it (liên thông); else nobody."""
    hand_over: str = "together"
    """Of several results: `together`, or `each` as soon as it is ready."""
    online: OnlineLevel = OnlineLevel.NONE
    offline: str = ""
    offline_en: str = ""
    """Why it is not fully online, as it is published (NĐ 224/2026/NĐ-CP Đ.14)."""
    central: Central | None = None
    """Who works it, when not we: then it is filed there."""
    complete: bool = False
    """Whether everything is there to run it here: form, flow, limit and competent agency. Others are only shown."""
    description: str = ""
    conditions: str = ""
    version: str = ""
    """Number of the decision, or hash of the data, that this version stands on."""
    valid_from: date | None = None
    valid_to: date | None = None

    def way(self, kind: WayKind, case: str = "") -> Way | None:
        """Return the way of applying, the one for the case before the general one; None when it is not offered."""
        fitting = [way for way in self.ways if way.way == kind and way.case in ("", case)]
        return max(fitting, key=lambda way: way.case == case, default=None)

    def part(self, key: str) -> Part | None:
        """Return the part of a participant."""
        return next((part for part in self.parts if part.key == key), None)

    def components_for(self, case: str = "") -> tuple[Component, ...]:
        """Return the papers asked in a case: the general ones and its own."""
        return tuple(component for component in self.components if component.case in ("", case))


class GetService(Protocol):
    """
    Return the service by code, as on a date. Raises base.refusals.NotFound.

    `version`: that of a dossier (`Service.version`), which holds for it whatever came into force on the same day since.
    """

    def __call__(self, code: str, *, on: date, version: str = "") -> Service:
        """Return one service."""
        ...


class FindServices(Protocol):
    """Return services in force on a date whose name or code fits the text (marks may be missing), best first."""

    def __call__(self, text: str, limit: int = 20, *, on: date) -> Sequence[Service]:
        """Return up to `limit` services."""
        ...


class ListServices(Protocol):
    """Return the services in force on a date by code, those after a code; complete ones, others, or (None) both."""

    def __call__(
        self, *, on: date, after: str = "", limit: int = 50, complete: bool | None = None
    ) -> Sequence[Service]:
        """Return up to `limit` services."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceCatalogue:
    """A catalogue of services, lent by a module's manifest. `list` is for administrators, who see all of it."""

    key: str
    get: GetService
    find: FindServices
    list: ListServices | None = None


def get_service(code: str, *, on: date, version: str = "") -> Service:
    """Return a service from the catalogue that is lent. Raises NotFound; LookupError when none or two are lent."""
    return registry.one(ServiceCatalogue).get(code, on=on, version=version)
