"""Figures in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import get_service
from tinhso.law.answer import Step
from tinhso.law.quality.indicators import BANDS, GROUPS, Index, Indicator
from tinhso.law.quality.measured import Counts
from tinhso.modules.quality.queries.cases import has_dossiers
from tinhso.modules.quality.queries.figures import AgencyIndex
from tinhso.modules.quality.queries.periods import Period, month_of, quarter_of, read_period
from tinhso.web.words import number, own, percent

BAND_CHIPS = {"excellent": "ok", "good": "ok", "fair": "info", "average": "warn", "weak": "late"}
DAY_SECONDS = 86_400
PLAIN = {
    "2.1": gettext_noop("{n} of {of} dossiers ({share}) were settled in time, or still have time."),
    "3.3": gettext_noop("{n} of {of} ({share}) came in online and were answered with an electronic result."),
    "3.6": gettext_noop("Of {of} with a fee, {n} ({share}) were paid online."),
    "4.1": gettext_noop("{n} of {of} ({share}) have an electronic result that can be used again."),
    "5.4": gettext_noop("{n} of {of} ({share}) were neither late nor disliked by who applied."),
}
"""What an indicator says to somebody who knows no index."""


def agency_name(found: AgencyIndex) -> str:
    """Return the name of the agency in the reader's language."""
    return own(found.agency, "name")


def period_words(period: Period) -> str:
    """Return the period as people say it."""
    key = period.key
    if ".." in key:
        return gettext("{first} to {last}").format(first=f"{period.first:%d/%m/%Y}", last=f"{period.last:%d/%m/%Y}")
    if "Q" in key:
        return gettext("quarter {number}/{year}").format(number=key[-1], year=key[:4])
    if "-" in key:
        return gettext("month {month}").format(month=f"{period.first:%m/%Y}")
    return gettext("year {year}").format(year=key)


def period_links(period: Period, path: str, extra: str = "") -> list[dict[str, Any]]:
    """Return month, quarter and year around the period, and the one before, as links."""
    day = period.last
    year = read_period(f"{day:%Y}", period.end)
    month = read_period(f"{day:%Y-%m}", period.end)
    choices = [(pgettext("period", "Month"), month), (pgettext("period", "Quarter"), quarter_of(day))]
    choices.append((pgettext("period", "Year"), year))
    choices.append((gettext("Earlier"), period.before()))
    return [{"text": text, "href": f"{path}?ky={each.key}{extra}", "current": each == period} for text, each in choices]


def headline(found: AgencyIndex) -> list[dict[str, Any]]:
    """Return the figures at the top of a page."""
    index, counts = found.index, found.facts.counts
    rows = [{"term": gettext("dossiers received"), "value": number(counts.received)}]
    if index and counts.received:
        said = gettext("points of {most} that can be measured").format(most=number(index.measured, 0))
        rows.insert(0, {"term": said, "value": number(index.points, 2)})
        if index.share is not None:
            rows.append({"term": gettext("of what can be measured"), "value": percent(index.share)})
    return rows


def in_plain_words(found: AgencyIndex) -> list[str]:
    """Return what matters to who applies, in sentences without points: in time, online, paid online, satisfied."""
    told = {one.kind.key: one.ratio for one in found.index.indicators if one.ratio} if found.index else {}
    said = []
    for key, sentence in PLAIN.items():
        ratio = told.get(key)
        if ratio and ratio.denominator:
            share = percent(Decimal(100 * ratio.numerator) / ratio.denominator, 0)
            said.append(gettext(sentence).format(n=number(ratio.numerator), of=number(ratio.denominator), share=share))
    return said


def band_of(key: str) -> dict[str, str] | None:
    """Return the chip of a band; None for none."""
    return {"kind": BAND_CHIPS.get(key, "late"), "text": gettext(BANDS[key])} if key else None


def groups(found: AgencyIndex, before: Index | None, *, links: bool = True) -> list[dict[str, Any]]:
    """Return the five groups with their indicators, each with the rate of the period before."""
    if found.index is None:
        return []
    earlier = {one.kind.key: one for one in before.indicators} if before else {}
    made = []
    for group, title in GROUPS.items():
        got, able, whole = found.index.group(group)
        rows = [
            _row(one, earlier.get(one.kind.key), found, links=links)
            for one in found.index.indicators
            if one.kind.group == group
        ]
        made.append(
            {
                "number": group,
                "title": gettext(title),
                "points": number(got, 2) if got is not None else "",
                "able": number(able, 0),
                "whole": number(whole, 0),
                "bar": float(got or 0),
                "most": float(whole),
                "rows": rows,
            }
        )
    return made


