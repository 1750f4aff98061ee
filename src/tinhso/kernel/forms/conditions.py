"""Conditions a browser can judge at once: equalities joined by `&&`. The rest waits for the server, which always decides."""

from __future__ import annotations

import re
from typing import Any

_TERM = re.compile(r"\s*([a-z_]\w*(?:\.[a-z_]\w*)+)\s*(?:==\s*('[^']*'|true|false)|in\s*\[([^\]]*)\])\s*")
_TEXT = re.compile(r"'([^']*)'")


def on_page(source: str, *, step: str, this: str, item: str) -> list[dict[str, Any]]:
    """
    Return what script compares on the page, `[{"name": posted name, "in": [values]}]`; empty when it cannot.

    `this` and `item` are the posted names of the object around the question and of the entry around that.
    """
    terms: list[dict[str, Any]] = []
    for root, rest, values in equalities(source) or ():
        name = _posted(root, rest, step=step, this=this, item=item)
        if name is None:
            return []
        terms.append({"name": name, "in": list(values)})
    return terms


def equalities(source: str) -> list[tuple[str, str, tuple[str, ...]]] | None:
    """Return the terms of a condition as root, path below it and values; None when it is more than equalities."""
    terms = []
    for part in source.split("&&"):
        match = _TERM.fullmatch(part)
        if match is None:
            return None
        root, _, rest = match[1].partition(".")
        terms.append((root, rest, (match[2].strip("'"),) if match[2] else tuple(_TEXT.findall(match[3]))))
    return terms


def _posted(root: str, rest: str, *, step: str, this: str, item: str) -> str | None:
    prefix = {step: step, "this": this, "item": item}.get(root)
    return f"{prefix}.{rest}" if prefix else None
