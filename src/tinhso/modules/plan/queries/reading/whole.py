"""A document read whole: what it is, and everything of it that a person is asked about, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from tinhso.modules.plan.queries.reading.counts import CountRead, counts
from tinhso.modules.plan.queries.reading.figures import FigureRead, Told, figures, told_at
from tinhso.modules.plan.queries.reading.header import Cited, Header, cited, header
from tinhso.modules.plan.queries.reading.money import Budget, Sum, budgets
from tinhso.modules.plan.queries.reading.tables import Row, Table, tables
from tinhso.modules.plan.queries.reading.tasks import TaskRead, tasks
from tinhso.modules.plan.queries.reading.text import Paragraph, normal, paragraphs


class Kind(StrEnum):
    """What is asked about."""

    GOAL = "goal"
    REPORTED = "reported"
    TASK = "task"
    MONEY = "money"


class Way(StrEnum):
    """How a sum of money lies in the whole."""

    WHOLE = "whole"
    SOURCE = "source"
    PROJECT = "project"
    PART = "part"
    """Of a source or of a project: it is in that one already."""
    SPENT = "spent"
    """Told of what was, not of what is planned."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was read, and where. Numbers are exact; money is in đồng, by year; "" is for the whole time."""

    kind: Kind
    text: str
    sentence: str
    first: int
    last: int
    value: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    unit: str = ""
    relation: str = ""
    by: str = ""
    who: str = ""
    role: str = ""
    partners: str = ""
    heading: str = ""
    way: str = ""
    money: tuple[tuple[str, Decimal], ...] = ()
    doubt: str = ""
    """What the text says against itself here: `share`, `parts`, `years`; empty where nothing."""
    off: Decimal = Decimal(0)
    """By how much."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place where a document does not add up: what, where, by how much (in đồng, or in what is counted)."""

    kind: str
    text: str
    off: Decimal
    first: int


@dataclass(frozen=True, slots=True)
class WholeRead:
    """A document as it was read."""

    text: str
    header: Header
    cited: tuple[Cited, ...]
    found: tuple[Found, ...]
    doubts: tuple[Doubt, ...] = field(default=())


def read_whole(text: str) -> WholeRead:
    """Return what a document says, in its order. Offsets are those in the returned text."""
    whole = normal(text)
    every = paragraphs(whole)
    head = header(every)
    found_tables = tables(whole)
    inside = [(each.first, each.last) for each in found_tables]
    outside = [each for each in every if not any(first <= each.first < last for first, last in inside)]
    issued = head.on.year if head.on else 0
    money, doubts = _money(outside, found_tables)
    found = [
        *(_share(each) for each in figures(outside) if not each.is_rank),
        *(_count(each) for each in counts(outside)),
        *(_task(each) for each in tasks(outside, issued=issued)),
        *money,
    ]
    found = sorted(_once(found), key=lambda each: (each.first, each.kind))
    doubts += [Doubt(each.doubt, each.text, each.off, each.first) for each in found if each.doubt in ("share", "parts")]
    return WholeRead(whole, head, tuple(cited(every)), tuple(found), tuple(sorted(doubts, key=lambda each: each.first)))


def _once(found: Sequence[Found]) -> Iterator[Found]:
    """Yield what was found, each once: a sentence that is copied further down says nothing new."""
    seen: dict[tuple[object, ...], int] = {}
    for each in sorted(found, key=lambda one: one.first):
        key = (each.kind, each.text, each.value, each.above, each.below, each.sentence, each.money, each.who)
        # within one paragraph it is another figure: “100 % … cấp tỉnh, 100 % … cấp huyện”
        is_new = key not in seen
        if is_new or (seen[key] == each.first and each.kind in (Kind.GOAL, Kind.REPORTED)):
            seen[key] = each.first
            yield each


def _share(each: FigureRead) -> Found:
    kind = Kind.GOAL if each.told is Told.TARGET else Kind.REPORTED
    off = (
        each.value - each.counted
        if each.disagrees and each.value is not None and each.counted is not None
        else Decimal(0)
    )
    return Found(
        kind, each.about or each.sentence, each.sentence, each.first, each.last, value=each.value if each.value is not None else each.counted,
        above=each.above, below=each.below, unit="%", relation=each.relation, by=each.by,
        role="planned" if each.told is Told.PLANNED else "", doubt="share" if each.disagrees else "", off=off,
    )  # fmt: skip


def _count(each: CountRead) -> Found:
    kind = Kind.GOAL if each.told is Told.TARGET else Kind.REPORTED
    return Found(
        kind, each.sentence, each.sentence, each.first, each.last, value=each.value, unit=each.of, relation=each.relation, by=each.by,
        role="planned" if each.told is Told.PLANNED else "", doubt="parts" if each.difference else "", off=each.difference,
    )  # fmt: skip


def _task(each: TaskRead) -> Found:
    return Found(
        Kind.TASK, each.text, each.text, each.first, each.last, by=each.by, who=each.who, role=each.role, partners=each.partners,
        heading=each.field,
    )  # fmt: skip


