"""
How the province looks to the pages: its names, hotline, logo and colours. The site says who knows them.

Settings name a provider, `WEB_PROVINCE = "package.module.function"`: a function of the language code that returns a
`Look`. Without one the pages are neutral ("Tỉnh Số").
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string

from tinhso.web.contrast import ratio

log = logging.getLogger(__name__)
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")
BRANDABLE: dict[str, str] = {
    "son-900": "#4f080e",
    "son-800": "#6e0d14",
    "son-700": "#8e1018",
    "son-600": "#b3141d",
    "son-50": "#fcf3f1",
    "vang-500": "#ffc52e",
    "vang-300": "#ffe08a",
}
"""Tokens a province may change, with our values."""
BRAND_PAIRS: tuple[tuple[str, str, float], ...] = (
    ("#ffffff", "son-900", 4.5),
    ("#ffffff", "son-800", 4.5),
    ("#ffffff", "son-700", 4.5),
    ("son-700", "#ffffff", 4.5),
    ("son-700", "son-50", 4.5),
    ("vang-500", "son-900", 4.5),
    ("vang-500", "son-700", 4.5),
    ("vang-300", "son-700", 4.5),
    ("vang-300", "#23191a", 4.5),
    ("#17202a", "vang-500", 4.5),
    ("#17202a", "vang-300", 4.5),
    ("son-800", "vang-300", 4.5),
    ("son-600", "#ffffff", 3.0),
    ("son-600", "son-50", 3.0),
)
"""Foreground, background, least ratio: what must hold after a province changed its colours (WCAG 2.2, 1.4.3, 1.4.11)."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the shells print about the province, in one language."""

    name: str = "Tỉnh Số"
    """Name of the province, e.g. "tỉnh Quảng Nam"."""
    portal: str = "Tỉnh Số"
    """Name of the site, e.g. "Cổng Dịch vụ công tỉnh Quảng Nam"; ends every page title."""
    portal_short: str = "Tỉnh Số"
    """What stands big in the masthead, e.g. "Cổng Dịch vụ công"."""
    authority: str = ""
    """Who runs it, small in the masthead, e.g. "UBND tỉnh Quảng Nam"."""
    desk: str = "Tỉnh Số"
    """What the officer's shell is called, e.g. "Một cửa điện tử"."""
    address: str = ""
    hotline: str = "1022"
    hotline_hours: str = ""
    email: str = ""
    domain: str = ".gov.vn"
    logo: str = ""
    """Static path or address of the logo; empty shows the drum."""
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Colours by token name without prefix, e.g. `{"son-700": "#0b4f9e"}`; see `BRANDABLE`."""

    @property
    def colour(self) -> str:
        """Return the colour of the masthead, for the browser's own bar."""
        return self.tokens.get("son-700", BRANDABLE["son-700"])

    @property
    def theme(self) -> str:
        """Return a stamp of the colours, empty when they are ours: the version in the address of the theme."""
        if not self.tokens:
            return ""
        return hashlib.sha256(repr(sorted(self.tokens.items())).encode()).hexdigest()[:10]


NEUTRAL = Look()


class BadThemeError(ValueError):
    """The colours of a province cannot be used; `args` says each reason."""


def theme_faults(tokens: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a province's colours: unknown names, no #rrggbb, pairs that cannot be read."""
    faults = [f"{name}: not a token a province may set" for name in tokens if name not in BRANDABLE]
    faults += [f"{name}: {value!r} is not #rrggbb" for name, value in tokens.items() if not _HEX.match(value)]
    if faults:
        return faults
    colours = {**BRANDABLE, **tokens}
    for front, back, least in BRAND_PAIRS:
        found = ratio(colours.get(front, front), colours.get(back, back))
        if found < least:
            faults.append(f"{front} on {back}: contrast {found:.1f}, needs {least}")
    return faults


def theme_css(tokens: Mapping[str, str]) -> str:
    """Return the style sheet of the theme. Raises BadThemeError when `theme_faults` finds any."""
    faults = theme_faults(tokens)
    if faults:
        raise BadThemeError(*faults)
    lines = "".join(f"--cq-{name}:{value};" for name, value in sorted(tokens.items()))
    return f"@layer province{{:root{{{lines}}}}}\n"


def province(language: str) -> Look:
    """Return the look from the provider that settings name, or the neutral one."""
    name = getattr(settings, "WEB_PROVINCE", "")
    if not name:
        return NEUTRAL
    provider: Callable[[str], Look] = import_string(name)
    return provider(language)


def province_or_neutral(language: str) -> Look:
    """Return the look, or the neutral one when the provider fails: for pages that tell of a failure."""
    try:
        return province(language)
    except Exception:  # an error page must come out whatever is broken
        log.exception("the province's look is not to be had")
        return NEUTRAL
