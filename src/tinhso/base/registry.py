"""
What modules and kernels lend to the platform, found at start-up, read-only afterwards.

A manifest is a `manifest.py` with a `module = Module(...)`. Consumers ask by type: `registry.of(Entry)` makes the menu.
A new kind of loan is a new dataclass beside its consumer; nothing here changes.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from django.utils.translation import gettext_lazy

from tinhso.base.refusals import Text


@runtime_checkable
class Loan(Protocol):
    """Anything lent: it has a key that nobody else of its type lends."""

    @property
    def key(self) -> str:
        """Return the name that is unique among the loans of one type."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in a menu. `needs` is a predicate of the actor; `menu` is `desk`, `public`, `mine` or `admin`."""

    key: str
    """URL name, e.g. `onestop:inbox`."""
    title: Text
    needs: Callable[..., bool]
    menu: str = "desk"
    icon: str = "file-text"
    order: int = 100
    count: Callable[..., int] | None = None
    """How many things wait there for the actor, one cheap statement, or None."""
    counts: Callable[..., Mapping[str, int]] | None = None
    """The same for several entries by their keys, in one statement: asked once a page, however many entries name it."""
    kwargs: dict[str, str] = field(default_factory=dict)
    query: str = ""
    starts: bool = True
    """Whether somebody whose first place in the menu this is begins there after signing in."""
    live: str = ""
    """The live topic (`base.live`) whose changes are counted beside it while the page is open."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A predicate of `access.py`, named so that it can be shown and tested."""

    key: str
    title: Text
    may: Callable[..., bool]


@dataclass(frozen=True, slots=True)
class Event:
    """A fact that a package announces. `public` events may be shown without sign-in (they hold no personal data)."""

    key: str
    title: Text
    public: bool = False
    security: bool = False
    """Told to the security centre as well (`base.security`)."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who listens to which events: called at least once, after commit, by the worker; idempotent by entry id."""

    key: str
    to: tuple[str, ...]
    """Event names; `onestop.*` listens to a whole prefix."""
    call: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Rows that hold texts sealed by the key ring (`base.sealing`): a key goes only when none of them needs it any more."""

    key: str
    rows: Callable[[], Any]
    """Returns the queryset of these rows."""
    texts: Callable[[Any], list[str]]
    """Told a row; returns its sealed texts."""
    reseal: Callable[[Any], list[str]]
    """Told a row; seals anew, in place, what does not lie under the first key. Returns the fields that changed."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that the worker does every so often; safe to run twice and on two machines at once."""

    key: str
    seconds: float
    call: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an access token may be narrowed to: `dossier:read`. A token names scopes that are lent, and no others."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class Api:
    """A django-ninja router mounted at `/api/<key>/`."""

    key: str
    router: str
    """Its dotted path: only the web imports it, so that no other process pays for ninja and its schemas."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Demonstration data, made by acting. Called by `./tinhso up` once, in `order`; idempotent."""

    key: str
    load: Callable[..., Any]
    order: int = 100


@dataclass(frozen=True, slots=True)
class PackPart:
    """A part of a province pack that somebody knows how to check and load (see `kernel.organisation.pack`)."""

    key: str
    loader: Any
    order: int = 100


@dataclass(frozen=True, slots=True)
class ServiceAction:
    """Something to be done with a service, offered on its page: `url` is a URL name that takes `code`."""

    key: str
    """URL name, e.g. `onestop:begin`."""
    title: Text
    fits: Callable[..., bool]
    """Told the service; says whether this can be done with it."""
    icon: str = "arrow-right"
    order: int = 100


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A panel on the citizen's home page: a template and a function of the request that gives its context."""

    key: str
    template: str
    context: Callable[..., dict[str, Any]]
    """Told the request; an empty answer leaves the panel out."""
    order: int = 100
    place: str = "main"
    """
    From top to bottom: `hero` (under the greeting), `top` (a card over its edge), `band` (the whole width), then
    `main` and beside it `side`.
    """