def _money(every: Sequence[Paragraph], found: Sequence[Table]) -> tuple[list[Found], list[Doubt]]:
    """Return the sums of a document as one whole with the ways it is divided, and where they do not add up."""
    told = {each.first: _is_past(each) for each in every}
    in_words = budgets(every)
    planned = [each for each in in_words if not told[each.whole.first]]
    made = [*(_spent(each) for each in in_words if told[each.whole.first])]
    made += _of_words(planned, by_source=any(each.is_by_source for each in found))
    doubts = [
        Doubt("budget", each.whole.label, each.difference, each.whole.first) for each in in_words if each.difference
    ]
    for table in found:
        way = Way.SOURCE if table.is_by_source else Way.PROJECT
        made += [_row(row, table, way) for row in table.rows]
        doubts += _doubts_of(table)
    whole, doubt = _whole(planned, found)
    return [*([whole] if whole else []), *made], [*doubts, *doubt]


def _is_past(paragraph: Paragraph) -> bool:
    return told_at(paragraph, "") is not Told.TARGET


def _spent(each: Budget) -> Found:
    return _sum(each.whole, Way.SPENT)


def _of_words(planned: Sequence[Budget], *, by_source: bool) -> list[Found]:
    made: list[Found] = []
    wholes = {planned[0].whole.first} if planned else set()
    for each in planned:
        is_years = bool(each.parts) and all(_year_of(part.label) for part in each.parts)
        if is_years:
            continue
        way = Way.SOURCE if each.whole.first in wholes and not by_source else Way.PART
        made += [_sum(part, way, heading=each.whole.label if way is Way.PART else "") for part in each.parts]
    return made


def _sum(each: Sum, way: Way, *, heading: str = "") -> Found:
    return Found(
        Kind.MONEY, each.label, each.label, each.first, each.last, way=way, money=(("", each.vnd),), heading=heading
    )


def _row(row: Row, table: Table, way: Way) -> Found:
    return Found(
        Kind.MONEY, row.name, row.name, table.first, table.last, way=way, money=_amounts(row, table.years), heading=table.heading,
        doubt="years" if row.difference else "", off=row.difference,
    )  # fmt: skip


def _amounts(row: Row, years: Sequence[str]) -> tuple[tuple[str, Decimal], ...]:
    by_year = tuple((year, vnd) for year, vnd in zip(years, row.years, strict=True) if vnd)
    return (("", row.total), *by_year) if row.total is not None else by_year


def _doubts_of(table: Table) -> list[Doubt]:
    name = table.heading or (table.total.name if table.total else "")
    rows = [Doubt("row", row.name, row.difference, table.first) for row in table.rows if row.difference]
    columns = [Doubt("column", f"{name} ({column})", off, table.first) for column, off in table.differences.items()]
    return rows + columns


def _whole(planned: Sequence[Budget], found: Sequence[Table]) -> tuple[Found | None, list[Doubt]]:
    """Return the one whole: the sum in words, with the years that a table or the words give it; and what it does not agree with."""
    projects = [each for each in found if not each.is_by_source and each.total is not None]
    sources = [each for each in found if each.is_by_source and each.total is not None]
    candidates: list[tuple[Found, str]] = []
    candidates += [(_row(table.total, table, Way.WHOLE), "source") for table in sources if table.total]
    for budget in planned[:1]:
        years = tuple(
            (year, part.vnd)
            for each in planned
            if each.whole.first == budget.whole.first
            for part in each.parts
            if (year := _year_of(part.label))
        )
        found_whole = _sum(budget.whole, Way.WHOLE)
        candidates.append((_with(found_whole, (*found_whole.money, *years)), "words"))
    if projects:
        candidates.append((_together(projects), "projects"))
    if not candidates:
        return None, []
    best = max((each for each, _from in candidates), key=lambda one: (_of(one), len(one.money)))
    differ = [
        Doubt("whole", each.text, _of(each) - _of(best), each.first)
        for each, _from in candidates
        if _of(each) != _of(best)
    ]
    return best, differ


def _together(projects: Sequence[Table]) -> Found:
    sums: dict[str, Decimal] = {}
    for table in projects:
        if table.total is not None:
            for year, vnd in _amounts(table.total, table.years):
                sums[year] = sums.get(year, Decimal(0)) + vnd
    first = projects[0]
    name = first.total.name if first.total else ""
    return Found(
        Kind.MONEY, name, name, first.first, first.last, way=Way.WHOLE, money=tuple(sums.items()), heading=first.heading
    )


def _with(found: Found, money: tuple[tuple[str, Decimal], ...]) -> Found:
    return replace(found, money=money)


def _of(found: Found) -> Decimal:
    return dict(found.money).get("", Decimal(0))


def _year_of(label: str) -> str:
    words = label.lower().removeprefix("năm").strip()
    return words if len(words) == len("2012") and words.isdigit() else ""
