"""What provisioning keeps."""

from __future__ import annotations

from django.db import models


class Staff(models.Model):
    """What the staff system calls an official, and whether it deleted them: here they stay, for what they signed."""

    official_id = models.UUIDField(primary_key=True)
    external_id = models.CharField(max_length=200, blank=True, default="")
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.official_id} {self.external_id}"
