"""Procedures as pages show them: words for time, money, place and papers, in the reader's language."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.registry import ServiceAction, registry
from tinhso.kernel.casework.public import Component, OnlineLevel, ResultType, Service, Way
from tinhso.modules.catalogue.models import LifeEvent, Procedure
from tinhso.modules.catalogue.queries.prices import WAY_WORDS, fee_note, fee_words, later_words
from tinhso.modules.catalogue.queries.procedures import service_of
from tinhso.web.words import number, own

LEVEL_WORDS = {
    "commune": _("Commune people's committee"),
    "district": _("District people's committee"),
    "province": _("Provincial department"),
    "ministry": _("Ministry"),
    "other": _("Another agency"),
}
BARE_LEVELS = {
    "commune": _("Commune level, office not determined"),
    "district": _("District level, office not determined"),
    "province": _("Provincial level, office not determined"),
    "ministry": _("Ministry level, office not determined"),
}
"""What is known where the national record names nobody."""
ONE_STOP = re.compile(r"(?i)ủy ban|uỷ ban|ubnd|\bsở\b")
"""Bodies that receive at the one-stop desks of the province."""
ELSEWHERE = re.compile(r"\s*(?:-\s*tỉnh|Thành phố)\s+[A-ZĐ]\w+(?:\s+[A-ZĐ]\w+)*$")
"""The national record was copied from that of another province: “Sở Tư pháp Thành phố Hà Nội”."""
PLACE_LIMIT = 70
ONLINE_ICONS = {
    OnlineLevel.FULL: "monitor-check",
    OnlineLevel.PARTIAL: "monitor",
    OnlineLevel.NONE: "store",
}
ONLINE_WORDS = {
    OnlineLevel.FULL: _("Fully online"),
    OnlineLevel.PARTIAL: _("Partly online"),
    OnlineLevel.NONE: _("At the counter"),
}


def page_of(procedure: Procedure, on: date) -> dict[str, Any]:
    """Return what the page of a version of a procedure tells: how long, how much, where, what to bring, how it goes."""
    service, english = service_of(procedure), (get_language() or "vi").startswith("en")
    language = "en" if english else "vi"
    return {
        "title": service.name_en if english and service.name_en else service.name,
        "service": service,
        "source": procedure.facts.get("source", ""),
        "online": online_words(service),
        "facts": facts(procedure, service, on),
        "later": later_words(service, on),
        "papers": papers(service),
        "path": path(service),
        "where": where_words(procedure),
        "results": [named(result, language) for result in service.results],
        "about": procedure.local.get("about_en" if english else "about", ""),
        "actions": [
            {"title": action.title, "href": reverse(action.key, kwargs={"code": service.code}), "icon": action.icon}
            for action in registry.of(ServiceAction)
            if action.fits(service)
        ],
    }


def row(procedure: Procedure, *, language: str, on: date) -> dict[str, Any]:
    """Return one line of a list."""
    service = service_of(procedure)
    return {
        "name": procedure.name_en if language == "en" and procedure.name_en else procedure.name,
        "href": reverse("catalogue:procedure", args=[procedure.code]),
        "code": procedure.code,
        "time": time_words(_quickest(service)),
        "fee": fee_words(procedure, service, on),
        "place": place_words(procedure),
        "online": online_words(service),
        "complete": procedure.complete,
    }


def event(found: LifeEvent, language: str) -> dict[str, str]:
    """Return a life event as a tile."""
    english = language == "en"
    return {
        "title": found.title_en if english else found.title,
        "text": found.hint_en if english else found.hint,
        "icon": found.icon,
        "href": reverse("catalogue:life_event", args=[found.code]),
    }


def facts(procedure: Procedure, service: Service, on: date) -> list[dict[str, Any]]:
    """Return the facts at the head of a procedure's page."""
    quickest = _quickest(service)
    each = [f"{WAY_WORDS[way.way]}: {time_words(way)}" for way in service.ways] if _differ(service) else []
    return [
        {"term": gettext("Time limit"), "value": time_words(quickest), "icon": "clock", "note": "; ".join(each)},
        {
            "term": gettext("Fee"),
            "value": fee_words(procedure, service, on),
            "icon": "wallet",
            "note": fee_note(procedure, service, on),
        },
        {"term": gettext("Settled by"), "value": _place(procedure), "icon": "landmark", "note": ""},
    ]


def time_words(way: Way | None) -> str:
    """Return how long it takes, in words; unknown is said as unknown."""
    if way is None or way.limit_amount is None:
        return gettext("Not stated")
    amount = way.limit_amount
    said = number(int(amount)) if amount == int(amount) else number(amount, 1)
    n = int(amount) if amount == int(amount) else 2
    words = {
        "working_day": ngettext("%(n)s working day", "%(n)s working days", n),
        "day": ngettext("%(n)s day", "%(n)s days", n),
        "working_hour": ngettext("%(n)s working hour", "%(n)s working hours", n),
        "month": ngettext("%(n)s month", "%(n)s months", n),
        "year": ngettext("%(n)s year", "%(n)s years", n),
    }.get(way.limit_unit, gettext("%(n)s (unit not stated)"))
    return words % {"n": said}


