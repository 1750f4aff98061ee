"""A linked dossier, played by acting: birth, residence and health insurance for a child, at Minh An."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.kernel.casework.public import Participant, Task, open_tasks, participants_of
from tinhso.kernel.documents.public import prepare_made
from tinhso.kernel.forms.public import load_form, validate_all
from tinhso.modules.onestop.actions import applications, filing, parts, processing, reception, results
from tinhso.modules.onestop.actions.signed import SignedPaper
from tinhso.modules.onestop.models import Dossier, PartResult
from tinhso.modules.onestop.queries import people
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import AT, MINH_AN, Cast, later

BIRTH = "2.000986"
POLICE, INSURANCE = "H47.90.32.20", "H47.91.32"


@dataclass(frozen=True, slots=True)
class Others:
    """The participants beside the ward."""

    nam: Actor
    """Residence officer of the ward's police."""
    cuong: Actor
    """Its chief, with a signing key."""
    quan: Actor
    """Cards officer of the city's social insurance."""
    tham: Actor
    """Its director, with a signing key."""


def others() -> Others:
    """Return them."""
    return Others(*(playing.official(name) for name in ("nam", "cuong", "quan", "tham")))


def answers(actor: Actor) -> dict[str, Any]:
    """Return right answers to the one form."""
    known = people.prefill_of(actor, AT.date())["person"]
    home = {"line": "12 Trần Phú", "unit": "20398"}
    who = {"full_name": known["full_name"], "citizen_number": known["citizen_number"], "address": home}
    child = {
        "full_name": "Nguyễn Bảo An", "born_on": "2022-11-17", "sex": "female", "ethnicity": "01", "nationality": "VN",
        "birth_place": "Bệnh viện Hội An", "home_town": "Minh An, Hội An",
    }  # fmt: skip
    mother = {
        "known": True, "full_name": known["full_name"], "born_on": "1985-03-02",
        "citizen_number": known["citizen_number"], "ethnicity": "01", "nationality": "VN", "address": home,
    }  # fmt: skip
    return {
        "applicant": {**who, "phone": known["phone"], "relation": "mother"},
        "child": child,
        "mother": mother,
        "father": {"known": False},
        "papers": {"proof": "certificate", "number": "12/2022"},
        "residence": {"with": "mother", "head_name": known["full_name"], "agreed": True, "address": home},
        "insurance": {"hospital": "Bệnh viện đa khoa Hội An"},
    }


def file(actor: Actor, *, at: datetime = AT) -> Dossier:
    """File the one form."""
    draft = applications.start_application(BIRTH, actor=actor, at=at)
    for step, given in answers(actor).items():
        applications.save_step(draft.id, step, given, complete=True, actor=actor, at=at)
    applications.choose_agency(draft.id, MINH_AN, actor=actor, at=at)
    paper = playing.document(actor, width=220, name="giấy chứng sinh.pdf", at=at)
    applications.attach_file(draft.id, "GCS", paper, actor=actor, at=at)
    chosen = {"result_way": "online", "phone": "0905123456"}
    draft = applications.choose_delivery(draft.id, chosen, actor=actor, at=at)
    faults = validate_all(load_form(draft.form_code, draft.form_version), draft.answers, on=at.date())
    assert not faults, faults
    return filing.file_application(draft.id, filing.Applicant.of(people.applicant(actor)), actor=actor, at=at)


def accepted(who: Cast) -> str:
    """Return the code of a linked dossier that was accepted."""
    code = file(who.tu).code
    reception.accept_dossier(code, actor=who.lan, at=later(5))
    return code


def born(who: Cast, *, at: datetime | None = None) -> str:
    """Return the code of a linked dossier whose birth is registered: the two others run."""
    code = accepted(who)
    at = at or later(60)
    processing.propose_result(code, actor=who.ha, at=at)
    playing.sign_plainly(code, actor=who.minh, at=at)
    results.issue_result(code, actor=who.ngoc, at=at)
    return code


def part(code: str, key: str) -> Participant:
    """Return the newest record of a participant."""
    case_id = Dossier.objects.get(code=code).case_id
    return [row for row in participants_of(case_id) if row.key == key][-1]


def tasks(code: str) -> dict[str, Task]:
    """Return the open steps by node."""
    return {task.node_id: task for task in open_tasks(Dossier.objects.get(code=code).case_id)}


def sign_part(code: str, key: str, *, actor: Actor, at: datetime) -> PartResult:
    """Sign a part without typesetting: the same two acts around a paper made elsewhere."""
    result = parts.number_part(code, part=key, actor=actor, at=at)
    paper = SignedPaper(
        prepare_made(playing.pdf(width=300 + len(key)), name=f"{key}.pdf"), "", result.dossier.revision, result.number
    )
    return parts.keep_signed_part(code, key, paper, actor=actor, at=at)


def settle(code: str, key: str, officer: Actor, leader: Actor, *, at: datetime, **proposed: Any) -> PartResult:
    """Settle a part: proposed and signed."""
    parts.propose_part(code, actor=officer, at=at, **proposed)
    return sign_part(code, key, actor=leader, at=at)
