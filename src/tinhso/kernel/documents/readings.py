"""Reading scans: asked for by whoever attaches them, done beside the worker, page by page, killed and gone on with."""

from __future__ import annotations

import fcntl
import io
import json
import logging
import shutil
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from tinhso.base.actors import Actor, system
from tinhso.base.acts import act, by_system, require
from tinhso.base.beside import beside
from tinhso.base.refusals import NotFound, Refusal
from tinhso.base.rows import insert, new
from tinhso.kernel.documents import access
from tinhso.kernel.documents.actions import Prepared, prepare_made, save_made
from tinhso.kernel.documents.models import Document, ReadingState, Rendition
from tinhso.kernel.documents.queries import open_document
from tinhso.kernel.documents.scans.pages import PageRead, read_page
from tinhso.kernel.documents.scans.tools import missing_tools
from tinhso.kernel.journal.public import record

log = logging.getLogger(__name__)
READABLE = frozenset({"application/pdf", "image/png", "image/jpeg"})
MOST_PAGES = 50
"""Pages that are read of one file; a bundle of hundreds is looked at by people."""
MOST_TRIES = 3
"""How often a page is begun that kills whoever reads it."""
ROUND_SECONDS = 300.0
BEST = ("read", "unclear", "dark", "blank", "failed")
WORKER = system("worker")


def can_be_read() -> bool:
    """Tell whether scans are read here: the programs are installed."""
    return not missing_tools()