@dataclass(frozen=True)
class Module:
    """One business, or one kernel, and everything it lends."""

    slug: str
    """First segment of its URLs, Vietnamese without marks; empty when it has none."""
    title: Text
    serves: tuple[str, ...] = ()
    """Systems of SYSTEMS.md, e.g. `("S-02", "S-03")`."""
    lends: tuple[Any, ...] = ()
    prefix: str = ""
    """What its events, permissions and refusals start with, e.g. `onestop`."""
    mount: str | None = None
    """Where its urls are mounted when that is not `slug/`: a module with two doors mounts at "" and names both."""


class TwiceLent(RuntimeError):  # noqa: N818 - the name says what happened
    """Two packages lend the same key of the same type."""


class Registry:
    """All manifests, by package, and all loans, by type."""

    def __init__(self) -> None:
        """Start empty; tests build their own."""
        self._modules: dict[str, Module] = {}
        self._loans: dict[type, dict[str, Any]] = {}
        self._owner: dict[tuple[type, str], str] = {}
        self._closed = False

    def add(self, package: str, module: Module) -> None:
        """Take in one manifest. Raises TwiceLent for a key lent before, RuntimeError after `close()`."""
        if self._closed:
            raise RuntimeError("the registry is read-only after start-up")
        self._modules[package] = module
        for loan in _flat(module.lends):
            shelf = self._loans.setdefault(type(loan), {})
            if loan.key in shelf:
                raise TwiceLent(f"{type(loan).__name__} {loan.key} is lent by {package} and by another")
            shelf[loan.key] = loan
            self._owner[type(loan), loan.key] = package

    def close(self) -> None:
        """Make it read-only."""
        self._closed = True

    def modules(self) -> dict[str, Module]:
        """Return the manifests by package name."""
        return dict(self._modules)

    def of[L](self, kind: type[L]) -> list[L]:
        """Return every loan of a type, by `order` where it has one, then by key."""
        loans = self._loans.get(kind, {}).values()
        return sorted(loans, key=lambda loan: (getattr(loan, "order", 0), loan.key))

    def one[L](self, kind: type[L]) -> L:
        """Return the only loan of a type. Raises LookupError when there is none or more than one."""
        loans = self.of(kind)
        if len(loans) != 1:
            raise LookupError(f"expected one {kind.__name__}, found {len(loans)}")
        return loans[0]

    def owner(self, kind: type, key: str) -> str:
        """Return the package that lends this key."""
        return self._owner[kind, key]

    def discover(self, packages: Iterable[str]) -> None:
        """Import `<package>.manifest` wherever there is one, take it in, and close."""
        for package in packages:
            if importlib.util.find_spec(f"{package}.manifest"):
                self.add(package, importlib.import_module(f"{package}.manifest").module)
        self.close()


def _flat(lends: Iterable[Any]) -> Iterator[Any]:
    for loan in lends:
        if isinstance(loan, (list, tuple)):
            yield from _flat(loan)
        else:
            yield loan


def find_packages(*roots: str) -> list[str]:
    """Return the dotted names of the packages directly inside each root package, sorted."""
    found: list[str] = []
    for root in roots:
        if importlib.util.find_spec(root) is None:
            continue
        path = importlib.import_module(root).__path__
        found += sorted(f"{root}.{info.name}" for info in pkgutil.iter_modules(path) if info.ispkg)
    return found


registry = Registry()


def permissions(access: Any) -> tuple[Permission, ...]:
    """
    Return a Permission for each `can_…` predicate of an access module; its docstring's first line is the title.

    `site/words.py` gathers these lines for translation, as xgettext does not read docstrings.
    """
    prefix = access.__name__.split(".")[-2]
    return tuple(
        Permission(f"{prefix}.{name}", gettext_lazy((value.__doc__ or name).strip().splitlines()[0]), value)
        for name, value in sorted(vars(access).items())
        if name.startswith("can_") and callable(value) and getattr(value, "__module__", "") == access.__name__
    )
