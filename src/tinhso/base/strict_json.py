"""JSON that every database can keep and every reader reads alike: no NUL, no lone surrogates, no NaN, no name twice."""

from __future__ import annotations

import json
from typing import Any, Final

_NUL: Final = "\\u0000"


def read_json(text: str | bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError, also for one nested too deeply and for what cannot be kept."""
    try:
        value = json.loads(text, object_pairs_hook=_once)
        again = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    again.encode()
    # an escaped backslash before u0000 is no escape of NUL
    if _NUL in again and _NUL in again.replace(r"\\", ""):
        raise ValueError("holds NUL")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. Raises ValueError for a name given twice: readers differ on which of the two counts."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name is given twice")
    return made
