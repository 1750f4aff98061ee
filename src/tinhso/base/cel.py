"""
The Common Expression Language (cel-spec): one compiled extension, without the command line that comes in its package.

`import cel` brings typer, rich and prompt_toolkit with it: half a second of processor time and some 20 MB that no flow and
no form needs. The extension beside it is all there is to the language.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from importlib.machinery import PathFinder
from typing import Any, Protocol, cast


class Program(Protocol):
    """A compiled expression."""

    def variables(self) -> list[str]:
        """Return the names it speaks of."""
        ...

    def functions(self) -> list[str]:
        """Return the functions it calls, operators among them."""
        ...

    def execute(self, context: Mapping[str, Any]) -> Any:
        """Return its value. Raises RuntimeError, TypeError, ValueError when it has none on these variables."""
        ...


class _Extension(Protocol):
    def compile(self, source: str) -> Program: ...


def _extension() -> _Extension:
    package = importlib.util.find_spec("cel")
    spec = PathFinder.find_spec("cel.cel", package.submodule_search_locations if package else [])
    if spec is None or spec.loader is None:
        raise ImportError("the package `cel` holds no extension `cel.cel`")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("_Extension", module)


compile = _extension().compile  # noqa: A001 - reads as cel.compile, as in the package
