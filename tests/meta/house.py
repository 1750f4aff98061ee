"""The house as text: its files, functions, calls and strings, read once with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "tinhso"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the house and the names that it calls."""

    name: str
    file: Path
    line: int
    is_act: bool
    calls: frozenset[str]


@dataclass(slots=True)
class Package:
    """A kernel or a module (else the first folder below `tinhso`): everything that is written in it."""

    name: str
    functions: list[Function] = field(default_factory=list)
    strings: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    constants: dict[str, str] = field(default_factory=dict)
    """Events that `events.py` gives a name, by their key."""
    recorded: dict[str, str] = field(default_factory=dict)
    """Event names that are given to `record()`, each with the place."""


@cache
def sources() -> dict[Path, ast.Module]:
    """Return the syntax of every file that ships, tests and migrations aside."""
    files = [
        file for file in sorted(SRC.rglob("*.py")) if not {"tests", "migrations"} & set(file.relative_to(SRC).parts)
    ]
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def packages() -> dict[str, Package]:
    """Return the packages of the house by name."""
    found: dict[str, Package] = {}
    for file, tree in sources().items():
        parts = file.relative_to(SRC).parts
        name = ".".join(parts[:2]) if parts[0] in ("kernel", "modules") else parts[0]
        package = found.setdefault(name, Package(name))
        package.functions += functions(file, tree)
        if file.name == "events.py":
            package.constants |= dict(constants(tree))
        else:
            package.strings |= {node.value for node in ast.walk(tree) if is_text(node)}
            package.names |= {callee(node) for node in ast.walk(tree) if isinstance(node, ast.expr)}
        package.recorded |= dict(recorded(file, tree))
    return found


def constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and callee(node.value.func) == "Event":
            yield node.value.args[0].value, node.targets[0].id


def functions(file: Path, tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            acts = any(isinstance(mark, ast.Name) and mark.id == "act" for mark in node.decorator_list)
            called = frozenset(
                filter(None, (callee(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)))
            )
            yield Function(node.name, file, node.lineno, acts, called)


def callee(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def recorded(file: Path, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and callee(node.func) == "record" and node.args and is_text(node.args[0]):
            yield node.args[0].value, f"{file.relative_to(ROOT)}:{node.lineno}"


def reaches(package: Package, function: Function, wanted: str) -> bool:
    """Tell whether a function calls `wanted`: itself, through functions of its package, or by an act of another one."""
    by_name: dict[str, list[Function]] = {}
    for one in package.functions:
        by_name.setdefault(one.name, []).append(one)
    acts = {one.name for other in packages().values() if other is not package for one in other.functions if one.is_act}
    seen: set[str] = set()
    queue = list(function.calls)
    while queue:
        name = queue.pop()
        if name == wanted or (name in acts and name not in by_name):
            return True
        if name not in seen:
            seen.add(name)
            queue += [call for one in by_name.get(name, []) for call in one.calls]
    return False
