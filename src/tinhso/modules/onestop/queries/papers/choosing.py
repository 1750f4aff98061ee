"""Which paper a name means, for a dossier as it stands: by the rule of the day and its number, never the number alone."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.law.forms import form_numbered
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import Dossier, DueChangeKind, PaymentState, Result
from tinhso.modules.onestop.queries.dossiers import DossierView
from tinhso.modules.onestop.queries.lateness import lateness_of, latenesses_of
from tinhso.modules.onestop.queries.papers.control import control_paper
from tinhso.modules.onestop.queries.papers.letters import (
    apology_paper,
    lateness_paper,
    receipt_paper,
    stop_paper,
    supplement_paper,
)
from tinhso.modules.onestop.queries.papers.parts import Paper
from tinhso.modules.onestop.queries.papers.reception import refused_paper, taken_paper
from tinhso.modules.onestop.queries.papers.results import draft_paper, proposal
from tinhso.modules.onestop.queries.services import service_filed

PRINTED = frozenset({"taken", "supplement", "refused", "apology", "stop", "control"})
"""Kinds of forms of one dossier; which number they bear on which day says `law.forms`. The year-book has pages of its own."""
NAMES = PRINTED | {"lateness", "receipt"}
TITLES = {
    "taken": _("Receipt of the dossier (form 01)"),
    "supplement": _("Request for more papers (form 02)"),
    "refused": _("Refusal (form 03)"),
    "apology": _("Apology and new date (form 04)"),
    "lateness": _("Apology for lateness (form 04)"),
    "stop": _("Notice that processing was stopped"),
    "control": _("Control sheet"),
    "receipt": _("Fee receipt"),
}


class NoSuchPaper(NotFound):
    """The dossier has not come to the point at which this form is printed."""

    code = "onestop.no_such_paper"
    text = _("This paper does not exist for {dossier} (yet).")


def paper_of(form: str, dossier: Dossier, at: datetime) -> Paper:
    """
    Return the template and the data of a paper, if the dossier has come to it. Raises NoSuchPaper.

    `form` is a number (`01`) in the forms in force on the day of filing, or a name: taken, supplement, refused,
    apology, lateness, stop, control, receipt; `supplement-1` is the first of several letters. At most eight statements.
    """
    kind, _dash, place = form.rpartition("-")
    if (kind in SEVERAL or kind == "receipt") and place.isdecimal() and len(place) < 4:  # noqa: PLR2004 - a dossier gets no thousand letters
        earlier = _letter(kind, dossier, int(place) - 1)
        if earlier is None:
            raise NoSuchPaper(dossier=dossier.code)
        return earlier
    numbered = form_numbered(form, civil_date(dossier.submitted_at))
    kind = form if form in NAMES else numbered.kind if numbered else ""
    found = _paper(kind, dossier, at)
    if found is None:
        raise NoSuchPaper(dossier=dossier.code)
    return found


def draft_of(dossier: Dossier, at: datetime, *, kind: str = "", reason: str = "", signer: str = "") -> Paper:
    """
    Return the draft of the result: of what was proposed, or with `kind` of what is about to be. Raises NoSuchPaper.

    Once it is signed there is no draft: the signed paper lies with the dossier's papers.
    """
    kept = Result.objects.filter(dossier=dossier).first()
    if (kept is None and not kind) or (kept is not None and kept.signed_at):
        raise NoSuchPaper(dossier=dossier.code)
    service = service_filed(dossier)
    result = proposal(dossier, service, kind=kind, reason=reason) if kind or kept is None else kept
    return draft_paper(dossier, result, service, at, signer=signer)


SEVERAL = {
    "supplement": "onestop.supplement_asked",
    "apology": "onestop.result_postponed",
    "lateness": "onestop.lateness_apologised",
}
"""Letters that may go out more than once for a dossier, and the line of the journal that tells of each."""
INTERNAL = frozenset({"control"})
"""Papers that go with the dossier from office to office."""


def papers_there(view: DossierView, *, own: bool = False) -> list[tuple[str, str]]:
    """
    Return name and title of every paper that a dossier has come to, in the order of the forms; `own`: the applicant's.

    Of a letter that went out several times the last one bears the plain name, those of before their place and day. No
    statement but that of several receipts.
    """
    dossier = view.dossier
    asked = view.supplement is not None or any(entry.event == "onestop.supplement_asked" for entry in view.history)
    there = {
        "taken": dossier.received_at is not None,
        "supplement": asked,
        "refused": dossier.state == NationalState.NOT_ACCEPTED,
        "apology": dossier.postponed_at is not None,
        "lateness": dossier.apologised_at is not None,
        "stop": dossier.state == NationalState.STOPPED,
        "control": dossier.received_at is not None,
        "receipt": bool(view.receipts),
    }
    found = []
    for name, is_there in there.items():
        if is_there and not (own and name in INTERNAL):
            found += _of_before(view, name)
            found.append((name, str(TITLES[name])))
    return found


def _of_before(view: DossierView, name: str) -> list[tuple[str, str]]:
    if name == "receipt":
        places = [paid.demand + 1 for paid in view.receipts[:-1]]
        return [(f"receipt-{place}", f"{TITLES[name]} {place}") for place in places]
    told = sorted(entry.at for entry in view.history if entry.event == SEVERAL.get(name))
    return [
        (f"{name}-{place}", f"{TITLES[name]}, {civil_date(at):%d/%m/%Y}") for place, at in enumerate(told[:-1], start=1)
    ]


def _letter(kind: str, dossier: Dossier, place: int) -> Paper | None:
    """Return one of several letters by its place, the first one 0; None where there is none."""
    if place < 0:
        return None
    if kind == "receipt":
        payment = dossier.payments.filter(state=PaymentState.PAID, demand=place).first()
        return receipt_paper(dossier, payment) if payment else None
    if kind == "supplement":
        asked = list(dossier.supplements.order_by("asked_at")[place : place + 1])
        return supplement_paper(dossier, asked[0]) if asked else None
    if kind == "apology":
        rows = dossier.due_changes.filter(kind=DueChangeKind.POSTPONED).order_by("at")
        changes = list(rows[place : place + 1])
        return apology_paper(dossier, changes[0]) if changes else None
    late = latenesses_of(dossier)[place : place + 1]
    return lateness_paper(dossier, late[0]) if late else None


def _paper(kind: str, dossier: Dossier, at: datetime) -> Paper | None:  # noqa: PLR0911 - one answer for each paper
    ended = dossier.finished_at
    match kind:
        case "taken" if dossier.received_at:
            return taken_paper(dossier, dossier.received_at)
        case "refused" if dossier.state == NationalState.NOT_ACCEPTED and ended:
            return refused_paper(dossier, ended)
        case "stop" if dossier.state == NationalState.STOPPED and ended:
            return stop_paper(dossier, ended)
        case "control" if dossier.received_at:
            return control_paper(dossier, at)
        case "supplement":
            request = dossier.supplements.order_by("-asked_at").first()
            return supplement_paper(dossier, request) if request else None
        case "apology" if dossier.postponed_at:
            change = dossier.due_changes.filter(at=dossier.postponed_at).order_by("-pk").first()
            return apology_paper(dossier, change) if change else None
        case "lateness" if dossier.apologised_at:
            late = lateness_of(dossier)
            return lateness_paper(dossier, late) if late else None
        case "receipt":
            payment = dossier.payments.filter(state=PaymentState.PAID).order_by("-demand").first()
            return receipt_paper(dossier, payment) if payment else None
    return None
