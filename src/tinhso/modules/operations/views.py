"""Pages of the operations centre: a board, one figure, what a day changed, two units side by side, arranging."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.indicators.public import get_indicator, link_to, list_every
from tinhso.kernel.organisation.public import Agency
from tinhso.law.periods import Kind, Period, read_period
from tinhso.modules.operations import access
from tinhso.modules.operations.actions import arranging
from tinhso.modules.operations.queries import boards, figures, promised, shown, yesterday
from tinhso.web.spreadsheet import csv_lines
from tinhso.web.words import moment, number, own, period_words

KEPT = (401, 403, 404)


def home(request: ActorRequest) -> HttpResponse:
    """Lead to the board of the province."""
    require(access.can_see_board, request.actor)
    return redirect("operations:board", boards.unit_for("", request.at).code)


def board(request: ActorRequest, unit: str) -> HttpResponse:
    """Show the figures of a unit; live while it is open, as of a past day when asked, on a wall with `man=lon`."""
    require(access.can_see_board, request.actor)
    agency, period = boards.unit_for(unit, request.at), _period(request)
    chosen, as_of = boards.get_board(request.GET.get("bang", "")[:40]), _as_of(request)
    found = boards.shown_for(chosen, agency, period, at=request.at, as_of=as_of)
    if request.GET.get("dang") == "csv":
        return _sheet(found)
    extra = _extra(request, "bang", "luc", "man")
    blocks = [_block(block, found, extra) for block in found.blocks]
    is_wall = request.GET.get("man") == "lon"
    here = reverse("operations:board", args=[unit])
    context = {
        "title": own(chosen, "name"),
        "agency": agency,
        "name": own(agency, "name"),
        "blocks": blocks,
        "updated": moment(request.at),
        "as_of": as_of,
        "as_of_value": request.GET.get("luc", "")[:10],
        "since": figures.kept_since() if as_of else None,
        "is_wall": is_wall,
        "refresh": f"{here}?{request.GET.urlencode()}" if not as_of else "",
    }
    if request.GET.get("phan") == "o":
        return render(request, "operations/blocks.html", context)
    context |= {
        "hears": as_of is None,
        "board": chosen,
        "boards": _board_links(chosen.code, here, period),
        "period": period,
        "period_words": period_words(period),
        "period_links": shown.period_links(period, here, request.at, extra),
        **shown.around_period(period, here, request.at, extra),
        "sheet": f"?{request.GET.urlencode()}&dang=csv",
        "wall": f"{here}?ky={period.key}&bang={chosen.code}&man=lon",
        "desk": f"{here}?ky={period.key}&bang={chosen.code}",
        "above": _above(agency, chosen.code, period, request.at),
        "may_arrange": access.can_arrange_board(request.actor),
    }
    return render(request, "operations/board.html", context)


def _block(block: boards.Block, found: boards.Shown, extra: str) -> dict[str, Any]:
    places = [
        shown.place_row(each, block, found.period, board=found.board.code, kept=_without_board(extra))
        for each in block.places
    ]
    return {
        **shown.block_row(block),
        "tiles": [shown.tile_row(each) for each in block.tiles],
        "rank": own(block.rank, "name") if block.rank else "",
        "places": places,
        "worst": places[0]["name"] if places else "",
        "reasons": [{"text": text, "number": number(count)} for text, count in block.reasons],
    }


def _without_board(extra: str) -> str:
    return "".join(f"&{each}" for each in extra.split("&") if each and not each.startswith("bang="))


def figure(request: ActorRequest, unit: str, code: str) -> HttpResponse:
    """Open one figure: what it came from, over time, of the units below, and what is to be expected by the target's day."""
    require(access.can_see_board, request.actor)
    indicator, agency, period = get_indicator(code), boards.unit_for(unit, request.at), _period(request)
    found = figures.opened(indicator, agency, period, at=request.at)
    here = reverse("operations:figure", args=[unit, code])
    context = {
        "title": own(indicator, "name"),
        "agency": agency,
        "name": own(agency, "name"),
        "indicator": indicator,
        "definition": own(indicator, "definition"),
        "tile": shown.tile_row(found.tile),
        "inputs": found.inputs,
        "formula": found.formula,
        "missing": found.missing,
        "history": [
            {"period": period_words(span), "value": shown.amount(indicator, value)}
            for span, value in found.history[::-1]
        ],
        "points": shown.chart_points(found.history),
        "target": float(found.tile.target.value) if found.tile.target else None,
        "target_row": found.tile.target,
        "chart_label": gettext("{name} of {unit} over time").format(
            name=own(indicator, "name"), unit=own(agency, "name")
        ),
        "forecast": figures.forecast_words(found),
        "places": found.places,
        "reasons": [{"text": text, "number": number(count)} for text, count in found.reasons],
        "rows": link_to(indicator.query, unit, period) if indicator.query else "",
        "period_links": shown.period_links(period, here, request.at, ""),
        "back": f"{reverse('operations:board', args=[unit])}?ky={period.key}",
    }
    return render(request, "operations/figure.html", context)


