"""Words in two languages, chosen when they are shown and not when they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise, lazystr
from django.utils.translation import get_language


def language() -> str:
    """Return `en` when the reader reads English, else `vi`."""
    return "en" if (get_language() or "vi").startswith("en") else "vi"


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Vietnamese and in English; `str()` gives those of the active language."""

    vi: str = ""
    en: str = ""

    @classmethod
    def of(cls, source: Mapping[str, Any], key: str) -> Words:
        """Return `source[key]` with its English twin `source["x-<key>-en"]`."""
        return cls(str(source.get(key, "")), str(source.get(f"x-{key}-en", "")))

    @classmethod
    def from_pair(cls, pair: Any) -> Words:
        """Return the words of a `{"vi": …, "en": …}` pair; empty words for anything else."""
        if not isinstance(pair, Mapping):
            return cls()
        return cls(str(pair.get("vi", "")), str(pair.get("en", "")))

    def in_language(self, lang: str) -> str:
        """Return the words in `vi` or `en`; where one is missing, the other."""
        return (self.en or self.vi) if lang == "en" else (self.vi or self.en)

    def inside(self) -> str:
        """Return the words as they stand inside a sentence: the first letter small, unless it begins an acronym."""
        text = str(self)
        return text if text[1:2].isupper() or not text else text[0].lower() + text[1:]

    def lazy(self) -> Promise:
        """Return a lazy string, for a Fault that outlives the request that made it."""
        return lazystr(self)

    def __str__(self) -> str:
        return self.in_language(language())

    def __bool__(self) -> bool:
        return bool(self.vi or self.en)


NO_WORDS = Words()
