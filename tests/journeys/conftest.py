"""Journeys: the whole program runs, people of the cast go through it with Chromium, on phone and desk, in two provinces."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.chromium import CHROMIUM, playwright
from tests.journeys.house import ROOT, House, running
from tests.journeys.walking import WIDTHS, People, Seen

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder; `conftest.py` at the top keeps each province in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _built() -> None:
    """Build the front end, if it is not fresh."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "build_front.py")], check=True, cwd=ROOT)


@pytest.fixture(scope="session")
def quang_nam(_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run the real province."""
    with running("quang-nam", tmp_path_factory.mktemp("quang-nam")) as house:
        yield house


@pytest.fixture(scope="session")
def nghich(_built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run the province that chose the opposite of everything."""
    with running("nghich", tmp_path_factory.mktemp("nghich")) as house:
        yield house


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Browser]:
    browser = playwright().chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def _seen() -> Seen:
    return Seen()


@pytest.fixture(scope="session")
def _people_of_quang_nam(quang_nam: House, _chromium: Browser, _seen: Seen) -> People:
    return People(quang_nam, _chromium, _seen)


@pytest.fixture(scope="session")
def _people_of_nghich(nghich: House, _chromium: Browser, _seen: Seen) -> People:
    return People(nghich, _chromium, _seen)


@pytest.fixture
def people(_people_of_quang_nam: People) -> Iterator[People]:
    """Return the cast of Quảng Nam; whatever a walker found wrong fails the journey at its end."""
    yield _people_of_quang_nam
    _end(_people_of_quang_nam)


@pytest.fixture
def others(_people_of_nghich: People) -> Iterator[People]:
    """Return the cast of Nghịch."""
    yield _people_of_nghich
    _end(_people_of_nghich)


def _end(people: People) -> None:
    found = people.end()
    assert not found, "\n".join(found)


@pytest.fixture(params=["quang-nam", "nghich"])
def both(request: pytest.FixtureRequest) -> Iterator[People]:
    """Return the cast of each province in turn: what the program does must hold in both. See `walked` for more."""
    pack, language, device = (*request.param.split(), "", "")[:3]
    people: People = request.getfixturevalue({"quang-nam": "people", "nghich": "others"}[pack])
    people.language, people.width = language, WIDTHS.get(device, 0)
    yield people
    people.language, people.width = "", 0


@pytest.fixture(scope="session")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small PDF of one page, as a scanner makes it."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(210, 297)
    file = tmp_path_factory.mktemp("scans") / "giay-chung-sinh.pdf"
    writer.write(file)
    return file
