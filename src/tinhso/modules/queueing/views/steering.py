"""Waiting and serving times of a day, for the head of the desk."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.queueing import access
from tinhso.modules.queueing.queries import figures, lines
from tinhso.modules.queueing.queries.words import PRIORITIES
from tinhso.web.spreadsheet import csv_lines

MOST_DIGITS = 6


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """List the desks that the actor leads."""
    require(access.can_steer, request.actor)
    led = [
        desk
        for desk, its in lines.lines_by_desk().items()
        if access.can_steer(request.actor, desk.code, its[0].agency_code)
    ]
    return render(request, "queueing/led.html", {"title": gettext("Waiting times"), "desks": led})


@require_GET
def today(request: ActorRequest, desk: str) -> HttpResponse:
    """Show a day: each line, each hour, each window."""
    day, found = _day(request), lines.lines_now(desk, request.at)
    require(access.can_steer, request.actor, desk, found[0].line.agency_code)
    rows, counted = figures.rows_of(desk, day), figures.days_of_lines([each.line.id for each in found], day)
    by_line = {each.name: each for each in figures.together(rows, "line_id")}
    context = {
        "title": gettext("Waiting times"),
        "desk": found[0].line,
        "day": day,
        "is_today": day == civil_date(request.at),
        "lines": [(each, counted.get(each.line.id), by_line.get(each.line.id)) for each in found],
        "hours": figures.together(rows, "hour"),
        "windows": figures.together(rows, "window"),
    }
    return render(request, "queueing/figures.html", context)


@require_GET
def tickets(request: ActorRequest, desk: str) -> HttpResponse:
    """Show the tickets behind the figures of a day: of one line, or of all. They bear no names."""
    found = lines.lines_of(desk)
    require(access.can_steer, request.actor, desk, found[0].agency_code)
    day, line = _day(request), request.GET.get("hang", "")
    asked = request.GET.get("trang", "")
    page = int(asked) if asked.isdecimal() and len(asked) < MOST_DIGITS else 1
    rows, more = figures.tickets_of(desk, day, line=line, page=page)
    context = {
        "title": gettext("Tickets of the day"),
        "desk": found[0],
        "day": day,
        "line": next((each for each in found if each.id == line), None),
        "rows": [(each, PRIORITIES.get(each.priority, ""), _minutes(each.taken_at, each.came_at)) for each in rows],
        "page": page,
        "next": page + 1 if more else 0,
    }
    return render(request, "queueing/tickets.html", context)


def _minutes(begin: datetime, end: datetime | None) -> int | None:
    return int((end - begin).total_seconds() // 60) if end else None


@require_GET
def as_csv(request: ActorRequest, desk: str) -> HttpResponseBase:
    """Give the rows of hours of a day, for a spreadsheet."""
    found = lines.lines_of(desk)
    require(access.can_steer, request.actor, desk, found[0].agency_code)
    day = _day(request)
    head = ["day", "hour", "line", "window", "called", "longest_wait_min", "wait_median", "wait_p90"]
    rows = [[*head, "serve_median", "serve_p90"]]
    for row in figures.rows_of(desk, day):
        (times,) = figures.together([row], "line_id")
        measured = (times.wait_median, times.wait_p90, times.serve_median, times.serve_p90)
        first = [str(day), f"{row.hour:02d}", row.line.code, row.window, str(row.called), str(times.longest)]
        rows.append(first + ["" if each is None else str(each) for each in measured])
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="xep-hang-{desk}-{day}.csv"'
    return response


def _day(request: ActorRequest) -> date:
    """Return the day that is asked for, today when none is."""
    try:
        return date.fromisoformat(request.GET.get("ngay", ""))
    except ValueError:
        return civil_date(request.at)
