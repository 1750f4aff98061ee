"""Contrast of two colours as WCAG 2.2 defines it ("relative luminance", "contrast ratio")."""

from __future__ import annotations


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the formula's


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1. Raises ValueError for anything else."""
    if len(colour) != 7 or not colour.startswith("#"):  # noqa: PLR2004
        raise ValueError(f"{colour!r} is not #rrggbb")
    red, green, blue = (_linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, whichever is in front."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
