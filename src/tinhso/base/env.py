"""
Settings by environment variables, each declared once with its default and what it is for.

`./tinhso settings` lists them. Every default is safe on one machine; secrets are made on first start and kept in the
data folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable."""

    name: str
    default: str
    help: str
    secret: bool = False


DECLARED: dict[str, Variable] = {}


def setting(name: str, default: str, help: str, *, secret: bool = False) -> str:  # noqa: A002 - reads as documentation
    """Declare `TINHSO_<name>` and return its value from the environment, or the default."""
    full = f"TINHSO_{name}"
    DECLARED[full] = Variable(full, default, help, secret)
    return os.environ.get(full, default)


def flag(name: str, help: str, *, default: bool = False) -> bool:  # noqa: A002
    """Declare a yes-or-no variable: `1`, `true`, `yes`, `on` mean yes, in any case."""
    return setting(name, "1" if default else "0", help).strip().lower() in {"1", "true", "yes", "on"}


def typed_path(text: str) -> Path:
    """Return a path that was typed after a verb, whole: the launcher goes into its own folder and keeps where it came from."""
    return (Path(os.environ.get("CAME_FROM") or ".") / text).resolve()
