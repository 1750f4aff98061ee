"""What the journal tells the data store: a result was issued, a copy was certified, papers were not asked for again."""

from __future__ import annotations

from uuid import UUID

from tinhso.base.actors import system
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import IssuedResults, get_service
from tinhso.kernel.journal.public import EntryView, once
from tinhso.modules.holdings.actions.keeping import count_saved, keep_result
from tinhso.modules.holdings.models import Source

WORKER = system("worker")
KEPT = ("onestop.result_issued", "onestop.payment_settled", "onestop.copy_certified")
SAVED = ("onestop.papers_reused",)


def keep(entry: EntryView) -> None:
    """Keep the result of a dossier once its holder may have it, and a true copy once it is signed."""
    if not once(entry.id, "holdings.keep"):
        return
    is_copy = entry.event == "onestop.copy_certified"
    for lent in registry.of(IssuedResults):
        issued = lent.copy_of(UUID(entry.facts["copy"])) if is_copy else lent.result_of(entry.subject_key)
        if issued is not None:
            keep_result(issued, Source.COPY if is_copy else Source.DOSSIER, actor=WORKER, at=entry.delivered_at)


def count(entry: EntryView) -> None:
    """Count the papers that were not asked for again."""
    if not once(entry.id, "holdings.count"):
        return
    code = str(entry.facts["service"])
    try:
        service = get_service(code, on=civil_date(entry.at))
        names = (service.name, service.name_en)
    except NotFound:
        names = (code, "")
    papers = len(entry.facts["papers"])
    dossiers = 0 if entry.facts.get("again") else 1
    count_saved(code, names, civil_date(entry.at).year, papers, dossiers=dossiers, actor=WORKER, at=entry.delivered_at)
