"""Ten thousand acts at once: the worker keeps up, and what inspection costs it is told as a ratio."""

from __future__ import annotations

import time

import pytest
from tests.snapshot import with_province

from tinhso.base.registry import Subscriber, registry
from tinhso.kernel.journal.models import Purpose, Queued
from tinhso.kernel.journal.public import Delivery, Entry, dispatch
from tinhso.kernel.organisation.public import touch
from tinhso.modules.inspection.models import Finding, Standing
from tinhso.modules.onestop.actions import supplement
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.playing import later

pytestmark = with_province
ACTS = 10_000
"""How many times as long the worker may take over its entries with all scenarios as with none."""


@pytest.fixture
def acts(who):
    """Return ids of entries about dossiers, of every kind of act that scenarios look at, some of them wrong."""
    for number in range(40):
        code = playing.proposed(who) if number % 4 else playing.taken(who)
        if number % 4 == 0:
            supplement.ask_for_supplement(code, [{"reason": "missing", "text": "Nộp lại"}], actor=who.ha, at=later(8))
    while dispatch(at=later(400)):
        pass
    Finding.objects.all().delete()
    return list(Entry.objects.filter(subject_type="dossier").order_by("id").values_list("id", flat=True))


def worked_off(acts, subscribers):
    """Queue the acts anew until there are ten thousand, hand them all over, return how many there were in a second."""
    rows = (Queued(purpose=Purpose.DISPATCH, entry_id=acts[n % len(acts)]) for n in range(ACTS))
    Queued.objects.filter(purpose=Purpose.DISPATCH).delete()
    Queued.objects.bulk_create(rows, batch_size=500)
    began = time.perf_counter()
    while dispatch(at=later(500), subscribers=subscribers):
        pass
    return ACTS / (time.perf_counter() - began)


def test_a_burst(acts, record_property):
    everybody = registry.of(Subscriber)
    alone = [each for each in everybody if each.key == "inspection.check"]
    with_all, only = worked_off(acts, everybody), worked_off(acts, alone)
    wrong = Finding.objects.count()
    assert wrong == 10 * 2
    Standing.objects.update(state="off")
    touch()
    without = worked_off(acts, everybody)
    for name, rate in (("with all", with_all), ("with none", without), ("inspection alone", only)):
        record_property(f"entries a second {name}", round(rate))
    assert not Delivery.objects.exists()
    assert Finding.objects.count() == wrong
