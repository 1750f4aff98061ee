"""Reforms of the province as their pages show them: how far each is, what waits for a person, on what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tinhso.base.registry import registry
from tinhso.kernel.organisation.public import (
    Figures,
    Outcome,
    QuestionKind,
    Reform,
    ReformQuestion,
    compared,
    get_question,
    get_reform,
    latest_agencies,
    list_questions,
    list_reforms,
)
from tinhso.modules.administration.queries.people import name_of
from tinhso.web.spreadsheet import csv_lines

COLUMNS = ("key", "kind", "text", "agency", "candidates", "proposal", "outcome", "answer", "reason", "by", "at")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the names of what it speaks of."""

    row: ReformQuestion
    agency: str
    answers: list[tuple[str, str]]
    """Code and name of each answer that is possible, the proposed one first."""

    @property
    def is_open(self) -> bool:
        """Tell whether it waits."""
        return self.row.outcome == Outcome.OPEN

    @property
    def is_split(self) -> bool:
        """Tell whether it asks who takes what nothing tells apart."""
        return self.row.kind == QuestionKind.SPLIT

    @property
    def answer(self) -> str:
        """Return the name of the answer; empty while there is none."""
        return dict(self.answers).get(self.row.answer, self.row.answer)


@dataclass(frozen=True, slots=True)
class View:
    """A reform, how far it is and what is asked."""

    reform: Reform
    questions: list[Asked]

    @property
    def waiting(self) -> int:
        """Return how many questions wait."""
        return sum(each.is_open for each in self.questions)

    @property
    def handed(self) -> int:
        """Return how much was handed on so far."""
        return sum(self.reform.handed.values())


def list_views() -> list[View]:
    """Return every reform."""
    return [View(reform, []) for reform in list_reforms()]


def view_reform(pack: str) -> View:
    """Return a reform with its questions. Raises NotFound. Two statements."""
    reform = get_reform(pack)
    return View(reform, _asked(list_questions(reform)))


def view_question(pack: str, number: int) -> Asked:
    """Return one question. Raises NotFound. One statement."""
    (found,) = _asked([get_question(pack, number)])
    return found


def _asked(rows: Iterable[ReformQuestion]) -> list[Asked]:
    return [Asked(row, row.names.get(row.agency, row.agency), _answers(row)) for row in rows]


def _answers(row: ReformQuestion) -> list[tuple[str, str]]:
    ordered = sorted(row.candidates, key=lambda code: code != row.proposal)
    return [(code, f"{row.names.get(code, '')} ({code})") for code in ordered]


def csv_of(pack: str) -> str:
    """Return the questions and what was answered, as a file for spreadsheets. Raises NotFound."""
    rows = (
        [row.key, row.kind, row.text, row.agency, " ".join(row.candidates), row.proposal, row.outcome, row.answer,
         row.reason, row.decided_by, row.decided_at.isoformat() if row.decided_at else ""]
        for row in list_questions(get_reform(pack))
    )  # fmt: skip
    return "".join(csv_lines([COLUMNS, *rows]))


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of one unit."""

    code: str
    name: str
    value: Decimal
    estimated: Decimal


def compare(pack: str, first: date, last: date, *, by_old: bool) -> list[tuple[str, list[Line], Line]]:
    """Return each figure of some days by the units of one side of a reform, with its sum. Raises NotFound."""
    reform = get_reform(pack)
    return [(str(each.title), *_lines(reform, each.count(first, last), by_old=by_old)) for each in registry.of(Figures)]


def _lines(reform: Reform, counted: dict[str, int], *, by_old: bool) -> tuple[list[Line], Line]:
    found = compared(reform, counted, by_old=by_old)
    names = {code: name_of(agency) for code, agency in latest_agencies(found).items()}
    lines = [Line(code, names.get(code, code), one.value, one.estimated) for code, one in found.items() if one.value]
    whole = Line(
        "", "", sum((one.value for one in lines), Decimal(0)), sum((one.estimated for one in lines), Decimal(0))
    )
    return lines, whole
