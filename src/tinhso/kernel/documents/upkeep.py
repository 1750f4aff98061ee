"""
Looking after the store: what is missing, altered or unused. Lent to the worker; by hand, `manage.py documents check`.

Never deletes what a document names. What nothing names is kept for a day: it may be a file that is being saved just now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from tinhso.base.actors import system
from tinhso.kernel.documents.actions import purge_content
from tinhso.kernel.documents.models import Blob
from tinhso.kernel.documents.store import get_store
from tinhso.kernel.documents.uploads import purge_uploads

__all__ = ["Findings", "check_store", "purge_store", "purge_uploads"]

_KEPT_UNUSED = timedelta(days=1)
_BATCH = 500


@dataclass(slots=True)
class Findings:
    """What was found, by SHA-256."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    """Rows whose content is not in the store: restore it from a backup."""
    corrupt: list[str] = field(default_factory=list)
    """Content that is no longer what its name says: restore it from a backup."""
    orphaned: list[str] = field(default_factory=list)
    """Content in the store that no row names: left by a crash between the rename and the commit, or discarded."""
    unused: list[str] = field(default_factory=list)
    """Rows that no document names any more."""

    @property
    def is_sound(self) -> bool:
        """Tell whether every document can be read; orphans do no harm."""
        return not self.missing and not self.corrupt


def check_store(*, deep: bool = True) -> Findings:
    """Compare rows with files, reading every byte again when `deep`. Takes as long as reading the whole store does."""
    store, findings = get_store(), Findings()
    present = set(store.digests())
    for digest, used in _rows():
        findings.checked += 1
        if digest not in present:
            findings.missing.append(digest)
        elif deep and not store.is_sound(digest):
            findings.corrupt.append(digest)
        present.discard(digest)
        if not used:
            findings.unused.append(digest)
    findings.orphaned = sorted(present)
    return findings


def purge_store(*, at: datetime) -> int:
    """Delete content that nothing has named for a day, and leftovers of crashes; return how many files went."""
    store = get_store()
    gone = store.sweep()
    stale = Blob.objects.filter(documents=None, stored_at__lt=at - _KEPT_UNUSED).values_list("sha256", flat=True)
    if unused := list(stale):
        purge_content(unused, actor=system("worker"), at=at)
    named = {digest for digest, _used in _rows()}
    return gone + sum(store.remove_orphan(digest) for digest in store.digests() if digest not in named)


def _rows() -> Iterator[tuple[str, bool]]:
    """Return every blob and whether a document names it: two statements for each batch, in order of SHA-256."""
    names = Blob.objects.order_by("sha256").values_list("sha256", flat=True).iterator(_BATCH)
    for batch in batched(names, _BATCH, strict=False):
        used = set(Blob.objects.filter(sha256__in=batch, documents__isnull=False).values_list("sha256", flat=True))
        yield from ((digest, digest in used) for digest in batch)
