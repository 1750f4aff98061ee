"""A province as `./tinhso up` begins it: the pack, the invented people, the dossiers of the demonstration."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.snapshot import PROVINCES

from tinhso.base import clock
from tinhso.base.actors import system
from tinhso.base.clock import CIVIL_ZONE
from tinhso.base.registry import Demo, registry
from tinhso.kernel.identity.public import Account
from tinhso.kernel.journal.public import seal
from tinhso.kernel.organisation.pack import load_pack
from tinhso.kernel.organisation.public import get_agency, holdings_of
from tinhso.modules.onestop.models import Dossier
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.onestop.tests.test_pages_budget import signed_in
from tinhso.modules.quality.tasks import keep_measures

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CIVIL_ZONE)
"""A Tuesday morning."""


@pytest.fixture(params=["quang-nam", "nghich"])
def pack(request):
    """Name the province."""
    return request.param


@pytest.fixture
def demonstration(pack, own_folders, settings, monkeypatch, db):  # noqa: F811
    """Load the province with its demonstration and measure it; the doors read NOW."""
    settings.PACK_DIR = PROVINCES / pack
    monkeypatch.setattr(clock, "now", lambda: NOW)
    load_pack(settings.PACK_DIR, actor=system("loader"), at=NOW - timedelta(days=60))
    for loan in registry.of(Demo):
        loan.load(at=NOW)
    while seal(NOW):
        pass
    keep_measures(at=NOW)


@pytest.fixture
def officials(demonstration) -> dict[str, Client]:
    """
    Return one official of each kind, with a session that proved a second factor: what they may do, at what level.

    Of the agencies that take part in dossiers of others one of each: they see a part of what their colleagues see.
    """
    shared = {code for each in Dossier.objects.values_list("shared_with", flat=True) for code in each.split()}
    assert shared, "the demonstration has no dossier that several agencies settle"
    kinds: dict[object, str] = {}
    for account in Account.objects.filter(official__isnull=False).order_by("username"):
        held = holdings_of(account.official_id, NOW.date())
        places = {each.agency if each.agency in shared else get_agency(each.agency, NOW.date()).level for each in held}
        kinds[frozenset(places), frozenset(role for each in held for role in each.roles)] = account.username
    return {name: signed_in(name) for name in kinds.values()}
