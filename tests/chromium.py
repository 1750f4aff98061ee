"""Which browser tests drive, and one Playwright for a process: a second one would find the loop of the first and refuse to start."""

from __future__ import annotations

import atexit
import os
from functools import cache

from playwright.sync_api import Playwright, sync_playwright

CHROMIUM = os.environ.get("TINHSO_CHROMIUM", "/usr/bin/chromium-headless-shell")
"""Chromium without the windows around its pages: the same engine, a quarter less time a journey."""


@cache
def playwright() -> Playwright:
    """Return the one of this process, started on first use and stopped when it ends."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
