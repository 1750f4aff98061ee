"""The cast everyone knows and the main job, played by acting: what tests of the one-stop shop stand on."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from pypdf import PdfWriter

from tinhso.base.actors import ANONYMOUS, Actor, ActorKind, system
from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.kernel.casework.public import Task, history, open_tasks
from tinhso.kernel.documents.public import Document, issue_signing_key, prepare, prepare_made, save
from tinhso.kernel.forms.public import load_form, validate_all
from tinhso.kernel.identity.public import Account, actor_for, find_or_add_person
from tinhso.kernel.journal.public import Entry, entries
from tinhso.modules.onestop.actions import (
    applications,
    filing,
    money,
    processing,
    rating,
    reception,
    results,
    supplement,
)
from tinhso.modules.onestop.models import Application, Dossier, Result
from tinhso.modules.onestop.queries import people

AT = datetime(2022, 11, 28, 9, 0, tzinfo=CIVIL_ZONE)
"""A Monday morning, when everything here begins."""
DEMO, GATEWAY = system("demo"), system("payment")
PIN = "246813"
COPY, PERMIT, HOUSEHOLD = "2.000635", "1.013225", "1.001612"
"""A copy of a civil-status record (8,000 đ each), a construction permit (75,000 đ), a household business."""
MINH_AN, HOI_AN = "H47.32.20", "H47.32"


def later(minutes: float = 0, *, days: float = 0) -> datetime:
    """Return a moment after the beginning."""
    return AT + timedelta(days=days, minutes=minutes)


def official(username: str, *, at: datetime = AT, level: int = 2, scopes: frozenset[str] | None = None) -> Actor:
    """Return an official of the pack, signed in with a second factor."""
    account = Account.objects.get(username=username)
    return actor_for(account, assurance="password+totp", level=level, at=at, scopes=scopes)


def citizen(name: str = "Nguyễn Thị Tư", number: str = "049185000123", phone: str = "0905123456") -> Actor:
    """Return a citizen who came by VNeID, known to identity."""
    person = find_or_add_person(citizen_number=number, full_name=name, phone=phone, actor=DEMO, at=AT)
    return Actor(ActorKind.CITIZEN, f"person:{person.pk}", name, "vneid:2", 2, person_id=str(person.pk))


def narrowed(actor: Actor, *scopes: str) -> Actor:
    """Return the actor as a bearer token with these scopes makes them."""
    return replace(actor, scopes=frozenset(scopes), assurance="token")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody by name."""

    tu: Actor
    """The citizen whose dossier it is."""
    neighbour: Actor
    """Another citizen, who must see nothing."""
    lan: Actor
    """Reception of Minh An."""
    hoa: Actor
    """Cashier of Minh An."""
    ha: Actor
    """Civil status officer of Minh An."""
    minh: Actor
    """Chair of Minh An, with a signing key."""
    ngoc: Actor
    """Clerk of Minh An."""
    hung: Actor
    """Reception and processor of another agency, who must see nothing."""
    admin: Actor
    """Administrator of the province: runs the system, does no dossiers."""
    nobody: Actor = ANONYMOUS


def cast() -> Cast:
    """Return everybody."""
    names = {"lan": "lan", "hoa": "hoa", "ha": "ha", "minh": "minh", "ngoc": "ngoc", "hung": "hung", "admin": "quantri"}
    return Cast(
        tu=citizen(),
        neighbour=citizen("Lê Văn Xóm", "049185000222", "0905654321"),
        **{part: official(username) for part, username in names.items()},
    )


def give_key(actor: Actor) -> None:
    """Give a leader a signing key with the PIN of the tests."""
    issue_signing_key(actor.key, PIN, name=actor.name, organisation="UBND", staff_code="QN-002", actor=DEMO, at=AT)


def pdf(pages: int = 1, *, width: int = 200) -> bytes:
    """Return a PDF of blank pages."""
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(width, 200)
    writer.write(out)
    return out.getvalue()


def document(actor: Actor, *, width: int = 200, name: str = "giấy tờ.pdf", at: datetime = AT) -> Document:
    """Return a stored document of the actor; another width is another content."""
    return save(prepare(pdf(width=width), name=name), actor=actor, at=at)


