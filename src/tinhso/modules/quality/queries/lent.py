"""What quality lends to the indicators: counts and shares of dossiers, by the same sums as its own pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Text
from tinhso.kernel.indicators.public import Counted, Lent, Measures
from tinhso.law.periods import Period as CivilPeriod
from tinhso.modules.quality.queries.figures import AgencyIndex, fields_for, table_for
from tinhso.modules.quality.queries.periods import Period

SHARES: Mapping[str, tuple[str, Text]] = {
    "in_time": ("2.1", _("Share of dossiers settled in time")),
    "online": ("3.3", _("Share of dossiers filed online")),
    "paid_online": ("3.6", _("Share of fees paid online")),
    "digitised": ("4.2", _("Share of dossiers digitised")),
}
COUNTS: Mapping[str, Text] = {
    "received": _("Dossiers received"),
    "ended": _("Dossiers settled"),
    "overdue": _("Dossiers open past their due date"),
    "satisfied": _("Share of those who rated that are satisfied"),
    "score": _("Points of the service index, of a hundred that can be measured"),
}

MOST_REASONS = 3


def count(unit: str, period: CivilPeriod, at: datetime) -> Counted:
    """Return the figures of an agency and of each below it that received dossiers in a period."""
    return {each.agency.code: _of(each) for each in table_for(unit, Period(period.first, period.last), at=at)}


def _of(found: AgencyIndex) -> dict[str, Lent]:
    counts = found.facts.counts
    made = {
        "received": Lent(Decimal(counts.received)),
        "ended": Lent(Decimal(counts.ended)),
        "overdue": Lent(Decimal(counts.open_late)),
    }
    if counts.rated:
        # of those who said anything: 5.4 of the index takes lateness in as well, and speaks where nobody did
        liked = Decimal(counts.rated - counts.disliked)
        made["satisfied"] = Lent(100 * liked / counts.rated, liked, Decimal(counts.rated))
    if found.index is None:
        return made
    if found.index.share is not None:
        made["score"] = Lent(Decimal(str(found.index.share)))
    for name, (key, _title) in SHARES.items():
        one = found.index.of(key)
        ratio = one.ratio
        if ratio is not None and ratio.denominator:
            above, below = Decimal(ratio.numerator), Decimal(ratio.denominator)
            made[name] = Lent(one.rate, above, below)
    return made


def link(name: str, unit: str, period: CivilPeriod) -> str:
    """Return the page where a figure opens: an indicator's own, with its dossiers, or that of the agency."""
    key = Period(period.first, period.last).key
    if name in SHARES:
        return f"{reverse('quality:indicator', args=[unit, SHARES[name][0]])}?ky={key}"
    if name == "satisfied":
        return f"{reverse('quality:indicator', args=[unit, '5.4'])}?ky={key}"
    if name == "overdue":
        return f"{reverse('quality:indicator', args=[unit, '2.1'])}?ky={key}&loc=khong-dat"
    return f"{reverse('quality:agency', args=[unit])}?ky={key}"


def reasons(name: str, unit: str, period: CivilPeriod, at: datetime) -> Sequence[tuple[Text, int]]:
    """Return the fields of work whose dossiers are late, the most first: settled late, and open past their day."""
    if name not in ("in_time", "overdue", "score"):
        return ()
    rows = fields_for(unit, Period(period.first, period.last), at=at)
    late = [(field or gettext("No field"), counts.late + counts.open_late) for field, counts, _index in rows]
    return sorted(((field, number) for field, number in late if number), key=lambda each: (-each[1], each[0]))[
        :MOST_REASONS
    ]


MEASURES = Measures(
    "quality",
    {**COUNTS, **{name: title for name, (_key, title) in SHARES.items()}},
    count,
    link,
    reasons,
    changed=("quality.measures_kept", "quality.sums_rebuilt"),
)
