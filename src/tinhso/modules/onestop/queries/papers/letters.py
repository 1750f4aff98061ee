"""Papers that say what went on: forms 02 and 04, the notice of stopping, the receipt for the fee."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.utils.translation import override

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.kernel.forms.public import Field, FormDefinition, load_form
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.money import in_figures, in_words
from tinhso.modules.onestop.models import (
    CauseClass,
    Dossier,
    DueChange,
    Lateness,
    LatenessBefore,
    Payment,
    PaymentState,
    SupplementRequest,
)
from tinhso.modules.onestop.queries.papers.parts import Paper, day, moment, number_of, paper, paper_data
from tinhso.modules.onestop.queries.services import service_filed


def supplement_paper(dossier: Dossier, request: SupplementRequest) -> Paper:
    """Return form 02, Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ: each thing, its place, its reason. Six statements."""
    asks_answers = bool(request.pointers_asked()) and dossier.form_code
    form = load_form(dossier.form_code, dossier.form_version) if asks_answers else None
    names = {row["code"]: row["name"] for row in dossier.components if row.get("name")}
    if request.components_asked() - names.keys():
        names |= dict(dossier.files.exclude(component_name="").values_list("component_code", "component_name"))
    if request.components_asked() - names.keys():
        with suppress(NotFound):  # a procedure may be gone; its papers then go by their codes
            service = service_filed(dossier)
            names |= {component.code: component.name for component in service.components}
    return paper(
        "form-02",
        {
            **paper_data(dossier, dossier.desk_code, request.asked_at),
            "number": number_of(request.number),
            "items": [_item(item, names, form) for item in request.items],
            "asked_by": request.asked_by,
            "asked_phone": request.asked_phone,
            "answer_by": day(request.answer_by),
        },
    )


def _item(item: dict[str, Any], names: dict[str, str], form: FormDefinition | None) -> dict[str, str]:
    component, pointer = item.get("component", ""), item.get("pointer", "")
    place = names.get(component, component) if component else question_at(form, pointer)
    return {"place": place, "reason": item["reason"], "text": item["text"]}


def question_at(form: FormDefinition | None, pointer: str) -> str:
    """Return the question at a JSON Pointer as a reader knows it: `Trẻ được khai sinh – Nơi sinh`."""
    fields: tuple[Field, ...] = form.steps if form else ()
    said = []
    for part in pointer.strip("/").split("/"):
        if part.isdecimal():
            said.append(str(int(part) + 1))
            continue
        found = next((field for field in fields if field.key == part), None)
        if found is None:
            break
        said.append(found.title.in_language("vi"))
        fields = found.children
    return " – ".join(said)


def apology_paper(dossier: Dossier, change: DueChange) -> Paper:
    """Return form 04: an apology and a new day (NĐ 61/2018/NĐ-CP Đ.19 k.9). Three statements."""
    return paper(
        "form-04",
        {
            **paper_data(dossier, dossier.agency_code, change.at),
            "number": number_of(change.number),
            "reason": said_cause(change.cause, change.reason),
            "was": moment(change.was),
            "became": moment(change.became),
            "by_itself": False,
            "signer": change.by,
        },
    )


def apology_draft(dossier: Dossier, *, to: date, cause: str, reason: str, by: str, at: datetime) -> Paper:
    """Return form 04 as it would be, drawn across as a draft and without a number: to be read before the date is given."""
    until = calendar_for(dossier.agency_code, at).closes(to)
    change = DueChange(dossier=dossier, at=at, was=dossier.due_at, became=until, by=by, reason=reason, cause=cause)
    template, data = apology_paper(dossier, change)
    return template, {**data, "draft": True}


def lateness_paper(dossier: Dossier, late: Lateness | LatenessBefore) -> Paper:
    """
    Return form 04 as it goes out by itself when the day has passed: no new appointment, and no cause unless one was given.

    Three statements.
    """
    return paper(
        "form-04",
        {
            **paper_data(dossier, dossier.agency_code, late.at),
            "number": number_of(late.number),
            "reason": said_cause(late.cause, late.words) if late.stated_at else "",
            "was": moment(late.due_at),
            "became": {},
            "expected": day(late.expected_on),
            "by_itself": True,
            "stated": moment(late.stated_at),
            "signer": late.stated_by,
        },
    )


def said_cause(cause: str, words: str) -> str:
    """Return the class of a cause in Vietnamese, as papers have it, and the words of who decided."""
    if not cause:
        return words
    with override("vi"):
        return f"{CauseClass(cause).label}. {words}"


def stop_paper(dossier: Dossier, stopped_at: datetime) -> Paper:
    """Return the notice that the dossier is no longer processed (form 05 of TT 03/2025/TT-VPCP). Three statements."""
    return paper(
        "form-stop",
        {
            **paper_data(dossier, dossier.agency_code, stopped_at),
            "number": number_of(dossier.stop_number),
            "reason": dossier.closing_reason,
        },
    )


def receipt_paper(dossier: Dossier, payment: Payment) -> Paper:
    """Return the receipt for the fee, its amount in figures and in words. Three statements."""
    settled_at = payment.settled_at or payment.created_at
    return paper(
        "receipt",
        {
            **paper_data(dossier, dossier.desk_code, settled_at),
            "number": payment.receipt_number,
            "amount": payment.amount_vnd,
            "amount_words": in_words(payment.amount_vnd),
            "method": payment.method,
            "payer": payment.payer_name or dossier.applicant_name,
            "settled": moment(settled_at),
            "settled_on": civil_date(settled_at).isoformat(),
            "order": payment.order_code,
            "reference": payment.gateway_reference,
            "taken_by": payment.taken_by,
            "steps": [step["vi"] for step in _steps_of(dossier, payment)],
        },
    )


def _steps_of(dossier: Dossier, payment: Payment) -> list[dict[str, str]]:
    """Return how the sum of a receipt was found; of a later demand, what was paid before is taken off."""
    steps = list(dossier.fee_steps if payment.fee_steps is None else payment.fee_steps)
    before = dossier.payments.filter(state=PaymentState.PAID, demand__lt=payment.demand).order_by("demand")
    return steps + [{"vi": f"Đã thu: {in_figures(row.amount_vnd)} (biên lai {row.receipt_number})"} for row in before]
