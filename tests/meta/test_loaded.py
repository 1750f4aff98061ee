"""The province that is in force: loaded whole, and loading it again changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.snapshot import LOADED_AT, PROVINCES, province, snapshots, with_province  # noqa: F401 - lent to the tests here

from tinhso.base.actors import system
from tinhso.kernel.journal.public import verify_all
from tinhso.kernel.organisation.pack import load_pack
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401 - lent to the tests here

pytestmark = [*with_province, pytest.mark.usefixtures("own_folders")]


def test_a_pack_that_is_loaded_is_loaded_whole_and_twice_changes_nothing():
    plan = load_pack(PROVINCES / "quang-nam", actor=system("loader"), at=LOADED_AT + timedelta(days=400))
    assert list(plan.changes) == []
    assert not plan.unclaimed
    assert verify_all().ok
