"""What the officer's pages show: lines of the worklist, steps of the flow, the clock, what can be done now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.kernel.casework.public import Bucket, Task, TaskState, Whose, count_tasks, outcomes_of, part_of_task
from tinhso.kernel.forms.public import FormDefinition, steps_asked, summary, validate_all
from tinhso.kernel.organisation.public import calendar_for, steady
from tinhso.law.later_fees import When
from tinhso.law.states import NationalState, may_become
from tinhso.law.working_time import half_days_between
from tinhso.modules.onestop.access import (
    can_assign,
    can_do_task,
    can_enter_answers,
    can_judge_claim,
    can_postpone,
    can_receive,
    can_return_result,
    can_take_payment,
    can_withdraw_demand,
)
from tinhso.modules.onestop.models import DeliveryState, Dossier, MoneyState, Way
from tinhso.modules.onestop.queries.claims import claims_shown, knows_groups
from tinhso.modules.onestop.queries.dossiers import DossierView, dossiers_by_code
from tinhso.modules.onestop.queries.fees import WITHOUT_RESULT, later_fees
from tinhso.modules.onestop.queries.papers import is_read
from tinhso.modules.onestop.queries.participation import steps_read_by
from tinhso.modules.onestop.queries.services import service_filed
from tinhso.modules.onestop.queries.shown import Due, deadline, due_of, service_name
from tinhso.web.words import own

BUCKETS: dict[Bucket, tuple[Promise, str]] = {
    "overdue": (_("Overdue"), "late"),
    "today": (_("Due today"), "warn"),
    "soon": (_("Due soon"), "warn"),
    "later": (_("On time"), "ok"),
    "none": (_("No due date"), "plain"),
}
WHOSE: dict[Whose, Promise] = {
    "own": _("Mine, and what nobody has taken"),
    "mine": _("Only mine"),
    "free": _("What nobody has taken"),
    "others": _("Colleagues’"),
}
"""Whose tasks the worklist is narrowed to by its address; at first those with which the actor can go on."""
BUCKET_ICONS: dict[Bucket, str] = {
    "overdue": "triangle-alert",
    "today": "clock-alert",
    "soon": "clock",
    "later": "circle-check",
    "none": "clock",
}
FORMS = {
    "receive": (
        ("accept", _("Accept"), "primary", True),
        ("supplement", _("Ask for more papers"), "secondary", False),
        ("refuse", _("Refuse"), "warning", False),
    ),
    "assign": (("assign", _("Assign"), "primary", False),),
    "process": (
        ("propose", _("Propose the result"), "primary", False),
        ("supplement", _("Ask for more papers"), "secondary", False),
    ),
    "part": (
        ("part_propose", _("Propose the result"), "primary", False),
        ("supplement", _("Ask for more papers"), "secondary", False),
    ),
    "part_sign": (
        ("part_sign", _("Approve and sign"), "primary", False),
        ("part_correct", _("Send back for correction"), "secondary", False),
    ),
    "consult": (("give_opinion", _("Give the opinion"), "primary", False),),
    "review": (
        ("pass_on", _("Agree, pass on"), "primary", True),
        ("correct", _("Send back for correction"), "secondary", False),
    ),
    "sign": (
        ("sign", _("Approve and sign"), "primary", False),
        ("correct", _("Send back for correction"), "secondary", False),
    ),
    "issue": (("issue", _("Enter in the book and issue"), "primary", True),),
}
"""What can be done at each kind of step: page, words, look, and whether one press does it."""
TO_SIGN = ("sign", "part_sign")
"""Steps that wait for a leader's signature: of a dossier, and of an agency's part in one."""
HELD = ("assign", "process", "review", "sign", "issue")
"""Steps that wait while a demand holds the work."""
ENDED = {
    "refuse": _("refused"),
    "supplement": _("more papers asked for"),
    "correct": _("sent back for correction"),
}
"""How a step ended where it did not go on: its flow leads elsewhere, so that “done” would say too much."""


def answers_read(dossier: Dossier, form: FormDefinition, actor: Actor) -> list[Any]:
    """Return the declaration as an officer reads it: a participant's, what its part needs."""
    sections = list(summary(form, dossier.answers, on=civil_date(dossier.submitted_at)))
    steps = steps_read_by(actor, dossier)
    return [section for section in sections if is_read(section.rows, steps)]


@steady()
def rows(tasks: Sequence[Task], at: datetime) -> list[dict[str, Any]]:
    """Return the lines of a worklist; one more statement for all dossiers together."""
    found = dossiers_by_code([task.subject_key for task in tasks])
    made = []
    for task in tasks:
        dossier = found.get(task.subject_key)
        if dossier is None:
            continue
        step = _step_due(task, dossier, at)
        # to a participant its own date is the date: the whole's is the lead's to keep
        due = step if task.agency_code in dossier.shared_with.split() else due_of(dossier, at)
        made.append(
            {
                "code": dossier.code,
                "revision": dossier.revision,
                "href": reverse("onestop:work", args=[dossier.code]),
                "who": dossier.applicant_name,
                "phone": dossier.applicant_phone,
                "what": service_name(dossier),
                "way": dossier.get_way_display(),
                "step": _task_name(task),
                "step_due": step,
                "taken_by": task.assignee_name,
                "part": part_of_task(task) if task.form == "part_sign" else "",
                "received_at": dossier.received_at,
                "submitted_at": dossier.submitted_at,
                "due": due,
                "tone": shown.tone if (shown := step or due) else "plain",
            }
        )
    return made


