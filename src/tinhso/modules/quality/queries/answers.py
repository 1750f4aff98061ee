"""Surveys and what they tell: by unit, with the interval of each share; nothing of units with too few answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext

from tinhso.base.refusals import NotFound
from tinhso.kernel.casework.public import Contact, case_measures
from tinhso.kernel.forms.public import Field, FormDefinition, load_form
from tinhso.kernel.organisation.public import latest_agencies
from tinhso.law.figures import figure
from tinhso.law.quality.survey import Share, Stratum, shown_units, weighted
from tinhso.modules.quality.models import ASKED, Cell, Invitation, Sheet, Survey, Turn
from tinhso.web.words import percent

SATISFIED = 4
"""Answers from this one on, of 1 to 5, say that somebody is satisfied."""
SCALE = frozenset("12345")
PAGE = 20


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is answered by a degree of 1 to 5."""

    step: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit (an agency; or a level; empty: all), its answers, and the share of the satisfied for each question."""

    code: str
    name: str
    answers: int
    shares: tuple[Share | None, ...]


def get_survey(survey_id: UUID) -> Survey:
    """Return a survey. Raises NotFound."""
    found = Survey.objects.filter(pk=survey_id).first()
    if found is None:
        raise NotFound
    return found


def list_surveys(*, limit: int = 50) -> list[Survey]:
    """Return the surveys, newest first."""
    return list(Survey.objects.all()[:limit])


def surveys_going_on(at: datetime) -> list[UUID]:
    """Return the surveys that were drawn, are not over, and have somebody to ask or to remind."""
    rows = Survey.objects.filter(drawn_at__isnull=False, closed_at=None, ends_at__gt=at)
    waiting = Invitation.objects.filter(turn__in=(Turn.DRAWN, *ASKED)).values("cell__survey_id")
    return list(rows.filter(pk__in=waiting).order_by("created_at").values_list("pk", flat=True))


def questions_of(form: FormDefinition) -> list[Question]:
    """Return the questions of a form that are answered by a degree."""
    return [
        Question(step.key, each.key, str(each.title))
        for step in form.steps
        for each in step.children
        if _is_degree(each)
    ]


def _is_degree(field: Field) -> bool:
    values = {str(choice.value) for choice in field.choices}
    return len(values) > 1 and values <= SCALE


def is_over(survey: Survey, at: datetime) -> bool:
    """Tell whether nobody can answer any more. Until then no result is shown: each new answer would be the difference."""
    return survey.closed_at is not None or survey.ends_at <= at


def turns_of(survey: Survey) -> dict[str, int]:
    """Return how many stand where, by turn. One statement."""
    rows = Invitation.objects.filter(cell__survey=survey).values("turn").order_by().annotate(n=Count("pk"))
    return dict(rows.values_list("turn", "n"))


def turn_words() -> dict[str, str]:
    """Return what the turns are called."""
    return {turn.value: str(turn.label) for turn in Turn}


def cells_of(survey: Survey) -> list[tuple[Cell, int]]:
    """Return the strata with how many answered in each. Two statements."""
    rows = Sheet.objects.filter(cell__survey=survey).values("cell_id").order_by().annotate(n=Count("pk"))
    answered = dict(rows.values_list("cell_id", "n"))
    return [(cell, answered.get(cell.pk, 0)) for cell in survey.cells.order_by("key")]


def least_answers(survey: Survey) -> int:
    """Return the fewest answers from which a unit is shown."""
    return int(figure("quality.survey.smallest", on=survey.last).value)


def results_of(survey: Survey) -> tuple[list[Question], UnitResult | None, list[UnitResult]]:
    """
    Return the questions, the results of all, and those of each agency that may be shown.

    Strata weigh as in the population. A unit with fewer answers than the figure is left out, and one more where it could
    be told by subtraction.
    """
    questions = questions_of(load_form(survey.form_code, survey.form_version))
    cells = {cell.pk: cell for cell in survey.cells.all()}
    sheets = list(Sheet.objects.filter(cell__survey=survey).values_list("cell_id", "agency_code", "answers"))
    least = least_answers(survey)
    if len(sheets) < least:
        return questions, None, []
    by_unit: dict[str, list[tuple[int, str, dict[str, dict[str, str]]]]] = defaultdict(list)
    for sheet in sheets:
        by_unit[sheet[1]].append(sheet)
    shown = shown_units({code: len(rows) for code, rows in by_unit.items()}, least=least)
    names = {code: agency.name for code, agency in latest_agencies(shown).items()}
    whole = UnitResult("", "", len(sheets), _shares(questions, sheets, cells, "", least))
    units = [
        UnitResult(
            code, names.get(code, code), len(by_unit[code]), _shares(questions, by_unit[code], cells, code, least)
        )
        for code in sorted(shown)
    ]
    return questions, whole, units


def _shares(
    questions: list[Question],
    sheets: list[tuple[int, str, dict[str, dict[str, str]]]],
    cells: dict[int, Cell],
    code: str,
    least: int,
) -> tuple[Share | None, ...]:
    """Return the share of each question; None where fewer answered it than a unit must have to be shown."""
    found = (weighted(list(_strata(one, sheets, cells, code))) for one in questions)
    return tuple(share if share and share.answers >= least else None for share in found)


def table_of(found: tuple[list[Question], UnitResult | None, list[UnitResult]]) -> Iterator[list[str]]:
    """Yield the results as rows of a spreadsheet: for each question share, both ends of its interval, and answers."""
    questions, whole, units = found
    head = [gettext("Code"), gettext("Unit"), gettext("Sheets")]
    for one in questions:
        head += [one.title, gettext("from (95%)"), gettext("to (95%)"), gettext("answers")]
    yield head
    for unit in ([whole] if whole else []) + units:
        cells = [unit.code, unit.name or gettext("All"), str(unit.answers)]
        for share in unit.shares:
            cells += _cells(share)
        yield cells


def _cells(share: Share | None) -> list[str]:
    if share is None:
        return ["", "", "", ""]
    return [*(percent(100 * each) for each in (share.value, share.low, share.high)), str(share.answers)]


def _strata(
    question: Question, sheets: Iterable[tuple[int, str, dict[str, dict[str, str]]]], cells: dict[int, Cell], code: str
) -> Iterator[Stratum]:
    answered: Counter[int] = Counter()
    satisfied: Counter[int] = Counter()
    for cell_id, _agency, answers in sheets:
        value = answers.get(question.step, {}).get(question.key)
        if value in SCALE:
            answered[cell_id] += 1
            satisfied[cell_id] += int(value) >= SATISFIED
    for cell_id, number in answered.items():
        cell = cells[cell_id]
        population = cell.units.get(code, 0) if code else cell.population
        yield Stratum(population, number, satisfied[cell_id])


def to_call(survey: Survey, interviewer: str) -> list[Invitation]:
    """Return who can be called: those the interviewer took, then the next of the draw that nobody took."""
    rows = Invitation.objects.filter(cell__survey=survey, turn__in=(Turn.DRAWN, *ASKED, Turn.SILENT)).select_related(
        "cell"
    )
    mine = list(rows.filter(interviewer_key=interviewer).order_by("id")[:PAGE])
    return [*mine, *rows.filter(interviewer_key="").order_by("place", "id")[: PAGE - len(mine)]]


def called(invitation_id: UUID, interviewer: str) -> tuple[Invitation, Contact]:
    """Return an invitation that this interviewer took, with whom to call. Raises NotFound."""
    rows = Invitation.objects.filter(pk=invitation_id, interviewer_key=interviewer).select_related("cell__survey")
    found = rows.first()
    contact = case_measures().contacts([found.case_code]).get(found.case_code) if found else None
    if found is None or contact is None:
        raise NotFound
    return found, contact
