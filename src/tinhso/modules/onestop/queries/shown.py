"""Dossiers as pages show them: words, chips and lines, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext

from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.base.registry import Event, registry
from tinhso.kernel.forms.public import Prefill, answer_words, load_form
from tinhso.kernel.journal.public import Entry
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.answer import Step
from tinhso.law.days import DayLine, DayMark
from tinhso.law.deadlines import DeadlineStatus, deadline_status
from tinhso.law.figures import figure
from tinhso.law.states import TRANSITIONS, NationalState
from tinhso.modules.onestop.models import (
    PAYMENT,
    SUPPLEMENT,
    DeliveryState,
    Dossier,
    DossierFile,
    MoneyState,
    PaymentMethod,
    SupplementReason,
    SupplementRequest,
)
from tinhso.modules.onestop.queries.dossiers import DossierView
from tinhso.modules.onestop.queries.fees import is_due, owed
from tinhso.modules.onestop.queries.people import prefill_for
from tinhso.modules.onestop.queries.services import choices, service_filed
from tinhso.modules.onestop.queries.tracking import PublicView
from tinhso.web.words import day as day_words
from tinhso.web.words import money, own

STATE_ICONS = {
    NationalState.FILED: "inbox",
    NationalState.ACCEPTED: "check",
    NationalState.NOT_ACCEPTED: "circle-x",
    NationalState.PROCESSING: "loader",
    NationalState.SUPPLEMENT_ASKED: "circle-alert",
    NationalState.PAYMENT_ASKED: "wallet",
    NationalState.WITHDRAWN: "undo-2",
    NationalState.STOPPED: "circle-pause",
    NationalState.FINISHED: "package-check",
    NationalState.RETURNED: "check-check",
}
STATE_TONES = {
    NationalState.FILED: "info",
    NationalState.ACCEPTED: "info",
    NationalState.NOT_ACCEPTED: "late",
    NationalState.PROCESSING: "info",
    NationalState.SUPPLEMENT_ASKED: "warn",
    NationalState.PAYMENT_ASKED: "warn",
    NationalState.WITHDRAWN: "pause",
    NationalState.STOPPED: "pause",
    NationalState.FINISHED: "ok",
    NationalState.RETURNED: "done",
}


OF_PARTS = ("casework.part_silent",)
"""What casework tells of participants that no line of ours tells as well."""


@dataclass(frozen=True, slots=True)
class Due:
    """How the deadline stands: tone of the chip, words, the moment."""

    tone: str
    text: str
    at: datetime | None
    status: DeadlineStatus | None = None


def due_of(dossier: Dossier, at: datetime) -> Due | None:
    """Return how the deadline of a dossier stands; None before it was accepted and after it was given up."""
    over = (NationalState.WITHDRAWN, NationalState.STOPPED)
    if dossier.due_at is None or NationalState(dossier.state) in over:
        return None
    return deadline(
        dossier.due_at,
        at,
        agency_code=dossier.agency_code,
        received_at=dossier.clock_from,
        paused_since=dossier.paused_at,
        returned_at=dossier.finished_at,
    )


def deadline(
    due_at: datetime | None,
    at: datetime,
    *,
    agency_code: str,
    received_at: datetime | None = None,
    paused_since: datetime | None = None,
    returned_at: datetime | None = None,
) -> Due | None:
    """Return how any deadline of an agency stands, with the province's warning window."""
    if due_at is None:
        return None
    window = choices(at).get("deadline", {}).get("warning", {})
    status = deadline_status(
        due_at,
        at,
        calendar_for(agency_code, at),
        received_at=received_at,
        paused_since=paused_since,
        returned_at=returned_at,
        soon_days=window.get("working_days", figure("onestop.soon_days", on=civil_date(at)).value),
    )
    return Due(status.tone, step_text(status.words), due_at, status)


def step_text(step: Step) -> str:
    """Return a sentence of the law in the reader's language."""
    return step.say(gettext, get_language() or "vi")


def fee_words(dossier: Dossier) -> list[str]:
    """Return how the fee was found, in the reader's language."""
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    return [step[language] for step in dossier.fee_steps]


def step_words(step: Step) -> dict[str, Any]:
    """Return a step of an answer: sentence, source, day."""
    return {"text": step_text(step), "source": step.source, "on": step.on}