def targets(request: ActorRequest, unit: str) -> HttpResponse:
    """List what is promised of a unit, by text: how it stands, and what is to be expected."""
    require(access.can_see_board, request.actor)
    agency = boards.unit_for(unit, request.at)
    context = {
        "title": gettext("Targets"),
        "name": own(agency, "name"),
        "groups": promised.by_text(agency, at=request.at),
        "back": reverse("operations:board", args=[unit]),
    }
    return render(request, "operations/targets.html", context)


def day(request: ActorRequest, unit: str) -> HttpResponse:
    """Show what the acts of a day changed, yesterday's unless another is asked for."""
    require(access.can_see_board, request.actor)
    agency, on = boards.unit_for(unit, request.at), _day(request.GET.get("ngay", "")) or yesterday.yesterday(request.at)
    chosen = boards.get_board("")
    context = {
        "title": gettext("What was done on {day}").format(day=f"{on:%d/%m/%Y}"),
        "name": own(agency, "name"),
        "agency": agency,
        "acts": yesterday.acts_of(on, agency),
        "changes": [
            {
                "name": own(each.indicator, "name"),
                "before": shown.amount(each.indicator, each.before),
                "after": shown.amount(each.indicator, each.after),
                "href": reverse("operations:figure", args=[unit, each.indicator.code]),
            }
            for each in yesterday.figures_of(on, agency, chosen, at=request.at)
        ],
        "since": figures.kept_since(),
        "day": on.isoformat(),
        "earlier": f"?ngay={(on - timedelta(days=1)).isoformat()}",
        "later": f"?ngay={(on + timedelta(days=1)).isoformat()}" if on < civil_date(request.at) else "",
        "back": reverse("operations:board", args=[unit]),
    }
    return render(request, "operations/day.html", context)


def compare(request: ActorRequest, unit: str) -> HttpResponse:
    """Show two units side by side."""
    require(access.can_see_board, request.actor)
    one, period = boards.unit_for(unit, request.at), _period(request)
    other_code = request.GET.get("voi", "").strip()[:35]
    chosen = boards.get_board("")
    left = boards.shown_for(chosen, one, period, at=request.at)
    other = boards.unit_for(other_code, request.at) if other_code else None
    right = boards.shown_for(chosen, other, period, at=request.at) if other else None
    here = reverse("operations:compare", args=[unit])
    context = {
        "title": gettext("Two units side by side"),
        "one": own(one, "name"),
        "other": own(other, "name") if other else "",
        "choices": figures.comparable(one, request.at),
        "chosen": other_code,
        "rows": figures.side_by_side(left, right) if right else [],
        "period": period,
        "period_links": shown.period_links(period, here, request.at, f"&voi={other_code}" if other_code else ""),
        "back": reverse("operations:board", args=[unit]),
    }
    return render(request, "operations/compare.html", context)


