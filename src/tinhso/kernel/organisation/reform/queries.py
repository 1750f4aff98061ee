"""Reads of a reform: the snapshot of heirs, its questions, what it would mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tinhso.base.refusals import NotFound
from tinhso.base.registry import registry
from tinhso.kernel.organisation.models import Agency, Official, Post, Succession, Tenure
from tinhso.kernel.organisation.queries.memory import remembered
from tinhso.kernel.organisation.reform.heirs import Heirs
from tinhso.kernel.organisation.reform.loans import Carrier, Count
from tinhso.kernel.organisation.reform.moving import Move
from tinhso.kernel.organisation.reform_models import Outcome, QuestionKind, Reform, ReformQuestion
from tinhso.law.succession import WHOLE, Link, Regrouped, regroup, regroup_back

if TYPE_CHECKING:
    from tinhso.kernel.organisation.pack.plan import Header

ONE_DAY = timedelta(days=1)


def list_reforms() -> list[Reform]:
    """Return the reforms of this province, newest first. One statement."""
    return list(Reform.objects.order_by("-effective"))


def get_reform(pack: str) -> Reform:
    """Return a reform by the name of its pack. Raises NotFound."""
    found = Reform.objects.filter(pack=pack).first()
    if found is None:
        raise NotFound
    return found


def list_questions(reform: Reform) -> list[ReformQuestion]:
    """Return the questions of a reform, those that wait first. One statement."""
    rows = list(ReformQuestion.objects.filter(reform=reform))
    return sorted(rows, key=lambda row: (row.outcome != Outcome.OPEN, row.kind == QuestionKind.SPLIT, row.key))


def get_question(pack: str, number: int) -> ReformQuestion:
    """Return a question of a reform. Raises NotFound."""
    found = ReformQuestion.objects.select_related("reform").filter(pk=number, reform__pack=pack).first()
    if found is None:
        raise NotFound
    return found


def decided_splits(questions: Iterable[ReformQuestion]) -> dict[str, str]:
    """Return who takes what nothing tells apart, by the old agency."""
    return {row.agency: row.answer for row in questions if row.kind == QuestionKind.SPLIT and row.answer}


def links_on(day: date) -> list[Link]:
    """Return every succession up to a day. One statement."""
    rows = Succession.objects.standing().filter(valid_from__lte=day).order_by("predecessor", "successor")
    return [Link(row.predecessor, row.successor, row.valid_from, row.share or WHOLE, row.decision) for row in rows]


def heirs_of(reform: Reform) -> Heirs:
    """Return who goes on with what, of a reform that was loaded. Five statements."""
    day = reform.effective
    return Heirs(
        on=day,
        links=links_on(day),
        before={row.code: row for row in Agency.objects.standing().filter(valid_from__lt=day).order_by("valid_from")},
        after={row.code: row for row in Agency.objects.on(day)},
        posts=list(Post.objects.on(day)),
        decided=decided_splits(ReformQuestion.objects.filter(reform=reform)),
        keeper=reform.keeper,
        fields=reform.fields,
    )


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a reform means, before it is loaded: each agency, each official, each kind of row; what a person must decide."""

    header: Header
    agencies: list[tuple[str, str, str]] = field(default_factory=list)
    """Old code, its name, who goes on (empty: nobody yet)."""
    moves: list[Move] = field(default_factory=list)
    counts: list[tuple[str, Count]] = field(default_factory=list)
    """Title of the carrier, and how many."""
    questions: list[ReformQuestion] = field(default_factory=list)
    unheld: list[tuple[str, str]] = field(default_factory=list)
    """New agency and role that runs on but nobody would hold."""

    @property
    def open(self) -> list[ReformQuestion]:
        """Return the questions that wait."""
        return [row for row in self.questions if row.outcome == Outcome.OPEN]


def count_running(heirs: Heirs) -> list[tuple[str, Count]]:
    """Return what runs in agencies that end, by kind, agency and state."""
    return [(str(carrier.title), each) for carrier in registry.of(Carrier) for each in carrier.census(heirs)]


def fates(heirs: Heirs) -> list[tuple[str, str, str]]:
    """Return what becomes of each agency that ends: its code, its name, who goes on."""
    return [
        (code, heirs.before[code].name, _fate(heirs, code, is_divided=code in heirs.divided_set))
        for code in heirs.ended
        if _lives_until(heirs.before[code], heirs.on)
    ]


def _lives_until(row: Agency, day: date) -> bool:
    return row.valid_to is None or row.valid_to >= day - ONE_DAY


def _fate(heirs: Heirs, code: str, *, is_divided: bool) -> str:
    one = heirs.of(code)
    return f"{one} …" if is_divided else one


def tenures_until(day: date) -> list[Tenure]:
    """Return who held what on the day before. One statement."""
    return list(Tenure.objects.on(day - ONE_DAY).select_related("official"))


def staff_of(moves: Iterable[Move]) -> dict[str, str]:
    """Return staff codes by official id."""
    ids = {move.official_id for move in moves}
    return {str(key): code for key, code in Official.objects.filter(pk__in=ids).values_list("id", "staff_code")}


def tally(moves: Iterable[Move]) -> dict[str, int]:
    """Return how many moves there are of each sort."""
    return dict(Counter(move.why.value for move in moves))


def compared(reform: Reform, figures: Mapping[str, int], *, by_old: bool = False) -> dict[str, Regrouped]:
    """
    Return figures by the units after a reform, whenever they were counted; `by_old`: by those before it.

    What rests on the share of a divided unit is `estimated`. By old units, what several became is divided as their figures
    stood to each other where the same figures hold any, else equally. One statement.
    """
    links = [link for link in links_on(reform.effective) if link.since == reform.effective]
    if not by_old:
        return regroup(figures, links, reform.effective)
    old = {link.before for link in links}
    after = {code: number for code, number in figures.items() if code not in old}
    before = {code: number for code, number in figures.items() if code in old}
    found = regroup_back(after, links, before, reform.effective)
    for code, number in before.items():
        found[code] = found.get(code, Regrouped()).plus(Decimal(number), WHOLE)
    return dict(sorted(found.items()))


def predecessors(codes: Iterable[str]) -> frozenset[str]:
    """
    Return the agencies that ended in a reform and whose work these go on with: what they closed is theirs to look up.

    Remembered until the organisation changes.
    """
    known = remembered("predecessors", _read_predecessors)
    return frozenset(before for code in codes for before in known.get(code, ()))


def _read_predecessors() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for reform in Reform.objects.filter(loaded_at__isnull=False):
        heirs = heirs_of(reform)
        for code in heirs.ended:
            found.setdefault(heirs.of(code), []).append(code)
    return {code: tuple(before) for code, before in found.items()}
