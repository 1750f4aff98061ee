"""What holds for every test, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    """Begin each test in the language a page begins in: a request in English leaves English behind in its thread."""
    translation.activate("vi")
    yield
    translation.activate("vi")
