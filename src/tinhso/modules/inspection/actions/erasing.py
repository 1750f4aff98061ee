"""Erasure of findings in their time, when they are closed or were made on trial. Called within an act of `kernel.privacy`, which asks and journals."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from django.db.models import Q

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.kernel.documents.public import InUse, discard, linked, unlink
from tinhso.modules.inspection.models import Finding, Word
from tinhso.modules.inspection.queries.findings import FILES_OF


def forget_findings(keys: list[Any], actor: Actor, at: datetime) -> int:
    """
    Take names, words, facts and files out of these findings; what was found, where, when and how it ended stays counted.

    Returns how many.
    """
    over = Q(closed_at__isnull=False) | Q(is_silent=True)
    rows = Finding.objects.select_for_update(of=("self",)).filter(over, pk__in=keys, erased_at__isnull=True)
    found = list(rows.values_list("pk", flat=True))
    for key in found:
        for link in linked((FILES_OF, str(key))):
            unlink(link.document, FILES_OF, str(key), link.role, actor=actor, at=at)
            with contextlib.suppress(InUse, NotFound):
                discard(link.document, actor=actor, at=at)
    Word.objects.filter(finding_id__in=found).update(text="", by_key="", by_name="", by_post="")
    return Finding.objects.filter(pk__in=found).update(
        facts={}, subject_title="", concerned_key="", concerned_name="", concerned_post="", assigned_key="",
        assigned_name="", closed_by="", erased_at=at,
    )  # fmt: skip