def _step_due(task: Task, dossier: Dossier, at: datetime) -> Due | None:
    """Return how the deadline of a step stands: never later than the dossier's, which the step has to keep."""
    if task.due_at is None:
        return None
    if task.agency_code in dossier.shared_with.split():
        # a participant owes by its own clock, whatever the whole's says
        return deadline(task.due_at, at, agency_code=task.agency_code)
    until = min(task.due_at, dossier.due_at) if dossier.due_at else task.due_at
    return deadline(until, at, agency_code=dossier.agency_code)


def count_to_sign(actor: Actor) -> int:
    """Count what waits for the leader's signature. One statement."""
    return count_tasks(actor, kind="dossier", forms=TO_SIGN)


def held_by(counted: Mapping[str, int], whose: Whose) -> list[dict[str, Any]]:
    """Return the counted ways to narrow the worklist to whose it is."""
    return [
        {"text": str(text), "href": f"?cua={name}", "count": counted[name], "current": name == whose}
        for name, text in WHOSE.items()
    ]


def filters(counted: Mapping[str, int], bucket: str, whose: Whose) -> list[dict[str, Any]]:
    """Return the counted filters above the worklist: together as many as the first says."""
    made: list[dict[str, Any]] = [
        {
            "text": gettext("All"),
            "href": f"?cua={whose}",
            "count": counted[whose],
            "icon": "layers",
            "current": not bucket,
        }
    ]
    for name, (text, tone) in BUCKETS.items():
        if name == "none" and not counted[name] and bucket != name:
            continue
        made.append(
            {
                "text": str(text),
                "href": f"?cua={whose}&han={name}",
                "count": counted[name],
                "icon": BUCKET_ICONS[name],
                "tone": tone,
                "current": bucket == name,
            }
        )
    return made


def query(asked: QueryDict, **changed: str) -> str:
    """Return the query string with something changed."""
    made = asked.copy()
    for name, value in changed.items():
        made[name] = value
    return made.urlencode()


def flow(view: DossierView, at: datetime) -> list[dict[str, Any]]:
    """Return the steps that were done and are being done: who, when, until when."""
    if view.dossier.case_id is None:
        return []
    made = []
    for task in view.steps:
        if task.state == TaskState.CANCELLED:
            continue
        live = task.state in (TaskState.OPEN, TaskState.TAKEN)
        step = _step_due(task, view.dossier, at) if live else None
        who = task.assignee_name or gettext("nobody yet")
        when = step.text if step else (f"{civil_date(task.done_at):%d/%m}" if task.done_at else "")
        made.append(
            {
                "title": _task_name(task),
                "state": "now" if live else "done",
                "note": " · ".join(part for part in (who, when, str(ENDED.get(task.outcome, ""))) if part),
                **({"said": str(ENDED[task.outcome])} if task.outcome in ENDED else {}),
            }
        )
    return made


def offers(tasks: Sequence[Task], dossier: Dossier, actor: Actor) -> list[dict[str, Any]]:
    """Return what the actor can do at each of their steps."""
    made = []
    is_held = dossier.state == NationalState.PAYMENT_ASKED
    for task in tasks:
        buttons = [
            {"text": str(text), "kind": kind, "href": reverse(f"onestop:{name}", args=[dossier.code]), "posts": posts}
            for name, text, kind, posts in FORMS.get(task.form, ())
        ]
        if is_held and task.form in HELD:
            buttons = []
        elif task.form == "process" and any(outcome == "consult" for outcome in _outcomes(task)):
            buttons.append(
                {
                    "text": gettext("Ask for an opinion"),
                    "kind": "secondary",
                    "href": reverse("onestop:ask_opinion", args=[dossier.code]),
                    "posts": False,
                }
            )
        mine = bool(task.assignee_official_id)
        made.append(
            {
                "task": task,
                "name": _task_name(task),
                "buttons": buttons,
                "may_take": not mine and task.form not in ("receive", "return"),
                "may_give_back": mine and f"official:{task.assignee_official_id}" == actor.key,
            }
        )
    return made


def may(view: DossierView, actor: Actor) -> dict[str, bool]:
    """Return what the actor can do with the dossier beside the steps at hand: dates, money, papers, the result."""
    found, payment = view.dossier, view.payment
    is_open = found.finished_at is None
    takes_money = can_take_payment(actor, found)
    return {
        "postpone": can_postpone(actor, found)
        and is_open
        and found.due_at is not None
        and found.paused_at is None
        and found.postponed_at is None,
        "stop": can_assign(actor, found) and may_become(NationalState(found.state), NationalState.STOPPED),
        "see_receipts": takes_money and bool(view.receipts),
        "take_payment": takes_money and found.money == MoneyState.DUE,
        "return_cash": takes_money and found.money == MoneyState.BACK and payment is not None and payment.at_counter,
        "return": can_return_result(actor, found) and found.delivery == DeliveryState.READY,
        "bring": view.supplement is not None and can_receive(actor, found.desk_code),
    }