def day_row(line: DayLine) -> dict[str, Any]:
    """Return one day of the calendar of a dossier: counted or not, and why."""
    english = (get_language() or "vi").startswith("en")
    said = {
        DayMark.RECEIVED: gettext("Received; this day is not counted"),
        DayMark.PAUSED: gettext("The clock stood still"),
        DayMark.RESTARTED: gettext("All papers came; counted anew from zero"),
    }
    pauses = {
        SUPPLEMENT: gettext("Waiting for the applicant's supplement"),
        PAYMENT: gettext("Waiting for the payment"),
    }
    reason = pauses.get(line.reason) or (line.reason_en if english else "") or line.reason
    text = said.get(line.kind, gettext("Counted") if line.counted else gettext("Not counted"))
    return {
        "day": line.date,
        "text": text,
        "reason": reason,
        "source": line.source,
        "counted": line.counted,
        "total": line.total,
        "certain": line.certain,
        "is_due": line.is_due,
        "kind": "ok" if line.counted else ("pause" if line.kind is DayMark.PAUSED else "plain"),
    }


def state_words(dossier: Dossier) -> dict[str, str]:
    """Return the chip of the state."""
    state = NationalState(dossier.state)
    text = gettext(state.title)
    if state is NationalState.FINISHED and dossier.delivery == DeliveryState.READY:
        text = gettext("Result ready")
    return {"kind": STATE_TONES[state], "icon": STATE_ICONS[state], "text": text}


def national_state_words(state: NationalState) -> dict[str, str]:
    """Return the chip of a state of which nothing else is known."""
    return {"kind": STATE_TONES[state], "icon": STATE_ICONS[state], "text": gettext(state.title)}


