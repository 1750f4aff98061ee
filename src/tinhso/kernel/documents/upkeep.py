"""
Looking after the store: what is missing, altered or unused. Lent to the worker; by hand, `manage.py documents check`.

Never deletes what a document names. What nothing names is kept for a day: it may be a file that is being saved just now.

A store of millions of files is walked beside its rows, both in order of SHA-256, so that neither is ever in memory whole.
The worker takes a short slice each minute and notes how far it has come: sealing and mail never wait for it, and a restart
goes on where it was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched, islice
from pathlib import Path

from django.conf import settings

from tinhso.base.actors import system
from tinhso.kernel.documents.actions import purge_content
from tinhso.kernel.documents.models import Blob
from tinhso.kernel.documents.store import get_store, make_folder
from tinhso.kernel.documents.uploads import purge_uploads

__all__ = ["Findings", "check_store", "purge_store", "purge_uploads", "sweep_store"]

_KEPT_UNUSED = timedelta(days=1)
_BATCH = 500
_EVERY = timedelta(days=1)
"""From the beginning of one round of the worker to that of the next."""
_SECONDS = 0.25
"""How long a slice may keep the worker's other loans waiting; one more batch is finished."""


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
    lying = store.digests()
    lies = next(lying, "")
    for digest, used in _rows():
        findings.checked += 1
        while lies and lies < digest:
            findings.orphaned.append(lies)
            lies = next(lying, "")
        if lies != digest:
            findings.missing.append(digest)
        else:
            if deep and not store.is_sound(digest):
                findings.corrupt.append(digest)
            lies = next(lying, "")
        if not used:
            findings.unused.append(digest)
    findings.orphaned += [lies, *lying] if lies else []
    return findings


def purge_store(*, at: datetime) -> int:
    """Delete content that nothing has named for a day, and leftovers of crashes; return how many files went."""
    gone, after = get_store().sweep(), ""
    while True:
        some, after = _purge_batch(after, at)
        gone += some
        if not after:
            return gone


def sweep_store(*, at: datetime) -> int:
    """Do the next slice of `purge_store`; return how many files went. A new round begins a day after the last began."""
    begun_at, after = _place()
    if not after:
        if begun_at and at < begun_at + _EVERY:
            return 0
        begun_at = at
    until = time.monotonic() + _SECONDS
    gone = 0 if after else get_store().sweep()
    while True:
        some, after = _purge_batch(after, at)
        gone += some
        if not after or time.monotonic() >= until:
            break
    _note_place(begun_at or at, after)
    return gone


def _purge_batch(after: str, at: datetime) -> tuple[int, str]:
    """Purge the next few files and rows after a digest; return how many files went and the last digest, empty at the end."""
    store = get_store()
    lying = list(islice(store.digests(after), _BATCH))
    rows = Blob.objects.filter(sha256__gt=after).order_by("sha256")
    named = list(rows.values_list("sha256", flat=True)[:_BATCH])
    # only what both sides show whole can be compared
    end = min((found[-1] for found in (lying, named) if len(found) == _BATCH), default="")
    if end:
        rows = rows.filter(sha256__lte=end)
    stale = rows.filter(documents=None, stored_at__lt=at - _KEPT_UNUSED).values_list("sha256", flat=True)
    unused = list(stale)
    forgotten = purge_content(unused, actor=system("worker"), at=at) if unused else []
    kept = set(named).difference(forgotten)
    orphans = [digest for digest in lying if digest not in kept and not (end and digest > end)]
    return sum(store.remove_orphan(digest) for digest in orphans), end


def _place() -> tuple[datetime | None, str]:
    """Return when the round began and the last digest it looked at (empty: it is over, or none ever was)."""
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        noted = json.loads(_note().read_bytes())
        return datetime.fromisoformat(noted["begun_at"]), str(noted["after"])
    return None, ""


def _note_place(begun_at: datetime, after: str) -> None:
    make_folder(_note().parent)
    # not forced to disk: who loses it begins anew
    draft = _note().with_suffix(".draft")
    draft.write_text(json.dumps({"begun_at": begun_at.isoformat(), "after": after}), encoding="utf-8")
    draft.replace(_note())


def _note() -> Path:
    return Path(settings.FILES_DIR) / "swept.json"


def _rows() -> Iterator[tuple[str, bool]]:
    """Return every blob and whether a document names it: two statements for each batch, in order of SHA-256."""
    names = Blob.objects.order_by("sha256").values_list("sha256", flat=True).iterator(_BATCH)
    for batch in batched(names, _BATCH, strict=False):
        used = set(Blob.objects.filter(sha256__in=batch, documents__isnull=False).values_list("sha256", flat=True))
        yield from ((digest, digest in used) for digest in batch)