def _row(one: Indicator, before: Indicator | None, found: AgencyIndex, *, links: bool) -> dict[str, Any]:
    link = reverse("quality:indicator", args=[found.agency.code, one.kind.key]) if links else ""
    moved = one.rate - before.rate if before and before.rate is not None and one.rate is not None else None
    return {
        "key": one.kind.key,
        "title": gettext(one.kind.title),
        "rate": percent(one.rate, 2) if one.rate is not None else "",
        "points": number(one.points, 2) if one.points is not None else "",
        "maximum": number(Decimal(one.maximum.numerator) / one.maximum.denominator),
        "href": f"{link}?ky={found.period.key}" if link else "",
        "moved": _moved(moved),
        "better": moved is not None and moved > 0,
        "missing": one.exact is None,
    }


def _moved(moved: Decimal | None) -> str:
    if not moved:
        return ""
    return f"{'+' if moved > 0 else '−'}{number(abs(moved), 2)}"


def formula(one: Indicator) -> list[dict[str, str]]:
    """Return the steps that lead to an indicator, each with its source."""
    return [{"text": say(step), "source": step.source} for step in one.steps]


def since_rows(rows: Iterable[dict[str, Any]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the figures of a closed period as a page shows them, without those that were and are missing."""
    return [
        {
            **row,
            "title": gettext(titles.get(row["key"], row["key"])),
            "rate": percent(row["rate"], 2) if row["rate"] is not None else "–",
            "points": f"{number(row['points'], 2)} / {number(row['maximum'])}" if row["points"] is not None else "–",
            "now": percent(row["now"], 2) if row["now"] else "–",
        }
        for row in rows
        if row["changed"] or row["rate"] is not None
    ]


def say(step: Step) -> str:
    """Return a step of the law in the reader's language."""
    return step.say(gettext, get_language() or "vi")


def inputs(one: Indicator) -> list[dict[str, str]]:
    """Return numerator and denominator with what they count."""
    if one.ratio is None:
        return []
    return [
        {"term": gettext(one.kind.numerator), "value": number(one.ratio.numerator)},
        {"term": gettext(one.kind.denominator), "value": number(one.ratio.denominator)},
    ]


def table_rows(rows: Iterable[AgencyIndex], *, links: bool = True) -> list[dict[str, Any]]:
    """Return the agencies of a table: points, share, and the rates that are asked for most."""
    made = []
    for found in rows:
        index = found.index
        made.append(
            {
                "code": found.agency.code,
                "name": agency_name(found),
                "href": f"{reverse('quality:agency', args=[found.agency.code])}?ky={found.period.key}" if links else "",
                "received": number(found.facts.counts.received),
                "points": number(index.points, 2) if index else "",
                "measured": number(index.measured, 0) if index else "",
                "band": band_of(found.band),
                **{f"rate_{key.replace('.', '_')}": _rate(index, key) for key in ("2.1", "3.3", "3.6", "4.2", "5.4")},
            }
        )
    return made


def _rate(index: Index | None, key: str) -> str:
    rate = index.of(key).rate if index else None
    return percent(rate, 1) if rate is not None else "–"


def field_rows(rows: Iterable[tuple[str, Counts, Index | None]]) -> list[dict[str, Any]]:
    """Return the fields of work of a table."""
    return [
        {
            "name": name or gettext("No field"),
            "received": number(counts.received),
            "days": number(Decimal(counts.elapsed_seconds) / counts.ended / DAY_SECONDS, 1) if counts.ended else "–",
            **{f"rate_{key.replace('.', '_')}": _rate(index, key) for key in ("2.1", "3.3", "4.2", "5.4")},
        }
        for name, counts, index in rows
    ]


def service_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """Return the names of procedures, the code where the catalogue does not know one any more."""
    found = {}
    for code in set(codes):
        try:
            found[code] = own(get_service(code, on=on), "name")
        except NotFound:
            found[code] = code
    return found


def opens(key: str) -> bool:
    """Tell whether an indicator opens down to dossiers."""
    return has_dossiers(key)


def this_month(at: Any) -> Period:
    """Return the month of a moment."""
    return month_of(at)
