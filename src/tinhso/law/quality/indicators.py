"""The indicators of QĐ 766/QĐ-TTg over counted dossiers: ratio, threshold, points, and how it was reckoned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

from tinhso.law.answer import Step
from tinhso.law.answer import msgid as _
from tinhso.law.figures import FigureNotInForce, UnknownFigure, all_figures, figure
from tinhso.law.quality.measured import Counts

RULES = "QĐ 766/QĐ-TTg, 2026-1"
"""Version of these formulas: a closed period keeps the one it was reckoned by."""
SOURCE = "QĐ 766/QĐ-TTg"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Procedures:
    """Procedures that had dossiers in the period."""

    used: int = 0
    used_online: int = 0
    with_fee: int = 0
    vneid_known: int = 0
    vneid: int = 0


@dataclass(frozen=True, slots=True)
class Offered:
    """What the catalogue offers within the competence of a level: the state of now, not of the period."""

    all: int
    online: int
    with_fee: int
    complete: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that an index is reckoned from."""

    counts: Counts = field(default_factory=Counts)
    procedures: Procedures | None = None
    offered: Offered | None = None
    reported: Mapping[str, Ratio] = field(default_factory=dict)
    """What was entered with evidence and approved, by indicator: what dossiers do not tell."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerator and denominator in words, with a factor where the formula has one (3.3: the sync rate)."""

    numerator: int
    denominator: int
    factor: Fraction = Fraction(1)

    @property
    def rate(self) -> Fraction | None:
        """Return the rate in percent, exactly; None without a denominator."""
        return Fraction(100 * self.numerator, self.denominator) * self.factor if self.denominator else None


