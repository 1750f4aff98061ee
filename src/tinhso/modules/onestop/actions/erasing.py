"""
Erasure of what is personal when its time is over. Called within an act of `kernel.privacy`, which asks and journals.

A dossier is not deleted: its code, service, dates, states, money and result stay, with the key of whose it was. What that
person wrote and gave goes. The signed result is the archive's. Journal lines stay: they hold keys (docs/adr/0027).
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.base.rows import update
from tinhso.kernel.documents.public import InUse, discard, linked, unlink
from tinhso.kernel.journal.public import record
from tinhso.modules.onestop.actions.steps import OFFICE_PAPERS
from tinhso.modules.onestop.models import (
    Application,
    Dossier,
    FileOrigin,
    Lateness,
    LatenessBefore,
    PartResult,
    Payment,
    Rating,
    Reading,
    Result,
    StatementLine,
    YearBook,
)

NOBODY = "—"
"""Stands where a name stood."""


def delete_applications(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Delete these rows, with the list of their files; the files themselves are the dossier's. Return how many went."""
    return Application.objects.filter(pk__in=keys).delete()[1].get(Application._meta.label, 0)  # noqa: SLF001 - Django's public name


def delete_readings(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Delete these readings: each has its line in the journal. Return how many went."""
    return Reading.objects.filter(pk__in=keys, is_journalled=True).delete()[0]


def erase_dossiers(keys: list[Any], actor: Actor, at: datetime) -> int:
    """Erase what is personal in these dossiers; return in how many."""
    rows = Dossier.objects.select_for_update(of=("self",)).filter(pk__in=keys, erased_at=None)
    found = list(rows.order_by("pk"))
    for dossier in found:
        _forget_papers(dossier, actor, at)
        _forget_words(dossier)
        _forget_person(dossier, at)
        record("onestop.dossier_erased", dossier, actor=actor, at=at)
    return len(found)


def erase_books(keys: list[Any], actor: Actor, at: datetime) -> int:
    """Take away the printed volumes of these books and the words of their notes; hashes and the signed closing page stay."""
    found = list(YearBook.objects.select_for_update().filter(pk__in=keys, erased_at=None).order_by("pk"))
    for book in found:
        volumes = set(book.volumes.values_list("document_id", flat=True))
        for link in linked(book.journal_subject):
            if link.document_id in volumes:
                unlink(link.document, *book.journal_subject, link.role, actor=actor, at=at)
                with contextlib.suppress(InUse, NotFound):
                    discard(link.document, actor=actor, at=at)
        book.notes.update(text=NOBODY, by=NOBODY)
        book.erased_at = at
        update(book, "erased_at")
        record("onestop.book_erased", book, actor=actor, at=at, volumes=len(volumes))
    return len(found)


def _forget_person(dossier: Dossier, at: datetime) -> None:
    dossier.applicant_name, dossier.applicant_folded = NOBODY, ""
    dossier.applicant_number = dossier.applicant_phone = dossier.applicant_email = ""
    dossier.applicant_address = dossier.result_address = dossier.closing_reason = ""
    dossier.answers, dossier.components, dossier.is_declared_whole = {}, [], False
    dossier.erased_at = at
    dossier.revision += 1
    update(
        dossier, "applicant_name", "applicant_folded", "applicant_number", "applicant_phone", "applicant_email",
        "applicant_address", "result_address", "closing_reason", "answers", "components", "is_declared_whole",
        "erased_at", "revision",
    )  # fmt: skip


def _forget_words(dossier: Dossier) -> None:
    """Empty what was written about it elsewhere; numbers, moments and sums stay."""
    dossier.supplements.update(items=[], changed=None, reply="")
    dossier.due_changes.update(reason=NOBODY)
    for said in (Lateness, LatenessBefore):
        said.objects.filter(dossier=dossier).exclude(words="").update(words=NOBODY)
    Result.objects.filter(dossier=dossier).update(data={}, reason="", taken_by="")
    PartResult.objects.filter(dossier=dossier).update(data={}, reason="", taken_by="")
    Rating.objects.filter(dossier=dossier).update(comment="")
    Payment.objects.filter(dossier=dossier).update(payer_name="", pay_url="")
    dossier.demands.update(basis="", reason="", value_vnd=None, steps=[])
    dossier.claims.all().delete()
    StatementLine.objects.filter(payment__dossier=dossier).update(text=NOBODY)


def _forget_papers(dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Take away the files that are no result, and the drafts of the result; a file that something else holds stays there."""
    results = set(dossier.files.filter(origin=FileOrigin.RESULT).values_list("document_id", flat=True))
    for subject in (dossier.journal_subject, (OFFICE_PAPERS, dossier.code)):
        for link in linked(subject):
            if link.document_id not in results:
                unlink(link.document, *subject, link.role, actor=actor, at=at)
                with contextlib.suppress(InUse, NotFound):
                    discard(link.document, actor=actor, at=at)
    dossier.files.exclude(origin=FileOrigin.RESULT).delete()
