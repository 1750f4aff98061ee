"""What holds for every test, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings
from django.test import TransactionTestCase
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


@pytest.fixture
def pg_home() -> Iterator[Path]:
    """
    Give a folder for servers, apart from that of the test.

    Another test run that begins closes the latter to other accounts, and a server that begins anew finds its data no longer.
    """
    with TemporaryDirectory(prefix="tinhso-pg-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_setup", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a second run, on another database, leave out what would only say the same again."""
    parser.addoption("--only-database", action="store_true", help="only tests that touch the database of the tests")
    parser.addoption("--whole", action="store_true", help="also tests that start the program and wait: minutes more")


def _touches_database(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or not _DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or (cls is not None and issubclass(cls, TransactionTestCase))
    )


_MOSTLY_WAITING = (
    "tests/operating/",
    "tests/upgrade/",
    "tests/backup/test_bucket.py",
    "tests/base/test_replica.py",
    "tests/backup/test_point_in_time.py",
    "tests/faults/test_database_gone.py",
    "tests/faults/test_disk_full.py",
    "tests/faults/test_killed.py",
    "tests/faults/test_many_idle.py",
    "tests/faults/test_power_loss.py",
    "tests/faults/test_reform_killed.py",
    "tests/faults/test_services_away.py",
    "tests/faults/test_toxics.py",
    "tests/inspection/test_burst.py",
    "tests/links/",
)
"""
Tests that start the whole program, or a database, and wait for it: some ten minutes. A test run leaves them
out unless it is told `--whole`.
"""


_LONG_JOURNEYS = (
    "tests/journeys/test_administration.py::test_an_official_is_entered_appointed_lends_and_leaves",
    "tests/journeys/test_administration.py::test_an_auditor_reads_everything_and_changes_nothing",
    "tests/journeys/test_district.py::test_a_leader_refuses_two_with_one_signature",
    "tests/journeys/test_district.py::test_a_permit_goes_through_everybody",
    "tests/journeys/test_linked.py",
    "tests/journeys/test_money.py::test_a_day_of_money",
    "tests/journeys/test_nghich.py::test_a_permit_to_keep_bees",
)
"""Journeys of half a minute whose pages others pass as well, or whose acts have tests of their own: left out likewise."""


def _walked_elsewhere(items: list[pytest.Item]) -> set[pytest.Item]:
    """
    Return, of the journeys that can be walked in both provinces, the walks left out: they lie in one province by turns.

    Both would take a run beyond the quarter of an hour that it may last; a whole run walks both.
    """
    walks: dict[str, list[pytest.Item]] = {}
    for item in items:
        name, _bracket, walk = item.nodeid.partition("[")
        if name.startswith("tests/journeys/") and walk:
            walks.setdefault(name, []).append(item)
    both = (walks[name] for name in sorted(walks) if len(walks[name]) > 1)
    return {item for turn, found in enumerate(both) for place, item in enumerate(found) if place != turn % len(found)}


@pytest.fixture(scope="session")
def is_whole(pytestconfig: pytest.Config) -> bool:
    """Tell a test that looks at much whether it is to look at all of it."""
    return _is_whole(pytestconfig)


def _is_whole(config: pytest.Config) -> bool:
    """Tell whether nothing is left out: told so, or some of these tests were asked for by name."""
    return bool(config.getoption("--whole")) or any(word.startswith("tests/") for word in config.args)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """
    Begin with what mostly waits; with `--only-database` leave out what chooses its database by itself, or needs none.

    What waits goes through one process, one after the other, beside two that work.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(_MOSTLY_WAITING))
    if not _is_whole(config):
        left_out = _walked_elsewhere(items) | {
            item for item in items if item.nodeid.startswith((*_MOSTLY_WAITING, *_LONG_JOURNEYS))
        }
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    if config.getoption("--only-database"):
        config.hook.pytest_deselected(items=[item for item in items if not _touches_database(item)])
        items[:] = [item for item in items if _touches_database(item)]


class ProvinceScheduling(LoadGroupScheduling):
    """
    Keeps the journeys of a province in one process, where the province is started once, beside the other's.

    xdist 3.8 writes its groups where pytest 9.2 does not look for them (pytest-xdist 1386), so they are read off the
    names: `[quang-nam]`, `[nghich]`, `test_nghich.py`.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return the province of a journey, one group for what mostly waits; what xdist thinks for everything else."""
        if nodeid.startswith(_MOSTLY_WAITING):
            return "the program itself"
        if nodeid.startswith("tests/journeys/"):
            return "journeys of nghich" if "nghich" in nodeid else "journeys of quang-nam"
        return str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ProvinceScheduling | None:
    """Distribute journeys by province."""
    return ProvinceScheduling(config, log) if config.getvalue("dist") == "loadgroup" else None