def place_words(procedure: Procedure) -> str:
    """Return who settles it, short enough for a line of a list."""
    said = _place(procedure)
    return said if len(said) <= PLACE_LIMIT else said[:PLACE_LIMIT].rpartition(" ")[0].rstrip(" ,;") + " …"


def where_words(procedure: Procedure) -> str:
    """Return where to go with what cannot be filed here: never a desk that may be the wrong one."""
    named = _named(procedure)
    if ONE_STOP.search(named) or (not named and procedure.local.get("agency")):
        return gettext("Bring your papers to the one-stop desk of the agency that settles it.")
    if named:
        return gettext("%(agency)s receives it, not the one-stop desk. Ask there how to file.") % {"agency": named}
    return gettext("Which office receives it is not determined yet. Call the hotline before you go.")


def _place(procedure: Procedure) -> str:
    """Return who settles it: as the province decided, else as the national record names it, else how far it is known."""
    level = procedure.local.get("agency", {}).get("level", "")
    if level:
        return str(LEVEL_WORDS.get(level, level))
    levels = procedure.levels.split()
    if procedure.local.get("agency"):
        return str(LEVEL_WORDS.get(levels[-1] if levels else "other", LEVEL_WORDS["other"]))
    if named := _named(procedure):
        return named
    return str(BARE_LEVELS.get(levels[0] if len(levels) == 1 else "", gettext("Not determined")))


def _named(procedure: Procedure) -> str:
    """Return the office that the national record names, empty for none and for what the province decides itself."""
    if procedure.local.get("agency"):
        return ""
    facts = procedure.facts
    return ELSEWHERE.sub("", facts.get("implementing") or facts.get("competent") or "").rstrip(" .")


def papers(service: Service) -> list[dict[str, Any]]:
    """Return what to prepare, in groups, with numbers of originals and copies in words."""
    groups: list[dict[str, Any]] = []
    for component in service.components:
        heading = component.group_heading
        if not groups or groups[-1]["heading"] != heading:
            groups.append({"heading": heading, "papers": []})
        groups[-1]["papers"].append(
            {
                "name": own(component, "name"),
                "count": _count_words(component),
                "note": own(component, "note"),
                "optional": not component.required,
                "form_file": component.form_file,
            }
        )
    return groups


def path(service: Service) -> list[dict[str, Any]]:
    """Return what will happen, as four plain steps: nothing of it is done yet, whoever reads."""
    online = service.complete and service.online is not OnlineLevel.NONE
    here = (
        gettext("Online or at the one-stop desk. You get a code at once.")
        if online
        else gettext("At the one-stop desk. You get a code at once.")
    )
    elsewhere = gettext("At the office that settles it; it tells you which ways it takes.")
    steps = [
        ("file-plus-2", gettext("You file it"), here if service.complete else elsewhere),
        (
            "inbox",
            gettext("The desk checks it") if service.complete else gettext("The office checks it"),
            gettext("If something is missing you are told once, with the whole list."),
        ),
        (
            "pen-line",
            gettext("It is settled and signed"),
            gettext("You can follow each step with your code.") if service.complete else "",
        ),
        (
            "package-check",
            gettext("You get the result"),
            gettext("Signed electronically; on paper at the desk or by post.") if service.complete else "",
        ),
    ]
    return [{"title": title, "text": text, "icon": icon, "state": "info"} for icon, title, text in steps]


def named(result: ResultType, language: str) -> dict[str, str]:
    """Return a result by its name and code."""
    return {"name": result.name_en if language == "en" and result.name_en else result.name, "code": result.code}


def online_words(service: Service) -> dict[str, Any]:
    """Return the chip that says how much can be done online, or that a central system works it."""
    if service.central is not None:
        return {"kind": "plain", "icon": "external-link", "text": gettext("Filed at a central system")}
    level = service.online
    kind = "info" if level is OnlineLevel.FULL else "plain"
    return {"kind": kind, "icon": ONLINE_ICONS[level], "text": ONLINE_WORDS[level]}


def _quickest(service: Service) -> Way | None:
    timed = [way for way in service.ways if way.limit_amount is not None]
    online = [way for way in timed if way.way == "online"]
    return next(iter(online or timed), None)


def _differ(service: Service) -> bool:
    return len({(way.limit_amount, way.limit_unit) for way in service.ways}) > 1


def _count_words(component: Component) -> str:
    parts = []
    if component.originals:
        parts.append(ngettext("%(n)d original", "%(n)d originals", component.originals) % {"n": component.originals})
    if component.copies:
        parts.append(ngettext("%(n)d copy", "%(n)d copies", component.copies) % {"n": component.copies})
    return ", ".join(parts)
