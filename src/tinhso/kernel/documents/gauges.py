"""How long the signing keys are still good."""

from __future__ import annotations

import time
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge
from tinhso.kernel.documents.signing import get_key_ring

_KEPT = 600.0
"""Seconds for which an answer stays: reading every certificate costs what there are of them."""
_known: dict[str, tuple[float, datetime | None]] = {}


def first_end(ring: str) -> datetime | None:
    """Return when the first certificate of the key ring named in settings ends; None when it has none or tells none."""
    kept = _known.get(ring)
    if kept is None or time.monotonic() - kept[0] > _KEPT:
        ends = getattr(get_key_ring(), "ends", None)
        kept = _known[ring] = (time.monotonic(), min(ends(), default=None) if ends else None)
    return kept[1]


def _left(at: datetime) -> float:
    end = first_end(settings.KEY_RING)
    return (end - at).total_seconds() if end else -1


GAUGES = (
    Gauge(
        "signing_certificate_left_seconds", _("Seconds until the first signing certificate ends; -1 unknown"), _left, 40
    ),
)
