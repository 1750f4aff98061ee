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
    for part in source.split("&&"):
        match = _TERM.fullmatch(part)
        name = _posted(match[1], step=step, this=this, item=item) if match else None
        if match is None or name is None:
            return []
        values = [match[2].strip("'")] if match[2] else _TEXT.findall(match[3])
        terms.append({"name": name, "in": values})
    return terms


def _posted(path: str, *, step: str, this: str, item: str) -> str | None:
    root, _, rest = path.partition(".")
    prefix = {step: step, "this": this, "item": item}.get(root)
    return f"{prefix}.{rest}" if prefix else None
