"""
Roots put where the database cannot reach back: a file that only grows, one JSON line for each root.

Whoever rewrites the whole journal, tree and roots included, still contradicts this file and every copy of it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from tinhso.kernel.journal.content import moment
from tinhso.kernel.journal.models import Root

_PAGE = 1000


def published_path() -> Path:
    """Return where the roots are published: `published-roots.jsonl` in the data folder."""
    return Path(settings.DATA_DIR) / "published-roots.jsonl"


def root_facts(root: Root) -> dict[str, object]:
    """Return a root as it is published: size, and hash, moment, previous chain hash and chain hash as text."""
    return {
        "size": root.size,
        "hash": bytes(root.hash).hex(),
        "at": moment(root.at),
        "previous": bytes(root.previous).hex(),
        "chain": bytes(root.chain).hex(),
    }


def publish() -> int:
    """
    Append every root that the file does not hold yet, and return how many. Two may run at once; one waits.

    A last line that a power cut left half-written is cut off and written again.
    """
    path = published_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = _last_size(file)
        while page := list(Root.objects.filter(size__gt=size).order_by("size")[:_PAGE]):
            lines = [json.dumps(root_facts(root), separators=(",", ":")) + "\n" for root in page]
            file.write("".join(lines).encode())
            written, size = written + len(page), page[-1].size
        if written:
            file.flush()
            os.fsync(file.fileno())
    return written


def _last_size(file: BinaryIO) -> int:
    """Return the size in the last whole line, and cut off what follows it."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - 4096)
    file.seek(start)
    tail = file.read()
    whole = tail.rfind(b"\n") + 1
    if start + whole < end:
        file.truncate(start + whole)
    lines = tail[:whole].splitlines()
    return int(json.loads(lines[-1])["size"]) if lines else 0


def published_roots() -> Iterator[dict[str, object]]:
    """Yield what was published, oldest first; nothing when there is no file."""
    path = published_path()
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)
