"""What a province may choose is read from its pack: seen in the one that chose the opposite of everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.snapshot import PROVINCES

from tinhso.base.actors import Actor, ActorKind, system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.kernel.organisation.pack import load_pack
from tinhso.modules.onestop.actions.applications import start_application
from tinhso.modules.onestop.queries.deadlines import due_for

MONDAY = datetime(2024, 6, 3, 10, 0, tzinfo=CIVIL_ZONE)
TU = Actor(kind=ActorKind.CITIZEN, key="person:1", name="Trần Thị Tư")


@pytest.fixture
def nghich(db):
    """The contrary province, loaded."""
    load_pack(PROVINCES / "nghich", actor=system("loader"), at=MONDAY - timedelta(days=9))


@pytest.mark.parametrize(("hour", "day"), [(10, 6), (11, 6), (12, 7), (15, 7)])
def test_what_comes_after_the_hour_of_the_province_counts_from_the_next_day(nghich, hour, day):
    # Wednesday is half a day there, so that two days from Monday end on Thursday
    due = due_for(Decimal(2), "working_day", agency_code="Y90.1", clock_from=MONDAY.replace(hour=hour))
    assert due.value.astimezone(CIVIL_ZONE).day == day


def test_a_draft_is_kept_as_long_as_the_province_says(nghich):
    draft = start_application("9.000001", actor=TU, at=MONDAY)
    assert draft.expires_at == MONDAY + timedelta(days=7)
