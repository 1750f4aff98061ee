"""Tables of the privacy kernel: what the pack's rules say, version by version."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.organisation.models import Dated, DatedManager


class RuleBook(Dated):
    """One file of rules of the pack, e.g. `retention`: a new version begins on its day, old ones stay."""

    code = models.CharField(max_length=20)
    data = models.JSONField()

    objects = DatedManager["RuleBook"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="privacy_one_book_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"
