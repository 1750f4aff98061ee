"""One Playwright for a process: a second one would find the loop of the first and refuse to start."""

from __future__ import annotations

import atexit
from functools import cache

from playwright.sync_api import Playwright, sync_playwright


@cache
def playwright() -> Playwright:
    """Return the one of this process, started on first use and stopped when it ends."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