def arrange(request: ActorRequest, code: str) -> HttpResponse:
    """Choose which figures stand on a board."""
    require(access.can_arrange_board, request.actor)
    chosen = boards.get_board(code)
    if request.method == "POST":
        given = request.POST
        try:
            arranging.arrange(
                code, given.get("verb", ""), given.get("block", ""), given.get("indicator", "")[:60],
                seen=int(given.get("seen", "0")) if given.get("seen", "0").isdecimal() else 0,
                actor=request.actor, at=request.at,
            )  # fmt: skip
        except Refusal as no:
            if no.status in KEPT:
                raise
            messages.error(request, " ".join(str(fault.text) for fault in no.faults) or str(no))
        else:
            messages.success(request, gettext("The board is arranged anew."))
        return redirect("operations:arrange", code)
    every = list_every()
    names = {each.code: own(each, "name") for each in every}
    context = {
        "title": gettext("Arrange the board “{name}”").format(name=own(chosen, "name")),
        "board": chosen,
        "blocks": [
            {
                "row": block,
                "name": shown.block_name(block),
                "tiles": [{"code": tile, "name": names.get(tile, tile)} for tile in block["tiles"]],
                "choices": [(each.code, names[each.code]) for each in every if each.code not in block["tiles"]],
            }
            for block in chosen.blocks
        ],
        "back": f"{reverse('operations:home')}",
    }
    return render(request, "operations/arrange.html", context)


def _period(request: ActorRequest) -> Period:
    text = request.GET.get("ky", "").strip()[:20]
    if not text:
        return boards.current(Kind.MONTH, request.at)
    try:
        return read_period(text)
    except ValueError as error:
        raise NotFound from error


def _day(text: str) -> date | None:
    """Return the day of an address; None for nothing. Raises NotFound for what is none."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise NotFound from error


def _as_of(request: ActorRequest) -> datetime | None:
    """Return the end of the day as of which figures are asked for; None for now."""
    on = _day(request.GET.get("luc", ""))
    if on is None or on >= civil_date(request.at):
        return None
    return datetime.combine(on + timedelta(days=1), time(), CIVIL_ZONE)


def _extra(request: ActorRequest, *names: str) -> str:
    return "".join(f"&{name}={request.GET[name]}" for name in names if request.GET.get(name))


def _board_links(chosen: str, here: str, period: Period) -> list[dict[str, Any]]:
    return [
        {"text": own(each, "name"), "href": f"{here}?ky={period.key}&bang={each.code}", "current": each.code == chosen}
        for each in boards.list_boards()
    ]


def _above(agency: Agency, chosen: str, period: Period, at: datetime) -> dict[str, str] | None:
    if not agency.parent_code:
        return None
    above = boards.unit_for(agency.parent_code, at)
    href = f"{reverse('operations:board', args=[above.code])}?ky={period.key}&bang={chosen}"
    return {"text": own(above, "name"), "href": href}


def _sheet(found: boards.Shown) -> HttpResponse:
    header = [gettext("Block"), gettext("Figure"), gettext("Period"), gettext("Value"), gettext("Unit of measure"), gettext("Target"),
              gettext("Period before"), gettext("A year before")]  # fmt: skip
    rows = [
        [shown.block_row(block)["name"], own(tile.indicator, "name"), tile.period.key, tile.value, own(tile.indicator, "unit"),
         tile.target.value if tile.target else None, tile.before, tile.year_ago]
        for block in found.blocks for tile in block.tiles
    ]  # fmt: skip
    cells = (["" if cell is None else str(cell) for cell in row] for row in (header, *rows))
    response = HttpResponse("".join(csv_lines(cells)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dieu-hanh-{found.agency.code}-{found.period.key}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
