"""How the goals and tasks of a plan stand: by the indicator a goal is tied to, or else by what was reported; late or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from tinhso.base.clock import civil_date
from tinhso.kernel.indicators.public import Prospect, Target, promises_of, prospects
from tinhso.law.forecast import Forecast, Risk, forecast, risk
from tinhso.law.indicators import Direction, Standing, standing
from tinhso.modules.plan.models import Item, Kind, Plan, Progress
from tinhso.modules.plan.models import Standing as Reported
from tinhso.modules.plan.queries.plans import OVER, items_of

DOWN = ("at_most", "decrease")


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """A goal, with the figure now and what is to be expected."""

    item: Item
    value: Decimal | None
    of: str
    """Key of the period, or the day, that the figure is of."""
    standing: Standing
    risk: Risk
    expected: Forecast | None
    is_over: bool
    prospect: Prospect | None = None
    """Where it is tied to an indicator."""

    @property
    def is_missed(self) -> bool:
        """Tell whether it was missed, or will be as things go on."""
        return self.standing is Standing.MISSED if self.is_over else self.risk is Risk.MISSES


def goals_of(plan: Plan, *, at: datetime) -> list[GoalStanding]:
    """Return the goals of a plan that are held to, in the order of its text."""
    items = list(items_of(plan, kind=Kind.GOAL, state="held"))
    tied = _tied(items, at)
    told = _told([each for each in items if each.pk not in tied], at)
    return [tied.get(each.pk) or _by_reports(each, told.get(each.pk, []), at) for each in items]


def goal_of(item: Item, *, at: datetime) -> GoalStanding:
    """Return how one goal stands."""
    tied = _tied([item], at)
    return tied.get(item.pk) or _by_reports(item, _told([item], at).get(item.pk, []), at)


def is_late(item: Item, at: datetime) -> bool:
    """Tell whether a task should be done and is not."""
    due = item.due
    return item.kind == Kind.TASK and item.standing not in OVER and due is not None and due < civil_date(at)


def _tied(items: Sequence[Item], at: datetime) -> dict[UUID, GoalStanding]:
    """Return the goals that are targets of indicators now. A target that somebody else set since then is no longer this one's."""
    wanted = [each for each in items if each.indicator]
    targets: dict[tuple[str, str, str], Target] = {}
    for unit in {each.measured for each in wanted}:
        targets |= {(row.indicator.code, row.unit, row.period): row for row in promises_of(unit)}
    pairs = [(each, row) for each in wanted if (row := targets.get((each.indicator, each.measured, each.by)))]
    found = prospects([row for _item, row in pairs], at=at)
    return {
        item.pk: GoalStanding(
            item,
            each.value,
            each.span.key if each.span else "",
            each.standing,
            each.risk,
            each.expected,
            each.is_over,
            each,
        )
        for (item, _row), each in zip(pairs, found, strict=True)
    }


def _told(items: Iterable[Item], at: datetime) -> dict[UUID, list[tuple[date, Decimal]]]:
    """Return the figures that were reported until a day, by line, oldest first. One statement."""
    found: dict[UUID, list[tuple[date, Decimal]]] = {}
    rows = Progress.objects.filter(
        item__in=[each.pk for each in items], value__isnull=False, on__lte=civil_date(at)
    ).order_by("on", "place")
    for item, on, value in rows.values_list("item", "on", "value"):
        found.setdefault(item, []).append((on, value or Decimal(0)))
    return found


def _by_reports(item: Item, told: Sequence[tuple[date, Decimal]], at: datetime) -> GoalStanding:
    direction = Direction.DOWN if item.relation in DOWN else Direction.UP
    due = item.due
    last = told[-1] if told else None
    value = last[1] if last else (item.value if item.standing == Reported.DONE else None)
    days = dict(told)
    most = Decimal(100) if item.unit == "%" else None
    expected = (
        forecast(
            [(day.toordinal(), figure) for day, figure in days.items()], due.toordinal(), least=Decimal(0), most=most
        )
        if due
        else None
    )
    return GoalStanding(
        item=item,
        value=value,
        of=last[0].isoformat() if last else "",
        standing=standing(value, item.value, direction),
        risk=risk(expected, item.value, direction),
        expected=expected,
        is_over=due is not None and due < civil_date(at),
    )
