"""Tables of the privacy kernel: what the pack's rules say, version by version, and who consented to what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.journal.public import new_id
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


class Consent(models.Model):
    """Somebody's consent to one purpose in one wording: withdrawn, the row stays with its dates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    holder = models.CharField(max_length=60)
    """Key of the person or business, e.g. `person:<id>`."""
    purpose = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    words_sha256 = models.CharField(max_length=64)
    """Digest of all that was read, in every language."""
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="privacy_one_consent_in_force",
            )
        ]
        indexes = [models.Index(fields=["holder", "-id"], name="privacy_consents_of")]

    def __str__(self) -> str:
        return f"{self.holder} {self.purpose} {self.version}"
