"""Pages of the catalogue: everybody may read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.catalogue.queries import procedures as reads
from tinhso.modules.catalogue.queries import shown
from tinhso.modules.catalogue.queries.search import search_procedures
from tinhso.web.words import own

PAGE = 20
MOST_SKIPPED, DIGITS = 10_000, 9
LEVELS = (("", _("All levels")), ("commune", _("Commune")), ("district", _("District")), ("province", _("Province")))
SUBJECTS = (("", _("Everybody")), ("people", _("People")), ("business", _("Businesses")))


def search(request: ActorRequest) -> HttpResponse:
    """Find a procedure in one's own words, or go through the list."""
    on, text = civil_date(request.at), request.GET.get("q", "").strip()[:200]
    level, subject = request.GET.get("cap", ""), request.GET.get("ai", "")
    offset = _offset(request)
    found = search_procedures(text, on=on, level=level, subject=subject, limit=PAGE + 1, offset=offset)
    return render(
        request,
        "catalogue/search.html",
        {
            "title": gettext("Procedures"),
            "asked": text,
            "rows": _rows(found[:PAGE], on),
            "levels": _choices(request, "cap", LEVELS, level),
            "subjects": _choices(request, "ai", SUBJECTS, subject),
            "next": _turned(request, offset + PAGE) if len(found) > PAGE else "",
            "first": _turned(request, 0) if offset else "",
            "events": [shown.event(event, _language()) for event in reads.list_life_events()] if not text else [],
            "crumbs": [_home(), {"text": gettext("Procedures")}],
        },
    )


def procedure(request: ActorRequest, code: str) -> HttpResponse:
    """Tell everything about one procedure: how long, how much, where, what to bring, how it goes."""
    on = civil_date(request.at)
    found = reads.get_procedure(code, on=on)
    context = shown.page_of(found, on)
    field = {"text": own(context["service"], "field"), "href": reverse("catalogue:field", args=[found.field_slug])}
    context["crumbs"] = [
        _home(),
        {"text": gettext("Procedures"), "href": reverse("catalogue:search")},
        field if found.field else {"text": context["title"]},
    ]
    return render(request, "catalogue/procedure.html", context)


def life_events(request: ActorRequest) -> HttpResponse:
    """Offer the events of a life and of a business."""
    language = _language()
    events = reads.list_life_events()
    return render(
        request,
        "catalogue/life_events.html",
        {
            "title": gettext("By life event"),
            "people": [shown.event(event, language) for event in events if event.audience == "people"],
            "business": [shown.event(event, language) for event in events if event.audience == "business"],
            "crumbs": [_home(), {"text": gettext("By life event")}],
        },
    )


def life_event(request: ActorRequest, code: str) -> HttpResponse:
    """List the procedures of one life event."""
    event = reads.get_life_event(code)
    found = reads.procedures_of_event(event, civil_date(request.at))
    title = event.title_en if _language() == "en" else event.title
    up = (reverse("catalogue:life_events"), gettext("By life event"))
    return _listing(request, title, found, up)


def fields(request: ActorRequest) -> HttpResponse:
    """List the fields of work with how many procedures each has."""
    counted = reads.list_fields(civil_date(request.at))
    rows = [
        {
            "name": own(field, "name") or gettext("Other"),
            "href": reverse("catalogue:field", args=[field.slug or "khac"]),
            "count": ngettext("%(n)d procedure", "%(n)d procedures", field.count) % {"n": field.count},
        }
        for field in counted
    ]
    return render(
        request,
        "catalogue/fields.html",
        {
            "title": gettext("By field"),
            "rows": rows,
            "crumbs": [_home(), {"text": gettext("By field")}],
        },
    )


def field(request: ActorRequest, slug: str) -> HttpResponse:
    """List the procedures of one field."""
    on, offset = civil_date(request.at), _offset(request)
    found = search_procedures("", on=on, field=slug, limit=PAGE + 1, offset=offset)
    if not found:
        raise NotFound
    more = _turned(request, offset + PAGE) if len(found) > PAGE else ""
    named = (reads.fields_in_english(on).get(slug) if _language() == "en" else "") or found[0].field
    return _listing(
        request,
        named or gettext("Other"),
        found[:PAGE],
        (reverse("catalogue:fields"), gettext("By field")),
        more,
    )


def _rows(found: Iterable[Any], on: date) -> list[dict[str, Any]]:
    return [shown.row(procedure, language=_language(), on=on) for procedure in found]


def _listing(request: ActorRequest, title: str, found: Any, up: tuple[str, str], more: str = "") -> HttpResponse:
    return render(
        request,
        "catalogue/listing.html",
        {
            "title": title,
            "rows": _rows(found, civil_date(request.at)),
            "next": more,
            "first": _turned(request, 0) if request.GET.get("tu") else "",
            "crumbs": [_home(), {"text": up[1], "href": up[0]}, {"text": title}],
        },
    )


def _home() -> dict[str, str]:
    return {"text": gettext("Home"), "href": "/"}


def _language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def _offset(request: HttpRequest) -> int:
    asked = request.GET.get("tu", "0")
    # so many digits that Python reads no number of them are no place in the list
    return min(int(asked), MOST_SKIPPED) if asked.isdecimal() and len(asked) <= DIGITS else 0


def _turned(request: HttpRequest, offset: int) -> str:
    query = request.GET.copy()
    query["tu"] = str(offset)
    return f"{request.path}?{query.urlencode()}"


def _choices(request: HttpRequest, name: str, choices: Any, chosen: str) -> list[dict[str, Any]]:
    made = []
    for value, text in choices:
        query = request.GET.copy()
        query.pop("tu", None)
        query[name] = value
        made.append({"text": text, "href": f"{request.path}?{query.urlencode()}", "current": value == chosen})
    return made