type Formula = Callable[[Facts], Ratio | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One indicator: its number, what it divides by what, in English msgids."""

    key: str
    title: str
    numerator: str
    denominator: str
    formula: Formula | None = None
    lacking: str = ""
    """Why it is missing, when it is."""

    @property
    def group(self) -> int:
        """Return the number of its group, 1 to 5."""
        return int(self.key[0])


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator reckoned: rate and points are None when it is missing. `exact` are the points without rounding."""

    kind: Kind
    maximum: Fraction
    threshold: Fraction | None
    ratio: Ratio | None
    exact: Fraction | None
    steps: tuple[Step, ...]

    @property
    def rate(self) -> Decimal | None:
        """Return the rate in percent, two decimals."""
        rate = self.ratio.rate if self.ratio else None
        return None if rate is None else rounded(rate)

    @property
    def points(self) -> Decimal | None:
        """Return the points, two decimals."""
        return None if self.exact is None else rounded(self.exact)


@dataclass(frozen=True, slots=True)
class Index:
    """The index of an agency for a period: what could be measured, and of how many points."""

    indicators: tuple[Indicator, ...]

    @property
    def exact(self) -> Fraction:
        """Return the sum of the points, exactly."""
        return sum((one.exact for one in self.indicators if one.exact is not None), start=Fraction())

    @property
    def points(self) -> Decimal:
        """Return the sum of the points, two decimals."""
        return rounded(self.exact)

    @property
    def measured(self) -> Decimal:
        """Return how many points could be had with what is measured; 100 when nothing is missing."""
        return rounded(sum((one.maximum for one in self.indicators if one.exact is not None), start=Fraction()))

    @property
    def missing(self) -> tuple[Indicator, ...]:
        """Return the indicators that are not known."""
        return tuple(one for one in self.indicators if one.exact is None)

    @property
    def share(self) -> Decimal | None:
        """Return the points in percent of what could be measured; None when nothing was."""
        return rounded(100 * self.exact / Fraction(self.measured)) if self.measured else None

    def of(self, key: str) -> Indicator:
        """Return one indicator. Raises KeyError."""
        found = next((one for one in self.indicators if one.kind.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def group(self, number: int) -> tuple[Decimal | None, Decimal, Decimal]:
        """Return points (None: nothing of it is measured), points that could be measured, and points of the group."""
        rows = [one for one in self.indicators if one.kind.group == number]
        known = [one for one in rows if one.exact is not None]
        got = sum((one.exact for one in known if one.exact is not None), start=Fraction())
        able, whole = (sum((one.maximum for one in some), start=Fraction()) for some in (known, rows))
        return (rounded(got) if known else None), rounded(able), rounded(whole)


def rounded(value: Fraction) -> Decimal:
    """Return two decimals, halves up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT, rounding=ROUND_HALF_UP)


def points(rate: Fraction, maximum: Fraction, threshold: Fraction | None) -> Fraction:
    """Return all points from the threshold on, below it rate × maximum / threshold; never less than 0 or more than all."""
    reached = rate / (threshold if threshold is not None else 100)
    return min(max(reached, Fraction(0)), Fraction(1)) * maximum


def index_of(facts: Facts, *, on: date) -> Index:
    """Return the index by the figures in force on a day. Raises FigureNotInForce before there was an index."""
    return Index(tuple(indicator(kind, facts, on=on) for kind in KINDS))


def exact_points(facts: Facts, *, on: date) -> Fraction:
    """Return the sum of the points alone, exactly: the same as `index_of(…).exact`, for whoever reckons it many times."""
    whole = Fraction()
    for kind in KINDS:
        rate = ratio.rate if kind.formula and (ratio := kind.formula(facts)) else None
        if rate is not None:
            maximum, threshold, _sources = _figures(kind.key, on)
            whole += points(rate, maximum, threshold)
    return whole


def indicator(kind: Kind, facts: Facts, *, on: date) -> Indicator:
    """Return one indicator with the steps that lead to it."""
    maximum, threshold, sources = _figures(kind.key, on)
    ratio = kind.formula(facts) if kind.formula else None
    rate = ratio.rate if ratio else None
    if ratio is None or rate is None:
        return Indicator(kind, maximum, threshold, ratio, None, (_missing(kind, ratio), *sources))
    got = points(rate, maximum, threshold)
    said = (*_divided(kind, ratio, rate), _scored(kind, rate, got, (maximum, threshold)))
    return Indicator(kind, maximum, threshold, ratio, got, (*said, *sources))


def _missing(kind: Kind, ratio: Ratio | None) -> Step:
    if ratio is not None or not kind.lacking:
        return Step(_("Nothing was there to count: no rate, no points."), SOURCE, code="quality.nothing")
    return Step(kind.lacking, SOURCE, code="quality.missing")


def _divided(kind: Kind, ratio: Ratio, rate: Fraction) -> tuple[Step, ...]:
    facts = {"numerator": ratio.numerator, "denominator": ratio.denominator, "rate": rounded(rate)}
    text = _("{numerator} of {denominator}: {rate}%.")
    if ratio.factor != 1:
        facts["factor"] = rounded(100 * ratio.factor)
        text = _("{numerator} of {denominator}, times the rate of synchronised dossiers, {factor}%: {rate}%.")
    return (Step(text, _source(kind), facts=facts, code="quality.rate"),)


def _scored(kind: Kind, rate: Fraction, got: Fraction, limits: tuple[Fraction, Fraction | None]) -> Step:
    maximum, threshold = limits
    facts = {"rate": rounded(rate), "maximum": rounded(maximum), "points": rounded(got)}
    if threshold is None:
        text = _("{rate}% of {maximum} points: {points}.")
    else:
        facts["threshold"] = rounded(threshold)
        text = _("Below {threshold}%: {rate} ÷ {threshold} × {maximum} points = {points}.")
        if rate >= threshold:
            text = _("From {threshold}% on, all points: {points}.")
    return Step(text, _source(kind), facts=facts, code="quality.points")


def _source(kind: Kind) -> str:
    return f"{SOURCE}, chỉ số {kind.key}"


@cache
def _figures(key: str, on: date) -> tuple[Fraction, Fraction | None, tuple[Step, ...]]:
    most = figure(f"quality.maximum.{key}", on=on)
    name = f"quality.threshold.{key}"
    least = figure(name, on=on) if name in all_figures() else None
    threshold = Fraction(least.value) if least else None
    return Fraction(most.value), threshold, (*most.steps, *(least.steps if least else ()))


BANDS = {
    "excellent": _("Excellent"),
    "good": _("Good"),
    "fair": _("Fair"),
    "average": _("Average"),
    "weak": _("Weak"),
}


def band(value: Decimal | None, *, on: date, prefix: str = "quality.band") -> str:
    """Return the band of so many points (a key of BANDS); empty when there are none to judge by, or no bands in force."""
    if value is None:
        return ""
    for key in ("excellent", "good", "fair", "average"):
        try:
            least = figure(f"{prefix}.{key}", on=on).value
        except (FigureNotInForce, UnknownFigure):
            return ""
        if value >= least:
            return key
    return "weak"


def _over(numerator: str, denominator: str) -> Formula:
    return lambda facts: Ratio(getattr(facts.counts, numerator), getattr(facts.counts, denominator))


def _known(numerator: str, known: str) -> Formula:
    """Return the formula of what may be unknown of every dossier: missing then, where dossiers came in."""

    def reckon(facts: Facts) -> Ratio | None:
        counts = facts.counts
        return Ratio(getattr(counts, numerator), getattr(counts, known)) if getattr(counts, known) else None

    return reckon


def _offered(numerator: str, denominator: str) -> Formula:
    def reckon(facts: Facts) -> Ratio | None:
        return Ratio(getattr(facts.offered, numerator), getattr(facts.offered, denominator)) if facts.offered else None

    return reckon


def _used(numerator: str, denominator: str) -> Formula:
    """Return the formula of procedures with dossiers among those offered; never more than are offered."""

    def reckon(facts: Facts) -> Ratio | None:
        if facts.offered is None or facts.procedures is None:
            return None
        whole = getattr(facts.offered, denominator)
        return Ratio(min(getattr(facts.procedures, numerator), whole), whole)

    return reckon


def _on_time(facts: Facts) -> Ratio:
    counts = facts.counts
    return Ratio(counts.in_time + counts.open - counts.open_late, counts.judged)


def _reported(key: str) -> Formula:
    """Return the formula of what only somebody can say: missing until it is entered and approved."""
    return lambda facts: facts.reported.get(key)


def _synced(facts: Facts) -> Ratio | None:
    """Return the dossiers the National Portal has taken: told by the dossiers, else as it was entered."""
    counts = facts.counts
    return Ratio(counts.synced, counts.sync_known) if counts.sync_known else facts.reported.get("1.4")


def _online(facts: Facts) -> Ratio:
    counts = facts.counts
    synced = _synced(facts)
    factor = Fraction(synced.numerator, synced.denominator) if synced and synced.denominator else Fraction(1)
    return Ratio(counts.online_given, counts.received, factor)


def _content(facts: Facts) -> Ratio | None:
    """Return 100 % less the late and the disliked, as one ratio; never below nothing."""
    counts = facts.counts
    if not counts.received or not counts.judged:
        return Ratio(0, 0)
    if counts.received == counts.judged:
        return Ratio(max(counts.received - counts.all_late - counts.disliked, 0), counts.received)
    # late and disliked are shares of different wholes where some cannot be judged: one common denominator
    whole = counts.received * counts.judged
    good = whole - counts.all_late * counts.received - counts.disliked * counts.judged
    share = Fraction(max(good, 0), whole)
    return Ratio(share.numerator, share.denominator)


def _procedures_by_vneid(facts: Facts) -> Ratio | None:
    found = facts.procedures
    return Ratio(found.vneid, found.vneid_known) if found and found.vneid_known else None


_ONE = _("Counted over one agency's catalogue; it is known for the province and for levels only.")
_SAID = _("No dossier tells this: it is missing until somebody enters it with evidence and another approves it.")

KINDS: tuple[Kind, ...] = (
    Kind("1.1", _("Procedures announced on time"), _("announced on time"), _("procedures announced"), _reported("1.1"), _SAID),
    Kind("1.2", _("Procedures published on time"), _("published on time"), _("procedures to publish"), _reported("1.2"), _SAID),
    Kind("1.3", _("Procedures published with all their parts"), _("with name, ways, components, limit and result"),
         _("procedures published"), _offered("complete", "all"), _ONE),
    Kind("1.4", _("Dossiers synchronised to the National Portal"), _("synchronised"), _("dossiers received"),
         _synced, _SAID),
    Kind("2.1", _("Dossiers settled on time"), _("settled on time, or still within time"), _("dossiers with a time limit"),
         _on_time),
    Kind("3.1", _("Procedures offered online"), _("offered in whole or in part online"), _("procedures within competence"),
         _offered("online", "all"), _ONE),
    Kind("3.2", _("Online services with dossiers"), _("had a dossier filed online"), _("procedures offered online"),
         _used("used_online", "online"), _ONE),
    Kind("3.3", _("Dossiers filed online"), _("filed online, with an electronic result"), _("dossiers received"), _online),
    Kind("3.5", _("Procedures payable online"), _("had a dossier with a fee"), _("procedures that have a fee"),
         _used("with_fee", "with_fee"), _ONE),
    Kind("3.6", _("Dossiers paid online"), _("paid online"), _("dossiers with a fee to pay"), _over("fee_online", "fee_due")),
    Kind("4.1", _("Electronic results"), _("with a result on file"), _("dossiers of procedures that give a paper"),
         _over("paper_filed", "paper")),
    Kind("4.2", _("Digitised dossiers"), _("with components and result on file"), _("dossiers received"),
         _known("scanned", "scan_known"), _("Whether components are on file is not known here.")),
    Kind("4.3", _("Re-use of digitised data"), _("with a component re-used"), _("dossiers received"),
         _known("reused", "reuse_known"), _("Nothing here tells which components were re-used.")),
    Kind("4.4", _("Dossiers connected for re-use"), _("with a component from the store"), _("dossiers received"),
         _known("linked", "link_known"), _("Nothing here tells what came from a data store.")),
    Kind("4.5a", _("Procedures that use population data"), _("with a dossier proved by VNeID"), _("procedures with dossiers"),
         _procedures_by_vneid, _("Nothing here tells who came by VNeID.")),
    Kind("4.5b", _("Dossiers that use population data"), _("filed by an account proved by VNeID"), _("dossiers received"),
         _known("vneid", "vneid_known"), _("Nothing here tells who came by VNeID.")),
    Kind("5.2", _("Reports handled on time"), _("handled on time"), _("reports received"), _reported("5.2"), _SAID),
    Kind("5.3", _("Satisfaction with the handling of reports"), _("not disliked, not late, not raised again"),
         _("reports received"), _reported("5.3"), _SAID),
    Kind("5.4", _("Satisfaction with the settling of procedures"), _("neither late nor disliked"), _("dossiers received"),
         _content),
)  # fmt: skip
"""Every scored indicator, in order. 2.2, 3.4 and 5.1 are shown elsewhere or not at all: they bear no points."""

REPORTED = ("1.1", "1.2", "1.4", "5.2", "5.3")
"""What is entered with evidence, and approved by another, where nothing counts it."""

GROUPS: Mapping[int, str] = {
    1: _("Publicity"),
    2: _("Progress"),
    3: _("Online services"),
    4: _("Digitisation"),
    5: _("Satisfaction"),
}
