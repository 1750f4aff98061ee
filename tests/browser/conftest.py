"""
Chromium against a live server: the harness of every browser test.

`look(path, width=390, language="vi")` opens a page of the live server and hands back a `Seen`, which collects what the
console said and asks axe and the layout. The front end is built first (nothing to do when it is fresh).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.chromium import CHROMIUM, playwright

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = (320, 390, 1440)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# playwright runs a loop of its own in this thread; the tests themselves stay synchronous
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built() -> Path:
    """Build the front end; return the folder of its static files."""
    subprocess.run([sys.executable, str(ROOT / "tools" / "build_front.py")], check=True, cwd=ROOT)
    return ROOT / "build" / "static" / "web"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one browser for the whole run."""
    browser = playwright().chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@dataclass
class Seen:
    """A page that is open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What the console said that is an error: a blocked inline style shows up here."""

    def violations(self) -> list[str]:
        """Return what axe finds, one line each."""
        if not self.page.evaluate("() => 'axe' in window"):
            # through the debugger, not a script tag: the page's policy stays as it is
            session = self.page.context.new_cdp_session(self.page)
            source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
            session.send("Runtime.evaluate", {"expression": source})
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{fault['id']}: {node['html'][:160]}" for fault in found["violations"] for node in fault["nodes"]]

    def sideways(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def at(self, width: int) -> Seen:
        """Make the window as wide as that."""
        self.page.set_viewport_size({"width": width, "height": 800})
        return self


Look = Callable[..., Seen]


@pytest.fixture
def look(
    chromium: Browser, live_server: Any, built: Path, settings: Any, request: pytest.FixtureRequest
) -> Iterator[Look]:
    """Return the function that opens a page. Whatever it opened is closed afterwards."""
    settings.STATICFILES_DIRS = [built.parent]
    opened = []

    def open_page(
        path: str, *, width: int = 1440, language: str = "vi", scripts: bool = True, workers: bool = False
    ) -> Seen:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            service_workers="allow" if workers else "block",
            reduced_motion="reduce",
        )
        opened.append(context)
        context.add_cookies([{"name": "ngon_ngu", "value": language, "url": live_server.url}])
        page = context.new_page()
        seen = Seen(page)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                seen.complaints.append(said.text)
                if said.type == "error" and "the server responded with a status of" not in said.text
                else None
            ),
        )
        page.goto(live_server.url + path)
        return seen

    yield open_page
    for context in opened:
        context.close()
