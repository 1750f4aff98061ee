"""What people may consent to, in the words of the province, and what they consented to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from tinhso.base.actors import Actor
from tinhso.base.clock import civil_date
from tinhso.base.personal import Held, Purpose
from tinhso.base.registry import Registry, registry
from tinhso.kernel.privacy.models import Consent
from tinhso.kernel.privacy.rules import book, in_force


@dataclass(frozen=True, slots=True)
class Asked:
    """A purpose in the words that are in force."""

    key: str
    version: int
    title: Mapping[str, str]
    text: Mapping[str, str]
    data: Mapping[str, str]
    """Which data it uses."""

    @property
    def sha256(self) -> str:
        """Return the digest of everything that is read: other words are another consent."""
        words = [self.key, self.version, dict(self.title), dict(self.text), dict(self.data)]
        return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def said(self) -> dict[str, str]:
        """Return title, text and data in the reader's language."""
        language = "en" if (get_language() or "vi").startswith("en") else "vi"
        return {"title": self.title[language], "text": self.text[language], "data": self.data[language]}


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose on the page of somebody: the words, and their consent that holds."""

    asked: Asked
    said: dict[str, str]
    consent: Consent | None
    is_outdated: bool
    """There is a consent, to other words: it does not hold."""


def purposes(on: date, lenders: Registry = registry) -> list[Asked]:
    """Return the purposes that somebody here asks consent for, with the province's words in force on a day."""
    rows = {entry["key"]: entry for entry in in_force(book("purposes", on).get("purposes", ()), on.isoformat())}
    known = [lent.key for lent in lenders.of(Purpose) if lent.key in rows]
    return [_asked(rows[key]) for key in known]


def _asked(row: Mapping[str, object]) -> Asked:
    return Asked(*(row[name] for name in ("key", "version", "title", "text", "data")))  # type: ignore[arg-type] # checked by its schema


def has_consent(holder: str, purpose: str, *, at: datetime) -> bool:
    """
    Tell whether a person or business consents to a purpose as it is worded now. One statement; none where nothing is asked.

    `holder` is their key (`person:<id>`). Never true by default: silence, other words and a withdrawn consent are none.
    """
    asked = next((one for one in purposes(civil_date(at)) if one.key == purpose), None)
    if asked is None:
        return False
    given = Consent.objects.filter(holder=holder, purpose=purpose, withdrawn_at=None, given_at__lte=at)
    return given.filter(version=asked.version, words_sha256=asked.sha256).exists()


def lines_of(holder: str, *, at: datetime) -> list[Line]:
    """Return every purpose with what the holder decided. One statement."""
    given = {one.purpose: one for one in Consent.objects.filter(holder=holder, withdrawn_at=None)}
    return [_line(asked, given.get(asked.key)) for asked in purposes(civil_date(at))]


def _line(asked: Asked, given: Consent | None) -> Line:
    holds = given is not None and (given.version, given.words_sha256) == (asked.version, asked.sha256)
    return Line(asked, asked.said(), given if holds else None, given is not None and not holds)


def history_of(holder: str, *, most: int = 100) -> list[Consent]:
    """Return what the holder consented to, newest first, withdrawn ones too."""
    return list(Consent.objects.filter(holder=holder).order_by("-id")[:most])


def collect(actor: Actor, _at: datetime) -> Held:
    """Return the actor's consents, for their archive (`base.personal`)."""
    rows = Consent.objects.filter(holder=actor.key).order_by("id")
    return Held(list(rows.values("purpose", "version", "words_sha256", "given_at", "withdrawn_at")))
