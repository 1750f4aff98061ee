"""
Menus made of what manifests lend: `Entry` (base) and the three loans declared here.

A menu shows an entry only if `entry.needs(actor)`; `entry.count(actor)` prints how many things wait there.
Menus used: `public` (citizen's navigation), `mine` (signed-in citizen's account menu), `desk` and `admin` (officer's side
menu, grouped by the module that lends), `bell` (an icon with a count in the masthead).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tinhso.base.actors import ANONYMOUS, Actor
from tinhso.base.acts import anyone
from tinhso.base.refusals import Text
from tinhso.base.registry import Entry, Registry, registry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tab:
    """A shortcut in the tab bar of the citizen's phone; the first five are shown."""

    key: str
    """URL name."""
    title: Text
    icon: str
    order: int = 100
    needs: Callable[..., bool] = anyone


@dataclass(frozen=True, slots=True)
class FootLink:
    """A link in the footer, in the column `help` or `about`."""

    key: str
    """URL name."""
    title: Text
    column: str = "about"
    order: int = 100


@dataclass(frozen=True, slots=True)
class SearchBox:
    """The search box at the top of the officer's shell; the first one whose `needs` holds is shown."""

    key: str
    """URL name of a page that answers GET with `parameter`."""
    title: Text
    placeholder: Text
    needs: Callable[..., bool]
    parameter: str = "q"
    order: int = 100


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry as a template shows it."""

    title: Text
    href: str
    icon: str
    current: str = ""
    """`page`, `true` (we are below it) or empty: the value of aria-current."""
    count: int | None = None
    live: str = ""
    """The live topic whose changes are counted beside it."""


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Entries of one module under its title."""

    title: Text
    items: list[MenuItem] = field(default_factory=list)


def actor_of(request: HttpRequest | None) -> Actor:
    """Return who acts, or nobody when no middleware has said so."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else ANONYMOUS


def _href(key: str, kwargs: dict[str, str] | None = None, query: str = "") -> str:
    """Return the address of a URL name, or "" (logged) when it leads nowhere."""
    try:
        address = reverse(key, kwargs=kwargs or None)
    except NoReverseMatch:
        log.error("menu entry %s names no URL", key)  # noqa: TRY400 - the name says all; `check` reports it too
        return ""
    return f"{address}?{query.lstrip('?')}" if query else address


def _current(request: HttpRequest, href: str) -> str:
    path, _, query = href.partition("?")
    if request.path == path:
        asked = request.META.get("QUERY_STRING", "")
        return "page" if not query or query in asked else ""
    return "true" if path != "/" and request.path.startswith(path) else ""


class Menus:
    """The menus of one request; each is made once, and only if the shell asks for it."""

    def __init__(self, request: HttpRequest, shelf: Registry = registry) -> None:
        """Remember the request and where manifests are; nothing is computed yet."""
        self._request = request
        self._shelf = shelf
        self._actor = actor_of(request)
        self._told: dict[Callable[..., Mapping[str, int]], Mapping[str, int]] = {}

    @cached_property
    def public(self) -> list[MenuItem]:
        """Return the citizen's navigation."""
        return self._items("public")

    @cached_property
    def mine(self) -> list[MenuItem]:
        """Return the account menu of whoever is signed in: first of all where an official works."""
        return [*self.workplaces, *self._items("mine")]

    @cached_property
    def bell(self) -> list[MenuItem]:
        """Return the icons with counts in the masthead."""
        return self._items("bell")

    @cached_property
    def desk(self) -> list[MenuGroup]:
        """Return the officer's side menu: `desk`, then `admin`, in groups by module."""
        groups: dict[str, MenuGroup] = {}
        modules = self._shelf.modules()
        for name in ("desk", "admin"):
            entries = [entry for entry in self._shelf.of(Entry) if entry.menu == name and entry.needs(self._actor)]
            for entry, item in self._made(entries):
                owner = self._shelf.owner(Entry, entry.key)
                groups.setdefault(owner, MenuGroup(modules[owner].title)).items.append(item)
        return list(groups.values())

    @cached_property
    def tabs(self) -> list[MenuItem]:
        """Return the first five shortcuts of the tab bar."""
        tabs = [tab for tab in self._shelf.of(Tab) if tab.needs(self._actor)][:5]
        items = [MenuItem(tab.title, _href(tab.key), tab.icon) for tab in tabs]
        return [self._marked(item) for item in items if item.href]

    @cached_property
    def foot(self) -> dict[str, list[MenuItem]]:
        """Return the footer links by column."""
        columns: dict[str, list[MenuItem]] = {"help": [], "about": []}
        for link in self._shelf.of(FootLink):
            href = _href(link.key)
            if href:
                columns.setdefault(link.column, []).append(MenuItem(link.title, href, ""))
        return columns

    @cached_property
    def search(self) -> dict[str, Text] | None:
        """Return the officer's search box, or None."""
        for box in self._shelf.of(SearchBox):
            href = _href(box.key) if box.needs(self._actor) else ""
            if href:
                return {
                    "href": href,
                    "title": box.title,
                    "placeholder": box.placeholder,
                    "parameter": box.parameter,
                    "value": self._request.GET.get(box.parameter, "") if self._request.path == href else "",
                }
        return None

    @cached_property
    def workplaces(self) -> list[MenuItem]:
        """Return the first page of each module in the officer's side menu, under the module's title; nothing is counted."""
        found: dict[str, MenuItem] = {}
        modules = self._shelf.modules()
        for name in ("desk", "admin"):
            for entry in self._shelf.of(Entry):
                owner = self._shelf.owner(Entry, entry.key)
                if entry.menu != name or owner in found or not entry.needs(self._actor):
                    continue
                href = _href(entry.key, entry.kwargs, entry.query)
                if href:
                    found[owner] = MenuItem(modules[owner].title, href, entry.icon)
        return list(found.values())

    def _items(self, menu: str) -> list[MenuItem]:
        entries = [entry for entry in self._shelf.of(Entry) if entry.menu == menu and entry.needs(self._actor)]
        return [item for _entry, item in self._made(entries)]

    def _made(self, entries: list[Entry]) -> list[tuple[Entry, MenuItem]]:
        made: list[tuple[Entry, MenuItem]] = []
        for entry in entries:
            href = _href(entry.key, entry.kwargs, entry.query)
            if href:
                count = self._count(entry)
                made.append((entry, self._marked(MenuItem(entry.title, href, entry.icon, "", count, entry.live))))
        # the deepest address that matches is where we are; its parents in the menu are not
        below = [item.href for _entry, item in made if item.current == "true"]
        deepest = max(below, key=len, default="")
        exact = any(item.current == "page" for _entry, item in made)
        return [
            (entry, _unmarked(item) if item.current == "true" and (exact or item.href != deepest) else item)
            for entry, item in made
        ]

    def _count(self, entry: Entry) -> int | None:
        if entry.counts is None:
            return entry.count(self._actor) if entry.count else None
        if entry.counts not in self._told:
            self._told[entry.counts] = entry.counts(self._actor)
        return self._told[entry.counts].get(entry.key)

    def _marked(self, item: MenuItem) -> MenuItem:
        return MenuItem(item.title, item.href, item.icon, _current(self._request, item.href), item.count, item.live)


def _unmarked(item: MenuItem) -> MenuItem:
    return MenuItem(item.title, item.href, item.icon, "", item.count, item.live)
