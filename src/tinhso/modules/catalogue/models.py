"""Tables of the catalogue: versions of procedures, life events, synonyms. The search table is made by a migration."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class Origin(models.TextChoices):
    """Where a version was written."""

    PACK = "pack", pgettext_lazy("procedure", "Pack")
    PAGE = "page", pgettext_lazy("procedure", "Designer")


class Procedure(models.Model):
    """
    One version of a procedure, from the pack or written in the designer. Code is `D.DDDDDD`, a string; a local variant keeps its suffix apart.

    A newer version, or a pack without it, ends this row's validity (`valid_to`); rows are not edited otherwise. A procedure
    that ends is not `complete` on its last day: who filed goes on by it, nobody begins.
    """

    code = models.CharField(max_length=40, help_text="with the local suffix, e.g. 1.012753.H19")
    national_code = models.CharField(max_length=12)
    name = models.CharField(max_length=1200)
    name_en = models.CharField(max_length=1200, blank=True)
    field = models.CharField(max_length=300, blank=True)
    field_slug = models.CharField(max_length=120, blank=True)
    levels = models.CharField(max_length=80, help_text="` province commune `, each between spaces")
    subjects = models.CharField(max_length=200, help_text="` people business other `")
    online = models.CharField(max_length=10, default="none")
    complete = models.BooleanField(default=False, help_text="can be filed, settled and returned here")
    popular = models.PositiveSmallIntegerField(default=0, help_text="place among the most used; 0 = not listed")
    facts = models.JSONField(help_text="what the national record states")
    local = models.JSONField(default=dict, help_text="what the province adds: form, flow, fees, templates")
    content = models.CharField(max_length=64)
    origin = models.CharField(max_length=4, choices=Origin, default=Origin.PACK, db_default=Origin.PACK)
    pack_content = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="of what was written in the designer: the content that the pack had then; empty where it had none",
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        """One open version a code."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to__isnull=True), name="catalogue_one_open")
        ]
        indexes: ClassVar = [
            models.Index(fields=["code", "valid_from"], name="catalogue_code"),
            models.Index(fields=["national_code"], name="catalogue_national"),
            models.Index(fields=["field_slug", "name"], name="catalogue_field"),
            models.Index(fields=["popular", "name"], name="catalogue_popular"),
        ]

    def __str__(self) -> str:
        """Return code and name."""
        return f"{self.code} {self.name}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("procedure", self.code)


class LifeEvent(models.Model):
    """Something that happens in a life or a business, and the procedures that go with it."""

    code = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    hint = models.CharField(max_length=200, blank=True)
    hint_en = models.CharField(max_length=200, blank=True)
    icon = models.CharField(max_length=40)
    audience = models.CharField(max_length=10, default="people")
    order = models.PositiveSmallIntegerField(default=0)
    procedures = models.JSONField(default=list, help_text="codes, most asked first")
    fields = models.JSONField(default=list, help_text="slugs of whole fields")

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class Synonym(models.Model):
    """Everyday words and the words of the catalogue, both folded: `so do` → `giay chung nhan quyen su dung dat`."""

    said = models.CharField(max_length=120, primary_key=True)
    meant = models.JSONField(help_text="list of folded phrases")

    def __str__(self) -> str:
        """Return what people say."""
        return self.said