def fee_offers(view: DossierView, actor: Actor) -> dict[str, Any]:
    """
    Return what is there about fees beside the one of filing: demands, groups claimed, and what the actor can do about them.

    One statement where a group was claimed; none otherwise.
    """
    found = view.dossier
    service = service_filed(found)
    open_items = {demand.item for demand in view.demands if demand.is_open}
    rules = [one for one in later_fees(service, civil_date(found.submitted_at)) if one.when is When.OFFICER]
    state = NationalState(found.state)
    may_demand = any(task.form == "process" and can_do_task(actor, task) for task in view.tasks) and state.is_open
    files = [file for file in view.files if file.origin != "result"]
    return {
        "demands": view.demands,
        "claims": claims_shown(found, files) if knows_groups(service) else [],
        "may_demand": may_demand and any(rule.code not in open_items for rule in rules),
        "may_withdraw": can_withdraw_demand(actor, found) and found.state not in WITHOUT_RESULT,
        "may_judge": can_judge_claim(actor, found) and state.is_open,
    }


def _outcomes(task: Task) -> list[str]:
    return [outcome.code for outcome in outcomes_of(task)]


def waits(task: Task) -> dict[str, str]:
    """Return a step that waits for somebody else."""
    return {"name": _task_name(task), "who": task.assignee_name}


def clock(dossier: Dossier, at: datetime) -> dict[str, Any] | None:
    """Return the ring of the clock: working days used, of how many, what is left."""
    due = due_of(dossier, at)
    if due is None or dossier.clock_from is None or dossier.due_at is None or dossier.finished_at:
        return None
    if at > dossier.due_at and not dossier.paused_at:
        return None  # the badge says how late it is; a ring has no more than whole
    calendar = calendar_for(dossier.agency_code, at)
    start, end = civil_date(dossier.clock_from), civil_date(dossier.due_at)
    until = min(civil_date(dossier.finished_at or dossier.paused_at or at), end)
    whole = max(half_days_between(start, end, calendar), 1)
    used = min(max(half_days_between(start, until, calendar), 0), whole)
    left = (whole - used) / 2
    return {
        "used": used,
        "of": whole,
        "left": f"{left:g}".replace(".", "," if get_language() == "vi" else "."),
        # what fits into the ring; its label and the badge beside it say that these are working days
        "unit": ngettext("day", "days", int(left) or 1),
        "label": gettext("%(used)s of %(of)s working days used") % {"used": f"{used / 2:g}", "of": f"{whole / 2:g}"},
        "tone": due.tone if due.tone in ("ok", "warn", "late", "pause") else "ok",
    }


def _task_name(task: Task) -> str:
    return task.name_en if (get_language() or "vi").startswith("en") and task.name_en else task.name


def declaration(dossier: Dossier, form: FormDefinition | None, actor: Actor, *, on: date) -> dict[str, Any] | None:
    """Return how whole the declaration of a counter dossier is, and where it is entered; None when it is not ours to enter."""
    if form is None or dossier.way == Way.ONLINE or dossier.finished_at or not can_enter_answers(actor, dossier):
        return None
    faults = validate_all(form, dossier.answers, on=on)
    first = faults[0].pointer.split("/")[1] if faults else next(iter(steps_asked(form, dossier.answers, on=on))).key
    return {"missing": len(faults), "href": reverse("onestop:enter_answers", args=[first, dossier.code])}


def entered(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the steps in which something stands: an answered supplement leaves empty ones where nothing was entered."""
    return {step: given for step, given in answers.items() if _says_something(given)}


def _says_something(given: Any) -> bool:
    if isinstance(given, Mapping):
        return any(_says_something(each) for each in given.values())
    return given not in (None, "", [])


def next_step(form: FormDefinition, step: str, data: Mapping[str, Any], *, on: date) -> str:
    """Return the step after this one that still has something to mend; empty when the declaration is whole."""
    wrong = {fault.pointer.split("/")[1] for fault in validate_all(form, data, on=on) if fault.pointer}
    keys = [asked.key for asked in steps_asked(form, data, on=on)]
    later = keys[keys.index(step) + 1 :] if step in keys else keys
    return next((key for key in [*later, *keys] if key in wrong and key != step), "")


def handed_in(dossier: Dossier) -> list[str]:
    """Return the papers ticked at the counter, in the reader's language, with how many of each."""
    if not dossier.components:
        return []
    service = service_filed(dossier)
    names = {component.code: own(component, "name") for component in service.components}
    lines = []
    for row in dossier.components:
        originals, copies = int(row.get("originals") or 0), int(row.get("copies") or 0)
        counted = [
            ngettext("{count} original", "{count} originals", originals).format(count=originals),
            ngettext("{count} copy", "{count} copies", copies).format(count=copies),
        ]
        name = names.get(row.get("code", "")) or row.get("name") or row.get("code", "")
        lines.append(f"{name}: {', '.join(counted)}")
    return lines
