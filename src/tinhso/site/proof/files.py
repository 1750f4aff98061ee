"""Every file that a row names lies in the folder, whole; what lies there and no row names is told as well."""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from tinhso.site.proof.finding import Finding, Findings
from tinhso.site.proof.tables import Tables

GRACE = 24 * 3600.0
"""Seconds for which a file that no row names may be one that is being saved just now."""
QUERIES = {
    ("document_missing", "onestop_dossierfile", "names a document that is not there"): """
        SELECT f.id, f.name FROM onestop_dossierfile f LEFT JOIN documents_document t ON t.id = f.document_id
        WHERE t.id IS NULL""",
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


def check_files(tables: Tables, folder: Path, *, grace: float = GRACE, quick: bool = False) -> Findings:
    """Walk rows and folder side by side, both in order of SHA-256. `quick`: compare sizes, do not read contents."""
    for (kind, what, text), query in QUERIES.items():
        for name, shown in tables.rows(query):
            yield Finding(kind, f"{what} {name}", f"{text} ({shown})")
    yield from _contents(tables, folder, grace, quick)


def _contents(tables: Tables, folder: Path, grace: float, quick: bool) -> Findings:
    lying = _lying(folder)
    here = next(lying, None)
    # the order of bytes, which PostgreSQL's own need not be
    order = 'sha256 COLLATE "C"' if tables.is_postgresql else "sha256"
    for digest, size in tables.rows(f"SELECT sha256, size_bytes FROM documents_blob ORDER BY {order}"):
        while here is not None and here.name < digest:
            yield from _orphan(here, grace)
            here = next(lying, None)
        if here is None or here.name != digest:
            # a purge may have taken row and file since the tables were opened; a file that is there is compared below
            yield Finding("file_missing", f"documents_blob {digest}", f"its {size} bytes are not in {folder}")
            continue
        yield from _whole(here, size, quick)
        here = next(lying, None)
    while here is not None:
        yield from _orphan(here, grace)
        here = next(lying, None)


def _whole(path: Path, size: int, quick: bool) -> Findings:
    there = path.stat().st_size
    if there != size:
        yield Finding("file_corrupt", f"documents_blob {path.name}", f"has {there} bytes, {size} were saved")
    elif not quick:
        with path.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != path.name:
                yield Finding("file_corrupt", f"documents_blob {path.name}", "its content is no longer what was saved")


def _orphan(path: Path, grace: float) -> Findings:
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return
    if age > grace:
        yield Finding("file_orphaned", path.name, f"lies in the folder for {age / 3600:.0f} h and no row names it")


def _lying(folder: Path) -> Iterator[Path]:
    """Yield what lies in the store, in order, one folder in memory at a time."""
    for first in _names(folder / "sha256"):
        for second in _names(folder / "sha256" / first):
            for name in _names(folder / "sha256" / first / second):
                yield folder / "sha256" / first / second / name


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
