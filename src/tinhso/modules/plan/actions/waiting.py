"""Reading the texts that wait, one after the other; a scan once its pages are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tinhso.base.actors import system
from tinhso.kernel.documents.public import (
    Document,
    ask_readings,
    can_be_read,
    found_on,
    get_document,
    read_document,
    rendition_of,
)
from tinhso.modules.plan.actions.reading import keep_read, note_unread
from tinhso.modules.plan.models import Plan, PlanState
from tinhso.modules.plan.queries.agencies import leads_for
from tinhso.modules.plan.queries.reading.files import UnreadError, text_of
from tinhso.modules.plan.queries.reading.scans import text_of_pages
from tinhso.modules.plan.queries.reading.whole import read_whole

WORKER = system("worker")


def read_waiting(clock: Callable[[], datetime]) -> int:
    """Read every text that waits; return how many were finished. A scan waits for its pages."""
    done = 0
    for plan in Plan.objects.filter(state=PlanState.READING).order_by("taken_at"):
        try:
            words = _words(plan, clock)
        except UnreadError as no:
            note_unread(plan.pk, str(no), actor=WORKER, at=clock())
            done += 1
            continue
        if words:
            read = read_whole(words)
            day = read.header.on
            keep_read(plan.pk, read, leads_for(plan.unit, day, clock()), actor=WORKER, at=clock())
            done += 1
    return done


def _words(plan: Plan, clock: Callable[[], datetime]) -> str:
    """Return the words of a text; empty while a scan is being read. Raises UnreadError."""
    if plan.document is None:
        return plan.text
    document = get_document(plan.document, seen_by=WORKER)
    read = text_of(read_document(document))
    return _of_scan(document, clock) if read.is_scan else read.text


def _of_scan(document: Document, clock: Callable[[], datetime]) -> str:
    rendition = rendition_of(document.pk)
    if rendition is None:
        if not can_be_read():
            raise UnreadError("no_ocr")
        ask_readings([document.pk], actor=WORKER, at=clock())
        return ""
    if rendition.read_at is None:
        return ""
    text = text_of_pages(found_on(rendition))
    if not text.strip():
        raise UnreadError("blank")
    return text
