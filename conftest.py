"""What holds for every test, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation


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
