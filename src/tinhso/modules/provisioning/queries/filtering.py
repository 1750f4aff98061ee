"""Filters of SCIM (RFC 7644, 3.4.2.2): `eq`, `ne`, `sw`, `co`, `pr`, joined by `and`, `or`, `not` and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import Refusal
from tinhso.base.strict_json import read_json

_TOKEN: Final = re.compile(r'("(?:[^"\\]|\\.)*"|[()]|[^\s()"]+)')
_LOOKUPS: Final = {"eq": "iexact", "sw": "istartswith", "co": "icontains"}
DEEPEST: Final = 20
LONGEST: Final = 1000


class BadFilter(Refusal):
    """A filter that cannot be read, or asks for what is not kept."""

    code = "provisioning.bad_filter"
    text = _("This filter cannot be read at “{where}”. Known: eq, ne, sw, co, pr, and, or, not on {known}.")
    status = 400


@dataclass(frozen=True, slots=True)
class Field:
    """Where an attribute is kept."""

    column: str
    is_flag: bool = False
    exact: bool = False
    """Ids are compared whole; everything else in any case."""
    read: Callable[[str], str] = str


def where(text: str, fields: Mapping[str, Field]) -> Q:
    """Return the condition of a filter; everything for none. Raises BadFilter."""
    if not text.strip():
        return Q()
    reader = _Reader(fields)
    reader.take(text)
    found = reader.any_of(0)
    if reader.tokens:
        reader.fail(reader.tokens[0])
    return found


class _Reader:
    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.tokens: list[str] = []
        self.fields = {name.lower(): field for name, field in fields.items()}
        self.known = ", ".join(fields)

    def take(self, text: str) -> None:
        """Cut a filter into words; between them there is nothing but blanks."""
        if len(text) > LONGEST:
            self.fail(text)
        end = 0
        for found in _TOKEN.finditer(text):
            if text[end : found.start()].strip():
                self.fail(text[end:])
            self.tokens.append(found[0])
            end = found.end()
        if text[end:].strip():
            self.fail(text[end:])

    def fail(self, at: str) -> Any:
        raise BadFilter(where=at[:60], known=self.known)

    def next(self) -> str:
        return self.tokens.pop(0) if self.tokens else self.fail("…")

    def takes(self, word: str) -> bool:
        if self.tokens and self.tokens[0].lower() == word:
            self.tokens.pop(0)
            return True
        return False

    def any_of(self, depth: int) -> Q:
        found = self.all_of(depth)
        while self.takes("or"):
            found |= self.all_of(depth)
        return found

    def all_of(self, depth: int) -> Q:
        found = self.one(depth)
        while self.takes("and"):
            found &= self.one(depth)
        return found

    def one(self, depth: int) -> Q:
        if depth > DEEPEST:
            self.fail("(")
        if self.takes("not"):
            return ~self.one(depth + 1)
        if self.takes("("):
            found = self.any_of(depth + 1)
            if not self.takes(")"):
                self.fail(")")
            return found
        return self.comparison()

    def comparison(self) -> Q:
        name = self.next()
        field = self.fields.get(name.rpartition(":")[2].lower()) or self.fail(name)
        verb = self.next().lower()
        if verb == "pr":
            return ~Q(**{field.column: ""}) if not (field.is_flag or field.exact) else Q()
        value = self.value()
        if verb == "ne":
            return ~self.compare(field, "eq", value)
        return self.compare(field, verb, value)

    def compare(self, field: Field, verb: str, value: Any) -> Q:
        if field.is_flag or field.exact:
            right = isinstance(value, bool) if field.is_flag else isinstance(value, str)
            if verb != "eq" or not right:
                self.fail(f"{verb} {value}")
            return Q(**{field.column: field.read(value) if field.exact else value})
        if verb not in _LOOKUPS or not isinstance(value, str):
            self.fail(f"{verb} {value}")
        return Q(**{f"{field.column}__{_LOOKUPS[verb]}": value})

    def value(self) -> Any:
        text = self.next()
        try:
            return read_json(text)
        except ValueError:
            return self.fail(text)
