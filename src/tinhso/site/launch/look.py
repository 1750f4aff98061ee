"""Verbs that answer "where is X?"."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import django


def run(verb: str, arguments: list[str]) -> int:
    """Run one of where, modules, refusals, settings, help."""
    if verb == "help":
        return show_help()
    django.setup()
    return {"where": where, "modules": modules, "refusals": refusals, "settings": settings}[verb](arguments)


def say(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(f"{text}\n")


def show_help() -> int:
    """List the verbs."""
    from tinhso.site.launch.__main__ import VERBS

    say("Tỉnh Số: ./tinhso LỆNH / VERB\n")
    for name, (_, english, vietnamese) in VERBS.items():
        say(f"  {name:<10} {vietnamese}\n{'':<13}{english}")
    say("\n--data DIR: thư mục dữ liệu, nếu không dùng var/data / the data folder, where it is not var/data")
    return 0


def where(arguments: list[str]) -> int:
    """Tell which view, template and permission serve an address."""
    from django.urls import Resolver404, resolve

    if not arguments:
        say("./tinhso where /mot-cua/")
        return 2
    address = urlsplit(arguments[0]).path
    try:
        match = resolve(address)
    except Resolver404:
        say(f"{address}: no page has this address")
        return 1
    view = inspect.unwrap(match.func)
    view = getattr(view, "view_class", view)
    file, line = inspect.getsourcefile(view), inspect.getsourcelines(view)[1]
    say(f"view        {view.__module__}.{view.__qualname__}  ({file}:{line})")
    say(f"name        {match.view_name}  {match.kwargs or ''}")
    for kind, word in sorted(set(_leads_to(view)), key=lambda found: (KINDS.index(found[0]), found[1])):
        say(f"{kind:<11} {word}")
    return 0


KINDS = ("template", "permission", "action")


def _leads_to(view: Any) -> Iterator[tuple[str, str]]:
    """Yield the templates, permissions and actions that a view names, itself or by helpers of its own file."""
    known = vars(sys.modules[view.__module__])
    waiting, seen = [view], {view}
    while waiting:
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(waiting.pop())))):
            if isinstance(node, ast.Constant) and str(node.value).endswith((".html", ".typ")):
                yield "template", str(node.value)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = known.get(node.value.id)
                if (
                    inspect.ismodule(owner)
                    and (kind := _kind(owner.__name__))
                    and inspect.isfunction(getattr(owner, node.attr, None))
                ):
                    yield kind, f"{owner.__name__}.{node.attr}"
            elif isinstance(node, ast.Name) and inspect.isfunction(named := known.get(node.id)):
                if kind := _kind(named.__module__):
                    yield kind, f"{named.__module__}.{named.__name__}"
                elif named.__module__ == view.__module__ and named not in seen:
                    seen.add(named)
                    waiting.append(named)


def _kind(module: str) -> str:
    if module.endswith(".access"):
        return "permission"
    return "action" if ".actions" in module else ""


def modules(_arguments: list[str]) -> int:
    """List every manifest and all that it lends."""
    from tinhso.base.registry import registry

    for package, module in registry.modules().items():
        say(f"\n{package}  /{module.slug}  {module.title}  {' '.join(module.serves)}")
        for loan in _flat(module.lends):
            title = getattr(loan, "title", "")
            say(f"  {type(loan).__name__:<14} {loan.key:<44} {title}")
    return 0


def _flat(lends: Any) -> list[Any]:
    if isinstance(lends, (list, tuple)):
        return [loan for item in lends for loan in _flat(item)]
    return [lends]


def refusals(_arguments: list[str]) -> int:
    """List every refusal: code, status, law, text."""
    from tinhso.base.refusals import all_refusals

    import_everything()
    for kind in all_refusals():
        say(f"{kind.code:<36} {int(kind.status)}  {kind.text}" + (f"  [{kind.law}]" if kind.law else ""))
    return 0


def import_everything() -> None:
    """Import every module of the house, so that every class is known."""
    package = import_module("tinhso")
    for info in pkgutil.walk_packages(package.__path__, "tinhso."):
        if ".tests" not in info.name and ".settings" not in info.name and ".migrations" not in info.name:
            if info.name.endswith("__main__") or ".sandbox" in info.name:
                continue
            import_module(info.name)


def settings(_arguments: list[str]) -> int:
    """List every environment variable with its default and what it is for."""
    from tinhso.base.env import DECLARED

    for variable in DECLARED.values():
        default = "(made on first start)" if variable.secret and not variable.default else variable.default
        say(f"{variable.name:<28} {default}\n{'':<28} {variable.help}")
    return 0