@act
def ask_readings(document_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:
    """Have scans read; what is no picture and no PDF is left out, and twice is once. For our own doors."""
    require(by_system, actor)
    found = list(Document.objects.filter(pk__in=list(document_ids), blob__media_type__in=READABLE, rendition=None))
    insert(*(new(Rendition, document_id=one.pk, asked_at=at) for one in found), known="skip")
    record(
        "documents.reading_asked", ("document", "scans"), actor=actor, at=at, documents=[str(one.pk) for one in found]
    )
    return len(found)


def read_some(*, at: datetime) -> bool:
    """See to it that what waits is being read: in a process beside the worker. Tell whether one was started."""
    del at
    waits = Rendition.objects.filter(state=ReadingState.WAITING).exists()
    return waits and can_be_read() and beside("read_scans")


def read_waiting(clock: Callable[[], datetime], *, seconds: float = ROUND_SECONDS) -> int:
    """Read what waits for some minutes; return how many files were finished. Each file is one process's at a time."""
    done, until, seen = 0, time.monotonic() + seconds, UUID(int=0)
    while time.monotonic() < until:
        waiting = Rendition.objects.select_related("document__blob").filter(state=ReadingState.WAITING, id__gt=seen)
        one = waiting.order_by("id").first()
        if one is None:
            break
        seen = one.pk
        with _held(one) as folder:
            if folder is not None:
                done += read_one(one, folder, clock)
    return done


def read_one(rendition: Rendition, folder: Path, clock: Callable[[], datetime]) -> bool:
    """Read one file page by page; pages that were read before a kill are not read again."""
    source, media_type = folder / "source", rendition.document.media_type
    try:
        with open_document(rendition.document) as content, source.open("wb") as file:
            shutil.copyfileobj(content, file)
    except Refusal as no:
        log.warning("%s is not read: %s", rendition.document_id, no.code)
        _finish(rendition, [], None, actor=WORKER, at=clock())
        return True
    count = min(rendition.document.pages or 1, MOST_PAGES)
    pages = [_page(source, media_type, number, folder) for number in range(1, count + 1)]
    made = _searchable(folder, pages, rendition.document.name)
    _finish(rendition, pages, made, actor=WORKER, at=clock())
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _page(source: Path, media_type: str, number: int, folder: Path) -> PageRead:
    """Return what is on a page, read now or before."""
    kept, tries = folder / f"{number}.json", folder / f"{number}.tries"
    if kept.exists():
        return PageRead.from_json(json.loads(kept.read_text()))
    begun = len(tries.read_text()) if tries.exists() else 0
    if begun >= MOST_TRIES:
        return PageRead("failed")
    tries.write_text("x" * (begun + 1))
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    read, pdf = read_page(source, media_type, number, work)
    (folder / f"{number}.pdf").write_bytes(pdf)
    part = folder / f"{number}.part"
    part.write_text(json.dumps(read.as_json()))
    part.rename(kept)
    return read


def _searchable(folder: Path, pages: Sequence[PageRead], name: str) -> Prepared | None:
    writer, out = PdfWriter(), io.BytesIO()
    for number, _page in enumerate(pages, start=1):
        content = (folder / f"{number}.pdf").read_bytes() if (folder / f"{number}.pdf").exists() else b""
        if content:
            writer.append(io.BytesIO(content))
        else:
            writer.add_blank_page(595, 842)
    if not any(page.words for page in pages):
        return None
    writer.write(out)
    stem = name.rsplit(".", 1)[0]
    return prepare_made(out.getvalue(), name=f"{stem}-ocr.pdf")


@act
def _finish(
    rendition: Rendition, pages: Sequence[PageRead], made: Prepared | None, *, actor: Actor, at: datetime
) -> None:
    """Keep what was read of a file; a file that another process finished, or that is gone, is left as it is."""
    require(by_system, actor)
    found = (
        Rendition.objects.select_for_update(of=("self",)).filter(pk=rendition.pk, state=ReadingState.WAITING).first()
    )
    outcome = outcome_of(pages, rendition.document.pages or 1)
    if found is not None:
        text = json.dumps([page.as_json() for page in pages], ensure_ascii=False)
        found.state, found.outcome, found.pages, found.read_at = ReadingState.DONE, outcome, len(pages), at
        found.found = zlib.compress(text.encode())
        if made is not None:
            # the same as its source: whoever may see that sees this, by the address of that
            found.searchable = save_made(made, purpose="rendition", owner="system:renditions", actor=actor, at=at)
        found.save()
    record(
        "documents.scan_read", ("document", str(rendition.document_id)), actor=actor, at=at, outcome=outcome,
        pages=len(pages),
    )  # fmt: skip


def outcome_of(pages: Sequence[PageRead], count: int) -> str:
    """Return what became of a file: `part` when it has more pages than are read, else the best of its pages."""
    if not pages:
        return "failed"
    best = min((page.outcome for page in pages), key=BEST.index)
    return "part" if best == "read" and count > len(pages) else best


def found_on(rendition: Rendition) -> list[PageRead]:
    """Return what was found on each page."""
    if not rendition.found:
        return []
    return [PageRead.from_json(page) for page in json.loads(zlib.decompress(bytes(rendition.found)))]


def rendition_of(document_id: UUID) -> Rendition | None:
    """Return the reading of a document; None when none was asked for. Who may see it is for the caller."""
    return Rendition.objects.select_related("document__blob").filter(document_id=document_id).first()


def searchable_of(document: Document, *, seen_by: Actor) -> Document:
    """Return the straightened pages of a scan as searchable PDF: who may read the scan may. Raises NotFound."""
    if not access.can_read(seen_by, document):
        raise NotFound
    found = Document.objects.select_related("blob").filter(made_of__document=document).first()
    if found is None:
        raise NotFound
    return found


def page_picture(document: Document, number: int, *, seen_by: Actor) -> bytes:
    """Return one straightened page as JPEG, as it lies in the searchable PDF. Raises NotFound."""
    with open_document(searchable_of(document, seen_by=seen_by)) as file:
        try:
            pictures = PdfReader(file).pages[number - 1].images
            data = pictures[0].data
        except (PyPdfError, IndexError, KeyError, ValueError) as error:
            raise NotFound from error
    if not data.startswith(b"\xff\xd8"):
        raise NotFound
    return bytes(data)


@contextmanager
def _held(rendition: Rendition) -> Iterator[Path | None]:
    """Give the folder in which a file is read, or None while another process of this machine reads it."""
    root = Path(settings.DATA_DIR) / "scans"
    folder = root / str(rendition.pk)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = root / f"{rendition.pk}.lock"
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield folder
        lock.unlink(missing_ok=True)
