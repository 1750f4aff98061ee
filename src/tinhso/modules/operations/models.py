"""Boards: which figures stand on which screen. Only `actions` and the load of a pack save them."""

from __future__ import annotations

from django.db import models


class Board(models.Model):
    """One screen: blocks of tiles, each tile an indicator. Edited in the browser it stays so until the pack's own changes."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=100)
    blocks = models.JSONField(help_text="[{code, name, name_en, icon, tiles: [indicator], rank: indicator or empty}]")
    content = models.CharField(max_length=64, help_text="of what the pack said when it was loaded last (SHA-256)")
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=200, blank=True, help_text="who arranged it; empty: as the pack has it")
    changed_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("board", self.code)
