"""Every file that a row names lies in the folder or the bucket, whole; what lies there and no row names is told as well."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.places import Lying, Place
from tinhso.site.proof.tables import Tables, quoted

GRACE = 24 * 3600.0
"""Seconds for which a file that no row names may be one that is being saved just now."""
PAGE = 2000
"""Rows that are read at once; files are read when the view of them is let go."""
QUERIES = {
    ("document_missing", "onestop_dossierfile", "names a document that is not there"): """
        SELECT f.id, f.name FROM onestop_dossierfile f LEFT JOIN documents_document t ON t.id = f.document_id
        WHERE t.id IS NULL""",
    ("draft_document_missing", "onestop_applicationfile", "names a document that is not there, or is another one"): """
        SELECT f.id, f.name FROM onestop_applicationfile f LEFT JOIN documents_document t ON t.id = f.document_id
        WHERE t.id IS NULL OR t.blob_id <> f.sha256""",
    ("document_differs", "onestop_dossierfile", "shows another fingerprint than its document has"): """
        SELECT f.id, f.name FROM onestop_dossierfile f JOIN documents_document t ON t.id = f.document_id
        WHERE t.blob_id <> f.sha256""",
    ("result_missing", "onestop_result", "names a signed paper that is not there, or is another one"): """
        SELECT r.id, r.number FROM onestop_result r LEFT JOIN documents_document t ON t.id = r.signed_document_id
        WHERE r.signed_document_id IS NOT NULL AND (t.id IS NULL OR t.blob_id <> r.signed_sha256)""",
    ("link_missing", "onestop_dossierfile", "is of a dossier with which its document is not linked"): """
        SELECT f.id, d.code FROM onestop_dossierfile f JOIN onestop_dossier d ON d.id = f.dossier_id
        WHERE f.origin <> 'result' AND NOT EXISTS (SELECT 1 FROM documents_documentlink l
        WHERE l.document_id = f.document_id AND l.subject_type = 'dossier' AND l.subject_key = d.code)""",
    ("content_missing", "documents_document", "is of a content that has no row"): """
        SELECT t.id, t.blob_id FROM documents_document t LEFT JOIN documents_blob b ON b.sha256 = t.blob_id
        WHERE b.sha256 IS NULL""",
}


def check_files(
    tables: Tables, place: Place, *, grace: float = GRACE, quick: bool = False, elsewhere: str = ""
) -> Findings:
    """
    Walk rows and place side by side, both in order of SHA-256.

    `quick`: compare sizes, do not read contents. `elsewhere`: files lie somewhere that cannot be read; then none is looked at.
    Raises Unreadable when a bucket does not answer.
    """
    for (kind, what, text), query in QUERIES.items():
        for name, shown in tables.rows(query):
            yield Finding(kind, f"{what} {name}", f"{text} ({shown})")
    if elsewhere:
        count = tables.one("SELECT count(*) FROM documents_blob")
        text = f"{count} contents lie in {elsewhere} and were not read"
        yield Finding("files_elsewhere", "documents_blob", text)
        return
    yield from _contents(tables, place, grace, quick)


def contents(tables: Tables) -> Iterator[tuple[str, int]]:
    """Yield SHA-256 and size of every content that has a row, in the order of bytes; no view is held in between."""
    # PostgreSQL's own order need not be that of bytes; these operators have an index of their own
    after, order = ("~>~", "sha256 USING ~<~") if tables.is_postgresql else (">", "sha256")
    last = ""
    while rows := tables.page(
        f"SELECT sha256, size_bytes FROM documents_blob WHERE sha256 {after} {quoted(last)} ORDER BY {order} LIMIT {PAGE}"
    ):
        yield from rows
        last = rows[-1][0]


def _contents(tables: Tables, place: Place, grace: float, quick: bool) -> Findings:
    lying = place.lying()
    here = next(lying, None)
    for digest, size in contents(tables):
        while here is not None and here.digest < digest:
            yield from _orphan(tables, here, grace)
            here = next(lying, None)
        if here is None or here.digest != digest:
            yield from _missing(tables, place, digest, size, quick)
            continue
        try:
            yield from _whole(place, here, size, quick)
        except FileNotFoundError:
            yield from _missing(tables, place, digest, size, quick)
        here = next(lying, None)
    while here is not None:
        yield from _orphan(tables, here, grace)
        here = next(lying, None)


def _is_named(tables: Tables, digest: str) -> bool:
    """Tell whether a content has a row by now."""
    return bool(tables.page(f"SELECT 1 FROM documents_blob WHERE sha256 = {quoted(digest)}"))


def _missing(tables: Tables, place: Place, digest: str, size: int, quick: bool) -> Findings:
    """Name what is not there, unless it came since the place was read, or was purged since the row was."""
    if found := place.find(digest):
        yield from _whole(place, found, size, quick)
    elif _is_named(tables, digest):
        yield Finding("file_missing", f"documents_blob {digest}", f"its {size} bytes are not in {place.name}")


def _whole(place: Place, found: Lying, size: int, quick: bool) -> Findings:
    name = f"documents_blob {found.digest}"
    if found.size != size:
        yield Finding("file_corrupt", name, f"has {found.size} bytes, {size} were saved")
    elif not quick:
        hashed = sha256()
        for piece in place.read(found.digest):
            hashed.update(piece)
        if hashed.hexdigest() != found.digest:
            yield Finding("file_corrupt", name, "its content is no longer what was saved")


def _orphan(tables: Tables, found: Lying, grace: float) -> Findings:
    if found.age > grace and not _is_named(tables, found.digest):
        yield Finding("file_orphaned", found.digest, f"lies there for {found.age / 3600:.0f} h and no row names it")
