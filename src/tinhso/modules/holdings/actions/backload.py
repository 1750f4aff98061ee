"""
Loading results that are still in force from the archives: row by row in batches, to be killed at any time and run again.

A chunk of rows is looked through and its files are stored outside of any transaction; then one short act keeps the chunk
and how far it came. Whoever runs it again goes on behind that row: nothing is taken twice. Nothing is in force before a
second person has looked at a sample (`actions.checking`).
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import batched, islice
from typing import IO, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.base.rows import insert, new
from tinhso.base.sheets import BadSheetError, read_rows
from tinhso.base.text import fold
from tinhso.kernel.documents.public import Document, Prepared, link_each, prepare, save_many
from tinhso.kernel.identity.public import names_by_number
from tinhso.kernel.journal.public import new_id, record
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.modules.holdings import access
from tinhso.modules.holdings.actions.files import BadPathError, BombError, Files, NoFileError
from tinhso.modules.holdings.actions.sampling import choose_sample
from tinhso.modules.holdings.models import (
    Batch,
    BatchState,
    BrokenRow,
    FormerNumber,
    Holding,
    Source,
    result_key,
)
from tinhso.modules.holdings.queries.held import SUBJECT
from tinhso.modules.holdings.queries.rows import Row, columns_of, missing_columns, read_row, sentence

CHUNK = 500
TURN = timedelta(minutes=5)
"""For how long whoever loads a batch has it to themselves after each chunk."""
_REMEMBERED = 500
"""Files that were stored lately: several rows may name one decision."""


class SheetUnreadable(Refusal):
    """Not a sheet, damaged, or without the columns that must be there."""

    code = "holdings.sheet_unreadable"
    text = _("The sheet cannot be read: {why}. Take the empty sheet of this page, fill it in and send it again.")
    status = 422


class LoadedElsewhere(Refusal):
    """Somebody else loads it at this moment, and was faster."""

    code = "holdings.loaded_elsewhere"
    text = _("This back-load is being loaded by another process. It goes on there; look again later.")


class _New(NamedTuple):
    """A row to take: the key of its result, its file, and the version it becomes."""

    row: Row
    key: str
    file: Prepared
    version: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was found in some rows: what to take, what is held already, what is broken."""

    good: list[_New] = field(default_factory=list)
    broken: list[Row] = field(default_factory=list)
    known: list[int] = field(default_factory=list)


class _Version(NamedTuple):
    """A version of a result that is kept, or about to be."""

    number: int
    sha256: str
    batch: UUID | None
    row: int | None
    is_rejected: bool


def digest(file: IO[bytes]) -> str:
    """Return the SHA-256 of a sheet: the same sheet is the same batch."""
    file.seek(0)
    return _hash_of(file)


