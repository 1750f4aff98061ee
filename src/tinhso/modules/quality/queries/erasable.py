"""What of quality is not kept for ever."""

from __future__ import annotations

from django.db.models import QuerySet

from tinhso.base.personal import Before
from tinhso.modules.quality.models import Invitation


def invitations(before: Before) -> QuerySet[Invitation]:
    """Return who was drawn for surveys that ended before a moment: from then on nothing leads from a survey to a dossier."""
    if before.moment is None:
        return Invitation.objects.none()
    return Invitation.objects.filter(cell__survey__ends_at__lt=before.moment).order_by("cell__survey__ends_at", "id")
