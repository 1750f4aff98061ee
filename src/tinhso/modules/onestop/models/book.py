"""The follow-up book of a desk and year: opened with its first line, numbered without gaps, closed, signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tinhso.kernel.journal.public import new_id


class YearBook(models.Model):
    """
    One book of one desk. Its lines are the dossiers that bear its year and their number (`Dossier.book_year`, `form_number`).

    Closed once, never opened again: the counter of its numbers is shut with it, and what comes later goes to the next book.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    desk_code = models.CharField(max_length=35)
    head_code = models.CharField(max_length=35, blank=True, help_text="agency above the desk, whose leader heads it")
    year = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    lines = models.PositiveIntegerField(default=0, help_text="the last number, once it is closed")
    drawn_at = models.DateTimeField(null=True, blank=True, help_text="when the last volume was printed")
    document_id = models.UUIDField(null=True, blank=True, help_text="the closing page, signed: it names every volume")
    sha256 = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=200, blank=True)
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="when the printed volumes went, by the retention rule; their hashes stay"
    )

    class Meta:
        """One book a desk and year."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["desk_code", "year"], name="onestop_book_one_a_year"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["closed_at"],
                condition=models.Q(closed_at__isnull=False, drawn_at__isnull=True),
                name="onestop_book_to_draw",
            ),
            models.Index(fields=["-year", "-desk_code"], name="onestop_book_years"),
        ]

    def __str__(self) -> str:
        """Return desk and year."""
        return f"{self.desk_code} {self.year}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("book", f"{self.desk_code}:{self.year}")


class BookVolume(models.Model):
    """Some hundred lines of a closed book as a PDF: printed one after the other, so that no year is too big for memory."""

    book = models.ForeignKey(YearBook, on_delete=models.PROTECT, related_name="volumes")
    number = models.PositiveSmallIntegerField()
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    document_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        """Each volume once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="onestop_book_volume_once"),
        ]

    def __str__(self) -> str:
        """Return its lines."""
        return f"{self.first}–{self.last}"


class BookNote(models.Model):
    """A correction: a line is never written over, a note stands beside it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    book = models.ForeignKey(YearBook, on_delete=models.PROTECT, related_name="notes")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=500)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """Read with the lines of a page."""

        indexes: ClassVar = [models.Index(fields=["book", "number"], name="onestop_book_note")]

    def __str__(self) -> str:
        """Return the words."""
        return self.text
