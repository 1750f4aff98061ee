"""Fixtures of casework's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tinhso.base.registry import Module, Registry
from tinhso.kernel.casework.actions import deploy_flow, moving
from tinhso.kernel.casework.loans import ServiceTask
from tinhso.kernel.casework.models import Flow
from tinhso.kernel.casework.tests.drawing import Draw
from tinhso.kernel.casework.tests.people import LOADER, MONDAY
from tinhso.kernel.organisation.stamp import touch

Counter = Callable[..., AbstractContextManager[CaptureQueriesContext]]


@pytest.fixture
def publish(db: None) -> Callable[[Draw], Flow]:
    """Return a function that publishes a drawing; the organisation has its stamp, as after loading a pack."""
    touch()
    return lambda draw: deploy_flow(draw.xml(), actor=LOADER, at=MONDAY)


@pytest.fixture
def at_most() -> Counter:
    """Return a context that fails when more SQL statements are sent than allowed (savepoints of the test not counted)."""

    @contextmanager
    def counted(most: int) -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as seen:
            yield seen
        sent = [
            query["sql"]
            for query in seen.captured_queries
            if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))
        ]
        assert len(sent) <= most, "\n".join([f"{len(sent)} statements:", *(sql[:120] for sql in sent)])

    return counted


@pytest.fixture
def lend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lends services to flows, in a registry of the test's own."""

    def lent(*services: ServiceTask) -> None:
        own = Registry()
        own.add("tests", Module(slug="", title="", lends=services))
        monkeypatch.setattr(moving, "registry", own)

    return lent
