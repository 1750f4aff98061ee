"""How the journal stands: what waits to be sealed and handed over, and what was given up."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.gauges import Gauge, age_of, capped_count
from tinhso.base.stamps import get_stamp
from tinhso.kernel.journal.models import Delivery, Entry, Purpose, Queued
from tinhso.kernel.journal.verifying import VERIFIED

_OLDEST, _UNSEALED = "outbox_oldest_seconds", "unsealed_oldest_seconds"


def _waiting(purpose: Purpose) -> float:
    return capped_count(Queued.objects.filter(purpose=purpose))


def _oldest(purpose: Purpose, at: datetime) -> float:
    """Return the age of what has waited longest, by two look-ups in an index."""
    first = Queued.objects.filter(purpose=purpose).order_by("id").values_list("entry_id", flat=True).first()
    moment = Entry.objects.filter(id=first).values_list("at", flat=True).first() if first else None
    return age_of(moment, at)


def _dead(_at: datetime) -> float:
    # the table holds what is owed only: what was delivered is gone from it
    return capped_count(Delivery.objects.exclude(dead_at=None))


def _verified(at: datetime) -> float:
    stamp = get_stamp(VERIFIED)
    return age_of(stamp.at, at) if stamp and stamp.is_fine else -1


GAUGES = (
    Gauge("outbox_waiting", _("Entries to hand over"), lambda _at: _waiting(Purpose.DISPATCH), 10, True, _OLDEST),
    Gauge(_OLDEST, _("Seconds the oldest of them waits"), lambda at: _oldest(Purpose.DISPATCH, at), 11),
    Gauge("unsealed_entries", _("Entries to seal"), lambda _at: _waiting(Purpose.SEAL), 12, True, _UNSEALED),
    Gauge(_UNSEALED, _("Seconds the oldest of them is not sealed"), lambda at: _oldest(Purpose.SEAL, at), 12),
    Gauge("dead_letters", _("Dead letters"), _dead, order=13, waits=True),
    Gauge("journal_verified_age_seconds", _("Seconds since the journal was found whole; -1 for never"), _verified, 14),
)
