"""Fixtures of the operations centre: two dossiers, one settled and one open, counted and kept."""

from __future__ import annotations

import pytest
from tests.snapshot import province, snapshots  # noqa: F401 - lent to the tests beside

from tinhso.kernel.indicators import tasks as keeping
from tinhso.kernel.journal.public import seal
from tinhso.modules.onestop.tests import playing
from tinhso.modules.onestop.tests.conftest import own_folders  # noqa: F401
from tinhso.modules.quality import tasks


@pytest.fixture
def who(own_folders, db):  # noqa: F811
    """Everybody by name."""
    return playing.cast()


@pytest.fixture
def count():
    """Return a function that seals what was journalled, has it measured, and what was measured kept."""

    def run(at):
        while seal(at):
            pass
        tasks.keep_measures(at=at)
        return keeping.keep_lent(at=at)

    return run
