"""
Documents that a department's officer writes on a page and a second person puts in force: what a module lends for its own kind.

The designer keeps the drafts, the second person and the day; it knows nothing of what stands in a document. Whoever lends
a kind says what is asked, what is wrong, what changes, and puts it in force. Documents are plain JSON; a place in one is a
JSON Pointer (RFC 6901) such as `/components/2`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django import forms

from tinhso.base.actors import Actor
from tinhso.base.refusals import Text
from tinhso.base.registry import registry
from tinhso.kernel.casework.services import Service

type Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """What a draft begins with: its code, what it is called, its document, and the version it was taken from (0: none)."""

    code: str
    name: str
    document: Content
    version: int


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A document in force (or known) from which a draft can begin."""

    code: str
    name: str
    since: date | None
    until: date | None
    note: Text = ""
    """Where it was written, that it is only announced, and the like."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A row of a list in a document: its place, what it is called, what else is said of it in a line."""

    pointer: str
    title: str
    said: str = ""
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class DraftPart:
    """A block of questions of a document, or a list of rows; `pointer` is where a row is put in, or the block's own name."""

    pointer: str
    title: Text
    is_list: bool
    lines: tuple[DraftLine, ...] = ()
    said: tuple[tuple[Text, str], ...] = ()
    """Of a block: what is asked and what is answered."""
    add: Text = ""
    """Of a list: what the button says that puts a row in."""
    fills: bool = False
    """It says nothing of its own yet, so what is known elsewhere holds, and can be written in as rows to change."""


@dataclass(frozen=True, slots=True)
class DraftFault:
    """Something wrong, or to be looked at, with the page on which it is mended (a block or row; empty: none)."""

    page: str
    where: Text
    text: str
    is_error: bool = True

    def __str__(self) -> str:
        """Return the sentence."""
        return self.text


class Difference(Protocol):
    """A sentence about what changes, in the reader's language."""

    def __str__(self) -> str:
        """Say it."""
        ...


class MakeForm(Protocol):
    """Returns the form of a block, of a row, or of a row that is not there yet."""

    def __call__(self, document: Content, page: str, data: Any = None, *, is_new: bool = False) -> forms.Form:
        """Make it. Raises NotFound for a page that there is not."""
        ...


class Publish(Protocol):
    """Puts a document in force from a day on and returns the number of its version."""

    def __call__(self, code: str, document: Content, first_day: date, *, base: int, actor: Actor, at: datetime) -> int:
        """Do it. Raises a Refusal where `base` is no more the last version: a load or another approval was faster."""
        ...


class TakeBack(Protocol):
    """Takes back a version on or before its first day; false where another version followed it already."""

    def __call__(self, code: str, version: int, *, actor: Actor, at: datetime) -> bool:
        """Do it."""
        ...


@dataclass(frozen=True, slots=True)
class Drafted:
    """A kind of document that can be written in the designer, lent by the manifest of the module whose documents they are."""

    key: str
    """Name of the kind: at most ten small letters; part of addresses and of the journal."""
    title: Text
    """Of the page that lists them."""
    lead: Text
    about: Text
    """What is said of those who began under the version before."""
    standing: Callable[[str, date], Sequence[DraftSource]]
    """By words typed, or all that are most likely changed."""
    begin: Callable[[str, date], Begun]
    """Raises NotFound."""
    begin_new: Callable[[str, str, str, date], Begun]
    """Code and names in both languages. Raises a Refusal."""
    current: Callable[[str], int]
    """Number of the last version, 0 for none."""
    base: Callable[[str, int], Content | None]
    """Document of a version; None where there is none any more."""
    parts: Callable[[Content], Sequence[DraftPart]]
    form: MakeForm
    read: Callable[[str, Mapping[str, Any]], dict[str, Any]]
    """Turns what the form of a page cleaned into answers."""
    change: Callable[[Content, str, Content], dict[str, Any]]
    """Answers to a block or row."""
    put_in: Callable[[Content, str, Content], tuple[dict[str, Any], str]]
    """A row into a list; the document and the place of the row."""
    fill: Callable[[str, Content, str], dict[str, Any]]
    """Writes what is known elsewhere of a list into the document."""
    below: Callable[[Content, str], Sequence[DraftPart]]
    """The lists inside of a row."""
    take_out: Callable[[Content, str], dict[str, Any]]
    shift: Callable[[Content, str, int], tuple[dict[str, Any], str]]
    kept: Callable[[Content], Sequence[str]]
    """What stands in it and is asked on no page: it stays."""
    faults: Callable[[str, Content, date], Sequence[DraftFault]]
    compare: Callable[[Content, Content], Sequence[Difference]]
    publish: Publish
    take_back: TakeBack
    preview: Callable[[str, Content, date], tuple[str, dict[str, Any]]]
    """Template and context of the page that citizens will see; `draft_back` comes to it: it says that it is a draft, and offers nothing."""
    earliest: Callable[[date], date]
    """The first day from which something approved on a day can hold."""
    file: Callable[[Content], bytes]
    """As a file of the pack."""
    file_name: str = "{code}.yaml"
    service: Callable[[str, Content], Service] | None = None
    """Of procedures: what dossiers will be settled by, so that its flow is proved against its limits and its agencies."""


def drafted(kind: str) -> Drafted | None:
    """Return the lent kind of that name; None where no module lends one."""
    return next((each for each in registry.of(Drafted) if each.key == kind), None)


def drafted_kinds() -> Sequence[Drafted]:
    """Return all kinds that modules lend."""
    return list(registry.of(Drafted))