def _hash_of(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := file.read(1024 * 1024):
        found.update(piece)
    return found.hexdigest()


def heading_of(file: IO[bytes], *, name: str) -> list[str]:
    """Return the first row of a sheet. Raises SheetUnreadable for one that is none, or lacks columns."""
    try:
        heading = next(iter(read_rows(file, name=name)), [])
    except BadSheetError as error:
        raise SheetUnreadable(why=str(error)) from error
    if missing := missing_columns(columns_of(heading)):
        raise SheetUnreadable(why=", ".join(missing))
    return heading


@act
def begin_batch(
    sheet: IO[bytes],
    *,
    name: str,
    agency_code: str,
    is_sent: bool = False,
    state: BatchState = BatchState.LOADING,
    actor: Actor,
    at: datetime,
) -> Batch:
    """Begin a back-load, or return the one of this very sheet. Raises SheetUnreadable, BadInput for an agency that is none."""
    require(_may_load, actor, agency_code)
    if agency_code not in agencies_by_code({agency_code}, civil_date(at)):
        raise BadInput(faults=[Fault("/agency", _("Choose the agency that issued the results."))])
    heading, sha = heading_of(sheet, name=name), digest(sheet)
    known = Batch.objects.filter(agency_code=agency_code, sheet_sha256=sha).exclude(state=BatchState.REJECTED).first()
    batch = known or Batch.objects.create(
        agency_code=agency_code,
        name=name[:255],
        sheet_sha256=sha,
        is_sent=is_sent,
        begun_by=actor.key,
        begun_name=actor.name,
        begun_at=at,
        state=state,
        heading=heading,
    )
    record("holdings.batch_begun", batch, actor=actor, at=at, sheet=sha, agency=agency_code, again=known is not None)
    return batch


@act
def confirm_batch(batch_id: UUID, *, actor: Actor, at: datetime) -> Batch:
    """Have a batch loaded whose first rows were looked through. Twice is once."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    require(_may_load, actor, batch.agency_code)
    if batch.state == BatchState.DRAFT:
        Batch.objects.filter(pk=batch_id).update(state=BatchState.LOADING)
        batch.state = BatchState.LOADING
    record("holdings.batch_begun", batch, actor=actor, at=at, confirmed=True)
    return batch


def load(
    batch: Batch, sheet: IO[bytes], files: Files, *, actor: Actor, clock: Callable[[], datetime],
    told: Callable[[Batch], None] = lambda _batch: None, chunk: int = CHUNK,
) -> Batch:  # fmt: skip
    """
    Load what is left of a batch and return it as it is then. Raises SheetUnreadable, LoadedElsewhere.

    `told` is called after each chunk. What was kept before a chunk failed stays.
    """
    rows = _numbered(sheet, batch.name)
    columns = columns_of(batch.heading)
    looker = _Looker(batch, files)
    try:
        todo = islice(rows, batch.rows_done, None)
        for part in batched(todo, chunk, strict=False):
            if batch.state != BatchState.LOADING:
                break
            at = clock()
            read = [read_row(place, cells, columns, on=civil_date(at)) for place, cells in part if any(cells)]
            batch = _keep_chunk(batch, looker.look(read, at), len(part), actor=actor, at=at)
            told(batch)
    except BadSheetError as error:
        raise SheetUnreadable(why=str(error)) from error
    return _finish(batch, actor=actor, at=clock()) if batch.state == BatchState.LOADING else batch


def look_ahead(batch: Batch, sheet: IO[bytes], files: Files, *, most: int, at: datetime) -> Chunk:
    """Return what would become of the first rows; nothing is kept but the files' contents, which go again by themselves."""
    columns = columns_of(batch.heading)
    part = islice(_numbered(sheet, batch.name), most)
    read = [read_row(place, cells, columns, on=civil_date(at)) for place, cells in part if any(cells)]
    return _Looker(batch, files).look(read, at)


def _numbered(sheet: IO[bytes], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows behind the heading, numbered as a spreadsheet does."""
    yield from islice(enumerate(read_rows(sheet, name=name), start=1), 1, None)


class _Looker:
    """Looks through rows: agency, names, what is held, files. Reads the database, writes the store, keeps nothing else."""

    def __init__(self, batch: Batch, files: Files) -> None:
        self.batch = batch
        self.files = files
        self.stored: dict[str, Prepared | list[str]] = {}

    def look(self, rows: Sequence[Row], at: datetime) -> Chunk:
        self._judge(rows, at)
        chunk = Chunk()
        keys = {row.place: _key(row) for row in rows if not row.faults}
        held = _held(set(keys.values()))
        for row in rows:
            if row.faults:
                chunk.broken.append(row)
            elif isinstance(file := self._file(row), list):
                chunk.broken.append(replace(row, faults=[file]))
            else:
                self._sort(row, keys[row.place], file, held, chunk)
        return chunk

    def _sort(self, row: Row, key: str, file: Prepared, held: dict[str, list[_Version]], chunk: Chunk) -> None:
        """Put a row whose file is stored where it belongs, by what is held of the same result."""
        versions = held.setdefault(key, [])
        live = [one for one in versions if not one.is_rejected]
        twin = next((one.row for one in live if one.batch == self.batch.id), None)
        if any(one.sha256 == file.sha256 for one in live):
            chunk.known.append(row.place)
        elif twin is not None:
            chunk.broken.append(replace(row, faults=[["twice", str(twin)]]))
        elif live and not row.replaces:
            chunk.broken.append(replace(row, faults=[["held"]]))
        else:
            number = max((one.number for one in versions), default=0) + 1
            versions.append(_Version(number, file.sha256, self.batch.id, row.place, False))
            chunk.good.append(_New(row, key, file, number))

    def _judge(self, rows: Sequence[Row], at: datetime) -> None:
        """Add what is wrong with rows by what is known elsewhere: agencies, names, older numbers."""
        agencies = agencies_by_code({row.issuer for row in rows if row.issuer}, civil_date(at))
        names = names_by_number({row.owner for row in rows if row.owner})
        former = dict(
            FormerNumber.objects.filter(former__in={row.former for row in rows if row.former})
            .exclude(batch__state=BatchState.REJECTED)
            .values_list("former", "number")
        )
        for row in rows:
            known = agencies.get(row.issuer)
            if row.issuer and (known is None or not _below(row.issuer, self.batch.agency_code)):
                row.faults.append(["issuer"])
            if row.owner in names and fold(names[row.owner]) != fold(row.name):
                row.faults.append(["other_name"])
            if row.former and not row.faults and former.setdefault(row.former, row.owner) != row.owner:
                row.faults.append(["other_number"])

    def _file(self, row: Row) -> Prepared | list[str]:
        """Return the stored file of a row, or what is wrong with it."""
        if row.file not in self.stored:
            if len(self.stored) >= _REMEMBERED:
                self.stored.clear()
            self.stored[row.file] = self._store(row.file)
        return self.stored[row.file]

    def _store(self, name: str) -> Prepared | list[str]:
        try:
            with self.files.open(name) as file:
                return prepare(file, name=name.rsplit("/", 1)[-1])
        except BadPathError:
            return ["bad_path", name]
        except NoFileError:
            return ["no_file", name]
        except BombError:
            return ["bomb", name]
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            return ["damaged", name]
        except Refusal as no:
            if no.code in ("documents.no_space", "documents.store_away", "documents.scanner_away"):
                raise
            return ["file", name, str(no)]


def _key(row: Row) -> str:
    return result_key(row.owner, row.code, row.number, row.issued_on, row.issuer)


def _held(keys: Iterable[str]) -> dict[str, list[_Version]]:
    found: dict[str, list[_Version]] = {}
    rows = Holding.objects.filter(key__in=list(keys))
    wanted = ("key", "version", "sha256", "batch_id", "batch_row", "batch__state")
    for key, number, sha, batch, row, state in rows.values_list(*wanted):
        found.setdefault(key, []).append(_Version(number, sha, batch, row, state == BatchState.REJECTED))
    return found


def _below(code: str, root: str) -> bool:
    """Tell whether an agency is this one or lies below it."""
    return code == root or code.startswith(f"{root}.")


def _may_load(actor: Actor, agency_code: str) -> bool:
    """Load results: our own doors, and who may for the agency."""
    return by_system(actor) or access.can_load(actor, agency_code)


@act
def _keep_chunk(batch: Batch, found: Chunk, rows: int, *, actor: Actor, at: datetime) -> Batch:
    """Keep what was found in some rows, and that they are done; all of it or nothing. Raises LoadedElsewhere."""
    require(_may_load, actor, batch.agency_code)
    done = Batch.objects.filter(pk=batch.pk, rows_done=batch.rows_done, state=BatchState.LOADING).update(
        rows_done=batch.rows_done + rows,
        taken=batch.taken + len(found.good),
        known=batch.known + len(found.known),
        broken=batch.broken + len(found.broken),
        turn_until=at + TURN,
    )
    if not done:
        raise LoadedElsewhere
    files = [one.file for one in found.good]
    documents = save_many(files, owner=f"agency:{batch.agency_code}", purpose="backload", at=at)
    names = agencies_by_code({one.row.issuer for one in found.good}, civil_date(at))
    held = [
        _holding(batch, one, document, str(names[one.row.issuer].name), at)
        for one, document in zip(found.good, documents, strict=True)
    ]
    insert(*held)
    link_each({one.document_id: str(one.id) for one in held}, SUBJECT)
    pairs = {row.former: row.owner for row in (one.row for one in found.good) if row.former and row.former != row.owner}
    insert(
        *(new(FormerNumber, former=old, number=now, batch_id=batch.id, noted_at=at) for old, now in pairs.items()),
        known="skip",
    )
    insert(
        *(new(BrokenRow, batch_id=batch.id, row=row.place, cells=row.cells, faults=row.faults) for row in found.broken)
    )
    record(
        "holdings.batch_loaded", batch, actor=actor, at=at, rows=batch.rows_done + rows, taken=len(found.good),
        known=len(found.known), broken=len(found.broken), files=_files_digest(found),
    )  # fmt: skip
    return Batch.objects.get(pk=batch.pk)


def _files_digest(found: Chunk) -> str:
    """Return one fingerprint for the files of a chunk, so that its line in the journal binds them."""
    return hashlib.sha256("\n".join(one.file.sha256 for one in found.good).encode()).hexdigest()


def _holding(batch: Batch, new_one: _New, document: Document, issuer: str, at: datetime) -> Holding:
    row, file = new_one.row, new_one.file
    return new(
        Holding,
        id=new_id(),
        owner_number=row.owner,
        owner_name=row.name,
        source=Source.BACKLOAD.value,
        type_code=row.code,
        title=row.title,
        number=row.number,
        issued_on=row.issued_on,
        issuer_code=row.issuer,
        issuer=issuer,
        valid_from=row.issued_on,
        valid_to=row.valid_to,
        key=new_one.key,
        version=new_one.version,
        document_id=document.id,
        document_name=document.name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        signed_by=row.signed_by,
        pages=file.content.pages,
        batch_id=batch.id,
        batch_row=row.place,
        kept_at=at,
    )


@act
def _finish(batch: Batch, *, actor: Actor, at: datetime) -> Batch:
    """Close the loading: a sample is drawn for the second person; a sheet that brought nothing needs none."""
    require(_may_load, actor, batch.agency_code)
    sample = choose_sample(batch)
    state = BatchState.WAITING if sample else BatchState.IN_FORCE
    Batch.objects.filter(pk=batch.pk, state=BatchState.LOADING).update(state=state, sample=sample, turn_until=None)
    record("holdings.batch_loaded", batch, actor=actor, at=at, rows=batch.rows_done, sample=len(sample), finished=True)
    return Batch.objects.get(pk=batch.pk)


def broken_sheet(batch: Batch) -> Iterator[list[str]]:
    """Yield the rows that were not taken, as they were, with what to do in a last column: for a sheet that goes back."""
    width = len(batch.heading)
    yield [*batch.heading, str(_("Row")), str(_("What to do"))]
    for one in BrokenRow.objects.filter(batch=batch).order_by("row").iterator(chunk_size=1000):
        cells = [*one.cells, *[""] * (width - len(one.cells))][:width]
        yield [*cells, str(one.row), " ".join(sentence(fault) for fault in one.faults)]
