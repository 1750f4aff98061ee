"""What is drawn: progress, the clock ring, days used, QR codes. No inline style anywhere: SVG and <progress>."""

# ruff: noqa: A002 - arguments are the names of attributes in templates: id, type, max, open
from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tinhso.base.refusals import Text
from tinhso.web import words
from tinhso.web.components import component

RING = 2 * math.pi * 35
"""Length of the clock ring: its radius is 35 units."""


@component("progress")
def progress(
    value: float,
    *,
    max: float = 100,
    label: Text,
    kind: Literal["info", "ok", "warn", "late"] = "info",
    text: Text = "",
) -> dict[str, Any]:
    """Show how much is done. `label` names it for screen readers, `text` is printed beside it."""
    return {"value": value, "max": max, "label": label, "kind": kind, "text": text}


@component("clock")
def clock(
    used: float,
    total: float,
    *,
    state: Literal["ok", "warn", "late", "pause", "done"],
    label: Text,
    left: Text,
    unit: Text = "",
) -> dict[str, Any]:
    """Draw how much of the time limit is used. `label` says it in words; `left` and `unit` stand in the ring."""
    share = 1.0 if total <= 0 else min(1.0, max(0.0, used / total))
    if state == "late":
        share = 1.0
    return {
        "dash": f"{share * RING:.1f} {RING:.1f}",
        "state": state,
        "label": label,
        "left": left,
        "unit": unit,
        "any": share > 0,
    }


@component("daybar")
def daybar(days: Iterable[Literal["on", "paused", "now", "late", ""]]) -> dict[str, Any]:
    """Show the days of a time limit one by one; decoration, the heading beside it says the same in words."""
    return {"days": list(days)}


@component("qr")
def qr(value: str, *, label: Text, css: str = "cq-qr") -> SafeString:
    """Draw a QR code (error correction M) as one SVG path with a name."""
    # few pages show one
    import segno

    code = segno.make(value, error="m", micro=False)
    rows = [list(row) for row in code.matrix]
    path = "".join(_runs(rows))
    size = len(rows)
    markup = (
        '<svg class="{css}" viewBox="-2 -2 {box} {box}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        '<path class="cq-qr__paper" d="M-2-2h{box}v{box}h-{box}z"/><path d="{path}"/></svg>'
    )
    return format_html(markup, css=css, box=size + 4, label=label, path=mark_safe(path))  # noqa: S308 - digits and letters we made


def _runs(rows: list[list[int]]) -> Iterable[str]:
    """Yield one rectangle for each run of dark modules."""
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += max(width, 1)


@component("measure")
def measure(value: Any, *, places: int = 0, unit: Text = "") -> SafeString:
    """Print a figure with tabular digits and its unit."""
    return format_html(
        '<span class="cq-num">{}</span>{}{}', words.number(value, places), words.NBSP if unit else "", unit
    )


_COARSE = 4
"""A range below which whole numbers would name two lines alike."""
_WIDE, _HIGH, _LEFT, _TOP, _BELOW = 420, 170, 44, 12, 24


@component("line_chart")
def line_chart(
    points: Iterable[tuple[str, float | None]], *, label: Text, target: float | None = None, places: int = 0
) -> SafeString:
    """
    Draw figures over time as one line with its target. `label` says in words what it shows; a point without a figure is a gap.

    A point is the words under it and its figure. A table with the same figures stands beside it on the page.
    """
    every = list(points)
    known = [value for _text, value in every if value is not None] + ([target] if target is not None else [])
    if not known:
        return SafeString()
    low, high = min(known), max(known)
    pad = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    low, high = (max(0.0, low - pad) if low >= 0 else low - pad), high + pad
    places = max(places, 1 if high - low < _COARSE else 0)
    step = (_WIDE - _LEFT - 14) / max(1, len(every) - 1)

    def y_of(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HIGH - _TOP - _BELOW)

    parts = [
        format_html(
            '<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
            _LEFT, f"{y_of(value):.1f}", _WIDE, _LEFT - 6, f"{y_of(value) + 4:.1f}", words.number(value, places),
        )
        for value in (low + (high - low) * part / 3 for part in range(4))
    ]  # fmt: skip
    if target is not None:
        parts.append(format_html('<path class="tgt" d="M{} {}H{}"/>', _LEFT, f"{y_of(target):.1f}", _WIDE))
    path, is_open = [], False
    for place, (_text, value) in enumerate(every):
        if value is not None:
            path.append(f"{'L' if is_open else 'M'}{_LEFT + place * step:.1f} {y_of(value):.1f}")
        is_open = value is not None
    parts.append(format_html('<path class="line" d="{}"/>', "".join(path)))
    every_nth = max(1, len(every) // 6)
    for place, (text, value) in enumerate(every):
        x = _LEFT + place * step
        if value is not None:
            parts.append(format_html('<circle cx="{}" cy="{}" r="3"/>', f"{x:.1f}", f"{y_of(value):.1f}"))
        if place % every_nth == 0 or place == len(every) - 1:
            parts.append(format_html('<text x="{}" y="{}" text-anchor="middle">{}</text>', f"{x:.1f}", _HIGH - 6, text))
    return format_html(
        '<svg class="cq-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _WIDE + 20, _HIGH, label, mark_safe("".join(parts)),  # noqa: S308 - each part was escaped above
    )  # fmt: skip
