"""Erasure of who was drawn, when a survey is long over. Called within an act of `kernel.privacy`, which asks and journals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinhso.base.actors import Actor
from tinhso.modules.quality.models import Invitation


def delete_invitations(keys: list[Any], _actor: Actor, _at: datetime) -> int:
    """Delete these invitations; strata, seed and answers stay. Return how many went."""
    return Invitation.objects.filter(pk__in=keys).delete()[0]