def answers_of(actor: Actor, *, copies: int = 2) -> dict[str, Any]:
    """Return right answers to the form of COPY."""
    known = people.prefill_of(actor, civil_date(AT))["person"]
    home = {"line": "12 Trần Phú", "unit": "20398"}
    who = {"full_name": known["full_name"], "citizen_number": known["citizen_number"], "address": home}
    return {
        "applicant": {**who, "phone": known["phone"], "relation": "self"},
        "person": {**who, "born_on": "1985-03-02", "sex": "female", "nationality": "VN", "address": home},
        "record": {"event": "birth", "registered_at": "UBND phường Minh An", "form": "certificate"},
        "copies": {"count": copies},
    }


def start(
    actor: Actor, *, copies: int = 2, at: datetime = AT, delivery: Mapping[str, Any] | None = None
) -> Application:
    """Fill in a draft of COPY, ready to be filed."""
    draft = applications.start_application(COPY, actor=actor, at=at)
    for step, given in answers_of(actor, copies=copies).items():
        applications.save_step(draft.id, step, given, complete=True, actor=actor, at=at)
    applications.choose_agency(draft.id, MINH_AN, actor=actor, at=at)
    chosen = {"result_way": "online", "phone": "0905123456", **(delivery or {})}
    draft = applications.choose_delivery(draft.id, chosen, actor=actor, at=at)
    faults = validate_all(load_form(draft.form_code, draft.form_version), draft.answers, on=at.date())
    assert not faults, faults
    return draft


def file(actor: Actor, *, copies: int = 2, at: datetime = AT) -> Dossier:
    """File a dossier of COPY at Minh An."""
    draft = start(actor, copies=copies, at=at)
    return filing.file_application(draft.id, filing.Applicant.of(people.applicant(actor)), actor=actor, at=at)


def task_of(code: str) -> Task:
    """Return the one open task of a dossier."""
    (task,) = open_tasks(Dossier.objects.get(code=code).case_id)
    return task


