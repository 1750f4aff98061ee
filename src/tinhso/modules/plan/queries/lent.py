"""What plans lend to the indicators: tasks to be done, late and done in time, money paid out; for an agency and each below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.refusals import Text
from tinhso.kernel.indicators.public import Counted, Lent, Measures
from tinhso.kernel.organisation.public import Agency, agencies_by_code, find_agency, list_agencies
from tinhso.law.periods import Period
from tinhso.modules.plan.models import HELD, Amount, Booking, Item, Kind, Movement, Plan, PlanState, Standing, Way
from tinhso.modules.plan.queries.plans import OVER
from tinhso.modules.plan.queries.standing import standings_at
from tinhso.web.words import own

TITLES: Mapping[str, Text] = {
    "open": _("Tasks of plans and directives still to be done"),
    "late": _("Tasks of plans and directives past their day"),
    "done": _("Share of tasks that were due and are done"),
    "disbursed": _("Share of the year's planned money that is paid out"),
}
MOST_UNITS, MOST_REASONS = 20_000, 3

type Tally = dict[str, int]


def count(unit: str, period: Period, at: datetime) -> Counted:
    """
    Return the figures of an agency and of each below it that has tasks, at the end of a period or now where it lasts.

    A task that names no agency of ours is one of the agency that holds to the plan. Six statements.
    """
    day = min(period.last, civil_date(at))
    here = find_agency(unit, on=day)
    if here is None:
        return {}
    paths = {
        each.code: _within(each, here.code)
        for each in (here, *list_agencies(on=day, below=here.code, limit=MOST_UNITS))
    }
    found: dict[str, Tally] = {}
    for item, standing in _tasks(day):
        codes = paths.get(item.lead) or paths.get(item.plan.unit) or ()
        for code in codes:
            _add(found.setdefault(code, {"open": 0, "late": 0, "due": 0, "done": 0}), item, standing, day)
    made = {code: _lent(tally) for code, tally in found.items()}
    for code, share in _money(paths, day).items():
        made.setdefault(code, {})["disbursed"] = share
    return made


def _within(agency: Agency, top: str) -> tuple[str, ...]:
    """Return the codes from a unit down to an agency below it."""
    path = list(agency.path_codes)
    return tuple(path[path.index(top) :]) if top in path else (agency.code,)


def _tasks(day: date) -> Iterable[tuple[Item, str]]:
    """Yield the tasks of texts that were held to on a day, each with how far it was."""
    rows = Item.objects.filter(kind=Kind.TASK, state__in=HELD, plan__state=PlanState.HELD, decided_at__lt=_end_of(day))
    items = list(rows.select_related("plan").only("lead", "due", "standing", "plan__unit"))
    then = standings_at(items, day)
    for each in items:
        standing = then[each.pk].standing if each.pk in then else Standing.OPEN
        if standing != Standing.DROPPED:
            yield each, standing


def _end_of(day: date) -> datetime:
    """Return the first moment behind a civil day."""
    return datetime.combine(day + timedelta(days=1), time.min, CIVIL_ZONE)


def _add(tally: Tally, item: Item, standing: str, day: date) -> None:
    due = item.due
    is_due = due is not None and due <= day
    tally["open"] += standing not in OVER
    tally["late"] += standing not in OVER and due is not None and due < day
    tally["due"] += is_due
    tally["done"] += is_due and standing == Standing.DONE


def _lent(tally: Tally) -> dict[str, Lent]:
    made = {"open": Lent(Decimal(tally["open"])), "late": Lent(Decimal(tally["late"]))}
    if tally["due"]:
        above, below = Decimal(tally["done"]), Decimal(tally["due"])
        made["done"] = Lent(100 * above / below, above, below)
    return made


def _money(paths: Mapping[str, Sequence[str]], day: date) -> dict[str, Lent]:
    """Return what is paid out of what the plans of agencies give for the year of a day; of a plan that names no years, nothing."""
    plans = dict(Plan.objects.filter(state=PlanState.HELD, unit__in=list(paths)).values_list("pk", "unit"))
    wholes = Amount.objects.filter(item__plan__in=list(plans), item__way=Way.WHOLE, item__state__in=HELD, year=day.year)
    planned = dict(wholes.values_list("item__plan").annotate(vnd=Sum("vnd")))
    paid = dict(
        Movement.objects.filter(
            plan__in=list(planned), booking=Booking.DISBURSED, year=day.year, taken_back_at=None, on__lte=day
        )
        .values_list("plan")
        .annotate(vnd=Sum("vnd"))
    )
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for plan, vnd in planned.items():
        for code in paths[plans[plan]]:
            above, below = sums.get(code, (Decimal(0), Decimal(0)))
            sums[code] = above + paid.get(plan, Decimal(0)), below + vnd
    return {code: Lent(100 * above / below, above, below) for code, (above, below) in sums.items() if below}


def link(name: str, unit: str, period: Period) -> str:
    """Return the page where a figure opens: the tasks of the agency, or the register."""
    del period
    if name == "disbursed":
        return reverse("plan:home")
    return f"{reverse('plan:tasks')}?{urlencode({'co-quan': unit, 'trang-thai': 'all' if name == 'done' else 'open'})}"


def reasons(name: str, unit: str, period: Period, at: datetime) -> Sequence[tuple[Text, int]]:
    """Return the agencies whose tasks are late, the most first."""
    if name not in ("late", "done"):
        return ()
    day = min(period.last, civil_date(at))
    here = find_agency(unit, on=day)
    if here is None:
        return ()
    codes = {here.code, *(each.code for each in list_agencies(on=day, below=here.code, limit=MOST_UNITS))}
    late: dict[str, int] = {}
    for item, standing in _tasks(day):
        if standing in OVER or item.due is None or item.due >= day or (item.lead or item.plan.unit) not in codes:
            continue
        late[item.lead] = late.get(item.lead, 0) + 1
    names = agencies_by_code([code for code in late if code], day)
    found = [
        (own(names[code], "name") if code in names else gettext("Not told"), number) for code, number in late.items()
    ]
    return sorted(found, key=lambda each: (-each[1], each[0]))[:MOST_REASONS]


MEASURES = Measures(
    "plan",
    TITLES,
    count,
    link,
    reasons,
    changed=(
        "plan.cleared",
        "plan.decided",
        "plan.added",
        "plan.reported",
        "plan.booked",
        "plan.unbooked",
        "plan.withdrawn",
    ),
)
