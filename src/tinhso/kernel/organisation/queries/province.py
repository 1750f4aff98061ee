"""The province as it presents itself and as it decided, and the calendar it works by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from tinhso.base.clock import civil_date
from tinhso.kernel.organisation.models import ROLES, CalendarVersion, Dated, DatedManager, ProvinceSettings
from tinhso.kernel.organisation.queries.agencies import find_agency
from tinhso.kernel.organisation.queries.memory import memory, remembered
from tinhso.law.figures import figure
from tinhso.law.holidays import Overrides, national_calendar, read_days, read_hours
from tinhso.law.working_time import Calendar
from tinhso.web.look import NEUTRAL, Look

DATED_SECTIONS = ("dossier_code", "deadline", "receipt", "filing", "statutes", "sms")
"""Sections of `province.yaml` that are lists of entries with `from` and `to`; the one in force is what rules read."""


@dataclass(frozen=True, slots=True)
class ProvinceInfo:
    """
    The province on a day.

    `settings` is `province.yaml` with each dated section (`dossier_code`, `deadline`, `receipt`, `filing`, `statutes`)
    replaced by its entry in force that day, `{}` when none is. Read-only.
    """

    code: str
    name: str
    name_en: str
    short: str
    colours: Mapping[str, str]
    settings: Mapping[str, Any]
    tiers: tuple[str, ...]

    def role_title(self, role: str, language: str) -> str:
        """Return what this province calls a role, in a language."""
        own = self.settings.get("roles", {}).get(role, {})
        return str(own.get(language) or ROLES.get(role, role))


NO_PROVINCE = ProvinceInfo("", "Tỉnh Số", "Tỉnh Số", "Tỉnh Số", MappingProxyType({}), MappingProxyType({}), ())
"""What is shown before any pack was loaded."""


def province(on: date | None = None) -> ProvinceInfo:
    """
    Return the province as it is on a day; without a day, as the latest version of its pack has it.

    Before a pack was loaded it has no code and the name of the platform. One statement once remembered.
    """
    return remembered(("province", on), lambda: _read_province(on))


def draft_days(on: date) -> int:
    """Return for how many days an application is kept after its last change: the province's choice, else the rule of all."""
    own = province(on).settings.get("filing", {}).get("draft_days")
    return int(own or figure("onestop.draft_kept", on=on).value)


def _read_province(on: date | None) -> ProvinceInfo:
    version = _version(ProvinceSettings.objects, on)
    if version is None:
        return NO_PROVINCE
    data: dict[str, Any] = version.data
    day = (on or version.valid_from).isoformat()
    settings = {key: _entry(value, day, on) if key in DATED_SECTIONS else value for key, value in data.items()}
    tiers = tuple(tier["level"] for tier in data["tiers"] if on is None or _covers(tier, day))
    theme = MappingProxyType(data["theme"])
    texts = data["full_name"], data["full_name_en"], data["short"]
    return ProvinceInfo(data["code"], *texts, theme, MappingProxyType(settings), tiers)


def _version[M: Dated](manager: DatedManager[M], on: date | None) -> M | None:
    rows = manager.standing().order_by("-valid_from", "-pk")
    # before the first version there is nothing better than the first version
    return rows.first() if on is None else (rows.filter(valid_from__lte=on).first() or rows.last())


def _entry(entries: list[dict[str, Any]], day: str, on: date | None) -> dict[str, Any]:
    if on is None:
        return entries[-1]
    return next((entry for entry in entries if _covers(entry, day)), {})


def _covers(entry: Mapping[str, Any], day: str) -> bool:
    # ISO dates compare as text
    return bool(entry["from"] <= day <= entry.get("to", "9999-12-31"))


def calendar_for(agency: str | None, at: date | datetime) -> Calendar:
    """
    Return the working calendar of an agency (None: of the province) as it was decided on the day of `at`.

    National holidays and swapped days come from `law.holidays`; what the province closes or opens wins over them; an
    agency works the hours named for it, or for the nearest agency above it, or the province's. Before a pack was
    loaded: national days with office hours. The same object while nothing changes, so that its sums are made once.
    """
    day = civil_date(at) if isinstance(at, datetime) else at
    known = memory()
    version = known.get(("calendar-version", day), lambda: _version(CalendarVersion.objects, day))
    if version is None:
        return known.get("calendar-national", national_calendar)
    data, own = version.data, ""
    named = {entry["agency"]: entry["hours"] for entry in data.get("agencies", ())}
    if agency and named:
        path = known.get(("path", agency, day), lambda: _path(agency, day))
        own = next((code for code in reversed(path) if code in named), "")
    week = _hours_in_force(named.get(own, data["hours"]), day.isoformat())
    # few calendars, however many days and agencies ask for them
    return known.get(("calendar", version.pk, own, week["from"]), lambda: _make_calendar(data, week))


def _path(agency: str, day: date) -> tuple[str, ...]:
    found = find_agency(agency, on=day)
    return found.path_codes if found else ()


def _hours_in_force(entries: list[dict[str, Any]], day: str) -> dict[str, Any]:
    # outside of what was decided there is nothing better than the first decision
    return next((entry for entry in entries if _covers(entry, day)), entries[0])


def _make_calendar(data: dict[str, Any], week: dict[str, Any]) -> Calendar:
    overrides = Overrides(
        closed=read_days(_each_day(data.get("closed", []))),
        opened=read_days(_each_day(data.get("opened", []))),
        duty=read_hours(week.get("duty", {})),
    )
    return national_calendar(None, read_hours(week["week"]), overrides)


def _each_day(entries: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for entry in entries:
        first = date.fromisoformat(entry["date"])
        last = date.fromisoformat(entry.get("to", entry["date"]))
        for offset in range((last - first).days + 1):
            yield {**entry, "date": first + timedelta(days=offset), "kind": "local"}


def look(language: str) -> Look:
    """Return what the pages print about the province, in a language: the provider that `WEB_PROVINCE` names."""
    data = province().settings
    if not data:
        return NEUTRAL
    english = language.startswith("en")

    def say(both: Mapping[str, str]) -> str:
        return both["en" if english else "vi"]

    portal, hotline = data["portal"], data["hotline"]
    return Look(
        name=data["full_name_en" if english else "full_name"],
        portal=say(portal["name"]),
        portal_short=say(portal["short"]),
        authority=say(portal["authority"]),
        desk=say(portal["desk"]),
        address=say(data["address"]),
        hotline=hotline["number"],
        hotline_hours=say(hotline["hours"]) if "hours" in hotline else "",
        email=hotline.get("email", ""),
        domain=portal.get("domain", ""),
        logo=portal.get("logo", ""),
        tokens=data["theme"],
    )