def own_row(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """Return one line of "my dossiers"."""
    return {
        "name": service_name(dossier),
        "code": dossier.code,
        "href": reverse("onestop:dossier", args=[dossier.code]),
        "state": state_words(dossier),
        "due": due_of(dossier, at),
        "submitted_at": dossier.submitted_at,
        "agency": own(dossier, "agency_name"),
    }


def service_name(dossier: Dossier) -> str:
    """Return the name of the service in the reader's language."""
    return own(dossier, "service_name")


def timeline(history: Iterable[Entry], dossier: Dossier, *, own: bool) -> list[dict[str, Any]]:
    """Return what happened, oldest first, then what comes. The applicant reads who did it; reasons are theirs to read."""
    return [*({**event, "state": "done"} for event in happened(history, own=own)), *_to_come(dossier)]


def happened(history: Iterable[Entry], *, own: bool) -> list[dict[str, Any]]:
    """Return what happened as its reader may know it, oldest first: `event`, `title`, `at`, `who`, `text`."""
    titles = {event.key: event for event in registry.of(Event)}
    events: list[dict[str, Any]] = []
    for entry in history:
        event = titles.get(entry.event)
        if (
            event is None
            or not (entry.event.startswith("onestop.") or entry.event in OF_PARTS)
            or (own and not event.public)
            or entry.facts.get("again")
        ):
            continue
        events.append(
            {
                "event": entry.event,
                "title": str(event.title),
                "at": entry.at,
                "who": entry.actor_name if entry.actor_kind == "official" else "",
                "text": _words_of(entry, own=own),
            }
        )
    return events


def _words_of(entry: Entry, *, own: bool) -> str:
    """Return what was written with an act; what offices ask each other is theirs alone."""
    names = ("reason",) if own else ("reason", "note", "question", "opinion")
    return str(next((entry.facts[name] for name in names if entry.facts.get(name)), ""))


def public_timeline(view: PublicView) -> list[dict[str, Any]]:
    """Return what anyone may read of what happened, then what comes."""
    events = [{"title": step.title, "at": step.at, "state": "done"} for step in view.steps]
    return [*events, *_to_come(view.dossier)]


def _to_come(dossier: Dossier) -> list[dict[str, Any]]:
    state = NationalState(dossier.state)
    if state is NationalState.SUPPLEMENT_ASKED:
        return [{"title": gettext("Waiting for the papers asked for"), "state": "pause"}]
    if state is NationalState.PAYMENT_ASKED:
        return [{"title": gettext("Waiting for the payment"), "state": "pause"}]
    if dossier.finished_at is None:
        now = gettext("The desk checks it") if state is NationalState.FILED else gettext("Being settled")
        return [{"title": now, "state": "now"}, {"title": gettext("Result"), "state": "todo"}]
    if dossier.delivery == DeliveryState.READY:
        return [{"title": gettext("The result waits for you"), "state": "now"}]
    return []


def todo(view: DossierView) -> list[dict[str, Any]]:
    """Return what the applicant must do now, first of all on the page."""
    found: list[dict[str, Any]] = []
    dossier = view.dossier
    if view.supplement:
        found.append(
            {
                "kind": "warn",
                "title": gettext("Send what is asked for"),
                "items": asked_lines(view.supplement, view),
                "href": reverse("onestop:answer", args=[dossier.code]),
                "button": gettext("Send it now"),
            }
        )
    is_over = dossier.finished_at is not None and dossier.delivery != DeliveryState.READY
    if is_due(dossier) and not (is_over and dossier.result_waits):
        found.append(
            {
                "kind": "warn",
                "title": gettext("Pay %(amount)s") % {"amount": money(owed(dossier))},
                "items": why_owed(view),
                "href": reverse("onestop:pay", args=[dossier.code]),
                "button": gettext("Pay online"),
            }
        )
    if dossier.money == MoneyState.BACK and view.payment is not None:
        online = view.payment.method == PaymentMethod.GATEWAY
        way = gettext("It goes back the way you paid, within a few days; you need do nothing.")
        desk = gettext("Bring the receipt to the one-stop desk, where the money is given back.")
        title = gettext("Your fee of %(amount)s is given back") % {"amount": money(view.payment.amount_vnd)}
        found.append({"kind": "info", "title": title, "items": [way if online else desk], "href": "", "button": ""})
    if dossier.delivery == DeliveryState.READY and dossier.holds_result:
        words = gettext("It opens here, and is handed over, once the fee is paid.")
        found.append(
            {"kind": "info", "title": gettext("Your result is ready"), "items": [words], "href": "", "button": ""}
        )
    elif dossier.delivery != DeliveryState.NONE:
        result = next((file for file in view.files if file.origin == "result"), None)
        at_desk = dossier.delivery == DeliveryState.READY and dossier.result_way == "direct"
        words = gettext("For paper, bring your identity card to the one-stop desk.")
        found.append(
            {
                "kind": "ok",
                "title": gettext("Your result is ready"),
                "items": [words] if at_desk else [],
                "href": reverse("documents:read", args=[result.document_id]) if result else "",
                "button": gettext("Open the result"),
            }
        )
    return found


def why_owed(view: DossierView) -> list[str]:
    """Return why something is owed that was not at filing: what was demanded and by when, or that the fee rose."""
    dossier = view.dossier
    found = [
        gettext("{item}: {amount}, by {until}. It rests on: {basis}").format(
            item=own(demand, "name"),
            amount=money(demand.amount_vnd),
            until=day_words(demand.pay_by),
            basis=demand.basis or demand.law,
        )
        for demand in view.demands
        if demand.is_open
    ]
    if found and dossier.state == NationalState.PAYMENT_ASKED:
        found.append(gettext("Until it is paid your dossier waits."))
    if dossier.settled_vnd and not found:
        found.append(
            gettext("The fee rose to {fee} when your answers changed; {paid} of it is paid.").format(
                fee=money(dossier.fee_vnd), paid=money(dossier.settled_vnd)
            )
        )
    return found


def own_may(view: DossierView) -> dict[str, bool]:
    """Return what the applicant can do besides what is asked: withdraw where the law's table lets them, rate once."""
    dossier = view.dossier
    return {
        "withdraw": NationalState.WITHDRAWN in TRANSITIONS[NationalState(dossier.state)],
        "rate": dossier.finished_at is not None and view.rating is None,
    }


def own_files(view: DossierView) -> list[DossierFile]:
    """
    Return the papers that the applicant may open: the result only once it is issued and nothing is left to pay.

    Of a linked dossier each result as its procedure says: as soon as it is issued, or all of them with the last.
    """
    dossier = view.dossier
    is_paid = not dossier.holds_result
    is_out = dossier.delivery != DeliveryState.NONE and is_paid
    if is_out or not dossier.shared_with:
        return [file for file in view.files if is_out or file.origin != "result"]
    out = _let_out_early(view) if is_paid else set()
    return [file for file in view.files if file.origin != "result" or file.document_id in out]


def _let_out_early(view: DossierView) -> set[UUID]:
    """Return the results of a linked dossier that were issued before the last, where each is handed over as it is ready."""
    service = service_filed(view.dossier)
    if service.hand_over != "each":
        return set()
    issued = list(view.dossier.part_results.filter(issued_at__isnull=False))
    found = {each.signed_document_id for each in (*issued, *([view.result] if view.result else [])) if each.issued_at}
    return {document for document in found if document}


def said_of(name: str | None, no: Refusal) -> str:
    """Return why a file was not taken, with its name where the sentence does not tell which it was."""
    text = str(no)
    return text if not name or name in text else f"{name}: {text}"


def file_row(file: DossierFile) -> dict[str, Any]:
    """Return one paper of a dossier."""
    kind = file.name.rpartition(".")[2].upper()[:4] or "TỆP"
    return {
        "name": own(file, "component_name") or file.name,
        "href": reverse("documents:read", args=[file.document_id]),
        "type": kind,
        "note": file.name if file.component_name else "",
        "kind": "ok" if file.origin == "result" else "",
        "text": gettext("Result, signed") if file.origin == "result" else "",
        "size_bytes": file.size_bytes,
        "component": file.component_code,
    }


def asked_items(request: SupplementRequest, view: DossierView) -> list[dict[str, Any]]:
    """Return what is asked, each with its reason in words and the paper or the question it is about."""
    dossier = view.dossier
    service = service_filed(dossier)
    names = {component.code: own(component, "name") for component in service.components}
    names |= {file.component_code: own(file, "component_name") for file in view.files if file.component_name}
    reasons = dict(SupplementReason.choices)
    return [
        {
            "text": item["text"],
            "reason": str(reasons.get(item["reason"], item["reason"])),
            "component": item["component"],
            "about": names.get(item["component"], "") or _question(dossier, item["pointer"]),
            "name": names.get(item["component"], "") or item["text"],
            "field": f"file-{item['component']}" if item["component"] else "",
        }
        for item in request.items
    ]


def answered(view: DossierView) -> dict[str, Any] | None:
    """Return what was asked last and how it was answered: lines asked, answers before and after, words. One statement."""
    if not any(entry.event == "onestop.supplement_answered" for entry in view.history):
        return None
    request = view.dossier.supplements.filter(answered_at__isnull=False).order_by("-answered_at").first()
    if request is None:
        return None
    changed = []
    if request.changed and view.dossier.form_code:
        form = load_form(view.dossier.form_code, view.dossier.form_version)
        on = civil_date(request.answered_at or request.asked_at)
        for each in request.changed:
            was, now = (answer_words(form, each["pointer"], each[when], on=on) for when in ("was", "now"))
            changed.append({"question": _question(view.dossier, each["pointer"]), "was": was, "now": now})
    return {
        "at": request.answered_at,
        "asked": asked_lines(request, view),
        "changed": changed,
        "papers": [file_row(file) for file in view.files if file.component_code in request.components_asked()],
        "reply": request.reply,
    }


def asked_lines(request: SupplementRequest, view: DossierView) -> list[str]:
    """Return what is asked in a line each: the paper or question, why, and what to do."""
    lines = []
    for item in asked_items(request, view):
        head = f"{item['about']} ({item['reason'].lower()})" if item["about"] else item["reason"]
        lines.append(f"{head}: {item['text']}" if item["text"] else head)
    return lines


def _question(dossier: Dossier, pointer: str) -> str:
    """Return a question of the declaration with the step it stands in, so that it is clear whose name is meant; or nothing."""
    if not pointer or not dossier.form_code:
        return ""
    form = load_form(dossier.form_code, dossier.form_version)
    parts = pointer.split("/")[1:]
    found = [
        form.field_at("/" + "/".join(parts[: depth + 1])) for depth in range(len(parts)) if not parts[depth].isdecimal()
    ]
    return ": ".join(dict.fromkeys(str(each.title) for each in found if each))


def desk_row(dossier: Dossier, at: datetime) -> dict[str, Any]:
    """Return one line of a desk's list."""
    due = due_of(dossier, at)
    return {
        "code": dossier.code,
        "href": reverse("onestop:work", args=[dossier.code]),
        "who": dossier.applicant_name,
        "phone": dossier.applicant_phone,
        "what": service_name(dossier),
        "way": dossier.get_way_display(),
        "submitted_at": dossier.submitted_at,
        "state": state_words(dossier),
        "due": due,
        "tone": due.tone if due else "plain",
        "fee": owed(dossier) or dossier.fee_vnd,
        "money": dossier.get_money_display(),
    }


def places(view: DossierView) -> list[dict[str, str]]:
    """Return the places at which something may be missing: papers of the dossier, steps of the form."""
    dossier = view.dossier
    known = Prefill(prefill_for(dossier, civil_date(dossier.submitted_at)))
    found = [{"value": "", "text": gettext("The dossier as a whole")}]
    seen: set[str] = set()
    for file in view.files:
        if file.component_code and file.component_code not in seen:
            seen.add(file.component_code)
            found.append({"value": f"paper:{file.component_code}", "text": own(file, "component_name") or file.name})
    service = service_filed(dossier)
    found.extend(
        {"value": f"paper:{component.code}", "text": own(component, "name")}
        for component in service.components_for(dossier.case_code)
        if component.code not in seen
    )
    if dossier.form_code:
        for step in load_form(dossier.form_code, dossier.form_version).steps:
            for question in step.children:
                if question.locked and known.says(question, dossier.answers.get(step.key, {}).get(question.key)):
                    continue  # who somebody is, is not theirs to mend
                title = str(question.title)
                found.append({"value": f"answer:/{step.key}/{question.key}", "text": f"{step.title}: {title}"})
    return found


def reason_choices() -> list[dict[str, str]]:
    """Return the coded reasons that an officer chooses from."""
    return [{"value": value, "text": str(text)} for value, text in SupplementReason.choices]
