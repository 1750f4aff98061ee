"""What holds for every test, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from xdist.scheduler import LoadGroupScheduling


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    """Begin each test in the language a page begins in: a request in English leaves English behind in its thread."""
    translation.activate("vi")
    yield
    translation.activate("vi")


@pytest.fixture(autouse=True)
def _nothing_published() -> None:
    """Begin each test without the published roots of another: they stand outside of the database that is rolled back."""
    (Path(settings.DATA_DIR) / "published-roots.jsonl").unlink(missing_ok=True)


class ProvinceScheduling(LoadGroupScheduling):
    """
    Keeps the journeys of a province in one process, where the province is started once, beside the other's.

    xdist 3.8 writes its groups where pytest 9.2 does not look for them (pytest-xdist 1386), so they are read off the
    names: `[quang-nam]`, `[nghich]`, `test_nghich.py`.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return the province of a journey; what xdist thinks for everything else."""
        if nodeid.startswith("tests/journeys/"):
            return "journeys of nghich" if "nghich" in nodeid else "journeys of quang-nam"
        return str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ProvinceScheduling | None:
    """Distribute journeys by province."""
    return ProvinceScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
