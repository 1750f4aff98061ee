"""Every version of every form, kept for ever: an answer is only readable with the question it answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Origin(models.TextChoices):
    """Where a version was written."""

    PACK = "pack", pgettext_lazy("form", "Pack")
    PAGE = "page", pgettext_lazy("form", "Designer")


class FormVersion(models.Model):
    """
    One text of one form. Never changed; `withdrawn_at` is set when a later one replaces it or the pack drops it.

    `schema` is text and not a JSON column: the order of questions is part of a form, and PostgreSQL's `jsonb` loses it.
    """

    code = models.CharField(_("code"), max_length=60)
    version = models.PositiveIntegerField(_("version"))
    schema = models.TextField(_("schema"))
    sha256 = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=300)
    title_en = models.CharField(max_length=300)
    procedure = models.CharField(max_length=60, blank=True)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=4, choices=Origin, default=Origin.PACK, db_default=Origin.PACK)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="forms_one_text_per_version"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(withdrawn_at__isnull=True), name="forms_one_version_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("form", f"{self.code}@{self.version}")