def accepted(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that was accepted."""
    code = file(who.tu, **filed).code
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    return code


def taken(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that Hà has taken."""
    code = accepted(who, **filed)
    processing.take_dossier(code, task_of(code).id, actor=who.ha, at=later(6))
    return code


UNREADABLE = [{"component": "UQ", "reason": "unreadable", "text": "Chụp lại văn bản ủy quyền"}]


def waiting(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that waits for a paper since the first afternoon."""
    code = taken(who, **filed)
    supplement.ask_for_supplement(code, UNREADABLE, phone="0235123456", actor=who.ha, at=later(300))
    return code


def proposed(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier whose result waits for the signature."""
    code = taken(who, **filed)
    processing.propose_result(code, actor=who.ha, at=later(9))
    return code


def sign_plainly(code: str, *, actor: Actor, at: datetime) -> Result:
    """Sign without typesetting and cryptography: the same two acts around a paper made elsewhere."""
    result = results.number_result(code, actor=actor, at=at)
    paper = signed_paper(result.dossier.revision, result.number)
    return results.keep_signed_result(code, paper, actor=actor, at=at)


def signed_paper(revision: int, number: str) -> results.SignedPaper:
    """Return a paper made elsewhere, on disk as a signed one is."""
    return results.SignedPaper(prepare_made(pdf(), name="x.pdf"), "", revision, number)


def signed(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier whose result was signed."""
    code = proposed(who, **filed)
    sign_plainly(code, actor=who.minh, at=later(10))
    return code


def issued(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier whose result waits at the desk."""
    code = signed(who, **filed)
    results.issue_result(code, actor=who.ngoc, at=later(11))
    return code


def paid(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that was issued and paid."""
    code = issued(who, **filed)
    money.take_payment(code, actor=who.hoa, at=later(12))
    return code


def returned(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that is over."""
    code = paid(who, **filed)
    reception.return_result(code, actor=who.lan, at=later(13))
    return code


def withdrawn(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that its applicant withdrew."""
    code = file(who.tu, **filed).code
    supplement.withdraw_dossier(code, reason="Đổi ý", actor=who.tu, at=later(3))
    return code


def refused(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that the desk refused."""
    code = file(who.tu, **filed).code
    reception.refuse_dossier(code, reason="Không thuộc thẩm quyền", actor=who.lan, at=later(3))
    return code


def stopped(who: Cast, **filed: Any) -> str:
    """Return the code of a dossier that was stopped."""
    code = waiting(who, **filed)
    processing.stop_dossier(code, reason="Quá hạn bổ sung", actor=who.minh, at=later(days=40))
    return code


STATIONS = {
    "filed": lambda who: file(who.tu).code,
    "accepted": accepted,
    "taken": taken,
    "waiting": waiting,
    "proposed": proposed,
    "signed": signed,
    "issued": issued,
    "returned": returned,
    "withdrawn": withdrawn,
    "refused": refused,
    "stopped": stopped,
}
"""Every place where a dossier can stand, and how it gets there."""


def first_task(code: str) -> Task | None:
    """Return an open task of a dossier, or none."""
    return next(iter(open_tasks(Dossier.objects.get(code=code).case_id)), None)


def last_task(code: str) -> UUID:
    """Return the id of the open task of a dossier, else of the last one there was."""
    dossier = Dossier.objects.get(code=code)
    return (first_task(code) or history(dossier.case_id)[-1]).id


ACTS: dict[str, Callable[[Cast, str, datetime], Any]] = {
    "accept": lambda who, code, at: reception.accept_dossier(code, actor=who.lan, at=at),
    "refuse": lambda who, code, at: reception.refuse_dossier(code, reason="Trùng", actor=who.lan, at=at),
    "take": lambda who, code, at: processing.take_dossier(code, last_task(code), actor=who.ha, at=at),
    "give_back": lambda who, code, at: processing.give_back(code, last_task(code), actor=who.ha, at=at),
    "ask": lambda who, code, at: supplement.ask_for_supplement(code, UNREADABLE, actor=who.ha, at=at),
    "answer": lambda who, code, at: supplement.answer_supplement(
        code, files=[("UQ", document(who.tu, width=300))], actor=who.tu, at=at
    ),
    "propose": lambda who, code, at: processing.propose_result(code, actor=who.ha, at=at),
    "correct": lambda who, code, at: processing.return_for_correction(code, reason="Sai", actor=who.minh, at=at),
    "sign": lambda who, code, at: sign_plainly(code, actor=who.minh, at=at),
    "issue": lambda who, code, at: results.issue_result(code, actor=who.ngoc, at=at),
    "order": lambda who, code, at: money.start_payment(code, actor=who.tu, at=at),
    "take_money": lambda who, code, at: money.take_payment(code, actor=who.hoa, at=at),
    "return": lambda who, code, at: reception.return_result(code, actor=who.lan, at=at),
    "withdraw": lambda who, code, at: supplement.withdraw_dossier(code, actor=who.tu, at=at),
    "postpone": lambda who, code, at: processing.postpone_result(
        code, to=civil_date(later(days=21)), reason="Mưa lũ", actor=who.minh, at=at
    ),
    "stop": lambda who, code, at: processing.stop_dossier(code, reason="Quá hạn", actor=who.minh, at=at),
    "rate": lambda who, code, at: rating.rate_dossier(code, score=5, actor=who.tu, at=at),
}
"""Every act on a dossier, done by the one whose act it is."""


def everything() -> dict[str, list[Any]]:
    """Return every row of every table that an act may touch: equal before and after means that nothing moved."""
    labels = ("onestop", "casework", "journal", "documents")
    return {
        model._meta.label: list(model.objects.order_by("pk").values_list())
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def told(subject_type: str, subject_key: Any) -> list[tuple[str, str]]:
    """Return what the journal tells of a subject in words of the one-stop shop: event and who did it, in order."""
    lines = entries((subject_type, str(subject_key)))
    return [(line.event, line.actor_key) for line in lines if line.event.startswith("onestop.")]


def last_line(code: str) -> Entry:
    """Return the newest line that the one-stop shop journalled about a dossier."""
    return [line for line in entries(("dossier", code)) if line.event.startswith("onestop.")][-1]
