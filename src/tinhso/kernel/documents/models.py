"""Blobs (content, kept once), documents (a name and an owner given to content) and what documents belong to."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id


class Blob(models.Model):
    """Content in the store, once however often it is saved. Never changed; purged when no document holds it."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("media type"), max_length=120)
    pages = models.PositiveIntegerField(_("pages"), null=True)
    scanned_with = models.CharField(_("scanned with"), max_length=120, blank=True)
    stored_at = models.DateTimeField(_("stored at"))

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="documents_blob_not_empty")]

    def __str__(self) -> str:
        return self.sha256


class Document(models.Model):
    """A file that somebody saved: the name they gave it, whose it is, what for."""

    journal_type = "document"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="documents", verbose_name=_("content"))
    name = models.CharField(_("name"), max_length=255)
    owner = models.CharField(_("owner"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    signed_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="signed_versions", verbose_name=_("signed from")
    )
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        indexes = [models.Index(fields=["owner", "id"], name="documents_by_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the content, in hex: the fingerprint shown beside the file."""
        return str(self.blob_id)

    @property
    def size_bytes(self) -> int:
        """Return the size of the content in bytes."""
        return self.blob.size_bytes

    @property
    def media_type(self) -> str:
        """Return the media type found in the content (not the one claimed)."""
        return self.blob.media_type

    @property
    def pages(self) -> int | None:
        """Return the number of pages of a PDF, 1 for an image, None for what has no pages until it is printed."""
        return self.blob.pages

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this document."""
        return self.journal_type, str(self.id)


class DocumentLink(models.Model):
    """A document in its place: attached to a subject (a dossier, a draft) in a role (a component, a result). The id tells when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="links", verbose_name=_("document"))
    subject_type = models.CharField(_("kind of subject"), max_length=60)
    subject_key = models.CharField(_("subject"), max_length=120)
    role = models.CharField(_("role"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_key", "role", "document"], name="documents_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_key} {self.role}"


class ReadingState(models.TextChoices):
    """How far the reading of a scan has come."""

    WAITING = "waiting", _("Waits to be read")
    DONE = "done", _("Read by the machine")


class Rendition(models.Model):
    """
    A scan made readable: what was found on its pages, and the straightened pages as searchable PDF.

    `outcome`: `read`, `part` (more pages than are read), `blank`, `dark`, `unclear`, `failed`; of several pages the best.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="rendition")
    state = models.CharField(max_length=8, choices=ReadingState, default=ReadingState.WAITING)
    outcome = models.CharField(max_length=8, blank=True)
    pages = models.PositiveIntegerField(default=0, help_text="pages that were read")
    found = models.BinaryField(default=bytes, help_text="what was found on each page: JSON, zlib")
    searchable = models.OneToOneField(
        Document, on_delete=models.SET_NULL, null=True, related_name="made_of", help_text="the straightened pages"
    )
    asked_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="documents_to_be_read", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.outcome}"


def as_id(value: uuid.UUID | str) -> uuid.UUID:
    """Return the id as a UUID; for what is not one, the nil UUID, which nothing has."""
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value)
    except ValueError:
        return uuid.UUID(int=0)
